//! The program on a patched host: observes, carries signed orders out, remembers over power loss what it did.
//!
//! `core` decides (no IO); `store` keeps what must not be forgotten; `linux` looks and acts; `shell` is the program.

pub mod core;
pub mod linux;
pub mod shell;
pub mod store;
