//! An invented machine: what is really installed, running and pending on it. Only this knows the truth; the agent sees what a
//! look shows, and the oracle compares.

use std::collections::{BTreeMap, BTreeSet};

use agent::core::{Ended, Found};
use model::Time;
use model::host::{
    AvailablePatch, Boot, HostObservation, PendingRestart, Power, Reading, Resources, RestartOf,
    SignalSource, SystemFamily, SystemVersion,
};
use model::ids::ProbeId;
use model::order::{Action, Order};
use model::patch::PackageVersion;
use model::probe::{Probe, ProbeResult};

use crate::agenda::later;
use crate::faults::{Fault, Faults};

/// What a package does beyond what its maker says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// Nothing.
    Honest,
    /// The installer says *done*, and the old version stays.
    Lies,
    /// The installer fails and changes nothing.
    Fails,
    /// It installs, and what the host is there for no longer works.
    BreaksFunction,
    /// The next restart never comes back.
    NeverComesBack,
    /// The next restart is only said to have happened: whatever carries it out answers *done*, and the host runs on as before.
    SaysRestarted,
    /// The next restart arms another one, so many seconds after the boot.
    Arms(i64),
    /// A further patch surfaces so many seconds after it was installed.
    Surfaces(i64),
}

/// What must restart after a package was changed, and what it does beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nature {
    /// The host.
    pub host: bool,
    /// Services.
    pub services: Vec<Box<str>>,
    /// What nobody was told.
    pub twist: Twist,
    /// Where a pending restart of the host shows; never in all sources, and with some packages in none.
    pub shows_in: Option<SignalSource>,
}

/// Something that the machine will do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
    /// A restart becomes pending, unless the machine is in another boot by then.
    Arms {
        /// Number of that boot.
        boot: u64,
        /// After so long.
        seconds: i64,
    },
    /// A further patch is offered.
    Surfaces {
        /// After so long.
        seconds: i64,
    },
}

/// The truth about one host.
#[derive(Clone, Debug)]
pub struct Machine {
    name: Box<str>,
    boot: u64,
    booted_at: Time,
    /// Installed packages.
    pub packages: BTreeMap<Box<str>, Box<str>>,
    natures: BTreeMap<Box<str>, Nature>,
    runs: BTreeMap<Box<str>, u64>,
    stale: BTreeSet<Box<str>>,
    pending: Option<(SignalSource, Box<str>)>,
    armed: Option<(SignalSource, i64)>,
    offered: Vec<AvailablePatch>,
    /// Sources that cannot be read.
    pub unreadable: BTreeSet<SignalSource>,
    /// Sources that are never asked.
    pub missing: BTreeSet<SignalSource>,
    works: bool,
    doomed: bool,
    /// Restarts are only said to happen.
    pretends: bool,
    /// When anything last changed, in truth.
    pub changed_at: Time,
    /// How often each package was really changed.
    pub installs: BTreeMap<Box<str>, u32>,
    /// How often it restarted because it was told to.
    pub ordered_restarts: u32,
    /// Boot in which a package that needs a restart of the host was last changed.
    restart_due_after: Option<u64>,
    /// When a further patch was last put on offer.
    pub offers_since: Option<Time>,
    /// What went wrong on it.
    pub faults: Faults,
}

impl Machine {
    /// A machine that runs well.
    pub fn new(
        name: &str,
        packages: BTreeMap<Box<str>, Box<str>>,
        natures: BTreeMap<Box<str>, Nature>,
        at: Time,
    ) -> Machine {
        let services = natures.values().flat_map(|nature| nature.services.iter().cloned());
        Machine {
            name: name.into(),
            boot: 1,
            booted_at: at,
            packages,
            runs: services.map(|service| (service, 1)).collect(),
            natures,
            stale: BTreeSet::new(),
            pending: None,
            armed: None,
            offered: Vec::new(),
            unreadable: BTreeSet::new(),
            missing: BTreeSet::new(),
            works: true,
            doomed: false,
            pretends: false,
            changed_at: at,
            installs: BTreeMap::new(),
            ordered_restarts: 0,
            restart_due_after: None,
            offers_since: None,
            faults: Faults::default(),
        }
    }

    /// Number of the boot, from 1.
    pub fn boot(&self) -> u64 {
        self.boot
    }

    /// The kernel's identifier of the boot.
    pub fn boot_id(&self) -> Box<str> {
        format!("{}-boot-{}", self.name, self.boot).into()
    }

    /// Does what it is there for work?
    pub fn works(&self) -> bool {
        self.works
    }

    /// Is nothing pending or stale, and does it work?
    pub fn is_clean(&self) -> bool {
        self.pending.is_none() && self.stale.is_empty() && self.works && self.is_restarted()
    }

