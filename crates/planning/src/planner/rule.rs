//! The rules of a plan by name, as the table of `docs/planning.md` has them, each with who can change it and a sentence for people. How
//! they are kept or checked must not live here.

use model::plan::Owner;
use serde::{Deserialize, Serialize};

/// A rule of that table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Each device once.
    EachOnce,
    /// What has begun stays.
    Begun,
    /// Nothing in the past.
    Past,
    /// A window of its site.
    Site,
    /// The work and its back-out fit into the window.
    Times,
    /// Done by when it is due.
    Due,
    /// When the device can be had.
    Access,
    /// Times in which nothing is touched.
    Blackout,
    /// Training first.
    Gate,
    /// Devices at once.
    AtOnce,
    /// People at once.
    People,
    /// Minutes of people, ways included.
    PersonMinutes,
    /// A vendor's visit.
    Visit,
    /// Loaners.
    Loaners,
    /// Beds dark at once.
    Beds,
    /// Spare carriers.
    Spare,
    /// One side at a time.
    Sides,
    /// A service and what stands in for it.
    StandIn,
    /// Rings and soak.
    Ring,
    /// One device after another.
    Precedence,
    /// Devices that never share a window.
    Conflict,
    /// A goal's value is that of the plan.
    GoalValue,
}

impl Rule {
    /// The word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Rule::EachOnce => "each_once",
            Rule::Begun => "begun",
            Rule::Past => "past",
            Rule::Site => "site",
            Rule::Times => "times",
            Rule::Due => "due",
            Rule::Access => "access",
            Rule::Blackout => "blackout",
            Rule::Gate => "gate",
            Rule::AtOnce => "at_once",
            Rule::People => "people",
            Rule::PersonMinutes => "person_minutes",
            Rule::Visit => "visit",
            Rule::Loaners => "loaners",
            Rule::Beds => "beds",
            Rule::Spare => "spare",
            Rule::Sides => "sides",
            Rule::StandIn => "stand_in",
            Rule::Ring => "ring",
            Rule::Precedence => "precedence",
            Rule::Conflict => "conflict",
            Rule::GoalValue => "goal_value",
        }
    }

    /// The rule as a sentence without a full stop.
    pub fn says(self) -> &'static str {
        match self {
            Rule::EachOnce => "each device stands in the plan once",
            Rule::Begun => "what has begun stays where it is",
            Rule::Past => "nothing is planned into the past",
            Rule::Site => "a device goes into a window of its own site",
            Rule::Times => "the work and its back-out fit into the window",
            Rule::Due => "the device is done by its due day",
            Rule::Access => "the device is worked on only when it can be had",
            Rule::Blackout => "nothing is touched during a theatre list or a holiday",
            Rule::Gate => "the unit is trained before it gets the bundle",
            Rule::AtOnce => "only so many devices are worked on at once",
            Rule::People => "only so many people are there at once",
            Rule::PersonMinutes => "the people's minutes, ways included, are used once",
            Rule::Visit => "vendor work is done when the vendor's engineer is there, and only so much of it",
            Rule::Loaners => "only so many loaners stand in",
            Rule::Beds => "only so many beds of a unit are without their monitor at once",
            Rule::Spare => "a service never loses more carriers than it can spare",
            Rule::Sides => "two sides of a service are never worked on together",
            Rule::StandIn => "a service and what stands in for it are never worked on together",
            Rule::Ring => "a ring begins when the one before it is done and has soaked",
            Rule::Precedence => "one device goes after another",
            Rule::Conflict => "some devices never share a window",
            Rule::GoalValue => "a goal's value is that of the plan",
        }
    }

    /// Who can change it.
    pub fn owner(self) -> Owner {
        match self {
            Rule::Due | Rule::Ring | Rule::Precedence | Rule::Conflict | Rule::EachOnce | Rule::Begun => {
                Owner::It
            }
            Rule::Past | Rule::Site | Rule::AtOnce | Rule::Times | Rule::GoalValue => Owner::It,
            Rule::Access | Rule::Blackout | Rule::Gate | Rule::Beds => Owner::Ward,
            Rule::People | Rule::PersonMinutes | Rule::Loaners => Owner::ClinicalEngineering,
            Rule::Spare | Rule::Sides | Rule::StandIn => Owner::ClinicalEngineering,
            Rule::Visit => Owner::Vendor,
        }
    }
}
