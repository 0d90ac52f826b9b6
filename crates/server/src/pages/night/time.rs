//! Local times that people type, read back as instants.

use jiff::Timestamp;
use jiff::civil::DateTime;
use model::Time;

use crate::clock::Local;

/// A local time as people type it or a browser's field sends it: `2026-11-22 22:00`, `2026-11-22T22:00`; or one with its
/// offset, `2026-10-25T02:30:00+01:00`. A local time that the clocks skip or show twice is no time: it would be a guess.
pub(crate) fn read(local: &Local, text: &str) -> Option<Time> {
    let text = text.trim().replace(' ', "T");
    let stamp = match text.parse::<Timestamp>() {
        Ok(stamp) => stamp,
        Err(_) => {
            let wall: DateTime = text.parse().ok()?;
            local.zone.to_ambiguous_timestamp(wall).unambiguous().ok()?
        }
    };
    Some(Time(stamp.as_microsecond()))
}

/// The same written: `2026-11-22T22:00`, what a browser's field takes.
pub(crate) fn write(local: &Local, time: Time) -> String {
    let stamp = jiff::Timestamp::from_microsecond(time.0).unwrap_or_default();
    let wall = stamp.to_zoned(local.zone.clone()).datetime();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        wall.year(),
        wall.month(),
        wall.day(),
        wall.hour(),
        wall.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Words};
    use jiff::tz::TimeZone;

    #[test]
    fn what_is_written_is_read_back_and_nonsense_is_not_a_time() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let local = Local { w: Words::of(Language::English), zone, now: Time(0) };
        let ten = read(&local, "2026-11-22 22:00").unwrap();
        assert_eq!(ten, Time(1_795_381_200_000_000));
        assert_eq!(write(&local, ten), "2026-11-22T22:00");
        assert_eq!(read(&local, &write(&local, ten)), Some(ten));
        assert_eq!(read(&local, "2026-10-25T02:30:00+01:00"), Some(Time(1_792_891_800_000_000)));
        // On these nights the clocks show 02:30 twice, and not at all.
        for wrong in ["", "22:00", "tonight", "2026-02-30 10:00", "2026-10-25 02:30", "2027-03-28 02:30"] {
            assert_eq!(read(&local, wrong), None, "{wrong}");
        }
    }
}
