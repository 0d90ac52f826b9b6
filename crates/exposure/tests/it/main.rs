//! One binary for all integration tests of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so by panicking

mod announced;
mod brute_force;
mod version;
mod version_corpus;
mod version_laws;
mod version_prose;
mod version_remedies;
mod version_tail;
mod version_unusual;
