//! Days in version ranges: `July 1 2017`, `May 2018`, `2019-09-21`. Reading only; no clock.

use model::Date;

/// A day, a month or a year as a text gives it, with its first and last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) first: Date,
    pub(crate) last: Date,
    /// The month was written as a word, so it can only be a day.
    pub(crate) spelled: bool,
}

/// What a text that names a month turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayText {
    Day(Day),
    /// A day and a month, but no year.
    YearMissing,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month written as a word or its first three or four letters.
fn month(word: &str) -> Option<u8> {
    let lower = word.to_lowercase();
    let lower = lower.trim_end_matches('.');
    let at = MONTHS
        .iter()
        .position(|m| *m == lower || (lower.len() >= 3 && lower.len() <= 4 && m.starts_with(lower)))?;
    u8::try_from(at + 1).ok()
}

impl Day {
    /// Reads a text that is nothing but a day, a month or (ISO) a day.
    pub(crate) fn read(text: &str) -> Option<Day> {
        match read(text)? {
            DayText::Day(day) => Some(day),
            DayText::YearMissing => None,
        }
    }
}

/// Reads a text that is nothing but a day.
pub(crate) fn read(text: &str) -> Option<DayText> {
    let text = text.trim();
    if let Some(day) = iso(text) {
        return Some(DayText::Day(day));
    }
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '_' | '-' | '/' | '.'))
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() || words.len() > 3 {
        return None;
    }
    let mut found_month = None;
    let mut numbers = Vec::new();
    for word in words {
        if let Some(number) = month(word) {
            if found_month.replace(number).is_some() {
                return None;
            }
        } else {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let suffix = word.get(digits.len()..)?;
            if !matches!(suffix, "" | "st" | "nd" | "rd" | "th") {
                return None;
            }
            numbers.push(digits.parse::<i16>().ok()?);
        }
    }
    let month = found_month?;
    let year = numbers.iter().copied().find(|n| (1900..2200).contains(n));
    let day = numbers.iter().copied().find(|n| (1..=31).contains(n));
    match (year, day, numbers.len()) {
        (Some(year), Some(day), 2) => {
            let date = Date::new(year, month, u8::try_from(day).ok()?)?;
            Some(DayText::Day(Day { first: date, last: date, spelled: true }))
        }
        (Some(year), None, 1) => {
            let last = (28..=31).rev().find_map(|d| Date::new(year, month, d))?;
            Some(DayText::Day(Day { first: Date::new(year, month, 1)?, last, spelled: true }))
        }
        (None, Some(_), 1) => Some(DayText::YearMissing),
        (Some(_) | None, Some(_) | None, _) => None,
    }
}

fn iso(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    Some(Day { first: date, last: date, spelled: false })
}
