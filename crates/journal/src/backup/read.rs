//! Reads a backup file into an empty journal. Nothing counts until the last byte was read and everything agreed.

use super::frame::{self, Rest};
use crate::chain::Tip;
use crate::entry::{Entry, Head, NewEntry, Seq, StreamName};
use crate::error::BackupError;
use crate::hash::Hash;
use crate::journal::{BackupReport, Counted, Progress, ProgressFn};
use crate::limits::{BLOB_SIZE_MAX_BYTES, PART_SIZE_BYTES, SEQ_MAX};
use crate::merkle::Block;
use crate::view::Sink;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, BufReader};

const ENTRIES_PER_STEP: usize = 4096;
const ENTRIES_PER_STEP_SIZE_MAX_BYTES: usize = 8 * 1024 * 1024;
const BUFFER_SIZE_BYTES: usize = 1024 * 1024;

pub(crate) async fn restore(
    mut sink: Box<dyn Sink>,
    from: &Path,
    progress: ProgressFn<'_>,
) -> Result<BackupReport, BackupError> {
    let mut file = BackupFile::open(from).await?;
    let mut restorer = Restorer { sink: sink.as_mut(), open: Open::Nothing, report: BackupReport::default() };
    loop {
        let digest_before = file.hasher.clone();
        let (tag, content) = file.frame().await?;
        match tag {
            frame::STREAM => restorer.begin_stream(&content).await?,
            frame::ENTRY => restorer.entry(&content, progress).await?,
            frame::BLOB => restorer.begin_blob(&content).await?,
            frame::PART => restorer.part(content).await?,
            frame::END => {
                restorer.close(progress).await?;
                restorer.check_end(&content, digest_before)?;
                break;
            }
            other => return refused(format!("there is no frame with tag {other}")),
        }
    }
    let mut report = restorer.report;
    file.check_nothing_follows().await?;
    report.file_size_bytes = file.size_bytes;
    sink.commit().await?;
    Ok(report)
}

fn refused<T>(why: impl Into<String>) -> Result<T, BackupError> {
    Err(BackupError::Refused(why.into()))
}

fn or_refused<T>(value: Option<T>, why: &str) -> Result<T, BackupError> {
    value.ok_or_else(|| BackupError::Refused(why.to_owned()))
}

/// What is being read just now.
enum Open {
    Nothing,
    Stream {
        name: StreamName,
        head: Head,
        tip: Tip,
        entries: Vec<Entry>,
        blocks: Vec<Block>,
        size_bytes: usize,
    },
    Blob {
        hash: Hash,
        left_bytes: u64,
        hasher: Sha256,
    },
}

struct Restorer<'a> {
    sink: &'a mut dyn Sink,
    open: Open,
    report: BackupReport,
}

