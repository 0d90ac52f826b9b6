//! A device of a campaign, who works on it, and what was agreed for it before.

use model::AssetTag;
use model::ids::{BuildingId, SiteId, UnitId, WindowId};
use serde::{Deserialize, Serialize};

/// A device that gets a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Which.
    pub tag: AssetTag,
    /// Where it stands.
    pub site: SiteId,
    /// In which building.
    pub building: BuildingId,
    /// In which unit.
    pub unit: UnitId,
    /// What sort of device.
    pub kind: Box<str>,
    /// What it gets.
    pub bundle: Box<str>,
    /// Must it be done, or may it be deferred?
    pub mandatory: bool,
    /// Its window ends no later than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_minute: Option<u32>,
    /// What each day before it is done weighs.
    pub risk_per_day: u32,
    /// Who does it.
    pub hands: Hands,
    /// Its ring, from 1; without it the device waits for no ring and none waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ring: Option<u16>,
    /// Its side, where the services that it carries have two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// When it can be had; without it at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Box<str>>,
    /// Beds of its unit that it watches by itself.
    #[serde(default)]
    pub beds_watched: u32,
    /// A loaner of its kind stands in while it is out of service: no bed is dark, and it takes one of the loaners.
    #[serde(default)]
    pub loaner: bool,
}

/// Who works on a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Hands {
    /// The agent on it.
    Agent,
    /// Someone with a skill, for so long from its beginning.
    Staff {
        /// The skill.
        skill: Box<str>,
        /// Minutes of hands.
        hands_on_minutes: u32,
    },
    /// An engineer of its vendor, for so long from its beginning.
    Vendor {
        /// The vendor.
        vendor: Box<str>,
        /// Minutes of hands.
        hands_on_minutes: u32,
    },
}

/// One of two sides of what is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one.
    A,
    /// The other.
    B,
}

/// What was agreed for a device before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Which device.
    pub device: AssetTag,
    /// In which window; it may be gone from the list when nothing has begun.
    pub window: WindowId,
    /// It has begun: it stays where it is.
    pub begun: bool,
    /// People who were told, and must be told again when the device gets another window or none.
    pub people_told: u32,
}

impl Hands {
    /// Minutes in which someone has their hands on it; none for the agent.
    pub fn minutes(&self) -> u32 {
        match self {
            Hands::Agent => 0,
            Hands::Staff { hands_on_minutes, .. } | Hands::Vendor { hands_on_minutes, .. } => {
                *hands_on_minutes
            }
        }
    }
}
