//! An archive that cuts, shifts, forgets and changes while it is listed, and that knows the truth about itself.

use std::collections::BTreeSet;

use archive::coverage::{
    Ability, Answer, Ask, End, Limits, Listing, Outcome, Query, Rows, Rule, Scope, Step, When,
};
use archive::{Patient, Study, StudyDate, StudyUid, Uid};
use model::Date;

use crate::hospital::uid;

/// How an archive shows that it stopped at its cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CapSign {
    /// Success, and one row more than the cap (measured: 200 and 101 rows).
    OneMoreAndSuccess,
    /// Success, and as many rows as the cap.
    Success,
    /// Cancel.
    Cancel,
}

/// What is wrong with an archive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traps {
    pub(crate) cap: Option<(u64, CapSign)>,
    /// Answers every date key with everything.
    pub(crate) ignores_dates: bool,
    /// Answers at most so many rows a page, whatever it is asked for.
    pub(crate) page_cap: Option<u64>,
    /// Has no page beyond so many rows, and says success (measured: a cap on results, asked with an offset).
    pub(crate) pages_end_at: Option<u64>,
    /// Answers every page with the first rows.
    pub(crate) ignores_offset: bool,
    /// Every so many-th row has no readable identifier; it is left out and counted.
    pub(crate) unreadable_every: Option<usize>,
    /// Leaves out what it has, and says success: a broken index.
    pub(crate) hides: BTreeSet<u32>,
    /// Ends every query of so many rows or more with an error and no rows.
    pub(crate) fails_from: Option<u64>,
}

/// What happens to it before the question with this number is answered.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Arrives(u32),
    Deleted(u32),
    /// Deleted, and another one arrives: the count stays.
    Swapped(u32, u32),
    /// Gets another date.
    Redated(u32, &'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct Simulated {
    /// In the order in which it lists them.
    rows: Vec<(u32, Study)>,
    pub(crate) ability: Ability,
    pub(crate) traps: Traps,
    pub(crate) changes: Vec<(u64, Change)>,
    token: u64,
    asked: u64,
    /// What was there all the time, and what was there at some time.
    throughout: BTreeSet<Uid>,
    sometime: BTreeSet<Uid>,
}

pub(crate) fn row(number: u32, date: &str) -> (u32, Study) {
    let study = Study {
        uid: StudyUid(uid(&format!("1.2.{}.{number}", number % 7))),
        patient: Patient::new("P1", ""),
        date: StudyDate::read(date),
        accession: "".into(),
        counted: None,
    };
    (number, study)
}

impl Simulated {
    pub(crate) fn new(rows: Vec<(u32, Study)>, ability: Ability) -> Simulated {
        let all: BTreeSet<Uid> = rows.iter().map(|(_, study)| study.uid.0.clone()).collect();
        let (traps, changes) = (Traps::default(), Vec::new());
        Simulated {
            rows,
            ability,
            traps,
            changes,
            token: 1,
            asked: 0,
            throughout: all.clone(),
            sometime: all,
        }
    }

    fn change(&mut self, change: Change) {
        self.token += 1;
        match change {
            Change::Arrives(number) => {
                let (number, study) = row(number, "20260105");
                if self.rows.iter().all(|(there, _)| *there != number) {
                    self.sometime.insert(study.uid.0.clone());
                    self.rows.push((number, study));
                }
            }
            Change::Deleted(number) => {
                for (_, study) in self.rows.extract_if(.., |(there, _)| *there == number) {
                    self.throughout.remove(&study.uid.0);
                }
            }
            Change::Swapped(gone, comes) => {
                if self.rows.iter().any(|(there, _)| *there == gone)
                    && self.rows.iter().all(|(there, _)| *there != comes)
                {
                    self.change(Change::Deleted(gone));
                    self.change(Change::Arrives(comes));
                }
            }
            Change::Redated(number, date) => {
                for (_, study) in self.rows.iter_mut().filter(|(there, _)| *there == number) {
                    study.date = StudyDate::read(date);
                }
            }
        }
    }

    /// A time of day and a modality for each, by its number.
    fn matches(&self, number: u32, study: &Study, query: &Query) -> bool {
        let day = study.date.day();
        let dated = match (&query.when, day) {
            (When::Any, _) => true,
            (When::Undated, _) => study.date == StudyDate::Empty,
            (_, _) if self.traps.ignores_dates => true,
            (_, None) => false,
            (When::Before(first), Some(day)) => day < *first,
            (When::Days(from, to), Some(day)) => *from <= day && day <= *to,
            (When::After(last), Some(day)) => day > *last,
        };
        let minute = u16::try_from(number * 37 % 1_440).unwrap();
        // Every eleventh has no time.
        let timed = query
            .minutes
            .is_none_or(|(from, to)| !number.is_multiple_of(11) && from <= minute && minute <= to);
        let modality = ["CT", "MR", "US"][number as usize % 3];
        dated
            && timed
            && query.modality.as_deref().is_none_or(|asked| asked == modality)
            && study.uid.0.as_str().starts_with(&*query.uid_prefix)
            && !self.traps.hides.contains(&number)
    }

