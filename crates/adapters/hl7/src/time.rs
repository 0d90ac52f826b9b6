//! Times as HL7 writes them (2.5.1, chapter 2.A.22 and 2.A.77): `YYYY[MM[DD[HH[MM[SS[.S]]]]]]` and perhaps an offset. What is not said is the earliest: an
//! examination that was done *that day* was there before any cut of that day, and an operation may be at its first minute.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use model::Time;

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// The earliest instant that it may mean.
    pub(crate) at: Time,
    /// Is it exact to the minute?
    pub(crate) has_minute: bool,
    /// The clocks show it twice or leave it out, and no offset says which is meant.
    pub(crate) is_ambiguous: bool,
}

/// What a time must look like, for findings.
pub(crate) const EXPECTED: &str =
    "a time such as 20261126143000 or 20261126143000+0100 (YYYYMMDDHHMMSS and its offset)";

/// Reads a time; without an offset it is one of `zone`. `None` where it is none.
pub(crate) fn read(text: &str, zone: &TimeZone) -> Option<Read> {
    let (local, offset) = match text.find(['+', '-']) {
        Some(at) => (text.get(..at)?, Some(offset(text.get(at..)?)?)),
        None => (text, None),
    };
    let (whole, fraction) = local.split_once('.').unwrap_or((local, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || fraction.len() > 6 {
        return None;
    }
    if !matches!(whole.len(), 4 | 6 | 8 | 10 | 12 | 14) || (local.contains('.') && whole.len() != 14) {
        return None;
    }
    let part =
        |from: usize, to: usize, least: i8| whole.get(from..to).map_or(Some(least), |part| part.parse().ok());
    let year: i16 = whole.get(..4)?.parse().ok()?;
    let date = civil::Date::new(year, part(4, 6, 1)?, part(6, 8, 1)?).ok()?;
    let micros: i32 = format!("{fraction:0<6}").parse().ok()?;
    let time = civil::Time::new(part(8, 10, 0)?, part(10, 12, 0)?, part(12, 14, 0)?, micros * 1_000).ok()?;
    let local = date.to_datetime(time);
    let zone = offset.map_or_else(|| zone.clone(), TimeZone::fixed);
    let meant = zone.to_ambiguous_zoned(local);
    let is_ambiguous = meant.is_ambiguous();
    let at = Time(meant.earlier().ok()?.timestamp().as_microsecond());
    Some(Read { at, has_minute: whole.len() >= 12, is_ambiguous })
}

/// `+0100`.
fn offset(text: &str) -> Option<Offset> {
    let digits = text.get(1..)?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_one_of_the_sites_clock_and_a_day_is_its_first_instant() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let at = |text: &str| read(text, &zone).map(|read| read.at.0 / 1_000_000);
        assert_eq!(at("20261126143000"), Some(1_795_699_800));
        assert_eq!(at("202611261430"), at("20261126143000"));
        assert_eq!(at("20261126143000.25"), at("20261126143000"));
        assert_eq!(at("20261126143000+0100"), at("20261126143000"));
        assert_eq!(at("20261126133000-0000"), at("20261126143000"));
        assert_eq!(at("20261126"), at("202611260000"));
        assert_eq!(at("2026"), at("20260101"));
        assert!(!read("2026112614", &zone).unwrap().has_minute);
    }

    #[test]
    fn an_hour_that_the_clocks_show_twice_is_the_first_and_said_to_be_in_doubt() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let twice = read("202610250230", &zone).unwrap();
        assert!(twice.is_ambiguous);
        assert_eq!(twice.at, read("202610250230+0200", &zone).unwrap().at);
        assert!(!read("202610250330", &zone).unwrap().is_ambiguous);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2026112",
            "20261301",
            "20260230",
            "00000000",
            "202611261460",
            "20261126 1430",
            "20261126143000+1",
            "20261126143000+9900",
            "2026-11-26",
            "20261126.5",
            "２０２６",
            "20261126143000.",
            "+0100",
        ] {
            assert_eq!(read(text, &TimeZone::UTC), None, "{text}");
        }
    }
}
