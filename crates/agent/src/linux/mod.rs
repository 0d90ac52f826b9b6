//! A Linux host: what can be observed of it, and what can be done to it. Every source that cannot be read is *unknown*
//! with the reason; nothing is left out in silence.
//!
//! What must not live here: decisions (they are `core`'s) and the network to the server (`shell`'s).

mod apt;
pub mod apt_read;
pub mod dnf;
mod lock;
pub mod needrestart;
mod packages;
pub mod probe;
pub mod processes;
pub mod run;
mod services;
pub mod system;

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::Time;
use model::host::{HostObservation, PendingRestart, ProbeRun, Reading, Resources, RestartOf, SignalSource};
use model::order::{Action, Order};
use model::probe::Probe;

use crate::core::{Ended, Found, cut, targets};
pub use apt::Apt;
pub use dnf::Dnf;
pub use lock::Lock;
pub use packages::{Installed, PackageSystem};

/// A host.
pub struct Linux {
    root: PathBuf,
    packages: Box<dyn PackageSystem>,
    lock: Lock,
    probes: probe::Probes,
    /// Why the list of offered patches could not be fetched last.
    refresh_failed: std::sync::Mutex<Option<Box<str>>>,
}

/// Why a host cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum NoHost {
    /// Neither dpkg nor rpm.
    #[error("neither dpkg-query nor rpm is installed: this program serves Debian, Red Hat and their kin")]
    NoPackageSystem,
    /// The state folder cannot be used.
    #[error(transparent)]
    Lock(#[from] std::io::Error),
}

impl Linux {
    /// The host whose files are below `root` (`/` but in tests); programs come from the search path. `state` is the folder
    /// that holds the lock of running changes.
    ///
    /// # Errors
    /// It has no package system that is known, or the folder cannot be used.
    pub fn new(root: PathBuf, state: &std::path::Path) -> Result<Linux, NoHost> {
        let there = |name: &str| {
            !matches!(run::Program::new(name).args(["--version"]).run(), Err(run::NotRun::NotThere(_)))
        };
        let packages: Box<dyn PackageSystem> = if there("dpkg-query") {
            Box::new(Apt { root: root.clone() })
        } else if there("rpm") {
            Box::new(Dnf)
        } else {
            return Err(NoHost::NoPackageSystem);
        };
        let lock = Lock::new(&state.join("changing.lock"))?;
        let probes = probe::Probes::new(root.clone());
        Ok(Linux { root, packages, lock, probes, refresh_failed: std::sync::Mutex::default() })
    }

    /// The probes from now on.
    pub fn set_probes(&self, probes: Vec<Probe>) {
        self.probes.set(probes);
    }

    /// The boot.
    ///
    /// # Errors
    /// The kernel does not say.
    pub fn boot(&self) -> Result<model::host::Boot, String> {
        system::boot(&self.root)
    }

    /// Fetches what is offered anew.
    pub fn refresh(&self) {
        let failed = self.packages.refresh().err().map(|error| cut(error.to_string()));
        if let Ok(mut kept) = self.refresh_failed.lock() {
            *kept = failed;
        }
    }

    /// Looks at everything. `began` is the host's clock now.
    ///
    /// # Errors
    /// What a report cannot be without is not to be had: boot, packages, kernel.
    pub fn observe(&self, began: Time) -> Result<HostObservation, String> {
        let boot = self.boot()?;
        let packages = self.packages.installed().map_err(|error| error.to_string())?;
        let system = system::version(&self.root, self.packages.family(), &packages)?;
        let mut signals = self.packages.signals();
        signals.insert(SignalSource::Kernel, system::kernel(&self.root, &system, &packages));
        signals.insert(SignalSource::DeletedLibraries, processes::deleted_libraries(&self.root));
        let available = match self.packages.available() {
            Ok(available) => available,
            Err(error) => {
                unknown_offers(&mut signals, &error.to_string());
                Vec::new()
            }
        };
        if let Some(why) = self.refresh_failed.lock().ok().and_then(|kept| kept.clone()) {
            unknown_offers(&mut signals, &why);
        }
        half_there(&mut signals, &packages);
        let resources = Resources {
            disk_free_bytes: system::disk_free_bytes(&self.root),
            power: system::power(&self.root),
            clock_offset_ms: None,
        };
        let tried = self.probes.try_all();
        let run = |(id, result)| (id, ProbeRun { tried_at: began, result });
        let probes = tried.into_iter().map(run).collect();
        Ok(HostObservation {
            observed_at: began,
            boot,
            system,
            packages,
            available,
            signals,
            probes,
            resources,
        })
    }

