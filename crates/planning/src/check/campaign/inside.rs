//! Rules that are asked of one window with all its devices; not of one in which every device has begun.

use std::collections::{BTreeMap, BTreeSet};

use crate::planner::campaign::{Campaign, Hands, Window};

use super::facts::{Facts, Stretch, Worked};
use super::{Found, Rule};

/// A device in the window, with the minute in which work begins.
type Here<'f, 'a> = (&'f Worked<'a>, i64);

pub(super) fn check(campaign: &Campaign, facts: &Facts<'_>, found: &mut Found) {
    let mut windows: BTreeMap<usize, Vec<Here<'_, '_>>> = BTreeMap::new();
    for (worked, at, begins) in facts.placed() {
        windows.entry(at).or_default().push((worked, begins));
    }
    let ways = ways(campaign);
    let loaners: BTreeMap<(&str, &str), i64> = campaign
        .loaners
        .iter()
        .map(|loaners| ((&*loaners.kind, loaners.site.as_str()), i64::from(loaners.count)))
        .collect();
    let beds: BTreeMap<&str, i64> =
        campaign.units.iter().map(|unit| (unit.id.as_str(), i64::from(unit.beds_dark_max))).collect();
    for (at, here) in &windows {
        if here.iter().all(|(worked, _)| worked.has_begun) {
            continue;
        }
        let window = facts.window(*at);
        at_once(window, here, found);
        staff(window, here, &ways, found);
        vendors(campaign, window, here, found);
        out_of_service(window, here, &loaners, found);
        dark(window, here, &beds, found);
    }
}

/// The longest way that names each building.
pub(super) fn ways(campaign: &Campaign) -> BTreeMap<&str, i64> {
    let mut longest: BTreeMap<&str, i64> = BTreeMap::new();
    for walk in &campaign.walks {
        for end in [walk.from.as_str(), walk.to.as_str()] {
            let known = longest.entry(end).or_default();
            *known = (*known).max(i64::from(walk.minutes));
        }
    }
    longest
}

/// Minutes of hands and of ways for each skill among these devices.
pub(super) fn person_minutes<'a>(
    devices: impl Iterator<Item = &'a Worked<'a>>,
    ways: &BTreeMap<&str, i64>,
) -> BTreeMap<&'a str, i64> {
    let (mut minutes, mut buildings) = (BTreeMap::new(), BTreeSet::new());
    for worked in devices {
        if let Hands::Staff { skill, .. } = &worked.device.hands {
            let building = worked.device.building.as_str();
            let is_new = buildings.insert((&**skill, building));
            let way = if is_new { ways.get(building).copied().unwrap_or(0) } else { 0 };
            *minutes.entry(&**skill).or_insert(0) += worked.hands + way;
        }
    }
    minutes
}

/// The largest sum at one minute, and the first minute with it; weights of stretches without a minute count nothing.
fn peak(stretches: impl Iterator<Item = (Stretch, i64)>) -> (i64, i64) {
    let mut steps: BTreeMap<i64, i64> = BTreeMap::new();
    for (stretch, weight) in stretches.filter(|(stretch, _)| stretch.from < stretch.to) {
        *steps.entry(stretch.from).or_default() += weight;
        *steps.entry(stretch.to).or_default() -= weight;
    }
    let (mut sum, mut best) = (0, (0, 0));
    for (minute, step) in steps {
        sum += step;
        if sum > best.0 {
            best = (sum, minute);
        }
    }
    best
}

fn at_once(window: &Window, here: &[Here<'_, '_>], found: &mut Found) {
    let (most, minute) = peak(here.iter().map(|(worked, begins)| (worked.busy(*begins), 1)));
    if most > i64::from(window.at_once_max) {
        let says = format!("{most} devices are worked on at minute {minute}; {} may be", window.at_once_max);
        found.put(Rule::AtOnce, &window.id, says);
    }
}

