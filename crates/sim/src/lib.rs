//! A hospital that can be broken on purpose, in virtual time: the real agent, the real wire messages, the real core in-process,
//! and an oracle that knows the truth. A seed brings everything and replays bit by bit.
//!
//! What must not live here: sockets, the machine's clock, randomness without a seed; and in `oracle` nothing of `rollout`'s
//! reasoning.

pub mod agenda;
pub mod faults;
pub mod host;
pub mod ledger;
pub mod machine;
pub mod network;
pub mod nights;
pub mod oracle;
pub mod people;
#[cfg(feature = "planted")]
pub mod plant;
pub mod rng;
pub mod scenario;
pub mod site;
pub mod trace;
pub mod world;
