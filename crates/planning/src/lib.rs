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
mod hands;
pub mod planner;
pub mod schedule;
pub mod stack;
pub mod timetable;

use std::collections::BTreeSet;

use model::ids::UnitId;
use model::plan::Plan;
use model::{AssetTag, Topology};

/// The units that must sign a plan off: those that some work of it concerns (`ByHost::units_concerned_by`), sorted (R15).
pub fn units_concerned(plan: &Plan, topology: &Topology) -> Vec<UnitId> {
    let disrupted = plan.items.iter().filter(|item| plan.is_disruptive(item));
    let disrupted: BTreeSet<&AssetTag> = disrupted.map(|item| &item.host).collect();
    let by_host = topology.by_host();
    let units: BTreeSet<UnitId> =
        disrupted.into_iter().flat_map(|host| by_host.units_concerned_by(host)).collect();
    units.into_iter().collect()
}
