//! CSAF 2.0 and 2.1 documents, and the folder trees and mirrored provider trees that hold them, as [`model::Advisory`].
//!
//! Here live reading, flattening and checking of structure. What must not live here: judgement about versions, devices
//! or products (that is `exposure`'s), storage, clocks and the network.

pub mod annotate;
mod circle;
mod document;
mod kind;
pub mod listing;
mod names;
pub mod openpgp;
mod products;
mod prose;
mod provider;
mod scores;
pub mod sidecar;
pub mod tree;
mod vulnerabilities;

pub use adapter_input::{DOCUMENT_SIZE_MAX_BYTES, NESTING_MAX_LEVELS, Reason, Refused};
pub use annotate::annotate;
pub use document::{file_name_of, read_document};
pub use openpgp::Keys;
pub use tree::{DocumentFile, Loaded, Scan, is_other_kind, read_each, scan, scan_with};

/// Longest name, identifier or version text of a product, in bytes of UTF-8.
pub const NAME_LENGTH_MAX_BYTES: usize = 4_000;

/// Most products of one document.
pub const PRODUCTS_MAX_COUNT: usize = 200_000;

/// Most vulnerabilities of one document.
pub const VULNERABILITIES_MAX_COUNT: usize = 20_000;

/// Most bytes of prose kept of one advisory.
pub const NOTES_SIZE_MAX_BYTES: usize = 64 * 1024;

/// Bytes that flattening may always copy; beyond them, [`FLATTENED_PER_BYTE_MAX`] for each byte of the document.
pub const FLATTENED_FREE_BYTES: usize = 16 * 1024 * 1024;

/// How many bytes flattening may copy for each byte of the document.
pub const FLATTENED_PER_BYTE_MAX: usize = 8;
