//! From an agreed plan to orders, from evidence to verdicts: a state machine without IO, clock or randomness.
//!
//! What must not live here: choices. Where something no longer holds a ring stops and people make a new plan.
//!
//! `rollout` (the fold of what happened) with `fold` (hosts and orders) and `people` (outages, work by hand, decisions); `judge` (the
//! verdict: the five proofs); `next` (what should happen now) with `begin` (may a host begin?) and `carriers` (k of n, fallbacks);
//! `look` (standings for pages); `rules` (each rule by name).

mod begin;
mod carriers;
pub mod decision;
mod evidence;
mod fold;
mod host;
mod judge;
mod look;
mod next;
mod orders;
mod people;
mod reasons;
mod rollout;
pub mod rules;
mod say;
pub mod standing;
pub mod verdict;
mod work;
pub mod world;

pub use decision::Decision;
pub use evidence::Observed;
pub use people::StepRefusal;
pub use rollout::{NotThisPlan, Progress, Rollout};
pub use rules::{Rule, Rules};
pub use standing::{Counts, DarkService, HostStanding, RingStanding, RingState, Step, Wait};
pub use verdict::Verdict;
pub use world::{Beyond, Hosts, World};
