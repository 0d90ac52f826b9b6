//! Where hosts speak with us: a listener of its own with TLS both ways, our own authority for certificates, and check-ins carried
//! into the journal many at a time. A check-in is answered only after what it delivered is durable.
//!
//! What must not live here: what an observation or an answer means (`hospital`), and what is to be done next (`rollout`).

mod certificates;
mod hearing;
pub mod limits;
pub mod open_files;
mod problem;
mod rate;
mod routes;
mod serve;
mod site;
mod tickets;
pub mod token;
mod waiting;

use std::sync::Arc;

use model::Time;
use node::Node;
use tokio::sync::Semaphore;

pub use certificates::{Authority, CertificateError};
pub use problem::Problem;
pub use serve::{Arrivals, ServeError, listen};
pub use site::{KeysError, SiteKeys};

use hearing::Hearing;
use rate::Rates;
use waiting::Waiting;

/// Reads the present time; the shell hands it in.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// How the gateway behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How often hosts check in, in seconds.
    pub check_in_seconds: u32,
    /// Most connections at once.
    pub connections_max: usize,
    /// Most check-ins of one host in a minute; beyond that it is told to wait.
    pub check_ins_per_minute_max: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            check_in_seconds: limits::CHECK_IN_EVERY_SECONDS,
            connections_max: limits::CONNECTIONS_MAX,
            check_ins_per_minute_max: limits::CHECK_INS_PER_MINUTE_MAX,
        }
    }
}

/// The gateway, ready to be put on a socket.
pub struct Gateway {
    node: Arc<Node>,
    keys: SiteKeys,
    clock: Clock,
    settings: Settings,
    hearing: Hearing,
    waiting: Arc<Waiting>,
    hosts: Rates<model::AssetTag>,
    strangers: Rates<std::net::IpAddr>,
    /// A place for each connection that may be open at once.
    places: Arc<Semaphore>,
}

impl Gateway {
    /// A gateway to `node` with the site's keys. Starts the tasks that carry check-ins in and wake who waits; they end with it.
    #[must_use]
    pub fn new(node: Arc<Node>, keys: SiteKeys, clock: Clock, settings: Settings) -> Arc<Gateway> {
        let hearing = Hearing::start(Arc::clone(&node), Arc::clone(&clock));
        let waiting = Waiting::start(Arc::clone(&node));
        let hosts = Rates::new(settings.check_ins_per_minute_max);
        let strangers = Rates::new(limits::ENROLMENTS_PER_MINUTE_MAX);
        let places = Arc::new(Semaphore::new(settings.connections_max));
        Arc::new(Gateway { node, keys, clock, settings, hearing, waiting, hosts, strangers, places })
    }

    /// Are so few connections left that hosts must take turns?
    fn is_crowded(&self) -> bool {
        let free = self.places.available_permits();
        free.saturating_mul(limits::CROWDED_BELOW_ONE_FREE_IN) < self.settings.connections_max
    }

    fn now(&self) -> Time {
        (self.clock)()
    }
}
