//! The planner of a campaign (R10–R19, R96–R98): which device goes into which maintenance window, so that the wards lose least.
//!
//! [`campaign`] says what is wanted and by which rules, [`answer`] what a plan says. What must not live here: clocks, random sources,
//! and anything that runs a plan.

pub mod answer;
pub mod campaign;
