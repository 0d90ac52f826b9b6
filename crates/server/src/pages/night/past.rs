//! What past nights say of a plan that is not begun (R06–R11): gathered from the state in one look, worked out beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hospital::State;
use model::plan::Plan;
use model::{AssetTag, Topology};
use planning::forecast::{Campaign, Known, Record, Replays, Whereabouts, campaign};

use crate::AppState;
use crate::http::Problem;

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
    pub(crate) campaign: Campaign,
}

impl Gathered {
    pub(crate) fn of(state: &State, plan: &Arc<Plan>) -> Gathered {
        Gathered {
            records: state.records(),
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
            let model = forecasts.model(&records);
            let fits = CELLS_MAX / plan.items.len().max(1);
            let count = u32::try_from(fits.clamp(REPLAYS_MIN, REPLAYS_MAX)).unwrap_or(u32::MAX);
            let nights: BTreeSet<&str> = records.iter().map(|record| &*record.night).collect();
            Past {
                records: records.len() as u64,
                nights: nights.len() as u64,
                campaign: campaign(&model, &plan, &topology, &whereabouts, Replays { count, seed: SEED }),
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
