//! What a demonstration adds to the pages: where to look, and what a plain tool said of each host. Whoever starts the server hands it
//! in; a server without one has none of this.

use std::fmt::Debug;

use model::ids::{PairId, PlanId, UnitId};
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

/// A demonstration, as its pages need it.
pub trait Demonstration: Debug + Send + Sync {
    /// Where to look.
    fn tour(&self) -> Tour;
    /// What a plain tool said last of each host it has worked on.
    fn plain(&self) -> Vec<Plain>;
    /// The command that begins a new night, where this one was left and does not go on; `None` while it goes on.
    fn left(&self) -> Option<String>;
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tour {
    /// The plan of the night.
    pub plan: PlanId,
    /// The host that needs a second restart.
    pub two_stages: AssetTag,
    /// The host that says it installed and did not.
    pub liar: AssetTag,
    /// The unit that is asked.
    pub ward: UnitId,
    /// The pair of image archives of which the second one lacks what is new.
    pub archives: PairId,
}

/// What a plain tool said of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {
    /// Which.
    pub host: AssetTag,
    /// When it looked. It does not look again by itself.
    pub at: Time,
    /// What it said.
    pub word: PlainWord,
}

/// A plain tool's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainWord {
    /// The exit status was 0, and no restart was asked for at that moment.
    Complete,
    /// The exit status was 0, and a restart was asked for.
    RestartNeeded,
    /// The exit status was another.
    Failed,
}
