//! The table of `docs/planning.md` once more, as slowly as it can be read: every minute by itself, every pair of devices by itself. It
//! shares nothing with the checker; the two are compared rule by rule.

use std::collections::{BTreeMap, BTreeSet};

use planning::planner::answer::{Assignment, Placed};
use planning::planner::campaign::*;

/// A device with its place.
struct On<'a> {
    d: &'a Device,
    w: Option<&'a Window>,
    begins: u32,
    begun: bool,
    install: u32,
    restart: u32,
    back_out: u32,
    hands: u32,
}

impl On<'_> {
    fn busy(&self) -> u32 {
        self.hands.max(self.install + self.restart)
    }
    fn is_worked_on(&self, m: u32) -> bool {
        self.begins <= m && m < self.begins + self.busy()
    }
    fn is_held(&self, m: u32) -> bool {
        self.begins <= m && m < self.begins + self.hands
    }
    fn is_dark(&self, m: u32) -> bool {
        match self.d.hands {
            Hands::Agent => self.begins + self.install <= m && m < self.begins + self.install + self.restart,
            _ => self.is_worked_on(m),
        }
    }
    /// Does its window hold that minute?
    fn is_out(&self, m: u32) -> bool {
        self.w.is_some_and(|w| holds(w, m))
    }
}

fn holds(w: &Window, m: u32) -> bool {
    w.not_before_minute <= m && m < w.not_after_minute
}

/// Do the two share a minute?
fn meet(a: &Window, b: &Window) -> bool {
    (a.not_before_minute..a.not_after_minute).any(|m| holds(b, m))
}

fn meets_span(w: &Window, span: Span) -> bool {
    (w.not_before_minute..w.not_after_minute).any(|m| span.from_minute <= m && m < span.to_minute)
}

fn read<'a>(c: &'a Campaign, plan: &[Assignment]) -> Vec<On<'a>> {
    let on = |d: &'a Device| {
        let mut on =
            On { d, w: None, begins: 0, begun: false, install: 0, restart: 0, back_out: 0, hands: 0 };
        let bundle = c.bundles.iter().find(|b| b.id == d.bundle).expect("it holds together");
        for p in &bundle.patches {
            on.install += p.minutes.install.p90;
            on.back_out += p.minutes.back_out.p90;
            on.restart = on.restart.max(p.minutes.restart.p90);
        }
        if let Hands::Staff { hands_on_minutes, .. } | Hands::Vendor { hands_on_minutes, .. } = &d.hands {
            on.hands = *hands_on_minutes;
        }
        on.begun = c.agreed.iter().any(|a| a.begun && a.device == d.tag);
        if let Some(Placed::Window { window, begins_minute }) =
            plan.iter().find(|a| a.device == d.tag).map(|a| &a.place)
        {
            on.w = c.windows.iter().find(|w| w.id == *window);
            on.begins = *begins_minute;
        }
        on
    };
    c.devices.iter().map(on).collect()
}

/// The words of all rules that are broken.
pub(crate) fn broken(c: &Campaign, plan: &[Assignment]) -> BTreeSet<&'static str> {
    let all = read(c, plan);
    let mut broken = BTreeSet::new();
    for a in plan {
        let known_window = match &a.place {
            Placed::Window { window, .. } => c.windows.iter().any(|w| w.id == *window),
            Placed::Deferred { .. } => true,
        };
        let known = c.devices.iter().any(|d| d.tag == a.device);
        // Of a device that is said twice, the first counts, and only that.
        let first = plan.iter().find(|b| b.device == a.device).is_some_and(|b| std::ptr::eq(a, b));
        if !known || !first || !known_window {
            broken.insert("each_once");
        }
    }
    if c.devices.iter().any(|d| plan.iter().filter(|a| a.device == d.tag).count() != 1) {
        broken.insert("each_once");
    }
    alone(c, &all, &mut broken);
    for w in &c.windows {
        inside(c, w, &all, &mut broken);
    }
    bonds(c, &all, &mut broken);
    broken
}

