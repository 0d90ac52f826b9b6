//! A plan as a picture before it has begun: its windows, the units that go dark, its rings and hosts over time, with what the checker
//! says against each (R06–R11). One way to draw it for every page that shows a plan.

use std::collections::{BTreeMap, BTreeSet};

use hospital::State;
use model::agreement::PlanFinding;
use model::ids::UnitId;
use model::plan::{Hands, Item, Plan, Window};
use model::{AssetTag, Time};
use planning::timetable::Slot;

use super::forecast::{Forecast, basis};
use super::{host_href, unit_name, ward_href};
use crate::clock::Local;
use crate::parts::Mark;
use crate::parts::timeline::{Counted, Frame, Grips, HostGrip, Lane, Span, Timeline, WindowGrip};

/// Most hosts of a plan that are drawn; those that something is said against come first, further ones are counted.
const HOSTS_DRAWN_MAX: usize = 40;
/// Before the first and after the last of it at least so much is shown.
const MARGIN_MIN_SECONDS: i64 = 600;

const HOUR_MICROSECONDS: i64 = 3_600_000_000;
/// Most steps of a unit's patients: fifty windows of a day.
const CENSUS_STEPS_MAX: usize = 1_200;

/// The picture of a plan, and how many hosts are not in it.
pub(crate) struct Drawn {
    pub(crate) timeline: Timeline,
    pub(crate) hosts_left: u64,
}

/// Draws a plan; `None` for one without hosts or times. `id` is unique on the page.
pub(crate) fn drawn(
    local: &Local,
    state: &State,
    plan: &Plan,
    forecast: &Forecast,
    findings: &[PlanFinding],
    id: &'static str,
    moving: Option<Moving>,
) -> Option<Drawn> {
    let w = local.w;
    let remarks = Remarks::new(findings);
    let mut lanes = units(local, state, forecast, &remarks);
    let patients = patients(local, state, plan, forecast);
    let shown = hosts_shown(plan, &remarks);
    let below = lanes.len();
    let of_plan = rings_and_hosts(local, plan, forecast, &remarks, &shown);
    let grips = moving.map(|moving| grips(local, plan, moving, below, &of_plan));
    lanes.extend(of_plan.into_iter().map(|(lane, _)| lane));
    let frames: Vec<Frame> = plan
        .windows
        .iter()
        .map(|window| Frame {
            label: w.plan_window_named(window.id.as_str()),
            opens: window.not_before,
            latest_start: window.latest_start,
            closes: window.not_after,
        })
        .collect();
    let range = range(forecast, &frames)?;
    let timeline = Timeline::new(local, id, w.plan_timeline(), range, &lanes)
        .within(local, range, &frames)
        .counted(local, range, &patients);
    let timeline = match grips {
        Some(grips) => timeline.movable(range, grips),
        None => timeline,
    };
    Some(Drawn { timeline, hosts_left: (plan.items.len() - shown.len()) as u64 })
}

/// The form whose fields a hand writes into that moves something in the picture.
#[derive(Clone, Copy)]
pub(crate) struct Moving {
    /// Its id.
    pub(crate) form: &'static str,
    /// The field in which a window's beginning is typed, by its number from 1.
    pub(crate) window_field: fn(usize) -> String,
    /// The field of hosts that go to another window.
    pub(crate) hosts_field: &'static str,
}

/// Every window, and every host that is drawn; below so many lanes of other things.
fn grips(local: &Local, plan: &Plan, moving: Moving, below: usize, lanes: &[(Lane, Option<&Item>)]) -> Grips {
    let window = |(number, window): (usize, &Window)| WindowGrip {
        name: window.id.to_string(),
        label: local.w.plan_window_named(window.id.as_str()),
        field: (moving.window_field)(number),
        opens: window.not_before,
        closes: window.not_after,
    };
    let hosts = (below..).zip(lanes).filter_map(|(lane, (_, item))| {
        let window = plan.ring((*item)?.ring)?.window.to_string();
        Some(HostGrip { lane, name: (*item)?.host.to_string(), window })
    });
    // Where there is one window only, a host has no other to go to.
    let hosts = if plan.windows.len() > 1 { hosts.collect() } else { Vec::new() };
    let windows = (1..).zip(&plan.windows).map(window).collect();
    Grips { form: moving.form, hosts_field: moving.hosts_field, windows, hosts }
}

