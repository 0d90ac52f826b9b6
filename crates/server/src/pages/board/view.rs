//! What the board shows of each running night, in plain data. Counts are exact and together all hosts.

use std::collections::BTreeMap;

use hospital::State;
use hospital::night::plans::PlanRecord;
use hospital::night::records::RolloutEventKind;
use model::Time;
use model::people::Role;
use rollout::standing::{Counts, DarkService, RingStanding, Wait};
use rollout::verdict::Verdict;

use super::hosts::{HostLine, host_lines, lanes};
use crate::clock::Local;
use crate::page::Ctx;
use crate::pages::night::forecast::{Forecast, beds_text, forecast};
use crate::pages::night::look::{self, Look};
use crate::pages::night::past::{Outlooks, Past, not_begun};
use crate::pages::night::{census, item_href, life, plan_href, say, unit_name, waits, ward_href};
use crate::parts::timeline::Timeline;
use crate::parts::{Mark, Status};

/// Most lines of history that the board shows.
const HISTORY_SHOWN_MAX: usize = 30;

/// Most hosts of a night in the board's table, those that need somebody first; further ones are counted, and in the files.
const HOSTS_SHOWN_MAX: usize = 200;

/// Most nights that are over and still in the list; `/plans` has all.
pub(super) const ENDED_SHOWN_MAX: usize = 20;

/// Most devices of a night that is over whose check by hand is named as due; all are counted, and in the report.
const CHECKS_SHOWN_MAX: usize = 10;

/// Nights that are drawn; each picture has a name of its own on the page. Further ones are told in tables only.
const TIMELINES: [&str; 4] = ["night-1", "night-2", "night-3", "night-4"];

/// One count with its mark.
pub(crate) struct Tally {
    pub(crate) mark: Mark,
    pub(crate) count: String,
    pub(crate) word: String,
}

pub(super) struct DarkLine {
    pub(super) beds: String,
    pub(super) which: String,
    pub(super) service: String,
    pub(super) units: Vec<(String, String)>,
    pub(super) clock: String,
    pub(super) left: String,
    pub(super) because: String,
    pub(super) stands_in: String,
    pub(super) cover: String,
}

pub(super) struct RingLine {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) tallies: Vec<Tally>,
    pub(super) hosts: String,
    pub(super) waits: String,
    pub(super) blocks: bool,
}

pub(super) struct OutageLine {
    pub(super) says: String,
    pub(super) why: String,
    pub(super) standing: String,
    pub(super) agreed: bool,
    pub(super) move_href: String,
}

/// One running night.
pub(super) struct Night {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) title: String,
    pub(super) started: String,
    pub(super) sentence: String,
    pub(super) paused: String,
    pub(super) driven: bool,
    pub(super) may: bool,
    pub(super) is_paused: bool,
    pub(super) dark: Vec<DarkLine>,
    /// How many patients lie in the dark beds' units.
    pub(super) patients: Vec<String>,
    pub(super) rings: Vec<RingLine>,
    pub(super) hosts: Vec<HostLine>,
    pub(super) hosts_count: String,
    pub(super) hosts_left: String,
    pub(super) timeline: Option<Timeline>,
    /// When it is over and on what that stands, before any host is begun.
    pub(super) stands: String,
    pub(super) outages: Vec<OutageLine>,
    pub(super) history: Vec<(String, String)>,
}

/// Every night of which something is still to come.
pub(super) fn nights(ctx: &Ctx, state: &State, outlooks: &Outlooks) -> Vec<Night> {
    let running =
        state.night().live(ctx.now).filter_map(|record| Some((record, look::look(state, record, ctx.now)?)));
    running
        .zip(TIMELINES.into_iter().map(Some).chain(std::iter::repeat(None)))
        .map(|((record, look), id)| night(ctx, state, record, &look, outlooks.get(&record.hash), id))
        .collect()
}

