//! Words of `/matrix` and of the lists behind it.

use super::words;

words! {
    matrix_title: "Matrix" | "Matris";
    matrix_lead: "Which devices are affected by what. Most urgent vulnerabilities first; a count opens the devices behind it." | "Vilka enheter som drabbas av vad. Mest brådskande sårbarheter först; ett antal öppnar enheterna bakom det.";
    matrix_by: "Rows" | "Rader";
    matrix_by_model: "Models" | "Modeller";
    matrix_by_maker: "Makers" | "Tillverkare";
    matrix_by_unit: "Units" | "Vårdenheter";
    matrix_by_device: "Devices" | "Enheter";
    matrix_row_model: "Model" | "Modell";
    matrix_row_maker: "Maker" | "Tillverkare";
    matrix_row_unit: "Unit" | "Vårdenhet";
    matrix_row_device: "Device" | "Enhet";
    matrix_empty_devices: "The matrix sets every device against every vulnerability. The register is empty: nothing can be said yet." | "Matrisen ställer varje enhet mot varje sårbarhet. Registret är tomt: inget går att säga än.";
    matrix_empty_advisories: "The matrix sets every device against every vulnerability. There is no advisory yet, so nothing is known: that is not the same as safe." | "Matrisen ställer varje enhet mot varje sårbarhet. Det finns inget säkerhetsmeddelande än, så inget är känt: det är inte samma sak som säkert.";
    matrix_empty_step_devices: "Import the device list" | "Importera enhetslistan";
    matrix_empty_step_advisories: "Import advisories" | "Importera säkerhetsmeddelanden";
    matrix_no_column: "No advisory says anything about the devices that meet this filter." | "Inget säkerhetsmeddelande säger något om enheterna som motsvarar filtret.";

    matrix_pairs: "Device × vulnerability pairs" | "Par av enhet × sårbarhet";
    matrix_tiers: "Vulnerabilities by urgency" | "Sårbarheter efter brådska";
    matrix_tier: "Rule" | "Regel";
    matrix_vulnerabilities: "Vulnerabilities" | "Sårbarheter";
    matrix_total: "Total" | "Totalt";
    matrix_unknown: "What is not known" | "Det som inte är känt";
    matrix_undecided(n: u64) one "{n} pair is undecided" | "{n} par är oavgjort" many "{n} pairs are undecided" | "{n} par är oavgjorda";
    matrix_unranked(n: u64) one "{n} vulnerability is unranked" | "{n} sårbarhet är orangordnad" many "{n} vulnerabilities are unranked" | "{n} sårbarheter är orangordnade";
    matrix_unmatched(n: u64) one "{n} device of which no advisory speaks" | "{n} enhet som inget meddelande nämner" many "{n} devices of which no advisory speaks" | "{n} enheter som inget meddelande nämner";
    matrix_of_devices(n: u64) one "of {n} device" | "av {n} enhet" many "of {n} devices" | "av {n} enheter";
    matrix_unmatched_says: "Nothing is known of them. That is not the same as safe." | "Inget är känt om dem. Det är inte samma sak som säkert.";
    matrix_gaps: "What the undecided wait for" | "Vad de oavgjorda väntar på";
    matrix_gap: "Missing" | "Saknas";
    matrix_gap_unnamed: "no gap named" | "ingen lucka angiven";

    matrix_devices: "Devices" | "Enheter";
    matrix_all: "All" | "Alla";
    matrix_all_rows: "All rows" | "Alla rader";
    matrix_not_recorded: "not recorded" | "inte angivet";
    matrix_nothing_open: "Nobody open" | "Ingen öppen";
    matrix_columns(first: &str, last: &str, total: &str): "Vulnerabilities {first}–{last} of {total}" | "Sårbarheter {first}–{last} av {total}";
    matrix_columns_label: "Pages of vulnerabilities" | "Sidor av sårbarheter";
    matrix_urgent_more: "More urgent" | "Mer brådskande";
    matrix_urgent_less: "Less urgent" | "Mindre brådskande";
    matrix_caption(rows: &str): "{rows} × vulnerabilities" | "{rows} × sårbarheter";
    matrix_none_said: "nothing said" | "inget sagt";
    matrix_ask_column(name: &str): "Why here? {name}" | "Varför här? {name}";
    matrix_ask: "why" | "varför";
    matrix_keys_arrows: "between cells" | "mellan celler";
    matrix_keys_open: "open the devices" | "öppna enheterna";
    matrix_keys_why: "why this cell" | "varför denna cell";

    matrix_f_text: "Device, model, serial" | "Enhet, modell, serienummer";
    matrix_f_vulnerability: "Vulnerability holds" | "Sårbarhet innehåller";
    matrix_f_cve: "Vulnerability" | "Sårbarhet";
    matrix_f_verdict: "Verdict" | "Bedömning";
    matrix_f_tier: "Urgency" | "Brådska";
    matrix_f_unit: "Unit" | "Vårdenhet";
    matrix_f_site: "Site" | "Plats";
    matrix_f_maker: "Maker" | "Tillverkare";
    matrix_f_model: "Model" | "Modell";
    matrix_f_device: "Device" | "Enhet";

    pairs_title: "Devices behind a count" | "Enheterna bakom ett antal";
    pairs_lead: "Each device with each vulnerability that an advisory speaks of, and the worst that any says." | "Varje enhet med varje sårbarhet som ett meddelande nämner, och det värsta som något säger.";
    pairs_col_device: "Device" | "Enhet";
    pairs_col_model: "Model" | "Modell";
    pairs_col_version: "Version" | "Version";
    pairs_col_unit: "Unit" | "Vårdenhet";
    pairs_col_vulnerability: "Vulnerability" | "Sårbarhet";
    pairs_col_tier: "Urgency" | "Brådska";
    pairs_col_verdict: "Verdict" | "Bedömning";
    pairs_col_advisory: "Advisory" | "Meddelande";
    pairs_col_confidence: "Confidence" | "Säkerhet";
    pairs_more(n: u64) one "and {n} more" | "och {n} till" many "and {n} more" | "och {n} till";
    pairs_limit(n: &str): "A file holds at most {n} rows. More are refused, never cut." | "En fil rymmer högst {n} rader. Fler nekas, de kapas aldrig.";

    unmatched_title: "Devices of which no advisory speaks" | "Enheter som inget meddelande nämner";
    unmatched_lead: "No advisory in the library names these makers and models. Nothing is known of them: that is not the same as safe. A misspelt name can hide a match." | "Inget meddelande i biblioteket nämner dessa tillverkare och modeller. Inget är känt om dem: det är inte samma sak som säkert. Ett felstavat namn kan dölja en träff.";

    why_pair_affected: "An advisory names this product and this version as affected." | "Ett meddelande nämner produkten och versionen som drabbad.";
    why_pair_fixed: "The installed version has the fix, says the advisory." | "Den installerade versionen har rättningen, säger meddelandet.";
    why_pair_not_affected: "The advisory excludes this product or version." | "Meddelandet undantar produkten eller versionen.";
    why_row(vendor: &str, product: &str, version: &str, status: &str): "{vendor} {product}: “{version}” is {status}." | "{vendor} {product}: ”{version}” är {status}.";
    why_row_in(reading: &str): "Read as: {reading}. The recorded version lies in it." | "Läst som: {reading}. Den angivna versionen ligger i det.";
    why_row_out(reading: &str, reason: &str): "Read as: {reading}. The recorded version does not lie in it: {reason}." | "Läst som: {reading}. Den angivna versionen ligger inte i det: {reason}.";
    why_row_unknown(reading: &str, gap: &str): "Read as: {reading}. Not decided: {gap}." | "Läst som: {reading}. Inte avgjort: {gap}.";
    why_no_version: "no version text" | "ingen versionstext";
    why_remedy_fixes(versions: &str, text: &str): "A remedy names as fixed: {versions}. “{text}”" | "En åtgärd nämner som rättad: {versions}. ”{text}”";
    why_register(version: &str): "The register says: version {version}." | "Registret säger: version {version}.";
    why_register_none: "The register has no version." | "Registret har ingen version.";
    why_register_origin: "register" | "registret";
    why_says(advisory: &str, verdict: &str, confidence: &str): "{advisory} says: {verdict}, confidence {confidence}." | "{advisory} säger: {verdict}, säkerhet {confidence}.";
    why_cell(devices: &str): "{devices} behind this count." | "{devices} bakom antalet.";
    why_devices(n: u64) one "{n} device" | "{n} enhet" many "{n} devices" | "{n} enheter";
    why_count(verdict: &str, count: &str): "{verdict}: {count}." | "{verdict}: {count}.";
    why_count_origin: "the pairs" | "paren";

    threat_kev_yes(added: &str): "In the KEV catalogue since {added}: known to be exploited." | "I KEV-katalogen sedan {added}: utnyttjas.";
    threat_kev_ransom: "Known to be used by ransomware." | "Används av utpressningsprogram.";
    threat_kev_no: "Not in the KEV catalogue." | "Inte i KEV-katalogen.";
    threat_kev_none: "No KEV catalogue was imported: whether it is exploited is not known." | "Ingen KEV-katalog är importerad: om den utnyttjas är inte känt.";
    threat_kev_origin(catalogue: &str): "KEV catalogue {catalogue}" | "KEV-katalogen {catalogue}";
    threat_epss(probability: &str, percentile: &str): "EPSS {probability} % in the next 30 days; {percentile} % of CVEs score the same or lower." | "EPSS {probability} % inom 30 dagar; {percentile} % av alla CVE har samma eller lägre.";
    threat_epss_none: "No EPSS score." | "Ingen EPSS-poäng.";
    threat_epss_origin(day: &str): "EPSS of {day}" | "EPSS för {day}";
    threat_ssvc(exploitation: &str, automatable: &str, impact: &str): "SSVC: exploitation {exploitation}, automatable {automatable}, technical impact {impact}." | "SSVC: utnyttjande {exploitation}, automatiserbar {automatable}, teknisk påverkan {impact}.";
    threat_ssvc_none: "No SSVC assessment." | "Ingen SSVC-bedömning.";
    threat_ssvc_origin(assessed: &str): "CISA, assessed {assessed}" | "CISA, bedömd {assessed}";
    threat_cvss(version: &str, base: &str, vector: &str): "CVSS {version}: {base} ({vector})" | "CVSS {version}: {base} ({vector})";
    threat_cvss_none: "No CVSS score in any advisory." | "Ingen CVSS-poäng i något meddelande.";
    threat_no_source: "no source here" | "ingen källa här";
    threat_none_imported: "not imported" | "inte importerad";
    threat_yes: "yes" | "ja";
    threat_no: "no" | "nej";
    threat_partial: "partial" | "delvis";
    threat_total: "total" | "total";
}
