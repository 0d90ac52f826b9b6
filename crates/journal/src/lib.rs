//! The append-only record: one stream of entries per site, hash-chained and Merkle-hashed, with content-addressed
//! blobs and snapshots beside it, in SQLite, PostgreSQL or memory. It knows nothing of what its entries mean: a
//! payload is bytes. No clock and no random source live here; times and batch names come from the caller.

mod backup;
mod chain;
pub mod entry;
pub mod error;
mod follow;
mod hash;
mod journal;
pub mod limits;
mod location;
mod memory;
pub mod merkle;
mod proof;
mod prove;
mod sql;
#[cfg(feature = "testkit")]
pub mod testkit;
mod verify;
mod view;

pub use entry::{BatchId, Entry, Head, NewEntry, NotAName, Seq, StreamName};
pub use error::{AppendError, BackupError, Flaw, OpenError, ProveError, StoreError};
pub use hash::{HASH_SIZE_BYTES, Hash, NotAHash};
pub use journal::{
    BackupReport, Broken, Counted, Journal, Pending, Progress, ProgressFn, RefersFn, Snapshot, VerifyReport,
    no_blobs,
};
pub use location::{Location, SQLITE_FILE_NAME, open};
pub use proof::{ConsistencyProof, InclusionProof, TreeHead};
