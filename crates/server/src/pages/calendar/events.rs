//! What a feed tells: each window of a plan that concerns somebody as one event, from what past nights or declared minutes say.

use std::collections::{BTreeMap, BTreeSet};

use care::UnitDark;
use hospital::State;
use hospital::feeds::FeedOf;
use hospital::night::plans::PlanRecord;
use model::device::Installer;
use model::ids::{BedId, UnitId};
use model::plan::{Hands, Item, Window};
use model::{AssetTag, Time, Topology};
use rollout::verdict::Verdict;

use super::feeds::key;
use crate::clock::Local;
use crate::export::ics::{Event, EventStatus};
use crate::pages::night::forecast::{Forecast, beds_text, forecast};
use crate::pages::night::life::PlanState;
use crate::pages::night::past::{Outlooks, not_begun};
use crate::pages::night::{census, say, unit_name, units_of};
use crate::pages::plans::cover_lines;

/// Plans that were over for so long are no longer in a feed.
const OVER_KEPT_SECONDS: i64 = 92 * 86_400;
/// Most events of one feed: the newest.
const EVENTS_MAX: usize = 1_000;

/// Whose plans, in words.
pub(super) fn named(local: &Local, state: &State, of: &FeedOf) -> String {
    let w = local.w;
    match of {
        FeedOf::Unit(unit) => w.feed_unit(&unit_name(state, unit)),
        FeedOf::Owner(owner) => w.feed_owner(say::owner(w, *owner)),
        FeedOf::Person(person) => w.feed_person(person.as_str()),
        FeedOf::Vendor(maker) => w.feed_vendor(maker),
    }
}

/// Is a plan told at all? One that is long over is not, nor one that has a newer revision: that tells its own, under the same name.
fn kept(record: &PlanRecord, now: Time) -> bool {
    let ends = record.plan.windows.iter().map(|window| window.not_after).max();
    record.superseded_by.is_none() && ends.is_some_and(|ends| now.seconds_since(ends) < OVER_KEPT_SECONDS)
}

/// Has a feed anything to tell of a plan?
pub(super) fn tells(state: &State, record: &PlanRecord, of: &FeedOf, now: Time) -> bool {
    kept(record, now) && !mine(state, record, of).is_empty()
}

/// The events of a feed, in the order in which they begin.
pub(super) fn events(local: &Local, state: &State, of: &FeedOf, outlooks: &Outlooks) -> Vec<Event> {
    let mut found = Vec::new();
    for record in state.night().plans().filter(|record| kept(record, local.now)) {
        let mine = mine(state, record, of);
        if mine.is_empty() {
            continue;
        }
        let topology = state.topology(&record.plan);
        let forecast = forecast(&record.plan, &topology, outlooks.get(&record.hash));
        let told = Told::new(local, state, record, &topology, &forecast, of);
        found.extend(record.plan.windows.iter().filter_map(|window| told.event(window, &mine)));
    }
    found.sort_by_key(|event| std::cmp::Reverse(event.from));
    found.truncate(EVENTS_MAX);
    found.reverse();
    found
}

/// The hosts of a plan that a feed tells of; none where the plan is nothing to it.
fn mine<'a>(state: &State, record: &'a PlanRecord, of: &FeedOf) -> BTreeSet<&'a AssetTag> {
    let plan = &*record.plan;
    let hosts = |mine: &dyn Fn(&Item) -> bool| {
        plan.items.iter().filter(|item| mine(item)).map(|item| &item.host).collect::<BTreeSet<_>>()
    };
    match of {
        FeedOf::Unit(unit) => {
            let topology = state.topology(plan);
            let services = topology
                .services
                .iter()
                .filter(|service| service.beds.iter().any(|bed| topology.beds.get(bed) == Some(unit)));
            let carriers: BTreeSet<&AssetTag> =
                services.flat_map(|service| &service.redundancy.carriers).collect();
            hosts(&|item| plan.is_disruptive(item) && carriers.contains(&item.host))
        }
        FeedOf::Owner(owner) => hosts(&|item| item.owner == *owner),
        FeedOf::Vendor(maker) => hosts(&|item| is_of_maker(state, item, maker)),
        FeedOf::Person(person) => {
            let concerned = plan.requester == *person
                || record.consent.approvals.iter().any(|approval| approval.by == *person)
                || state.people().accounts.get(person).is_some_and(|account| {
                    !account.units.is_empty()
                        && units_of(state, record).iter().any(|unit| account.answers_for(unit))
                });
            if concerned { hosts(&|_| true) } else { BTreeSet::new() }
        }
    }
}

