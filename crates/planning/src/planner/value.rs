//! The five goals' values of a plan, counted from where each device is and from nothing that the search kept.

use std::collections::BTreeSet;

use super::campaign::Goal;
use super::field::{By, Field};

/// The window of each device, `None` for the deferred.
pub(super) type Places = Vec<Option<u32>>;

/// A goal's value.
pub(super) fn value(field: &Field<'_>, places: &Places, goal: Goal) -> u64 {
    let mut sum = 0;
    let mut visited = BTreeSet::new();
    for (place, class) in places.iter().zip(&field.class_of) {
        let class = &field.classes[*class as usize];
        let traits = &class.traits;
        sum += match (goal, place) {
            (Goal::Deferred, None) => u64::from(traits.mandatory),
            (Goal::Deferred, Some(_)) | (Goal::PatientMinutes | Goal::Overtime, None) => 0,
            (Goal::PatientMinutes, Some(window)) => {
                let choice = class.options.iter().find(|choice| choice.window == *window);
                choice.map_or(0, |choice| choice.patient_minutes)
            }
            (Goal::ExposureDays, place) => {
                let days = place.map_or(field.days_deferred(), |window| field.days(window));
                u64::from(traits.risk_per_day) * days
            }
            (Goal::Overtime, Some(window)) => match traits.hands {
                Some(By::Staff(skill)) if field.window(*window).overtime => {
                    let first = visited.insert((*window, skill, traits.building));
                    let way = if first { field.ways[traits.building as usize] } else { 0 };
                    u64::from(traits.hands_on_minutes) + u64::from(way)
                }
                Some(By::Staff(_) | By::Vendor(_)) | None => 0,
            },
            (Goal::ToldAgain, place) => match traits.told {
                Some((told, people)) if *place != Some(told) => u64::from(people),
                Some(_) | None => 0,
            },
        };
    }
    sum
}
