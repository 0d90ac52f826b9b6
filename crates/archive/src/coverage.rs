//! Which queries to ask an archive, and when their answers prove themselves complete: a state machine that is told what was answered.
//! What must not live here: how a query is sent (DIMSE, DICOMweb), and any trust in a single answer.
//!
//! `query` (what is asked, and how it is split), `answer` (what comes back), `listing` (what to ask next), `pass` (one time through the archive),
//! `rule` (each condition of a proof by name).

mod answer;
mod listing;
mod pass;
mod query;
mod rule;

pub use answer::{Answer, Ask, End, Listed, NotAsked, Rows};
pub use listing::{Limits, Listing, Outcome, Step};
pub use query::{Ability, Query, Scope, When};
pub use rule::Rule;
