//! A plan: which patch goes where, when, in which ring and by whom (R06–R11, R19, R25, R29). Immutable; an edited plan is
//! another plan with this one as its parent.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::device::Installer;
use crate::hash::PlanHash;
use crate::ids::{AccountId, PatchId, PlanId, UnitId, WindowId};
use crate::patch::{DeclaredMinutes, Minutes, Patch, RestartNeed, WorkStep};
use crate::resources::Resources;
use crate::terms::Premises;
use crate::{AssetTag, Time};

/// Most hosts and devices of one plan.
pub const ITEMS_PER_PLAN_MAX: usize = 20_000;
/// Most patches of one plan.
pub const PATCHES_PER_PLAN_MAX: usize = 500;
/// Most rings of one plan.
pub const RINGS_PER_PLAN_MAX: usize = 50;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Names the plan over all its revisions.
    pub id: PlanId,
    /// What it is, for people.
    pub title: Box<str>,
    /// The revision it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<PlanHash>,
    /// Who asks for it; never one of its approvers.
    pub requester: AccountId,
    /// The patches.
    pub patches: Vec<Patch>,
    /// When work may be done.
    pub windows: Vec<Window>,
    /// In which order groups of hosts are patched; ring 1 is the first of the list.
    pub rings: Vec<Ring>,
    /// Each host or device with what it gets.
    pub items: Vec<Item>,
    /// The people that units need while they are dark (R14).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cover: Vec<Cover>,
    /// When a result counts as proven.
    pub proof: ProofPolicy,
    /// What is done when it goes wrong, and who is called (R29). No plan is agreed without it.
    pub contingency: Box<str>,
    /// What it takes as given: rules, holidays, patches that are installed already.
    #[serde(default, skip_serializing_if = "Premises::is_empty")]
    pub premises: Premises,
    /// What it reckons with: patients of units, people, ways, loaners, and when each device is worked on.
    #[serde(default, skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
}

/// A maintenance window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Short name, unique in the plan.
    pub id: WindowId,
    /// Not before.
    pub not_before: Time,
    /// No host is begun after this.
    pub latest_start: Time,
    /// Everything is over by then, back-out included.
    pub not_after: Time,
}

/// A ring: a group of hosts that is patched before the next group may start (R25).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// What it is, for people (*test bench*, *one station per ward*).
    pub title: Box<str>,
    /// The window in which it is patched.
    pub window: WindowId,
    /// How many of its hosts must be *settling* or *proven* before it soaks; all of them when this is their number.
    pub success_min: u32,
    /// So many hosts *broken*, *stalled*, refused or with a further pending restart stop the ring; 1 stops at the first.
    pub failures_stop: u32,
    /// How long the ring must run well before the next one starts.
    pub soak_minutes: u32,
    /// Most hosts worked on at once.
    pub at_once_max: u32,
}

/// A host or device of the plan with what it gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Which.
    pub host: AssetTag,
    /// The patches, in the order in which they are installed.
    pub patches: Vec<PatchId>,
    /// Its ring, from 1.
    pub ring: u16,
    /// Its wave inside the ring, from 1; a wave begins when the one before has no host that is still worked on.
    pub wave: u16,
    /// Who does it.
    pub by: Hands,
    /// The one owner of the task (R19).
    pub owner: Owner,
}

/// Who carries an item out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hands {
    /// The agent on the host.
    Agent,
    /// A person of this kind; whether the device lets such a person install is checked (R97).
    Person(Installer),
}

/// The one owner of a task (R19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Clinical (medical) engineering.
    ClinicalEngineering,
    /// IT.
    It,
    /// The maker or its service.
    Vendor,
    /// The ward.
    Ward,
}

/// People whom a unit needs while it is dark (R14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// The unit.
    pub unit: UnitId,
    /// How many.
    pub people: u16,
    /// What they do (*sit with telemetry patients*, *rounds every ten minutes*).
    pub task: Box<str>,
}

