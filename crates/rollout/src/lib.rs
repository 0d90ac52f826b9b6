//! From an agreed plan to orders, from evidence to verdicts: a state machine without IO, clock or randomness.
//!
//! What must not live here: choices. Where something no longer holds a ring stops and people make a new plan.

pub mod decision;
pub mod verdict;

pub use decision::Decision;
pub use verdict::Verdict;
