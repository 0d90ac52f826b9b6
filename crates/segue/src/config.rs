//! Configuration: one TOML file, then the environment, then flags; each outranks the one before.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use gateway::limits;
use serde::{Deserialize, Serialize};

use crate::archives::{AgentsConfig, Archives, Pairs, PerformedConfig, WorklistConfig, Worklists};
use crate::args::Common;
use crate::cmd::Failed;
use crate::hl7::Hl7Config;

/// What the file may hold. Unknown keys are refused: a misspelt one would silently not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    journal: Option<String>,
    site: Option<String>,
    listen: Option<SocketAddr>,
    hospital: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    tls: Option<bool>,
    behind_proxy: Option<bool>,
    metrics_token: Option<String>,
    styleguide: Option<bool>,
    agents: Option<bool>,
    agents_listen: Option<SocketAddr>,
    agents_names: Option<Vec<String>>,
    agents_keys: Option<PathBuf>,
    agents_check_in_seconds: Option<u32>,
    advisory_keys: Option<Vec<PathBuf>>,
    #[serde(default)]
    archives: Archives,
    archive_agents: Option<AgentsConfig>,
    #[serde(default)]
    pairs: Pairs,
    #[serde(default)]
    worklists: Worklists,
    performed: Option<PerformedConfig>,
    #[serde(default)]
    hl7: Hl7Config,
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Config {
    /// Folder of the embedded journal.
    pub(crate) data: PathBuf,
    /// A PostgreSQL journal instead.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_password")]
    pub(crate) journal: Option<String>,
    /// Stream in the journal.
    pub(crate) site: String,
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// The hospital's name.
    pub(crate) hospital: String,
    /// IANA time zone.
    pub(crate) time_zone: String,
    /// `en` or `sv`.
    pub(crate) language: String,
    /// Readers come over TLS.
    pub(crate) tls: bool,
    /// There is a proxy of ours before us.
    pub(crate) behind_proxy: bool,
    /// Is a token for `/metrics` set? Never the token itself.
    #[serde(serialize_with = "is_set")]
    pub(crate) metrics_token: Option<String>,
    /// Is `/styleguide` served?
    pub(crate) styleguide: bool,
    /// Do hosts with an agent speak with this server?
    pub(crate) agents: bool,
    /// Address that they are listened to on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agents_listen: Option<SocketAddr>,
    /// Host names and addresses by which they know the server.
    pub(crate) agents_names: Vec<String>,
    /// Folder of the authority's and the orders' keys.
    pub(crate) agents_keys: PathBuf,
    /// How often they check in; an order reaches them at once all the same.
    pub(crate) agents_check_in_seconds: u32,
    /// Files of public OpenPGP keys that the signatures of advisories are verified with.
    pub(crate) advisory_keys: Vec<PathBuf>,
    /// Image archives by name.
    #[serde(skip_serializing_if = "Archives::is_empty")]
    pub(crate) archives: Archives,
    /// What agents at archives, and whoever asks them, show and trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archive_agents: Option<AgentsConfig>,
    /// Pairs of them of which one stands in for the other, by name.
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(crate) pairs: Pairs,
    /// Worklists by name.
    #[serde(skip_serializing_if = "Worklists::is_empty")]
    pub(crate) worklists: Worklists,
    /// Where modalities call to say what they have made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) performed: Option<PerformedConfig>,
    /// How HL7 messages are read here.
    #[serde(skip_serializing_if = "Hl7Config::is_default")]
    pub(crate) hl7: Hl7Config,
}

fn is_set<S: serde::Serializer>(token: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(token.is_some())
}

/// The address with whatever stands between user and host taken out.
fn without_password<S: serde::Serializer>(
    journal: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let url = journal.as_deref().unwrap_or("");
    let shown = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) => {
            let user = rest.split([':', '@']).next().unwrap_or("");
            format!("{scheme}://{user}@{}", host.split('?').next().unwrap_or(""))
        }
        (Some(_) | None, _) => url.split('?').next().unwrap_or("").to_owned(),
    };
    serializer.serialize_str(&shown)
}

/// Read when no file is named and it exists.
const FILE_NAME: &str = "segue.toml";
/// What the time between two check-ins must be.
const CHECK_IN_IS: &str = "a whole number of seconds from 1 to 3600";
/// Default address.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7227);

