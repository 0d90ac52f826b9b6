//! What a rollout keeps of observations: only what its proofs need. Here evidence is kept, never judged.

use std::collections::BTreeMap;

use model::Time;
use model::host::ProbeRun;
use model::host::{Boot, HostObservation, Reading, SignalSource, SystemFamily};
use model::ids::ProbeId;
use model::patch::PackageVersion;
use model::probe::ProbeResult;
use serde::{Deserialize, Serialize};

use crate::rules::{Rule, Rules};

/// An observation as a rollout reads it. Whoever keeps observations in a compact form implements it, so that none is copied.
pub trait Observed {
    /// When, on the server's clock.
    fn observed_at(&self) -> Time;
    /// The boot it was made in.
    fn boot(&self) -> &Boot;
    /// Which sources there are depends on this.
    fn family(&self) -> SystemFamily;
    /// Release of the kernel that runs, and of the newest one installed when that can be told.
    fn kernels(&self) -> (&str, Option<&str>);
    /// Installed version of a package; `None` when it is not installed.
    fn version(&self, package: &str) -> Option<&str>;
    /// Calls `each` with package and offered version of every patch that the package system offers.
    fn each_available(&self, each: &mut dyn FnMut(&str, &str));
    /// What each source says. A source that is missing was not asked.
    fn signals(&self) -> &BTreeMap<SignalSource, Reading>;
    /// Newest run of each probe.
    fn probes(&self) -> &BTreeMap<ProbeId, ProbeRun>;
}

impl Observed for HostObservation {
    fn observed_at(&self) -> Time {
        self.observed_at
    }
    fn boot(&self) -> &Boot {
        &self.boot
    }
    fn family(&self) -> SystemFamily {
        self.system.family
    }
    fn kernels(&self) -> (&str, Option<&str>) {
        (&self.system.kernel_running, self.system.kernel_installed.as_deref())
    }
    fn version(&self, package: &str) -> Option<&str> {
        self.packages.get(package).map(|version| &**version)
    }
    fn each_available(&self, each: &mut dyn FnMut(&str, &str)) {
        self.available.iter().for_each(|patch| each(&patch.package, &patch.to));
    }
    fn signals(&self) -> &BTreeMap<SignalSource, Reading> {
        &self.signals
    }
    fn probes(&self) -> &BTreeMap<ProbeId, ProbeRun> {
        &self.probes
    }
}

/// The newest observation of a host, as far as proofs need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) observed_at: Time,
    pub(crate) heard_at: Time,
    pub(crate) boot: Boot,
    pub(crate) family: SystemFamily,
    /// Versions of the packages that the item names, in the order of [`crate::work::Work::wanted`].
    pub(crate) versions: Vec<Option<Box<str>>>,
    /// What each source says. A *pending* stays until its source is read clear or the host restarts.
    pub(crate) signals: BTreeMap<SignalSource, Reading>,
    /// Patches offered now that were not known before the work.
    pub(crate) surfaced: Vec<PackageOffer>,
}

/// A package at a version that the package system offers.
pub(crate) type PackageOffer = (Box<str>, Box<str>);

impl Seen {
    /// Does any source say that a restart is pending, or is a further patch offered?
    pub(crate) fn is_restless(&self, rules: Rules) -> bool {
        let pending = self.signals.values().any(|reading| matches!(reading, Reading::Pending(_)));
        (!self.surfaced.is_empty() && rules.holds(Rule::FurtherPatch))
            || (pending && rules.holds(Rule::PendingSource))
    }
}

/// Versions of the packages that matter, compared with and copied from `last` where nothing changed.
pub(crate) fn versions(seen: &dyn Observed, wanted: &[PackageVersion]) -> Vec<Option<Box<str>>> {
    wanted.iter().map(|wanted| seen.version(&wanted.package).map(Into::into)).collect()
}

/// Are the versions the same as in `last`? Without copying any.
pub(crate) fn same_versions(
    seen: &dyn Observed,
    wanted: &[PackageVersion],
    last: &[Option<Box<str>>],
) -> bool {
    wanted.len() == last.len()
        && wanted.iter().zip(last).all(|(wanted, last)| seen.version(&wanted.package) == last.as_deref())
}

/// What the sources say now, where what was pending before stays pending unless its source was read clear. A kernel source that
/// says *clear* while another kernel than the newest installed one runs contradicts the host itself: that is not known.
pub(crate) fn signals(
    seen: &dyn Observed,
    before: Option<&BTreeMap<SignalSource, Reading>>,
) -> BTreeMap<SignalSource, Reading> {
    let mut now = seen.signals().clone();
    if let (running, Some(installed)) = seen.kernels()
        && running != installed
        && let Some(reading) = now.get_mut(&SignalSource::Kernel)
        && *reading == Reading::Clear
    {
        *reading =
            Reading::Unknown(format!("says clear, yet {running} runs and {installed} is installed").into());
    }
    for (source, reading) in before.into_iter().flatten() {
        if matches!(reading, Reading::Pending(_))
            && matches!(now.get(source), None | Some(Reading::Unknown(_)))
        {
            now.insert(*source, reading.clone());
        }
    }
    now
}

/// Keeps the newer of two runs of a probe. Of two at the same instant the one that did not pass counts.
pub(crate) fn keep_newer(runs: &mut BTreeMap<ProbeId, ProbeRun>, id: &ProbeId, run: &ProbeRun) -> bool {
    match runs.get(id) {
        Some(kept) if kept == run || kept.tried_at > run.tried_at => false,
        Some(kept) if kept.tried_at == run.tried_at && !matches!(kept.result, ProbeResult::Passed(_)) => {
            false
        }
        Some(_) | None => {
            runs.insert(id.clone(), run.clone());
            true
        }
    }
}
