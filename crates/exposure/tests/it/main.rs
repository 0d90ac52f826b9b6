//! One binary for all integration tests of the crate.

mod brute_force;
mod version;
mod version_corpus;
mod version_laws;
mod version_prose;
mod version_remedies;
