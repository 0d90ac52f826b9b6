//! Instants and calendar days as plain numbers. Reading a clock and local time zones are the shell's business.

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The instant `seconds` later (or earlier, when negative); saturates at the ends of time.
    pub fn plus_seconds(self, seconds: i64) -> Time {
        Time(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to `self`, floored; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1_000_000)
    }
}

/// A calendar day without a time zone, as advisories and purchase records give it.
///
/// Written and read as ISO 8601 `YYYY-MM-DD`; only real days of the years 1900 to 2199 exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// Why a text is not a [`Date`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a day; write it as YYYY-MM-DD, for example 2026-03-31")]
pub struct NotADate(pub String);

impl Date {
    /// A day, if it exists in the calendar and lies in 1900..=2199.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Date> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1900..=2199).contains(&year) && (1..=days).contains(&day)).then_some(Date { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Date, NotADate> {
        let no = || NotADate(text.chars().take(40).collect());
        let mut parts = text.split('-');
        let (Some(y), Some(m), Some(d), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(no());
        };
        if y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return Err(no());
        }
        match (y.parse(), m.parse(), d.parse()) {
            (Ok(y), Ok(m), Ok(d)) => Date::new(y, m, d).ok_or_else(no),
            _ => Err(no()),
        }
    }

    /// Days since 1970-01-01, negative before (proleptic Gregorian calendar; Hinnant, *chrono-compatible low-level date algorithms*).
    pub fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// The day that many days after 1970-01-01, if it lies in 1900..=2199.
    pub fn of_days(days: i64) -> Option<Date> {
        let days = days.checked_add(719_468)?;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        Date::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The local day of an instant, with local time's offset in seconds east of UTC.
    pub fn of_time(at: Time, offset_seconds: i32) -> Option<Date> {
        Date::of_days(at.plus_seconds(i64::from(offset_seconds)).0.div_euclid(86_400_000_000))
    }

    /// Does it lie between Monday and Friday?
    pub fn is_weekday(self) -> bool {
        // 1970-01-01 was a Thursday: three days after a Monday.
        (self.days() + 3).rem_euclid(7) < 5
    }

    /// Year, month (1–12) and day (1–31).
    pub fn ymd(self) -> (i16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;
    fn try_from(text: String) -> Result<Date, NotADate> {
        Date::parse(&text)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_day_exists_only_in_leap_years() {
        assert!(Date::parse("2024-02-29").is_ok());
        assert!(Date::parse("2023-02-29").is_err());
        assert!(Date::parse("2100-02-29").is_err());
    }

    #[test]
    fn days_are_counted_over_every_leap_year_and_weekends_fall_where_calendars_say() {
        let first = Date::parse("1900-01-01").unwrap().days();
        let last = Date::parse("2199-12-31").unwrap().days();
        let mut before = None;
        for day in first..=last {
            let date = Date::of_days(day).unwrap();
            assert_eq!(date.days(), day);
            assert!(before < Some(date), "{date} follows {before:?}");
            before = Some(date);
        }
        assert_eq!((Date::of_days(first - 1), Date::of_days(last + 1)), (None, None));
        assert_eq!(Date::of_days(0).unwrap().to_string(), "1970-01-01");
        let is_weekday = |text: &str| Date::parse(text).unwrap().is_weekday();
        assert!(is_weekday("2026-11-26") && is_weekday("2026-11-27") && is_weekday("2026-11-30"));
        assert!(!is_weekday("2026-11-28") && !is_weekday("2026-11-29"));
        let midnight = Time(Date::parse("2026-11-26").unwrap().days() * 86_400_000_000);
        assert_eq!(Date::of_time(midnight, -3_600).unwrap().to_string(), "2026-11-25");
    }

    #[test]
    fn a_date_is_written_as_it_was_read() {
        for text in ["1999-12-31", "2026-11-22", "2000-02-29"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "26-1-1", "2026/01/01", "2026-13-01", "2026-00-10", "+026-01-01", "2026-01-01-01"] {
            assert!(Date::parse(text).is_err(), "{text}");
        }
    }
}
