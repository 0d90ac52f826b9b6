//! rpm and dnf (Red Hat and its kin). Reading what they print is pure; any input gives an answer.

use std::collections::BTreeMap;
use std::fs::File;

use model::host::{
    AVAILABLE_PER_HOST_MAX, AvailablePatch, PendingRestart, Reading, RestartOf, SignalSource, SystemFamily,
};
use model::patch::PackageVersion;

use super::apt::last_lines;
use super::packages::{CHANGE_MAX_SECONDS, Installed, PackageSystem};
use super::run::{NotRun, Program, Ran, last_words, status_word};
use crate::core::cut;

/// rpm and dnf.
#[derive(Debug)]
pub struct Dnf;

impl Dnf {
    fn change(
        &self,
        verb: &str,
        options: &[&str],
        words: &[String],
        lock: Option<File>,
    ) -> Result<String, NotRun> {
        let program = Program::new("dnf").args(["-y", "-q"]).args(options).args([verb]).args(words);
        let program = program.left_alone_after(CHANGE_MAX_SECONDS);
        let program = match lock {
            Some(lock) => program.holding(lock),
            None => program,
        };
        program.ok().map(|out| last_lines(&out))
    }
}

impl PackageSystem for Dnf {
    fn family(&self) -> SystemFamily {
        SystemFamily::RedHat
    }

    fn installed(&self) -> Result<Installed, NotRun> {
        let format = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n";
        Program::new("rpm").args(["-qa", "--qf", format]).ok().map(|out| installed(&out))
    }

    fn available(&self) -> Result<Vec<AvailablePatch>, NotRun> {
        let ran = Program::new("dnf").args(["-q", "-C", "check-update"]).run()?;
        match ran.status {
            Some(0 | 100) => {
                let mut offered = offered(&ran.out, &self.installed()?);
                offered.truncate(AVAILABLE_PER_HOST_MAX);
                Ok(offered)
            }
            status => {
                let (program, status) = ("dnf check-update".to_owned(), status_word(status));
                Err(NotRun::Status { program, status, says: last_words(&ran) })
            }
        }
    }

    fn refresh(&self) -> Result<(), NotRun> {
        Program::new("dnf").args(["-q", "makecache", "--refresh"]).within(900).ok().map(drop)
    }

    fn signals(&self) -> BTreeMap<SignalSource, Reading> {
        let needs = match Program::new("dnf").args(["-q", "-C", "needs-restarting", "-r"]).run() {
            Ok(ran) => needs_restarting(&ran),
            Err(error) => Reading::Unknown(cut(error.to_string())),
        };
        let system = match Program::new("dnf").args(["-q", "-C", "check"]).run() {
            Ok(ran) => checked(&ran),
            Err(error) => Reading::Unknown(cut(error.to_string())),
        };
        BTreeMap::from([(SignalSource::DnfNeedsRestarting, needs), (SignalSource::PackageSystem, system)])
    }

    fn download(&self, packages: &[PackageVersion]) -> Result<String, NotRun> {
        self.change("install", &["--downloadonly"], &words(packages), None)
    }

    fn install(&self, packages: &[PackageVersion], lock: File) -> Result<String, NotRun> {
        self.change("install", &[], &words(packages), Some(lock))
    }

    fn roll_back(
        &self,
        packages: &BTreeMap<Box<str>, Option<Box<str>>>,
        lock: File,
    ) -> Result<String, NotRun> {
        let back: Vec<String> =
            packages.iter().filter_map(|(name, version)| Some(word(name, version.as_deref()?))).collect();
        let off: Vec<String> =
            packages.iter().filter(|(_, v)| v.is_none()).map(|(name, _)| name.to_string()).collect();
        let mut says = Vec::new();
        if !back.is_empty() {
            let lock = lock.try_clone().map_err(|source| NotRun::Io { program: "dnf".into(), source })?;
            says.push(self.change("downgrade", &[], &back, Some(lock))?);
        }
        if !off.is_empty() {
            says.push(self.change("remove", &["--noautoremove"], &off, Some(lock))?);
        }
        Ok(says.join("\n"))
    }
}

