//! Rules that bind devices over windows. What all those who break a rule have begun is past helping and not asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::planner::campaign::{Campaign, Service, Side, Window};

use super::facts::{Facts, Stretch, Worked};
use super::{Found, Rule};

pub(super) fn check(campaign: &Campaign, facts: &Facts<'_>, found: &mut Found) {
    let services: BTreeMap<&str, &Service> =
        campaign.services.iter().map(|service| (service.id.as_str(), service)).collect();
    for service in &campaign.services {
        let carriers: BTreeSet<&str> = service.carriers.iter().map(|tag| tag.as_str()).collect();
        let spare = carriers.len() as i64 - i64::from(service.needed);
        if spare > 0 {
            self::spare(service, &carriers, spare, facts, found);
        }
        sides(service, &carriers, facts, found);
        let other = service.stand_in.as_ref().and_then(|id| services.get(id.as_str()));
        if let Some(other) = other.filter(|_| spare == 0) {
            stand_in(service, other, facts, found);
        }
    }
    rings(campaign, facts, found);
    for bond in &campaign.precedences {
        precedence(bond.first.as_str(), bond.then.as_str(), i64::from(bond.lag_minutes), facts, found);
    }
    for conflict in &campaign.conflicts {
        let tags: BTreeSet<&str> = conflict.devices.iter().map(|tag| tag.as_str()).collect();
        let groups = Groups::of(tags.iter().copied(), facts);
        if let Some((one, other)) = groups.pair_within() {
            let says = format!("never shares a window's time with {other}: {}", conflict.says);
            found.put(Rule::Conflict, one, says);
        }
    }
}

/// Devices by their windows.
struct Groups<'f> {
    /// Of each window: its time, devices that have not begun, devices that have.
    windows: Vec<(Stretch, Vec<&'f str>, Vec<&'f str>)>,
}

