//! The planner of a campaign (R10–R19, R96–R98): which device goes into which maintenance window, so that the wards lose least.
//!
//! [`campaign`] says what is wanted and by which rules, [`answer`] what a plan says; `plan` finds one with HiGHS over classes of
//! devices that are alike, and has each window laid out by the scheduler. It is there with the feature `solver`. What must not live
//! here: clocks, random sources, and anything that runs a plan.

pub mod answer;
pub mod campaign;
#[cfg(feature = "solver")]
pub mod invented;
pub mod rule;

#[cfg(feature = "solver")]
mod aggregated;
#[cfg(feature = "solver")]
mod anew;
#[cfg(feature = "solver")]
mod ascent;
#[cfg(feature = "solver")]
mod choice;
#[cfg(feature = "solver")]
pub mod clash;
#[cfg(feature = "solver")]
mod engine;
#[cfg(feature = "solver")]
mod field;
#[cfg(feature = "solver")]
mod greedy;
#[cfg(feature = "solver")]
mod knapsack;
#[cfg(feature = "solver")]
mod large;
#[cfg(feature = "solver")]
mod parts;
#[cfg(feature = "solver")]
pub mod planned;
#[cfg(feature = "solver")]
mod prices;
#[cfg(feature = "solver")]
mod relax;
#[cfg(feature = "solver")]
pub mod report;
#[cfg(feature = "solver")]
mod room;
#[cfg(feature = "solver")]
mod rows;
#[cfg(feature = "solver")]
mod search;
#[cfg(feature = "solver")]
mod solve;
#[cfg(feature = "solver")]
mod starts;
#[cfg(feature = "solver")]
mod tally;
#[cfg(feature = "solver")]
mod threads;
#[cfg(feature = "solver")]
mod value;
#[cfg(feature = "solver")]
mod within;
#[cfg(feature = "solver")]
pub mod words;

#[cfg(feature = "solver")]
pub use aggregated::{Aggregated, AggregatedGoal, AggregatedRow, aggregated};
#[cfg(feature = "solver")]
pub use solve::{Budget, plan};
