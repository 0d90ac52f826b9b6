//! What all replays together say: percentiles and counts. A percentile is a value that a replay really had, never a mean.

use model::Time;
use model::ids::WindowId;
use model::plan::Plan;

use super::dark::Dark;
use super::luck::BLOCK;
use super::prepare::Prepared;
use super::replay::Replay;
use super::{Amount, Campaign, HostForecast, RingRisk, Times, WindowRisk};

/// What became of every item in every replay.
pub(super) struct Outcomes {
    origin: Time,
    replays: usize,
    begins: Grid,
    dark: Grid,
    ends: Grid,
    /// Replays in which an item needs a further restart.
    further: Vec<u32>,
    last: Vec<f32>,
    restarts: Vec<f32>,
    further_hosts: Vec<f32>,
    windows: Vec<(WindowId, u32, u32)>,
    rings: Vec<Ring>,
    as_planned: u32,
}

/// A row for each item, a cell for each replay; not a number where it was not begun. A block of replays is taken in replay by replay
/// and then moved to its place: writing down the rows for each replay would wait for memory most of the time.
struct Grid {
    rows: Vec<f32>,
    replays: usize,
    /// For each replay of the block a cell for each item.
    block: Vec<Vec<f32>>,
}

impl Grid {
    fn new(items: usize, replays: usize) -> Grid {
        Grid { rows: vec![f32::NAN; items * replays], replays, block: vec![vec![f32::NAN; items]; BLOCK] }
    }

    /// Moves the block of replays from `first` on to its place.
    fn flush(&mut self, first: usize) {
        for (ix, row) in self.rows.chunks_exact_mut(self.replays).enumerate() {
            // Each replay of the block has a cell for each row.
            row.iter_mut().skip(first).zip(&self.block).for_each(|(cell, lane)| *cell = lane[ix]);
        }
        self.block.iter_mut().for_each(|lane| lane.fill(f32::NAN));
    }

    fn rows(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.rows.chunks_exact_mut(self.replays)
    }
}

#[derive(Clone, Default)]
struct Ring {
    stopped: u32,
    not_opened: u32,
    begins: Vec<f32>,
    ends: Vec<f32>,
}

impl Outcomes {
    pub(super) fn new(prepared: &Prepared, plan: &Plan, replays: usize) -> Outcomes {
        let grid = || Grid::new(prepared.items.len(), replays);
        Outcomes {
            origin: prepared.origin,
            replays,
            begins: grid(),
            dark: grid(),
            ends: grid(),
            further: vec![0; prepared.items.len()],
            last: Vec::with_capacity(replays),
            restarts: Vec::with_capacity(replays),
            further_hosts: Vec::with_capacity(replays),
            windows: plan.windows.iter().map(|window| (window.id.clone(), 0, 0)).collect(),
            rings: vec![Ring::default(); prepared.rings.len()],
            as_planned: 0,
        }
    }

    /// All replays of a block, the first of which is this, were taken in.
    pub(super) fn end_block(&mut self, first: usize) {
        self.begins.flush(first);
        self.dark.flush(first);
        self.ends.flush(first);
    }

    /// Takes one replay of a block in.
    pub(super) fn add(&mut self, prepared: &Prepared, replay: &Replay, lane: usize) {
        let (mut last, mut restarts, mut further) = (f32::NAN, 0.0, 0.0);
        let grids = (&mut self.begins.block, &mut self.dark.block, &mut self.ends.block);
        let lanes = (grids.0.get_mut(lane), grids.1.get_mut(lane), grids.2.get_mut(lane));
        let (Some(begins), Some(dark), Some(ends)) = lanes else { return };
        for (ix, (done, work)) in replay.items.iter().zip(&prepared.items).enumerate() {
            let Some(done) = done else { continue };
            // A cell for each item.
            (begins[ix], dark[ix], ends[ix]) = (done.begins, done.dark, done.ends);
            last = last.max(done.ends);
            if work.chain.is_some() {
                restarts += 1.0 + f32::from(done.further);
            }
            if done.further > 0 {
                further += 1.0;
                self.further[ix] += 1;
            }
        }
        if last.is_finite() {
            self.last.push(last);
        }
        self.restarts.push(restarts);
        self.further_hosts.push(further);
        self.rings_of(prepared, replay);
    }

    fn rings_of(&mut self, prepared: &Prepared, replay: &Replay) {
        let mut as_planned = true;
        let mut overrun = vec![(false, false); self.windows.len()];
        for ((ring, done), sum) in prepared.rings.iter().zip(&replay.rings).zip(&mut self.rings) {
            sum.stopped += u32::from(done.stopped);
            sum.not_opened += u32::from(!done.opened);
            let late = done.begun > 0 && done.ends > ring.closes;
            if done.begun > 0 {
                sum.begins.push(done.begins);
                sum.ends.push(done.ends);
            }
            if let Some((overrun, left_over)) = ring.window.and_then(|ix| overrun.get_mut(ix)) {
                *overrun |= late;
                *left_over |= done.left_over > 0;
            }
            as_planned &= !late && !done.stopped && done.left_over == 0;
        }
        for ((_, sum_overrun, sum_left), (overrun, left_over)) in self.windows.iter_mut().zip(overrun) {
            *sum_overrun += u32::from(overrun);
            *sum_left += u32::from(left_over);
        }
        self.as_planned += u32::from(as_planned);
    }

