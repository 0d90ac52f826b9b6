//! What past nights say of a plan that is not begun (R06–R11): gathered from the state in one look, worked out beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hospital::State;
use hospital::night::plans::PlanRecord;
use hospital::night::records::RunState;
use model::hash::PlanHash;
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use planning::forecast::{Campaign, Known, Replays, Whereabouts};
use rollout::Rollout;
use rollout::verdict::Verdict;

use super::plan_of;
use crate::AppState;
use crate::http::Problem;
use crate::page::Ctx;
use crate::words::Words;
use crate::work::{Forecasts, PastNights};

/// Replays of a plan for a page, and how many hosts times replays a page waits for.
const REPLAYS_MAX: usize = 1_000;
const REPLAYS_MIN: usize = 200;
const CELLS_MAX: usize = 400_000;
/// The same luck for every plan and page: what differs between two of them differs in the plans.
const SEED: u64 = 1;

/// Everything that the forecast of a plan needs beside past nights, copied out of the state.
pub(crate) struct Gathered {
    plan: Arc<Plan>,
    topology: Topology,
    whereabouts: BTreeMap<AssetTag, Whereabouts>,
    /// What began later is not asked.
    before: Option<Time>,
}

/// What past nights say of a plan.
pub(crate) struct Past {
    /// Records of past nights, and nights.
    pub(crate) records: u64,
    pub(crate) nights: u64,
    pub(crate) campaign: Arc<Campaign>,
}

/// What past nights say of plans, by hash.
pub(crate) type Outlooks = BTreeMap<PlanHash, Past>;

/// Most plans of which a page asks past nights: the next to begin. What it shows of others stands on declared minutes, and says so.
const OUTLOOKS_MAX: usize = 20;

/// What past nights say of the plans that have not begun, can still happen and are wanted. Nothing where no past night is known.
pub(crate) async fn outlooks(
    ctx: &Ctx,
    wanted: impl Fn(&State, &PlanRecord) -> bool,
) -> Result<Outlooks, Problem> {
    as_planned(ctx, |state, record| not_begun(state, record, ctx.now) && wanted(state, record)).await
}

/// The same of plans that may have begun: what was to be expected of them before, from what was known when they were started.
pub(crate) async fn as_planned(
    ctx: &Ctx,
    wanted: impl Fn(&State, &PlanRecord) -> bool,
) -> Result<Outlooks, Problem> {
    let (nights, plans) = ctx.app.domain.node.read(|state| {
        let coming = state.night().plans().filter_map(|record| {
            let opens = next_window(state, record, ctx.now)?;
            wanted(state, record).then_some((opens, record))
        });
        let mut coming: Vec<((bool, Time), &PlanRecord)> = coming.collect();
        coming.sort_by_key(|(opens, _)| *opens);
        coming.truncate(OUTLOOKS_MAX);
        let gathered: Vec<(PlanHash, Gathered)> = coming
            .into_iter()
            .map(|(_, record)| {
                let started = record.started.as_ref().map(|(stamp, _)| stamp.time);
                let begun = started.filter(|_| !not_begun(state, record, ctx.now));
                (record.hash, Gathered { before: begun, ..Gathered::of(state, &record.plan) })
            })
            .collect();
        // Once, for all of them.
        let nights = (!gathered.is_empty()).then(|| ctx.app.forecasts.nights(state));
        (nights, gathered)
    });
    let Some(nights) = nights.filter(|nights| nights.records() > 0) else { return Ok(Outlooks::new()) };
    let forecasts = Arc::clone(&ctx.app.forecasts);
    let work = move || {
        let replayed = |plan: &Gathered| match plan.before {
            Some(before) => Past::replayed(&forecasts, &nights.before(before), plan),
            None => Past::replayed(&forecasts, &nights, plan),
        };
        plans.into_iter().map(|(hash, plan)| (hash, replayed(&plan))).collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

/// When the first of a plan's windows that are not over opens; for a night that goes on beyond them, when its last one did, after all
/// others (`true`). `None` for a plan that can no longer happen.
fn next_window(state: &State, record: &PlanRecord, now: Time) -> Option<(bool, Time)> {
    let windows = || record.plan.windows.iter();
    let next = windows().filter(|window| window.not_after >= now).map(|window| window.not_before).min();
    let next = next.map(|opens| (false, opens));
    match state.night().run_state(&record.hash) {
        Some(RunState::Running | RunState::Paused) => {
            next.or_else(|| windows().map(|window| (true, window.not_before)).max())
        }
        Some(RunState::Stopped) => None,
        None => next.filter(|_| record.is_open()),
    }
}

/// What past nights say of the plan that an address names, if everything of it is still to come.
pub(crate) async fn of_address(ctx: &Ctx, id: &str) -> Result<Option<Past>, Problem> {
    let known = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        let gathered = || (ctx.app.forecasts.nights(state), Gathered::of(state, &record.plan));
        // What has begun is seen on the board, and no longer forecast.
        Ok::<_, Problem>(not_begun(state, record, ctx.now).then(gathered))
    })?;
    match known {
        Some((nights, gathered)) => Ok(Some(Past::of(&ctx.app, nights, gathered).await?)),
        None => Ok(None),
    }
}