    /// Looks at what an order concerns, once no change of ours runs any more.
    pub fn look(&self, order: &Order) -> Found {
        let mut cannot = self.lock.wait().err().map(|error| cut(error.to_string()));
        let installed = self.packages.installed().unwrap_or_else(|error| {
            cannot.get_or_insert(cut(error.to_string()));
            Installed::new()
        });
        let names = order.expects.packages.keys().cloned().chain(targets(&order.action).into_keys());
        let packages = names.map(|name| (name.clone(), installed.get(&name).cloned())).collect();
        let services = match &order.action {
            Action::RestartServices(names) => services::runs(names).unwrap_or_else(|error| {
                cannot.get_or_insert(cut(error.to_string()));
                BTreeMap::new()
            }),
            Action::Download(_)
            | Action::Install(_)
            | Action::RestartHost
            | Action::Probe(_)
            | Action::RollBack(_) => BTreeMap::new(),
        };
        let boot = self.boot().map(|boot| boot.id).unwrap_or_else(|error| {
            cannot.get_or_insert(cut(error));
            Box::default()
        });
        Found {
            boot,
            packages,
            services,
            disk_free_bytes: system::disk_free_bytes(&self.root),
            power: system::power(&self.root),
            cannot,
        }
    }

    /// Carries an action out.
    pub fn act(&self, action: &Action) -> Ended {
        let locked = |change: &dyn Fn(std::fs::File) -> Result<String, run::NotRun>| {
            let lock =
                self.lock.take().map_err(|source| run::NotRun::Io { program: "the lock".into(), source })?;
            change(lock)
        };
        let done = match action {
            Action::Probe(probes) => {
                let probes = self.probes.try_these(probes);
                let says = cut(format!("{} probes were tried", probes.len()));
                return Ended::Done { says, probes };
            }
            Action::Download(packages) => {
                self.refresh();
                self.packages.download(packages)
            }
            Action::Install(packages) => locked(&|lock| self.packages.install(packages, lock)),
            Action::RollBack(packages) => locked(&|lock| self.packages.roll_back(packages, lock)),
            Action::RestartServices(names) => services::restart(names),
            Action::RestartHost => services::restart_host(),
        };
        match done {
            Ok(says) => Ended::Done { says: cut(says), probes: BTreeMap::new() },
            Err(error) => Ended::Failed { says: cut(error.to_string()) },
        }
    }
}

/// What is not known to be offered must not look as if nothing were.
fn unknown_offers(signals: &mut BTreeMap<SignalSource, Reading>, why: &str) {
    let reading = signals.entry(SignalSource::PackageSystem).or_insert(Reading::Clear);
    if *reading == Reading::Clear {
        *reading = Reading::Unknown(cut(format!("which patches are offered is not known: {why}")));
    }
}

/// A package that is there by half is a matter of the package system, whatever its audit says.
fn half_there(signals: &mut BTreeMap<SignalSource, Reading>, packages: &Installed) {
    let halves: Vec<String> = packages
        .iter()
        .filter(|(_, version)| version.contains(" ("))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let reading = signals.entry(SignalSource::PackageSystem).or_insert(Reading::Clear);
    if !halves.is_empty() && !matches!(reading, Reading::Pending(_)) {
        let of = RestartOf::Services(Vec::new());
        *reading = Reading::Pending(PendingRestart { of, reason: cut(halves.join(", ")) });
    }
}
