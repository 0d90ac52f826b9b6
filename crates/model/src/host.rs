//! What a host says of itself: boot, packages, pending patches and every source that may know of a pending restart
//! (R02, R03, R26, R43). These are observations, never statuses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::ids::ProbeId;
use crate::probe::ProbeResult;

/// Most packages that one host may report.
pub const PACKAGES_PER_HOST_MAX: usize = 20_000;
/// Most available patches that one host may report.
pub const AVAILABLE_PER_HOST_MAX: usize = 5_000;
/// Longest text of a reading, a reason or a probe's result.
pub const SAYS_MAX_BYTES: usize = 2_000;

/// Everything observed on a host at one instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostObservation {
    /// When, on the server's clock: the agent's own instant, corrected by the difference of the two clocks when it was
    /// delivered, and never later than the delivery.
    pub observed_at: Time,
    /// The boot it was made in.
    pub boot: Boot,
    /// The operating system.
    pub system: SystemVersion,
    /// Installed packages, name to version.
    pub packages: BTreeMap<Box<str>, Box<str>>,
    /// Patches that the package system offers now.
    pub available: Vec<AvailablePatch>,
    /// What each source says of a pending restart. A source that is missing here was not asked: that is *unknown*.
    pub signals: BTreeMap<SignalSource, Reading>,
    /// Newest result of each probe that this host runs, with the instant it was tried.
    #[serde(default)]
    pub probes: BTreeMap<ProbeId, ProbeRun>,
    /// What the host's resources allow.
    pub resources: Resources,
}

/// One boot of a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Boot {
    /// The kernel's identifier of this boot: another one is a restart, nothing else is.
    pub id: Box<str>,
    /// When it began, on the server's clock like `observed_at`.
    pub began_at: Time,
}

/// Operating system and kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
pub struct SystemVersion {
    /// Which sources of a pending restart there are depends on this.
    pub family: SystemFamily,
    /// As the system calls itself (`Debian GNU/Linux 12 (bookworm)`).
    pub name: Box<str>,
    /// Release of the kernel that runs.
    pub kernel_running: Box<str>,
    /// Newest kernel installed; `None` when it cannot be told.
    pub kernel_installed: Option<Box<str>>,
}

/// A family of operating systems, by its package system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemFamily {
    /// dpkg and apt.
    Debian,
    /// rpm and dnf.
    RedHat,
}

/// A patch that the package system offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
pub struct AvailablePatch {
    /// Package.
    pub package: Box<str>,
    /// Installed version.
    pub from: Box<str>,
    /// Offered version.
    pub to: Box<str>,
    /// Bytes to download, when the package system says.
    pub size_bytes: Option<u64>,
    /// The repository that offers it, as it calls itself.
    pub origin: Box<str>,
}

/// A source that may know of a pending restart (design: algorithms, *Truth about restarts*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalSource {
    /// `/run/reboot-required` and `/run/reboot-required.pkgs`. Absence proves nothing by itself.
    RebootRequired,
    /// `needrestart -b`, its kernel status (KSTA).
    NeedrestartKernel,
    /// `needrestart -b`, services that run old code.
    NeedrestartServices,
    /// The running kernel against the newest one installed.
    Kernel,
    /// Processes that have deleted libraries mapped.
    DeletedLibraries,
    /// The package system itself: half-installed packages, interrupted runs, waiting triggers.
    PackageSystem,
    /// `dnf needs-restarting -r`.
    DnfNeedsRestarting,
}

impl SignalSource {
    /// Every source.
    pub const ALL: [SignalSource; 7] = [
        SignalSource::RebootRequired,
        SignalSource::NeedrestartKernel,
        SignalSource::NeedrestartServices,
        SignalSource::Kernel,
        SignalSource::DeletedLibraries,
        SignalSource::PackageSystem,
        SignalSource::DnfNeedsRestarting,
    ];

    /// The sources that must be read on a system: proof needs every one of them.
    pub fn applicable(family: SystemFamily) -> &'static [SignalSource] {
        match family {
            SystemFamily::Debian => &[
                SignalSource::RebootRequired,
                SignalSource::NeedrestartKernel,
                SignalSource::NeedrestartServices,
                SignalSource::Kernel,
                SignalSource::DeletedLibraries,
                SignalSource::PackageSystem,
            ],
            SystemFamily::RedHat => &[
                SignalSource::Kernel,
                SignalSource::DeletedLibraries,
                SignalSource::PackageSystem,
                SignalSource::DnfNeedsRestarting,
            ],
        }
    }

    /// Would it say so when the host as a whole must restart?
    pub fn tells_of_host(self) -> bool {
        match self {
            SignalSource::RebootRequired
            | SignalSource::NeedrestartKernel
            | SignalSource::Kernel
            | SignalSource::DnfNeedsRestarting => true,
            SignalSource::NeedrestartServices
            | SignalSource::DeletedLibraries
            | SignalSource::PackageSystem => false,
        }
    }

    /// The word on the wire, in the API and in CSV.
    pub fn word(self) -> &'static str {
        match self {
            SignalSource::RebootRequired => "reboot_required",
            SignalSource::NeedrestartKernel => "needrestart_kernel",
            SignalSource::NeedrestartServices => "needrestart_services",
            SignalSource::Kernel => "kernel",
            SignalSource::DeletedLibraries => "deleted_libraries",
            SignalSource::PackageSystem => "package_system",
            SignalSource::DnfNeedsRestarting => "dnf_needs_restarting",
        }
    }
}