    /// Puts everything together.
    pub(super) fn sum(mut self, prepared: &Prepared, dark: Dark) -> Campaign {
        let origin = self.origin;
        let mut hosts = Vec::with_capacity(prepared.items.len());
        let rows = self.begins.rows().zip(self.dark.rows()).zip(self.ends.rows());
        let mut minutes = Vec::with_capacity(self.replays);
        for ((work, further), ((begins, dark), ends)) in prepared.items.iter().zip(&self.further).zip(rows) {
            minutes.clear();
            let each = dark.iter().zip(ends.iter()).filter(|(dark, _)| !dark.is_nan());
            minutes.extend(each.map(|(dark, ends)| ends - dark));
            let begun = minutes.len();
            hosts.push(HostForecast {
                host: work.host.clone(),
                begun: begun as u32,
                begins: times(origin, begun_first(begins, begun)),
                dark: times(origin, begun_first(dark, begun)),
                ends: times(origin, begun_first(ends, begun)),
                dark_minutes: amount(&mut minutes),
                further_restart: *further,
                basis: work.basis,
            });
        }
        let rings = self.rings.iter_mut().zip(1u16..).map(|(ring, number)| RingRisk {
            ring: number,
            stopped: ring.stopped,
            not_opened: ring.not_opened,
            begins: times(origin, &mut ring.begins),
            ends: times(origin, &mut ring.ends),
        });
        let (units, beds) = dark.sum();
        Campaign {
            replays: self.replays as u32,
            as_planned: self.as_planned,
            ends: times(origin, &mut self.last),
            windows: self
                .windows
                .into_iter()
                .map(|(window, overrun, left_over)| WindowRisk { window, overrun, left_over })
                .collect(),
            rings: rings.collect(),
            any_further_restart: self.further_hosts.iter().filter(|count| **count > 0.0).count() as u32,
            restarts: amount(&mut self.restarts),
            further_restarts: amount(&mut self.further_hosts),
            hosts,
            units,
            beds,
        }
    }
}

/// The begun ones of a row, moved to its front.
fn begun_first(row: &mut [f32], begun: usize) -> &mut [f32] {
    if begun < row.len() {
        let mut free = 0;
        for ix in 0..row.len() {
            if !row[ix].is_nan() {
                row.swap(free, ix);
                free += 1;
            }
        }
    }
    // So many are no "not a number".
    &mut row[..begun]
}

/// The value that half are no greater than, and that nine of ten are no greater than; `None` of none.
fn percentiles(values: &mut [f32]) -> Option<(f32, f32)> {
    let last = values.len().checked_sub(1)?;
    let (p50, p90) = (last.div_ceil(2).min(last), (values.len() * 9).div_ceil(10).saturating_sub(1));
    // Of an even number the lower middle: half are no greater.
    let p50 = if values.len().is_multiple_of(2) { p50 - 1 } else { p50 };
    let (_, p90_value, _) = values.select_nth_unstable_by(p90, f32::total_cmp);
    let p90_value = *p90_value;
    let (_, p50_value, _) = values[..=p90].select_nth_unstable_by(p50, f32::total_cmp);
    Some((*p50_value, p90_value))
}

fn times(origin: Time, minutes: &mut [f32]) -> Option<Times> {
    let (p50, p90) = percentiles(minutes)?;
    // A second too late rather than too early.
    let at = |minutes: f32| origin.plus_seconds((f64::from(minutes) * 60.0).ceil() as i64);
    Some(Times { p50: at(p50), p90: at(p90) })
}

/// Whole numbers, rounded up; none of none.
pub(super) fn amount(values: &mut [f32]) -> Amount {
    // A hundredth is the arithmetic's, not the patch's.
    let up = |value: f32| (value - 0.01).ceil().max(0.0) as u32;
    percentiles(values).map_or(Amount::default(), |(p50, p90)| Amount { p50: up(p50), p90: up(p90) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_are_no_greater_than_the_p50_and_nine_of_ten_no_greater_than_the_p90() {
        for count in 1..60u16 {
            let mut values: Vec<f32> = (1..=count).rev().map(f32::from).collect();
            let (p50, p90) = percentiles(&mut values).unwrap();
            let within = |limit: f32| (1..=count).filter(|value| f32::from(*value) <= limit).count();
            assert!(within(p50) * 2 >= usize::from(count) && (within(p50) - 1) * 2 < usize::from(count));
            assert!(
                within(p90) * 10 >= usize::from(count) * 9 && (within(p90) - 1) * 10 < usize::from(count) * 9
            );
        }
    }
}
