//! What all replays together say: percentiles and counts. A percentile is a value that a replay really had, never a mean.

use model::Time;
use model::ids::WindowId;
use model::plan::Plan;

use super::dark::Dark;
use super::luck::Drawn;
use super::prepare::Prepared;
use super::replay::{Done, Replay};
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
    /// The same of replays in which no ring stopped.
    last_unstopped: Vec<f32>,
    restarts: Vec<f32>,
    further_hosts: Vec<f32>,
    windows: Vec<(WindowId, u32, u32)>,
    rings: Vec<Ring>,
    as_planned: u32,
}

/// Items whose replays are put together at a time: a few cache lines of each replay.
const TILE: usize = 64;

/// A row for each replay, a cell for each item, as replays write them; not a number where it was not begun.
struct Grid {
    rows: Vec<f32>,
    items: usize,
}

impl Grid {
    fn new(items: usize, replays: usize) -> Grid {
        Grid { rows: vec![f32::NAN; items * replays], items }
    }

    fn replay(&mut self, replay: usize) -> Option<&mut [f32]> {
        self.rows.get_mut(replay * self.items..(replay + 1) * self.items)
    }

    /// The cells of some items from `first` on, each item's one after another, into `columns`; those in which it was begun.
    fn columns(&self, first: usize, columns: &mut [Vec<f32>]) {
        columns.iter_mut().for_each(Vec::clear);
        for row in self.rows.chunks_exact(self.items.max(1)) {
            for (column, cell) in columns.iter_mut().zip(row.iter().skip(first)) {
                if !cell.is_nan() {
                    column.push(*cell);
                }
            }
        }
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
            last_unstopped: Vec::with_capacity(replays),
            restarts: Vec::with_capacity(replays),
            further_hosts: Vec::with_capacity(replays),
            windows: plan.windows.iter().map(|window| (window.id.clone(), 0, 0)).collect(),
            rings: vec![Ring::default(); prepared.rings.len()],
            as_planned: 0,
        }
    }

    /// Where a replay is written down; `None` beyond the last.
    pub(super) fn lane(&mut self, replay: usize) -> Option<Done<'_>> {
        let (begins, dark) = (self.begins.replay(replay)?, self.dark.replay(replay)?);
        Some(Done { begins, dark, ends: self.ends.replay(replay)? })
    }

    /// Takes in a replay that was written down.
    pub(super) fn add(&mut self, prepared: &Prepared, replay: &Replay, drawn: &Drawn, number: usize) {
        let Some(ends) = self.ends.replay(number) else { return };
        let (mut last, mut restarts, mut further) = (f32::NAN, 0.0, 0.0);
        let each = ends.iter().zip(&prepared.restarts).zip(drawn.further.iter().zip(&mut self.further));
        for ((ends, restarts_host), (more, in_replays)) in each {
            if ends.is_nan() {
                continue;
            }
            last = last.max(*ends);
            if *restarts_host {
                restarts += 1.0 + f32::from(*more);
            }
            if *more > 0 {
                further += 1.0;
                *in_replays += 1;
            }
        }
        if last.is_finite() {
            self.last.push(last);
            if replay.rings.iter().all(|ring| !ring.stopped) {
                self.last_unstopped.push(last);
            }
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

    /// What each item meets.
    fn hosts(&self, prepared: &Prepared) -> Vec<HostForecast> {
        let mut hosts = Vec::with_capacity(prepared.items.len());
        let columns = || -> Vec<Vec<_>> { (0..TILE).map(|_| Vec::with_capacity(self.replays)).collect() };
        let (mut begins, mut dark, mut ends) = (columns(), columns(), columns());
        let mut minutes = Vec::with_capacity(self.replays);
        let tiles = prepared.items.chunks(TILE).zip(self.further.chunks(TILE));
        for (tile, (works, further)) in tiles.enumerate() {
            self.begins.columns(tile * TILE, &mut begins);
            self.dark.columns(tile * TILE, &mut dark);
            self.ends.columns(tile * TILE, &mut ends);
            let cells = begins.iter().zip(&dark).zip(&ends);
            for ((work, further), ((begins, dark), ends)) in works.iter().zip(further).zip(cells) {
                minutes.clear();
                minutes.extend(dark.iter().zip(ends.iter()).map(|(dark, ends)| ends - dark));
                hosts.push(HostForecast {
                    host: work.host.clone(),
                    begun: minutes.len() as u32,
                    begins: times(self.origin, begins),
                    dark: times(self.origin, dark),
                    ends: times(self.origin, ends),
                    dark_minutes: amount(&minutes),
                    further_restart: *further,
                    basis: work.basis,
                });
            }
        }
        hosts
    }

    /// Puts everything together.
    pub(super) fn sum(self, prepared: &Prepared, dark: Dark) -> Campaign {
        let origin = self.origin;
        let hosts = self.hosts(prepared);
        let rings = self.rings.iter().zip(1u16..).map(|(ring, number)| RingRisk {
            ring: number,
            stopped: ring.stopped,
            not_opened: ring.not_opened,
            begins: times(origin, &ring.begins),
            ends: times(origin, &ring.ends),
        });
        let (units, beds) = dark.sum();
        Campaign {
            replays: self.replays as u32,
            as_planned: self.as_planned,
            ends: times(origin, &self.last),
            ends_unless_stopped: times(origin, &self.last_unstopped),
            windows: self
                .windows
                .into_iter()
                .map(|(window, overrun, left_over)| WindowRisk { window, overrun, left_over })
                .collect(),
            rings: rings.collect(),
            any_further_restart: self.further_hosts.iter().filter(|count| **count > 0.0).count() as u32,
            restarts: amount(&self.restarts),
            further_restarts: amount(&self.further_hosts),
            hosts,
            units,
            beds,
        }
    }
}

/// The value that half are no greater than, and that nine of ten are no greater than; `None` of none.
fn percentiles(values: &[f32]) -> Option<(f32, f32)> {
    let last = values.len().checked_sub(1)?;
    let (p50, p90) = (last.div_ceil(2).min(last), (values.len() * 9).div_ceil(10).saturating_sub(1));
    // Of an even number the lower middle: half are no greater.
    let p50 = if values.len().is_multiple_of(2) { p50 - 1 } else { p50 };
    // Times and amounts are never negative: their bits are in the same order, and whole numbers are compared faster.
    let bits: &mut Vec<u32> = &mut values.iter().map(|value| (value + 0.0).to_bits()).collect();
    let (_, p90_value, _) = bits.select_nth_unstable(p90);
    let p90_value = *p90_value;
    let (_, p50_value, _) = bits[..=p90].select_nth_unstable(p50);
    Some((f32::from_bits(*p50_value), f32::from_bits(p90_value)))
}

fn times(origin: Time, minutes: &[f32]) -> Option<Times> {
    let (p50, p90) = percentiles(minutes)?;
    // A second too late rather than too early.
    let at = |minutes: f32| origin.plus_seconds((f64::from(minutes) * 60.0).ceil() as i64);
    Some(Times { p50: at(p50), p90: at(p90) })
}

/// Whole numbers, rounded up; none of none.
pub(super) fn amount(values: &[f32]) -> Amount {
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
            let values: Vec<f32> = (1..=count).rev().map(f32::from).collect();
            let (p50, p90) = percentiles(&values).unwrap();
            let within = |limit: f32| (1..=count).filter(|value| f32::from(*value) <= limit).count();
            assert!(within(p50) * 2 >= usize::from(count) && (within(p50) - 1) * 2 < usize::from(count));
            assert!(
                within(p90) * 10 >= usize::from(count) * 9 && (within(p90) - 1) * 10 < usize::from(count) * 9
            );
        }
    }
}
