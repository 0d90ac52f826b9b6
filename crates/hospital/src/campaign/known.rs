//! What the journal's own plans say of windows, people, units and ways: for whoever gives none.

use std::collections::BTreeSet;

use model::plan::Window;
use model::resources::Resources;
use model::{PlanHash, Time};
use planning::planner::campaign::Staff;

use super::setting::{Opening, Setting, Visit};
use super::{Remark, UnitSaid};
use crate::State;
use crate::night::plans::PlanRecord;

/// The windows of plans that are not withdrawn and whose latest start lies ahead, each once, with the people who were said to be there; of
/// units, ways, loaners, closed times and rules what the newest plan says that says anything. The plan that is planned `again` comes before all
/// others.
pub(super) fn known_setting(state: &State, again: Option<&PlanHash>, now: Time) -> (Setting, Vec<Remark>) {
    let mut plans: Vec<&PlanRecord> = state
        .night()
        .plans()
        .filter(|record| record.withdrawn.is_none() && record.superseded_by.is_none())
        .collect();
    let other = |record: &PlanRecord| Some(&record.hash) != again;
    plans.sort_by_key(|record| (other(record), std::cmp::Reverse(record.drafted.seq)));
    let mut setting = Setting::default();
    plans.iter().for_each(|record| setting.fill(Setting::of(&record.plan.resources)));
    let mut remarks = Vec::new();
    let mut each: Vec<(&PlanRecord, &Window)> = plans
        .iter()
        .flat_map(|record| record.plan.windows.iter().map(|window| (*record, window)))
        .filter(|(_, window)| window.latest_start > now && window.not_before < window.not_after)
        .collect();
    each.sort_by_key(|(record, window)| {
        (window.not_before, window.not_after, other(record), record.drafted.seq)
    });
    for (record, window) in each {
        let plan = record.plan.title.clone();
        let last = setting.windows.last();
        if last.is_some_and(|last| {
            (last.not_before, last.latest_start, last.not_after)
                == (window.not_before, window.latest_start, window.not_after)
        }) {
            continue;
        }
        if last.is_some_and(|last| last.not_after > window.not_before) {
            remarks.push(Remark::PassedOver { window: window.id.clone(), plan });
            continue;
        }
        let opening = opening(record, window, &setting.windows);
        if other(record) {
            remarks.push(Remark::SharedWindow { window: opening.id.clone(), plan });
        }
        setting.windows.push(opening);
    }
    (setting, remarks)
}

/// The newest census of each unit; of beds that may be dark a plan keeps nothing.
pub(super) fn units<'a>(resources: impl Iterator<Item = &'a Resources>) -> Vec<UnitSaid> {
    let mut seen = BTreeSet::new();
    let each = resources.flat_map(|known| &known.census);
    each.filter(|census| seen.insert(census.unit.clone()))
        .map(|census| UnitSaid {
            unit: census.unit.clone(),
            beds_dark_max: census.beds_dark_max,
            census: census.said.then(|| census.patients.clone()),
        })
        .collect()
}

/// A window of a plan under a name that no other window has yet.
fn opening(record: &PlanRecord, window: &Window, others: &[Opening]) -> Opening {
    let plan = &record.plan;
    let taken = |id: &model::ids::WindowId| others.iter().any(|other| other.id == *id);
    let numbered =
        (2_u32..).filter_map(|number| model::ids::WindowId::new(&format!("{} {number}", window.id)).ok());
    let id = std::iter::once(window.id.clone()).chain(numbered.take(others.len() + 1)).find(|id| !taken(id));
    let at_once = plan.rings.iter().filter(|ring| ring.window == window.id).map(|ring| ring.at_once_max);
    let staff = plan.resources.staff.iter().filter(|staff| staff.window == window.id);
    let visits = plan.resources.visits.iter().filter(|visit| visit.window == window.id);
    Opening {
        id: id.unwrap_or_else(|| window.id.clone()),
        site: None,
        not_before: window.not_before,
        latest_start: window.latest_start,
        not_after: window.not_after,
        overtime: false,
        at_once_max: at_once.max().unwrap_or(1).max(1),
        staff: staff
            .map(|staff| Staff {
                skill: staff.skill.clone(),
                people: staff.people,
                person_minutes: staff.person_minutes,
            })
            .collect(),
        visits: visits
            .map(|visit| Visit {
                vendor: visit.vendor.clone(),
                engineers: visit.engineers,
                devices_max: visit.devices_max,
            })
            .collect(),
    }
}
