//! Our own backup file, the same for every backend: written as of one moment, and read back with every byte checked
//! before any of it counts. Snapshots are a cache and are not in it.
//!
//! The file is a first line and then frames: a tag (one byte), the length of the content (u32, big-endian), the
//! content. `S` begins a stream (name and head), `E` is an entry, `B` begins a blob (digest and size), `P` is a part
//! of it, and `Z` ends the file with counts and the SHA-256 digest of everything before it.

mod frame;
mod read;
mod write;

pub(crate) use read::restore;
pub(crate) use write::backup;
