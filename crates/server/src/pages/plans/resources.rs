//! What a plan reckons with, as plain data: patients by unit and window, people, rounds by hand with their ways, loaners, bookings. What
//! the plan does not keep is said to be missing, with where it is given.

use std::collections::{BTreeMap, BTreeSet};

use hospital::State;
use model::ids::{BuildingId, WindowId};
use model::plan::{Plan, Window};
use model::resources::{Booking, Resources};

use crate::clock::Local;
use crate::pages::night::{host_href, say, unit_name};
use crate::words::Words;

/// Most bookings shown; the rest is counted and stands in the plan as JSON.
const BOOKINGS_SHOWN_MAX: usize = 100;

/// One row of a table of plain cells.
pub(super) type Row = Vec<String>;

pub(super) struct Round {
    pub(super) title: String,
    pub(super) stops: Vec<Stop>,
}

pub(super) struct Stop {
    pub(super) from: String,
    pub(super) device: String,
    pub(super) href: String,
    pub(super) building: String,
    pub(super) way: String,
}

pub(super) struct BookingLine {
    pub(super) device: String,
    pub(super) href: String,
    pub(super) when: String,
    pub(super) by: String,
    pub(super) loaner: String,
}

/// All of it.
pub(super) struct ResourcesView {
    /// The plan keeps nothing at all.
    pub(super) nothing: bool,
    pub(super) census: Vec<Row>,
    pub(super) staff: Vec<Row>,
    pub(super) rounds: Vec<Round>,
    pub(super) loaners: Vec<Row>,
    pub(super) rules: Vec<Row>,
    pub(super) bookings: Vec<BookingLine>,
    pub(super) bookings_left_says: String,
    /// Bookings are no longer where the plan's windows are.
    pub(super) moved: bool,
}

impl ResourcesView {
    pub(super) fn new(local: &Local, state: &State, plan: &Plan) -> ResourcesView {
        let known = &plan.resources;
        ResourcesView {
            nothing: known.is_empty(),
            census: census(local, state, plan),
            staff: staff(local.w, known),
            rounds: rounds(local, state, known),
            loaners: loaners(local.w, known),
            rules: super::rules::rows(local, state, known),
            bookings: known.bookings.iter().take(BOOKINGS_SHOWN_MAX).map(|one| booking(local, one)).collect(),
            bookings_left_says: match known.bookings.len().saturating_sub(BOOKINGS_SHOWN_MAX) {
                0 => String::new(),
                more => local.w.res_bookings_left(more as u64),
            },
            moved: moved(plan),
        }
    }
}

/// Does a booking lie outside the window of its host, or is it of none that the plan still has?
fn moved(plan: &Plan) -> bool {
    let of_host: BTreeMap<_, &Window> = plan
        .items
        .iter()
        .filter_map(|item| Some((&item.host, plan.window_of(plan.ring(item.ring)?)?)))
        .collect();
    plan.resources.bookings.iter().any(|booking| {
        let window = of_host.get(&booking.host);
        window.is_none_or(|window| booking.from < window.not_before || booking.to > window.not_after)
    })
}

fn census(local: &Local, state: &State, plan: &Plan) -> Vec<Row> {
    let w = local.w;
    let mut rows = Vec::new();
    for census in &plan.resources.census {
        for window in &plan.windows {
            let offset = plan.proof.offset_seconds(window.not_before);
            let Some((least, most)) = census.within(window.not_before, window.not_after, offset) else {
                continue;
            };
            let [least, most] = [least, most].map(|count| w.number(u64::from(count)));
            rows.push(vec![
                unit_name(state, &census.unit),
                window.id.to_string(),
                match census.said {
                    true => w.res_patients(&least, &most),
                    false => w.res_patients_assumed(&most),
                },
                census
                    .beds_dark_max
                    .map_or(w.res_limit_none().to_owned(), |limit| w.number(u64::from(limit))),
            ]);
        }
    }
    rows
}

/// Minutes of hands, and the longest way to each building once, as the planner counts them.
fn used(known: &Resources, window: &WindowId, by: &str) -> (u64, u64) {
    let theirs: Vec<&Booking> =
        known.bookings.iter().filter(|one| one.window == *window && one.by.as_deref() == Some(by)).collect();
    let hands: u64 = theirs.iter().map(|one| u64::from(one.hands_on_minutes)).sum();
    let buildings: BTreeSet<&BuildingId> = theirs.iter().filter_map(|one| one.building.as_ref()).collect();
    let longest = |building: &&BuildingId| {
        let ways = known.walks.iter().filter(|way| way.from == **building || way.to == **building);
        u64::from(ways.map(|way| way.minutes).max().unwrap_or(0))
    };
    (hands + buildings.iter().map(longest).sum::<u64>(), theirs.len() as u64)
}

