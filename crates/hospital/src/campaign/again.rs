//! A plan of the journal that is planned once more (R15): which of its work is left, what has begun and stays, and its rings as they were.
//! A plan that has not begun gets its next revision; what a plan that has begun leaves behind becomes a plan of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::ids::{PatchId, WindowId};
use model::patch::Patch;
use model::plan::{Item, Plan, Ring};
use model::{AssetTag, PlanHash, Time};
use planning::bundle::Catalogue;
use rollout::{Rollout, Verdict};

use super::Remark;
use super::build::RingPolicy;
use super::choose::{Begun, Chosen, exploited};
use super::devices::Work;
use super::setting::Setting;
use crate::State;
use crate::night::plans::PlanRecord;
use crate::night::records::RunState;

/// The plan that is planned again.
#[derive(Clone, Debug)]
pub struct Again {
    /// It.
    pub plan: Arc<Plan>,
    /// Its name.
    pub hash: PlanHash,
    /// The answer is its next revision; else it has begun, and the answer is a plan of its own.
    pub revises: bool,
    /// What has begun, or will by that plan: nothing of it is planned, and nobody is told anything else.
    pub frozen: BTreeSet<AssetTag>,
}

/// Why a plan cannot be planned again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAgain {
    /// Nobody drafted it.
    #[error("there is no plan {0}")]
    NoPlan(PlanHash),
    /// It was withdrawn.
    #[error("plan {} was withdrawn; plan for its advisories or patches instead", .0.short())]
    Withdrawn(PlanHash),
    /// It is not the newest revision.
    #[error("plan {} was edited since; its newest revision is {}", .plan.short(), .newest.short())]
    Superseded {
        /// The one that was asked for.
        plan: PlanHash,
        /// The one that came in its place.
        newest: PlanHash,
    },
    /// It has begun all, or still will.
    #[error(
        "plan {} has begun all of its devices, or still will: nothing of it is left behind; stop it first", .0.short()
    )]
    NothingLeft(PlanHash),
    /// A campaign never puts a ring into the window of the one before it.
    #[error(
        "rings {ring} and {next} of this plan are in one window, {window}, which a campaign never does; say how many devices go first \
        (--first) and for how long (--soak), or change the plan by hand"
    )]
    RingsInOneWindow {
        /// A ring.
        ring: u16,
        /// The next one.
        next: u16,
        /// The window of both.
        window: WindowId,
    },
}

/// The devices of a plan that are left to do, with what it gives them; patches as `said`, else as the plan has them.
pub(super) fn chosen(
    state: &State,
    hash: PlanHash,
    said: &Catalogue,
    now: Time,
) -> Result<(Chosen, Again), NotAgain> {
    let record = state.night().plan(&hash).ok_or(NotAgain::NoPlan(hash))?;
    if record.withdrawn.is_some() {
        return Err(NotAgain::Withdrawn(hash));
    }
    if let Some(newest) = record.superseded_by {
        return Err(NotAgain::Superseded { plan: hash, newest });
    }
    let plan = &record.plan;
    let mut chosen = Chosen { patches: patches(plan, said), ..Chosen::default() };
    let (mut begun, mut coming) = (Vec::new(), Vec::new());
    let motion = Motion::of(state, record);
    for item in &plan.items {
        match motion.left(state, item, now) {
            Left::Begun => begun.push(item.host.clone()),
            Left::Coming => coming.push(item.host.clone()),
            Left::ToDo => {
                let closes = plan.patches_of(item).flat_map(|patch| patch.closes.iter().cloned()).collect();
                chosen.works.push(Work {
                    host: item.host.clone(),
                    patches: item.patches.clone(),
                    exploited: exploited(state, &closes),
                });
            }
        }
    }
    if chosen.works.is_empty() {
        return Err(NotAgain::NothingLeft(hash));
    }
    let frozen = begun.iter().chain(&coming).cloned().collect();
    Begun::of(state, &chosen.works, Some(&hash), now).leave_out(&mut chosen);
    let title = || plan.title.clone();
    let some = |hosts: &Vec<AssetTag>| !hosts.is_empty();
    chosen.remarks.extend(Some(begun).filter(some).map(|hosts| Remark::Begun { plan: title(), hosts }));
    chosen.remarks.extend(Some(coming).filter(some).map(|hosts| Remark::Coming { plan: title(), hosts }));
    let revises = record.started.is_none();
    Ok((chosen, Again { plan: Arc::clone(plan), hash, revises, frozen }))
}

fn patches(plan: &Plan, said: &Catalogue) -> Vec<Patch> {
    let newest = |patch: &Patch| said.patches.iter().find(|own| own.id == patch.id).unwrap_or(patch).clone();
    plan.patches.iter().map(newest).collect()
}