/// What one source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// It was read, and no restart is pending as far as it knows.
    Clear,
    /// A restart is pending.
    Pending(PendingRestart),
    /// It could not be read; says why. Unknown is not no.
    Unknown(Box<str>),
}

/// A restart that a source says is pending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
pub struct PendingRestart {
    /// What would have to restart.
    pub of: RestartOf,
    /// Why, in the source's words (packages, kernel releases, process names).
    pub reason: Box<str>,
}

/// What would have to restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum RestartOf {
    /// The host.
    Host,
    /// These services, by the name that the service manager knows.
    Services(Vec<Box<str>>),
}

/// A probe's newest run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// When, on the server's clock like `observed_at`.
    pub tried_at: Time,
    /// How it went.
    pub result: ProbeResult,
}

/// What the host's resources allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// Free bytes where packages are downloaded and installed; `None` when it cannot be told.
    pub disk_free_bytes: Option<u64>,
    /// Where the power comes from.
    pub power: Power,
    /// The host's clock minus the server's, in milliseconds, as of the last contact; `None` before the first.
    pub clock_offset_ms: Option<i64>,
}

/// Where a host's power comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Mains.
    Mains,
    /// A battery.
    Battery,
    /// It cannot be told.
    Unknown,
}

/// What a host reports: everything, only what changed, or that nothing did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostReport {
    /// Everything: the first report, and whenever the server asks for it.
    Full(Box<HostObservation>),
    /// What changed since the report before.
    Changes(Box<HostChanges>),
    /// Nothing changed; it was looked at then.
    Same {
        /// When, on the server's clock.
        observed_at: Time,
    },
}

/// What changed since the report before. A part that is `None` is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostChanges {
    /// When, on the server's clock.
    pub observed_at: Time,
    /// Another boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
    /// Another system or kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemVersion>,
    /// Packages that are new or have another version; `None` stands for one that is gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<Box<str>, Option<Box<str>>>,
    /// Another list of available patches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Vec<AvailablePatch>>,
    /// All signals, when one of them changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<BTreeMap<SignalSource, Reading>>,
    /// Probes that were run again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub probes: BTreeMap<ProbeId, ProbeRun>,
    /// Other resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
}

impl HostChanges {
    /// Both changes one after another: taking in the result is taking in `self` and then `later`.
    #[must_use]
    pub fn then(mut self, later: HostChanges) -> HostChanges {
        self.observed_at = self.observed_at.max(later.observed_at);
        self.boot = later.boot.or(self.boot);
        self.system = later.system.or(self.system);
        self.packages.extend(later.packages);
        self.available = later.available.or(self.available);
        self.signals = later.signals.or(self.signals);
        self.probes.extend(later.probes);
        self.resources = later.resources.or(self.resources);
        self
    }
}

impl HostReport {
    /// When it was observed, on the server's clock.
    pub fn observed_at(&self) -> Time {
        match self {
            HostReport::Full(full) => full.observed_at,
            HostReport::Changes(changes) => changes.observed_at,
            HostReport::Same { observed_at } => *observed_at,
        }
    }
}

impl HostObservation {
    /// Takes in what changed.
    pub fn apply(&mut self, changes: HostChanges) {
        self.observed_at = self.observed_at.max(changes.observed_at);
        if let Some(boot) = changes.boot {
            self.boot = boot;
        }
        if let Some(system) = changes.system {
            self.system = system;
        }
        for (package, version) in changes.packages {
            match version {
                Some(version) => self.packages.insert(package, version),
                None => self.packages.remove(&package),
            };
        }
        if let Some(available) = changes.available {
            self.available = available;
        }
        if let Some(signals) = changes.signals {
            self.signals = signals;
        }
        self.probes.extend(changes.probes);
        if let Some(resources) = changes.resources {
            self.resources = resources;
        }
    }

    /// What changed from `self` to `newer`; `None` when nothing did but the time.
    pub fn changes_to(&self, newer: &HostObservation) -> Option<HostChanges> {
        let mut packages = BTreeMap::new();
        for (package, version) in &newer.packages {
            if self.packages.get(package) != Some(version) {
                packages.insert(package.clone(), Some(version.clone()));
            }
        }
        for package in self.packages.keys().filter(|package| !newer.packages.contains_key(*package)) {
            packages.insert(package.clone(), None);
        }
        let probes = newer.probes.iter().filter(|(id, run)| self.probes.get(*id) != Some(run));
        let changes = HostChanges {
            observed_at: newer.observed_at,
            boot: (self.boot.id != newer.boot.id).then(|| newer.boot.clone()),
            system: (self.system != newer.system).then(|| newer.system.clone()),
            packages,
            available: (self.available != newer.available).then(|| newer.available.clone()),
            signals: (self.signals != newer.signals).then(|| newer.signals.clone()),
            probes: probes.map(|(id, run)| (id.clone(), run.clone())).collect(),
            resources: (self.resources != newer.resources).then(|| newer.resources.clone()),
        };
        let nothing = HostChanges { observed_at: newer.observed_at, ..HostChanges::default() };
        (changes != nothing).then_some(changes)
    }
}
