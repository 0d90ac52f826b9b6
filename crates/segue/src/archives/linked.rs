//! Archives with an agent at each: what agents and whoever asks them show, trust and share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapter_digests::asking::Asked;
use adapter_digests::limits::REBUILD_EVERY_HOURS;
use adapter_digests::tls::Papers;
use adapter_digests::{Clock, Keeper, Peer, Question, compare};
use archive::digests::Key;
use serde::{Deserialize, Serialize};

use super::{ArchiveConfig, Archives, known};
use crate::cmd::Failed;
use crate::place::now;

/// Longest time between two whole lists: a month.
const REBUILD_EVERY_MAX_HOURS: u32 = 31 * 24;

/// What an agent, or whoever asks one, shows, trusts and shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentsConfig {
    /// The authority, in PEM, that the other end's certificate must come from. It is there for agents alone.
    trusted: PathBuf,
    /// Our certificate and its key, in PEM.
    certificate: PathBuf,
    key: PathBuf,
    /// 32 random bytes in hexadecimal, the same at both agents and at whoever asks them: what digests are made with.
    digest_key: PathBuf,
    /// From one whole list of the archive to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rebuild_hours: Option<u32>,
}

impl AgentsConfig {
    /// What does not go together.
    pub(crate) fn check(&self) -> Result<(), Failed> {
        match self.rebuild_hours {
            Some(hours) if !(1..=REBUILD_EVERY_MAX_HOURS).contains(&hours) => {
                Err(wrong(&format!("rebuild_hours is a whole number from 1 to {REBUILD_EVERY_MAX_HOURS}")))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Certificates and key, read.
    pub(crate) fn papers(&self) -> Result<Papers, Failed> {
        Ok(Papers {
            trusted: read(&self.trusted)?,
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
        })
    }

    /// What digests are made with.
    pub(crate) fn digest_key(&self) -> Result<Key, Failed> {
        let mut key = [0; 32];
        hex::decode_to_slice(read(&self.digest_key)?.trim(), &mut key).map_err(|_| {
            let path = self.digest_key.display();
            wrong(&format!(
                "{path} does not hold a key: 64 hexadecimal digits, such as `openssl rand -hex 32` makes"
            ))
        })?;
        Ok(Key(key))
    }

    /// Keeps track of an archive; nothing is asked yet.
    pub(crate) fn keeper(&self, archive: &ArchiveConfig, name: &str) -> Result<Keeper, Failed> {
        let hours = self.rebuild_hours.unwrap_or(REBUILD_EVERY_HOURS);
        Ok(Keeper::new(archive.followed(name)?, archive.followed(name)?, &self.digest_key()?, hours, clock()))
    }
}

fn clock() -> Clock {
    Arc::new(now)
}

/// Two archives with an agent at each.
pub(crate) struct Linked {
    a: Peer,
    b: Peer,
    key: Key,
}

impl Linked {
    /// These two; `None` where one has no agent.
    pub(crate) fn of(
        archives: &Archives,
        agents: Option<&AgentsConfig>,
        a: &str,
        b: &str,
    ) -> Result<Option<Linked>, Failed> {
        let (Some(at_a), Some(at_b)) = (&known(archives, a)?.agent, &known(archives, b)?.agent) else {
            return Ok(None);
        };
        if a == b {
            return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
        }
        let agents = configured(agents)?;
        let tls = agents.papers()?.asking().map_err(|error| wrong(&error.to_string()))?;
        let peer = |agent: &str| {
            let (host, port) = host_and_port(agent).map_err(|says| wrong(&says))?;
            Ok::<Peer, Failed>(Peer { host, port, tls: Arc::clone(&tls) })
        };
        Ok(Some(Linked { a: peer(at_a)?, b: peer(at_b)?, key: agents.digest_key()? }))
    }

    /// How they compare now. It takes its time.
    pub(crate) fn compare(&self) -> Asked {
        let question = Question { key: &self.key, nonce: &rand::random, clock: &clock() };
        compare(&self.a, &self.b, &question)
    }
}

/// The part of the configuration without which no agent speaks.
pub(crate) fn configured(agents: Option<&AgentsConfig>) -> Result<&AgentsConfig, Failed> {
    agents.ok_or_else(|| {
        Failed::Refused(
            "configuration: [archive_agents] is missing: trusted, certificate, key and digest_key; see docs/archive.md"
                .to_owned(),
        )
    })
}

/// Reads `pacs-a.example:7230` or `[fd00::1]:7230`.
pub(super) fn host_and_port(agent: &str) -> Result<(String, u16), String> {
    let wrong = || format!("agent is \"{agent}\"; it must be name and port, such as pacs-a.example:7230");
    let (host, port) = agent.rsplit_once(':').ok_or_else(wrong)?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().map_err(|_| wrong())?;
    if host.is_empty() || port == 0 { Err(wrong()) } else { Ok((host.to_owned(), port)) }
}

fn read(path: &Path) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|error| wrong(&format!("{}: {error}", path.display())))
}

fn wrong(says: &str) -> Failed {
    Failed::Refused(format!("configuration: archive_agents: {says}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_agent_is_has_a_name_and_a_port() {
        assert_eq!(host_and_port("pacs-a:7230"), Ok(("pacs-a".to_owned(), 7_230)));
        assert_eq!(host_and_port("[fd00::1]:7230"), Ok(("fd00::1".to_owned(), 7_230)));
        for bad in ["pacs-a", ":7230", "pacs-a:0", "pacs-a:dicom", "pacs-a:70000"] {
            assert!(host_and_port(bad).unwrap_err().contains("pacs-a.example:7230"), "{bad}");
        }
    }

    #[test]
    fn an_archive_with_an_agent_and_no_papers_for_it_is_refused_before_anything_is_asked() {
        let archive: ArchiveConfig =
            toml::from_str("way = \"orthanc\"\nroot = \"http://x\"\nagent = \"localhost:7230\"").unwrap();
        let archives = Archives::from([("a".to_owned(), archive.clone()), ("b".to_owned(), archive)]);
        let says = Linked::of(&archives, None, "a", "b").err().unwrap().sentence();
        assert!(says.contains("[archive_agents] is missing"), "{says}");
    }
}
