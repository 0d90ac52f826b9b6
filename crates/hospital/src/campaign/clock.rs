//! The local clock as a campaign counts it: minutes of the clock on the wall from midnight before the present.

use model::plan::ProofPolicy;
use model::resources::CENSUS_DAY_HOURS;
use model::{Date, Time};
use planning::planner::campaign::{Span, Window};

use super::setting::Opening;

const DAY_MINUTES: i64 = 1_440;

/// The local clock as a campaign counts it.
pub(super) struct Clock<'a> {
    proof: &'a ProofPolicy,
    /// Local midnight before the present.
    pub(super) origin: Time,
    /// The same in local minutes.
    midnight: i64,
}

impl Clock<'_> {
    pub(super) fn new(proof: &ProofPolicy, now: Time) -> Clock<'_> {
        let local =
            |at: Time| (at.0.div_euclid(1_000_000) + i64::from(proof.offset_seconds(at))).div_euclid(60);
        let midnight = local(now).div_euclid(DAY_MINUTES) * DAY_MINUTES;
        // Where clocks change between midnight and now, midnight had the other offset.
        let near = Time((midnight * 60 - i64::from(proof.offset_seconds(now))).saturating_mul(1_000_000));
        let origin = Time((midnight * 60 - i64::from(proof.offset_seconds(near))).saturating_mul(1_000_000));
        Clock { proof, origin, midnight }
    }

    fn local_seconds(&self, at: Time) -> i64 {
        at.0.div_euclid(1_000_000) + i64::from(self.proof.offset_seconds(at)) - self.midnight * 60
    }

    /// Monday is 0; of the day so many days after the campaign's first.
    pub(super) fn weekday(&self, day: i64) -> u8 {
        // The first of January 1970 was a Thursday.
        u8::try_from((self.midnight / DAY_MINUTES + 3 + day).rem_euclid(7)).unwrap_or(0)
    }

    /// Local midnight at the end of a day.
    pub(super) fn end_of(&self, day: Date) -> Time {
        let seconds = (day.days() + 1) * 86_400;
        let offset = |near: i64| i64::from(self.proof.offset_seconds(Time(near.saturating_mul(1_000_000))));
        // Where clocks change that night, midnight has the offset of the day before.
        Time((seconds - offset(seconds - offset(seconds) - 1)).saturating_mul(1_000_000))
    }

    /// The minute that has begun.
    pub(super) fn minute_down(&self, at: Time) -> u32 {
        u32::try_from(self.local_seconds(at).div_euclid(60).max(0)).unwrap_or(u32::MAX)
    }

    /// The first minute that begins then or later.
    pub(super) fn minute_up(&self, at: Time) -> u32 {
        u32::try_from((self.local_seconds(at) + 59).div_euclid(60).max(0)).unwrap_or(u32::MAX)
    }

    /// Where it begins is by the clock on the wall, how long it is by a watch: on the night when clocks go forward it is an hour shorter
    /// than the wall says.
    pub(super) fn window(&self, opening: &Opening) -> Window {
        let begins = self.minute_up(opening.not_before);
        let after = |at: Time| {
            let minutes = at.seconds_since(opening.not_before).max(0) / 60;
            begins.saturating_add(u32::try_from(minutes).unwrap_or(u32::MAX))
        };
        Window {
            id: opening.id.clone(),
            site: opening.site.clone(),
            not_before_minute: begins,
            latest_start_minute: after(opening.latest_start),
            not_after_minute: after(opening.not_after),
            overtime: opening.overtime,
            at_once_max: opening.at_once_max,
            staff: opening.staff.clone(),
        }
    }

    pub(super) fn span(&self, from: Time, to: Time) -> Option<Span> {
        let span = Span { from_minute: self.minute_down(from), to_minute: self.minute_up(to) };
        (span.from_minute < span.to_minute).then_some(span)
    }

    /// A census of a week begins on Monday; a campaign's on its first day.
    pub(super) fn hours(&self, mut patients: Vec<u32>) -> Vec<u32> {
        if patients.len() > CENSUS_DAY_HOURS {
            let weekday = usize::from(self.weekday(0)) * 24;
            patients.rotate_left(weekday);
        }
        patients
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_on_the_wall_also_beside_the_nights_when_clocks_change() {
        let hour =
            |day: &str, hour: i64| Time((Date::parse(day).unwrap().days() * 24 + hour) * 3_600_000_000);
        let from = |day: &str, seconds: i32| model::plan::LocalOffset { from: hour(day, 1), seconds };
        let proof = ProofPolicy {
            quiet_minutes: 0,
            morning_minute: None,
            offsets: vec![from("2026-01-01", 3_600), from("2026-03-29", 7_200), from("2026-10-25", 3_600)],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        };
        let clock = Clock::new(&proof, hour("2026-03-20", 12));
        for (day, midnight) in [
            ("2026-03-28", hour("2026-03-28", 23)),
            ("2026-03-29", hour("2026-03-29", 22)),
            ("2026-10-24", hour("2026-10-24", 22)),
            ("2026-10-25", hour("2026-10-25", 23)),
        ] {
            assert_eq!(clock.end_of(Date::parse(day).unwrap()), midnight, "{day}");
        }
        assert_eq!(
            (clock.weekday(0), clock.weekday(-1), clock.weekday(3)),
            (4, 3, 0),
            "20 March 2026 is a Friday"
        );
    }
}
