//! Planned nights of one invented hospital, one after another. Each is drafted and forecast as Segue drafts and forecasts, with what
//! the journal of the nights before it taught, runs in the simulated hospital with real agents and the real core, and is measured
//! against what really happened. On the same night, with the same luck, two rules that know no plan are measured beside it.
//!
//! What must not live here: anything of the law that reaches whoever plans.

mod law;
mod measure;
mod plan;
mod rivals;
mod share;
mod truth;
mod wards;

use hospital::Fact;
use hospital::fact::night::Happened::InNight;
use jiff::civil::date;
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use planning::forecast::{Campaign, Record, Rehearsal, Replays, campaign, learn, rehearse};
use rollout::decision::{HaltReason, IncidentKind};

pub use self::share::{Band, Pair, ratio, share};

use self::measure::{Out, unmonitored_patient_minutes};
use self::rivals::{Did, Hours, Job, all_at_once, shortest_first};
use self::truth::Truth;
use self::wards::{Hospital, Needs, PACKAGES, Package};
use crate::ledger::Happened;
use crate::people::furnish;
use crate::rng::Rng;
use crate::scenario::{Evening, HostSpec, Scenario, Trouble, local};
use crate::site::{Site, SiteFaults};
use crate::world::{Options, Played, World};

/// How often a plan is replayed, as pages do.
const REPLAYS: u32 = 1_000;
/// Seconds between two looks at the rollout: the longest that a server lets pass.
const DRIVE_SECONDS: i64 = 5;
/// Seconds between check-ins.
const CHECK_IN_SECONDS: u32 = 120;
/// Of a thousand nights so many are paused by a person, for an emergency in a ward; no forecast knows of it.
const PAUSES_PER_MILLE: u64 = 80;
/// Of a thousand nights in so many a host cannot be reached for a while, and the server is killed.
const CUTS_PER_MILLE: u64 = 100;
const KILLS_PER_MILLE: u64 = 30;
/// Hours after the midnight before a night: the hospital is furnished and people agree; everybody has been looked at next morning.
const BEGINS_HOUR: i64 = 19;
const ENDS_HOUR: i64 = 32;

/// What one way of working came to in one night.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Came {
    /// Hosts whose planned work was done by morning.
    pub done: usize,
    /// Minutes times patients under telemetry whom nobody watched.
    pub unmonitored_patient_minutes: f64,
    /// Hosts whose planned work was over only after the window.
    pub late: usize,
}

/// Why a ring stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// A step of a host took far longer than it was said to.
    Stalled,
    /// A host needed a further restart.
    FurtherRestart,
    /// The window was over.
    WindowOver,
    /// Anything else.
    Other,
}

/// One night, planned, lived through and measured.
#[derive(Clone, Debug)]
pub struct Night {
    /// Its number in its hospital, from 1.
    pub number: u32,
    /// Hosts of its plan.
    pub planned: usize,
    /// The end that was forecast: half of the replays no later, nine of ten no later.
    pub p50: Time,
    /// See `p50`.
    pub p90: Time,
    /// When the last host that was begun had done its planned work, in truth.
    pub ended: Time,
    /// A person paused it.
    pub paused: bool,
    /// In so many of a thousand replays every host was begun, none overran its window and no ring stopped.
    pub as_planned_said: u32,
    /// So it was; with `done` and `late` of `ours` that says why not.
    pub as_planned: bool,
    /// Why a ring stopped, when one did.
    pub stopped: Option<Stop>,
    /// As planned by Segue.
    pub ours: Came,
    /// The shortest first, as long as it fits.
    pub shortest_first: Came,
    /// Everything at once.
    pub all_at_once: Came,
    /// Its plan.
    pub plan: Plan,
    /// What was forecast of it.
    pub said: Campaign,
    /// What a replay makes of it with the durations that its own journal says.
    pub rehearsed: Rehearsal,
    /// The hosts of its hospital, by their numbers.
    pub tags: Vec<AssetTag>,
    /// What really happened to hosts.
    pub happened: Vec<Happened>,
    /// What the night's journal says: what later nights learn from.
    pub records: Vec<Record>,
}

/// Nights that could not be measured: what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The night.
    pub night: u32,
    /// What.
    pub says: String,
}

/// What nights are like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The second ring stops at so many failures; without a number as it is drafted, at the first.
    pub failures_stop: Option<u32>,
    /// No message is lost or late, and nobody and nothing comes between: only the work takes as long as it takes.
    pub is_calm: bool,
}

/// Lives through so many nights of the hospital of a seed. All of them are planned; each is forecast from all that came before it.
///
/// # Errors
/// A night could not be planned, or the oracle found something that must never be.
pub fn live(seed: u64, nights: u32, way: Way) -> Result<Vec<Night>, Broken> {
    let (hospital, count) = (Hospital::of_seed(seed), nights);
    let mut records: Vec<Record> = Vec::new();
    let mut nights = Vec::new();
    for number in 1..=count {
        let night = one(&hospital, number, &records, way).map_err(|says| Broken { night: number, says })?;
        records.extend(night.records.iter().cloned());
        nights.push(night);
    }
    Ok(nights)
}

