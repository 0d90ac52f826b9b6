//! How many patients lie in a unit's beds by the census that a plan keeps; that nobody has said, where nobody has.

use hospital::State;
use model::Time;
use model::ids::UnitId;
use model::plan::Plan;

use super::unit_name;
use crate::clock::Local;

/// The fewest and the most patients of a unit in these hours, as somebody has said; `None` where nobody has.
fn patients(local: &Local, plan: &Plan, unit: &UnitId, from: Time, to: Time) -> Option<String> {
    let census = plan.resources.census.iter().find(|census| census.unit == *unit && census.said)?;
    // Something that is back at once is still looked at in its hour.
    let to = to.max(from.plus_seconds(1));
    let (least, most) = census.within(from, to, plan.proof.offset_seconds(from))?;
    let [fewest, most_text] = [least, most].map(|count| local.w.number(u64::from(count)));
    Some(if least == most { most_text } else { local.w.res_patients(&fewest, &most_text) })
}

/// The same in a few words, for a cell; empty where nobody has said.
pub(crate) fn short(local: &Local, plan: &Plan, unit: &UnitId, from: Time, to: Time) -> Option<String> {
    patients(local, plan, unit, from, to).map(|count| local.w.census_short(&count))
}

/// One sentence about one unit.
pub(crate) fn of_unit(local: &Local, plan: &Plan, unit: &UnitId, from: Time, to: Time) -> String {
    match patients(local, plan, unit, from, to) {
        Some(count) => local.w.census_is(&count),
        None => local.w.plan_census_unknown().to_owned(),
    }
}

/// A sentence about each unit; one about all where nobody has said anything of any of them.
pub(crate) fn of_units(
    local: &Local,
    state: &State,
    plan: &Plan,
    units: impl Iterator<Item = (UnitId, Time, Time)>,
) -> Vec<String> {
    let w = local.w;
    let each: Vec<(UnitId, Option<String>)> =
        units.map(|(unit, from, to)| (unit.clone(), patients(local, plan, &unit, from, to))).collect();
    if each.iter().all(|(_, count)| count.is_none()) {
        return if each.is_empty() { Vec::new() } else { vec![w.plan_census_unknown().to_owned()] };
    }
    let line = |(unit, count): (UnitId, Option<String>)| {
        let name = unit_name(state, &unit);
        count.map_or_else(|| w.census_unit_unknown(&name), |count| w.census_unit(&name, &count))
    };
    each.into_iter().map(line).collect()
}
