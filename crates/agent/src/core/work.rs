//! From an order that holds to its end, over any loss of power. What was done is told by looking: installed versions, the
//! boot, the run of a service. An order is begun again only if it provably had no effect.

use std::collections::BTreeMap;

use model::Time;
use model::order::Action;

use super::judge::{Found, in_time, shown, targets};
use super::memory::{ATTEMPTS_MAX, Before, Ended, Running};

/// What is to be done about an order that was begun and cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It ended.
    End(Ended),
    /// It had no effect, or part of it had none: this is left to do.
    Again(Action),
}

/// What is to be done about `running`, of which nobody heard the end, now that the host was looked at.
pub(super) fn after_a_cut(running: &Running, found: &Found, server_now: Time) -> Next {
    match left_to_do(running, found) {
        Ok(says) => Next::End(done(says)),
        Err(Left::Broken(says)) => Next::End(failed(says)),
        Err(Left::Todo(action)) => {
            if running.attempt >= ATTEMPTS_MAX {
                return Next::End(failed(format!("it was begun {ATTEMPTS_MAX} times and cut off each time")));
            }
            if let Err(refusal) = in_time(&running.order, server_now) {
                let says = format!("it was cut off before it had an effect, and now {}", refusal.says);
                return Next::End(failed(says));
            }
            Next::Again(action)
        }
    }
}

/// Is there nothing to do from the start? Then nothing is done.
pub(super) fn already_done(action: &Action, found: &Found) -> Option<Ended> {
    let wanted = targets(action);
    let there =
        !wanted.is_empty() && wanted.iter().all(|(package, version)| found.version(package) == *version);
    there.then(|| done("every package had its version already; nothing was done".to_owned()))
}

enum Left {
    Todo(Action),
    Broken(String),
}

/// What is left of an order: nothing (says what shows it), something, or a mixture that nobody may touch blindly.
fn left_to_do(running: &Running, found: &Found) -> Result<String, Left> {
    let Running { order, boot, before, .. } = running;
    match &order.action {
        Action::Install(_) | Action::RollBack(_) => packages_left(&order.action, before, found),
        Action::RestartServices(_) if found.boot != *boot => {
            Ok(format!("the host restarted (boot {boot}, now {}), and every service with it", found.boot))
        }
        Action::RestartServices(names) => services_left(names, before, found),
        Action::RestartHost if found.boot != *boot => {
            Ok(format!("the host was in boot {boot} and is now in boot {}", found.boot))
        }
        Action::RestartHost => Err(Left::Todo(Action::RestartHost)),
        Action::Download(_) | Action::Probe(_) => Err(Left::Todo(order.action.clone())),
    }
}

fn packages_left(action: &Action, before: &Before, found: &Found) -> Result<String, Left> {
    let wanted = targets(action);
    let is_now = |package: &str| found.version(package);
    if wanted.iter().all(|(package, version)| is_now(package) == *version) {
        return Ok("it was cut off before its end was written down; every package has its version".to_owned());
    }
    let untouched = before.packages.iter().all(|(package, version)| is_now(package) == *version);
    if untouched {
        return Err(Left::Todo(action.clone()));
    }
    let parts = wanted.iter().map(|(package, version)| {
        format!("{package} is {} and should be {}", shown(&is_now(package)), shown(version))
    });
    Err(Left::Broken(format!("it was cut off in the middle: {}", parts.collect::<Vec<_>>().join(", "))))
}

fn services_left(names: &[Box<str>], before: &Before, found: &Found) -> Result<String, Left> {
    let restarted = |name: &str| {
        let was = before.services.get(name).cloned().flatten();
        found.run(name).is_some_and(|run| Some(run) != was)
    };
    let left: Vec<Box<str>> = names.iter().filter(|name| !restarted(name)).cloned().collect();
    if left.is_empty() {
        return Ok("it was cut off before its end was written down; every service runs anew".to_owned());
    }
    Err(Left::Todo(Action::RestartServices(left)))
}

fn done(says: String) -> Ended {
    Ended::Done { says: super::cut(says), probes: BTreeMap::new() }
}

/// An end without success.
pub(super) fn failed(says: String) -> Ended {
    Ended::Failed { says: super::cut(says) }
}
