//! Words of `/`.

use super::words;

words! {
    overview_title: "What needs you" | "Det som behöver dig";
    overview_steps: "Three steps to a first answer" | "Tre steg till ett första svar";
    overview_step_advisories: "Bring security advisories in" | "Hämta in säkerhetsmeddelanden";
    overview_step_advisories_todo: "CSAF documents of makers and CERTs. They say which products are affected by what." | "CSAF-dokument från tillverkare och CERT. De säger vilka produkter som drabbas av vad.";
    overview_step_advisories_done(n: u64) one "{n} advisory is here." | "{n} meddelande finns här." many "{n} advisories are here." | "{n} meddelanden finns här.";
    overview_step_devices: "Bring your device list in" | "Hämta in din enhetslista";
    overview_step_devices_todo: "A CSV or XLSX of your register. Segue shows how it reads the columns before anything is recorded." | "En CSV eller XLSX ur ditt register. Segue visar hur kolumnerna läses innan något sparas.";
    overview_step_devices_done(n: u64) one "{n} device is here." | "{n} enhet finns här." many "{n} devices are here." | "{n} enheter finns här.";
    overview_step_names: "Confirm names" | "Bekräfta namn";
    overview_step_names_wait: "Where your register spells a maker or model otherwise than an advisory does, Segue asks once. This waits for the first two steps." | "Där registret stavar en tillverkare eller modell annorlunda än ett meddelande frågar Segue en gång. Det väntar på de två första stegen.";
    overview_step_names_todo(n: u64) one "{n} question is open: is this name in your register that product of the advisories?" | "{n} fråga är öppen: är namnet i registret den produkten i meddelandena?" many "{n} questions are open: is this name in your register that product of the advisories?" | "{n} frågor är öppna: är namnet i registret den produkten i meddelandena?";
    overview_step_names_none: "No question is open." | "Ingen fråga är öppen.";
    overview_step_done: "done" | "klart";
    overview_step_now: "next" | "nästa";
    overview_step_later: "later" | "senare";
    overview_import: "Import" | "Importera";
    overview_answer: "Answer" | "Svara";
    overview_command_advisories: "segue import advisories FOLDER" | "segue import advisories MAPP";
    overview_command_inventory: "segue import inventory FILE" | "segue import inventory FIL";

    overview_decisions: "Decisions, most urgent first" | "Beslut, mest brådskande först";
    overview_nothing: "Nothing waits for a decision now. What is not known stays in sight below." | "Inget väntar på beslut just nu. Det som är okänt syns nedan.";
    overview_exploited(n: u64) one "{n} device is open to a vulnerability that is known to be exploited" | "{n} enhet är öppen för en sårbarhet som utnyttjas" many "{n} devices are open to a vulnerability that is known to be exploited" | "{n} enheter är öppna för en sårbarhet som utnyttjas";
    overview_exploited_unknown: "Whether any vulnerability is exploited is not known" | "Om någon sårbarhet utnyttjas är inte känt";
    overview_exploited_unknown_says: "Neither the KEV catalogue nor SSVC assessments were imported." | "Varken KEV-katalogen eller SSVC-bedömningar är importerade.";
    overview_exploited_facet(name: &str, affected: &str, undecided: &str): "{name}: {affected} affected, {undecided} undecided" | "{name}: {affected} drabbade, {undecided} oavgjorda";
    overview_exploited_ransomware: "used by ransomware" | "används av utpressningsprogram";
    overview_more(n: u64) one "and {n} more" | "och {n} till" many "and {n} more" | "och {n} till";
    overview_names(n: u64) one "{n} question about a name is open" | "{n} fråga om ett namn är öppen" many "{n} questions about names are open" | "{n} frågor om namn är öppna";
    overview_names_pairs(n: u64) one "{n} undecided pair waits for an answer." | "{n} oavgjort par väntar på svar." many "{n} undecided pairs wait for an answer." | "{n} oavgjorda par väntar på svar.";
    overview_undecided(n: u64) one "{n} pair of device and vulnerability is undecided" | "{n} par av enhet och sårbarhet är oavgjort" many "{n} pairs of device and vulnerability are undecided" | "{n} par av enhet och sårbarhet är oavgjorda";
    overview_undecided_says: "What is missing, and how many pairs wait for it:" | "Vad som saknas, och hur många par som väntar på det:";
    overview_gap_unnamed: "no gap named" | "ingen lucka angiven";
    overview_new(n: u64) one "{n} advisory came or was revised in the last 7 days" | "{n} meddelande kom eller ändrades de senaste 7 dagarna" many "{n} advisories came or were revised in the last 7 days" | "{n} meddelanden kom eller ändrades de senaste 7 dagarna";
    overview_new_ours(n: u64) one "{n} of them speaks of a device of yours." | "{n} av dem nämner en enhet hos er." many "{n} of them speak of devices of yours." | "{n} av dem nämner enheter hos er.";
    overview_unsupported(n: u64) one "{n} device is unsupported, or nobody has said" | "{n} enhet saknar support, eller så har ingen sagt" many "{n} devices are unsupported, or nobody has said" | "{n} enheter saknar support, eller så har ingen sagt";
    overview_unsupported_says: "No fix will come for an unsupported device: other protection is needed." | "Ingen rättning kommer för en enhet utan support: annat skydd behövs.";
    overview_unmatched(n: u64) one "{n} device is named by no advisory" | "{n} enhet nämns inte i något meddelande" many "{n} devices are named by no advisory" | "{n} enheter nämns inte i något meddelande";
    overview_unmatched_says: "Nothing is known of them, that is not the same as safe." | "Inget är känt om dem, det är inte samma sak som säkert.";
    overview_missing(n: u64) one "{n} device lacks its maker or version in the register" | "{n} enhet saknar tillverkare eller version i registret" many "{n} devices lack their maker or version in the register" | "{n} enheter saknar tillverkare eller version i registret";
    overview_missing_maker: "maker not recorded" | "tillverkare saknas";
    overview_missing_version: "version not recorded" | "version saknas";
    overview_stale(n: u64) one "{n} source is stale or was never imported" | "{n} källa är inaktuell eller aldrig importerad" many "{n} sources are stale or were never imported" | "{n} källor är inaktuella eller aldrig importerade";
    overview_stale_says: "Verdicts and ranks are no better than their sources. See below." | "Bedömningar och rangordning är inte bättre än sina källor. Se nedan.";
    overview_show_devices: "Show devices" | "Visa enheter";
    overview_show_matrix: "Show the matrix" | "Visa matrisen";
    overview_show_advisories: "Show advisories" | "Visa meddelanden";

    overview_gate_no(pair: &str, b: &str): "{pair}: no-go, {b} cannot stand in now" | "{pair}: gå inte över, {b} kan inte träda in nu";
    overview_gate_go(pair: &str, b: &str): "{pair}: go, {b} can stand in now" | "{pair}: klart att gå över, {b} kan träda in nu";
    overview_gate_because(reason: &str): "First reason against: {reason}." | "Första skälet emot: {reason}.";
    overview_gate_more(n: u64) one "{n} more reason." | "{n} skäl till." many "{n} more reasons." | "{n} skäl till.";
    overview_gate_proof(age: &str): "Age of the proof: {age}." | "Bevisets ålder: {age}.";
    overview_see_gate: "See the gate" | "Se grinden";

    overview_picture: "The picture" | "Bilden";
    overview_verdicts: "Pairs of device and vulnerability" | "Par av enhet och sårbarhet";
    overview_support: "Devices by support" | "Enheter efter support";
    overview_support_share: "Unsupported or unknown" | "Utan support eller okänt";
    overview_sources: "Sources and their age" | "Källor och deras ålder";
    overview_source: "Source" | "Källa";
    overview_source_imported: "Last import" | "Senaste import";
    overview_source_edition: "Says of itself" | "Säger om sig själv";
    overview_source_limit: "Stale after" | "Inaktuell efter";
    overview_source_kev: "KEV, known to be exploited" | "KEV, utnyttjas";
    overview_source_epss: "EPSS, likelihood of exploitation" | "EPSS, sannolikhet för utnyttjande";
    overview_source_ssvc: "SSVC, CISA's assessments" | "SSVC, CISA:s bedömningar";
    overview_source_advisories: "Advisories" | "Säkerhetsmeddelanden";
    overview_source_inventory: "Device list" | "Enhetslista";
    overview_never: "never imported" | "aldrig importerad";
    overview_source_scores_of(day: &str): "scores of {day}" | "poäng för {day}";
    overview_source_catalogue(version: &str): "catalogue {version}" | "katalog {version}";
}
