//! How often to patch (R16–R18): half-yearly to as they come, the same patches and the same luck for each, and what it costs the wards:
//! dark minutes, disruptions, the largest night, days of exposure, people's hours. `assume` reads what past nights say of it; `replay` plays
//! the years; `compare` says which differences are more than luck.
//!
//! What must not live here: clocks, plans of single hosts (`planner`), and assumptions that nobody sees.

mod assume;
mod compare;
mod replay;

pub use assume::{ASSUMED, Assumed, Assumptions, BadAssumption, NIGHTS_LEARNT_MIN, RECORDS_LEARNT_MIN, Span};
pub use compare::{Band, Outcome, Versus, study, takes_too_long};

/// How often patches are put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    /// Every six months.
    HalfYearly,
    /// Every three months.
    Quarterly,
    /// Every two months.
    TwoMonthly,
    /// Every month.
    Monthly,
    /// In the night after each was released.
    AsTheyCome,
}

impl Cadence {
    /// Every cadence, the rarest first.
    pub const ALL: [Cadence; 5] =
        [Cadence::HalfYearly, Cadence::Quarterly, Cadence::TwoMonthly, Cadence::Monthly, Cadence::AsTheyCome];

    /// Nights of one year; `None` where patches decide.
    pub fn nights_a_year(self) -> Option<u32> {
        match self {
            Cadence::HalfYearly => Some(2),
            Cadence::Quarterly => Some(4),
            Cadence::TwoMonthly => Some(6),
            Cadence::Monthly => Some(12),
            Cadence::AsTheyCome => None,
        }
    }

    /// The word in addresses and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Cadence::HalfYearly => "half_yearly",
            Cadence::Quarterly => "quarterly",
            Cadence::TwoMonthly => "two_monthly",
            Cadence::Monthly => "monthly",
            Cadence::AsTheyCome => "as_they_come",
        }
    }

    /// The cadence with that word.
    pub fn from_word(word: &str) -> Option<Cadence> {
        Cadence::ALL.into_iter().find(|cadence| cadence.word() == word)
    }
}

/// What of it is counted, over all the years played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Minutes in which a unit has no service, summed over units.
    DarkMinutes,
    /// Times that a unit goes dark.
    Disruptions,
    /// Dark minutes of the worst night, summed over units.
    LargestNight,
    /// Days from a patch's release until it is on a host, summed over patches and hosts.
    ExposureDays,
    /// Minutes that people work: preparing, standing in while it is dark, working by hand.
    StaffMinutes,
    /// Nights with any work.
    Nights,
}

impl Measure {
    /// Every measure, what wards feel first.
    pub const ALL: [Measure; 6] = [
        Measure::DarkMinutes,
        Measure::Disruptions,
        Measure::LargestNight,
        Measure::ExposureDays,
        Measure::StaffMinutes,
        Measure::Nights,
    ];

    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Measure::DarkMinutes => "dark_minutes",
            Measure::Disruptions => "disruptions",
            Measure::LargestNight => "largest_night_dark_minutes",
            Measure::ExposureDays => "exposure_days",
            Measure::StaffMinutes => "staff_minutes",
            Measure::Nights => "nights",
        }
    }
}

/// One host, as far as its patching is felt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Units that go dark while it restarts, as numbers; empty where every service that it carries has a spare carrier.
    pub darkens: Vec<u32>,
    /// Only a person can work on it.
    pub by_hand: bool,
}
