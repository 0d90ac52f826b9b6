//! What a person or a program reads: results on stdout, messages on stderr. With `--json`, one JSON object a line.

use std::io::{IsTerminal, Write};

use model::Finding;
use serde::Serialize;

/// Findings printed of one run; the rest is counted.
pub(crate) const FINDINGS_PRINTED_MAX: usize = 50;

/// A message for a person, on stderr.
#[allow(clippy::print_stderr)]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// Where results go.
pub(crate) struct Out {
    json: bool,
    stdout: std::io::BufWriter<std::io::StdoutLock<'static>>,
}

impl Out {
    /// Results as text, or as JSON lines.
    pub(crate) fn new(json: bool) -> Out {
        Out { json, stdout: std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock()) }
    }

    /// Is it JSON that is wanted?
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// One result: `value` as a JSON line, or `text`.
    pub(crate) fn result<T: Serialize>(
        &mut self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> std::io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.stdout, value)?;
            self.stdout.write_all(b"\n")
        } else {
            writeln!(self.stdout, "{}", text())
        }
    }

    /// Everything so far is with the reader.
    pub(crate) fn flush(&mut self) -> std::io::Result<()> {
        self.stdout.flush()
    }
}

/// Findings, worst first, on stderr.
pub(crate) fn findings(findings: &[Finding], left_out: u64) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted.iter().take(FINDINGS_PRINTED_MAX) {
        let word = match finding.severity {
            model::finding::Severity::Error => "error",
            model::finding::Severity::Warning => "warning",
            model::finding::Severity::Note => "note",
        };
        say(&format!("{word}: {finding}"));
    }
    let more = left_out + sorted.len().saturating_sub(FINDINGS_PRINTED_MAX) as u64;
    if more > 0 {
        say(&format!("… and {more} more"));
    }
}

/// Stops what `watch` watches when somebody presses Ctrl-C, as long as the answer is kept.
pub(crate) fn stopped_by_ctrl_c(watch: &server::importer::Watch) -> impl Drop + use<> {
    struct Listening(tokio::task::JoinHandle<()>);
    impl Drop for Listening {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let stop = watch.clone();
    Listening(tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.stop();
        }
    }))
}

/// A progress bar on stderr while `watch` is being worked at; nothing where nobody looks.
pub(crate) fn progress(watch: &server::importer::Watch, what: &'static str) -> impl Drop + use<> {
    struct Bar(Option<(tokio::task::JoinHandle<()>, indicatif::ProgressBar)>);
    impl Drop for Bar {
        fn drop(&mut self) {
            if let Some((task, bar)) = self.0.take() {
                task.abort();
                bar.finish_and_clear();
            }
        }
    }
    if !std::io::stderr().is_terminal() {
        return Bar(None);
    }
    let bar = indicatif::ProgressBar::no_length();
    let style =
        indicatif::ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}  {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    let (watch, shown) = (watch.clone(), bar.clone());
    let task = tokio::spawn(async move {
        loop {
            let (done, total) = watch.progress();
            if total > 0 {
                shown.set_length(total);
            }
            shown.set_position(done);
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    Bar(Some((task, bar)))
}
