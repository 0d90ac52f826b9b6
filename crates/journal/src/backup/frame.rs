//! The frames of a backup file as bytes, and nothing else: no files, no journal.

use crate::entry::{BatchId, Entry, Seq};
use crate::hash::Hash;
use crate::limits::{ACTOR_SIZE_MAX_BYTES, KIND_SIZE_MAX_BYTES, PAYLOAD_SIZE_MAX_BYTES};
use model::Time;

pub(super) const FIRST_LINE: &[u8] = b"segue backup 1\n";
/// Longest content of a frame: an entry with everything at its limit.
pub(super) const FRAME_SIZE_MAX_BYTES: usize =
    PAYLOAD_SIZE_MAX_BYTES + ACTOR_SIZE_MAX_BYTES + KIND_SIZE_MAX_BYTES + 1024;

pub(super) const STREAM: u8 = b'S';
pub(super) const ENTRY: u8 = b'E';
pub(super) const BLOB: u8 = b'B';
pub(super) const PART: u8 = b'P';
pub(super) const END: u8 = b'Z';

/// Writes fields one after the other.
#[derive(Default)]
pub(super) struct Fields(pub(super) Vec<u8>);

impl Fields {
    pub(super) fn number(mut self, number: u64) -> Fields {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub(super) fn fixed(mut self, bytes: &[u8]) -> Fields {
        self.0.extend(bytes);
        self
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Fields {
        self.number(bytes.len() as u64).fixed(bytes)
    }
}

/// Reads fields one after the other; `None` when they do not fit the content.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    pub(super) fn fixed(&mut self, count: usize) -> Option<&'a [u8]> {
        let (field, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(field)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.fixed(8)?.try_into().ok()?))
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.number()?).ok()?;
        self.fixed(count)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn hash(&mut self) -> Option<Hash> {
        Hash::from_slice(self.fixed(crate::hash::HASH_SIZE_BYTES)?)
    }

    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

pub(super) fn entry_to_bytes(entry: &Entry) -> Vec<u8> {
    Fields::default()
        .number(entry.seq.0)
        .fixed(&entry.time.0.to_be_bytes())
        .fixed(&entry.batch.0)
        .bytes(entry.actor.as_bytes())
        .bytes(entry.kind.as_bytes())
        .bytes(&entry.payload)
        .fixed(&entry.prev_hash.0)
        .fixed(&entry.hash.0)
        .0
}

pub(super) fn entry_from_bytes(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(bytes);
    let seq = Seq(rest.number()?);
    let time = Time(i64::from_be_bytes(rest.fixed(8)?.try_into().ok()?));
    let batch = BatchId(rest.fixed(16)?.try_into().ok()?);
    let (actor, kind) = (rest.text()?.into(), rest.text()?.into());
    let payload = rest.bytes()?.to_vec();
    let (prev_hash, hash) = (rest.hash()?, rest.hash()?);
    rest.end()?;
    Some(Entry { seq, time, batch, actor, kind, payload, prev_hash, hash })
}
