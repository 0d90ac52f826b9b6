//! What past nights taught, and what that says of plans, kept until nights have shown more: learning and replaying take longer than
//! a page may.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hospital::State;
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use planning::forecast::{Campaign, Model, Record, Replays, Whereabouts, campaign, learn};

/// Plans whose replays are kept: those that people look at on one evening.
const CAMPAIGNS_KEPT_MAX: usize = 64;

/// The records of past nights as they stood at one entry of the journal. Gathered once for all who ask before the next, and gone over
/// once for however many plans.
pub struct PastNights {
    records: Vec<Record>,
    /// What names them, and of how many nights they are: worked out where it is asked first.
    about: OnceLock<(u64, u64)>,
}

impl PastNights {
    /// Of these records.
    pub fn new(records: Vec<Record>) -> PastNights {
        PastNights { records, about: OnceLock::new() }
    }

    /// All of them.
    pub fn all(&self) -> &[Record] {
        &self.records
    }

    /// Goes over them at the first call: call it where blocking is allowed.
    fn about(&self) -> (u64, u64) {
        *self.about.get_or_init(|| {
            let nights: BTreeSet<&str> = self.records.iter().map(|record| &*record.night).collect();
            (key_of(&self.records), nights.len() as u64)
        })
    }

    fn key(&self) -> u64 {
        self.about().0
    }

    /// The records of them that began before then.
    pub fn before(&self, time: Time) -> PastNights {
        PastNights::new(self.records.iter().filter(|record| record.begun < time).cloned().collect())
    }

    /// How many records.
    pub fn records(&self) -> u64 {
        self.records.len() as u64
    }

    /// Of how many nights. Goes over them at the first call: call it where blocking is allowed.
    pub fn nights(&self) -> u64 {
        self.about().1
    }
}

/// A campaign that is being replayed or was: whoever asks meanwhile waits for it.
type Kept = Arc<OnceLock<Arc<Campaign>>>;

/// The model of the records that were seen last, and the replays that were asked for last.
#[derive(Default)]
pub struct Forecasts {
    /// By the number of the newest entry that the state knew.
    nights: Mutex<Option<(u64, Arc<PastNights>)>>,
    model: Mutex<Option<(u64, Arc<Model>)>>,
    campaigns: Mutex<VecDeque<(u64, Kept)>>,
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
    /// The records of past nights, gathered only when something has happened since they last were. Takes no longer than a page may hold
    /// the state: what is worked out of them is worked out later.
    pub fn nights(&self, state: &State) -> Arc<PastNights> {
        let mut kept = lock(&self.nights);
        match &*kept {
            Some((seq, nights)) if *seq == state.seq() => Arc::clone(nights),
            Some(_) | None => {
                let nights = Arc::new(PastNights::new(state.records()));
                *kept = Some((state.seq(), Arc::clone(&nights)));
                nights
            }
        }
    }

    /// What these records teach. Learns where it is called: call it where blocking is allowed.
    pub fn model(&self, past: &PastNights) -> Arc<Model> {
        // Whoever asks meanwhile waits for the same answer instead of learning the same thing twice.
        let mut kept = lock(&self.model);
        match &*kept {
            Some((known, model)) if *known == past.key() => Arc::clone(model),
            Some(_) | None => {
                let model = Arc::new(learn(&past.records));
                *kept = Some((past.key(), Arc::clone(&model)));
                model
            }
        }
    }

    /// A plan replayed on what these records teach, once for all who ask at the same time. Works where it is called: call it where
    /// blocking is allowed.
    pub fn campaign(
        &self,
        past: &PastNights,
        plan: &Plan,
        topology: &Topology,
        whereabouts: &BTreeMap<AssetTag, Whereabouts>,
        replays: Replays,
    ) -> Arc<Campaign> {
        // Plain structs are written to memory; were that to fail, the plan's hash still tells plans apart.
        let around = serde_json::to_vec(topology).unwrap_or_default();
        let places: Vec<(&AssetTag, &str, &str)> =
            whereabouts.iter().map(|(tag, place)| (tag, &*place.model, &*place.site)).collect();
        let key = key_of((past.key(), plan.hash(), around, places, replays.count, replays.seed));
        let cell = self.kept(key);
        let work = || Arc::new(campaign(&self.model(past), plan, topology, whereabouts, replays));
        Arc::clone(cell.get_or_init(work))
    }

    fn kept(&self, key: u64) -> Kept {
        let mut kept = lock(&self.campaigns);
        if let Some((_, cell)) = kept.iter().find(|(known, _)| *known == key) {
            return Arc::clone(cell);
        }
        let cell = Kept::default();
        kept.push_front((key, Arc::clone(&cell)));
        kept.truncate(CAMPAIGNS_KEPT_MAX);
        cell
    }
}

#[cfg(test)]
mod tests {
    use model::ids::{AccountId, PlanId};
    use model::plan::ProofPolicy;

    use super::*;

    fn plan() -> Plan {
        Plan {
            id: PlanId::new("autumn").unwrap(),
            title: "Autumn".into(),
            parent: None,
            requester: AccountId::new("erik").unwrap(),
            patches: Vec::new(),
            windows: Vec::new(),
            rings: Vec::new(),
            items: Vec::new(),
            cover: Vec::new(),
            proof: ProofPolicy {
                quiet_minutes: 120,
                morning_minute: None,
                offsets: Vec::new(),
                evidence_age_max_seconds: 600,
                stalled_after_tenths: 20,
                hand_proof_days: None,
            },
            contingency: "".into(),
            premises: Default::default(),
            resources: Default::default(),
        }
    }

    #[test]
    fn wards_that_look_at_a_plan_at_the_same_time_wait_for_one_replay_of_it() {
        let (forecasts, past, plan) = (Forecasts::default(), PastNights::new(Vec::new()), plan());
        let at_once = std::sync::Barrier::new(8);
        let look = || {
            at_once.wait();
            let replays = Replays { count: 10_000, seed: 1 };
            forecasts.campaign(&past, &plan, &Topology::default(), &BTreeMap::new(), replays)
        };
        let seen: Vec<Arc<Campaign>> = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..8).map(|_| scope.spawn(look)).collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|campaign| Arc::ptr_eq(campaign, &seen[0])), "each replayed for itself");
    }
}