    /// Was it restarted since a package that needs it was changed?
    pub fn is_restarted(&self) -> bool {
        self.restart_due_after.is_none_or(|boot| boot < self.boot)
    }

    /// Is a restart only said to have happened, and does not happen?
    pub fn pretends_to_restart(&self) -> bool {
        self.pretends
    }

    /// A restart is said to have happened: nothing did.
    pub fn says_restarted(&mut self) {
        self.faults.happened(Fault::RestartOnlySaid);
    }

    /// The source that says that a restart is pending, if one says so now.
    pub fn pending_shown(&self) -> Option<SignalSource> {
        let (source, _) = self.pending.as_ref()?;
        (!self.unreadable.contains(source) && !self.missing.contains(source)).then_some(*source)
    }

    /// Is a restart of the host pending?
    pub fn is_restart_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Can every source that its system has be read?
    pub fn is_readable(&self) -> bool {
        self.unreadable.is_empty() && self.missing.is_empty()
    }

    /// Has it every package at this version?
    pub fn has(&self, wanted: &[PackageVersion]) -> bool {
        wanted.iter().all(|wanted| self.packages.get(&wanted.package) == Some(&wanted.version))
    }

    /// What a look shows, with times on the host's own clock.
    pub fn observe(&self, clock: Time, skew_us: i64, probes: &[Probe]) -> HostObservation {
        let applicable = SignalSource::applicable(SystemFamily::Debian).iter().copied();
        let asked = applicable.filter(|source| !self.missing.contains(source));
        let kernel_is_new = matches!(&self.pending, Some((SignalSource::Kernel, _)));
        HostObservation {
            observed_at: clock,
            boot: Boot { id: self.boot_id(), began_at: Time(self.booted_at.0 + skew_us) },
            system: SystemVersion {
                family: SystemFamily::Debian,
                name: "Debian GNU/Linux 12 (bookworm)".into(),
                kernel_running: "6.1.0-40".into(),
                kernel_installed: Some(if kernel_is_new { "6.1.0-41".into() } else { "6.1.0-40".into() }),
            },
            packages: self.packages.clone(),
            available: self.offered.clone(),
            signals: asked.map(|source| (source, self.reading(source))).collect(),
            probes: probes.iter().map(|probe| (probe.id.clone(), self.probe_run(clock))).collect(),
            resources: Resources {
                disk_free_bytes: Some(20 << 30),
                power: Power::Mains,
                clock_offset_ms: None,
            },
        }
    }

    fn reading(&self, source: SignalSource) -> Reading {
        if self.unreadable.contains(&source) {
            return Reading::Unknown("permission denied".into());
        }
        if let Some((shows_in, reason)) = &self.pending
            && *shows_in == source
        {
            return Reading::Pending(PendingRestart { of: RestartOf::Host, reason: reason.clone() });
        }
        if source == SignalSource::NeedrestartServices && !self.stale.is_empty() {
            let services: Vec<Box<str>> = self.stale.iter().cloned().collect();
            let reason = services.join(", ").into();
            return Reading::Pending(PendingRestart { of: RestartOf::Services(services), reason });
        }
        Reading::Clear
    }

    fn probe_run(&self, clock: Time) -> model::host::ProbeRun {
        model::host::ProbeRun { tried_at: clock, result: self.probe() }
    }

    fn probe(&self) -> ProbeResult {
        if self.works {
            ProbeResult::Passed("answers".into())
        } else {
            ProbeResult::Failed("no answer".into())
        }
    }

    /// What an agent finds just before an order.
    pub fn find(&self, order: &Order) -> Found {
        let mut names: BTreeSet<Box<str>> = order.expects.packages.keys().cloned().collect();
        let mut services = BTreeMap::new();
        match &order.action {
            Action::Download(wanted) | Action::Install(wanted) => {
                names.extend(wanted.iter().map(|wanted| wanted.package.clone()));
            }
            Action::RollBack(wanted) => names.extend(wanted.keys().cloned()),
            Action::RestartServices(wanted) => {
                services = wanted.iter().map(|name| (name.clone(), self.run(name))).collect();
            }
            Action::RestartHost | Action::Probe(_) => {}
        }
        Found {
            boot: self.boot_id(),
            packages: names
                .into_iter()
                .map(|name| (name.clone(), self.packages.get(&name).cloned()))
                .collect(),
            services,
            disk_free_bytes: Some(20 << 30),
            power: Power::Mains,
            cannot: None,
        }
    }

    fn run(&self, service: &str) -> Option<Box<str>> {
        self.runs.get(service).map(|run| format!("{}.{run}", self.boot).into())
    }

