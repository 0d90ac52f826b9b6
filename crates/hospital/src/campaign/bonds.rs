//! What binds devices of a campaign to times and to one another: due days, access, one after the other, sides of what is there twice. What
//! nobody said binds nothing; what was said and cannot be kept is remarked.

use std::collections::{BTreeMap, BTreeSet};

use exposure::Verdict;
use model::resources::{AccessTime, Due, Reach};
use model::{AssetTag, Time};
use planning::planner::campaign::{Access, Campaign, HORIZON_MAX_MINUTES, Precedence, Side, Span};

use super::Remark;
use super::build::Request;
use super::choose::affected;
use super::clock::Clock;
use crate::State;

const DAY_MINUTES: u32 = 1_440;

/// Binds the campaign's devices.
pub(super) fn bind(
    state: &State,
    request: &Request,
    clock: &Clock<'_>,
    campaign: &mut Campaign,
    remarks: &mut Vec<Remark>,
) {
    due(state, request, clock, campaign, remarks);
    access(state, request, clock, campaign);
    let here: BTreeSet<AssetTag> = campaign.devices.iter().map(|device| device.tag.clone()).collect();
    for bond in &request.setting.precedences {
        for then in bond.then.iter().filter(|then| here.contains(*then)) {
            if !here.contains(&bond.first) {
                remarks.push(Remark::NotWaiting { first: bond.first.clone(), then: then.clone() });
                continue;
            }
            campaign.precedences.push(Precedence {
                first: bond.first.clone(),
                then: then.clone(),
                lag_minutes: bond.lag_minutes,
            });
        }
    }
    let sides = &request.setting.sides;
    let on = |tag: &AssetTag| {
        let a = sides.iter().any(|pair| pair.a.contains(tag)).then_some(Side::A);
        a.or_else(|| sides.iter().any(|pair| pair.b.contains(tag)).then_some(Side::B))
    };
    campaign.devices.iter_mut().for_each(|device| device.side = on(&device.tag));
}

/// The earliest day counts. A day that is over is told and binds nothing: it would only keep the device from being done at all.
fn due(
    state: &State,
    request: &Request,
    clock: &Clock<'_>,
    campaign: &mut Campaign,
    remarks: &mut Vec<Remark>,
) {
    let works: BTreeMap<&AssetTag, _> = request.works.iter().map(|work| (&work.host, work)).collect();
    let mut by: BTreeMap<&AssetTag, Time> = BTreeMap::new();
    let mut put = |host: &AssetTag, at: Time| {
        if let Some((host, _)) = works.get_key_value(host) {
            by.entry(*host).and_modify(|known| *known = (*known).min(at)).or_insert(at);
        }
    };
    for said in &request.setting.due {
        match said {
            Due::Advisory { id, by } => {
                let found = affected(state, id, Verdict::Affected).unwrap_or_default();
                found.keys().for_each(|host| put(host, *by));
            }
            Due::Patch { id, by } => {
                let has = request.works.iter().filter(|work| work.patches.contains(id));
                has.for_each(|work| put(&work.host, *by));
            }
            Due::Device { tag, by } => put(tag, *by),
            Due::Kev => {
                for work in &request.works {
                    let patches = request.patches.iter().filter(|patch| work.patches.contains(&patch.id));
                    let days = patches
                        .flat_map(|patch| &patch.closes)
                        .filter_map(|cve| state.threats().kev(cve)?.due);
                    if let Some(day) = days.min() {
                        put(&work.host, clock.end_of(day));
                    }
                }
            }
        }
    }
    let mut over = Vec::new();
    for device in &mut campaign.devices {
        match by.get(&device.tag) {
            Some(at) if *at <= request.now => over.push(device.tag.clone()),
            Some(at) => device.due_minute = Some(clock.minute_down(*at).min(HORIZON_MAX_MINUTES)),
            None => {}
        }
    }
    if !over.is_empty() {
        remarks.push(Remark::Overdue(over));
    }
}

/// When a device can be had: every entry that reaches it holds. `only` is `None` where none names times.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Times {
    only: Option<Vec<(u32, u32)>>,
    never: Vec<(u32, u32)>,
}

