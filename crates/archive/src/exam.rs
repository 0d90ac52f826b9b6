//! What an archive says of an examination: whose it is, when it was made, what belongs to it. Plain values as they were found; nothing is
//! corrected here, and what is odd stays odd.

use std::fmt;

use model::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::uid::{InstanceUid, SeriesUid, StudyUid};

/// Longest text of an attribute that is kept, in characters (the longest short value of PS3.5 §6.2 is LO with 64).
pub const ATTRIBUTE_LENGTH_MAX_CHARACTERS: usize = 64;

/// Whose examination it is: Patient ID (0010,0020) with Issuer of Patient ID (0010,0021). An empty id is a patient nobody knows, and two of
/// them are not known to be one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Patient {
    id: Box<str>,
    issuer: Box<str>,
}

impl Patient {
    /// A patient as an archive names them; padding is taken off (PS3.5 §6.2), and only as much is kept as the standard allows.
    pub fn new(id: &str, issuer: &str) -> Patient {
        Patient { id: attribute(id), issuer: attribute(issuer) }
    }

    /// Patient ID; may be empty.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Issuer of Patient ID; often empty.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Does the archive say who it is?
    pub fn is_known(&self) -> bool {
        !self.id.is_empty()
    }

    /// Do both archives mean one person, as far as they say? An issuer that only one of them keeps is no difference.
    pub fn agrees_with(&self, other: &Patient) -> bool {
        self.id == other.id
            && (self.issuer == other.issuer || self.issuer.is_empty() || other.issuer.is_empty())
    }
}

/// A short value without padding, cut to what the standard allows.
fn attribute(text: &str) -> Box<str> {
    text.trim_matches(['\0', ' ']).chars().take(ATTRIBUTE_LENGTH_MAX_CHARACTERS).collect()
}

/// Study Date (0008,0020) as it was found. A query by date finds only what is a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudyDate {
    /// A day of the calendar.
    Day(Date),
    /// Nothing: the study was never given a date.
    Empty,
    /// Something else, as it stands there: a day that does not exist, another notation.
    Odd(Box<str>),
}

impl StudyDate {
    /// Reads `YYYYMMDD` (PS3.5 §6.2, DA). Nothing is refused: what is no day is kept as it stands.
    pub fn read(text: &str) -> StudyDate {
        let text = attribute(text);
        if text.is_empty() {
            return StudyDate::Empty;
        }
        let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i16>().ok());
        let day = match (digits, part(0, 4), part(4, 6), part(6, 8)) {
            (true, Some(year), Some(month), Some(day)) => {
                let (month, day) = (u8::try_from(month), u8::try_from(day));
                month.ok().zip(day.ok()).and_then(|(month, day)| Date::new(year, month, day))
            }
            _ => None,
        };
        day.map_or(StudyDate::Odd(text), StudyDate::Day)
    }

    /// The day, if it is one.
    pub fn day(&self) -> Option<Date> {
        match self {
            StudyDate::Day(day) => Some(*day),
            StudyDate::Empty | StudyDate::Odd(_) => None,
        }
    }
}

impl fmt::Display for StudyDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StudyDate::Day(day) => day.fmt(f),
            StudyDate::Empty => f.write_str("no date"),
            StudyDate::Odd(text) => write!(f, "odd date {text:?}"),
        }
    }
}

/// An examination as one archive lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Study {
    /// Which one.
    pub uid: StudyUid,
    /// Whose.
    pub patient: Patient,
    /// When it was made.
    pub date: StudyDate,
    /// Accession Number (0008,0050), which the order bears too; may be empty.
    pub accession: Box<str>,
    /// How many series and instances the archive says that it has of it; `None` where it does not say.
    pub counted: Option<Counted>,
}

impl Study {
    /// Order of lists: newest first; what has no day before all, because nobody knows how new it is (R57).
    pub fn newest_first(&self) -> (std::cmp::Reverse<i64>, &StudyUid) {
        (std::cmp::Reverse(self.date.day().map_or(i64::MAX, Date::days)), &self.uid)
    }
}

/// Number of Study Related Series (0020,1206) and Instances (0020,1208). Equal numbers never show that the same objects are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Counted {
    /// Series.
    pub series: u64,
    /// Instances.
    pub instances: u64,
}

/// One image or other object as one archive lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Which one.
    pub uid: InstanceUid,
    /// The series it lies in.
    pub series: SeriesUid,
    /// The examination it lies in.
    pub study: StudyUid,
    /// When the archive received it; `None` where it does not say, and then it counts as there before any cut.
    pub arrived: Option<Time>,
    /// Digests of pixel data and of chosen attributes; `None` where it was not read.
    pub content: Option<Content>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_is_no_day_is_kept_as_it_stands() {
        assert_eq!(StudyDate::read("20260228"), StudyDate::Day(Date::parse("2026-02-28").unwrap()));
        for empty in ["", " ", "\0", "  \0"] {
            assert_eq!(StudyDate::read(empty), StudyDate::Empty);
        }
        for odd in ["20260230", "2026.02.28", "2026-02-28", "00000000", "202602", "+0260228", "2026022٣", "ä"]
        {
            assert_eq!(StudyDate::read(odd), StudyDate::Odd(odd.into()), "{odd}");
        }
    }

    #[test]
    fn an_issuer_that_only_one_archive_keeps_makes_no_other_patient() {
        let plain = Patient::new("19121212-1212 ", "");
        let issued = Patient::new("19121212-1212", "SE");
        assert!(plain.agrees_with(&issued) && issued.agrees_with(&plain));
        assert!(!issued.agrees_with(&Patient::new("19121212-1212", "NO")));
        assert!(!plain.agrees_with(&Patient::new("19121212-1213", "")));
        assert!(!Patient::new("\0 ", "SE").is_known());
    }
}