fn words(packages: &[PackageVersion]) -> Vec<String> {
    packages.iter().map(|wanted| word(&wanted.package, &wanted.version)).collect()
}

/// dnf's name for a package at a version; the epoch stands before the version.
fn word(package: &str, version: &str) -> String {
    match package.rsplit_once('.') {
        Some((name, architecture)) => format!("{name}-{version}.{architecture}"),
        None => format!("{package}-{version}"),
    }
}

/// Lines of `rpm -qa` as name, epoch, version-release and architecture with tabs between. Where a name is installed for
/// two architectures, the second has its architecture behind its name; of several versions (kernels) the last listed counts.
pub fn installed(text: &str) -> Installed {
    let mut found = Installed::new();
    let mut homes: BTreeMap<Box<str>, String> = BTreeMap::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [name, epoch, version, architecture] = parts[..] else { continue };
        if name.is_empty() || version.is_empty() || name == "gpg-pubkey" {
            continue;
        }
        let version =
            if epoch == "0" || epoch.is_empty() { version.to_owned() } else { format!("{epoch}:{version}") };
        let home = homes.entry(name.into()).or_insert_with(|| architecture.to_owned());
        let key = if home == architecture { name.to_owned() } else { format!("{name}.{architecture}") };
        found.insert(key.into(), version.into());
    }
    found
}

/// Lines of `dnf check-update`: `name.arch  version  repository`; what follows *Obsoleting Packages* is something else.
pub fn offered(text: &str, installed: &Installed) -> Vec<AvailablePatch> {
    let lines = text.lines().take_while(|line| !line.starts_with("Obsoleting Packages"));
    let offer = |line: &str| {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [full, to, origin] = parts[..] else { return None };
        let (name, _) = full.rsplit_once('.')?;
        let package = if installed.contains_key(full) { full } else { name };
        let from = installed.get(package)?.clone();
        Some(AvailablePatch {
            package: package.into(),
            from,
            to: to.into(),
            size_bytes: None,
            origin: origin.into(),
        })
    };
    let mut found: Vec<AvailablePatch> = lines.filter_map(offer).collect();
    found.sort();
    found.dedup();
    found
}

/// `dnf needs-restarting -r`: status 1 says that the host must restart, 0 that it need not.
pub fn needs_restarting(ran: &Ran) -> Reading {
    let says_so =
        ran.out.contains("Reboot is required") || ran.out.contains("Reboot should not be necessary");
    match ran.status {
        Some(0) => Reading::Clear,
        Some(1) if says_so => {
            let names: Vec<&str> =
                ran.out.lines().filter_map(|line| line.trim().strip_prefix("* ")).collect();
            let reason = if names.is_empty() { "it names no package".to_owned() } else { names.join(", ") };
            Reading::Pending(PendingRestart { of: RestartOf::Host, reason: cut(reason) })
        }
        status => {
            let missing = ran.err.contains("No such command");
            let hint = if missing { "; `dnf install dnf-utils`" } else { "" };
            let says = last_words(ran);
            Reading::Unknown(cut(format!(
                "dnf needs-restarting ended with {}: {says}{hint}",
                status_word(status)
            )))
        }
    }
}

/// `dnf check`: problems of the package database.
pub fn checked(ran: &Ran) -> Reading {
    if ran.status == Some(0) {
        return Reading::Clear;
    }
    if ran.out.trim().is_empty() {
        let status = status_word(ran.status);
        return Reading::Unknown(cut(format!("dnf check ended with {status}: {}", last_words(ran))));
    }
    let reason = cut(format!("dnf check: {}", ran.out.trim()));
    Reading::Pending(PendingRestart { of: RestartOf::Services(Vec::new()), reason })
}
