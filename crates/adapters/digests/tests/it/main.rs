//! Agents at two invented archives, asked over real TLS on this computer.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr
)]

mod comparing;
mod drifting;
mod hostile;
mod invented;
mod keeping;
mod messages;
