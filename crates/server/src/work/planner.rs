//! The planner as pages ask it: one search at a time for the whole server, away from the threads that answer, for so long and no longer,
//! and ended when whoever asked has gone. The last results are kept, so that what was looked at is what is saved.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::Finding;
use model::plan::Plan;
use planning::planner::answer::Placed;
use planning::planner::campaign::{Campaign, SoundCampaign};
use planning::planner::planned::{self, Limits, Planned, planned};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Most time of one search for a plan.
pub const SEARCH_TIME_MAX_SECONDS: u32 = 8;
/// Most time of the questions about rules that clash, behind it.
const CLASHES_TIME_MAX_MILLISECONDS: u64 = 6_000;
/// Results that are kept.
const KEPT_MAX: usize = 8;
/// Largest result that is kept, in devices: the rest is worked out again.
const KEPT_DEVICES_MAX: usize = 20_000;

/// The planner of one server.
pub struct Planner {
    running: Arc<Semaphore>,
    kept: Mutex<VecDeque<Kept>>,
}

/// A result with the plan that was made of it.
struct Kept {
    key: String,
    planned: Arc<Planned>,
    plan: Option<Plan>,
}

impl Default for Planner {
    fn default() -> Self {
        Planner { running: Arc::new(Semaphore::new(1)), kept: Mutex::default() }
    }
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum NoPlan {
    /// Another search is running.
    #[error("the planner is working on another plan")]
    Busy,
    /// The campaign does not hold together.
    #[error("the campaign does not hold together")]
    Unsound(Vec<Finding>),
    /// The checker refuses what was found.
    #[error(transparent)]
    Refused(#[from] planned::Refused),
    /// The search ended early.
    #[error("the search ended early")]
    Ended(#[source] tokio::task::JoinError),
}

/// Says that it is enough when it is dropped.
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Planner {
    /// The name of a campaign's result: its SHA-256, whatever the present minute.
    pub fn key(campaign: &Campaign) -> String {
        let timeless = Campaign { now_minute: 0, ..campaign.clone() };
        // Writing plain data to memory cannot fail; were it to, nothing is kept under that name.
        hex::encode(Sha256::digest(serde_json::to_vec(&timeless).unwrap_or_default()))
    }

    fn with<T>(&self, look: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The plan that was made of a result, while it is kept.
    pub fn plan_of(&self, key: &str) -> Option<Plan> {
        self.with(|kept| kept.iter().find(|known| known.key == key).and_then(|known| known.plan.clone()))
    }

    /// Keeps the plan that was made of a result, as long as the result.
    pub fn keep_plan(&self, key: &str, plan: &Plan) {
        self.with(|kept| {
            if let Some(known) = kept.iter_mut().find(|known| known.key == key) {
                known.plan = Some(plan.clone());
            }
        });
    }

    /// Plans a campaign, or gives the result that is kept.
    ///
    /// # Errors
    /// Another search is running; the campaign does not hold together; the checker refuses the result.
    pub async fn plan(&self, campaign: Campaign) -> Result<Arc<Planned>, NoPlan> {
        let key = Planner::key(&campaign);
        let now_minute = campaign.now_minute;
        let known = self.with(|kept| {
            let known = kept.iter().find(|known| known.key == key)?;
            lies_ahead(&known.planned, now_minute).then(|| Arc::clone(&known.planned))
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() else { return Err(NoPlan::Busy) };
        let sound = SoundCampaign::new(campaign, "").map_err(NoPlan::Unsound)?;
        let enough = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&enough);
        let _leaving = Leaving(enough);
        let limits = Limits {
            milliseconds: u64::from(SEARCH_TIME_MAX_SECONDS) * 1_000,
            clashes_milliseconds: CLASHES_TIME_MAX_MILLISECONDS,
            threads: 1,
            seed: 1,
        };
        let search = tokio::task::spawn_blocking(move || {
            // Held until the search has really ended, also when nobody waits for it any more.
            let _permit = permit;
            let clock = Instant::now();
            let elapsed = || u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
            planned(sound, limits, &elapsed, &|| asked.load(Ordering::Relaxed))
        });
        let found = Arc::new(search.await.map_err(NoPlan::Ended)??);
        if found.answer.assignments.len() <= KEPT_DEVICES_MAX {
            self.with(|kept| {
                kept.retain(|known| known.key != key);
                kept.push_back(Kept { key, planned: Arc::clone(&found), plan: None });
                while kept.len() > KEPT_MAX {
                    kept.pop_front();
                }
            });
        }
        Ok(found)
    }

    /// Holds the planner, as a search would: for tests of what others are told meanwhile.
    pub fn hold(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.running).try_acquire_owned().ok()
    }
}

/// Has no window that a plan uses begun yet? What was planned yesterday is no plan of today.
fn lies_ahead(planned: &Planned, now_minute: u32) -> bool {
    let begun = planned.campaign.campaign().windows.iter();
    let begun: BTreeSet<_> =
        begun.filter(|window| window.not_before_minute < now_minute).map(|window| &window.id).collect();
    let used = planned.answer.assignments.iter().filter_map(|assignment| match &assignment.place {
        Placed::Window { window, .. } => Some(window),
        Placed::Deferred { .. } => None,
    });
    used.into_iter().all(|window| !begun.contains(window))
}

#[cfg(test)]
mod tests {
    use planning::planner::invented::{self, Size};

    use super::*;

    fn windows(planned: &Planned) -> BTreeSet<String> {
        let placed = planned.answer.assignments.iter().filter_map(|one| match &one.place {
            Placed::Window { window, .. } => Some(window.to_string()),
            Placed::Deferred { .. } => None,
        });
        placed.collect()
    }

    #[tokio::test]
    async fn a_result_is_kept_until_the_first_window_that_it_uses_begins() {
        let campaign = invented::campaign(Size { devices: 40, sites: 1, nights: 6, units: 2 }, 3);
        let planner = Planner::default();
        let first = planner.plan(campaign.clone()).await.unwrap();
        let begins = |planned: &Planned| {
            let used = windows(planned);
            let of = planned.campaign.campaign().windows.iter();
            of.filter(|window| used.contains(window.id.as_str()))
                .map(|window| window.not_before_minute)
                .min()
                .unwrap()
        };
        let begins = begins(&first);
        let at = |now_minute| Campaign { now_minute, ..campaign.clone() };
        assert!(Arc::ptr_eq(&first, &planner.plan(at(begins)).await.unwrap()));
        let later = planner.plan(at(begins + 1)).await.unwrap();
        assert!(!Arc::ptr_eq(&first, &later));
        assert!(Arc::ptr_eq(&later, &planner.plan(at(begins + 2)).await.unwrap()), "the newer one is kept");
    }
}
