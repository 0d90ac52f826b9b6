//! Planning: a timetable from declared minutes, a simple draft by rings and waves, and the checker that is written apart from
//! both and runs on every plan, drawn by hand or not.
//!
//! What must not live here: IO, clocks, and anything that runs a plan.

pub mod check;
pub mod draft;
pub mod timetable;

use std::collections::BTreeSet;

use model::Topology;
use model::ids::UnitId;
use model::plan::Plan;

/// The units that must sign a plan off: those with a bed that some work of it can make dark, sorted (R15).
///
/// Every service that a host of the plan carries counts, with or without a spare carrier: while one carrier is worked on, the next
/// fault darkens it.
pub fn units_concerned(plan: &Plan, topology: &Topology) -> Vec<UnitId> {
    let disrupted = plan.items.iter().filter(|item| plan.is_disruptive(item));
    let services = disrupted.flat_map(|item| topology.carried_by(&item.host));
    let units: BTreeSet<UnitId> = services.flat_map(|service| topology.units_of(service)).collect();
    units.into_iter().collect()
}
