//! The report as it is filed: headings, lines, a table of hosts; shapes stand beside words.

use super::report::Report;
use crate::export::pdf::{PdfError, Setter};
use crate::words::Words;

/// Columns of the hosts' table.
const COLUMNS: [(f32, f32); 4] = [(0.0, 92.0), (98.0, 186.0), (290.0, 112.0), (408.0, 91.0)];

/// The report as PDF.
pub(super) fn pdf(w: Words, hospital: &str, report: &Report) -> Result<Vec<u8>, PdfError> {
    let mut setter = Setter::new()?;
    content(w, report, &mut setter);
    setter.finish(w, hospital, &report.title)
}

fn content(w: Words, report: &Report, setter: &mut Setter) {
    setter.text(&report.title, 16.0, true, 0.0);
    setter.text(&report.as_of, 9.0, false, 2.0);
    setter.heading(w.report_counts());
    setter.text(&report.sentence, 10.0, true, 2.0);
    let tallies: Vec<&str> = report.tallies.iter().map(|(_, text)| text.as_str()).collect();
    setter.text(&tallies.join(" · "), 9.0, false, 2.0);
    setter.heading(w.report_hosts());
    let heads = [w.board_col_host(), w.board_col_verdict(), w.board_col_evidence(), w.board_col_next()];
    setter.row(&COLUMNS, &heads, true);
    for host in &report.hosts {
        setter.row(&COLUMNS, &[&host.host, &host.verdict.text(), &host.evidence, &host.next], false);
    }
    setter.heading(w.report_units());
    for (unit, answer, cover) in &report.units {
        setter.text(&format!("{unit}: {answer} · {cover}"), 9.0, false, 2.0);
    }
    setter.heading(w.report_incidents());
    if report.incidents.is_empty() {
        setter.text(w.report_incidents_none(), 9.0, false, 2.0);
    }
    for (when, what, state) in &report.incidents {
        setter.text(&format!("{when}  {what} ({state})"), 9.0, false, 2.0);
    }
    setter.heading(w.report_happened());
    for (when, what) in &report.happened {
        setter.text(&format!("{when}  {what}"), 9.0, false, 2.0);
    }
    setter.text(&format!("{} {}", w.plan_hash(), report.hash), 7.0, false, 14.0);
}
