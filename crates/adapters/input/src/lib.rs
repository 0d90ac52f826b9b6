//! Reading what may be hostile: files with a size limit, and JSON with a place for everything that is wrong with it.
//!
//! Here live the limits every adapter shares and the refusal they all give. What must not live here: the meaning of
//! any format, and anything that waits for a network.

pub mod cursor;
pub mod file;
mod instant;
pub mod json;
mod lexis;
mod number;
pub mod refused;
mod text;

pub use cursor::{At, Fault};
pub use file::{read_limited, read_stream};
pub use instant::instant;
pub use json::{Document, Node};
pub use number::decimal_cut;
pub use refused::{Findings, Reason, Refused, cut_short};

/// Largest document read into memory, in bytes (64 MiB). The largest public CSAF documents have about 30 MB.
pub const DOCUMENT_SIZE_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Deepest nesting of arrays and objects, in levels. The deepest CSAF allows for branches needs about 70.
pub const NESTING_MAX_LEVELS: usize = 128;

/// Most values (numbers, texts, arrays, objects, …) of one document.
pub const VALUES_MAX_COUNT: usize = 2_000_000;

/// Longest text of one value, in bytes of UTF-8.
pub const TEXT_LENGTH_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Longest key of an object, in bytes of UTF-8.
pub const KEY_LENGTH_MAX_BYTES: usize = 1_000;

/// Longest number, in characters as written.
pub const NUMBER_LENGTH_MAX_CHARS: usize = 60;

/// Largest exponent of a number, up or down.
pub const NUMBER_EXPONENT_MAX: u32 = 200;

/// Most findings kept of one document; the rest is counted.
pub const FINDINGS_MAX_COUNT: usize = 200;