/// From the first to the last of work and windows, and a little around it.
fn range(forecast: &Forecast, frames: &[Frame]) -> Option<(Time, Time)> {
    let work = forecast.range();
    let begins = frames.iter().map(|frame| frame.opens).chain(work.map(|(from, _)| from));
    let ends = frames.iter().map(|frame| frame.closes).chain(work.map(|(_, to)| to));
    let (from, to) = (begins.min()?, ends.max()?);
    let margin = (to.seconds_since(from).max(0) / 20).max(MARGIN_MIN_SECONDS);
    Some((from.plus_seconds(-margin), to.plus_seconds(margin)))
}

/// What the checker says, by whom or what it is about.
struct Remarks<'a>(BTreeMap<&'a str, Vec<(Mark, String)>>);

impl<'a> Remarks<'a> {
    fn new(findings: &'a [PlanFinding]) -> Remarks<'a> {
        let mut by_subject: BTreeMap<&str, Vec<(Mark, String)>> = BTreeMap::new();
        for finding in findings {
            let mark = if finding.blocks { Mark::Broken } else { Mark::NotAffected };
            by_subject.entry(&finding.about).or_default().push((mark, finding.says.to_string()));
        }
        Remarks(by_subject)
    }

    fn of(&self, subjects: &[&str]) -> Vec<(Mark, String)> {
        subjects.iter().filter_map(|subject| self.0.get(subject)).flatten().cloned().collect()
    }

    fn block(&self, subject: &str) -> bool {
        self.0.get(subject).is_some_and(|said| said.iter().any(|(mark, _)| *mark == Mark::Broken))
    }
}

fn units(local: &Local, state: &State, forecast: &Forecast, remarks: &Remarks<'_>) -> Vec<Lane> {
    let w = local.w;
    let units: BTreeSet<&UnitId> = forecast.dark.iter().map(|dark| &dark.unit).collect();
    let lane = |unit: &UnitId| {
        let spans = forecast.of(unit).map(|dark| Span {
            mark: Mark::Dark,
            from: dark.from,
            p50: dark.to_p50,
            p90: dark.to_p90,
            says: w.board_dark_beds(dark.beds.len() as u64),
        });
        let services: BTreeSet<&str> = forecast.of(unit).map(|dark| dark.service.as_str()).collect();
        let subjects: Vec<&str> = std::iter::once(unit.as_str()).chain(services).collect();
        Lane::new(unit_name(state, unit), ward_href(unit.as_str()), spans.collect())
            .remarks(remarks.of(&subjects))
    };
    units.into_iter().map(lane).collect()
}

/// Patients of the units that are drawn, in the hours of the plan's windows, where somebody has said how many; in the order of `units`.
fn patients(local: &Local, state: &State, plan: &Plan, forecast: &Forecast) -> Vec<Counted> {
    let units: BTreeSet<&UnitId> = forecast.dark.iter().map(|dark| &dark.unit).collect();
    let known =
        |unit: &UnitId| plan.resources.census.iter().find(|census| census.unit == *unit && census.said);
    let counted = |(lane, unit): (usize, &UnitId)| {
        let census = known(unit)?;
        let mut steps: Vec<(Time, Time, u32)> = Vec::new();
        for window in &plan.windows {
            let mut from = window.not_before;
            while from < window.not_after && steps.len() < CENSUS_STEPS_MAX {
                let next = Time((from.0.div_euclid(HOUR_MICROSECONDS) + 1).saturating_mul(HOUR_MICROSECONDS));
                let to = next.min(window.not_after);
                let count = census.at(from, plan.proof.offset_seconds(from)).unwrap_or(0);
                match steps.last_mut().filter(|last| last.1 == from && last.2 == count) {
                    Some(last) => last.1 = to,
                    None => steps.push((from, to, count)),
                }
                from = to;
            }
        }
        let label = local.w.res_census_lane(&unit_name(state, unit));
        Some(Counted { lane, label, most: census.patients.iter().copied().max().unwrap_or(0), steps })
    };
    units.into_iter().enumerate().filter_map(counted).collect()
}

/// As many hosts as are drawn: those that something blocks first.
fn hosts_shown<'a>(plan: &'a Plan, remarks: &Remarks<'_>) -> BTreeSet<&'a AssetTag> {
    let mut hosts: Vec<&AssetTag> = plan.items.iter().map(|item| &item.host).collect();
    hosts.sort_by_key(|host| !remarks.block(host.as_str()));
    hosts.truncate(HOSTS_DRAWN_MAX);
    hosts.into_iter().collect()
}

fn rings_and_hosts<'a>(
    local: &Local,
    plan: &'a Plan,
    forecast: &Forecast,
    remarks: &Remarks<'_>,
    shown: &BTreeSet<&AssetTag>,
) -> Vec<(Lane, Option<&'a Item>)> {
    let w = local.w;
    let slots: BTreeMap<&AssetTag, &Slot> =
        forecast.timetable.slots.iter().map(|slot| (&slot.host, slot)).collect();
    let mut lanes = Vec::new();
    for (number, ring) in (1_u16..).zip(&plan.rings) {
        let times = forecast.timetable.rings.iter().find(|times| times.ring == number);
        let spans = times.map_or_else(Vec::new, |times| {
            // Each moment is drawn once: what is late in the work shows at the end of the soak.
            let soaks = ring.soak_minutes > 0;
            let late = if soaks { times.ends.0 } else { times.ends.1 };
            let span = |mark, from, p50, p90, says| Span { mark, from, p50, p90, says };
            let mut spans =
                vec![span(Mark::NotBegun, times.begins.0, times.ends.0, late, w.plan_lane_work().to_owned())];
            if soaks {
                let says = w.board_ring_soaking(&local.moment(times.soaked.0));
                spans.push(span(Mark::Settling, times.ends.0, times.soaked.0, times.soaked.1, says));
            }
            spans
        });
        let about = format!("ring {number}");
        let label = format!("{}: {}", w.board_ring(number), ring.title);
        lanes.push((Lane::new(label, "", spans).remarks(remarks.of(&[&about])), None));
        let mut items: Vec<_> = plan
            .items
            .iter()
            .filter(|item| item.ring == number && shown.contains(&item.host))
            .map(|item| (item, slots.get(&item.host).copied()))
            .collect();
        items.sort_by_key(|(item, slot)| (item.wave, slot.map(|slot| slot.p50.begins), &item.host));
        lanes.extend(items.into_iter().map(|(item, slot)| {
            let tag = item.host.as_str();
            let href =
                if item.by == Hands::Agent { host_href(tag) } else { crate::pages::devices::href(tag) };
            let stands = basis(w, forecast.bases.get(&item.host));
            let spans = slot.map_or_else(Vec::new, |slot| host_spans(local, slot, &stands));
            (Lane::new(tag, href, spans).remarks(remarks.of(&[tag])), Some(item))
        }));
    }
    lanes
}

/// The work on a host and, from its restart on, its darkness.
fn host_spans(local: &Local, slot: &Slot, stands: &str) -> Vec<Span> {
    let (begins, dark, ends) = (slot.p50.begins, slot.p50.dark, slot.p50.ends);
    let works = local.w.plan_lane_work();
    let span = |mark, from, p50, p90, what: &str| Span {
        mark,
        from,
        p50,
        p90,
        says: if what.is_empty() { stands.to_owned() } else { format!("{what} · {stands}") },
    };
    if dark >= ends {
        return vec![span(Mark::NotBegun, begins, ends, slot.p90.ends, works)];
    }
    let mut spans = vec![span(Mark::Dark, dark, ends, slot.p90.ends, "")];
    if dark > begins {
        spans.insert(0, span(Mark::NotBegun, begins, dark, dark, works));
    }
    spans
}
