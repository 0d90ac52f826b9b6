//! The house front: pages, HTTP API, live events. Thin handlers turn views (plain data) into templates.
//!
//! What must not live here: matching, staging, storage, SQL. What the pages show is computed elsewhere and handed in.

pub mod api;
pub mod archives;
pub mod clock;
pub mod demonstration;
pub mod export;
pub mod front;
pub mod http;
pub mod importer;
pub mod listing;
pub mod live;
pub mod nav;
pub mod page;
pub mod pages;
pub mod parts;
mod router;
mod serve;
mod state;
pub mod words;
pub mod work;

pub use router::{Routes, list as routes, router, router_with};
pub use serve::{CONNECTIONS_MAX, HEAD_TIME_MAX_SECONDS, SHUTDOWN_GRACE_SECONDS, ServeError, Server};
pub use state::{AppState, Domain, JournalPlace, Settings, SettingsError};