impl<'f> Groups<'f> {
    fn of<'t>(tags: impl Iterator<Item = &'t str>, facts: &'f Facts<'_>) -> Groups<'f> {
        let mut windows: BTreeMap<usize, (Stretch, Vec<&str>, Vec<&str>)> = BTreeMap::new();
        for (worked, _) in tags.filter_map(|tag| facts.find(tag)) {
            let Some((at, _)) = worked.place else { continue };
            let stretch = Stretch::of(facts.window(at));
            let (_, open, begun) = windows.entry(at).or_insert_with(|| (stretch, Vec::new(), Vec::new()));
            if worked.has_begun { begun } else { open }.push(worked.device.tag.as_str());
        }
        Groups { windows: windows.into_values().collect() }
    }

    /// Two devices, one of each, whose windows share a minute and of which at least one has not begun.
    fn pair_with(&self, other: &Groups<'f>) -> Option<(&'f str, &'f str)> {
        for (stretch, open, begun) in &self.windows {
            for (theirs, their_open, their_begun) in &other.windows {
                if !stretch.shares_a_minute_with(*theirs) {
                    continue;
                }
                let pair = |ours: &[&'f str], theirs: &[&'f str]| Some((*ours.first()?, *theirs.first()?));
                let found = pair(open, their_open)
                    .or_else(|| pair(open, their_begun))
                    .or_else(|| pair(begun, their_open));
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// Two of the devices, in one window or in two that share a minute, of which at least one has not begun.
    fn pair_within(&self) -> Option<(&'f str, &'f str)> {
        for (at, (stretch, open, begun)) in self.windows.iter().enumerate() {
            let same = match (open.as_slice(), begun.as_slice()) {
                ([one, other, ..], _) => Some((*one, *other)),
                ([one], [other, ..]) => Some((*one, *other)),
                ([_], []) | ([], _) => None,
            };
            if same.is_some() {
                return same;
            }
            let here = Groups { windows: vec![(*stretch, open.clone(), begun.clone())] };
            let later = Groups { windows: self.windows.iter().skip(at + 1).cloned().collect() };
            if let Some(pair) = here.pair_with(&later) {
                return Some(pair);
            }
        }
        None
    }
}

fn spare(service: &Service, carriers: &BTreeSet<&str>, spare: i64, facts: &Facts<'_>, found: &mut Found) {
    // Of each minute at which a window opens or closes: how many more carriers are out, and how many of those have not begun.
    let mut steps: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for (worked, window) in carriers.iter().filter_map(|tag| facts.find(tag)) {
        let Some(window) = window else { continue };
        let (stretch, open) = (Stretch::of(window), i64::from(!worked.has_begun));
        for (minute, sign) in [(stretch.from, 1), (stretch.to, -1)] {
            let step = steps.entry(minute).or_default();
            step.0 += sign;
            step.1 += sign * open;
        }
    }
    let (mut out, mut open) = (0, 0);
    for (minute, step) in steps {
        out += step.0;
        open += step.1;
        if out > spare && open > 0 {
            let says = format!("{out} carriers are in windows at minute {minute}; it can spare {spare}");
            found.put(Rule::Spare, &service.id, says);
            return;
        }
    }
}

fn sides(service: &Service, carriers: &BTreeSet<&str>, facts: &Facts<'_>, found: &mut Found) {
    let on = |side: Side| {
        let is_on =
            move |tag: &&str| facts.find(tag).is_some_and(|(worked, _)| worked.device.side == Some(side));
        Groups::of(carriers.iter().copied().filter(is_on), facts)
    };
    if let Some((one, other)) = on(Side::A).pair_with(&on(Side::B)) {
        let says = format!("{one} on side a and {other} on side b are in windows at the same time");
        found.put(Rule::Sides, &service.id, says);
    }
}

fn stand_in(service: &Service, other: &Service, facts: &Facts<'_>, found: &mut Found) {
    let ours: BTreeSet<&str> = service.carriers.iter().map(|tag| tag.as_str()).collect();
    let theirs: BTreeSet<&str> = other.carriers.iter().map(|tag| tag.as_str()).collect();
    let carriers = Groups::of(ours.difference(&theirs).copied(), facts);
    if let Some((one, beside)) = carriers.pair_with(&Groups::of(theirs.difference(&ours).copied(), facts)) {
        let says =
            format!("{one} is in a window at the same time as {beside} of {}, which stands in", other.id);
        found.put(Rule::StandIn, &service.id, says);
    }
}

/// What of a ring of a bundle is in windows.
#[derive(Default)]
struct Done {
    count: i64,
    /// The latest end of a window, of all of its devices and of those that have not begun.
    ends: Option<i64>,
    open_ends: Option<i64>,
}

fn rings(campaign: &Campaign, facts: &Facts<'_>, found: &mut Found) {
    let mut done: BTreeMap<(&str, u16), Done> = BTreeMap::new();
    for (worked, at, _) in facts.placed() {
        let Some(ring) = worked.device.ring else { continue };
        let ends = Some(i64::from(facts.window(at).not_after_minute));
        let known = done.entry((&*worked.device.bundle, ring)).or_default();
        known.count += 1;
        known.ends = known.ends.max(ends);
        if !worked.has_begun {
            known.open_ends = known.open_ends.max(ends);
        }
    }
    let rings: BTreeMap<(&str, u16), (i64, i64)> = campaign
        .rings
        .iter()
        .map(|ring| ((&*ring.bundle, ring.ring), (i64::from(ring.soak_minutes), i64::from(ring.done_min))))
        .collect();
    let nothing = Done::default();
    for (worked, at, _) in facts.placed() {
        let device = worked.device;
        let Some(before) = device.ring.and_then(|ring| ring.checked_sub(1)).filter(|ring| *ring > 0) else {
            continue;
        };
        let begins = i64::from(facts.window(at).not_before_minute);
        let (soak, done_min) = rings.get(&(&*device.bundle, before)).copied().unwrap_or((0, 0));
        let known = done.get(&(&*device.bundle, before)).unwrap_or(&nothing);
        let ends = if worked.has_begun { known.open_ends } else { known.ends };
        if ends.is_some_and(|ends| ends + soak > begins) {
            let says = format!("its window begins before ring {before} has been over for {soak} minutes");
            found.put(Rule::Ring, &device.tag, says);
        }
        if !worked.has_begun && known.count < done_min {
            let says = format!("ring {before} has {} devices in windows; {done_min} must be", known.count);
            found.put(Rule::Ring, &device.tag, says);
        }
    }
}

fn precedence(first: &str, then: &str, lag: i64, facts: &Facts<'_>, found: &mut Found) {
    let (Some((one, before)), Some((next, window))) = (facts.find(first), facts.find(then)) else { return };
    let Some(window) = window else { return };
    if !is_after(one, before, next, window, lag) {
        let says = match before {
            None => format!("is in a window, and {first}, which comes first, is in none"),
            Some(before) => {
                format!("is in {}, which begins too early after {} of {first}", window.id, before.id)
            }
        };
        found.put(Rule::Precedence, then, says);
    }
}

fn is_after(one: &Worked<'_>, before: Option<&Window>, next: &Worked<'_>, window: &Window, lag: i64) -> bool {
    match before {
        None => next.has_begun,
        Some(before) => {
            let in_order = i64::from(before.not_after_minute) + lag <= i64::from(window.not_before_minute);
            in_order || (one.has_begun && next.has_begun)
        }
    }
}