fn staff(window: &Window, here: &[Here<'_, '_>], ways: &BTreeMap<&str, i64>, found: &mut Found) {
    for (skill, minutes) in person_minutes(here.iter().map(|(worked, _)| *worked), ways) {
        let there = window.staff.iter().find(|staff| *staff.skill == *skill);
        let (people, allowed) =
            there.map_or((0, 0), |staff| (i64::from(staff.people), i64::from(staff.person_minutes)));
        let with_it = here.iter().filter(|(worked, _)| {
            matches!(&worked.device.hands, Hands::Staff { skill: wanted, .. } if **wanted == *skill)
        });
        let (most, minute) = peak(with_it.map(|(worked, begins)| (worked.held(*begins), 1)));
        if most > people {
            let says = format!("{most} of {skill} are held at minute {minute}; {people} are there");
            found.put(Rule::People, &window.id, says);
        }
        if minutes > allowed {
            let says = format!("{skill} would work {minutes} minutes, ways included; {allowed} are allowed");
            found.put(Rule::PersonMinutes, &window.id, says);
        }
    }
}

fn vendors(campaign: &Campaign, window: &Window, here: &[Here<'_, '_>], found: &mut Found) {
    let mut vendors: BTreeMap<&str, Vec<&Here<'_, '_>>> = BTreeMap::new();
    for one in here {
        if let Hands::Vendor { vendor, .. } = &one.0.device.hands {
            vendors.entry(vendor).or_default().push(one);
        }
    }
    for (vendor, devices) in vendors {
        let visit =
            campaign.visits.iter().find(|visit| *visit.vendor == *vendor && visit.window == window.id);
        let Some(visit) = visit else {
            found.put(Rule::Visit, &window.id, format!("{vendor} does not come in this window"));
            continue;
        };
        if devices.len() as u64 > u64::from(visit.devices_max) {
            let says = format!("{vendor} would do {} devices; {} at most", devices.len(), visit.devices_max);
            found.put(Rule::Visit, &window.id, says);
        }
        let (most, minute) = peak(devices.iter().map(|(worked, begins)| (worked.held(*begins), 1)));
        if most > i64::from(visit.engineers) {
            let says =
                format!("{most} engineers of {vendor} are held at minute {minute}; {} come", visit.engineers);
            found.put(Rule::Visit, &window.id, says);
        }
    }
}

fn out_of_service(
    window: &Window,
    here: &[Here<'_, '_>],
    loaners: &BTreeMap<(&str, &str), i64>,
    found: &mut Found,
) {
    let mut kinds: BTreeMap<(&str, &str), Vec<(Stretch, i64)>> = BTreeMap::new();
    for (worked, begins) in here.iter().filter(|(worked, _)| worked.device.loaner) {
        let kind = (&*worked.device.kind, worked.device.site.as_str());
        kinds.entry(kind).or_default().push((worked.busy(*begins), 1));
    }
    for (kind, stretches) in kinds {
        let count = loaners.get(&kind).copied().unwrap_or(0);
        let (most, minute) = peak(stretches.into_iter());
        if most > count {
            let says = format!(
                "{most} of {} at {} need a loaner at minute {minute}; there are {count}",
                kind.0, kind.1
            );
            found.put(Rule::Loaners, &window.id, says);
        }
    }
}

fn dark(window: &Window, here: &[Here<'_, '_>], beds: &BTreeMap<&str, i64>, found: &mut Found) {
    let mut units: BTreeMap<&str, Vec<(Stretch, i64)>> = BTreeMap::new();
    for (worked, begins) in here.iter().filter(|(worked, _)| !worked.device.loaner) {
        let dark = (worked.dark(*begins), i64::from(worked.device.beds_watched));
        units.entry(worked.device.unit.as_str()).or_default().push(dark);
    }
    for (unit, stretches) in units {
        let allowed = beds.get(unit).copied().unwrap_or(0);
        let (most, minute) = peak(stretches.into_iter());
        if most > allowed {
            let says = format!("{most} beds of {unit} are dark at minute {minute}; {allowed} may be");
            found.put(Rule::Beds, &window.id, says);
        }
    }
}
