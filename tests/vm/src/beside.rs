//! patchman beside the night, when it is asked for: it is told what its client would tell it, and asked what it shows.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::guest::Guest;

/// What patchman's client asks a Debian host for, in this order.
const ASKED: &str = "uname -r; cat /etc/debian_version; \
     if [ -e /var/run/reboot-required ]; then echo True; else echo ServerCheck; fi; \
     dpkg-query -W -f='${Package} ${Version} ${Architecture}\\n'";

/// A running patchman.
pub(crate) struct Patchman {
    script: PathBuf,
    work: PathBuf,
}

impl Patchman {
    pub(crate) fn start(rig: &Path, work: &Path) -> Result<Patchman> {
        let patchman = Patchman { script: rig.join("patchman.sh"), work: work.to_owned() };
        patchman.run(&["start"], "")?;
        Ok(patchman)
    }

    /// Sends a report of the host as it is now, and says what is shown of it then.
    pub(crate) fn report(&self, host: &str, guest: &Guest) -> Result<String> {
        let told = guest.ok(ASKED)?;
        let mut lines = told.splitn(4, '\n');
        let mut next = |what: &str| lines.next().map(str::to_owned).with_context(|| what.to_owned());
        let (kernel, debian, reboot) = (next("the kernel")?, next("the release")?, next("the marker file")?);
        self.run(&["report", host, &kernel, &reboot, &debian], &format!("{}\n", next("packages")?))?;
        self.says(host)
    }

    /// What is shown of the host, as of its newest report.
    pub(crate) fn says(&self, host: &str) -> Result<String> {
        self.run(&["says", host], "")
    }

    fn run(&self, args: &[&str], input: &str) -> Result<String> {
        let mut script = Command::new(&self.script)
            .arg(&self.work)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("patchman.sh did not start")?;
        if let Some(mut stdin) = script.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let done = script.wait_with_output()?;
        if !done.status.success() {
            bail!("patchman.sh {}: {}", args.join(" "), done.status);
        }
        Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }
}

impl Drop for Patchman {
    fn drop(&mut self) {
        let _already_over = self.run(&["stop"], "");
    }
}
