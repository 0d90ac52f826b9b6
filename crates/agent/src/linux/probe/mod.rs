//! Function probes (R23, R34): whether what a service does for care works, tried from this host. A probe that cannot be
//! tried says so; it never counts as passed.

mod dicom;
pub mod hl7;
mod log_line;
mod net;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use model::ids::ProbeId;
use model::probe::{Probe, ProbeKind, ProbeResult};

use super::processes;
use super::run::Program;
use crate::core::cut;

/// So many probes are tried at once.
const AT_ONCE_MAX: usize = 8;

/// Every probe of this host, with what listens and watches for them.
pub struct Probes {
    root: PathBuf,
    /// Where the listeners for heartbeats listen.
    listen: IpAddr,
    now: Mutex<Vec<Declared>>,
}

struct Declared {
    probe: Probe,
    watch: Watch,
}

/// What has to run all the time so that a probe can be tried.
enum Watch {
    Nothing,
    Heartbeat(hl7::Listener),
    Log(log_line::Watcher),
    Broken(Box<str>),
}

impl Probes {
    /// No probes yet.
    pub fn new(root: PathBuf) -> Probes {
        let wanted = std::env::var("SEGUE_AGENT_LISTEN").ok().and_then(|text| text.parse().ok());
        Probes { root, listen: wanted.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), now: Mutex::default() }
    }

    /// These from now on. What is the same goes on listening and watching.
    pub fn set(&self, probes: Vec<Probe>) {
        let Ok(mut now) = self.now.lock() else { return };
        let mut before = std::mem::take(&mut *now);
        for probe in probes {
            let same = before.iter().position(|declared| declared.probe == probe);
            let declared = same.map(|at| before.swap_remove(at));
            now.push(declared.unwrap_or_else(|| Declared { watch: Watch::Nothing, probe }));
        }
        drop(before); // Ports become free before others listen on them.
        for declared in now.iter_mut().filter(|declared| matches!(declared.watch, Watch::Nothing)) {
            declared.watch = self.watch(&declared.probe.tries);
        }
    }

    fn watch(&self, kind: &ProbeKind) -> Watch {
        match kind {
            ProbeKind::Hl7Heartbeat { port, .. } => match hl7::Listener::start((self.listen, *port).into()) {
                Ok(listener) => Watch::Heartbeat(listener),
                Err(error) => Watch::Broken(cut(format!("nobody can listen on port {port}: {error}"))),
            },
            ProbeKind::LogLine { path, pattern, .. } => {
                match log_line::Watcher::start(std::path::Path::new(&**path), pattern) {
                    Ok(watcher) => Watch::Log(watcher),
                    Err(why) => Watch::Broken(cut(why)),
                }
            }
            ProbeKind::Tcp { .. }
            | ProbeKind::Http { .. }
            | ProbeKind::Process { .. }
            | ProbeKind::Command { .. }
            | ProbeKind::DicomEcho { .. } => Watch::Nothing,
        }
    }

    /// Tries every probe.
    pub fn try_all(&self) -> BTreeMap<ProbeId, ProbeResult> {
        let probes: Vec<Probe> = match self.now.lock() {
            Ok(now) => now.iter().map(|declared| declared.probe.clone()).collect(),
            Err(_poisoned) => Vec::new(),
        };
        self.try_these(&probes)
    }

    /// Tries these probes.
    pub fn try_these(&self, probes: &[Probe]) -> BTreeMap<ProbeId, ProbeResult> {
        let mut results = BTreeMap::new();
        for some in probes.chunks(AT_ONCE_MAX) {
            std::thread::scope(|scope| {
                let tries: Vec<_> =
                    some.iter().map(|probe| (&probe.id, scope.spawn(|| self.try_one(probe)))).collect();
                for (id, tried) in tries {
                    let broken = |_| ProbeResult::NotTried("the probe itself broke off".into());
                    results.insert(id.clone(), tried.join().unwrap_or_else(broken));
                }
            });
        }
        results
    }

    fn try_one(&self, probe: &Probe) -> ProbeResult {
        let timeout = Duration::from_secs(u64::from(probe.timeout_seconds.max(1)));
        match &probe.tries {
            ProbeKind::Tcp { address, port } => net::tcp(address, *port, timeout),
            ProbeKind::Http { url, pattern } => net::http(url, pattern, timeout),
            ProbeKind::Process { name } => match processes::count(&self.root, name) {
                Ok(0) => ProbeResult::Failed(cut(format!("no process {name} runs"))),
                Ok(count) => ProbeResult::Passed(cut(format!("{count} processes {name} run"))),
                Err(error) => ProbeResult::NotTried(cut(format!("the processes cannot be listed: {error}"))),
            },
            ProbeKind::Command { argv, pattern } => command(argv, pattern, timeout),
            ProbeKind::DicomEcho { address, port, called, calling } => {
                dicom::echo(&dicom::Peer { address, port: *port, called, calling }, timeout)
            }
            ProbeKind::Hl7Heartbeat { within_seconds, .. } => {
                let within = Duration::from_secs(u64::from(*within_seconds));
                self.watched(probe, |watch| match watch {
                    Watch::Heartbeat(listener) => Some(listener.result(within)),
                    Watch::Nothing | Watch::Log(_) | Watch::Broken(_) => None,
                })
            }
            ProbeKind::LogLine { within_seconds, .. } => {
                let within = Duration::from_secs(u64::from(*within_seconds));
                self.watched(probe, |watch| match watch {
                    Watch::Log(watcher) => Some(watcher.result(within)),
                    Watch::Nothing | Watch::Heartbeat(_) | Watch::Broken(_) => None,
                })
            }
        }
    }

    fn watched(&self, probe: &Probe, result: impl Fn(&Watch) -> Option<ProbeResult>) -> ProbeResult {
        let Ok(now) = self.now.lock() else {
            return ProbeResult::NotTried("the list of probes is broken".into());
        };
        match now.iter().find(|declared| declared.probe.tries == probe.tries).map(|declared| &declared.watch)
        {
            None => ProbeResult::NotTried("it was not declared before, so nobody listened or watched".into()),
            Some(Watch::Broken(why)) => ProbeResult::NotTried(why.clone()),
            Some(watch) => {
                result(watch).unwrap_or_else(|| ProbeResult::NotTried("nobody listens or watches".into()))
            }
        }
    }
}

