//! Local times that people type, read back as instants.

use jiff::civil::DateTime;
use model::Time;

use crate::clock::Local;

/// A local time as people type it or a browser's field sends it: `2026-11-22 22:00`, `2026-11-22T22:00`. A time that the clocks
/// skip is taken after the gap, one that comes twice the first time.
pub(crate) fn read(local: &Local, text: &str) -> Option<Time> {
    let text = text.trim().replace(' ', "T");
    let wall: DateTime = text.parse().ok()?;
    let zoned = wall.to_zoned(local.zone.clone()).ok()?;
    Some(Time(zoned.timestamp().as_microsecond()))
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
        for wrong in ["", "22:00", "tonight", "2026-02-30 10:00"] {
            assert_eq!(read(&local, wrong), None, "{wrong}");
        }
    }
}
