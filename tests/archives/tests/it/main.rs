//! Two real archives, asked in every way that Segue knows.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

mod content;
mod gap;
mod kept;
mod linked;
mod repair;
mod sealed;
mod store;
mod traps;
mod ways;
mod worklist;