fn access(state: &State, request: &Request, clock: &Clock<'_>, campaign: &mut Campaign) {
    let said: Vec<(&AccessTime, Times)> = request
        .setting
        .access
        .iter()
        .map(|said| (said, times(said, clock, campaign.horizon_minute)))
        .collect();
    let mut names: BTreeMap<Times, Box<str>> = BTreeMap::new();
    for device in &mut campaign.devices {
        let room = state.register().by_tag(device.tag.as_str()).and_then(|device| device.room());
        let reaches = |said: &AccessTime| match &said.of {
            Reach::Device(tag) => *tag == device.tag,
            Reach::Unit(unit) => *unit == device.unit,
            Reach::Room(name) => room == Some(&**name),
        };
        let mut all = Times::default();
        for (_, times) in said.iter().filter(|(said, _)| reaches(said)) {
            all.only = match (all.only.take(), &times.only) {
                (None, other) => other.clone(),
                (Some(one), None) => Some(one),
                (Some(one), Some(other)) => Some(meet(&one, other)),
            };
            all.never.extend(&times.never);
        }
        // A unit asked for another time: not before.
        if let Some(not_before) = request.heard.waits.get(&device.tag)
            && *not_before > request.now
        {
            all.never.push((0, clock.minute_up(*not_before)));
        }
        all.never.sort_unstable();
        if all == Times::default() {
            continue;
        }
        let next = format!("access {}", names.len() + 1);
        device.access = Some(names.entry(all).or_insert(next.into()).clone());
    }
    // Where nothing is left, no window may be named: this one lies behind them all.
    let nothing = (campaign.horizon_minute, campaign.horizon_minute.saturating_add(1));
    let span =
        |(from_minute, to_minute): &(u32, u32)| Span { from_minute: *from_minute, to_minute: *to_minute };
    let fits = |(from, to): &&(u32, u32)| from < to && *to <= HORIZON_MAX_MINUTES;
    campaign.access = names
        .into_iter()
        .map(|(times, id)| Access {
            id,
            only_within: match times.only {
                None => Vec::new(),
                Some(only) if only.is_empty() => vec![span(&nothing)],
                Some(only) => only.iter().filter(fits).map(span).collect(),
            },
            never_during: times.never.iter().filter(fits).map(span).collect(),
        })
        .collect();
}

/// The times of one entry in minutes of the campaign, in order; those that touch are one.
fn times(said: &AccessTime, clock: &Clock<'_>, horizon_minute: u32) -> Times {
    let mut only: Vec<(u32, u32)> = said
        .only_within
        .iter()
        // A minute that has begun only partly inside is outside.
        .map(|interval| (clock.minute_up(interval.from), clock.minute_down(interval.to)))
        .collect();
    if let Some(hours) = &said.hours {
        let days = horizon_minute / DAY_MINUTES + 1;
        let long = match hours.to_minute > hours.from_minute {
            true => hours.to_minute - hours.from_minute,
            false => hours.to_minute + DAY_MINUTES as u16 - hours.from_minute,
        };
        // The night before the first day reaches into it.
        for day in -1..i64::from(days) {
            if !hours.days.is_empty() && !hours.days.contains(&clock.weekday(day)) {
                continue;
            }
            let from = day * i64::from(DAY_MINUTES) + i64::from(hours.from_minute);
            let minute = |at: i64| u32::try_from(at.max(0)).unwrap_or(u32::MAX);
            only.push((minute(from), minute(from + i64::from(long))));
        }
    }
    let never = said.never_during.iter();
    let never = never.map(|interval| (clock.minute_down(interval.from), clock.minute_up(interval.to)));
    let names_times = !said.only_within.is_empty() || said.hours.is_some();
    Times { only: names_times.then(|| joined(only)), never: joined(never.collect()) }
}

fn joined(mut spans: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    spans.retain(|(from, to)| from < to);
    spans.sort_unstable();
    let mut found: Vec<(u32, u32)> = Vec::new();
    for (from, to) in spans {
        match found.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(to),
            Some(_) | None => found.push((from, to)),
        }
    }
    found
}

/// What lies in both; each list is in order and touches nothing.
fn meet(one: &[(u32, u32)], other: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let both = |a: &(u32, u32)| {
        other.iter().map(|b| (a.0.max(b.0), a.1.min(b.1))).filter(|(from, to)| from < to).collect::<Vec<_>>()
    };
    one.iter().flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_touch_are_one_and_what_is_left_of_two_lists_is_in_both() {
        assert_eq!(joined(vec![(60, 90), (0, 60), (100, 120), (5, 5)]), [(0, 90), (100, 120)]);
        assert_eq!(meet(&[(0, 90), (100, 120)], &[(80, 110)]), [(80, 90), (100, 110)]);
        assert_eq!(meet(&[(0, 90)], &[(90, 110)]), []);
    }
}