fn alone(c: &Campaign, all: &[On<'_>], broken: &mut BTreeSet<&'static str>) {
    for on in all {
        if let Some(a) = c.agreed.iter().find(|a| a.begun && a.device == on.d.tag) {
            if on.w.is_none_or(|w| w.id != a.window) {
                broken.insert("begun");
            }
            continue;
        }
        let Some(w) = on.w else { continue };
        let mut is = |rule, is_broken: bool| {
            if is_broken {
                broken.insert(rule);
            }
        };
        is("past", w.not_before_minute < c.now_minute);
        is("site", w.site.as_ref().is_some_and(|s| *s != on.d.site));
        let over = on.begins + on.busy() + on.back_out;
        let in_time = w.not_before_minute <= on.begins
            && on.begins <= w.latest_start_minute
            && over <= w.not_after_minute;
        is("times", !in_time);
        is("due", on.d.due_minute.is_some_and(|due| w.not_after_minute > due));
        if let Some(access) = c.access.iter().find(|a| Some(&a.id) == on.d.access.as_ref()) {
            let within = |s: &Span| {
                (w.not_before_minute..w.not_after_minute).all(|m| s.from_minute <= m && m < s.to_minute)
            };
            let only = access.only_within.is_empty() || access.only_within.iter().any(within);
            is("access", !only || access.never_during.iter().any(|s| meets_span(w, *s)));
        }
        for b in &c.blackouts {
            let here = b.place == Whereabouts::Site(on.d.site.clone())
                || b.place == Whereabouts::Unit(on.d.unit.clone());
            is("blackout", here && meets_span(w, b.span));
        }
        for g in &c.gates {
            let for_it =
                g.unit == on.d.unit && (g.bundle.is_none() || g.bundle.as_ref() == Some(&on.d.bundle));
            is("gate", for_it && w.not_before_minute < g.not_before_minute);
        }
    }
}

fn inside(c: &Campaign, w: &Window, all: &[On<'_>], broken: &mut BTreeSet<&'static str>) {
    let here: Vec<&On<'_>> = all.iter().filter(|on| on.w.is_some_and(|own| own.id == w.id)).collect();
    if here.iter().all(|on| on.begun) {
        return;
    }
    let from = here.iter().map(|on| on.begins).min().unwrap_or(0);
    let to = here.iter().map(|on| on.begins + on.busy()).max().unwrap_or(0);
    let count = |wanted: &dyn Fn(&On<'_>) -> bool| here.iter().filter(|on| wanted(on)).count() as u32;
    for m in from..to {
        if count(&|on| on.is_worked_on(m)) > w.at_once_max {
            broken.insert("at_once");
        }
        for on in &here {
            match &on.d.hands {
                Hands::Agent => {}
                Hands::Staff { skill, .. } => {
                    let people = w.staff.iter().find(|s| s.skill == *skill).map_or(0, |s| s.people);
                    let same = |other: &On<'_>| matches!(&other.d.hands, Hands::Staff { skill: s, .. } if s == skill);
                    if count(&|other| same(other) && other.is_held(m)) > people {
                        broken.insert("people");
                    }
                }
                Hands::Vendor { vendor, .. } => {
                    let visit = c.visits.iter().find(|v| v.vendor == *vendor && v.window == w.id);
                    let same = |other: &On<'_>| matches!(&other.d.hands, Hands::Vendor { vendor: v, .. } if v == vendor);
                    let held = count(&|other| same(other) && other.is_held(m));
                    if visit.is_none_or(|v| held > v.engineers || count(&same) > v.devices_max) {
                        broken.insert("visit");
                    }
                }
            }
            if on.d.loaner {
                let there = c
                    .loaners
                    .iter()
                    .find(|l| l.kind == on.d.kind && l.site == on.d.site)
                    .map_or(0, |l| l.count);
                let same =
                    |other: &On<'_>| other.d.loaner && other.d.kind == on.d.kind && other.d.site == on.d.site;
                if count(&|other| same(other) && other.is_worked_on(m)) > there {
                    broken.insert("loaners");
                }
            }
        }
        for unit in &c.units {
            let dark = here.iter().filter(|on| on.d.unit == unit.id && !on.d.loaner && on.is_dark(m));
            if dark.map(|on| on.d.beds_watched).sum::<u32>() > unit.beds_dark_max {
                broken.insert("beds");
            }
        }
    }
    for (skill, minutes) in by_skill(c, &here) {
        if minutes > w.staff.iter().find(|s| *s.skill == *skill).map_or(0, |s| s.person_minutes) {
            broken.insert("person_minutes");
        }
    }
}

/// Hands and ways of each skill in one window.
fn by_skill<'a>(c: &Campaign, here: &[&On<'a>]) -> BTreeMap<&'a str, u32> {
    let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
    for on in here {
        if let Hands::Staff { skill, .. } = &on.d.hands {
            *sums.entry(skill).or_default() += on.hands;
        }
    }
    for (skill, sum) in &mut sums {
        for b in &c.buildings {
            let stands = |on: &&&On<'_>| {
                on.d.building == b.id
                    && matches!(&on.d.hands, Hands::Staff { skill: s, .. } if **s == **skill)
            };
            if here.iter().any(|on| stands(&on)) {
                let named = c.walks.iter().filter(|walk| walk.from == b.id || walk.to == b.id);
                *sum += named.map(|walk| walk.minutes).max().unwrap_or(0);
            }
        }
    }
    sums
}

