//! Days and times as data sets say them (DA and TM, PS3.5 §6.2): local times of whoever wrote them.

use jiff::civil;
use jiff::tz::TimeZone;
use model::Time;

/// The instant; of an hour that the clocks show twice the first. What is not said of the time is its beginning. `None` where the day is no day, or the time none.
pub(super) fn instant(day: &str, time: &str, zone: &TimeZone) -> Option<Time> {
    let (year, month, day) = ymd(day)?;
    let date = civil::Date::new(year, month, day).ok()?;
    let (hour, minute, second) = hms(time);
    let time = civil::Time::new(hour, minute, second, 0).ok()?;
    let at = zone.to_ambiguous_zoned(date.to_datetime(time)).earlier().ok()?;
    Some(Time(at.timestamp().as_microsecond()))
}

/// Year, month and day as they are written.
pub(super) fn ymd(day: &str) -> Option<(i16, i8, i8)> {
    Some((day.get(..4)?.parse().ok()?, part(day, 4, 6)?, part(day, 6, 8)?))
}

/// Hour, minute and second as they are written.
pub(super) fn hms(time: &str) -> (i8, i8, i8) {
    let [hour, minute, second] = [(0, 2), (2, 4), (4, 6)].map(|(from, to)| part(time, from, to).unwrap_or(0));
    (hour, minute, second)
}

fn part(text: &str, from: usize, to: usize) -> Option<i8> {
    text.get(from..to)?.parse().ok()
}
