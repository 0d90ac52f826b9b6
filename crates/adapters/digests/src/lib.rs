//! Where an agent runs at both archives: each keeps a tree of digests of what its archive holds, and tells it over TLS to whoever compares the two.
//!
//! What must not live here: how two holdings are judged (`archive::compare`) and how a difference of digests is found and proven (`archive::digests`).
//!
//! `records` (what is known of one archive, with its trees), `followed` (how an archive says what came and went), `keeper` (records kept up to date, and built anew to be
//! compared), `message` with `told`, and `frame` (what crosses the network), `session` and `talk` (a conversation from either side), `tls`, `agent` (listens and answers), `asking` (asks both agents and gives the verdict).

pub mod agent;
pub mod asking;
pub mod followed;
pub mod frame;
pub mod keeper;
pub mod limits;
pub mod message;
pub mod orthanc;
pub mod records;
mod session;
mod talk;
pub mod tls;
pub mod told;

pub use agent::{Agent, Settings};
pub use asking::{Asked, NotAsked, Question, compare};
pub use followed::{Followed, NotFollowed};
pub use keeper::{Clock, Keeper};
pub use orthanc::{Counted, Following};
pub use talk::{Peer, Talk};
