//! A range text in plain words, as data: pages word it in any language, and it displays in English for the command line
//! and files. Texts in it are the advisory's own. Nothing is decided here.

use std::fmt;

use model::Date;
use serde::{Deserialize, Serialize};

/// How a whole version text was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its parts; a version in any of them lies in the range. Exclusions come last.
    pub parts: Vec<Part>,
    /// Several upper bounds stand for release lines.
    pub by_lines: bool,
}

/// One part of a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is about.
    pub meant: Meant,
    /// The model number that it is for.
    pub model: Option<Box<str>>,
    /// Conditions as written.
    pub conditions: Vec<Box<str>>,
}

/// What a part of a range is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meant {
    /// Every version.
    Every,
    /// After or from this version.
    From(End),
    /// Before or up to this version.
    UpTo(End),
    /// Between two versions.
    Between(End, End),
    /// A single version.
    One(Box<str>),
    /// Every version of a family: `2.3.x`.
    Family(Box<str>),
    /// A name where a version should stand.
    Name(Box<str>),
    /// All but this one.
    Except(Box<str>),
    /// By day of manufacture or release.
    Days(DayRange),
    /// By serial number.
    Serials(SerialRange),
    /// Not understood; as written.
    Unreadable(Box<str>),
}

/// One end of a range of versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The version.
    pub version: Box<str>,
    /// The same version by another name.
    pub also: Option<Box<str>>,
    /// It is outside the range itself.
    pub is_strict: bool,
    /// It stands for all of its family, which lies inside.
    pub is_family: bool,
}

/// A range of days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRange {
    /// What happened then, as the advisory says (`distributed`); empty: made or released.
    pub verb: Box<str>,
    /// First day and whether it is outside itself.
    pub low: Option<(Date, bool)>,
    /// Last day and whether it is outside itself.
    pub high: Option<(Date, bool)>,
    /// The day as written, where the advisory names no year.
    pub undated: Option<Box<str>>,
}

/// A range of serial numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SerialRange {
    /// On one side of a number.
    Bound {
        /// Only so many of the first digits count.
        first_digits: Option<usize>,
        /// Which side.
        side: Side,
        /// The number as written.
        number: Box<str>,
    },
    /// Numbers with wildcards, as the advisory lists them.
    Patterns(Vec<Box<str>>),
}

/// On which side of a number something lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Lower.
    Below,
    /// Lower or equal.
    AtMost,
    /// Higher.
    Above,
    /// Higher or equal.
    AtLeast,
    /// Equal.
    Equal,
    /// Not equal.
    Other,
}

/// A condition that decides and that the register does not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// As the advisory writes it.
    Written(Box<str>),
    /// The platform, architecture or host.
    Platform,
    /// A component inside the product, and its version.
    Component,
}

/// What stands between a part of a reading and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// It is the first.
    None,
    /// A comma.
    Comma,
    /// `or`, in a plain list.
    Or,
    /// A comma and `or`.
    CommaOr,
}

impl Reading {
    /// A product named without a version.
    pub fn every() -> Reading {
        let every = Part { meant: Meant::Every, model: None, conditions: Vec::new() };
        Reading { parts: vec![every], by_lines: false }
    }

    /// The parts, each with what stands before it.
    pub fn joined(&self) -> impl Iterator<Item = (Joint, &Part)> {
        let is_list = self.parts.first().is_some_and(|part| part.meant.is_listed());
        self.parts.iter().enumerate().map(move |(index, part)| {
            let joint = match &part.meant {
                _ if index == 0 => Joint::None,
                Meant::Except(_) => Joint::Comma,
                listed if listed.is_listed() && index + 1 < self.parts.len() => Joint::Comma,
                listed if listed.is_listed() && is_list => Joint::Or,
                _ => Joint::CommaOr,
            };
            (joint, part)
        })
    }
}

impl Meant {
    fn is_listed(&self) -> bool {
        matches!(self, Meant::One(_) | Meant::Family(_) | Meant::Name(_))
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (joint, part) in self.joined() {
            let joint = match joint {
                Joint::None => "",
                Joint::Comma => ", ",
                Joint::Or => " or ",
                Joint::CommaOr => ", or ",
            };
            write!(f, "{joint}{part}")?;
        }
        if self.by_lines { f.write_str(" (one bound for each release line)") } else { Ok(()) }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.meant {
            Meant::Every => f.write_str("every version")?,
            Meant::From(low) if low.is_strict => write!(f, "after {low}")?,
            Meant::From(low) => write!(f, "{} and later", low.version)?,
            Meant::UpTo(high) if high.is_strict => write!(f, "before {high}")?,
            Meant::UpTo(high) => write!(f, "up to and including {high}")?,
            Meant::Between(low, high) => {
                write!(f, "{} {} ", if low.is_strict { "after" } else { "from" }, low.version)?;
                let to = if high.is_strict { "up to but not including" } else { "up to and including" };
                write!(f, "{to} {high}")?;
            }
            Meant::One(version) => f.write_str(version)?,
            Meant::Family(version) => write!(f, "any {version}")?,
            Meant::Name(name) => write!(f, "\"{name}\"")?,
            Meant::Except(version) => write!(f, "but not {version}")?,
            Meant::Days(days) => write!(f, "{days}")?,
            Meant::Serials(serials) => write!(f, "{serials}")?,
            Meant::Unreadable(text) => write!(f, "not understood: \"{text}\"")?,
        }
        if let Some(model) = &self.model {
            write!(f, ", model {model}")?;
        }
        for condition in &self.conditions {
            write!(f, ", under the condition \"{condition}\"")?;
        }
        Ok(())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_family { "all of " } else { "" }, self.version)?;
        match &self.also {
            Some(also) => write!(f, " (also called {also})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DayRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.verb.is_empty() { "made or released" } else { &self.verb })?;
        if let Some(text) = &self.undated {
            return write!(f, " {text} (the advisory names no year)");
        }
        if let Some((day, is_strict)) = &self.low {
            write!(f, " {} {day}", if *is_strict { "after" } else { "on or after" })?;
        }
        if self.low.is_some() && self.high.is_some() {
            f.write_str(" and")?;
        }
        if let Some((day, is_strict)) = &self.high {
            write!(f, " {} {day}", if *is_strict { "before" } else { "on or before" })?;
        }
        Ok(())
    }
}

impl fmt::Display for SerialRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first_digits, side, number) = match self {
            SerialRange::Bound { first_digits, side, number } => (first_digits, side, number),
            SerialRange::Patterns(patterns) => return write!(f, "serial number {}", patterns.join(", ")),
        };
        match first_digits {
            Some(count) => write!(f, "first {count} digits of the serial number ")?,
            None => f.write_str("serial number ")?,
        }
        match side {
            Side::Below => write!(f, "below {number}"),
            Side::AtMost => write!(f, "{number} or lower"),
            Side::Above => write!(f, "above {number}"),
            Side::AtLeast => write!(f, "{number} or higher"),
            Side::Equal => write!(f, "{number}"),
            Side::Other => write!(f, "other than {number}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Written(text) => f.write_str(text),
            Condition::Platform => f.write_str("platform, architecture or host"),
            Condition::Component => f.write_str("a component inside the product, and its version"),
        }
    }
}