/// Is an item the maker's to do, on a device that it made?
fn is_of_maker(state: &State, item: &Item, maker: &str) -> bool {
    let by_maker = item.owner == model::plan::Owner::Vendor
        || matches!(item.by, Hands::Person(Installer::Vendor | Installer::ThirdParty));
    let made = state.register().by_tag(item.host.as_str());
    by_maker && made.is_some_and(|device| device.manufacturer() == maker)
}

/// From, to, in one line, in further lines.
type Work = (Time, Time, String, Vec<String>);

/// A plan as a feed tells it.
struct Told<'a> {
    local: &'a Local,
    state: &'a State,
    record: &'a PlanRecord,
    topology: &'a Topology,
    forecast: &'a Forecast,
    of: &'a FeedOf,
    life: PlanState,
    /// Its first host was begun: what is planned is no longer what is.
    begun: bool,
    /// What is said of the plan as a whole.
    lines: Vec<String>,
}

impl<'a> Told<'a> {
    fn new(
        local: &'a Local,
        state: &'a State,
        record: &'a PlanRecord,
        topology: &'a Topology,
        forecast: &'a Forecast,
        of: &'a FeedOf,
    ) -> Told<'a> {
        let w = local.w;
        let standing = record.is_open().then(|| state.plan_standing(record, local.now));
        let agreed = || standing.as_ref().is_some_and(|standing| standing.is_agreed());
        let life = PlanState::with(state, record, local.now, agreed);
        let begun = record.started.is_some() && !not_begun(state, record, local.now);
        let mut lines = vec![w.feed_state(&life.says(w).to_lowercase())];
        // Who has not agreed yet, and whom to call inside, is not for whoever has a maker's address.
        let inside = match of {
            FeedOf::Unit(_) | FeedOf::Owner(_) | FeedOf::Person(_) => true,
            FeedOf::Vendor(_) => false,
        };
        if let Some(standing) = standing.as_ref().filter(|_| inside) {
            let blocking = standing.findings.iter().filter(|finding| finding.blocks).count();
            let missing = (standing.missing.len() + blocking) as u64;
            lines.extend((missing > 0).then(|| w.feed_missing(missing)));
        }
        lines.extend(begun.then(|| w.feed_as_planned().to_owned()));
        lines.push(forecast.stands.says(w));
        lines.extend(inside.then(|| format!("{}: {}", w.plan_contingency(), record.plan.contingency)));
        Told { local, state, record, topology, forecast, of, life, begun, lines }
    }

    /// What happens in a window to the hosts that the feed tells of.
    fn event(&self, window: &Window, mine: &BTreeSet<&AssetTag>) -> Option<Event> {
        let plan = &*self.record.plan;
        let here = |item: &&Item| plan.ring(item.ring).is_some_and(|ring| ring.window == window.id);
        let hosts: BTreeSet<&AssetTag> = plan
            .items
            .iter()
            .filter(here)
            .map(|item| &item.host)
            .filter(|host| mine.contains(host))
            .collect();
        if hosts.is_empty() {
            return None;
        }
        let (from, to, summary, mut lines) = match self.of {
            FeedOf::Unit(unit) => self.unit(unit, window, &hosts),
            FeedOf::Owner(_) | FeedOf::Vendor(_) | FeedOf::Person(_) => self.work(window, &hosts),
        };
        lines.extend(self.lines.iter().cloned());
        let w = self.local.w;
        Some(Event {
            // The same over all revisions of a plan, so that a moved night moves in the reader's calendar.
            uid: format!("{}/{}/{}@segue", plan.id, window.id, key(self.of)),
            sequence: self.record.drafted.seq,
            stamp: self.local.now,
            from,
            to,
            summary: if self.begun { w.feed_begun(self.life.says(w), &summary) } else { summary },
            description: lines.join("\n"),
            status: self.status(&hosts),
        })
    }

    /// The dark beds of a unit; the window where none is.
    fn unit(&self, unit: &UnitId, window: &Window, hosts: &BTreeSet<&AssetTag>) -> Work {
        let (w, title) = (self.local.w, &self.record.plan.title);
        let dark: Vec<&UnitDark> = self.dark(hosts).filter(|dark| dark.unit == *unit).collect();
        let beds: BTreeSet<&BedId> = dark.iter().flat_map(|dark| &dark.beds).collect();
        let mut lines: Vec<String> = dark
            .iter()
            .map(|dark| {
                let when = say::from_to(self.local, dark.from, dark.to_p50, dark.to_p90);
                format!("{when}: {}", beds_text(&dark.beds))
            })
            .collect();
        let from = dark.iter().map(|dark| dark.from).min();
        let to = dark.iter().map(|dark| dark.to_p90).max();
        let patients = from.zip(to);
        lines.extend(
            patients.map(|(from, to)| census::of_unit(self.local, &self.record.plan, unit, from, to)),
        );
        lines.extend(cover_lines(w, self.record, unit));
        let summary = if !dark.is_empty() {
            w.feed_dark(&w.board_dark_beds(beds.len() as u64), title)
        } else if self.forecast.may_darken(unit, hosts, self.topology) {
            w.feed_perhaps_dark(title)
        } else {
            w.feed_never_dark(title)
        };
        (from.unwrap_or(window.not_before), to.unwrap_or(window.not_after), summary, lines)
    }

    /// The work on hosts: from the first to the last of it at P90; the window where no time is known.
    fn work(&self, window: &Window, hosts: &BTreeSet<&AssetTag>) -> Work {
        let (w, title) = (self.local.w, &self.record.plan.title);
        let slots = self.forecast.timetable.slots.iter().filter(|slot| hosts.contains(&slot.host));
        let from = slots.clone().map(|slot| slot.p50.begins).min().unwrap_or(window.not_before);
        let to = slots.map(|slot| slot.p90.ends).max().unwrap_or(window.not_after);
        let named: Vec<&AssetTag> = hosts.iter().copied().collect();
        let mut lines = vec![say::hosts(w, &named)];
        let dark = match self.of {
            FeedOf::Unit(_) | FeedOf::Person(_) | FeedOf::Owner(_) => whole(self.dark(hosts)),
            // Where others have a part in it, theirs is not told.
            FeedOf::Vendor(_) => whole(self.forecast.dark_by(hosts, self.topology).iter()),
        };
        lines.extend(dark.iter().map(|(unit, (from, p50, p90))| {
            let when = say::from_to(self.local, *from, *p50, *p90);
            format!("{}: {when}", unit_name(self.state, unit))
        }));
        let units = dark.iter().map(|(unit, (from, _, p90))| (unit.clone(), *from, *p90));
        lines.extend(census::of_units(self.local, self.state, &self.record.plan, units));
        (from, to, w.feed_work(&w.board_hosts_count(hosts.len() as u64), title), lines)
    }

    /// The dark times in which some of these hosts have a part.
    fn dark<'b>(&'b self, hosts: &'b BTreeSet<&AssetTag>) -> impl Iterator<Item = &'b UnitDark> {
        self.forecast.dark.iter().filter(|dark| dark.hosts.iter().any(|host| hosts.contains(host)))
    }

    fn status(&self, hosts: &BTreeSet<&AssetTag>) -> EventStatus {
        match self.life {
            PlanState::Draft => EventStatus::Tentative,
            PlanState::Agreed | PlanState::Running | PlanState::Paused | PlanState::Concluded => {
                EventStatus::Confirmed
            }
            // What was not begun when it was stopped will not happen.
            PlanState::Stopped => {
                let rollout = self.state.night().rollout(&self.record.hash);
                let untouched = |host: &&AssetTag| {
                    rollout.and_then(|rollout| rollout.verdict(host, self.local.now))
                        == Some(Verdict::NotBegun)
                };
                if hosts.iter().all(untouched) { EventStatus::Cancelled } else { EventStatus::Confirmed }
            }
            PlanState::Withdrawn | PlanState::Superseded => EventStatus::Cancelled,
        }
    }
}

/// Each unit from its first to its last dark moment: from, P50, P90.
fn whole<'a>(dark: impl Iterator<Item = &'a UnitDark>) -> BTreeMap<UnitId, (Time, Time, Time)> {
    let mut out = BTreeMap::new();
    for dark in dark {
        let whole = out.entry(dark.unit.clone()).or_insert((dark.from, dark.to_p50, dark.to_p90));
        *whole = (whole.0.min(dark.from), whole.1.max(dark.to_p50), whole.2.max(dark.to_p90));
    }
    out
}