/// When a result counts as proven (R03, R04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofPolicy {
    /// Every source must stay clear for so long after the newest change; a first re-check falls at its end.
    pub quiet_minutes: u32,
    /// Local time of the re-check next morning, in minutes after midnight (390 is 06:30); `None` for no such check.
    pub morning_minute: Option<u16>,
    /// Offsets of local time from UTC, each from an instant on, in rising order, made from the site's time zone when the plan was
    /// drafted: what makes 06:30 right on the night when the clocks change. Never empty.
    pub offsets: Vec<LocalOffset>,
    /// Evidence older than this proves nothing any more.
    pub evidence_age_max_seconds: u32,
    /// A step that takes longer than its declared 90th percentile times this, in tenths, has stalled (20: twice).
    pub stalled_after_tenths: u16,
    /// Work by hand is proven for so many days after a person last checked it; without it [`HAND_PROOF_DAYS_USUAL`]. No source can be
    /// read again on such a device, so only a person can renew its proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand_proof_days: Option<u16>,
}

/// Local time's offset from UTC, from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalOffset {
    /// From then on.
    pub from: Time,
    /// Seconds east of UTC.
    pub seconds: i32,
}

impl Plan {
    /// The plan's name: SHA-256 of its JSON as it is written.
    pub fn hash(&self) -> PlanHash {
        // Writing plain structs of texts, numbers and lists to memory cannot fail; were it to, no text is no plan's name.
        let json = serde_json::to_vec(self).unwrap_or_default();
        PlanHash(Sha256::digest(json).into())
    }

    /// The item of a host.
    pub fn item(&self, host: &AssetTag) -> Option<&Item> {
        self.items.iter().find(|item| item.host == *host)
    }

    /// A patch by its name.
    pub fn patch(&self, id: &PatchId) -> Option<&Patch> {
        self.patches.iter().find(|patch| patch.id == *id)
    }

    /// The patches of an item, in order; names that the plan does not have are left out (the checker finds them).
    pub fn patches_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a Patch> {
        item.patches.iter().filter_map(|id| self.patch(id))
    }

    /// How long the work on an item is said to take: each patch is installed, then what must restart does so once, so the longest
    /// restart counts; going back takes each patch back.
    pub fn minutes_of(&self, item: &Item) -> DeclaredMinutes {
        let nothing = DeclaredMinutes::default();
        self.patches_of(item).map(|patch| patch.declared).fold(nothing, |sum, next| DeclaredMinutes {
            install: sum.install.then(next.install),
            restart: Minutes {
                p50: sum.restart.p50.max(next.restart.p50),
                p90: sum.restart.p90.max(next.restart.p90),
            },
            back_out: sum.back_out.then(next.back_out),
        })
    }

    /// Can patients notice the work on an item: does something restart, or does a person take the device out of use?
    pub fn is_disruptive(&self, item: &Item) -> bool {
        match item.by {
            Hands::Person(_) => true,
            Hands::Agent => self.patches_of(item).any(|patch| patch.restart != RestartNeed::None),
        }
    }

    /// The steps of a person's work on an item, over all its patches in their order; numbered from 1.
    pub fn steps_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a WorkStep> {
        self.patches_of(item).flat_map(|patch| &patch.steps)
    }

    /// A ring by its number, from 1.
    pub fn ring(&self, number: u16) -> Option<&Ring> {
        usize::from(number).checked_sub(1).and_then(|ix| self.rings.get(ix))
    }

    /// The window of a ring.
    pub fn window_of(&self, ring: &Ring) -> Option<&Window> {
        self.windows.iter().find(|window| window.id == ring.window)
    }
}

/// No step has stalled before so long: a host is heard only every so often.
const STALL_LEAST_SECONDS: i64 = 300;

impl ProofPolicy {
    /// A step that is said to take so many seconds at the 90th percentile has stalled when it takes longer than this, in seconds.
    pub fn stalls_after_seconds(&self, p90_seconds: i64) -> i64 {
        (p90_seconds.saturating_mul(i64::from(self.stalled_after_tenths)) / 10).max(STALL_LEAST_SECONDS)
    }

    /// How long work by hand is proven after it was last checked by a person, in days.
    pub fn hand_proof_days(&self) -> u16 {
        self.hand_proof_days.unwrap_or(HAND_PROOF_DAYS_USUAL)
    }

    /// Until when work by hand that was checked then is proven.
    pub fn hand_proof_until(&self, checked_at: Time) -> Time {
        checked_at.plus_seconds(i64::from(self.hand_proof_days()) * DAY_SECONDS)
    }

