//! The program on a patched host: observes, carries signed orders out, remembers over power loss what it did.
//!
//! `core` decides (no IO); `store` keeps what must not be forgotten.

pub mod core;
