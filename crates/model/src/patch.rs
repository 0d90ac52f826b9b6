//! Patches as people plan them: which packages or programs change, what must restart, how long it is said to take (R08).

use serde::{Deserialize, Serialize};

use crate::ids::{PatchId, ProbeId};
use crate::terms::{RestartKind, Terms};

/// A patch that can be put on hosts or devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Short name, unique in a plan.
    pub id: PatchId,
    /// Name in full.
    pub title: Box<str>,
    /// What the package system of a host installs; empty for a patch that a person installs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageVersion>,
    /// What must restart before the patch is in force.
    pub restart: RestartNeed,
    /// Size of what is downloaded, as declared.
    #[serde(default)]
    pub size_bytes: u64,
    /// How long each step is said to take.
    pub declared: DeclaredMinutes,
    /// Can the package system go back to the version before?
    #[serde(default)]
    pub can_roll_back: bool,
    /// The vulnerabilities it closes, as CVE ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<Box<str>>,
    /// What must still work afterwards (R23): probes that are run before and after, beside those of the host's services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_still_work: Vec<ProbeId>,
    /// What a person does, step by step, where no agent can (R99).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<WorkStep>,
    /// On what terms it may be installed.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
}

impl Patch {
    /// What must restart, in the words of CSAF.
    pub fn restart_kind(&self) -> RestartKind {
        self.terms.restart.unwrap_or(match self.restart {
            RestartNeed::None => RestartKind::None,
            RestartNeed::Services(_) => RestartKind::Service,
            RestartNeed::Host => RestartKind::Machine,
        })
    }
}

/// A package at a version, in the words of the host's package system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageVersion {
    /// Name.
    pub package: Box<str>,
    /// Version, exactly.
    pub version: Box<str>,
}

/// What must restart before a patch is in force (a subset of CSAF 2.1 §3.2.4.14.6 `restart_required`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartNeed {
    /// Nothing (`none`).
    None,
    /// These services of the host (`service`), by the name that its service manager knows.
    Services(Vec<Box<str>>),
    /// The host (`machine`).
    Host,
}

/// How long each step is said to take, at the median and at the 90th percentile, in whole minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredMinutes {
    /// Installing.
    pub install: Minutes,
    /// Restarting, until it answers again; both 0 where nothing restarts.
    pub restart: Minutes,
    /// Going back to the version before.
    pub back_out: Minutes,
}

/// A duration as declared: the median and the 90th percentile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// Half of the times it takes no longer.
    pub p50: u32,
    /// Nine times of ten it takes no longer; at least `p50`.
    pub p90: u32,
}

impl Minutes {
    /// Both durations one after another. Adding percentiles overstates the 90th of the sum: the safe side.
    #[must_use]
    pub fn then(self, next: Minutes) -> Minutes {
        Minutes { p50: self.p50.saturating_add(next.p50), p90: self.p90.saturating_add(next.p90) }
    }
}

impl DeclaredMinutes {
    /// Install and restart.
    #[must_use]
    pub fn forward(self) -> Minutes {
        self.install.then(self.restart)
    }
}

/// One step of work that a person does on a device (R99).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkStep {
    /// What to do, as a person is told.
    pub says: Box<str>,
    /// What must be handed in before the step counts as done.
    pub proof: StepProof,
}

/// What shows that a person's step was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepProof {
    /// The person says so.
    Said,
    /// The device's label is read: asset tag, serial number or UDI must be this device's.
    Identity,
    /// A photograph or a measurement from before the work.
    Before,
    /// A photograph or a measurement from after the work.
    After,
    /// A function test with its result; the task is done only after one that passed.
    Test,
}