fn staff(w: Words, known: &Resources) -> Vec<Row> {
    let number = |count: u32| w.number(u64::from(count));
    let staff = known.staff.iter().map(|staff| {
        let (minutes, _) = used(known, &staff.window, &staff.skill);
        vec![
            staff.window.to_string(),
            staff.skill.to_string(),
            number(staff.people),
            w.res_minutes(&w.number(minutes), &number(staff.person_minutes)),
        ]
    });
    let visits = known.visits.iter().map(|visit| {
        let (_, devices) = used(known, &visit.window, &visit.vendor);
        vec![
            visit.window.to_string(),
            w.res_vendor(&visit.vendor),
            number(visit.engineers),
            w.res_devices(&w.number(devices), &number(visit.devices_max)),
        ]
    });
    staff.chain(visits).collect()
}

/// For each window and skill the devices in the order in which they are visited, with the way from the one before.
fn rounds(local: &Local, state: &State, known: &Resources) -> Vec<Round> {
    let w = local.w;
    let mut by: BTreeMap<(model::Time, &WindowId, &str), Vec<&Booking>> = BTreeMap::new();
    let opens: BTreeMap<&WindowId, model::Time> =
        known.bookings.iter().rev().fold(BTreeMap::new(), |mut first, one| {
            let at = first.entry(&one.window).or_insert(one.from);
            *at = (*at).min(one.from);
            first
        });
    for one in &known.bookings {
        if let (Some(who), Some(opens)) = (one.by.as_deref(), opens.get(&one.window)) {
            by.entry((*opens, &one.window, who)).or_default().push(one);
        }
    }
    let round = |((_, window, who), mut stops): ((model::Time, &WindowId, &str), Vec<&Booking>)| {
        stops.sort_by_key(|one| (one.from, one.host.clone()));
        let mut before: Option<Option<&BuildingId>> = None;
        let mut lines = Vec::new();
        for one in stops {
            let here = one.building.as_ref();
            let way = way(w, known, before, here);
            before = Some(here);
            let building = here.map(|here| {
                let described = state.places().buildings.get(here);
                described.map_or_else(|| here.to_string(), |described| described.name.to_string())
            });
            lines.push(Stop {
                from: local.moment(one.from),
                device: one.host.to_string(),
                href: crate::pages::devices::href(one.host.as_str()),
                building: building.unwrap_or_default(),
                way,
            });
        }
        Round { title: w.res_round(who, window.as_str()), stops: lines }
    };
    by.into_iter().map(round).collect()
}

fn way(
    w: Words,
    known: &Resources,
    before: Option<Option<&BuildingId>>,
    here: Option<&BuildingId>,
) -> String {
    let Some(before) = before else { return w.res_way_start().to_owned() };
    let (Some(before), Some(here)) = (before, here) else { return w.res_way_unknown().to_owned() };
    if before == here {
        return w.res_way_same().to_owned();
    }
    let is = |way: &&model::resources::Way| {
        (way.from == *before && way.to == *here) || (way.from == *here && way.to == *before)
    };
    let way = known.walks.iter().find(is);
    way.map_or_else(|| w.res_way_unknown().to_owned(), |way| say::minutes(w, u64::from(way.minutes)))
}

fn loaners(w: Words, known: &Resources) -> Vec<Row> {
    let row = |pool: &model::resources::LoanerPool| {
        let stands_in = known.bookings.iter().filter(|one| one.loaner.as_deref() == Some(&*pool.kind));
        let hosts: Vec<_> = stands_in.map(|one| &one.host).collect();
        vec![
            pool.kind.to_string(),
            pool.site.to_string(),
            w.number(u64::from(pool.count)),
            if hosts.is_empty() { w.res_used_none().to_owned() } else { say::hosts(w, &hosts) },
        ]
    };
    known.loaners.iter().map(row).collect()
}

fn booking(local: &Local, one: &Booking) -> BookingLine {
    let w = local.w;
    BookingLine {
        device: one.host.to_string(),
        href: match one.by {
            Some(_) => crate::pages::devices::href(one.host.as_str()),
            None => host_href(one.host.as_str()),
        },
        when: format!("{} – {}", local.moment(one.from), local.clock_near(one.from, one.to)),
        by: one.by.as_deref().unwrap_or(w.res_by_agent()).to_owned(),
        loaner: one.loaner.as_deref().unwrap_or("").to_owned(),
    }
}
