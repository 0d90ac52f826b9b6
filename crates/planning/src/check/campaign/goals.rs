//! What a plan costs, by the table of goals.

use std::collections::BTreeMap;

use crate::planner::campaign::{Campaign, Goal, Service, Unit, Window};

use super::facts::{Facts, Stretch, Worked};
use super::inside::{person_minutes, ways};

const DAY_MINUTES: u64 = 1_440;

pub(super) fn values(campaign: &Campaign, facts: &Facts<'_>) -> BTreeMap<Goal, u64> {
    let deferred = facts.devices.iter().filter(|worked| worked.device.mandatory && worked.place.is_none());
    BTreeMap::from([
        (Goal::Deferred, deferred.count() as u64),
        (Goal::PatientMinutes, patient_minutes(campaign, facts)),
        (Goal::ExposureDays, exposure_days(campaign, facts)),
        (Goal::Overtime, overtime(campaign, facts)),
        (Goal::ToldAgain, told_again(campaign, facts)),
    ])
}

/// The largest census of the hours that a window touches.
fn census(unit: &Unit, window: Stretch) -> u64 {
    let hours = window.from.div_euclid(60)..=(window.to - 1).div_euclid(60);
    let of = |hour: i64| {
        let place = usize::try_from(hour).unwrap_or(0) % unit.census.len().max(1);
        unit.census.get(place).copied().unwrap_or(0)
    };
    hours.map(of).max().map_or(0, u64::from)
}

fn patient_minutes(campaign: &Campaign, facts: &Facts<'_>) -> u64 {
    let units: BTreeMap<&str, &Unit> = campaign.units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let mut alone: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
    for service in &campaign.services {
        let has_none = service.carriers.len() as u64 == u64::from(service.needed);
        if has_none && service.stand_in.is_none() {
            for carrier in &service.carriers {
                alone.entry(carrier.as_str()).or_default().push(service);
            }
        }
    }
    let of = |(worked, at, begins): (&Worked<'_>, usize, i64)| {
        let (device, window) = (worked.device, Stretch::of(facts.window(at)));
        let in_unit = |name: &str| units.get(name).map_or(0, |unit| census(unit, window));
        let mut patients = 0;
        if !device.loaner {
            patients += u64::from(device.beds_watched).min(in_unit(device.unit.as_str()));
        }
        for service in alone.get(device.tag.as_str()).into_iter().flatten() {
            patients += service.units.iter().map(|unit| in_unit(unit.as_str())).sum::<u64>();
        }
        u64::try_from(worked.dark(begins).minutes()).unwrap_or(0) * patients
    };
    facts.placed().map(of).sum()
}

fn exposure_days(campaign: &Campaign, facts: &Facts<'_>) -> u64 {
    let days = |minute: u32| u64::from(minute).div_ceil(DAY_MINUTES);
    let of = |worked: &Worked<'_>| {
        let days = match worked.place {
            Some((at, _)) => days(facts.window(at).not_after_minute),
            None => days(campaign.horizon_minute) + 1,
        };
        days * u64::from(worked.device.risk_per_day)
    };
    facts.devices.iter().map(of).sum()
}

fn overtime(campaign: &Campaign, facts: &Facts<'_>) -> u64 {
    let ways = ways(campaign);
    let mut windows: BTreeMap<usize, (&Window, Vec<&Worked<'_>>)> = BTreeMap::new();
    for (worked, at, _) in facts.placed() {
        let window = facts.window(at);
        windows.entry(at).or_insert_with(|| (window, Vec::new())).1.push(worked);
    }
    let late = windows.values().filter(|(window, _)| window.overtime);
    let minutes = late.flat_map(|(_, devices)| person_minutes(devices.iter().copied(), &ways).into_values());
    u64::try_from(minutes.sum::<i64>()).unwrap_or(0)
}

fn told_again(campaign: &Campaign, facts: &Facts<'_>) -> u64 {
    let moved = campaign.agreed.iter().filter(|agreed| {
        let is_in = facts.find(agreed.device.as_str()).and_then(|(_, window)| window);
        is_in.is_none_or(|window| window.id != agreed.window)
    });
    moved.map(|agreed| u64::from(agreed.people_told)).sum()
}
