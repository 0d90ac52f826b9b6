//! The core's front door: [`State`] is what the journal's facts add up to, [`decide`] turns a command into facts or a
//! refusal that says why. Pure: no IO, no clock, no randomness; time and identifiers come in as parameters.

pub mod advisories;
pub mod archives;
pub mod bedside;
pub mod campaign;
pub mod command;
pub mod decide;
pub mod fact;
pub mod feeds;
pub mod fleet;
pub mod history;
pub mod imports;
pub mod library;
pub mod matrix;
pub mod night;
pub mod overview;
pub mod past;
pub mod people;
pub mod places;
pub mod questions;
pub mod register;
pub mod snapshot;
pub mod state;
pub mod threats;

pub use command::Command;
pub use decide::{Refusal, decide};
pub use fact::{Fact, Stamp};
pub use state::{State, Topic};
