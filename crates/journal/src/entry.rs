//! What a journal holds: sequences, streams, batches and entries, and the one encoding that entries are hashed in.
//! What an entry's payload means lives elsewhere: here it is bytes.

use crate::hash::Hash;
use crate::limits::{ACTOR_SIZE_MAX_BYTES, KIND_SIZE_MAX_BYTES, NAME_SIZE_MAX_BYTES, PAYLOAD_SIZE_MAX_BYTES};
use model::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The place of an entry in its stream, counted from 1. 0 is "before the first entry": the head of an empty stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first entry.
    pub const START: Seq = Seq(0);

    /// The sequence after this one.
    pub fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

impl std::fmt::Display for Seq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a stream, one per site: 1 to 64 of `a-z 0-9 - _ .`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StreamName(Box<str>);

/// Why a text cannot name a stream or a snapshot format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" cannot be a name here: use 1 to 64 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit"
)]
pub struct NotAName(String);

pub(crate) fn check_name(text: &str) -> Result<(), NotAName> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let begins_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins_well && text.len() <= NAME_SIZE_MAX_BYTES && text.chars().all(allowed) {
        Ok(())
    } else {
        Err(NotAName(text.chars().take(80).collect()))
    }
}

impl StreamName {
    /// A checked stream name.
    pub fn new(text: &str) -> Result<StreamName, NotAName> {
        check_name(text)?;
        Ok(StreamName(text.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the first entry of this stream carries as the hash of the entry before it. It binds the chain to the
    /// stream's name, so that no entry can be carried over into another stream.
    pub fn genesis(&self) -> Hash {
        let mut hasher = Canonical::new(b"segue journal stream 1");
        hasher.field(self.0.as_bytes());
        hasher.finish()
    }
}

impl std::fmt::Display for StreamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for StreamName {
    type Error = NotAName;
    fn try_from(text: String) -> Result<StreamName, NotAName> {
        StreamName::new(&text)
    }
}

impl From<StreamName> for String {
    fn from(name: StreamName) -> String {
        name.0.into()
    }
}

/// Names one batch of entries, chosen at random by whoever appends. Appending the same batch again, expecting the
/// same sequence, is safe: it is stored once and answered with the first result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(pub [u8; 16]);

/// An entry before it has its place in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened, as told by the shell that appends.
    pub time: Time,
    /// Who or what caused it; no control characters, at most [`ACTOR_SIZE_MAX_BYTES`].
    pub actor: Box<str>,
    /// What kind of payload this is; no control characters, at most [`KIND_SIZE_MAX_BYTES`].
    pub kind: Box<str>,
    /// Bytes whose meaning the journal does not know; at most [`PAYLOAD_SIZE_MAX_BYTES`].
    pub payload: Vec<u8>,
}

impl NewEntry {
    /// A sentence saying which limit this entry breaks, if any.
    pub(crate) fn fault(&self) -> Option<String> {
        let text = |what: &str, value: &str, bytes_max: usize| {
            if value.len() > bytes_max {
                Some(format!("the {what} of an entry has {} bytes; {bytes_max} are allowed", value.len()))
            } else if value.chars().any(char::is_control) {
                Some(format!("the {what} of an entry contains a control character"))
            } else {
                None
            }
        };
        text("actor", &self.actor, ACTOR_SIZE_MAX_BYTES)
            .or_else(|| text("kind", &self.kind, KIND_SIZE_MAX_BYTES))
            .or_else(|| {
                (self.payload.len() > PAYLOAD_SIZE_MAX_BYTES).then(|| {
                    format!(
                        "the payload of an entry has {} bytes; {PAYLOAD_SIZE_MAX_BYTES} are allowed, larger \
                         documents belong in a blob",
                        self.payload.len()
                    )
                })
            })
    }
}

/// An entry in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the stream.
    pub seq: Seq,
    /// When it happened, as told by the shell that appended it.
    pub time: Time,
    /// The batch that it was appended in.
    pub batch: BatchId,
    /// Who or what caused it.
    pub actor: Box<str>,
    /// What kind of payload this is.
    pub kind: Box<str>,
    /// Bytes whose meaning the journal does not know.
    pub payload: Vec<u8>,
    /// The hash of the entry before, or [`StreamName::genesis`] for the first one.
    pub prev_hash: Hash,
    /// SHA-256 over the stream's name and every other field, each with its length before it.
    pub hash: Hash,
}

impl Entry {
    /// Gives a new entry its place after `prev_hash`.
    pub fn place(stream: &StreamName, seq: Seq, batch: BatchId, prev_hash: Hash, new: NewEntry) -> Entry {
        let NewEntry { time, actor, kind, payload } = new;
        let mut entry = Entry { seq, time, batch, actor, kind, payload, prev_hash, hash: prev_hash };
        entry.hash = entry.computed_hash(stream);
        entry
    }

    /// The hash that the other fields give. It differs from [`Entry::hash`] when the entry was altered.
    pub fn computed_hash(&self, stream: &StreamName) -> Hash {
        let mut hasher = Canonical::new(b"segue journal entry 1");
        hasher.field(stream.as_str().as_bytes());
        hasher.field(&self.seq.0.to_be_bytes());
        hasher.field(&self.time.0.to_be_bytes());
        hasher.field(&self.batch.0);
        hasher.field(self.actor.as_bytes());
        hasher.field(self.kind.as_bytes());
        hasher.field(&self.payload);
        hasher.field(&self.prev_hash.0);
        hasher.finish()
    }
}

/// Where a stream stands: what a remembered checkpoint holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Sequence of the newest entry, 0 when there is none.
    pub seq: Seq,
    /// Hash of the newest entry, or the stream's genesis when there is none.
    pub hash: Hash,
    /// RFC 6962 Merkle tree head over the hashes of all entries so far.
    pub root: Hash,
}

impl Head {
    /// The head of a stream without entries.
    pub fn empty(stream: &StreamName) -> Head {
        Head { seq: Seq::START, hash: stream.genesis(), root: crate::merkle::empty_root() }
    }
}

/// Hashes fields in an encoding that no two different field lists share: a domain, then each field's length (u64,
/// big-endian) and bytes.
struct Canonical(Sha256);

impl Canonical {
    fn new(domain: &[u8]) -> Canonical {
        let mut canonical = Canonical(Sha256::new());
        canonical.field(domain);
        canonical
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_named_in_small_letters_and_digits() {
        for good in ["main", "site-1", "0", "st.anna_north"] {
            assert!(StreamName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "A", "a b", "ä", "a\0", &"x".repeat(65)] {
            assert!(StreamName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_encoding_that_entries_are_hashed_in_never_changes() {
        let stream = StreamName::new("main").unwrap();
        let new =
            NewEntry { time: Time(7), actor: "nurse".into(), kind: "note".into(), payload: b"abc".to_vec() };
        let entry = Entry::place(&stream, Seq(1), BatchId([9; 16]), stream.genesis(), new);
        // Written once from the definition above; a released journal must always hash to the same.
        assert_eq!(stream.genesis().to_string(), GENESIS);
        assert_eq!(entry.hash.to_string(), ENTRY);
    }

    const GENESIS: &str = "fbd45977739e295b68d611f64f168f5431d2ab04d1c99cc62c90d0d4af76daef";
    const ENTRY: &str = "688bce6efb8e9765e19c483f54507df5341f47f30eb55ab584ace668eb85b052";
}