fn command(argv: &[Box<str>], pattern: &str, timeout: Duration) -> ProbeResult {
    let Some((program, args)) = argv.split_first() else {
        return ProbeResult::NotTried("no program is named".into());
    };
    let ran = Program::new(program).args(args.iter().map(|arg| &**arg)).within(timeout.as_secs()).run();
    match ran {
        Err(error @ super::run::NotRun::TooLong { .. }) => ProbeResult::Failed(cut(error.to_string())),
        Err(error) => ProbeResult::NotTried(cut(error.to_string())),
        Ok(ran) if ran.status != Some(0) => {
            let status = super::run::status_word(ran.status);
            ProbeResult::Failed(cut(format!(
                "{program} ended with {status}: {}",
                super::run::last_words(&ran)
            )))
        }
        Ok(ran) => matches(pattern, &ran.out, "the output"),
    }
}

/// Does a text have the pattern? An empty pattern is in any text.
fn matches(pattern: &str, text: &str, what: &str) -> ProbeResult {
    match regex_lite::Regex::new(pattern) {
        Err(error) => ProbeResult::NotTried(cut(format!("the pattern is none: {error}"))),
        Ok(pattern) => match pattern.find(text) {
            Some(found) if found.is_empty() => ProbeResult::Passed(cut(format!("{what} is there"))),
            Some(found) => ProbeResult::Passed(cut(format!("{what} has \"{}\"", found.as_str()))),
            None => ProbeResult::Failed(cut(format!("{what} has not the pattern: \"{}\"", text.trim()))),
        },
    }
}
