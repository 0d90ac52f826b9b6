//! What a plan of a campaign says: for each device its window and minute or why it is deferred, and for each goal the value reached,
//! a value that no plan can go below, and what that bound stands on. How it is found must not live here.

use model::AssetTag;
use model::ids::WindowId;
use serde::{Deserialize, Serialize};

use super::campaign::Goal;

/// A plan of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Each device once, in the order of the campaign's devices.
    pub assignments: Vec<Assignment>,
    /// Each goal, in the order of the campaign's aims.
    pub goals: Vec<Reached>,
    /// How the search ended.
    pub status: Status,
}

/// Where a device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Which device.
    pub device: AssetTag,
    /// Its window, or why it has none.
    pub place: Placed,
}

/// A window and a minute, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Placed {
    /// It is worked on.
    Window {
        /// In this window.
        window: WindowId,
        /// From this minute of the campaign.
        begins_minute: u32,
    },
    /// It is not, by the horizon.
    Deferred {
        /// Why.
        because: Because,
    },
}

/// Why a device is deferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// No window may take it, even were it alone.
    NoWindow,
    /// What it waits for, a ring or another device, leaves it no window.
    Waits,
    /// The windows that may take it have no room left for it.
    NoRoom,
}

/// A goal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Which goal.
    pub goal: Goal,
    /// The plan's value.
    pub value: u64,
    /// No plan that keeps the goals before it at what was reached, and what may be given up of it, has less.
    pub at_least: u64,
}

/// How the search ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The time given, or the changes that are tried of a large campaign, were used up before every goal was proven as near as asked.
    pub cut_by_time: bool,
    /// Goals for which the solver had no answer that holds, in whatever way it was asked: the best plan before it stays, nothing is proven.
    pub unanswered: u32,
    /// Time used, by the caller's clock.
    pub milliseconds: u64,
    /// Classes of devices that are alike.
    pub classes: u32,
    /// Columns of the solver's problem.
    pub columns: u32,
    /// Rows of the solver's problem.
    pub rows: u32,
    /// Windows for whose work no order was found at first.
    pub windows_sent_back: u32,
}

impl Reached {
    /// How far the value may be from the best, in parts of a million of the value, rounded up; 0 is the best.
    pub fn gap_ppm(&self) -> u64 {
        let gap = u128::from(self.value.saturating_sub(self.at_least)) * 1_000_000;
        u64::try_from(gap.div_ceil(u128::from(self.value.max(1)))).unwrap_or(u64::MAX)
    }
}

impl Answer {
    /// A goal's value.
    pub fn reached(&self, goal: Goal) -> Option<Reached> {
        self.goals.iter().find(|reached| reached.goal == goal).copied()
    }

    /// Is every mandatory device in a window?
    pub fn is_complete(&self) -> bool {
        self.reached(Goal::Deferred).is_some_and(|reached| reached.value == 0)
    }
}
