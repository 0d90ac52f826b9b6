//! What every handler may reach: settings, accounts, live topics, counters, the clock. No domain state of its own.

use std::sync::Arc;

use jiff::tz::TimeZone;
use node::Node;
use tokio::sync::{Semaphore, watch};

use crate::archives::ImageArchives;
use crate::clock::{Clock, MachineClock};
use crate::demonstration::Demonstration;
use crate::front::{Accounts, Throttle};
use crate::http::metrics::Metrics;
use crate::importer::Importer;
use crate::live::Live;
use crate::nav::Nav;
use crate::words::Language;
use crate::work::{ArchiveDesk, Effects, Forecasts, Planner, Uploads, Verifier};

/// Where a journal is kept, without anything secret: an address of a database may hold a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JournalPlace {
    /// Whoever started the server did not say.
    #[default]
    Unsaid,
    /// In a folder.
    Folder(String),
    /// In PostgreSQL.
    PostgreSql,
}

/// What a hospital sets once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The hospital's name, as the header shows it.
    pub hospital: String,
    /// IANA time zone of the pages.
    pub time_zone: String,
    /// Language of a reader whose browser wants none that is spoken here.
    pub language: Language,
    /// Do readers come over TLS (ended here or in a proxy before us)? Then cookies are `__Host-` and HSTS is sent.
    pub tls: bool,
    /// Is there a proxy of ours before us, whose last `X-Forwarded-For` entry is the reader's address?
    pub behind_proxy: bool,
    /// Bearer token that may read `/metrics` from elsewhere than loopback.
    pub metrics_token: Option<String>,
    /// Is `/styleguide` served?
    pub styleguide: bool,
    /// Where the journal is kept; shown to admins.
    pub journal: JournalPlace,
    /// The demonstration that runs here, if one does.
    pub demonstration: Option<Arc<dyn Demonstration>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            hospital: "Segue".to_owned(),
            time_zone: "UTC".to_owned(),
            language: Language::English,
            tls: false,
            behind_proxy: false,
            metrics_token: None,
            styleguide: true,
            journal: JournalPlace::Unsaid,
            demonstration: None,
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The time zone is not in the IANA database.
    #[error("\"{0}\" is not a time zone; write it like Europe/Stockholm")]
    TimeZone(String),
}

/// Most passwords being hashed at once: bounds memory (19 MiB each) and processor use.
const HASHES_AT_ONCE_MAX: usize = 4;

/// The hospital that the pages show, who reads files into it, and who asks its image archives.
#[derive(Clone)]
pub struct Domain {
    /// State, commands, journal.
    pub node: Arc<Node>,
    /// Reads uploaded files.
    pub importer: Arc<dyn Importer>,
    /// Asks image archives.
    pub archives: Arc<dyn ImageArchives>,
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The hospital.
    pub domain: Domain,
    /// Settings of this hospital.
    pub settings: Arc<Settings>,
    /// The time zone that `settings` names.
    pub zone: TimeZone,
    /// Who may sign in, and sessions.
    pub accounts: Arc<dyn Accounts>,
    /// Live topics.
    pub live: Live,
    /// Counters for `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Slows down guessing of passwords.
    pub throttle: Arc<Throttle>,
    /// The present time.
    pub clock: Arc<dyn Clock>,
    /// Permits for hashing a password.
    pub hashing: Arc<Semaphore>,
    /// Main pages that have a route; filled by [`crate::router`].
    pub nav: Arc<[Nav]>,
    /// `true` once the server can answer from complete state; what `/readyz` says.
    pub ready: watch::Sender<bool>,
    /// `true` once the server is shutting down: streams end.
    pub closing: watch::Sender<bool>,
    /// Uploads that wait for a person, are read or are imported.
    pub uploads: Arc<Uploads>,
    /// The verification of the journal, running or done.
    pub verifier: Arc<Verifier>,
    /// What the last answers about names changed.
    pub effects: Arc<Effects>,
    /// What past nights taught.
    pub forecasts: Arc<Forecasts>,
    /// The planner, and what it found last.
    pub planner: Arc<Planner>,
    /// What is being done with pairs of image archives.
    pub archive_desk: Arc<ArchiveDesk>,
}

impl AppState {
    /// A state on the machine's clock; not ready until [`AppState::set_ready`].
    pub fn new(
        settings: Settings,
        accounts: Arc<dyn Accounts>,
        domain: Domain,
    ) -> Result<AppState, SettingsError> {
        AppState::with_clock(settings, accounts, domain, Arc::new(MachineClock))
    }

    /// A state on the given clock.
    pub fn with_clock(
        settings: Settings,
        accounts: Arc<dyn Accounts>,
        domain: Domain,
        clock: Arc<dyn Clock>,
    ) -> Result<AppState, SettingsError> {
        let zone = TimeZone::get(&settings.time_zone)
            .map_err(|_| SettingsError::TimeZone(settings.time_zone.clone()))?;
        Ok(AppState {
            domain,
            settings: Arc::new(settings),
            zone,
            accounts,
            live: Live::new(),
            metrics: Arc::new(Metrics::default()),
            throttle: Arc::new(Throttle::default()),
            clock,
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX)),
            nav: Arc::new([]),
            ready: watch::Sender::new(false),
            closing: watch::Sender::new(false),
            uploads: Arc::default(),
            verifier: Arc::default(),
            effects: Arc::default(),
            forecasts: Arc::default(),
            planner: Arc::default(),
            archive_desk: Arc::default(),
        })
    }

    /// From now on `/readyz` says whether the server may be sent readers.
    pub fn set_ready(&self, ready: bool) {
        self.ready.send_replace(ready);
    }
}