/// What became of a host of a plan.
pub(super) enum Left {
    /// Nothing, and by this plan nothing will.
    ToDo,
    /// It has begun.
    Begun,
    /// It has not begun, and this plan, which is in motion, will begin it.
    Coming,
}

/// A plan as far as it was set in motion.
pub(super) struct Motion<'a> {
    rollout: Option<&'a Rollout>,
    ended: bool,
}

impl<'a> Motion<'a> {
    pub(super) fn of(state: &'a State, record: &PlanRecord) -> Motion<'a> {
        let ended = state.night().run_state(&record.hash) == Some(RunState::Stopped);
        Motion { rollout: state.night().rollout(&record.hash), ended }
    }

    /// What became of a host; all of a plan that was never set in motion is to do.
    pub(super) fn left(&self, state: &State, item: &Item, now: Time) -> Left {
        let Some(rollout) = self.rollout else { return Left::ToDo };
        if rollout.verdict(&item.host, now).is_some_and(|verdict| verdict != Verdict::NotBegun) {
            return Left::Begun;
        }
        let past = || state.night().is_past(rollout, item.ring, now);
        if self.ended || past() { Left::ToDo } else { Left::Coming }
    }
}

/// A soak is never longer than a day, where the plan does not say how long it was meant to be.
const SOAK_MAX_MINUTES: i64 = 1_440;

impl Again {
    /// What the plan says of units, people and rules.
    pub(super) fn setting(&self) -> Setting {
        let premises = &self.plan.premises;
        let mut setting = Setting::of(&self.plan.resources);
        setting.catalogue.rules = premises.rules.clone();
        setting.catalogue.holidays = premises.holidays.clone();
        setting
    }

    /// How long a ring soaks. A draft writes that no longer than until the next window that is used, be it that of another bundle: then as
    /// long as the bundle waited, at most a day.
    fn soak_minutes(&self, ring: &Ring, behind: &Ring) -> u32 {
        let (Some(one), Some(other)) = (self.plan.window_of(ring), self.plan.window_of(behind)) else {
            return ring.soak_minutes;
        };
        let later = self.plan.windows.iter().map(|window| window.not_before);
        let next = later.filter(|opens| *opens >= one.not_after).min().unwrap_or(other.not_before);
        let minutes = |to: Time| to.seconds_since(one.not_after) / 60;
        if i64::from(ring.soak_minutes) < minutes(next) {
            return ring.soak_minutes;
        }
        let waited = minutes(other.not_before).clamp(0, SOAK_MAX_MINUTES);
        ring.soak_minutes.max(u32::try_from(waited).unwrap_or(0))
    }

    /// The first ring of each bundle as the plan has it, by the bundle's patches, and how long it soaks: a bundle of which some devices
    /// stand in a ring that soaks before the others.
    pub(super) fn rings(&self) -> Result<BTreeMap<Vec<PatchId>, FirstRing>, NotAgain> {
        let mut of_bundle: BTreeMap<&[PatchId], BTreeMap<u16, BTreeSet<AssetTag>>> = BTreeMap::new();
        for item in &self.plan.items {
            let rings = of_bundle.entry(&item.patches).or_default();
            rings.entry(item.ring).or_default().insert(item.host.clone());
        }
        let mut found = BTreeMap::new();
        for (patches, rings) in of_bundle {
            let mut each = rings.iter();
            let (Some((number, hosts)), Some((next, _))) = (each.next(), each.next()) else { continue };
            let (Some(ring), Some(behind)) = (self.plan.ring(*number), self.plan.ring(*next)) else {
                continue;
            };
            if ring.window == behind.window {
                let window = ring.window.clone();
                return Err(NotAgain::RingsInOneWindow { ring: *number, next: *next, window });
            }
            if ring.soak_minutes == 0 {
                continue;
            }
            let soak_minutes = self.soak_minutes(ring, behind);
            found.insert(patches.to_vec(), FirstRing { hosts: hosts.clone(), soak_minutes });
        }
        Ok(found)
    }
}

/// The devices of a bundle that go first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRing {
    /// Which.
    pub hosts: BTreeSet<AssetTag>,
    /// Minutes that they must have run before the rest begins.
    pub soak_minutes: u32,
}

/// How the rings of a campaign are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rings {
    /// Of each bundle so many devices first.
    By(RingPolicy),
    /// As a plan had them, by the bundle's patches; bundles that are not named have none.
    AsBefore(BTreeMap<Vec<PatchId>, FirstRing>),
}
