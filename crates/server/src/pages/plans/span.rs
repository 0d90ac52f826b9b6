//! The two fields with which a person says when something may happen: not before, and how long it may take.

use model::Time;
use model::order::OrderWindow;

use crate::clock::Local;
use crate::pages::night::time;
use crate::parts::{Field, FieldKind};

/// Shortest and longest outage that can be asked for, in minutes.
const LENGTH_MINUTES: std::ops::RangeInclusive<i64> = 5..=1_440;

/// When it may happen, as typed.
pub(super) struct Typed<'a> {
    pub(super) from: &'a str,
    pub(super) minutes: &'a str,
}

impl Typed<'_> {
    /// From when on and for how many minutes; else what is wrong with each of the two, empty where nothing is.
    pub(super) fn read(&self, local: &Local) -> Result<(Time, i64), [&'static str; 2]> {
        let w = local.w;
        let from = time::read(local, self.from);
        let minutes = self.minutes.trim().parse().ok().filter(|minutes| LENGTH_MINUTES.contains(minutes));
        match (from, minutes) {
            (Some(from), Some(minutes)) => Ok((from, minutes)),
            (from, minutes) => Err([
                if from.is_none() { w.act_time_wrong() } else { "" },
                if minutes.is_none() { w.act_move_minutes_wrong() } else { "" },
            ]),
        }
    }

    /// The fields with what was typed and what is wrong with it.
    pub(super) fn fields(&self, local: &Local, errors: [&str; 2]) -> Vec<Field> {
        let w = local.w;
        let [from, minutes] = errors;
        vec![
            Field::new("from", w.act_move_from(), FieldKind::Text)
                .value(self.from)
                .hint(w.act_time_hint())
                .error(from),
            Field::new("minutes", w.act_move_minutes(), FieldKind::Text).value(self.minutes).error(minutes),
        ]
    }
}

/// The window of that length, at whose end so many seconds are kept free: nothing begins that would not fit.
pub(super) fn window(from: Time, minutes: i64, room_seconds: i64) -> OrderWindow {
    let room = room_seconds.clamp(0, minutes * 60);
    let not_after = from.plus_seconds(minutes * 60);
    OrderWindow { not_before: from, latest_start: not_after.plus_seconds(-room).max(from), not_after }
}
