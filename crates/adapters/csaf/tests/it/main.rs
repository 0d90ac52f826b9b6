//! What the CSAF adapter promises, on real documents, on the standard's own and on hostile ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // helpers of tests

mod annotate;
mod corpus;
mod golden;
mod hostile;
mod mutation;
mod shared;
mod signatures;
mod signer;
mod spec;
mod trees;
