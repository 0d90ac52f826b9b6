//! What every machine of a run shares: the image with `segue` in it, and the signed repository on the loopback interface.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guest::Guest;
use crate::repository;

/// The packages of the repository (see `rig/packages.sh`).
pub(crate) const PACKAGES: [&str; 3] = ["ward-fonts", "alarm-relay", "station-base"];
/// Name of the one image.
pub(crate) const IMAGE: &str = "ward";

/// The image and the repository.
pub(crate) struct Rig {
    pub(crate) work: PathBuf,
}

impl Rig {
    /// Makes what is missing, and serves the repository.
    pub(crate) fn prepare(scripts: &Path, work: &Path, segue: &Path) -> Result<Rig> {
        std::fs::create_dir_all(work)?;
        let work = work.canonicalize()?;
        let repository = work.join("repository");
        if !repository.join("InRelease").is_file() {
            script(&scripts.join("packages.sh"), &[work.as_os_str()])?;
        }
        let port = repository::serve(&repository)?;
        let list = work.join("rig.list");
        std::fs::write(
            &list,
            format!("deb [signed-by=/usr/share/keyrings/rig.asc] http://10.0.2.2:{port}/ ./\n"),
        )?;
        // A debug build is mostly symbols; the machine's disk is small.
        let stripped = work.join("segue");
        let strip = Command::new("strip").arg("-o").arg(&stripped).arg(segue).status();
        if !strip.context("strip (binutils) did not start")?.success() {
            bail!("{} could not be stripped", segue.display());
        }
        let copy = |from: &Path, to: &str| format!("{}:{to}", from.display());
        let copies = [
            copy(&repository.join("key.asc"), "/usr/share/keyrings/rig.asc"),
            copy(&list, "/etc/apt/sources.list.d/rig.list"),
            copy(&stripped, "/usr/bin/segue:0755"),
        ];
        let mut args = vec![work.as_os_str().to_owned(), IMAGE.into()];
        args.extend(copies.iter().flat_map(|copy| ["--copy".into(), copy.into()]));
        script(&scripts.join("image.sh"), &args)?;
        Ok(Rig { work })
    }
}

fn script(path: &Path, args: &[impl AsRef<std::ffi::OsStr>]) -> Result<()> {
    let status = Command::new(path).args(args).stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("{} did not start", path.display()))?;
    if !status.success() {
        bail!("{} failed: {status}", path.display());
    }
    Ok(())
}

/// Installs packages, each `name` or `name=version`. needrestart's own hook keeps quiet: we ask it ourselves.
pub(crate) fn install(guest: &Guest, packages: &[String]) -> Result<()> {
    guest.ok(&format!("NEEDRESTART_SUSPEND=1 apt-get install -y -qq {}", packages.join(" "))).map(drop)
}

/// Puts a machine into the state from before the night: all three packages in version 1.0.
pub(crate) fn before_the_night(guest: &Guest) -> Result<()> {
    guest.ok("apt-get update -qq")?;
    install(guest, &PACKAGES.map(|package| format!("{package}=1.0")))
}

/// What most tools ask, and all that they ask: the marker file, at this moment.
pub(crate) fn plain_look(guest: &Guest) -> Result<String> {
    guest.ok("if [ -e /run/reboot-required ]; then echo 'restart required'; else echo green; fi")
}

/// Waits until `holds` says so; the last error or `what` when it never does.
pub(crate) fn wait_for(what: &str, limit: Duration, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + limit;
    loop {
        match holds() {
            Ok(true) => return Ok(()),
            Ok(false) if Instant::now() > deadline => bail!("{what}: not after {} s", limit.as_secs()),
            Err(error) if Instant::now() > deadline => return Err(error.context(what.to_owned())),
            Ok(false) | Err(_) => std::thread::sleep(Duration::from_millis(300)),
        }
    }
}