impl Restorer<'_> {
    async fn begin_stream(&mut self, content: &[u8]) -> Result<(), BackupError> {
        self.close(&|_| ()).await?;
        let mut rest = Rest(content);
        let fields = (|| {
            let name = StreamName::new(rest.text()?).ok()?;
            let head = Head { seq: Seq(rest.number()?), hash: rest.hash()?, root: rest.hash()? };
            rest.end()?;
            (head.seq.0 <= SEQ_MAX).then_some((name, head))
        })();
        let (name, head) = or_refused(fields, "the beginning of a stream cannot be read")?;
        self.sink.begin_stream(&name).await?;
        let tip = Tip::empty(&name);
        self.open = Open::Stream { name, head, tip, entries: Vec::new(), blocks: Vec::new(), size_bytes: 0 };
        Ok(())
    }

    async fn entry(&mut self, content: &[u8], progress: ProgressFn<'_>) -> Result<(), BackupError> {
        let Open::Stream { name, tip, entries, blocks, size_bytes, .. } = &mut self.open else {
            return refused("there is an entry outside a stream");
        };
        let seq = tip.seq().next();
        let entry =
            or_refused(frame::entry_from_bytes(content), &format!("entry {seq} of {name} cannot be read"))?;
        if entry.seq != seq || entry.prev_hash != tip.hash || entry.computed_hash(name) != entry.hash {
            return refused(format!("entry {seq} of {name} was altered or does not follow the one before"));
        }
        if let Some(why) = limits_fault(&entry) {
            return refused(format!("entry {seq} of {name}: {why}"));
        }
        blocks.extend(tip.accept(&entry));
        *size_bytes += content.len();
        entries.push(entry);
        if entries.len() >= ENTRIES_PER_STEP || *size_bytes >= ENTRIES_PER_STEP_SIZE_MAX_BYTES {
            self.flush(progress).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, progress: ProgressFn<'_>) -> Result<(), BackupError> {
        if let Open::Stream { entries, blocks, size_bytes, .. } = &mut self.open {
            self.report.entries += entries.len() as u64;
            *size_bytes = 0;
            self.sink.entries(std::mem::take(entries), std::mem::take(blocks)).await?;
            progress(Progress { what: Counted::Entries, done: self.report.entries, total: None });
        }
        Ok(())
    }

    async fn begin_blob(&mut self, content: &[u8]) -> Result<(), BackupError> {
        self.close(&|_| ()).await?;
        let mut rest = Rest(content);
        let fields = (|| {
            let (hash, size_bytes) = (rest.hash()?, rest.number()?);
            rest.end()?;
            (size_bytes <= BLOB_SIZE_MAX_BYTES as u64).then_some((hash, size_bytes))
        })();
        let (hash, size_bytes) = or_refused(fields, "the beginning of a blob cannot be read")?;
        self.sink.begin_blob(hash, size_bytes).await?;
        self.open = Open::Blob { hash, left_bytes: size_bytes, hasher: Sha256::new() };
        Ok(())
    }

    async fn part(&mut self, content: Vec<u8>) -> Result<(), BackupError> {
        let Open::Blob { left_bytes, hasher, .. } = &mut self.open else {
            return refused("there is a part outside a blob");
        };
        // Every part but the last is full, and no part goes beyond the blob.
        if content.len() as u64 != (*left_bytes).min(PART_SIZE_BYTES as u64) {
            return refused("a part of a blob has the wrong length");
        }
        *left_bytes -= content.len() as u64;
        hasher.update(&content);
        Ok(self.sink.part(content).await?)
    }

    /// Checks and ends what is being read.
    async fn close(&mut self, progress: ProgressFn<'_>) -> Result<(), BackupError> {
        self.flush(progress).await?;
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::Stream { name, head, tip, .. } => {
                if tip.head() != head {
                    return refused(format!("the entries of stream {name} do not lead to its head"));
                }
                self.sink.end_stream(&name, &tip).await?;
                self.report.streams += 1;
            }
            Open::Blob { hash, left_bytes, hasher } => {
                if left_bytes != 0 || hasher.finalize()[..] != hash.0[..] {
                    return refused(format!("the blob {hash} was altered"));
                }
                self.report.blobs += 1;
                progress(Progress { what: Counted::Blobs, done: self.report.blobs, total: None });
            }
        }
        Ok(())
    }

    fn check_end(&self, content: &[u8], digest_before: Sha256) -> Result<(), BackupError> {
        let mut rest = Rest(content);
        let fields = (|| {
            let fields = (rest.number()?, rest.number()?, rest.number()?, rest.hash()?);
            rest.end()?;
            Some(fields)
        })();
        let (streams, entries, blobs, digest) = or_refused(fields, "the end of the file cannot be read")?;
        if (streams, entries, blobs) != (self.report.streams, self.report.entries, self.report.blobs) {
            return refused("the file does not hold as much as its end says");
        }
        if digest_before.finalize()[..] != digest.0[..] {
            return refused("the file was altered: its digest is not the one at its end");
        }
        Ok(())
    }
}

fn limits_fault(entry: &Entry) -> Option<String> {
    let Entry { time, actor, kind, .. } = entry;
    // The payload is bounded by the frame already.
    NewEntry { time: *time, actor: actor.clone(), kind: kind.clone(), payload: Vec::new() }.fault()
}

/// The file, with the digest of what was read so far.
struct BackupFile {
    path: PathBuf,
    file: BufReader<tokio::fs::File>,
    hasher: Sha256,
    size_bytes: u64,
}

impl BackupFile {
    async fn open(path: &Path) -> Result<BackupFile, BackupError> {
        let file = tokio::fs::File::open(path).await;
        let file = file.map_err(|cause| BackupError::File { path: path.to_owned(), cause })?;
        let file = BufReader::with_capacity(BUFFER_SIZE_BYTES, file);
        let mut file = BackupFile { path: path.to_owned(), file, hasher: Sha256::new(), size_bytes: 0 };
        if file.read(frame::FIRST_LINE.len()).await?[..] != *frame::FIRST_LINE {
            return refused("it does not begin like a backup of this program");
        }
        Ok(file)
    }

    async fn read(&mut self, count: usize) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        let read = (&mut self.file).take(count as u64).read_to_end(&mut bytes).await;
        read.map_err(|cause| BackupError::File { path: self.path.clone(), cause })?;
        if bytes.len() < count {
            return refused(format!(
                "the file ends early, after {} bytes",
                self.size_bytes + bytes.len() as u64
            ));
        }
        self.hasher.update(&bytes);
        self.size_bytes += count as u64;
        Ok(bytes)
    }

    async fn frame(&mut self) -> Result<(u8, Vec<u8>), BackupError> {
        let header = self.read(5).await?;
        let [tag, a, b, c, d] = header[..] else { return refused("the file ends early") };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > frame::FRAME_SIZE_MAX_BYTES {
            return refused(format!("at byte {} a frame claims to have {length} bytes", self.size_bytes));
        }
        Ok((tag, self.read(length).await?))
    }

    async fn check_nothing_follows(&mut self) -> Result<(), BackupError> {
        let following = self.file.read_u8().await;
        if following.is_ok() { refused("something follows the end of the file") } else { Ok(()) }
    }
}
