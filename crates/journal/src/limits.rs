//! Every limit of the journal, with its unit. A limit that is met is an error with a sentence, never a truncation.

/// Longest payload of one entry. What is larger belongs in a blob that the entry names.
pub const PAYLOAD_SIZE_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Longest name of who wrote an entry.
pub const ACTOR_SIZE_MAX_BYTES: usize = 256;
/// Longest name of an entry's kind.
pub const KIND_SIZE_MAX_BYTES: usize = 128;
/// Most entries in one atomic batch.
pub const BATCH_ENTRIES_MAX: usize = 1_000_000;
/// Most payload in one atomic batch, together.
pub const BATCH_SIZE_MAX_BYTES: usize = 1024 * 1024 * 1024;
/// Most payload that one read hands back (one entry always fits).
pub const READ_SIZE_MAX_BYTES: usize = 32 * 1024 * 1024;
/// Longest blob.
pub const BLOB_SIZE_MAX_BYTES: usize = 256 * 1024 * 1024;
/// Longest snapshot.
pub const SNAPSHOT_SIZE_MAX_BYTES: usize = 4 * 1024 * 1024 * 1024;
/// Longest name of a snapshot's format, and of a stream.
pub const NAME_SIZE_MAX_BYTES: usize = 64;
/// How many snapshots of one stream and format are kept.
pub const SNAPSHOTS_KEPT_MAX: usize = 2;

/// Blobs and snapshots are stored in parts of this size.
pub(crate) const PART_SIZE_BYTES: usize = 1024 * 1024;
/// Most parts that one transaction writes, so that appends never wait long behind a large blob.
pub(crate) const PARTS_PER_TRANSACTION_MAX: usize = 8;
/// Most appends that wait for the writer; further callers wait for a place in the queue.
pub(crate) const APPENDS_WAITING_MAX: usize = 1024;
/// Most appends that share one commit.
pub(crate) const GROUP_APPENDS_MAX: usize = 1024;
/// Payload after which a group is closed (the append that crosses it is still in).
pub(crate) const GROUP_SIZE_SOFT_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Bits of a stored place that hold the sequence; the bits above hold the stream.
pub(crate) const SEQ_BITS: u32 = 40;
/// Highest sequence of a stream.
pub(crate) const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;
/// Bits of a stored part's place that hold its index; the bits above hold the object.
pub(crate) const PART_BITS: u32 = 20;