    fn answer(&mut self, ask: &Ask) -> Answer<Study> {
        self.asked += 1;
        let now = self.asked;
        let due: Vec<Change> =
            self.changes.extract_if(.., |(at, _)| *at == now).map(|(_, change)| change).collect();
        due.into_iter().for_each(|change| self.change(change));
        match ask {
            Ask::Token => Answer::Token(self.ability.token.then_some(self.token)),
            Ask::Count(_) => Answer::Count(self.ability.count.then_some(self.rows.len() as u64)),
            Ask::Rows { query, offset, limit } => Answer::Rows(self.list(query, *offset, *limit)),
        }
    }

    fn list(&self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Study> {
        let fits = self.rows.iter().filter(|(number, study)| self.matches(*number, study, query));
        let mut rows: Vec<Study> = fits.map(|(_, study)| study.clone()).collect();
        let offset =
            if self.traps.ignores_offset { 0 } else { usize::try_from(offset).unwrap().min(rows.len()) };
        if let Some(end) = self.traps.pages_end_at.filter(|_| limit.is_some()) {
            rows.truncate(usize::try_from(end).unwrap());
        }
        rows.drain(..offset.min(rows.len()));
        let mut end = End::Success;
        if self.traps.fails_from.is_some_and(|least| rows.len() as u64 >= least) {
            return Rows {
                rows: Vec::new(),
                unreadable: 0,
                end: End::Failed("A700 out of resources".into()),
            };
        }
        let page =
            limit.map(u64::from).into_iter().chain(self.traps.page_cap.filter(|_| limit.is_some())).min();
        rows.truncate(usize::try_from(page.unwrap_or(u64::MAX)).unwrap_or(usize::MAX));
        if let Some((cap, sign)) = self.traps.cap
            && rows.len() as u64 > cap
        {
            rows.truncate(usize::try_from(cap).unwrap() + usize::from(sign == CapSign::OneMoreAndSuccess));
            end = if sign == CapSign::Cancel { End::Cut } else { End::Success };
        }
        let every = self.traps.unreadable_every.unwrap_or(usize::MAX);
        let before = rows.len();
        let mut place = 0;
        rows.retain(|_| {
            place += 1;
            !usize::is_multiple_of(place, every)
        });
        Rows { unreadable: (before - rows.len()) as u64, rows, end }
    }

    /// Lists everything, and says what came of it.
    pub(crate) fn listed(&mut self, without: &'static [Rule]) -> Outcome<Study> {
        let limits = Limits { queries_max: 3_000, rows_max: 100_000, ..Limits::default() };
        let mut listing = Listing::new(Scope::Archive, self.ability.clone(), limits);
        if !without.is_empty() {
            listing = listing.planted(without);
        }
        while let Step::Ask(ask) = listing.next() {
            let answer = self.answer(&ask);
            listing.answer(answer).unwrap();
        }
        listing.into_outcome()
    }

    /// What is wrong about an outcome: complete, and something that was there all the time is not in it, or something that never was is.
    pub(crate) fn lie(&self, outcome: &Outcome<Study>) -> Option<String> {
        let Outcome::Complete(rows) = outcome else { return None };
        let lost = self.throughout.iter().find(|uid| !rows.contains_key(uid));
        let ghost = rows.keys().find(|uid| !self.sometime.contains(uid));
        lost.map(|uid| format!("{uid} was there all the time and is not listed"))
            .or(ghost.map(|uid| format!("{uid} never was there")))
    }
}

/// Ability of an archive that can everything.
pub(crate) fn able() -> Ability {
    Ability {
        count: true,
        token: true,
        page_rows: None,
        empty_value: true,
        time: true,
        modalities: vec!["CT".into(), "MR".into(), "US".into()],
        uid_prefix: true,
    }
}

/// So many examinations over January 2026.
pub(crate) fn january(studies: u32) -> Vec<(u32, Study)> {
    let first = Date::parse("2026-01-01").unwrap().days();
    let day =
        |number: u32| Date::of_days(first + i64::from(number % 31)).unwrap().to_string().replace('-', "");
    (1..=studies).map(|number| row(number, &day(number))).collect()
}
