//! What verification, proofs, backup and restore need of a backend: reading as of one moment, and filling an empty
//! journal in one transaction. Rows come as they are stored, so that damage can be named instead of hidden.

use crate::chain::Tip;
use crate::entry::{Entry, Head, Seq, StreamName};
use crate::error::{BackupError, StoreError};
use crate::hash::Hash;
use crate::merkle::{Block, Frontier};
use async_trait::async_trait;

/// A stream's row as stored.
#[derive(Clone, Debug)]
pub(crate) struct StreamRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) root: Vec<u8>,
    pub(crate) frontier: Vec<u8>,
}

impl StreamRow {
    /// The row of a stream that stands at `tip`.
    pub(crate) fn of(id: i64, name: &StreamName, tip: &Tip) -> StreamRow {
        StreamRow {
            id,
            name: name.as_str().to_owned(),
            seq: tip.seq().0 as i64,
            hash: tip.hash.0.to_vec(),
            root: tip.frontier.root().0.to_vec(),
            frontier: tip.frontier.to_bytes(),
        }
    }

    /// The head that is stored here.
    pub(crate) fn head(&self) -> Result<Head, StoreError> {
        let seq = u64::try_from(self.seq).ok().map(Seq);
        match (seq, Hash::from_slice(&self.hash), Hash::from_slice(&self.root)) {
            (Some(seq), Some(hash), Some(root)) => Ok(Head { seq, hash, root }),
            _ => Err(StoreError::Damaged(format!("the head of stream {:?} cannot be read", self.name))),
        }
    }

    /// What lets the stream grow from here.
    pub(crate) fn tip(&self) -> Result<Tip, StoreError> {
        let head = self.head()?;
        let frontier = Frontier::from_bytes(head.seq.0, &self.frontier)
            .filter(|frontier| frontier.root() == head.root)
            .ok_or_else(|| {
                StoreError::Damaged(format!(
                    "the head of stream {:?} and its Merkle edge disagree",
                    self.name
                ))
            })?;
        Ok(Tip { hash: head.hash, frontier })
    }
}

/// An entry's row: its place, and its content or why that cannot be read.
#[derive(Clone, Debug)]
pub(crate) struct RawEntry {
    pub(crate) seq: Seq,
    pub(crate) entry: Result<Entry, String>,
}

/// A blob's row as stored.
#[derive(Clone, Debug)]
pub(crate) struct BlobRow {
    pub(crate) id: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) size_bytes: i64,
}

/// A journal as of one moment.
#[async_trait]
pub(crate) trait View: Send {
    /// All streams, by name.
    async fn streams(&mut self) -> Result<Vec<StreamRow>, StoreError>;
    /// Whether there is any entry, or a stream that says that it has some.
    async fn has_entries(&mut self) -> Result<bool, StoreError>;
    /// The next entries after a place, bounded in bytes; empty only at the end.
    async fn entries(
        &mut self,
        stream: i64,
        after: Seq,
        rows_max: usize,
    ) -> Result<Vec<RawEntry>, StoreError>;
    /// The hashes of the entries from `first` to `last`, in order, of those that are there.
    async fn entry_hashes(&mut self, stream: i64, first: Seq, last: Seq) -> Result<Vec<Vec<u8>>, StoreError>;
    /// The stored Merkle blocks: index and hash, in order.
    async fn blocks(&mut self, stream: i64) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;
    /// How many blobs there are.
    async fn blob_count(&mut self) -> Result<u64, StoreError>;
    /// The next blobs after a row.
    async fn blobs(&mut self, after: i64, rows_max: usize) -> Result<Vec<BlobRow>, StoreError>;
    /// One part of a blob.
    async fn part(&mut self, blob: i64, index: usize) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Finds a stream's row.
pub(crate) async fn find_stream(
    view: &mut dyn View,
    stream: &StreamName,
) -> Result<Option<StreamRow>, StoreError> {
    Ok(view.streams().await?.into_iter().find(|row| row.name == stream.as_str()))
}

/// A backup is restored only where there is nothing yet.
pub(crate) async fn check_empty(view: &mut dyn View) -> Result<(), BackupError> {
    if view.has_entries().await? || view.blob_count().await? > 0 {
        Err(BackupError::NotEmpty)
    } else {
        Ok(())
    }
}

/// An empty journal that is being filled in one transaction; dropped without `commit` it stays empty.
#[async_trait]
pub(crate) trait Sink: Send {
    /// Begins a stream.
    async fn begin_stream(&mut self, name: &StreamName) -> Result<(), StoreError>;
    /// The next entries of that stream, with the Merkle blocks they complete.
    async fn entries(&mut self, entries: Vec<Entry>, blocks: Vec<Block>) -> Result<(), StoreError>;
    /// Ends that stream.
    async fn end_stream(&mut self, name: &StreamName, tip: &Tip) -> Result<(), StoreError>;
    /// Begins a blob.
    async fn begin_blob(&mut self, hash: Hash, size_bytes: u64) -> Result<(), StoreError>;
    /// The next part of that blob; each but the last has the size of a stored part.
    async fn part(&mut self, bytes: Vec<u8>) -> Result<(), StoreError>;
    /// Makes all of it durable and visible.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
