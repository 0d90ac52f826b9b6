//! Words of the components: status, tables, bars, forms, progress.

use super::words;

words! {
    status_not_begun: "Not begun" | "Inte påbörjad";
    status_proven: "Proven" | "Bevisad";
    status_settling: "Settling" | "Stabiliseras";
    status_restart_pending: "Restart pending" | "Väntar på omstart";
    status_dark: "Dark" | "Mörk";
    status_broken: "Broken" | "Trasig";
    status_stalled: "Stalled" | "Står still";
    status_stale: "Stale" | "Inaktuell";
    status_unknown: "Unknown" | "Okänd";
    verdict_affected: "Affected" | "Drabbad";
    verdict_undecided: "Undecided" | "Oavgjord";
    verdict_fixed: "Fixed" | "Åtgärdad";
    verdict_not_affected: "Not affected" | "Inte drabbad";

    count_of(part: &str, whole: &str): "{part} of {whole}" | "{part} av {whole}";
    share(percent: u64): "{percent} %" | "{percent} %";
    share_all: "all" | "alla";
    share_none: "none" | "inga";
    share_under_one: "under 1 %" | "under 1 %";
    age_seen: "seen" | "sågs";

    table_filter: "Filter" | "Filter";
    table_filter_apply: "Apply" | "Använd";
    table_filter_clear: "Clear filter" | "Rensa filter";
    table_why: "Why?" | "Varför?";
    table_why_row(row: &str): "Why? {row}" | "Varför? {row}";
    table_left_out(n: u64) one "{n} further row is not printed here. All of them:" | "{n} rad till är inte utskriven här. Alla finns på:" many "{n} further rows are not printed here. All of them:" | "{n} rader till är inte utskrivna här. Alla finns på:";
    table_export: "Take along" | "Ta med";
    table_beyond: "The list ends before this page." | "Listan slutar före den här sidan.";
    table_filtered_by: "Only" | "Bara";
    table_none: "No row meets this filter." | "Ingen rad motsvarar filtret.";
    table_sorted_up: "sorted, smallest first" | "sorterad, minst först";
    table_sorted_down: "sorted, largest first" | "sorterad, störst först";
    table_scroll(name: &str): "{name}: table, scrolls sideways" | "{name}: tabell, rullar i sidled";
    column_why: "Why" | "Varför";
    pager_label(table: &str): "Pages of: {table}" | "Sidor av: {table}";
    pager_range(first: &str, last: &str, total: &str): "{first}–{last} of {total}" | "{first}–{last} av {total}";
    pager_previous: "Previous" | "Föregående";
    pager_next: "Next" | "Nästa";
    pager_first: "First" | "Första";
    pager_last: "Last" | "Sista";
    choose_any: "any" | "alla";

    bar_table: "The same as a table" | "Samma som tabell";
    bar_what: "What" | "Vad";
    bar_count: "Count" | "Antal";
    bar_total: "Total" | "Totalt";

    drawer_title: "Why" | "Varför";
    drawer_close: "Close" | "Stäng";
    drawer_loading: "Reading the evidence" | "Läser bevisen";
    drawer_failed: "The evidence could not be read." | "Bevisen gick inte att läsa.";
    evidence_origin: "Origin" | "Ursprung";
    evidence_age: "Age" | "Ålder";
    evidence_who: "Verified by" | "Verifierat av";
    evidence_says: "Says" | "Säger";
    evidence_nobody: "nobody yet" | "ingen ännu";

    form_errors(n: u64) one "{n} thing to correct" | "{n} sak att rätta" many "{n} things to correct" | "{n} saker att rätta";
    form_optional: "optional" | "valfritt";
    empty_next: "Next step" | "Nästa steg";
    progress_stop: "Stop" | "Stoppa";
    progress_done(done: &str, total: &str): "{done} of {total}" | "{done} av {total}";
    progress_unknown(done: &str): "{done} so far; the total is not known yet" | "{done} hittills; totalen är inte känd ännu";
    confirm_concerns: "Concerns" | "Berör";
    confirm_back: "Back, change nothing" | "Tillbaka, ändra inget";
    banner_info: "Note" | "Obs";
    banner_warning: "Attention" | "Varning";
    banner_error: "Error" | "Fel";
    banner_done: "Done" | "Klart";
    export_too_many(total: &str, limit: &str): "{total} rows are more than the {limit} that one file can hold. Narrow the filter and try again." | "{total} rader är fler än de {limit} som en fil rymmer. Begränsa filtret och försök igen.";
}
