//! Two real Orthancs on this computer, each knowing the other, filled with invented examinations of which the truth is known.
//!
//! `server` (one Orthanc), `changes` (what is done in one), `exams` (what is invented), `pair` (both, filled), `papers` (certificates), `planned` (a worklist's
//! entries), `ways` (each way of asking). Whoever tests against them asks [`skips`] first.

mod changes;
mod exams;
mod pair;
mod papers;
mod planned;
mod server;
pub mod ways;

pub use exams::{Exam, Object, invented, invented_up_to};
pub use pair::{Pair, skips};
pub use papers::Papers;
pub use planned::Planned;
pub use server::{Caps, Server};
