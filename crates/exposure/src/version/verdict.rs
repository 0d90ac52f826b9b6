//! What a range says of a device: inside, outside with the reason, or unknown with the gap that would have to be
//! closed. Displays in English; pages word it from the same values. No
//! matching here.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::plain::{Condition, DayRange, Part, SerialRange};

/// Whether a device's version lies in a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inclusion {
    /// Inside: the advisory speaks of it.
    In,
    /// Certainly outside.
    Out(OutReason),
    /// Cannot be decided; the gap says what is missing.
    Unknown(Gap),
}

/// Why a version is certainly outside a range. Texts are the advisory's own bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutReason {
    /// Later than the last affected one.
    AboveUpper {
        /// The upper bound.
        bound: Box<str>,
    },
    /// Earlier than the first affected one.
    BelowLower {
        /// The lower bound.
        bound: Box<str>,
    },
    /// In none of several ranges.
    OutsideRanges {
        /// The ranges in plain words.
        ranges: Vec<Part>,
        /// How many more there are.
        more: usize,
    },
    /// No range was given, only single versions or nothing at all, and this version is not among them. Ranges never
    /// answer so themselves (they say [`Gap::NotListed`]); it is the question to put to `remedy::after_range`.
    NotListed,
    /// The range leaves this version out by name.
    Excluded {
        /// The version left out.
        version: Box<str>,
    },
    /// Made or shipped outside the days of the range.
    MadeOutside {
        /// The days in plain words.
        days: DayRange,
    },
    /// The serial number lies outside the range.
    SerialOutside {
        /// The range in plain words.
        range: SerialRange,
    },
}

/// What would have to be known to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// The register has no version for the device.
    VersionMissing,
    /// The advisory lists single versions; this one is not among them, and nothing says it is safe.
    NotListed {
        /// What is listed.
        listed: Box<str>,
    },
    /// Both are known, but which is earlier cannot be said.
    ShapesDoNotCompare {
        /// The device's version.
        device: Box<str>,
        /// The advisory's bound.
        bound: Box<str>,
    },
    /// The register knows the version only in part (`2.3.x`, `≥ 2.3`, `2.3 / 2.4`), and the range cuts through it.
    PartlyKnown {
        /// The device's version text.
        device: Box<str>,
    },
    /// The advisory's range could not be read.
    RangeUnreadable {
        /// The range as written.
        text: Box<str>,
    },
    /// Several upper bounds stand for release lines, and the device's line is not among them.
    ReleaseLine {
        /// The device's version.
        device: Box<str>,
        /// The bounds of the lines.
        bounds: Box<str>,
    },
    /// The range is one of serial numbers; the register has none, or one of another shape.
    NeedsSerial {
        /// The range in plain words.
        range: SerialRange,
    },
    /// The range is one of days of manufacture or shipping.
    NeedsManufacturingDate {
        /// The range in plain words.
        range: DayRange,
    },
    /// The advisory names model numbers or variants instead of versions.
    NeedsModelNumber {
        /// The names.
        models: Box<str>,
    },
    /// The version is inside, but only under a condition that the register does not answer.
    Condition {
        /// The condition.
        condition: Condition,
    },
    /// Later than the affected range, but earlier than the version said to be fixed.
    BetweenRangeAndFix {
        /// The fixed version.
        fix: Box<str>,
    },
    /// The advisory's prose says that this or a later version is still affected.
    ProseContradicts {
        /// The sentence.
        text: Box<str>,
    },
}

impl Gap {
    /// One short word for machines and filters.
    pub fn word(&self) -> &'static str {
        match self {
            Gap::VersionMissing => "version_missing",
            Gap::NotListed { .. } => "not_listed",
            Gap::ShapesDoNotCompare { .. } => "shapes_do_not_compare",
            Gap::PartlyKnown { .. } => "partly_known",
            Gap::RangeUnreadable { .. } => "range_unreadable",
            Gap::ReleaseLine { .. } => "release_line",
            Gap::NeedsSerial { .. } => "needs_serial",
            Gap::NeedsManufacturingDate { .. } => "needs_manufacturing_date",
            Gap::NeedsModelNumber { .. } => "needs_model_number",
            Gap::Condition { .. } => "condition",
            Gap::BetweenRangeAndFix { .. } => "between_range_and_fix",
            Gap::ProseContradicts { .. } => "prose_contradicts",
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::VersionMissing => f.write_str("the register has no version for this device"),
            Gap::NotListed { listed } => {
                write!(f, "the advisory lists only {listed}; it does not say that other versions are safe")
            }
            Gap::ShapesDoNotCompare { device, bound } => {
                write!(f, "whether {device} comes before or after {bound} cannot be told from the numbers")
            }
            Gap::PartlyKnown { device } => {
                write!(
                    f,
                    "the register says only \"{device}\"; some such versions are affected and some are not"
                )
            }
            Gap::RangeUnreadable { text } => write!(f, "the advisory's range \"{text}\" could not be read"),
            Gap::ReleaseLine { device, bounds } => {
                write!(
                    f,
                    "the advisory gives one bound for each release line ({bounds}); which one governs {device} is not said"
                )
            }
            Gap::NeedsSerial { range } => write!(f, "the serial number decides: {range}"),
            Gap::NeedsManufacturingDate { range } => write!(f, "the day of manufacture decides: {range}"),
            Gap::NeedsModelNumber { models } => write!(f, "the model number or variant decides: {models}"),
            Gap::Condition { condition } => {
                write!(f, "affected only under a condition the register does not answer: {condition}")
            }
            Gap::BetweenRangeAndFix { fix } => {
                write!(
                    f,
                    "later than the affected range, but earlier than {fix}, the version said to be fixed"
                )
            }
            Gap::ProseContradicts { text } => {
                write!(f, "the advisory's own words speak against it: \"{text}\"")
            }
        }
    }
}

impl fmt::Display for OutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutReason::AboveUpper { bound } => {
                write!(f, "later than the affected versions, which end at {bound}")
            }
            OutReason::BelowLower { bound } => {
                write!(f, "earlier than the affected versions, which begin at {bound}")
            }
            OutReason::OutsideRanges { ranges, more } => {
                let shown: Vec<String> = ranges.iter().map(ToString::to_string).collect();
                write!(f, "in none of the affected ranges: {}", shown.join("; or "))?;
                if *more > 0 { write!(f, "; or {more} more") } else { Ok(()) }
            }
            OutReason::NotListed => f.write_str("not among the versions the advisory names"),
            OutReason::Excluded { version } => write!(f, "the advisory leaves {version} out by name"),
            OutReason::MadeOutside { days } => write!(f, "not {days}"),
            OutReason::SerialOutside { range } => write!(f, "not {range}"),
        }
    }
}
