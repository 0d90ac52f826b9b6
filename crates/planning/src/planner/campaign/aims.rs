//! What a plan should have little of, in which order, and how much of one may be given up for the next.

use serde::{Deserialize, Serialize};

/// Something that a plan should have little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Mandatory devices that are deferred.
    Deferred,
    /// Minutes in which patients are not watched, times their number.
    PatientMinutes,
    /// Days before a device is done, times its risk.
    ExposureDays,
    /// Person-minutes of staff in windows that are overtime.
    Overtime,
    /// People who must be told again.
    ToldAgain,
}

/// A goal, and how much of its best value may be given up for the goals behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    /// Which goal.
    pub goal: Goal,
    /// So many ten-thousandths of the value reached, rounded down.
    #[serde(default)]
    pub give_up_per_10000: u32,
}

impl Aim {
    /// The usual order (design: algorithms.md, Planning).
    pub fn usual() -> Vec<Aim> {
        let aim = |goal, give_up_per_10000| Aim { goal, give_up_per_10000 };
        vec![
            aim(Goal::Deferred, 0),
            aim(Goal::PatientMinutes, 10),
            aim(Goal::ExposureDays, 10),
            aim(Goal::Overtime, 10),
            aim(Goal::ToldAgain, 0),
        ]
    }

    /// The order when a plan that people were told of is made again: whom one must tell again counts before all but deferred work.
    pub fn again() -> Vec<Aim> {
        let mut aims = Aim::usual();
        aims.rotate_right(1);
        aims.swap(0, 1);
        aims
    }

    pub(super) fn are_usual(aims: &[Aim]) -> bool {
        aims == Aim::usual()
    }
}
