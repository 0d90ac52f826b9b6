//! What a feed tells: each plan that concerns somebody as one event, from what past nights or declared minutes say.

use std::collections::BTreeSet;

use hospital::State;
use hospital::feeds::FeedOf;
use hospital::night::plans::PlanRecord;
use model::device::Installer;
use model::plan::{Hands, Item, Plan};
use model::{AssetTag, Time};

use crate::clock::Local;
use crate::export::ics::{Event, EventStatus};
use crate::pages::night::forecast::{Forecast, beds_text, forecast};
use crate::pages::night::life::PlanState;
use crate::pages::night::past::Outlooks;
use crate::pages::night::{say, unit_name};
use crate::pages::plans::cover_lines;

/// Plans that were over for so long are no longer in a feed.
const OVER_KEPT_SECONDS: i64 = 92 * 86_400;
/// Most events of one feed: the newest.
const EVENTS_MAX: usize = 1_000;
/// Most hosts that an event names.
const HOSTS_NAMED_MAX: usize = 30;

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

/// The events of a feed, in the order in which they begin.
pub(super) fn events(local: &Local, state: &State, of: &FeedOf, outlooks: &Outlooks) -> Vec<Event> {
    let kept = |record: &&PlanRecord| {
        let ends = record.plan.windows.iter().map(|window| window.not_after).max();
        // A newer revision tells its own: its event has the same name.
        record.superseded_by.is_none()
            && ends.is_some_and(|ends| local.now.seconds_since(ends) < OVER_KEPT_SECONDS)
    };
    let mut found: Vec<Event> = state
        .night()
        .plans()
        .filter(kept)
        .filter_map(|record| {
            let topology = state.topology(&record.plan);
            let forecast = forecast(&record.plan, &topology, outlooks.get(&record.hash));
            event(local, state, record, &forecast, of)
        })
        .collect();
    found.sort_by_key(|event| std::cmp::Reverse(event.from));
    found.truncate(EVENTS_MAX);
    found.reverse();
    found
}

fn event(
    local: &Local,
    state: &State,
    record: &PlanRecord,
    forecast: &Forecast,
    of: &FeedOf,
) -> Option<Event> {
    let (w, plan) = (local.w, &*record.plan);
    let standing = state.plan_standing(record, local.now);
    let (from, to, summary, mut lines, key) = match of {
        FeedOf::Unit(unit) => {
            if !standing.units.contains(unit) {
                return None;
            }
            let beds = forecast.beds(unit);
            let mut lines: Vec<String> = forecast
                .of(unit)
                .map(|dark| {
                    let when = say::from_to(local, dark.from, dark.to_p50, dark.to_p90);
                    format!("{when}: {}", beds_text(&dark.beds))
                })
                .collect();
            lines.extend(cover_lines(w, record, unit));
            let (from, to, summary) = match forecast.whole(unit) {
                Some((from, _, p90)) => {
                    (from, p90, w.feed_dark(&w.board_dark_beds(beds.len() as u64), &plan.title))
                }
                None => (opens(plan)?, closes(plan)?, w.feed_never_dark(&plan.title)),
            };
            (from, to, summary, lines, unit.to_string())
        }
        FeedOf::Owner(owner) => {
            let mine = |item: &Item| item.owner == *owner;
            work(local, state, plan, forecast, mine, say::owner_word(*owner).to_owned())?
        }
        FeedOf::Vendor(maker) => {
            let mine = |item: &Item| is_of_maker(state, item, maker);
            work(local, state, plan, forecast, mine, maker.to_string())?
        }
        FeedOf::Person(person) => {
            let account = state.people().accounts.get(person);
            let answers = account.is_some_and(|account| {
                !account.units.is_empty() && standing.units.iter().any(|unit| account.answers_for(unit))
            });
            let approves = record.consent.approvals.iter().any(|approval| approval.by == *person);
            if plan.requester != *person && !approves && !answers {
                return None;
            }
            work(local, state, plan, forecast, |_| true, person.to_string())?
        }
    };
    let life = PlanState::of(state, record, local.now);
    lines.push(w.feed_state(&life.says(w).to_lowercase()));
    let blocking = standing.findings.iter().filter(|finding| finding.blocks).count();
    let missing = (standing.missing.len() + blocking) as u64;
    if record.is_open() && missing > 0 {
        lines.push(w.feed_missing(missing));
    }
    lines.push(forecast.stands.says(w));
    lines.push(format!("{}: {}", w.plan_contingency(), plan.contingency));
    Some(Event {
        // The same over all revisions of a plan, so that a moved night moves in the reader's calendar.
        uid: format!("{}/{key}@segue", plan.id),
        sequence: record.drafted.seq,
        stamp: local.now,
        from,
        to,
        summary,
        description: lines.join("\n"),
        status: status(life),
    })
}

fn status(state: PlanState) -> EventStatus {
    match state {
        PlanState::Draft => EventStatus::Tentative,
        PlanState::Agreed
        | PlanState::Running
        | PlanState::Paused
        | PlanState::Stopped
        | PlanState::Concluded => EventStatus::Confirmed,
        PlanState::Withdrawn | PlanState::Superseded => EventStatus::Cancelled,
    }
}

fn opens(plan: &Plan) -> Option<Time> {
    plan.windows.iter().map(|window| window.not_before).min()
}

fn closes(plan: &Plan) -> Option<Time> {
    plan.windows.iter().map(|window| window.not_after).max()
}

/// Is an item the maker's to do, on a device that it made?
fn is_of_maker(state: &State, item: &Item, maker: &str) -> bool {
    let by_maker = item.owner == model::plan::Owner::Vendor
        || matches!(item.by, Hands::Person(Installer::Vendor | Installer::ThirdParty));
    let made = state.register().by_tag(item.host.as_str());
    by_maker && made.is_some_and(|device| device.manufacturer() == maker)
}

type Told = (Time, Time, String, Vec<String>, String);

/// The work on those items: from the first to the last of it at P90; the windows where no time is known.
fn work(
    local: &Local,
    state: &State,
    plan: &Plan,
    forecast: &Forecast,
    mine: impl Fn(&Item) -> bool,
    key: String,
) -> Option<Told> {
    let w = local.w;
    let hosts: BTreeSet<&AssetTag> =
        plan.items.iter().filter(|item| mine(item)).map(|item| &item.host).collect();
    if hosts.is_empty() {
        return None;
    }
    let slots = forecast.timetable.slots.iter().filter(|slot| hosts.contains(&slot.host));
    let from = slots.clone().map(|slot| slot.p50.begins).min().or_else(|| opens(plan))?;
    let to = slots.map(|slot| slot.p90.ends).max().or_else(|| closes(plan))?;
    let named: Vec<&str> = hosts.iter().take(HOSTS_NAMED_MAX).map(|host| host.as_str()).collect();
    let left = hosts.len().saturating_sub(named.len()) as u64;
    let more = if left > 0 { format!(" {}", w.happened_more(left)) } else { String::new() };
    let dark: BTreeSet<_> = forecast.dark.iter().map(|dark| &dark.unit).collect();
    let mut lines = vec![format!("{}{more}", named.join(", "))];
    lines.extend(dark.into_iter().filter_map(|unit| {
        let (from, p50, p90) = forecast.whole(unit)?;
        Some(format!("{}: {}", unit_name(state, unit), say::from_to(local, from, p50, p90)))
    }));
    let summary = w.feed_work(&w.board_hosts_count(hosts.len() as u64), &plan.title);
    Some((from, to, summary, lines, key))
}
