//! Planning: a forecast from past nights, a timetable from declared minutes, a simple draft by rings and waves, the scheduler of one
//! window, why a host stands where it stands, and the checkers that are written apart from them and run on every plan and schedule,
//! drawn by hand or not.
//!
//! What must not live here: IO, clocks, and anything that runs a plan.

pub mod bundle;
pub mod cadence;
pub mod check;
mod dice;
pub mod draft;
pub mod explain;
pub mod forecast;
pub mod planner;
pub mod schedule;
pub mod stack;
pub mod timetable;

use std::collections::BTreeSet;

use model::ids::UnitId;
use model::plan::Plan;
use model::service::Service;
use model::{AssetTag, Topology};

/// The units that must sign a plan off: those with a bed that some work of it can make dark, sorted (R15).
///
/// Every service that a host of the plan carries counts, with or without a spare carrier: while one carrier is worked on, the next
/// fault darkens it.
pub fn units_concerned(plan: &Plan, topology: &Topology) -> Vec<UnitId> {
    let disrupted = plan.items.iter().filter(|item| plan.is_disruptive(item));
    let disrupted: BTreeSet<&AssetTag> = disrupted.map(|item| &item.host).collect();
    let carried =
        |service: &&Service| service.redundancy.carriers.iter().any(|host| disrupted.contains(host));
    let services = topology.services.iter().filter(carried);
    let units: BTreeSet<UnitId> = services.flat_map(|service| topology.units_of(service)).collect();
    units.into_iter().collect()
}