/// The evening of a night.
fn evening(number: u32) -> Evening {
    let day = date(2026, 1, 5).saturating_add(jiff::Span::new().days(i64::from(number)));
    (day.year(), day.month(), day.day())
}

fn one(hospital: &Hospital, number: u32, before: &[Record], way: Way) -> Result<Night, String> {
    let evening = evening(number);
    let mut scenario = blank(hospital, number, evening);
    let (plan, said, topology) = planned(hospital, number, &scenario, before, way.failures_stop)?;
    let jobs = jobs(hospital, number, &plan);
    prepare(hospital, &mut scenario, &plan, &jobs);
    let pause = if way.is_calm {
        calm(&mut scenario);
        None
    } else {
        troubles(hospital, number, &mut scenario)
    };
    let seed = hospital.seed.wrapping_mul(1_000_003) ^ u64::from(number);
    let drive_seconds = if way.is_calm { 1 } else { DRIVE_SECONDS };
    let options = Options { every_event: false, drive_seconds, ..Options::default() };
    let (outcome, mut played) = World::new(seed, scenario.clone(), options).play();
    if let Some(violation) = outcome.violations.first() {
        return Err(format!("{}: {}", violation.invariant, violation.says));
    }
    let truth = Truth::of(&played, &plan, &jobs, scenario.ends)?;
    let records = records(&mut played)?;
    let stopped = stopped(&played.site);
    let window = plan::window(evening);
    let hours = Hours {
        opens: window.not_before,
        latest_start: window.latest_start,
        closes: window.not_after,
        pause,
    };
    let midnight = local(evening, 0, 0);
    let came = |did: &[Did], out: &Out| Came {
        done: did.len(),
        unmonitored_patient_minutes: unmonitored_patient_minutes(hospital, number, midnight, out),
        late: did.iter().filter(|did| did.ends > window.not_after).count(),
    };
    let theirs = |did: Vec<Did>| {
        let out = did.iter().map(|did| (did.host, did.out.clone())).collect();
        came(&did, &out)
    };
    let mut dice = hospital.law.dice("equals", number);
    let ends = said.ends.ok_or("a plan without hosts")?;
    Ok(Night {
        number,
        planned: plan.items.len(),
        p50: ends.p50,
        p90: ends.p90,
        ended: truth.ended,
        paused: pause.is_some(),
        as_planned_said: said.as_planned,
        as_planned: stopped.is_none()
            && truth.done.len() == plan.items.len()
            && truth.done.iter().all(|did| did.ends <= window.not_after),
        stopped,
        ours: came(&truth.done, &truth.out),
        shortest_first: theirs(shortest_first(&jobs, hours, plan::AT_ONCE_MAX, &mut dice)),
        all_at_once: theirs(all_at_once(&jobs, hours)),
        rehearsed: rehearse(&plan, &topology, &records),
        plan,
        said,
        tags: hospital.stations.iter().map(|station| station.tag.clone()).collect(),
        happened: played.happened,
        records,
    })
}

/// Nothing comes between.
fn calm(scenario: &mut Scenario) {
    (scenario.loss_per_mille, scenario.twice_per_mille, scenario.delay_max_ms) = (0, 0, 20);
}

/// The night before anything is planned.
fn blank(hospital: &Hospital, number: u32, evening: Evening) -> Scenario {
    Scenario {
        begins: local(evening, BEGINS_HOUR, 0),
        ends: local(evening, ENDS_HOUR, 0),
        hosts: hospital.stations.iter().map(|station| hospital.host(station, number)).collect(),
        places: hospital.places.clone(),
        plans: Vec::new(),
        troubles: Vec::new(),
        loss_per_mille: 5,
        twice_per_mille: 5,
        delay_max_ms: 2_000,
        check_in_seconds: CHECK_IN_SECONDS,
    }
}

/// The night's plan as Segue drafts it, and what it forecasts from the nights before.
fn planned(
    hospital: &Hospital,
    number: u32,
    scenario: &Scenario,
    before: &[Record],
    failures_stop: Option<u32>,
) -> Result<(Plan, Campaign, Topology), String> {
    let tags = scenario.hosts.iter().map(|spec| spec.tag.clone()).collect();
    let mut site = Site::new(tags, scenario.check_in_seconds, SiteFaults::default());
    furnish(&mut site, scenario, scenario.begins)?;
    let state = site.state().ok_or("the server does not run")?;
    let mut plan = plan::draft(hospital, number, scenario.begins, |plan| state.topology(plan))?;
    if let Some((ring, failures)) = plan.rings.get_mut(1).zip(failures_stop) {
        ring.failures_stop = failures;
    }
    let replays = Replays { count: REPLAYS, seed: u64::from(number) };
    let topology = state.topology(&plan);
    let said = campaign(&learn(before), &plan, &topology, &state.whereabouts(&plan), replays);
    Ok((plan, said, topology))
}

