//! Planning held to sentences about a hospital: what the checker blocks, what it lets pass, and that drafts are sound.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on stops

mod bundle_limits;
mod bundle_oracle;
mod bundles;
mod cadences;
mod campaign_checker;
mod campaigns;
mod checker;
#[cfg(feature = "solver")]
mod clashes;
mod drafts;
mod explanations;
mod forecasts;
mod hospital;
#[cfg(feature = "solver")]
mod large;
mod rehearsals;
#[cfg(feature = "solver")]
mod reports;
mod schedules;
#[cfg(feature = "solver")]
mod scripted;
mod stacks;
mod terms;
mod timetables;
#[cfg(feature = "solver")]
mod tiny;
mod wanted;
mod window_times;
mod windows;

// What `cargo xtask bench checker` compares a million times is compared here on a sample.
#[path = "../../examples/bench_checker/compare.rs"]
mod compare;
#[path = "../../examples/bench_checker/dice.rs"]
mod dice;
#[path = "../../examples/bench_checker/invent.rs"]
mod invent;
#[path = "../../examples/bench_checker/oracle.rs"]
mod oracle;
