//! The demonstration's two image archives, invented and in memory: what modalities send arrives at A as the night passes, A hands it on to B, and at 22:45 it
//! stops doing so without a word. Whoever asks them is the server's own: how they compare, what is urgent and what the gate says comes of
//! `archive`, and nothing here knows a verdict.
//!
//! `exams` (what is examined, from a seed), `pair` (two archives that can be asked), `due` (who asks when nobody at the browser does).

mod due;
mod exams;
mod pair;

pub(super) use due::LOOKS_SECONDS;
pub(crate) use pair::InventedPair;

/// The pair's name.
pub(crate) const PAIR: &str = "radiology";
/// The archive in use.
pub(super) const A: &str = "pacs-a";
/// The one that stands in.
pub(super) const B: &str = "pacs-b";
/// From where both are probed: the workstation beside the trauma room.
pub(super) const PLACE: &str = "emergency";
