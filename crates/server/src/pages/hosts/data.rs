//! Plain data of hosts as list, files and API share it.

use hospital::State;
use hospital::night::hosts::HostView;
use model::Time;
use model::host::{Reading, SignalSource};
use rollout::verdict::Verdict;

use crate::pages::night::look;

/// What all sources of a host say together: one that says restart outweighs any number that could not be read, and those
/// outweigh any number that are clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    Pending,
    Unknown,
    Clear,
}

impl Restart {
    pub(crate) const ALL: [Restart; 3] = [Restart::Pending, Restart::Unknown, Restart::Clear];

    /// The word in files, filters and the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Restart::Pending => "pending",
            Restart::Unknown => "unknown",
            Restart::Clear => "clear",
        }
    }

    /// Of one host.
    pub(crate) fn of(view: &HostView<'_>) -> Restart {
        let (Some(signals), Some(system)) = (view.signals(), view.system()) else { return Restart::Unknown };
        if signals.values().any(|reading| matches!(reading, Reading::Pending(_))) {
            return Restart::Pending;
        }
        let all = SignalSource::applicable(system.family);
        let clear = all.iter().all(|source| signals.get(source) == Some(&Reading::Clear));
        if clear { Restart::Clear } else { Restart::Unknown }
    }
}

/// One host as a list shows it.
#[derive(Clone, Debug)]
pub(crate) struct HostLine {
    pub(crate) tag: String,
    pub(crate) unit: String,
    pub(crate) system: String,
    pub(crate) observed_at: Option<Time>,
    pub(crate) enrolled: Option<Time>,
    pub(crate) revoked: Option<String>,
    pub(crate) restart: Restart,
    pub(crate) read: u64,
    pub(crate) sources: u64,
    pub(crate) available: u64,
    pub(crate) verdict: Option<Verdict>,
}

impl HostLine {
    /// Every host, by tag. `now` is what verdicts are worked out for.
    pub(crate) fn all(state: &State, now: Time) -> Vec<HostLine> {
        let verdicts = look::verdicts(state, now);
        state
            .night()
            .hosts()
            .map(|view| HostLine::new(state, &view, verdicts.get(view.tag()).cloned()))
            .collect()
    }

    fn new(state: &State, view: &HostView<'_>, verdict: Option<Verdict>) -> HostLine {
        let device = state.register().by_tag(view.tag().as_str());
        let sources = view.system().map_or(&[][..], |system| SignalSource::applicable(system.family));
        let read = view.signals().map_or(0, |signals| {
            let is_read = |source: &&SignalSource| {
                signals.get(source).is_some_and(|reading| !matches!(reading, Reading::Unknown(_)))
            };
            sources.iter().filter(is_read).count()
        });
        HostLine {
            tag: view.tag().to_string(),
            unit: device.and_then(|device| device.unit().map(str::to_owned)).unwrap_or_default(),
            system: view.system().map_or(String::new(), |system| system.name.to_string()),
            observed_at: view.observed_at(),
            enrolled: view.enrolled(),
            revoked: view.revoked().map(|(_, why)| why.to_owned()),
            restart: Restart::of(view),
            read: read as u64,
            sources: sources.len() as u64,
            available: view.available_len() as u64,
            verdict,
        }
    }
}