/// The work of the plan with the luck of the night.
fn jobs(hospital: &Hospital, number: u32, plan: &Plan) -> Vec<Job> {
    let job = |item: &model::plan::Item| {
        let host = hospital.stations.iter().position(|station| station.tag == item.host)?;
        let packages: Vec<&'static Package> = item
            .patches
            .iter()
            .filter_map(|id| PACKAGES.iter().find(|package| package.name == id.as_str()))
            .collect();
        Some(Job {
            host,
            declared_p90_minutes: i64::from(plan.minutes_of(item).forward().p90),
            restarts_host: packages.iter().any(|package| package.needs == Needs::Host),
            luck: hospital.law.luck(number, hospital.stations.get(host)?, &packages),
        })
    };
    plan.items.iter().filter_map(job).collect()
}

/// Puts the luck of the night into the hosts.
fn prepare(hospital: &Hospital, scenario: &mut Scenario, plan: &Plan, jobs: &[Job]) {
    for job in jobs {
        let packages = |tag: &AssetTag| plan.item(tag).map(|item| item.patches.clone()).unwrap_or_default();
        let Some(host) = scenario.hosts.get_mut(job.host) else { continue };
        host.pace = Some(job.luck.pace.clone());
        let own = hospital.stations.get(job.host).map(|station| packages(&station.tag)).unwrap_or_default();
        if let Some(seconds) = job.luck.arms_after_seconds {
            arm(host, own.iter().map(|id| id.as_str()), seconds);
        }
    }
    scenario.plans = vec![plan.clone()];
}

/// The last of its packages that restarts the host arms another restart.
fn arm<'a>(host: &mut HostSpec, own: impl DoubleEndedIterator<Item = &'a str>, seconds: i64) {
    for name in own.rev() {
        if let Some(nature) = host.natures.get_mut(name).filter(|nature| nature.host) {
            nature.twist = crate::machine::Twist::Arms(seconds);
            return;
        }
    }
}

/// What goes wrong in the night. Returns the pause that a person makes, if one does.
fn troubles(hospital: &Hospital, number: u32, scenario: &mut Scenario) -> Option<(Time, Time)> {
    let mut rng: Rng = hospital.law.dice("troubles", number);
    let opens = scenario.begins.plus_seconds((plan::OPENS_HOUR - BEGINS_HOUR) * 3_600);
    let within = |rng: &mut Rng| opens.plus_seconds(rng.between(0, 4 * 3_600));
    let (paused, cut, killed) =
        (rng.chance(PAUSES_PER_MILLE), rng.chance(CUTS_PER_MILLE), rng.chance(KILLS_PER_MILLE));
    let (at, minutes) = (within(&mut rng), rng.between(10, 45));
    let host = usize::try_from(rng.below(scenario.hosts.len() as u64)).unwrap_or(0);
    let troubles = [
        paused.then_some((at, Trouble::Pause { seconds: minutes * 60 })),
        cut.then_some((within(&mut rng), Trouble::Cut { host, seconds: rng.between(300, 1_200) })),
        // An even number: right after it appended and before it answered.
        killed.then_some((within(&mut rng), Trouble::ServerKill { seconds: rng.between(15, 150) * 2 })),
    ];
    scenario.troubles = troubles.into_iter().flatten().collect();
    paused.then(|| (at, at.plus_seconds(minutes * 60)))
}

/// Why a ring stopped, as the journal says, when one did.
fn stopped(site: &Site) -> Option<Stop> {
    let mut incidents = Vec::new();
    for entry in site.journal() {
        if let Ok(Fact::IncidentOpened(opened)) = serde_json::from_slice(&entry.payload)
            && let InNight(kind) = opened.kind
        {
            incidents.push((opened.host, kind));
        }
    }
    let reason = incidents.iter().find_map(|(_, kind)| match kind {
        IncidentKind::RingHalted { reason, .. } => Some(reason),
        IncidentKind::RestartSurfaced { .. }
        | IncidentKind::HostBroken { .. }
        | IncidentKind::HostStalled { .. }
        | IncidentKind::Stopped { .. } => None,
    })?;
    let HaltReason::Failures { hosts } = reason else {
        return Some(if *reason == HaltReason::WindowOver { Stop::WindowOver } else { Stop::Other });
    };
    let met = |wanted: fn(&IncidentKind) -> bool| {
        let mut own =
            incidents.iter().filter(|(host, _)| host.as_ref().is_some_and(|host| hosts.contains(host)));
        own.any(|(_, kind)| wanted(kind))
    };
    Some(if met(|kind| matches!(kind, IncidentKind::HostStalled { .. })) {
        Stop::Stalled
    } else if met(|kind| matches!(kind, IncidentKind::RestartSurfaced { .. })) {
        Stop::FurtherRestart
    } else {
        Stop::Other
    })
}

/// What the journal of the night says of how long things took.
fn records(played: &mut Played) -> Result<Vec<Record>, String> {
    if played.site.state().is_none() {
        played.site.start()?;
    }
    let state = played.site.state().ok_or("the server does not run")?;
    Ok(state.records())
}