/// Is everything of this plan still to come? It may be started, but no host was begun.
pub(crate) fn not_begun(state: &State, record: &PlanRecord, now: Time) -> bool {
    if record.started.is_none() {
        return record.is_open();
    }
    let untouched = |rollout: &Rollout| {
        record.plan.items.iter().all(|item| rollout.verdict(&item.host, now) == Some(Verdict::NotBegun))
    };
    match state.night().run_state(&record.hash) {
        Some(RunState::Running | RunState::Paused) => {
            state.night().rollout(&record.hash).is_some_and(untouched)
        }
        Some(RunState::Stopped) | None => false,
    }
}

impl Gathered {
    pub(crate) fn of(state: &State, plan: &Arc<Plan>) -> Gathered {
        Gathered {
            plan: Arc::clone(plan),
            topology: state.topology(plan),
            whereabouts: state.whereabouts(plan),
            before: None,
        }
    }
}

impl Past {
    /// Learns, unless that was done already, and replays the plan, on a thread where that may take its time.
    pub(crate) async fn of(app: &AppState, nights: Arc<PastNights>, plan: Gathered) -> Result<Past, Problem> {
        let forecasts = Arc::clone(&app.forecasts);
        let work = move || Past::replayed(&forecasts, &nights, &plan);
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }

    fn replayed(forecasts: &Forecasts, nights: &PastNights, gathered: &Gathered) -> Past {
        let Gathered { plan, topology, whereabouts, before: _ } = gathered;
        let fits = CELLS_MAX / plan.items.len().max(1);
        let count = u32::try_from(fits.clamp(REPLAYS_MIN, REPLAYS_MAX)).unwrap_or(u32::MAX);
        Past {
            records: nights.records(),
            nights: nights.nights(),
            campaign: forecasts.campaign(nights, plan, topology, whereabouts, Replays { count, seed: SEED }),
        }
    }

    /// On what the replays stand.
    pub(crate) fn basis(&self, w: Words) -> String {
        if self.records == 0 {
            return w.plan_past_nothing().to_owned();
        }
        let (known, all) = (w.number(self.known_hosts()), w.number(self.campaign.hosts.len() as u64));
        w.plan_past_basis(&known, &all, &w.number(self.records), &w.number(self.nights))
    }

    /// Hosts with history of their own patch family, however near.
    pub(crate) fn known_hosts(&self) -> u64 {
        let known = self.campaign.hosts.iter().filter(|host| match host.basis.known {
            Known::Nothing | Known::Others | Known::Model => false,
            Known::Family | Known::FamilyOnModel | Known::Site | Known::Device => true,
        });
        known.count() as u64
    }
}
