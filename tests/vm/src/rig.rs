//! What every machine of a run shares: the image with the agent and its shipped unit in it, and the signed repository on the
//! loopback interface.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::guest::Guest;
use crate::repository;

/// Name of the one image.
pub(crate) const IMAGE: &str = "ward";
/// Where the unit that is shipped lies in the image.
pub(crate) const UNIT: &str = "/etc/systemd/system/segue-agent.service";
/// How the agents run: looks follow one another quickly, so that a night takes minutes. The unit reads it from here.
const AGENT_OPTIONS: &str = "SEGUE_AGENT_OPTIONS=\"--observe-seconds 10 --refresh-seconds 3600\"\n";

/// Where things are.
pub(crate) struct Paths {
    /// The folder of this project's `tests/vm/rig`.
    pub(crate) rig: PathBuf,
    /// The built agent.
    pub(crate) agent: PathBuf,
    /// The unit that is shipped with it.
    pub(crate) unit: PathBuf,
}

/// The image and the repository.
pub(crate) struct Rig {
    pub(crate) work: PathBuf,
}

impl Rig {
    /// Makes what is missing, and serves the repository.
    pub(crate) fn prepare(paths: &Paths, work: &Path) -> Result<Rig> {
        std::fs::create_dir_all(work)?;
        let work = work.canonicalize()?;
        let repository = work.join("repository");
        make_repository(&paths.rig.join("packages.sh"), &work, &repository)?;
        let port = repository::serve(&repository)?;
        let list = work.join("rig.list");
        std::fs::write(
            &list,
            format!("deb [signed-by=/usr/share/keyrings/rig.asc] http://10.0.2.2:{port}/ ./\n"),
        )?;
        let options = work.join("segue-agent.default");
        std::fs::write(&options, AGENT_OPTIONS)?;
        // A debug build is mostly symbols; the machine's disk is small.
        let stripped = work.join("segue-agent");
        let strip = Command::new("strip").arg("-o").arg(&stripped).arg(&paths.agent).status();
        if !strip.context("strip (binutils) did not start")?.success() {
            bail!("{} could not be stripped", paths.agent.display());
        }
        let copy = |from: &Path, to: &str| format!("{}:{to}", from.display());
        let copies = [
            copy(&repository.join("key.asc"), "/usr/share/keyrings/rig.asc"),
            copy(&list, "/etc/apt/sources.list.d/rig.list"),
            copy(&stripped, "/usr/bin/segue-agent:0755"),
            copy(&paths.unit, UNIT),
            copy(&options, "/etc/default/segue-agent"),
            copy(&paths.rig.join("plain-check"), "/usr/local/bin/plain-check:0755"),
            copy(&paths.rig.join("plain-check.service"), "/etc/systemd/system/plain-check.service"),
        ];
        let mut args = vec![work.as_os_str().to_owned(), IMAGE.into()];
        args.extend(copies.iter().flat_map(|copy| ["--copy".into(), copy.into()]));
        let units = ["segue-agent.service", "plain-check.service"];
        args.extend(units.iter().flat_map(|unit| ["--enable".into(), unit.into()]));
        script(&paths.rig.join("image.sh"), &args)?;
        Ok(Rig { work })
    }
}

/// Makes the repository, unless the one that is there was made by the same script.
fn make_repository(maker: &Path, work: &Path, repository: &Path) -> Result<()> {
    let (text, made_by) = (std::fs::read(maker)?, repository.join("made-by"));
    if std::fs::read(&made_by).is_ok_and(|made_by| made_by == text) {
        return Ok(());
    }
    script(maker, &[work.as_os_str()])?;
    Ok(std::fs::write(made_by, text)?)
}

fn script(path: &Path, args: &[impl AsRef<std::ffi::OsStr>]) -> Result<()> {
    let status = Command::new(path).args(args).stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("{} did not start", path.display()))?;
    if !status.success() {
        bail!("{} failed: {status}", path.display());
    }
    Ok(())
}

/// Puts a machine into the state from before the night: these packages in version 1.0.
pub(crate) fn before_the_night(guest: &Guest, packages: &[&str]) -> Result<()> {
    guest.ok("apt-get update -qq")?;
    let packages: Vec<String> = packages.iter().map(|package| format!("{package}=1.0")).collect();
    // needrestart's own hook keeps quiet: the agent asks it itself.
    guest.ok(&format!("NEEDRESTART_SUSPEND=1 apt-get install -y -qq {}", packages.join(" "))).map(drop)
}

/// What most tools ask, and all that they ask: the marker file, at this moment.
pub(crate) fn plain_look(guest: &Guest) -> Result<String> {
    guest.ok("if [ -e /run/reboot-required ]; then echo 'restart required'; else echo green; fi")
}

/// What the plain script of the image wrote after the newest boot: the time, and its verdict.
pub(crate) fn plain_report(guest: &Guest) -> Result<String> {
    guest.ok("tail -n 1 /var/lib/plain-check/report")
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