impl Config {
    /// Puts file, environment and flags together.
    pub(crate) fn read(common: &Common) -> Result<Config, Failed> {
        Config::from(common, &|name| std::env::var(name).ok())
    }

    fn from(common: &Common, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, Failed> {
        let named = common.config.clone().or_else(|| env("SEGUE_CONFIG").map(PathBuf::from));
        let file = match named {
            Some(path) => read_file(&path)?,
            None if Path::new(FILE_NAME).is_file() => read_file(Path::new(FILE_NAME))?,
            None => File::default(),
        };
        // A flag for one kind of journal outranks a file or an environment that names the other.
        let journal = match (&common.journal, &common.data) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(_)) => None,
            (None, None) => env("SEGUE_JOURNAL").or(file.journal),
        };
        let data = common
            .data
            .clone()
            .or_else(|| env("SEGUE_DATA").map(PathBuf::from))
            .or(file.data)
            .unwrap_or_else(|| "segue-data".into());
        let agents_keys = env("SEGUE_AGENTS_KEYS").map(PathBuf::from).or(file.agents_keys);
        let agents_names = env("SEGUE_AGENTS_NAMES")
            .map(|names| names.split(',').map(|name| name.trim().to_owned()).collect());
        let config =
            Config {
                agents: flag(env, "SEGUE_AGENTS", file.agents, true)?,
                agents_listen: match env("SEGUE_AGENTS_LISTEN") {
                    Some(text) => Some(text.parse().map_err(|_| {
                        wrong("SEGUE_AGENTS_LISTEN", &text, "an address such as 0.0.0.0:7228")
                    })?),
                    None => file.agents_listen,
                },
                agents_names: agents_names.or(file.agents_names).unwrap_or_default(),
                agents_keys: agents_keys.unwrap_or_else(|| data.join("agents")),
                agents_check_in_seconds: match env("SEGUE_AGENTS_CHECK_IN_SECONDS") {
                    Some(text) => text
                        .parse()
                        .map_err(|_| wrong("SEGUE_AGENTS_CHECK_IN_SECONDS", &text, CHECK_IN_IS))?,
                    None => file.agents_check_in_seconds.unwrap_or(limits::CHECK_IN_EVERY_SECONDS),
                },
                data,
                journal,
                site: common
                    .site
                    .clone()
                    .or_else(|| env("SEGUE_SITE"))
                    .or(file.site)
                    .unwrap_or_else(|| "main".to_owned()),
                listen: match env("SEGUE_LISTEN") {
                    Some(text) => text
                        .parse()
                        .map_err(|_| wrong("SEGUE_LISTEN", &text, "an address such as 127.0.0.1:7227"))?,
                    None => file.listen.unwrap_or(LISTEN),
                },
                hospital: env("SEGUE_HOSPITAL").or(file.hospital).unwrap_or_else(|| "Segue".to_owned()),
                time_zone: env("SEGUE_TIME_ZONE").or(file.time_zone).unwrap_or_else(|| "UTC".to_owned()),
                language: env("SEGUE_LANGUAGE").or(file.language).unwrap_or_else(|| "en".to_owned()),
                tls: flag(env, "SEGUE_TLS", file.tls, false)?,
                behind_proxy: flag(env, "SEGUE_BEHIND_PROXY", file.behind_proxy, false)?,
                metrics_token: env("SEGUE_METRICS_TOKEN").or(file.metrics_token),
                styleguide: flag(env, "SEGUE_STYLEGUIDE", file.styleguide, true)?,
                advisory_keys: match env("SEGUE_ADVISORY_KEYS") {
                    Some(paths) => std::env::split_paths(&paths).collect(),
                    None => file.advisory_keys.unwrap_or_default(),
                },
                archives: file.archives,
                archive_agents: file.archive_agents,
                pairs: file.pairs,
                worklists: file.worklists,
                performed: file.performed,
                hl7: file.hl7,
            };
        config.check()?;
        Ok(config)
    }

    /// Where the journal is kept. Never the address of a database: it may hold a password.
    pub(crate) fn journal_in_words(&self) -> String {
        match &self.journal {
            Some(_) => "PostgreSQL".to_owned(),
            None => format!("embedded, in {}", self.data.display()),
        }
    }

    fn check(&self) -> Result<(), Failed> {
        self.hl7.site()?;
        self.archives.iter().try_for_each(|(name, archive)| archive.check(name))?;
        self.archive_agents.iter().try_for_each(AgentsConfig::check)?;
        self.worklists.iter().try_for_each(|(name, worklist)| WorklistConfig::check(worklist, name))?;
        self.pairs.iter().try_for_each(|(name, pair)| pair.check(name, &self.archives, &self.worklists))?;
        self.performed.iter().try_for_each(PerformedConfig::check)?;
        journal::StreamName::new(&self.site)
            .map_err(|error| wrong("site", &self.site, &error.to_string()))?;
        if !(1..=limits::CHECK_IN_EVERY_MAX_SECONDS).contains(&self.agents_check_in_seconds) {
            let seconds = self.agents_check_in_seconds.to_string();
            return Err(wrong("agents_check_in_seconds", &seconds, CHECK_IN_IS));
        }
        let postgres = |url: &String| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if let Some(url) = self.journal.as_ref().filter(|url| !postgres(url)) {
            // Never the whole address: it may hold a password.
            let scheme = url.split(':').next().unwrap_or("");
            return Err(wrong("journal", scheme, "an address that begins with postgres://"));
        }
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            return Err(wrong("time_zone", &self.time_zone, "an IANA time zone such as Europe/Stockholm"));
        }
        if server::words::Language::from_tag(&self.language).is_none() {
            return Err(wrong("language", &self.language, "en or sv"));
        }
        if self.hospital.trim().is_empty() || self.hospital.len() > 100 {
            return Err(wrong("hospital", &self.hospital, "a name of at most 100 bytes"));
        }
        Ok(())
    }
}

