//! Live pages: the server says only what changed (topic, version); browsers ask again for what they show. No data here.

mod events;
mod topic;

pub(crate) use events::routes;
pub use events::{HEARTBEAT_SECONDS, STREAMS_MAX};
pub use topic::{Change, Live, Topic};
