//! The service manager: runs of services, restarts of services and of the host.

use std::collections::BTreeMap;

use super::run::{NotRun, Program};

/// Time for services to restart: some take minutes to stop.
const RESTART_MAX_SECONDS: u64 = 900;

/// The run of each service: systemd gives each start an identifier of its own. `None` where it does not run.
///
/// # Errors
/// There is no service manager, or it cannot be asked.
pub(super) fn runs(services: &[Box<str>]) -> Result<BTreeMap<Box<str>, Option<Box<str>>>, NotRun> {
    let mut found = BTreeMap::new();
    for service in services {
        let args = ["show", "--property=InvocationID,ActiveState", "--", service];
        let shown = Program::new("systemctl").args(args).within(60).ok()?;
        let value = |name: &str| shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let runs = value("ActiveState").is_some_and(|state| state == "active");
        let run = value("InvocationID").filter(|id| runs && !id.is_empty()).map(Into::into);
        found.insert(service.clone(), run);
    }
    Ok(found)
}

/// Restarts services, and looks whether they run.
///
/// # Errors
/// One did not restart or does not run.
pub(super) fn restart(services: &[Box<str>]) -> Result<String, NotRun> {
    let names = services.iter().map(|name| &**name);
    Program::new("systemctl").args(["restart", "--"]).args(names.clone()).within(RESTART_MAX_SECONDS).ok()?;
    let down: Vec<String> = runs(services)?
        .into_iter()
        .filter(|(_, run)| run.is_none())
        .map(|(name, _)| name.to_string())
        .collect();
    if down.is_empty() {
        return Ok(format!("restarted: {}", names.collect::<Vec<_>>().join(", ")));
    }
    let says = format!("not active after the restart: {}", down.join(", "));
    Err(NotRun::Status { program: "systemctl restart".into(), status: "status 0".into(), says })
}

/// Asks for a restart of the host. That it was asked for is all that can be said.
///
/// # Errors
/// It was refused.
pub(super) fn restart_host() -> Result<String, NotRun> {
    Program::new("systemctl")
        .args(["reboot"])
        .within(120)
        .ok()
        .map(|_| "the restart was asked for".to_owned())
}
