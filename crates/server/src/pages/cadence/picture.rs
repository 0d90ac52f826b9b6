//! The Pareto picture: how long hosts are exposed, against how long wards are dark. Down and to the left is better; a cross spans
//! eight of ten replays each way. The table beside it has the same numbers.

use planning::cadence::{Band, Cadence, Measure, Outcome};

use super::form::name;
use crate::words::Words;

/// Width of the plane in the picture's own units.
const WIDTH: i64 = 640;
/// Its height.
const HEIGHT: i64 = 320;
/// Room to the left and below, for what stands at the axes.
const MARGIN: i64 = 56;

/// What is drawn.
pub(super) struct Picture {
    pub(super) points: Vec<Point>,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) left: i64,
    pub(super) bottom: i64,
    /// The largest exposure and darkness, as words.
    pub(super) x_most: String,
    pub(super) y_most: String,
}

/// A cadence.
pub(super) struct Point {
    pub(super) x: i64,
    pub(super) x_low: i64,
    pub(super) x_high: i64,
    pub(super) y: i64,
    pub(super) y_low: i64,
    pub(super) y_high: i64,
    pub(super) label_y: i64,
    pub(super) anchor: &'static str,
    pub(super) label_x: i64,
    pub(super) label: &'static str,
    pub(super) is_used: bool,
}

/// Draws the cadences. Axes begin at nothing, so that lengths can be compared.
pub(super) fn draw(w: Words, outcomes: &[Outcome], in_use: Cadence) -> Picture {
    let of = |outcome: &Outcome, wanted: Measure| -> Band {
        let known = Measure::ALL.iter().zip(&outcome.measures).find(|(measure, _)| **measure == wanted);
        known.map_or(Band { p10: 0, p50: 0, p90: 0 }, |(_, band)| *band)
    };
    let most = |wanted| outcomes.iter().map(|outcome| of(outcome, wanted).p90).max().unwrap_or(0).max(1);
    let (x_most, y_most) = (most(Measure::ExposureDays), most(Measure::DarkMinutes));
    let along = |value: i64, most: i64, length: i64| {
        // At most `length`, because no value is above the most.
        i64::try_from(i128::from(value) * i128::from(length) / i128::from(most)).unwrap_or(length)
    };
    let across = |value| MARGIN + along(value, x_most, WIDTH - MARGIN - 8);
    let bottom = HEIGHT - MARGIN / 2;
    let up = |value| bottom - along(value, y_most, bottom - 16);
    let point = |outcome: &Outcome| {
        let (exposed, dark) = (of(outcome, Measure::ExposureDays), of(outcome, Measure::DarkMinutes));
        let x = across(exposed.p50);
        let is_right = x > WIDTH * 3 / 5;
        Point {
            x,
            x_low: across(exposed.p10),
            x_high: across(exposed.p90),
            y: up(dark.p50),
            y_low: up(dark.p10),
            y_high: up(dark.p90),
            label_y: (up(dark.p50) - 8).max(12),
            label_x: if is_right { x - 8 } else { x + 8 },
            anchor: if is_right { "end" } else { "start" },
            label: name(w, outcome.cadence),
            is_used: outcome.cadence == in_use,
        }
    };
    Picture {
        points: outcomes.iter().map(point).collect(),
        width: WIDTH,
        height: HEIGHT,
        left: MARGIN,
        bottom,
        x_most: w.cadence_x_most(&w.number(x_most.unsigned_abs())),
        y_most: w.cadence_y_most(&w.number(y_most.unsigned_abs())),
    }
}