/// A night that is over.
pub(super) struct EndedLine {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) how: &'static str,
    pub(super) started: String,
    /// What stands of it now, counted.
    pub(super) sentence: String,
    /// Where a proof is too old: which, who checked it and when.
    pub(super) stale: Vec<(String, String, Status)>,
}

/// Nights that are over, the newest first, and how many more there are.
pub(super) fn ended(ctx: &Ctx, state: &State) -> (Vec<EndedLine>, u64) {
    let local = ctx.local();
    let ended = state.night().ended(ctx.now);
    let left = ended.len().saturating_sub(ENDED_SHOWN_MAX) as u64;
    let shown = ended.into_iter().take(ENDED_SHOWN_MAX);
    let line = |record: &PlanRecord| {
        let look = look::look(state, record, ctx.now)?;
        let (counts, until) = all_counts(&look);
        let checks = look.hosts.iter().filter(|host| host.waits == Wait::CheckAgain);
        Some(EndedLine {
            title: record.plan.title.to_string(),
            href: format!("{}/report", plan_href(record)),
            how: life::PlanState::of(state, record, ctx.now).says(ctx.w),
            started: record.started.as_ref().map_or(String::new(), |(stamp, by)| {
                ctx.w.board_started(&local.moment(stamp.time), by.as_str())
            }),
            sentence: waits::sentence(&local, &counts, until),
            stale: checks
                .take(CHECKS_SHOWN_MAX)
                .map(|host| {
                    let status = say::status(&local, &host.verdict);
                    (host.host.to_string(), item_href(record, &host.host), status)
                })
                .collect(),
        })
    };
    (shown.filter_map(line).collect(), left)
}

/// All hosts of a night by verdict, and the last re-check of those that settle.
pub(crate) fn all_counts(look: &Look) -> (Counts, Option<Time>) {
    let mut counts = Counts::default();
    let mut until = None;
    for host in &look.hosts {
        counts.add(&host.verdict);
        if let Verdict::Settling { until: due } = host.verdict {
            until = until.max(Some(due));
        }
    }
    (counts, until)
}

fn night(
    ctx: &Ctx,
    state: &State,
    record: &PlanRecord,
    look: &Look,
    past: Option<&Past>,
    drawn: Option<&'static str>,
) -> Night {
    let (w, local) = (ctx.w, ctx.local());
    let (counts, until) = all_counts(look);
    let log = state.night().rollout_log(&record.hash);
    let paused = match log.iter().rev().find_map(|event| match &event.what {
        RolloutEventKind::Paused(why) => Some(Some(why)),
        RolloutEventKind::Resumed(_) | RolloutEventKind::Started => Some(None),
        _ => None,
    }) {
        Some(Some(why)) => w.board_paused(why),
        Some(None) | None => String::new(),
    };
    let started = record.started.as_ref();
    let id = format!("night-{}", record.hash.short());
    // Once a host is begun the board says what is; before, what past nights say, as the plan's own page does.
    let coming = not_begun(state, record, ctx.now);
    let forecast = forecast(&record.plan, &state.topology(&record.plan), past);
    Night {
        href: plan_href(record),
        title: record.plan.title.to_string(),
        started: started
            .map_or(String::new(), |(stamp, by)| w.board_started(&local.moment(stamp.time), by.as_str())),
        sentence: waits::sentence(&local, &counts, until),
        is_paused: !paused.is_empty(),
        paused,
        driven: state.night().lease().is_some_and(|lease| local.now < lease.until),
        may: ctx.may(Role::Engineer),
        dark: look.dark.iter().map(|dark| dark_line(&local, state, record, dark)).collect(),
        patients: patients(&local, state, record, &look.dark),
        rings: look.rings.iter().map(|ring| ring_line(&local, record, ring)).collect(),
        hosts: host_lines(&local, state, record, look, HOSTS_SHOWN_MAX),
        hosts_count: w.rows(look.hosts.len() as u64),
        hosts_left: match look.hosts.len().saturating_sub(HOSTS_SHOWN_MAX) {
            0 => String::new(),
            left => w.board_hosts_left(left as u64),
        },
        timeline: drawn.and_then(|id| timeline(&local, state, record, look, &forecast, id)),
        stands: if coming { stands(&local, &forecast) } else { String::new() },
        outages: outages(&local, state, record),
        history: log
            .iter()
            .rev()
            .take(HISTORY_SHOWN_MAX)
            .map(|event| {
                (
                    local.moment(event.stamp.time),
                    format!("{} · {}", life::rollout(w, &event.what), event.stamp.actor),
                )
            })
            .collect(),
        id,
    }
}

