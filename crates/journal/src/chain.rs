//! Gives new entries their places: one pure step from a stream's tip and a batch to the next tip. Every backend and
//! every restore goes through here, so that there is one way in which a stream grows.

use crate::entry::{BatchId, Entry, Head, NewEntry, Seq, StreamName};
use crate::error::{AppendError, StoreError};
use crate::hash::Hash;
use crate::limits::{BATCH_ENTRIES_MAX, BATCH_SIZE_MAX_BYTES};
use crate::merkle::{Block, Frontier};

/// Where a stream ends, with what is needed to let it grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    pub(crate) hash: Hash,
    pub(crate) frontier: Frontier,
}

impl Tip {
    /// Before the first entry.
    pub(crate) fn empty(stream: &StreamName) -> Tip {
        Tip { hash: stream.genesis(), frontier: Frontier::default() }
    }

    pub(crate) fn seq(&self) -> Seq {
        Seq(self.frontier.size())
    }

    pub(crate) fn head(&self) -> Head {
        Head { seq: self.seq(), hash: self.hash, root: self.frontier.root() }
    }

    /// Places one new entry after this tip.
    pub(crate) fn place(
        &mut self,
        stream: &StreamName,
        batch: BatchId,
        new: NewEntry,
    ) -> (Entry, Option<Block>) {
        let entry = Entry::place(stream, self.seq().next(), batch, self.hash, new);
        let block = self.accept(&entry);
        (entry, block)
    }

    /// Moves past an entry that is known to follow.
    pub(crate) fn accept(&mut self, entry: &Entry) -> Option<Block> {
        self.hash = entry.hash;
        self.frontier.push(&entry.hash)
    }
}

/// Whether `stored` is exactly what appending `new` as `batch` would have given after the entry before it.
pub(crate) fn is_same_batch(stream: &StreamName, batch: BatchId, new: &[NewEntry], stored: &[Entry]) -> bool {
    new.len() == stored.len()
        && new.iter().zip(stored).all(|(new, stored)| {
            let placed = Entry::place(stream, stored.seq, batch, stored.prev_hash, new.clone());
            placed.hash == stored.hash
        })
}

/// Whether a batch keeps the limits.
pub(crate) fn check_batch(entries: &[NewEntry]) -> Result<(), AppendError> {
    if entries.len() > BATCH_ENTRIES_MAX {
        let count = entries.len();
        return Err(AppendError::Invalid(format!(
            "a batch has {count} entries; {BATCH_ENTRIES_MAX} are allowed, append it in several"
        )));
    }
    if let Some(fault) = entries.iter().find_map(NewEntry::fault) {
        return Err(AppendError::Invalid(fault));
    }
    let size_bytes: usize = entries.iter().map(|entry| entry.payload.len()).sum();
    if size_bytes > BATCH_SIZE_MAX_BYTES {
        return Err(AppendError::Invalid(format!(
            "a batch has {size_bytes} bytes; {BATCH_SIZE_MAX_BYTES} are allowed, append it in several"
        )));
    }
    Ok(())
}

/// Whether a blob or a snapshot keeps its limit.
pub(crate) fn check_size(what: &str, size_bytes: usize, bytes_max: usize) -> Result<(), StoreError> {
    if size_bytes > bytes_max {
        return Err(StoreError::Invalid(format!("a {what} has {size_bytes} bytes; {bytes_max} are allowed")));
    }
    Ok(())
}
