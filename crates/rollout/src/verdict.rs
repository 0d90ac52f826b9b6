//! What can be said of a host after work on it, from evidence and the present time. *Proven* needs all five proofs: a new boot
//! where one was due, the expected versions, every source read and clear, function tests passed, the quiet period over with a
//! re-check after it (R02–R05; design: invariant 3).

use std::fmt;

use model::Time;
use model::host::SignalSource;
use model::ids::ProbeId;
use serde::{Deserialize, Serialize};

/// What can be said of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Work on it has not begun: nothing is claimed.
    NotBegun,
    /// All five proofs hold, until the evidence is too old.
    Proven {
        /// From then on the evidence is stale unless the host is heard again.
        until: Time,
    },
    /// Nothing wrong was seen; the quiet period or a re-check is still to come.
    Settling {
        /// When the last re-check is due.
        until: Time,
    },
    /// A restart is pending or cannot be ruled out: what says so.
    RestartPending {
        /// Every reason, none left out.
        reasons: Vec<PendingReason>,
    },
    /// Out of service on purpose.
    Dark {
        /// Since when.
        since: Time,
        /// When it should be back, at the median and at the 90th percentile.
        back_p50: Time,
        /// At the latest, as declared.
        back_p90: Time,
    },
    /// A check failed.
    Broken {
        /// Every failure.
        failures: Vec<Failure>,
    },
    /// No progress beyond what the step may take.
    Stalled {
        /// Since when the step runs.
        since: Time,
        /// When it should have ended.
        due: Time,
    },
    /// The evidence is older than allowed.
    Stale {
        /// When it was observed, or checked by a person; `None` when the host was never heard.
        observed_at: Option<Time>,
        /// The person who checked, where the work was done by hand: only a person can check it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checked_by: Option<Box<str>>,
    },
    /// Something could not be read.
    Unknown {
        /// Every gap.
        gaps: Vec<Gap>,
    },
}

/// Why a restart is pending or cannot be ruled out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingReason {
    /// A source says so.
    Source {
        /// Which.
        source: SignalSource,
        /// In its words.
        says: Box<str>,
    },
    /// The patch needs a restart of the host, and the boot is the one from before.
    NotRestarted,
    /// The patch needs a restart of this service, which has not been seen.
    ServiceNotRestarted(Box<str>),
    /// A further patch surfaced after the work: it may bring a restart of its own.
    FurtherPatch {
        /// Package.
        package: Box<str>,
        /// Version offered.
        to: Box<str>,
    },
}

/// What failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A package has another version than the plan wants, whatever the executor said.
    Version {
        /// Package.
        package: Box<str>,
        /// Wanted.
        wanted: Box<str>,
        /// Found; `None` when it is not installed.
        found: Option<Box<str>>,
    },
    /// A function probe failed after the work.
    Probe {
        /// Which.
        probe: ProbeId,
        /// What was seen.
        says: Box<str>,
        /// It failed before the work already.
        before_too: bool,
    },
    /// The host refused an order.
    Refused {
        /// Code and sentence.
        code: model::order::RefusalCode,
        /// For people.
        says: Box<str>,
    },
    /// An order was begun and failed.
    Order {
        /// What was to be done.
        action: Box<str>,
        /// What the executor says.
        says: Box<str>,
    },
    /// A person's function test did not pass.
    Test(Box<str>),
    /// A restart that nobody ordered.
    UnorderedRestart {
        /// When the boot began.
        began_at: Time,
    },
    /// The patch was taken back because a person decided so: the host is as it was before, and a new plan is needed.
    RolledBack,
}

/// What is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// A source could not be read.
    Source {
        /// Which.
        source: SignalSource,
        /// Why.
        why: Box<str>,
    },
    /// A source that this system has was not asked.
    SourceNotAsked(SignalSource),
    /// Sources contradict each other.
    Disagreement {
        /// Says a restart is pending.
        pending: SignalSource,
        /// Says none is.
        clear: SignalSource,
    },
    /// A probe could not be tried, or was not tried since the work.
    Probe {
        /// Which.
        probe: ProbeId,
        /// Why.
        why: Box<str>,
    },
    /// A re-check was due and no observation came after it.
    RecheckMissing {
        /// When it was due.
        due: Time,
    },
    /// The work has not been tested or signed by a person yet.
    WorkUnfinished {
        /// Steps done.
        done: u16,
        /// Steps in all.
        of: u16,
    },
}

impl Verdict {
    /// How green it is. No stale, missing or contradictory input may ever raise it (design: invariant 5): 3 is *proven*, 2 is
    /// *settling*, 1 is dark on purpose or not begun, 0 is everything that somebody must look at.
    pub fn greenness(&self) -> u8 {
        match self {
            Verdict::Proven { .. } => 3,
            Verdict::Settling { .. } => 2,
            Verdict::NotBegun | Verdict::Dark { .. } => 1,
            Verdict::RestartPending { .. }
            | Verdict::Broken { .. }
            | Verdict::Stalled { .. }
            | Verdict::Stale { .. }
            | Verdict::Unknown { .. } => 0,
        }
    }

    /// The word in the API and in CSV.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::NotBegun => "not_begun",
            Verdict::Proven { .. } => "proven",
            Verdict::Settling { .. } => "settling",
            Verdict::RestartPending { .. } => "restart_pending",
            Verdict::Dark { .. } => "dark",
            Verdict::Broken { .. } => "broken",
            Verdict::Stalled { .. } => "stalled",
            Verdict::Stale { .. } => "stale",
            Verdict::Unknown { .. } => "unknown",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Version { package, wanted, found: Some(found) } => {
                write!(f, "{package} should be at {wanted} and is at {found}")
            }
            Failure::Version { package, wanted, found: None } => {
                write!(f, "{package} should be at {wanted} and is not installed")
            }
            Failure::Probe { probe, says, before_too: true } => {
                write!(f, "the function test {probe} fails, as it did before the work: {says}")
            }
            Failure::Probe { probe, says, before_too: false } => {
                write!(f, "the function test {probe} fails: {says}")
            }
            Failure::Refused { code, says } => {
                write!(f, "the host refused an order ({}): {says}", code.word())
            }
            Failure::Order { action, says } => write!(f, "the order to {action} failed: {says}"),
            Failure::Test(says) => write!(f, "the function test by hand did not pass: {says}"),
            Failure::UnorderedRestart { .. } => f.write_str("it restarted without an order"),
            Failure::RolledBack => f.write_str("the patch was taken back"),
        }
    }
}