fn bonds(c: &Campaign, all: &[On<'_>], broken: &mut BTreeSet<&'static str>) {
    let carries = |on: &On<'_>, s: &Service| s.carriers.contains(&on.d.tag);
    let mut pairs: Vec<(&On<'_>, &On<'_>)> = Vec::new();
    for a in all {
        for b in all {
            let apart = a.d.tag != b.d.tag && !(a.begun && b.begun);
            if apart && a.w.zip(b.w).is_some_and(|(a, b)| meet(a, b)) {
                pairs.push((a, b));
            }
        }
    }
    for s in &c.services {
        let spare = s.carriers.len() - s.needed as usize;
        let carriers: Vec<&On<'_>> = all.iter().filter(|on| carries(on, s)).collect();
        let minutes =
            carriers.iter().filter_map(|on| on.w).flat_map(|w| w.not_before_minute..w.not_after_minute);
        for m in minutes {
            let out: Vec<&&On<'_>> = carriers.iter().filter(|on| on.is_out(m)).collect();
            if spare > 0 && out.len() > spare && out.iter().any(|on| !on.begun) {
                broken.insert("spare");
                break;
            }
        }
        for (a, b) in &pairs {
            if carries(a, s) && carries(b, s) && a.d.side == Some(Side::A) && b.d.side == Some(Side::B) {
                broken.insert("sides");
            }
            let other = c.services.iter().find(|other| Some(&other.id) == s.stand_in.as_ref());
            if let Some(t) = other.filter(|_| spare == 0) {
                let only_own = carries(a, s) && !carries(a, t);
                if only_own && carries(b, t) && !carries(b, s) {
                    broken.insert("stand_in");
                }
            }
        }
    }
    for conflict in &c.conflicts {
        if pairs
            .iter()
            .any(|(a, b)| conflict.devices.contains(&a.d.tag) && conflict.devices.contains(&b.d.tag))
        {
            broken.insert("conflict");
        }
    }
    for p in &c.precedences {
        let find = |tag: &model::AssetTag| all.iter().find(|on| on.d.tag == *tag).expect("it holds together");
        let (first, then) = (find(&p.first), find(&p.then));
        let late = match (first.w, then.w) {
            (_, None) => false,
            (None, Some(_)) => !then.begun,
            (Some(f), Some(t)) => {
                !(first.begun && then.begun) && f.not_after_minute + p.lag_minutes > t.not_before_minute
            }
        };
        if late {
            broken.insert("precedence");
        }
    }
    rings(c, all, broken);
}

fn rings(c: &Campaign, all: &[On<'_>], broken: &mut BTreeSet<&'static str>) {
    for on in all {
        let (Some(w), Some(ring)) = (on.w, on.d.ring) else { continue };
        if ring < 2 {
            continue;
        }
        let before: Vec<&On<'_>> = all
            .iter()
            .filter(|other| other.d.bundle == on.d.bundle && other.d.ring == Some(ring - 1))
            .collect();
        let own = c
            .rings
            .iter()
            .find(|r| r.bundle == on.d.bundle && r.ring == ring - 1)
            .expect("it holds together");
        for other in &before {
            let late = other.w.is_some_and(|o| o.not_after_minute + own.soak_minutes > w.not_before_minute);
            if late && !(on.begun && other.begun) {
                broken.insert("ring");
            }
        }
        let done = before.iter().filter(|other| other.w.is_some()).count() as u32;
        if done < own.done_min && !on.begun {
            broken.insert("ring");
        }
    }
}

/// The goals, in the order: deferred, patient-minutes, exposure-days, overtime, told again.
pub(crate) fn goals(c: &Campaign, plan: &[Assignment]) -> [u64; 5] {
    let all = read(c, plan);
    let mut goals = [0_u64; 5];
    for on in &all {
        let Some(w) = on.w else {
            goals[0] += u64::from(on.d.mandatory);
            let days =
                (0..=c.horizon_minute).step_by(1_440).filter(|m| *m < c.horizon_minute).count() as u64 + 1;
            goals[2] += days * u64::from(on.d.risk_per_day);
            continue;
        };
        let census = |unit: &Unit| {
            (w.not_before_minute..w.not_after_minute)
                .map(|m| unit.census[(m / 60) as usize % unit.census.len()])
                .max()
                .unwrap_or(0)
        };
        let of = |id: &model::ids::UnitId| {
            census(c.units.iter().find(|unit| unit.id == *id).expect("it holds together"))
        };
        let mut patients = if on.d.loaner { 0 } else { on.d.beds_watched.min(of(&on.d.unit)) };
        for s in &c.services {
            if s.carriers.contains(&on.d.tag) && s.carriers.len() == s.needed as usize && s.stand_in.is_none()
            {
                patients += s.units.iter().map(of).sum::<u32>();
            }
        }
        for m in on.begins..on.begins + on.busy() {
            goals[1] += u64::from(if on.is_dark(m) { patients } else { 0 });
        }
        let days = (0..w.not_after_minute).step_by(1_440).count() as u64;
        goals[2] += days * u64::from(on.d.risk_per_day);
    }
    for w in c.windows.iter().filter(|w| w.overtime) {
        let here: Vec<&On<'_>> = all.iter().filter(|on| on.w.is_some_and(|own| own.id == w.id)).collect();
        goals[3] += by_skill(c, &here).into_values().map(u64::from).sum::<u64>();
    }
    for a in &c.agreed {
        let is_there = all.iter().any(|on| on.d.tag == a.device && on.w.is_some_and(|w| w.id == a.window));
        goals[4] += if is_there { 0 } else { u64::from(a.people_told) };
    }
    goals
}
