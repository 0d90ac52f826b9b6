//! The record of a night: what a plain script and Segue said at the same moments, as a page that can be put beside the manual.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use crate::watch::{Shown, clock};

/// One moment of one machine.
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) host: &'static str,
    /// What had happened.
    pub(crate) what: &'static str,
    /// What the plain script says.
    pub(crate) plain: String,
    /// What patchman shows, when it runs beside.
    pub(crate) patchman: Option<String>,
    /// What Segue says.
    pub(crate) segue: Shown,
}

/// Writes the record to a file, and gives it back.
pub(crate) fn write(path: &Path, moments: &[Moment], shown: &[Shown], ends: &[String]) -> Result<String> {
    let mut page = String::new();
    let beside = moments.iter().any(|moment| moment.patchman.is_some());
    let (title, line) = if beside { (" patchman |", "---|") } else { ("", "") };
    writeln!(
        page,
        "| UTC | machine | moment | a script that looks at `/run/reboot-required` |{title} Segue | resting on |"
    )?;
    writeln!(page, "|---|---|---|---|{line}---|---|")?;
    for Moment { at, host, what, plain, patchman, segue } in moments {
        let (at, word) = (clock(*at), said(&segue.word));
        let patchman =
            if beside { format!(" {} |", patchman.as_deref().unwrap_or("")) } else { String::new() };
        writeln!(page, "| {at} | {host} | {what} | {plain} |{patchman} {word} | {} |", segue.evidence)?;
    }
    writeln!(
        page,
        "\nEvery verdict that the board showed:\n\n| from | to | machine | verdict | resting on |"
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for Shown { host, word, evidence, from, to } in shown {
        writeln!(page, "| {} | {} | {host} | {} | {evidence} |", clock(*from), clock(*to), said(word))?;
    }
    writeln!(page)?;
    ends.iter().try_for_each(|line| writeln!(page, "- {line}"))?;
    std::fs::write(path, &page)?;
    Ok(page)
}

fn said(word: &str) -> String {
    let text = word.replace('_', " ");
    if word == "restart_pending" { format!("**{text}**") } else { text }
}
