//! dpkg and apt (Debian and its kin).

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use model::host::{
    AVAILABLE_PER_HOST_MAX, AvailablePatch, PendingRestart, Reading, RestartOf, SignalSource, SystemFamily,
};
use model::patch::PackageVersion;

use super::packages::{CHANGE_MAX_SECONDS, Installed, PackageSystem};
use super::run::{NotRun, Program};
use super::{apt_read, needrestart};
use crate::core::cut;

/// Packages asked about in one call: a command line has a length limit.
const ASKED_AT_ONCE_MAX: usize = 200;

/// dpkg and apt.
#[derive(Debug)]
pub struct Apt {
    /// Where the system's files are.
    pub root: PathBuf,
}

impl Apt {
    fn change(&self, args: &[&str], packages: &[String], lock: Option<File>) -> Result<String, NotRun> {
        let options = [
            "-y",
            "-q",
            "--no-remove",
            "-o",
            "Dpkg::Options::=--force-confdef",
            "-o",
            "Dpkg::Options::=--force-confold",
            "-o",
            "DPkg::Lock::Timeout=600",
            "-o",
            "Dpkg::Use-Pty=0",
        ];
        let removes = args.contains(&"--allow-remove");
        let options = options.iter().filter(|option| !(removes && **option == "--no-remove"));
        let args = args.iter().filter(|arg| **arg != "--allow-remove");
        let program = Program::new("apt-get")
            .args(args)
            .args(options)
            .arg_list("--", packages)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("NEEDRESTART_SUSPEND", "1")
            .env("APT_LISTCHANGES_FRONTEND", "none")
            .left_alone_after(CHANGE_MAX_SECONDS);
        let program = match lock {
            Some(lock) => program.holding(lock),
            None => program,
        };
        program.ok().map(|out| last_lines(&out))
    }

    fn reboot_required(&self) -> Reading {
        let file = self.root.join("run/reboot-required");
        match file.try_exists() {
            Ok(false) => Reading::Clear,
            Ok(true) => {
                let packages =
                    std::fs::read_to_string(self.root.join("run/reboot-required.pkgs")).unwrap_or_default();
                let names: Vec<&str> =
                    packages.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                let reason =
                    if names.is_empty() { "no package is named".to_owned() } else { names.join(", ") };
                Reading::Pending(PendingRestart { of: RestartOf::Host, reason: cut(reason) })
            }
            Err(error) => Reading::Unknown(cut(format!("{}: {error}", file.display()))),
        }
    }

    fn package_system(&self) -> Reading {
        let unfinished = |reason: String| {
            Reading::Pending(PendingRestart { of: RestartOf::Services(Vec::new()), reason: cut(reason) })
        };
        let updates = std::fs::read_dir(self.root.join("var/lib/dpkg/updates"));
        if updates.is_ok_and(|mut updates| updates.next().is_some()) {
            return unfinished("dpkg was interrupted; `dpkg --configure -a` finishes its work".to_owned());
        }
        match Program::new("dpkg").args(["--audit"]).run() {
            Ok(ran) if !ran.out.trim().is_empty() => unfinished(format!("dpkg --audit: {}", ran.out.trim())),
            Ok(ran) if ran.status == Some(0) => Reading::Clear,
            Ok(ran) => {
                Reading::Unknown(cut(format!("dpkg --audit failed: {}", super::run::last_words(&ran))))
            }
            Err(error) => Reading::Unknown(cut(error.to_string())),
        }
    }

    fn sizes(&self, offered: &mut [AvailablePatch]) -> Result<(), NotRun> {
        for part in offered.chunks_mut(ASKED_AT_ONCE_MAX) {
            let names: Vec<String> =
                part.iter().map(|patch| format!("{}={}", patch.package, patch.to)).collect();
            let shown = Program::new("apt-cache").args(["show"]).arg_list("--", &names).run()?;
            let sizes = apt_read::sizes(&shown.out);
            for patch in part {
                patch.size_bytes = sizes.get(&(patch.package.clone(), patch.to.clone())).copied();
            }
        }
        Ok(())
    }
}

impl PackageSystem for Apt {
    fn family(&self) -> SystemFamily {
        SystemFamily::Debian
    }

    fn installed(&self) -> Result<Installed, NotRun> {
        let format = "${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\n";
        Program::new("dpkg-query").args(["-W", "-f", format]).ok().map(|out| apt_read::installed(&out))
    }

    fn available(&self) -> Result<Vec<AvailablePatch>, NotRun> {
        let args = ["-s", "-q", "-o", "Debug::NoLocking=1", "dist-upgrade"];
        let mut offered = apt_read::offered(&Program::new("apt-get").args(args).ok()?);
        offered.truncate(AVAILABLE_PER_HOST_MAX);
        self.sizes(&mut offered)?;
        Ok(offered)
    }

    fn refresh(&self) -> Result<(), NotRun> {
        // Without this option apt says 0 when nothing could be fetched.
        let args = ["update", "-q", "-o", "APT::Update::Error-Mode=any", "-o", "DPkg::Lock::Timeout=120"];
        Program::new("apt-get").args(args).within(900).ok().map(drop)
    }

    fn signals(&self) -> BTreeMap<SignalSource, Reading> {
        let (kernel, services) = needrestart::ask();
        BTreeMap::from([
            (SignalSource::RebootRequired, self.reboot_required()),
            (SignalSource::NeedrestartKernel, kernel),
            (SignalSource::NeedrestartServices, services),
            (SignalSource::PackageSystem, self.package_system()),
        ])
    }

    fn download(&self, packages: &[PackageVersion]) -> Result<String, NotRun> {
        self.change(&["install", "--download-only"], &words(packages), None)
    }

    fn install(&self, packages: &[PackageVersion], lock: File) -> Result<String, NotRun> {
        self.change(&["install"], &words(packages), Some(lock))
    }

    fn roll_back(
        &self,
        packages: &BTreeMap<Box<str>, Option<Box<str>>>,
        lock: File,
    ) -> Result<String, NotRun> {
        let word = |package: &str, version: &Option<Box<str>>| match version {
            Some(version) => format!("{package}={version}"),
            None => format!("{package}-"),
        };
        let words: Vec<String> = packages.iter().map(|(package, version)| word(package, version)).collect();
        self.change(&["install", "--allow-downgrades", "--allow-remove"], &words, Some(lock))
    }
}

impl Program {
    /// Words that are never taken for options.
    fn arg_list(self, end_of_options: &str, words: &[String]) -> Program {
        self.args([end_of_options]).args(words)
    }
}

fn words(packages: &[PackageVersion]) -> Vec<String> {
    packages.iter().map(|wanted| format!("{}={}", wanted.package, wanted.version)).collect()
}

/// The end of a long output: what a person wants to see.
pub(super) fn last_lines(out: &str) -> String {
    let lines: Vec<&str> = out.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n")
}
