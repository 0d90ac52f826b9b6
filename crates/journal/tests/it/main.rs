//! The journal's tests: one suite of behaviour on every backend, and what only a disk, a second process or a power
//! cut can show.

mod backup;
mod conformance;
mod interleavings;
mod processes;
mod proofs;
mod schema;
mod support;
mod tampering;
