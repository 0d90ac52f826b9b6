//! Topics, their versions, and the channel that carries changes to whoever listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::broadcast;

/// Changes a listener may lag behind before it is told to look at everything.
const CHANGES_KEPT_MAX: usize = 256;

/// What pages can watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The hospital's own description: sites, units, beds, services.
    Hospital,
    /// The device register.
    Devices,
    /// Advisories and what is known of their vulnerabilities.
    Advisories,
    /// Proposed and confirmed names.
    Aliases,
    /// Which device is affected by what.
    Exposures,
    /// Running and finished imports.
    Imports,
    /// The journal's length: the audit page.
    Journal,
    /// Accounts and sessions.
    Accounts,
    /// Work in the background of this server: uploads being read, the journal being verified.
    Work,
    /// Hosts with an agent: what is heard of them.
    Hosts,
    /// Plans and what people say about them.
    Plans,
    /// Rollouts, orders, further outages, incidents: the board.
    Night,
    /// What units are told and asked.
    Notices,
    /// Pairs of image archives.
    Archives,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 14] = [
        Topic::Hospital,
        Topic::Devices,
        Topic::Advisories,
        Topic::Aliases,
        Topic::Exposures,
        Topic::Imports,
        Topic::Journal,
        Topic::Accounts,
        Topic::Work,
        Topic::Hosts,
        Topic::Plans,
        Topic::Night,
        Topic::Notices,
        Topic::Archives,
    ];

    /// Its name in events and in `data-live-topic`.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Hospital => "hospital",
            Topic::Devices => "devices",
            Topic::Advisories => "advisories",
            Topic::Aliases => "aliases",
            Topic::Exposures => "exposures",
            Topic::Imports => "imports",
            Topic::Journal => "journal",
            Topic::Accounts => "accounts",
            Topic::Work => "work",
            Topic::Hosts => "hosts",
            Topic::Plans => "plans",
            Topic::Night => "night",
            Topic::Notices => "notices",
            Topic::Archives => "archives",
        }
    }
}

/// A topic has reached a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub topic: Topic,
    /// Its version now: the journal's sequence, or any number that only grows.
    pub version: u64,
}

struct Shared {
    versions: [AtomicU64; Topic::ALL.len()],
    sender: broadcast::Sender<Change>,
}

/// The versions of all topics, and who listens. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

impl Default for Live {
    fn default() -> Self {
        Live::new()
    }
}

impl Live {
    /// Every topic at version 0, nobody listening.
    pub fn new() -> Live {
        let (sender, _) = broadcast::channel(CHANGES_KEPT_MAX);
        Live(Arc::new(Shared { versions: Default::default(), sender }))
    }

    fn cell(&self, topic: Topic) -> &AtomicU64 {
        let [
            hospital,
            devices,
            advisories,
            aliases,
            exposures,
            imports,
            journal,
            accounts,
            work,
            hosts,
            plans,
            night,
            notices,
            archives,
        ] = &self.0.versions;
        match topic {
            Topic::Hospital => hospital,
            Topic::Devices => devices,
            Topic::Advisories => advisories,
            Topic::Aliases => aliases,
            Topic::Exposures => exposures,
            Topic::Imports => imports,
            Topic::Journal => journal,
            Topic::Accounts => accounts,
            Topic::Work => work,
            Topic::Hosts => hosts,
            Topic::Plans => plans,
            Topic::Night => night,
            Topic::Notices => notices,
            Topic::Archives => archives,
        }
    }

    /// `topic` has reached `version`. An older or equal version is no news and is not sent.
    pub fn publish(&self, topic: Topic, version: u64) {
        if self.cell(topic).fetch_max(version, Ordering::SeqCst) < version {
            let _nobody_listens = self.0.sender.send(Change { topic, version });
        }
    }

    /// `topic` has changed once more: for what has no sequence in the journal.
    pub fn touch(&self, topic: Topic) {
        self.publish(topic, self.version(topic).saturating_add(1));
    }

    /// Where `topic` is now.
    pub fn version(&self, topic: Topic) -> u64 {
        self.cell(topic).load(Ordering::SeqCst)
    }

    /// Every topic with its version.
    pub fn versions(&self) -> Vec<Change> {
        Topic::ALL.into_iter().map(|topic| Change { topic, version: self.version(topic) }).collect()
    }

    /// `devices=12 aliases=3 …`: what a page tells its script that it was made from.
    pub fn versions_text(&self) -> String {
        let pairs: Vec<String> = self
            .versions()
            .iter()
            .map(|change| format!("{}={}", change.topic.name(), change.version))
            .collect();
        pairs.join(" ")
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.sender.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_version_is_no_news() {
        let live = Live::new();
        let mut listener = live.listen();
        live.publish(Topic::Devices, 7);
        live.publish(Topic::Devices, 7);
        live.publish(Topic::Devices, 3);
        assert_eq!(listener.try_recv().unwrap(), Change { topic: Topic::Devices, version: 7 });
        assert!(listener.try_recv().is_err());
        assert_eq!(live.version(Topic::Devices), 7);
    }

    #[test]
    fn every_topic_has_its_own_version() {
        let live = Live::new();
        for (n, topic) in Topic::ALL.into_iter().enumerate() {
            live.publish(topic, n as u64 + 1);
        }
        let versions: Vec<u64> = live.versions().iter().map(|change| change.version).collect();
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    }
}
