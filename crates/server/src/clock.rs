//! The one place in the server that reads the clock, and the words for instants: local, 24 h, with the day when it is
//! not today. Everything else is given a `Time`.

use jiff::{Timestamp, tz::TimeZone};
use model::Time;

use crate::words::Words;

/// Where the present time comes from; tests hold it in their hands.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Time;

    /// How it passes, where it is not the time of day: a demonstration's clock says so, and every page repeats it.
    fn lapse(&self) -> Option<Lapse> {
        None
    }
}

/// How a demonstration's time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// So many times as fast as real time; 0 while it stands still.
    pub times: u32,
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[allow(clippy::disallowed_methods)] // the server is the outermost shell; this is its only reading
    fn now(&self) -> Time {
        Time(Timestamp::now().as_microsecond())
    }
}

/// How instants are written for one reader: language, time zone and what *today* is.
#[derive(Clone, Debug)]
pub struct Local {
    /// The reader's texts.
    pub w: Words,
    /// The hospital's time zone.
    pub zone: TimeZone,
    /// The present instant.
    pub now: Time,
}

impl Local {
    fn zoned(&self, time: Time) -> Option<jiff::Zoned> {
        Timestamp::from_microsecond(time.0).ok().map(|stamp| stamp.to_zoned(self.zone.clone()))
    }

    /// `22:41` today, `Sun 22 Nov 22:41` on another day, `Sun 22 Nov 2026 22:41` in another year.
    pub fn moment(&self, time: Time) -> String {
        let (Some(then), Some(now)) = (self.zoned(time), self.zoned(self.now)) else {
            return "?".to_owned();
        };
        let clock = format!("{:02}:{:02}", then.hour(), then.minute());
        if then.date() == now.date() { clock } else { format!("{} {clock}", self.day_of(&then, now.year())) }
    }

    /// The calendar's day here; `None` beyond what calendars know.
    pub fn date(&self, time: Time) -> Option<model::Date> {
        let day = self.zoned(time)?.date();
        model::Date::new(day.year(), day.month().try_into().ok()?, day.day().try_into().ok()?)
    }

    /// `Sun 22 Nov`, with the year when it is not this year.
    pub fn day(&self, time: Time) -> String {
        match (self.zoned(time), self.zoned(self.now)) {
            (Some(then), Some(now)) => self.day_of(&then, now.year()),
            (None, _) | (_, None) => "?".to_owned(),
        }
    }

    fn day_of(&self, then: &jiff::Zoned, this_year: i16) -> String {
        let weekday = match then.weekday() {
            jiff::civil::Weekday::Monday => self.w.weekday_mon(),
            jiff::civil::Weekday::Tuesday => self.w.weekday_tue(),
            jiff::civil::Weekday::Wednesday => self.w.weekday_wed(),
            jiff::civil::Weekday::Thursday => self.w.weekday_thu(),
            jiff::civil::Weekday::Friday => self.w.weekday_fri(),
            jiff::civil::Weekday::Saturday => self.w.weekday_sat(),
            jiff::civil::Weekday::Sunday => self.w.weekday_sun(),
        };
        let month = match then.month() {
            1 => self.w.month_1(),
            2 => self.w.month_2(),
            3 => self.w.month_3(),
            4 => self.w.month_4(),
            5 => self.w.month_5(),
            6 => self.w.month_6(),
            7 => self.w.month_7(),
            8 => self.w.month_8(),
            9 => self.w.month_9(),
            10 => self.w.month_10(),
            11 => self.w.month_11(),
            _ => self.w.month_12(),
        };
        let day = then.day();
        if then.year() == this_year {
            format!("{weekday} {day} {month}")
        } else {
            format!("{weekday} {day} {month} {}", then.year())
        }
    }

    /// `22:41:07`: for stamps that are compared with a log.
    pub fn clock_seconds(&self, time: Time) -> String {
        self.zoned(time).map_or_else(
            || "?".to_owned(),
            |then| format!("{:02}:{:02}:{:02}", then.hour(), then.minute(), then.second()),
        )
    }

    /// `22:41`: where the day is told beside it.
    pub fn clock(&self, time: Time) -> String {
        self.zoned(time)
            .map_or_else(|| "?".to_owned(), |then| format!("{:02}:{:02}", then.hour(), then.minute()))
    }

    /// The clock when `time` is on the same day as `near`, otherwise with its day: the end of a span whose beginning is told.
    pub fn clock_near(&self, near: Time, time: Time) -> String {
        match (self.zoned(near), self.zoned(time)) {
            (Some(near), Some(then)) if near.date() == then.date() => self.clock(time),
            (Some(_) | None, Some(_) | None) => self.moment(time),
        }
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_seconds(&self, time: Time) -> i64 {
        self.zoned(time).map_or(0, |then| i64::from(then.offset().seconds()))
    }

    /// RFC 3339 in UTC: for `<time datetime>` and exports.
    pub fn machine(&self, time: Time) -> String {
        Timestamp::from_microsecond(time.0).map(|stamp| stamp.to_string()).unwrap_or_default()
    }

    /// How long ago, floored to one unit: `40 s`, `2 min`, `3 h`, `5 days`. The future is named, never shown as fresh.
    pub fn age(&self, time: Time) -> String {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        match self.now.seconds_since(time) {
            i64::MIN..=-1 => self.w.age_future().to_owned(),
            seconds @ 0..MINUTE => self.w.seconds(seconds),
            seconds @ MINUTE..HOUR => self.w.minutes(seconds / MINUTE),
            seconds @ HOUR..=172_799 => self.w.hours(seconds / HOUR),
            seconds => self.w.days(u64::try_from(seconds / DAY).unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn local() -> Local {
        // Sunday 2026-11-22 02:10 in Stockholm
        let now = Time("2026-11-22T01:10:00Z".parse::<Timestamp>().unwrap().as_microsecond());
        Local { w: Words::of(Language::English), zone: TimeZone::get("Europe/Stockholm").unwrap(), now }
    }

    #[test]
    fn a_moment_of_today_is_the_clock_and_another_day_is_named() {
        let local = local();
        assert_eq!(local.moment(local.now), "02:10");
        assert_eq!(local.moment(local.now.plus_seconds(-3 * 3600)), "Sat 21 Nov 23:10");
        assert_eq!(local.moment(local.now.plus_seconds(-366 * 86400)), "Fri 21 Nov 2025 02:10");
    }

    #[test]
    fn an_age_is_floored_and_the_future_is_never_fresh() {
        let local = local();
        let ago = |seconds: i64| local.age(local.now.plus_seconds(-seconds));
        assert_eq!(ago(0), "0 s");
        assert_eq!(ago(119), "1 min");
        assert_eq!(ago(3 * 3600 + 3599), "3 h");
        assert_eq!(ago(47 * 3600), "47 h");
        assert_eq!(ago(5 * 86400 + 1), "5 days");
        assert_eq!(ago(-1), "in the future");
    }
}
