//! Exposure: which device is affected by which advisory, how sure that is, and what is not known.
//!
//! The way through: `names`, `vendor` and `product` say whether two names mean one product; `version` and `remedy` read
//! version texts and prose; `claims` compiles advisories; `judge` brings them together; `matcher` does it for a whole
//! fleet and keeps it up to date. Pure: no IO, no clock, no randomness, no async.

pub mod aliases;
pub mod claims;
pub mod diff;
pub mod explain;
pub mod judge;
pub mod matcher;
pub mod names;
pub mod product;
pub mod rank;
pub mod remedy;
mod resemblance;
pub mod vendor;
pub mod verdict;
pub mod version;
mod wildcard;

pub use matcher::Matcher;
pub use verdict::{Confidence, GapKind, Verdict};
