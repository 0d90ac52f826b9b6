//! The trait that every backend fulfils, and the values that cross it. How a backend does it lives in its module.

use crate::entry::{BatchId, Entry, Head, NewEntry, Seq, StreamName};
use crate::error::{AppendError, BackupError, Flaw, ProveError, StoreError};
use crate::hash::Hash;
use crate::proof::{ConsistencyProof, InclusionProof};
use async_trait::async_trait;
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;

/// An append-only record with one stream per site.
///
/// An answered append is durable, and is seen by every later read, in this process and in others.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Appends a batch, whole or not at all, if the stream's newest entry is `expected`. Returns the head right
    /// after this batch. Appending the same batch again with the same `expected` returns the first result. A batch
    /// without entries stores nothing and only compares `expected`.
    async fn append(
        &self,
        stream: &StreamName,
        batch: BatchId,
        expected: Seq,
        entries: Vec<NewEntry>,
    ) -> Result<Head, AppendError> {
        self.submit(stream, batch, expected, entries).await?.outcome().await
    }

    /// The first half of [`Journal::append`]: hands the batch to the writer, and returns when its place in the queue
    /// is certain. Whoever decides one thing after the other on one stream submits the next batch expecting what
    /// this one will give, without waiting for the disk: both share a commit. If the first one fails, the second
    /// one conflicts.
    async fn submit(
        &self,
        stream: &StreamName,
        batch: BatchId,
        expected: Seq,
        entries: Vec<NewEntry>,
    ) -> Result<Pending, AppendError>;

    /// Entries after `after`, in order and without gaps: at most `entries_max`, and at most about
    /// [`crate::limits::READ_SIZE_MAX_BYTES`] of payload. Empty only when there are none (or none were asked for).
    /// Each entry's hash is checked.
    async fn read(
        &self,
        stream: &StreamName,
        after: Seq,
        entries_max: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Where the stream stands; [`Head::empty`] for a stream without entries.
    async fn head(&self, stream: &StreamName) -> Result<Head, StoreError>;

    /// The names of all streams that have entries, sorted.
    async fn streams(&self) -> Result<Vec<StreamName>, StoreError>;

    /// Waits until the stream has an entry after `seq`, whoever appended it, or until `patience` is over. Returns
    /// the newest sequence.
    async fn wait_beyond(&self, stream: &StreamName, seq: Seq, patience: Duration)
    -> Result<Seq, StoreError>;

    /// Stores bytes under their SHA-256 digest; durable when answered, at most
    /// [`crate::limits::BLOB_SIZE_MAX_BYTES`]. Storing the same bytes again changes nothing.
    async fn put_blob(&self, bytes: &[u8]) -> Result<Hash, StoreError>;

    /// Stores many blobs, sharing commits. When it fails some may be stored.
    async fn put_blobs(&self, blobs: &[Vec<u8>]) -> Result<Vec<Hash>, StoreError>;

    /// The bytes with this digest, checked, or `None`.
    async fn get_blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps a snapshot: a cache that shortens a start. The newest two of each stream and format are kept.
    async fn save_snapshot(&self, stream: &StreamName, snapshot: Snapshot) -> Result<(), StoreError>;

    /// The newest snapshot of this format that is intact and was taken in this stream's own past.
    async fn load_snapshot(&self, stream: &StreamName, format: &str) -> Result<Option<Snapshot>, StoreError>;

    /// Writes everything but snapshots into one new file that any backend can restore, as of one moment, while
    /// others append. The file appears complete or not at all.
    async fn backup(&self, to: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError>;

    /// Reads a backup into this empty journal, checking every byte of it; whole or not at all.
    async fn restore(&self, from: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError>;

    /// Walks the stream and all blobs and names the first broken place. With a head remembered outside, also
    /// checks that this stream contains it: only so is a stream found that was cut short or rewritten as a whole.
    /// `refers` tells which blobs an entry refers to: each of them must be there.
    async fn verify(
        &self,
        stream: &StreamName,
        remembered: Option<&Head>,
        refers: RefersFn<'_>,
        progress: ProgressFn<'_>,
    ) -> Result<VerifyReport, StoreError>;

    /// Proves that an entry is in the tree of the first `size` entries (of all, when `None`).
    async fn prove_inclusion(
        &self,
        stream: &StreamName,
        seq: Seq,
        size: Option<Seq>,
    ) -> Result<InclusionProof, ProveError>;

    /// Proves that the tree of `first` entries is the beginning of the tree of `second` entries (of all, when
    /// `None`).
    async fn prove_consistency(
        &self,
        stream: &StreamName,
        first: Seq,
        second: Option<Seq>,
    ) -> Result<ConsistencyProof, ProveError>;
}

/// An append on its way to the disk. Dropping it does not take the append back.
#[derive(Debug)]
pub struct Pending(pub(crate) oneshot::Receiver<Result<Head, AppendError>>);

impl Pending {
    /// One whose outcome is known already.
    pub(crate) fn done(outcome: Result<Head, AppendError>) -> Pending {
        let (sender, receiver) = oneshot::channel();
        // The receiver is right here.
        let _ = sender.send(outcome);
        Pending(receiver)
    }

    /// Waits for the commit: the head right after this batch, or why it was not (or not certainly) stored.
    pub async fn outcome(self) -> Result<Head, AppendError> {
        let stopped = |error| Err(AppendError::OutcomeUnknown(Box::new(error)));
        self.0.await.unwrap_or_else(stopped)
    }
}

/// A state that was folded from the entries up to one of them, in a format that the caller understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that is folded in.
    pub at: Seq,
    /// The hash of that entry: a snapshot of another past is never handed back.
    pub entry_hash: Hash,
    /// The caller's name for the encoding, with its version; checked like a stream's name.
    pub format: String,
    /// The encoded state; at most [`crate::limits::SNAPSHOT_SIZE_MAX_BYTES`].
    pub bytes: Vec<u8>,
}

/// How far a long work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being counted.
    pub what: Counted,
    /// How many are done.
    pub done: u64,
    /// How many there are, when that is known.
    pub total: Option<u64>,
}

/// What a [`Progress`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Entries of streams.
    Entries,
    /// Blobs.
    Blobs,
}

/// Is told how far a long work has come. It is called often and should return at once.
pub type ProgressFn<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// Tells which blobs an entry refers to, or why that cannot be told. The journal itself does not know what its entries
/// mean; [`no_blobs`] is for those whose entries refer to none.
pub type RefersFn<'a> = &'a (dyn Fn(&Entry) -> Result<Vec<Hash>, String> + Send + Sync);

/// Entries that refer to no blob.
///
/// # Errors
/// Never.
pub fn no_blobs(_: &Entry) -> Result<Vec<Hash>, String> {
    Ok(Vec::new())
}

/// What a backup or a restore carried over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackupReport {
    /// How many streams.
    pub streams: u64,
    /// How many entries.
    pub entries: u64,
    /// How many blobs.
    pub blobs: u64,
    /// The file's size.
    pub file_size_bytes: u64,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many entries were found whole, from the first on.
    pub entries: u64,
    /// How many blobs were found whole.
    pub blobs: u64,
    /// How many different blobs the entries refer to.
    pub referred: u64,
    /// The head that the entries give.
    pub head: Head,
    /// The first broken place, or `None` when everything is whole.
    pub broken: Option<Broken>,
}

/// The first broken place of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The entry, when it is one (for the head: the newest entry; for a blob: the first entry that refers to it).
    pub seq: Option<Seq>,
    /// What is wrong there.
    pub flaw: Flaw,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "entry {seq}: {}", self.flaw),
            None => self.flaw.fmt(f),
        }
    }
}
