//! What an archive is asked: a part of a scope, by date, time, modality or beginning of the identifier; and how a part is split.

use std::fmt;

use model::Date;
use serde::{Deserialize, Serialize};

use crate::exam::StudyDate;
use crate::uid::{SeriesUid, StudyUid, Uid};

/// What is to be listed whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every examination of the archive.
    Archive,
    /// Examinations of these days, both included; what has no day belongs to no such scope.
    Days(Date, Date),
    /// The objects of an examination.
    Study(StudyUid),
    /// The objects of a series.
    Series(StudyUid, SeriesUid),
}

/// What an archive can be asked, as its conformance statement says. Whatever is claimed here and not kept is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ability {
    /// Can somebody count without listing (statistics, Number of Study Related Instances)? Without it nothing is proven.
    pub count: bool,
    /// Has the archive a number that changes whenever anything in it does? Without it everything is listed twice.
    pub token: bool,
    /// Rows a page where answers come in pages; `None` where a query is answered whole.
    pub page_rows: Option<u32>,
    /// Can be asked for what has no date (empty value matching, PS3.4 §C.2.2.2.7)?
    pub empty_value: bool,
    /// Can be asked by time of day?
    pub time: bool,
    /// Modalities by which a part can be split. They need not be all: what lies beside them is found missing by the count.
    pub modalities: Vec<Box<str>>,
    /// Can be asked by the beginning of the identifier (not in DICOM; Orthanc can)?
    pub uid_prefix: bool,
}

/// By which days a query asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// No key: everything, dated or not.
    Any,
    /// Any day before this one.
    Before(Date),
    /// From the first to the last, both included.
    Days(Date, Date),
    /// Any day after this one.
    After(Date),
    /// What has no date.
    Undated,
}

/// One query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Where.
    pub scope: Scope,
    /// By which days.
    pub when: When,
    /// By time of day in minutes, both included; on single days only.
    pub minutes: Option<(u16, u16)>,
    /// By modality.
    pub modality: Option<Box<str>>,
    /// By the beginning of the identifier.
    pub uid_prefix: Box<str>,
}

const MINUTE_LAST: u16 = 1_439;
/// First and last day that [`Date`] knows; what lies beyond is asked for openly.
const FIRST_DAY: (i16, u8, u8) = (1900, 1, 1);
const LAST_DAY: (i16, u8, u8) = (2199, 12, 31);

impl Query {
    /// Everything of a scope.
    pub fn all(scope: Scope) -> Query {
        let when = match &scope {
            Scope::Days(from, to) => When::Days(*from, *to),
            Scope::Archive | Scope::Study(_) | Scope::Series(..) => When::Any,
        };
        Query { scope, when, minutes: None, modality: None, uid_prefix: "".into() }
    }

    /// Everything of the archive that has no date.
    pub fn undated(scope: Scope) -> Query {
        Query { when: When::Undated, ..Query::all(scope) }
    }

    /// Parts that together ask for the same, by the first key that is left; empty when none is. Whether the parts are the whole is never
    /// taken for granted: examinations with an odd date, no time or another modality lie in none.
    pub fn split(&self, ability: &Ability) -> Vec<Query> {
        if self.modality.is_none()
            && self.uid_prefix.is_empty()
            && let Some(parts) = self.split_by_date(ability)
        {
            return parts;
        }
        if self.modality.is_none() && self.uid_prefix.is_empty() && !ability.modalities.is_empty() {
            let part = |modality: &str| Query { modality: Some(modality.into()), ..self.clone() };
            return ability.modalities.iter().map(|modality| part(modality)).collect();
        }
        self.split_by_prefix(ability)
    }

    /// Parts by the next character of the identifier; empty when the archive cannot be asked so.
    pub fn split_by_prefix(&self, ability: &Ability) -> Vec<Query> {
        if !ability.uid_prefix || self.uid_prefix.len() >= crate::uid::UID_LENGTH_MAX_CHARACTERS {
            return Vec::new();
        }
        let part =
            |next: char| Query { uid_prefix: format!("{}{next}", self.uid_prefix).into(), ..self.clone() };
        "0123456789.".chars().map(part).collect()
    }

    fn split_by_date(&self, ability: &Ability) -> Option<Vec<Query>> {
        let days = |from: Date, to: Date| Query { when: When::Days(from, to), ..self.clone() };
        match (&self.scope, &self.when) {
            (Scope::Study(_) | Scope::Series(..), _)
            | (_, When::Before(_) | When::After(_) | When::Undated) => None,
            (Scope::Archive | Scope::Days(..), When::Any) => {
                let (first, last) = (day(FIRST_DAY)?, day(LAST_DAY)?);
                let open = |when: When| Query { when, ..self.clone() };
                Some(vec![open(When::Before(first)), days(first, last), open(When::After(last))])
            }
            (Scope::Archive | Scope::Days(..), When::Days(from, to)) if from < to => {
                let middle = Date::of_days((from.days() + to.days()).div_euclid(2))?;
                Some(vec![days(*from, middle), days(Date::of_days(middle.days() + 1)?, *to)])
            }
            (Scope::Archive | Scope::Days(..), When::Days(..)) => self.split_by_time(ability),
        }
    }

    fn split_by_time(&self, ability: &Ability) -> Option<Vec<Query>> {
        let (from, to) = self.minutes.unwrap_or((0, MINUTE_LAST));
        if !ability.time || from >= to {
            return None;
        }
        let middle = u16::midpoint(from, to);
        let part = |from: u16, to: u16| Query { minutes: Some((from, to)), ..self.clone() };
        Some(vec![part(from, middle), part(middle + 1, to)])
    }

    /// May a row with this identifier and date be an answer? What has no day may: archives differ there.
    pub fn admits(&self, uid: &Uid, date: &StudyDate) -> bool {
        let dated = match (&self.when, date.day()) {
            (When::Any, _) | (_, None) => true,
            (When::Before(first), Some(day)) => day < *first,
            (When::Days(from, to), Some(day)) => *from <= day && day <= *to,
            (When::After(last), Some(day)) => day > *last,
            (When::Undated, Some(_)) => false,
        };
        dated && uid.as_str().starts_with(&*self.uid_prefix)
    }
}

fn day((year, month, day): (i16, u8, u8)) -> Option<Date> {
    Date::new(year, month, day)
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            Scope::Archive | Scope::Days(..) => f.write_str("examinations")?,
            Scope::Study(study) => write!(f, "objects of {study}")?,
            Scope::Series(_, series) => write!(f, "objects of series {series}")?,
        }
        match &self.when {
            When::Any => {}
            When::Before(first) => write!(f, " before {first}")?,
            When::Days(from, to) if from == to => write!(f, " of {from}")?,
            When::Days(from, to) => write!(f, " of {from} to {to}")?,
            When::After(last) => write!(f, " after {last}")?,
            When::Undated => f.write_str(" without a date")?,
        }
        if let Some((from, to)) = self.minutes {
            write!(f, ", {:02}:{:02} to {:02}:{:02}", from / 60, from % 60, to / 60, to % 60)?;
        }
        if let Some(modality) = &self.modality {
            write!(f, ", {modality}")?;
        }
        if !self.uid_prefix.is_empty() {
            write!(f, ", {}*", self.uid_prefix)?;
        }
        Ok(())
    }
}
