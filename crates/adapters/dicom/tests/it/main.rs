//! Archives as they answer, well and badly.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod content;
mod element;
mod files;
mod holding;
mod hostile;
mod json;
mod multipart;
mod performed;
mod probing;
mod repair;
mod repair_commitment;
mod store;
mod stow;
mod wado;
mod worklist;