    /// Carries out everything but a restart of the host, and says how it ended and what it will do later.
    pub fn carry_out(&mut self, action: &Action, at: Time) -> (Ended, Vec<Later>) {
        let mut laters = Vec::new();
        match action {
            Action::Download(_) | Action::RestartHost => {}
            Action::Install(wanted) => {
                for wanted in wanted {
                    if let Err(ended) = self.install(&wanted.package, Some(&wanted.version), at, &mut laters)
                    {
                        return (ended, laters);
                    }
                }
            }
            Action::RollBack(wanted) => {
                for (package, version) in wanted {
                    if let Err(ended) = self.install(package, version.as_deref(), at, &mut laters) {
                        return (ended, laters);
                    }
                    self.works = true;
                }
            }
            Action::RestartServices(services) => {
                self.changed_at = at;
                for service in services {
                    *self.runs.entry(service.clone()).or_insert(0) += 1;
                    self.stale.remove(service);
                }
            }
            Action::Probe(probes) => {
                let results: BTreeMap<ProbeId, ProbeResult> =
                    probes.iter().map(|probe| (probe.id.clone(), self.probe())).collect();
                return (Ended::Done { says: "tried".into(), probes: results }, laters);
            }
        }
        (Ended::Done { says: "exit status 0".into(), probes: BTreeMap::new() }, laters)
    }

    fn install(
        &mut self,
        package: &str,
        version: Option<&str>,
        at: Time,
        laters: &mut Vec<Later>,
    ) -> Result<(), Ended> {
        let nature = self.natures.get(package).cloned();
        let twist = nature.as_ref().map_or(Twist::Honest, |nature| nature.twist);
        match twist {
            Twist::Lies => {
                self.faults.happened(Fault::PatchLies);
                return Ok(());
            }
            Twist::Fails => {
                self.faults.happened(Fault::PatchFails);
                return Err(Ended::Failed { says: "exit status 100: unmet dependencies".into() });
            }
            Twist::BreaksFunction => {
                self.faults.happened(Fault::PatchBricks);
                self.works = false;
            }
            Twist::NeverComesBack => self.doomed = true,
            Twist::SaysRestarted => self.pretends = true,
            Twist::Surfaces(seconds) => laters.push(Later::Surfaces { seconds }),
            Twist::Honest | Twist::Arms(_) => {}
        }
        self.changed_at = at;
        *self.installs.entry(package.into()).or_insert(0) += 1;
        match version {
            Some(version) => self.packages.insert(package.into(), version.into()),
            None => self.packages.remove(package),
        };
        let Some(nature) = nature else { return Ok(()) };
        self.stale.extend(nature.services.iter().cloned());
        if nature.host {
            let reason: Box<str> = format!("{package} was changed").into();
            self.pending = nature.shows_in.map(|source| (source, reason)).or(self.pending.take());
            self.restart_due_after = Some(self.boot);
            if let (Twist::Arms(seconds), Some(source)) = (twist, nature.shows_in) {
                self.armed = Some((source, seconds));
            }
        }
        Ok(())
    }

    /// Goes down, by an order or because the power failed. `false` when it never comes back.
    pub fn goes_down(&mut self, ordered: bool) -> bool {
        self.ordered_restarts += u32::from(ordered);
        if self.doomed {
            self.faults.happened(Fault::NeverReturns);
        }
        !self.doomed
    }

    /// Comes up in another boot.
    pub fn comes_up(&mut self, at: Time) -> Vec<Later> {
        self.boot += 1;
        self.booted_at = at;
        self.changed_at = at;
        self.pending = None;
        self.stale.clear();
        self.runs.values_mut().for_each(|run| *run += 1);
        let boot = self.boot;
        self.armed.iter().map(|(_, seconds)| Later::Arms { boot, seconds: *seconds }).collect()
    }

    /// What was armed becomes pending, once.
    pub fn arms(&mut self, boot: u64, at: Time) {
        if boot != self.boot {
            return;
        }
        if let Some((source, _)) = self.armed.take() {
            self.faults.happened(Fault::ChainedRestart);
            self.pending = Some((source, "a second stage waits for a restart".into()));
            self.restart_due_after = Some(self.boot);
            self.changed_at = at;
        }
    }

    /// A further patch is offered from now on.
    pub fn surfaces(&mut self, at: Time) {
        self.faults.happened(Fault::FurtherPatch);
        self.offers_since = Some(at);
        self.offered.push(AvailablePatch {
            package: format!("late-surfacing-{}", self.offered.len() + 1).into(),
            from: "1".into(),
            to: "2".into(),
            size_bytes: None,
            origin: "site".into(),
        });
    }

    /// The host's clock for an instant.
    pub fn clock(&self, at: Time, skew_ms: i64) -> Time {
        later(at, skew_ms)
    }
}
