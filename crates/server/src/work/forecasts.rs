//! What past nights taught, and what that says of plans, kept until nights have shown more: learning and replaying take longer than
//! a page may.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::plan::Plan;
use model::{AssetTag, Topology};
use planning::forecast::{Campaign, Model, Record, Replays, Whereabouts, campaign, learn};

/// Plans whose replays are kept: those that people look at on one evening.
const CAMPAIGNS_KEPT_MAX: usize = 64;

/// The model of the records that were seen last, and the replays that were asked for last.
#[derive(Default)]
pub struct Forecasts {
    model: Mutex<Option<(u64, Arc<Model>)>>,
    campaigns: Mutex<VecDeque<(u64, Arc<Campaign>)>>,
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key_of(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

impl Forecasts {
    /// What these records teach. Learns where it is called: call it where blocking is allowed.
    pub fn model(&self, records: &[Record]) -> Arc<Model> {
        let key = key_of(records);
        // Whoever asks meanwhile waits for the same answer instead of learning the same thing twice.
        let mut kept = lock(&self.model);
        match &*kept {
            Some((known, model)) if *known == key => Arc::clone(model),
            Some(_) | None => {
                let model = Arc::new(learn(records));
                *kept = Some((key, Arc::clone(&model)));
                model
            }
        }
    }

    /// A plan replayed on what these records teach. Works where it is called: call it where blocking is allowed.
    pub fn campaign(
        &self,
        records: &[Record],
        plan: &Plan,
        topology: &Topology,
        whereabouts: &BTreeMap<AssetTag, Whereabouts>,
        replays: Replays,
    ) -> Arc<Campaign> {
        // Plain structs are written to memory; were that to fail, the plan's hash still tells plans apart.
        let around = serde_json::to_vec(topology).unwrap_or_default();
        let places: Vec<(&AssetTag, &str, &str)> =
            whereabouts.iter().map(|(tag, place)| (tag, &*place.model, &*place.site)).collect();
        let key = key_of((records, plan.hash(), around, places, replays.count, replays.seed));
        let known =
            lock(&self.campaigns).iter().find(|(known, _)| *known == key).map(|(_, out)| Arc::clone(out));
        if let Some(known) = known {
            return known;
        }
        let out = Arc::new(campaign(&self.model(records), plan, topology, whereabouts, replays));
        let mut kept = lock(&self.campaigns);
        kept.push_front((key, Arc::clone(&out)));
        kept.truncate(CAMPAIGNS_KEPT_MAX);
        out
    }
}
