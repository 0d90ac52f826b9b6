//! Where a host, a ring or a service stands, as pages and the API show it: plain values with exact counts, made from the rollout
//! and the present time. What must not live here: words of a language.

use model::ids::{BedId, OutageId, ServiceId, UnitId};
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

use crate::decision::HaltReason;
use crate::verdict::{Gap, Verdict};

/// Where one host or device of the plan stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStanding {
    /// Which.
    pub host: AssetTag,
    /// What can be said of it.
    pub verdict: Verdict,
    /// What is being done with it.
    pub step: Step,
    /// When the newest evidence was observed; `None` when there is none.
    pub evidence_at: Option<Time>,
    /// When it was heard: its origin is the host's agent, or the person who did the work.
    pub heard_at: Option<Time>,
    /// The person who last looked at work by hand; `None` where an agent observes, and before the work is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<Box<str>>,
    /// Since when it has been in this step.
    pub since: Option<Time>,
    /// What it waits for.
    pub waits: Wait,
    /// Sources that contradict each other in the newest evidence.
    pub disagreements: Vec<Gap>,
    /// The units with a bed that goes dark when it does not work.
    pub units: Vec<UnitId>,
}

/// What is being done with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing yet.
    Waiting,
    /// Packages are fetched ahead of the window.
    Downloading,
    /// Packages are there; nothing else was begun.
    Downloaded,
    /// Functions are tested before the work.
    ProbingBefore,
    /// A patch is installed: which of how many.
    Installing {
        /// From 1.
        patch: u16,
        /// Of so many.
        of: u16,
    },
    /// Services restart.
    RestartingServices,
    /// The host restarts.
    RestartingHost,
    /// Functions are tested after the work.
    ProbingAfter,
    /// The work is over; time and later evidence decide.
    Watched,
    /// A further outage is asked for or agreed.
    FurtherOutage,
    /// The patch is taken back.
    RollingBack,
    /// A person works on it.
    ByHand {
        /// Steps done.
        done: u16,
        /// Of so many.
        of: u16,
    },
    /// A person has finished and signed.
    Signed,
}

/// What something waits for, and why it does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// Nothing: it goes on at the next look.
    Nothing,
    /// The rollout is paused.
    Paused {
        /// Why.
        reason: Box<str>,
    },
    /// The rollout was stopped for good.
    Stopped {
        /// Why.
        reason: Box<str>,
        /// In an emergency?
        emergency: bool,
    },
    /// Its ring, or one before it, was halted.
    Halted {
        /// Which ring.
        ring: u16,
        /// Why.
        reason: HaltReason,
    },
    /// The ring before it has not reached its success condition.
    RingBefore {
        /// Which ring.
        ring: u16,
        /// How many hosts must be settling or proven.
        wanted: u32,
        /// How many are.
        good: u32,
    },
    /// The ring before it soaks.
    Soak {
        /// Which ring.
        ring: u16,
        /// Until then.
        until: Time,
    },
    /// Its window has not begun.
    Window {
        /// When it begins.
        opens: Time,
    },
    /// The latest start has passed: what follows no longer fits.
    TooLate {
        /// It could have begun until then.
        latest_start: Time,
    },
    /// An earlier wave is still worked on.
    Wave {
        /// Which.
        wave: u16,
    },
    /// As many hosts as allowed are worked on.
    AtOnce {
        /// Most at once.
        max: u32,
    },
    /// A service would have too few carriers that are heard and well.
    Redundancy {
        /// Which service.
        service: ServiceId,
        /// Carriers needed.
        needed: u16,
        /// Carriers that would be left.
        left: u16,
    },
    /// A service and its fallback would both be dark.
    Fallback {
        /// The service that would go dark.
        service: ServiceId,
        /// The service that must work meanwhile.
        other: ServiceId,
    },
    /// The host must be heard first.
    Evidence {
        /// When it was last observed; `None` for never.
        observed_at: Option<Time>,
    },
    /// Another rollout works on it.
    OtherRollout,
    /// The host carries out an order.
    Order {
        /// What, as [`model::order::Action::word`] has it.
        action: Box<str>,
        /// Since when.
        since: Time,
        /// Beyond that it has stalled.
        due: Time,
    },
    /// An observation made after this instant.
    ObservationAfter(Time),
    /// The quiet period ends, or a re-check is due.
    Recheck {
        /// When the quiet period ends.
        quiet_until: Time,
        /// When the last re-check is due.
        due: Time,
    },
    /// Units have not all accepted a further outage.
    Units {
        /// The request.
        outage: OutageId,
        /// Who has not accepted.
        missing: Vec<UnitId>,
    },
    /// The further outage is agreed and has not begun.
    OutageWindow {
        /// When it begins.
        opens: Time,
    },
    /// A person does the next step.
    Person {
        /// Number of the step, from 1.
        step: u16,
        /// Of so many.
        of: u16,
    },
    /// All steps are done; the signature is missing.
    Signature,
    /// A person must check work by hand again: it did not pass, or its proof is too old.
    CheckAgain,
    /// A person must decide: it is broken or stalled.
    Decision,
    /// Nothing more is to come: it is proven, or the night is over for it.
    Done,
}

