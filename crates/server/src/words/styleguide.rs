//! Words of `/styleguide`: every component in every state, with made-up devices.

use super::words;

words! {
    styleguide_title: "Style guide" | "Stilguide";
    styleguide_lead: "Every component in every state. The devices here are made up." | "Varje komponent i varje läge. Enheterna här är påhittade.";
    styleguide_timeline: "A night on a timeline" | "En natt på en tidslinje";
    styleguide_pattern: "pattern in print" | "mönster i tryck";
    styleguide_status: "Status: word, shape, colour" | "Status: ord, form, färg";
    styleguide_verdicts: "Verdicts of exposure" | "Utslag om sårbarhet";
    styleguide_figures: "Counts, shares, ages" | "Antal, andelar, åldrar";
    styleguide_bars: "Bars" | "Staplar";
    styleguide_table: "Table" | "Tabell";
    styleguide_table_empty: "Table without rows" | "Tabell utan rader";
    styleguide_why: "Why" | "Varför";
    styleguide_forms: "Forms" | "Formulär";
    styleguide_notes: "Banners" | "Meddelanden";
    styleguide_empty: "Empty state" | "Tomt läge";
    styleguide_progress: "Long work" | "Långt arbete";
    styleguide_buttons: "Buttons and keys" | "Knappar och tangenter";
    styleguide_confirm: "Page of confirmation" | "Bekräftelsesida";

    styleguide_d_not_begun: "waits: ring 1 soaks until 22:58" | "väntar: ring 1 observeras till 22:58";
    styleguide_d_proven: "until Mon 06:30" | "till mån 06:30";
    styleguide_d_settling: "quiet until 00:31" | "lugn till 00:31";
    styleguide_d_restart: "reboot-required.pkgs: linux-image" | "reboot-required.pkgs: linux-image";
    styleguide_d_dark: "22:10 to 22:41, at the latest 22:55" | "22:10 till 22:41, senast 22:55";
    styleguide_d_broken: "function test: alarm not heard" | "funktionstest: larm hördes inte";
    styleguide_d_stalled: "41 min without progress" | "41 min utan framsteg";
    styleguide_d_stale: "evidence 3 h old, allowed 15 min" | "bevis 3 h gamla, tillåtet 15 min";
    styleguide_d_unknown: "registry could not be read" | "registret gick inte att läsa";
    styleguide_d_affected: "below 4.2.1" | "under 4.2.1";
    styleguide_d_undecided: "version not recorded" | "version saknas";
    styleguide_d_fixed: "4.2.1 installed" | "4.2.1 installerad";
    styleguide_d_not_affected: "other model" | "annan modell";

    styleguide_exposures: "Exposures of patient monitors" | "Patientmonitorers sårbarheter";
    styleguide_col_device: "Device" | "Enhet";
    styleguide_col_model: "Model" | "Modell";
    styleguide_col_unit: "Unit" | "Avdelning";
    styleguide_col_version: "Version" | "Version";
    styleguide_col_verdict: "Verdict" | "Utslag";
    styleguide_col_seen: "Seen" | "Sedd";
    styleguide_col_proofs: "Proofs" | "Bevis";
    styleguide_search: "Search" | "Sök";
    styleguide_no_version: "not recorded" | "saknas";
    styleguide_summary: "The advisory names every version below 4.2.1. The register says 4.1. Next: plan the update with the maker." | "Meddelandet nämner alla versioner under 4.2.1. Registret säger 4.1. Nästa steg: planera uppdateringen med tillverkaren.";
    styleguide_e1: "Version 4.1 is installed." | "Version 4.1 är installerad.";
    styleguide_e2: "Versions below 4.2.1 are known to be affected." | "Versioner under 4.2.1 är kända som drabbade.";
    styleguide_e3: "\"Nordic Vital\" and \"NordicVital AB\" are the same maker." | "\"Nordic Vital\" och \"NordicVital AB\" är samma tillverkare.";
    styleguide_e1_origin: "register import 12, row 42" | "registerimport 12, rad 42";
    styleguide_e2_origin: "advisory NV-2026-014, revision 3" | "meddelande NV-2026-014, revision 3";
    styleguide_e3_origin: "confirmed alias" | "bekräftat alias";
    styleguide_unit: "Ward 5" | "Avdelning 5";
    styleguide_unit_error: "There is no unit \"Ward 55\". Known are Ward 5 and Ward 6." | "Det finns ingen avdelning \"Ward 55\". Kända är Avdelning 5 och 6.";
    styleguide_file: "Device list" | "Enhetslista";
    styleguide_file_hint: "CSV or XLSX, at most 100 MB." | "CSV eller XLSX, högst 100 MB.";
    styleguide_note: "Remark" | "Anmärkning";
    styleguide_moment: "Begins" | "Börjar";
    styleguide_tick: "Stop at the first error" | "Stanna vid första felet";
    styleguide_b_info: "The next reading of the register is at 06:30." | "Registret läses nästa gång 06:30.";
    styleguide_b_done: "412 devices were imported; 3 rows were refused and are listed below." | "412 enheter importerades; 3 rader nekades och listas nedan.";
    styleguide_b_warning: "The catalogue of exploited vulnerabilities is 9 days old." | "Katalogen över utnyttjade sårbarheter är 9 dagar gammal.";
    styleguide_b_error: "Row 17, column udi: the check character is 4; it would be 7." | "Rad 17, kolumn udi: kontrolltecknet är 4; det skulle vara 7.";
    styleguide_empty_text: "This page lists the hospital's devices. There are none yet." | "Sidan listar sjukhusets enheter. Det finns inga ännu.";
    styleguide_empty_step: "Import a device list" | "Importera en enhetslista";
    styleguide_p1: "Reading advisories" | "Läser säkerhetsmeddelanden";
    styleguide_p1_note: "icsma-24-354-01.json; 2 refused so far" | "icsma-24-354-01.json; 2 nekade hittills";
    styleguide_p2: "Reading a folder" | "Läser en mapp";
    styleguide_confirm_title: "Undo an alias" | "Ångra ett alias";
    styleguide_confirm_sentence: "\"Nordic Vital\" will no longer count as \"NordicVital AB\": 38 devices become undecided." | "\"Nordic Vital\" räknas inte längre som \"NordicVital AB\": 38 enheter blir oavgjorda.";
    styleguide_confirm_verb: "Undo the alias" | "Ångra aliaset";
    styleguide_concern_1: "Ward 5 and Ward 6: 38 patient monitors" | "Avdelning 5 och 6: 38 patientmonitorer";
    styleguide_concern_2: "B. Ek, who confirmed it on 3 November" | "B. Ek, som bekräftade det den 3 november";
    styleguide_primary: "Import 412 devices" | "Importera 412 enheter";
    styleguide_plain: "Preview" | "Förhandsgranska";
    styleguide_link: "Look at the rows" | "Titta på raderna";
}
