//! When each host of a plan is worked on, from declared minutes (R06, R07, R09): rings after one another with their soak, waves
//! after one another inside a ring, at most so many hosts at once. A forecast from history takes its place later.

use std::collections::BTreeMap;

use model::patch::Minutes;
use model::plan::{Hands, Item, Plan};
use model::{AssetTag, Time};

use crate::hands;

/// When one host is worked on. `p50` assumes that everything before it takes its median, `p90` that everything takes its 90th
/// percentile: an overstatement, on the safe side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The host.
    pub host: AssetTag,
    /// Its ring, from 1.
    pub ring: u16,
    /// Its wave in the ring, from 1.
    pub wave: u16,
    /// At the median.
    pub p50: Span,
    /// At the 90th percentile.
    pub p90: Span,
}

/// The work on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// It begins.
    pub begins: Time,
    /// It restarts, or a person takes it out of use: from here on what it carries is dark; equal to `ends` where neither happens.
    pub dark: Time,
    /// It answers again.
    pub ends: Time,
}

/// When each ring begins, ends and has soaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingTimes {
    /// Number, from 1.
    pub ring: u16,
    /// First host begins, at the median and at the 90th percentile.
    pub begins: (Time, Time),
    /// Last host answers again.
    pub ends: (Time, Time),
    /// The next ring may begin.
    pub soaked: (Time, Time),
}

/// A plan's timetable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    /// Every item, in the order of ring, wave and the plan's own list.
    pub slots: Vec<Slot>,
    /// Every ring.
    pub rings: Vec<RingTimes>,
}

impl Timetable {
    /// The slot of a host.
    pub fn slot(&self, host: &AssetTag) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.host == *host)
    }

    /// When the last host answers again, at the median and at the 90th percentile; `None` for a plan without hosts.
    pub fn ends(&self) -> Option<(Time, Time)> {
        let ends = self.slots.iter().map(|slot| (slot.p50.ends, slot.p90.ends));
        ends.reduce(|(p50, p90), (next50, next90)| (p50.max(next50), p90.max(next90)))
    }
}

/// Works a plan's timetable out. Rings without a window (the checker finds them) begin when the ring before has soaked.
pub fn timetable(plan: &Plan) -> Timetable {
    let mut out = Timetable::default();
    let mut free = (Time(i64::MIN), Time(i64::MIN));
    let held = hands::Hands::of(plan);
    let nobody_busy: Vec<Vec<Time>> =
        held.people.iter().map(|people| vec![Time(i64::MIN); *people]).collect();
    let mut people = (nobody_busy.clone(), nobody_busy);
    for (number, ring) in (1u16..).zip(&plan.rings) {
        let opens = plan.window_of(ring).map_or(Time(0), |window| window.not_before);
        let begins = (free.0.max(opens), free.1.max(opens));
        let mut waves: BTreeMap<u16, Vec<&Item>> = BTreeMap::new();
        for item in plan.items.iter().filter(|item| item.ring == number) {
            waves.entry(item.wave).or_default().push(item);
        }
        let mut now = begins;
        for (wave, items) in waves {
            let lanes = usize::try_from(ring.at_once_max.max(1)).unwrap_or(usize::MAX).min(items.len());
            let with = |lanes| Lanes { plan, held: &held, lanes };
            let p50 = with(vec![now.0; lanes]).fill(&items, &mut people.0, |minutes| minutes.p50);
            let p90 = with(vec![now.1; lanes]).fill(&items, &mut people.1, |minutes| minutes.p90);
            for ((item, p50), p90) in items.iter().zip(p50).zip(p90) {
                now = (now.0.max(p50.ends), now.1.max(p90.ends));
                out.slots.push(Slot { host: item.host.clone(), ring: number, wave, p50, p90 });
            }
        }
        let soak = i64::from(ring.soak_minutes) * 60;
        free = (now.0.plus_seconds(soak), now.1.plus_seconds(soak));
        out.rings.push(RingTimes { ring: number, begins, ends: now, soaked: free });
    }
    out
}

/// The places of a wave, each free from then on.
struct Lanes<'a> {
    plan: &'a Plan,
    held: &'a hands::Hands,
    lanes: Vec<Time>,
}

impl Lanes<'_> {
    /// Items one after another on the lane that is free first, each when somebody has hands for it. `people` are free from then on.
    fn fill(mut self, items: &[&Item], people: &mut [Vec<Time>], take: impl Fn(Minutes) -> u32) -> Vec<Span> {
        let seconds = |minutes: Minutes| i64::from(take(minutes)) * 60;
        let one = |item: &&Item| {
            let minutes = self.plan.minutes_of(item);
            let (install, restart) = (seconds(minutes.install), seconds(minutes.restart));
            let held = self.held.held(&item.host);
            let person = held.and_then(|held| people.get_mut(held.sort)?.iter_mut().min());
            let Some(lane) = self.lanes.iter_mut().min() else {
                return Span { begins: Time(0), dark: Time(0), ends: Time(0) };
            };
            let begins = person.as_deref().map_or(*lane, |free| (*free).max(*lane));
            let installed = begins.plus_seconds(install);
            *lane = installed.plus_seconds(restart);
            if let Some((person, held)) = person.zip(held) {
                *person = begins.plus_seconds(held.seconds_of(install + restart));
            }
            // A person takes the device out of use for as long as the work takes.
            let dark = if item.by == Hands::Agent { installed } else { begins };
            Span { begins, dark, ends: *lane }
        };
        items.iter().map(one).collect()
    }
}
