//! The journal's tests: one suite of behaviour on every backend, and what only a disk, a second process or a power
//! cut can show.

// Helpers outside the test functions themselves may give up, too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod backup;
mod conformance;
mod interleavings;
mod processes;
mod proofs;
mod schema;
mod support;
mod tampering;
