//! Counts hour by hour behind lanes, as grey bars: patients of a unit while its beds go dark. The table beside the picture has the same.

use model::Time;

use super::{HEAD_PX, LANE_PX, LANES_DRAWN_MAX, Percent, Timeline, TwinRow, WHOLE, place};
use crate::clock::Local;

/// The height of the largest count, in pixels.
const BAR_PX: u32 = 38;
/// Most bars of a picture; further ones stand in the table alone.
const BARS_MAX: usize = 4_000;

/// A count that changes in steps, behind one lane.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Which lane, from 0.
    pub lane: usize,
    /// What is counted.
    pub label: String,
    /// What the whole height stands for.
    pub most: u32,
    /// From, to before, and how many, in rising order.
    pub steps: Vec<(Time, Time, u32)>,
}

/// A bar as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) x: Percent,
    pub(super) width: Percent,
    pub(super) y: u32,
    pub(super) height: u32,
}

impl Timeline {
    /// The same with counts behind its lanes. `range` is that of the picture.
    #[must_use]
    pub fn counted(mut self, local: &Local, range: (Time, Time), counts: &[Counted]) -> Timeline {
        for count in counts {
            let Ok(lane) = u32::try_from(count.lane) else { continue };
            for (from, to, number) in &count.steps {
                self.rows.push(TwinRow {
                    label: count.label.clone(),
                    href: String::new(),
                    mark: None,
                    word: "",
                    from: local.moment(*from),
                    p50: local.moment(*to),
                    p90: String::new(),
                    says: local.w.number(u64::from(*number)),
                });
                let drawn = count.lane < LANES_DRAWN_MAX && self.behind.len() < BARS_MAX;
                if !drawn || *number == 0 || *to <= range.0 || *from >= range.1 {
                    continue;
                }
                let (x, end) = (place(range.0, range.1, *from), place(range.0, range.1, *to));
                let height =
                    u64::from(*number.min(&count.most)) * u64::from(BAR_PX) / u64::from(count.most.max(1));
                let height = u32::try_from(height).unwrap_or(BAR_PX).max(1);
                let y = HEAD_PX + lane * LANE_PX + LANE_PX - 2 - height;
                self.behind.push(Bar { x, width: Percent((end.0 - x.0).clamp(0, WHOLE - x.0)), y, height });
            }
        }
        self
    }
}
