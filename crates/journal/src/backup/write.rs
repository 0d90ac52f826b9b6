//! Writes a backup file beside its final name, and gives it that name when it is complete and durable.

use super::frame::{self, Fields};
use crate::chain::Tip;
use crate::entry::StreamName;
use crate::error::{BackupError, StoreError};
use crate::journal::{BackupReport, Counted, Progress, ProgressFn};
use crate::view::{StreamRow, View};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncWriteExt, BufWriter};

const ROWS_PER_STEP: usize = 8192;
const BUFFER_SIZE_BYTES: usize = 1024 * 1024;

pub(crate) async fn backup(
    view: &mut dyn View,
    to: &Path,
    progress: ProgressFn<'_>,
) -> Result<BackupReport, BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let mut file = PartialFile::create(to).await?;
    let mut report = BackupReport::default();
    file.write(frame::FIRST_LINE).await?;
    for row in view.streams().await? {
        write_stream(view, &row, &mut file, &mut report, progress).await?;
        report.streams += 1;
    }
    write_blobs(view, &mut file, &mut report, progress).await?;
    let digest = file.hasher.clone().finalize();
    let counts = Fields::default().number(report.streams).number(report.entries).number(report.blobs);
    file.frame(frame::END, &counts.fixed(&digest).0).await?;
    report.file_size_bytes = file.size_bytes;
    file.finish().await?;
    Ok(report)
}

async fn write_stream(
    view: &mut dyn View,
    row: &StreamRow,
    file: &mut PartialFile,
    report: &mut BackupReport,
    progress: ProgressFn<'_>,
) -> Result<(), BackupError> {
    let damaged = |what: String| BackupError::Store(StoreError::Damaged(what));
    let name = StreamName::new(&row.name).map_err(|error| damaged(error.to_string()))?;
    let head = row.head()?;
    let begin = Fields::default().bytes(name.as_str().as_bytes()).number(head.seq.0);
    file.frame(frame::STREAM, &begin.fixed(&head.hash.0).fixed(&head.root.0).0).await?;
    let mut tip = Tip::empty(&name);
    while tip.seq() < head.seq {
        let rows = view.entries(row.id, tip.seq(), ROWS_PER_STEP).await?;
        let before = tip.seq();
        for raw in rows.into_iter().take_while(|raw| raw.seq <= head.seq) {
            let entry = raw.entry.map_err(|why| damaged(format!("entry {} of {name}: {why}", raw.seq)))?;
            if entry.seq != tip.seq().next()
                || entry.prev_hash != tip.hash
                || entry.computed_hash(&name) != entry.hash
            {
                return Err(damaged(format!("entry {} of {name} is not whole", tip.seq().next())));
            }
            file.frame(frame::ENTRY, &frame::entry_to_bytes(&entry)).await?;
            tip.accept(&entry);
        }
        if tip.seq() == before {
            return Err(damaged(format!("entry {} of {name} is missing", tip.seq().next())));
        }
        report.entries += tip.seq().0 - before.0;
        progress(Progress { what: Counted::Entries, done: report.entries, total: None });
    }
    if tip.head() == head { Ok(()) } else { Err(damaged(format!("the head of {name} is not whole"))) }
}

async fn write_blobs(
    view: &mut dyn View,
    file: &mut PartialFile,
    report: &mut BackupReport,
    progress: ProgressFn<'_>,
) -> Result<(), BackupError> {
    let total = Some(view.blob_count().await?);
    let mut after = i64::MIN;
    loop {
        let rows = view.blobs(after, ROWS_PER_STEP).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            let begin = Fields::default().fixed(&row.hash).number(row.size_bytes.cast_unsigned());
            file.frame(frame::BLOB, &begin.0).await?;
            let mut hasher = Sha256::new();
            for index in 0.. {
                let Some(part) = view.part(row.id, index).await? else { break };
                hasher.update(&part);
                file.frame(frame::PART, &part).await?;
            }
            if hasher.finalize()[..] != row.hash[..] {
                let what = format!("the blob {} is not whole", hex::encode(&row.hash));
                return Err(StoreError::Damaged(what).into());
            }
            report.blobs += 1;
            progress(Progress { what: Counted::Blobs, done: report.blobs, total });
        }
    }
}

/// A file that is not yet the backup; it is deleted unless it is finished.
struct PartialFile {
    to: PathBuf,
    partial: PathBuf,
    file: BufWriter<tokio::fs::File>,
    hasher: Sha256,
    size_bytes: u64,
    finished: bool,
}

impl PartialFile {
    async fn create(to: &Path) -> Result<PartialFile, BackupError> {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let partial = to.with_file_name(name);
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&partial).await;
        let file = file.map_err(|cause| BackupError::File { path: partial.clone(), cause })?;
        Ok(PartialFile {
            to: to.to_owned(),
            partial,
            file: BufWriter::with_capacity(BUFFER_SIZE_BYTES, file),
            hasher: Sha256::new(),
            size_bytes: 0,
            finished: false,
        })
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.hasher.update(bytes);
        self.size_bytes += bytes.len() as u64;
        let written = self.file.write_all(bytes).await;
        written.map_err(|cause| BackupError::File { path: self.partial.clone(), cause })
    }

    async fn frame(&mut self, tag: u8, content: &[u8]) -> Result<(), BackupError> {
        self.write(&[tag]).await?;
        self.write(&(content.len() as u32).to_be_bytes()).await?;
        self.write(content).await
    }

    async fn finish(mut self) -> Result<(), BackupError> {
        self.make_durable().await.map_err(|cause| BackupError::File { path: self.to.clone(), cause })?;
        self.finished = true;
        Ok(())
    }

    async fn make_durable(&mut self) -> std::io::Result<()> {
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        tokio::fs::rename(&self.partial, &self.to).await?;
        crate::location::sync_folder_of(&self.to)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.finished {
            // Best effort: a left-over partial file is overwritten by the next backup.
            let _ = std::fs::remove_file(&self.partial);
        }
    }
}