/// Where a ring stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingStanding {
    /// From 1.
    pub ring: u16,
    /// Where it is in its life.
    pub state: RingState,
    /// Its hosts by verdict.
    pub counts: Counts,
    /// How many must be settling or proven.
    pub success_min: u32,
    /// So many failures halt it.
    pub failures_stop: u32,
    /// How many have failed: broken, stalled, refused, or with a further pending restart.
    pub failed: u32,
    /// How many are worked on now.
    pub in_work: u32,
    /// Why it does not go on.
    pub waits: Wait,
}

/// Where a ring is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingState {
    /// Not opened yet.
    Waiting,
    /// Hosts are being worked on.
    Open {
        /// Since when.
        since: Time,
    },
    /// Its success condition is reached.
    Soaking {
        /// Until then.
        until: Time,
    },
    /// It has run well long enough.
    Soaked {
        /// Since when.
        since: Time,
    },
    /// It stopped.
    Halted {
        /// When.
        at: Time,
        /// Why.
        reason: HaltReason,
    },
}

/// Hosts by verdict: exact, and together all hosts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Not begun.
    pub not_begun: u32,
    /// Proven.
    pub proven: u32,
    /// Settling.
    pub settling: u32,
    /// With a restart pending or not ruled out.
    pub restart_pending: u32,
    /// Out of service on purpose.
    pub dark: u32,
    /// Broken.
    pub broken: u32,
    /// Stalled.
    pub stalled: u32,
    /// With evidence that is too old.
    pub stale: u32,
    /// With something that could not be read.
    pub unknown: u32,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: &Verdict) {
        let count = match verdict {
            Verdict::NotBegun => &mut self.not_begun,
            Verdict::Proven { .. } => &mut self.proven,
            Verdict::Settling { .. } => &mut self.settling,
            Verdict::RestartPending { .. } => &mut self.restart_pending,
            Verdict::Dark { .. } => &mut self.dark,
            Verdict::Broken { .. } => &mut self.broken,
            Verdict::Stalled { .. } => &mut self.stalled,
            Verdict::Stale { .. } => &mut self.stale,
            Verdict::Unknown { .. } => &mut self.unknown,
        };
        *count += 1;
    }

    /// All hosts.
    pub fn total(&self) -> u32 {
        let Counts { not_begun, proven, settling, restart_pending, dark, broken, stalled, stale, unknown } =
            self;
        not_begun + proven + settling + restart_pending + dark + broken + stalled + stale + unknown
    }
}

/// A service that is dark now because hosts of this rollout are worked on or in trouble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DarkService {
    /// Which.
    pub service: ServiceId,
    /// The hosts that do not carry it now.
    pub hosts: Vec<AssetTag>,
    /// Since when.
    pub since: Time,
    /// When it should be back at the median; `None` when nobody can say, because a host of it is in trouble.
    pub back_p50: Option<Time>,
    /// At the 90th percentile.
    pub back_p90: Option<Time>,
    /// The beds it serves.
    pub beds: Vec<BedId>,
    /// The service that stands in, when there is one and it works as far as this rollout knows.
    pub stands_in: Option<ServiceId>,
}