fn patients(local: &Local, state: &State, record: &PlanRecord, dark: &[DarkService]) -> Vec<String> {
    let mut back: BTreeMap<&model::ids::UnitId, Time> = BTreeMap::new();
    for dark in dark {
        for bed in dark.beds.iter().filter_map(|bed| state.places().beds.get(bed)) {
            let at = back.entry(&bed.unit).or_insert(local.now);
            *at = (*at).max(dark.back_p90.unwrap_or(local.now));
        }
    }
    let units = back.into_iter().map(|(unit, to)| (unit.clone(), local.now, to));
    census::of_units(local, state, &record.plan, units)
}

fn dark_line(local: &Local, state: &State, record: &PlanRecord, dark: &DarkService) -> DarkLine {
    let w = local.w;
    let mut units: Vec<&model::ids::UnitId> =
        dark.beds.iter().filter_map(|bed| state.places().beds.get(bed)).map(|bed| &bed.unit).collect();
    units.sort_unstable();
    units.dedup();
    let hosts: Vec<&str> = dark.hosts.iter().map(|host| host.as_str()).collect();
    let cover: Vec<String> = record
        .plan
        .cover
        .iter()
        .filter(|cover| units.contains(&&cover.unit))
        .map(|cover| {
            let confirmed = record.consent.cover.iter().rev().find(|known| known.unit == cover.unit);
            let have = confirmed.map_or(0, |known| known.people.len());
            w.board_cover(&w.number(have as u64), &w.number(u64::from(cover.people)))
        })
        .collect();
    DarkLine {
        beds: w.board_dark_beds(dark.beds.len() as u64),
        which: beds_text(&dark.beds),
        service: state.service_name(&dark.service),
        clock: clock(local, dark),
        left: left(local, dark.back_p90),
        because: w.board_dark_because(&hosts.join(", ")),
        stands_in: dark.stands_in.as_ref().map_or_else(
            || w.board_no_stand_in().to_owned(),
            |service| w.board_stands_in(&state.service_name(service)),
        ),
        cover: cover.join("; "),
        units: units.iter().map(|unit| (unit_name(state, unit), ward_href(unit.as_str()))).collect(),
    }
}

/// `back 22:41, at the latest 22:55`; that nobody can say, when nobody can.
pub(crate) fn clock(local: &Local, dark: &DarkService) -> String {
    let w = local.w;
    match (dark.back_p50, dark.back_p90) {
        (Some(p50), Some(p90)) => w.board_dark_back(&local.moment(p50), &local.moment(p90)),
        (Some(_) | None, Some(_) | None) => w.board_dark_unknown().to_owned(),
    }
}

/// Time left until the latest moment, or how far over it is: the difference of the two clocks as they are shown.
fn left(local: &Local, back: Option<Time>) -> String {
    const MINUTE_MICROSECONDS: i64 = 60_000_000;
    let w = local.w;
    let Some(back) = back else { return String::new() };
    let shown = |time: Time| time.0.div_euclid(MINUTE_MICROSECONDS);
    let left = shown(back) - shown(local.now);
    let minutes = say::minutes(w, left.unsigned_abs());
    if left >= 0 { w.board_dark_left(&minutes) } else { w.board_dark_over(&minutes) }
}