    /// Local time's offset at an instant, in seconds east of UTC.
    pub fn offset_seconds(&self, at: Time) -> i32 {
        let known = self.offsets.iter().rev().find(|offset| offset.from <= at);
        known.or(self.offsets.first()).map_or(0, |offset| offset.seconds)
    }

    /// The first morning re-check that lies at least a quiet period after `change`; `None` when the plan wants none.
    ///
    /// A local time that does not exist on the night when clocks go forward is taken after the gap, one that exists twice the
    /// second time: never earlier than people would expect.
    pub fn morning_after(&self, change: Time) -> Option<Time> {
        let minute = i64::from(self.morning_minute?);
        let quiet_over = change.plus_seconds(i64::from(self.quiet_minutes) * 60);
        let offset = i64::from(self.offset_seconds(change));
        let local_day = change.plus_seconds(offset).0.div_euclid(DAY_MICROSECONDS);
        (0..=3).map(|day| self.local(local_day + day, minute)).find(|at| *at >= quiet_over && *at > change)
    }

    /// The instant of a local minute of a local day (days since 1970-01-01).
    fn local(&self, day: i64, minute: i64) -> Time {
        let wall = Time(day.saturating_mul(DAY_MICROSECONDS)).plus_seconds(minute * 60);
        let instant = |offset: i32| wall.plus_seconds(-i64::from(offset));
        // Of the offsets in force within a day of it, those that lead back to themselves; the latest instant of them.
        let near = [-86_400, 0, 86_400].map(|by| self.offset_seconds(wall.plus_seconds(by)));
        let exact = near.iter().map(|offset| (instant(*offset), *offset));
        let fits = exact.filter(|(at, offset)| self.offset_seconds(*at) == *offset).map(|(at, _)| at).max();
        fits.unwrap_or_else(|| near.iter().map(|offset| instant(*offset)).max().unwrap_or(wall))
    }
}

/// A quarter: how long work by hand is proven after it was last checked, where a plan says nothing, in days.
pub const HAND_PROOF_DAYS_USUAL: u16 = 90;
/// Longer than this no plan may take a person's check for proof, in days: a year, and a month in which to come round to it.
pub const HAND_PROOF_DAYS_MAX: u16 = 396;

const DAY_SECONDS: i64 = 86_400;
const DAY_MICROSECONDS: i64 = 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Stockholm, autumn 2026: summer time ends on 25 October at 01:00 UTC; spring 2027: 28 March at 01:00 UTC.
    fn stockholm(quiet_minutes: u32) -> ProofPolicy {
        let offset = |from, seconds| LocalOffset { from: Time(from), seconds };
        ProofPolicy {
            quiet_minutes,
            morning_minute: Some(390),
            offsets: vec![
                offset(0, 7_200),
                offset(1_792_890_000_000_000, 3_600),
                offset(1_806_195_600_000_000, 7_200),
            ],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        }
    }

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn the_morning_check_is_at_half_past_six_by_the_ward_clock_also_when_clocks_go_back() {
        // 24 October 2026 23:00 local (21:00 UTC): the next 06:30 is in winter time, 05:30 UTC, not 04:30.
        let evening = Time(1_792_875_600_000_000);
        let change_of_clocks = 1_792_890_000_000_000;
        assert_eq!(stockholm(120).morning_after(evening), Some(Time(change_of_clocks + 4 * HOUR + HOUR / 2)));
    }

    #[test]
    fn the_morning_check_is_at_half_past_six_by_the_ward_clock_also_when_clocks_go_forward() {
        let change_of_clocks = 1_806_195_600_000_000;
        let evening = Time(change_of_clocks - 4 * HOUR);
        assert_eq!(stockholm(120).morning_after(evening), Some(Time(change_of_clocks + 3 * HOUR + HOUR / 2)));
    }

    #[test]
    fn work_that_ends_at_six_is_checked_next_morning_because_the_quiet_period_is_longer() {
        let change_of_clocks = 1_792_890_000_000_000;
        let six_local = Time(change_of_clocks + 4 * HOUR);
        assert_eq!(
            stockholm(120).morning_after(six_local),
            Some(Time(change_of_clocks + 28 * HOUR + HOUR / 2))
        );
        assert_eq!(
            stockholm(15).morning_after(six_local),
            Some(Time(change_of_clocks + 4 * HOUR + HOUR / 2))
        );
    }
}
