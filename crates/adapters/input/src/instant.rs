//! Instants as people write them into tables and plans: with an offset, or by the clock on the wall.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use model::Time;

/// A time with an offset (`2026-11-25T22:00:00+01:00`), or a local one of a zone (`2026-11-25 22:00`).
///
/// # Errors
/// It is none, or a local one that the clocks leave out or show twice: in a sentence that says what would be right.
pub fn instant(text: &str, zone: &TimeZone) -> Result<Time, String> {
    let expected = || format!("\"{text}\" is no time; write 2026-11-25 22:00, or 2026-11-25T22:00:00+01:00");
    let at = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => {
            let local: civil::DateTime = text.parse().map_err(|_| expected())?;
            // A time that the clocks leave out or show twice would be a guess: people must say which.
            let ambiguous =
                || format!("\"{text}\" does not exist or exists twice in this time zone; add its offset");
            zone.to_ambiguous_zoned(local).unambiguous().map_err(|_| ambiguous())?.timestamp()
        }
    };
    Ok(Time(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_on_the_night_when_clocks_change_must_say_which_one_it_is() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        assert_eq!(instant("2026-10-24 23:00", &zone), Ok(Time(1_792_875_600_000_000)));
        assert!(instant("2026-10-25 02:30", &zone).unwrap_err().contains("exists twice"));
        assert!(instant("2027-03-28 02:30", &zone).unwrap_err().contains("does not exist"));
        assert_eq!(instant("2026-10-25T02:30:00+01:00", &zone), Ok(Time(1_792_891_800_000_000)));
        assert!(instant("tonight", &zone).unwrap_err().contains("2026-11-25 22:00"));
    }
}