/// What a ring waits for; its own condition is said as its own.
fn ring_waits(local: &Local, ring: &RingStanding) -> String {
    let w = local.w;
    if let Wait::RingBefore { ring: of, wanted, good } = &ring.waits
        && *of == ring.ring
    {
        return w.wait_ring_itself(&w.number(u64::from(*good)), &w.number(u64::from(*wanted)));
    }
    waits::wait(local, &ring.waits)
}

fn ring_line(local: &Local, record: &PlanRecord, ring: &RingStanding) -> RingLine {
    let w = local.w;
    let title = record.plan.ring(ring.ring).map_or("", |known| &*known.title);
    let tallies = waits::counts(&ring.counts)
        .into_iter()
        .filter(|(mark, count)| {
            *count > 0 || matches!(mark, Mark::Proven | Mark::Settling | Mark::RestartPending | Mark::Broken)
        })
        .map(|(mark, count)| Tally {
            mark,
            count: w.number(u64::from(count)),
            word: mark.word(w).to_lowercase(),
        })
        .collect();
    // A halted ring whose every host was proven afterwards waits for nobody.
    let proven = ring.counts.proven == ring.counts.total();
    RingLine {
        name: format!("{}: {title}", w.board_ring(ring.ring)),
        state: waits::ring_state(local, &ring.state),
        tallies,
        hosts: w.board_hosts_count(u64::from(ring.counts.total())),
        waits: if proven { w.wait_done().to_owned() } else { ring_waits(local, ring) },
        blocks: !proven && waits::blocks(&ring.waits),
    }
}

fn timeline(
    local: &Local,
    state: &State,
    record: &PlanRecord,
    look: &Look,
    forecast: &Forecast,
    id: &'static str,
) -> Option<Timeline> {
    let (started, _) = record.started.as_ref()?;
    let planned = &forecast.timetable;
    // To the end of the work as planned, and a while on from now: what is settling goes on beyond the picture.
    let ends = planned.rings.iter().map(|ring| ring.soaked.1).max();
    let to = ends.unwrap_or(local.now).max(local.now.plus_seconds(1_800));
    let opens = record.plan.windows.iter().map(|window| window.not_before).min();
    let from = opens.map_or(started.time, |opens| opens.min(local.now)).max(started.time.plus_seconds(-900));
    let lanes = lanes(local, state, record, look, forecast, to);
    Some(Timeline::new(local, id, local.w.board_timeline(), (from, to), &lanes))
}

/// When a night that has not begun is over, and on what that stands.
fn stands(local: &Local, forecast: &Forecast) -> String {
    let w = local.w;
    let over =
        forecast.timetable.ends().map(|(p50, p90)| w.board_over(&local.moment(p50), &local.moment(p90)));
    [over.unwrap_or_default(), forecast.stands.says(w)].join(" ").trim().to_owned()
}

fn outages(local: &Local, state: &State, record: &PlanRecord) -> Vec<OutageLine> {
    let w = local.w;
    let mine = state.night().outages().values().filter(|outage| outage.asked.plan == record.hash);
    mine.map(|outage| {
        let window = outage.window;
        let waiting: Vec<String> = outage
            .who()
            .iter()
            .filter(|unit| {
                outage
                    .answer_of(unit)
                    .is_none_or(|answer| answer.answer != model::agreement::UnitAnswer::Accept)
            })
            .map(|unit| unit_name(state, unit))
            .collect();
        OutageLine {
            says: w.board_outage_line(
                outage.asked.host.as_str(),
                &local.moment(window.not_before),
                &local.clock_near(window.not_before, window.not_after),
            ),
            why: say::pending(w, &outage.asked.reasons),
            agreed: outage.is_agreed(),
            standing: if outage.is_agreed() {
                w.board_outage_agreed().to_owned()
            } else {
                w.board_outage_waits(&waiting.join(", "))
            },
            move_href: format!("{}/outages/{}/move", plan_href(record), outage.asked.id),
        }
    })
    .collect()
}
