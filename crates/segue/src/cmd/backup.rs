//! `segue backup`, `segue restore`

use std::path::Path;

use serde_json::json;
use server::importer::Watch;

use super::Failed;
use crate::config::Config;
use crate::out::{self, Out};
use crate::place::open_journal;

pub(super) async fn backup(config: &Config, file: &Path, out: &mut Out) -> Result<(), Failed> {
    let journal = open_journal(config).await?;
    let watch = Watch::default();
    let bar = out::progress(&watch, "backup");
    let told = |progress: journal::Progress| watch.report(progress.done, progress.total.unwrap_or(0));
    let report = journal.backup(file, &told).await.map_err(Failed::from_error)?;
    drop(bar);
    say(out, "backed up", file, &report)
}

pub(super) async fn restore(config: &Config, file: &Path, out: &mut Out) -> Result<(), Failed> {
    let journal = open_journal(config).await?;
    let watch = Watch::default();
    let bar = out::progress(&watch, "restore");
    let told = |progress: journal::Progress| watch.report(progress.done, progress.total.unwrap_or(0));
    let report = journal.restore(file, &told).await.map_err(Failed::from_error)?;
    drop(bar);
    say(out, "restored", file, &report)
}

fn say(out: &mut Out, what: &str, file: &Path, report: &journal::BackupReport) -> Result<(), Failed> {
    let value = json!({
        "done": what, "file": file.display().to_string(), "streams": report.streams, "entries": report.entries,
        "blobs": report.blobs, "file_size_bytes": report.file_size_bytes,
    });
    Ok(out.result(&value, || {
        format!(
            "{} entries and {} blobs {what} ({} bytes, {}).",
            report.entries,
            report.blobs,
            report.file_size_bytes,
            file.display()
        )
    })?)
}
