//! `needrestart -b`: does the kernel or a service run old code? Reading its output is pure; any input gives an answer,
//! and what is not said is unknown.

use model::host::{PendingRestart, Reading, RestartOf};

use super::run::{NotRun, Program};
use crate::core::cut;

/// Most services and sessions that are listed.
const LISTED_MAX: usize = 200;

/// Asks for the kernel's and the services' reading.
pub fn ask() -> (Reading, Reading) {
    // `-r l`: lists only, restarts nothing.
    let why = match Program::new("needrestart").args(["-b", "-r", "l"]).run() {
        Ok(ran) if ran.status == Some(0) => return read(&ran.out),
        Ok(ran) => {
            let status = super::run::status_word(ran.status);
            cut(format!("needrestart ended with {status}: {}", super::run::last_words(&ran)))
        }
        Err(NotRun::NotThere(_)) => "needrestart is not installed; `apt-get install needrestart`".into(),
        Err(error) => cut(error.to_string()),
    };
    (Reading::Unknown(why.clone()), Reading::Unknown(why))
}

/// The kernel's and the services' reading from what `needrestart -b` prints (its README.batch.md).
pub fn read(text: &str) -> (Reading, Reading) {
    let values = |name: &'static str| {
        let value = move |line: &'_ str| {
            line.trim().strip_prefix(name)?.strip_prefix(':').map(|value| value.trim().to_owned())
        };
        text.lines().filter_map(value).filter(|value| !value.is_empty())
    };
    let first = |name| values(name).next();
    if first("NEEDRESTART-VER").is_none() {
        let why: Box<str> = "what needrestart prints is not its batch output".into();
        return (Reading::Unknown(why.clone()), Reading::Unknown(why));
    }
    let kernel = match first("NEEDRESTART-KSTA").as_deref() {
        Some("1") => microcode(first("NEEDRESTART-UCSTA").as_deref()),
        Some(status @ ("2" | "3")) => {
            let said = |name| first(name).unwrap_or_else(|| "an unnamed kernel".to_owned());
            let how = if status == "2" { "a compatible update" } else { "a newer version" };
            let (runs, waits) = (said("NEEDRESTART-KCUR"), said("NEEDRESTART-KEXP"));
            host(format!("kernel {runs} runs, {waits} is installed: {how}"))
        }
        Some("0") => Reading::Unknown("needrestart cannot tell which kernel is installed (KSTA 0)".into()),
        Some(other) => {
            Reading::Unknown(cut(format!("needrestart gives a kernel status that is not known: {other}")))
        }
        None => Reading::Unknown("needrestart says nothing of the kernel".into()),
    };
    let services: Vec<Box<str>> = values("NEEDRESTART-SVC").take(LISTED_MAX).map(cut).collect();
    let beside = |name| values(name).take(LISTED_MAX).collect::<Vec<_>>();
    let (containers, sessions) = (beside("NEEDRESTART-CONT"), beside("NEEDRESTART-SESS"));
    let mut parts = Vec::new();
    if !services.is_empty() {
        parts.push(format!("services with old code: {}", services.join(", ")));
    }
    if !containers.is_empty() {
        parts.push(format!("containers: {}", containers.join(", ")));
    }
    if !sessions.is_empty() {
        parts.push(format!("sessions: {}", sessions.join(", ")));
    }
    let running = if parts.is_empty() {
        Reading::Clear
    } else {
        Reading::Pending(PendingRestart { of: RestartOf::Services(services), reason: cut(parts.join("; ")) })
    };
    (kernel, running)
}

/// The processor's microcode is loaded at the start of the kernel, so it belongs to the kernel's reading.
fn microcode(status: Option<&str>) -> Reading {
    match status {
        Some("2") => host("the processor's microcode is newer on disk than in use".to_owned()),
        Some(_) | None => Reading::Clear,
    }
}

fn host(reason: String) -> Reading {
    Reading::Pending(PendingRestart { of: RestartOf::Host, reason: cut(reason) })
}
