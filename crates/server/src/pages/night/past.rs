//! What past nights say of a plan that is not begun (R06–R11): gathered from the state in one look, worked out beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospital::State;
use hospital::night::plans::PlanRecord;
use hospital::night::records::RunState;
use model::hash::PlanHash;
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use planning::forecast::{Campaign, Known, Record, Replays, Whereabouts};
use rollout::Rollout;
use rollout::verdict::Verdict;

use crate::AppState;
use crate::http::Problem;
use crate::page::Ctx;

/// Replays of a plan for a page, and how many hosts times replays a page waits for.
const REPLAYS_MAX: usize = 1_000;
const REPLAYS_MIN: usize = 200;
const CELLS_MAX: usize = 400_000;
/// The same luck for every plan and page: what differs between two of them differs in the plans.
const SEED: u64 = 1;

/// Everything that the forecast of a plan needs, copied out of the state.
pub(crate) struct Gathered {
    records: Vec<Record>,
    plan: Arc<Plan>,
    topology: Topology,
    whereabouts: BTreeMap<AssetTag, Whereabouts>,
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

/// What past nights say of the plans that have not begun and are wanted. Nothing where no past night is known.
pub(crate) async fn outlooks(
    ctx: &Ctx,
    wanted: impl Fn(&State, &PlanRecord) -> bool,
) -> Result<Outlooks, Problem> {
    let gathered: Vec<(PlanHash, Gathered)> = ctx.app.domain.node.read(|state| {
        let mut plans: Vec<&PlanRecord> = state
            .night()
            .plans()
            .filter(|record| not_begun(state, record, ctx.now) && wanted(state, record))
            .collect();
        if plans.is_empty() {
            return Vec::new();
        }
        let records = state.records();
        if records.is_empty() {
            return Vec::new();
        }
        plans.sort_by_key(|record| record.plan.windows.iter().map(|window| window.not_before).min());
        plans.truncate(OUTLOOKS_MAX);
        plans
            .iter()
            .map(|record| (record.hash, Gathered::with(records.clone(), state, &record.plan)))
            .collect()
    });
    let mut found = Outlooks::new();
    for (hash, gathered) in gathered {
        found.insert(hash, Past::of(&ctx.app, gathered).await?);
    }
    Ok(found)
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
        Gathered::with(state.records(), state, plan)
    }

    fn with(records: Vec<Record>, state: &State, plan: &Arc<Plan>) -> Gathered {
        Gathered {
            records,
            plan: Arc::clone(plan),
            topology: state.topology(plan),
            whereabouts: state.whereabouts(plan),
        }
    }
}

impl Past {
    /// Learns, unless that was done already, and replays the plan, on a thread where that may take its time.
    pub(crate) async fn of(app: &AppState, gathered: Gathered) -> Result<Past, Problem> {
        let forecasts = Arc::clone(&app.forecasts);
        let work = move || {
            let Gathered { records, plan, topology, whereabouts } = gathered;
            let fits = CELLS_MAX / plan.items.len().max(1);
            let count = u32::try_from(fits.clamp(REPLAYS_MIN, REPLAYS_MAX)).unwrap_or(u32::MAX);
            let nights: BTreeSet<&str> = records.iter().map(|record| &*record.night).collect();
            Past {
                records: records.len() as u64,
                nights: nights.len() as u64,
                campaign: forecasts.campaign(
                    &records,
                    &plan,
                    &topology,
                    &whereabouts,
                    Replays { count, seed: SEED },
                ),
            }
        };
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
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