fn wrong(what: &str, value: &str, expected: &str) -> Failed {
    Failed::Refused(format!("configuration: {what} is \"{value}\"; it must be {expected}"))
}

fn flag(
    env: &dyn Fn(&str) -> Option<String>,
    name: &str,
    file: Option<bool>,
    default: bool,
) -> Result<bool, Failed> {
    match env(name).as_deref() {
        None => Ok(file.unwrap_or(default)),
        Some("1" | "true" | "yes") => Ok(true),
        Some("0" | "false" | "no") => Ok(false),
        Some(other) => Err(wrong(name, other, "true or false")),
    }
}

fn read_file(path: &Path) -> Result<File, Failed> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failed::Refused(format!("configuration {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or("");
        let row = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let message = error.message().trim().replace('\n', " ");
        Failed::Refused(format!("configuration {}, line {row}, column {column}: {message}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_flag_outranks_the_environment_and_the_environment_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "site = \"from-file\"\nhospital = \"Nordby\"").unwrap();
        let common = Common { config: Some(file.path().to_owned()), ..Common::default() };
        assert_eq!(Config::from(&common, &nothing).unwrap().site, "from-file");
        let env = |name: &str| (name == "SEGUE_SITE").then(|| "from-env".to_owned());
        assert_eq!(Config::from(&common, &env).unwrap().site, "from-env");
        let common = Common { site: Some("from-flag".to_owned()), ..common };
        let config = Config::from(&common, &env).unwrap();
        assert_eq!((config.site.as_str(), config.hospital.as_str()), ("from-flag", "Nordby"));
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hospital = \"Nordby\"\nlanguag = \"sv\"").unwrap();
        let common = Common { config: Some(file.path().to_owned()), ..Common::default() };
        let said = Config::from(&common, &nothing).unwrap_err().sentence();
        assert!(said.contains("line 2") && said.contains("languag"), "{said}");
    }

    #[test]
    fn hosts_cannot_be_told_to_check_in_without_a_pause_or_once_a_day() {
        for seconds in ["0", "86400", "often"] {
            let env = |name: &str| (name == "SEGUE_AGENTS_CHECK_IN_SECONDS").then(|| seconds.to_owned());
            let said = Config::from(&Common::default(), &env).unwrap_err().sentence();
            assert!(said.contains(seconds) && said.contains("from 1 to 3600"), "{said}");
        }
    }

    #[test]
    fn a_time_zone_that_does_not_exist_is_refused() {
        let env = |name: &str| (name == "SEGUE_TIME_ZONE").then(|| "Europe/Nordby".to_owned());
        let said = Config::from(&Common::default(), &env).unwrap_err().sentence();
        assert!(said.contains("time_zone") && said.contains("Europe/Stockholm"), "{said}");
    }
}
