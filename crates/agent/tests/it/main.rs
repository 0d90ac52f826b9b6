//! Everything about the agent that can be shown without a network: the machine on an invented host, its disk, its parsers,
//! its probes, and a real process that is killed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on stops

mod bench;
mod cuts;
mod disk;
mod machine;
mod night;
mod probes;
mod process;
mod queue;
mod reads;
mod refusals;
mod server;
