//! One replay: the plan is gone through as `rollout` goes through it, with the durations that luck gave.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::luck::Drawn;
use super::prepare::{Prepared, RingWork};

/// What became of every item, in minutes from the first window's opening; not a number where it was not begun.
pub(super) struct Done<'a> {
    pub(super) begins: &'a mut [f32],
    pub(super) dark: &'a mut [f32],
    pub(super) ends: &'a mut [f32],
}

impl Done<'_> {
    /// When an item is dark, if it is at all.
    pub(super) fn dark_of(&self, ix: usize) -> Option<(f32, f32)> {
        // Items were counted when they were prepared. What is not a number is not greater.
        let (dark, ends) = (self.dark[ix], self.ends[ix]);
        (ends > dark).then_some((dark, ends))
    }

    pub(super) fn was_begun(&self, ix: usize) -> bool {
        !self.ends[ix].is_nan()
    }
}

/// When a place is free again, and whether its host needs a further restart: times are never negative, so their bits are in the same
/// order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Back(u64);

impl Back {
    fn new(at: f32, failed: bool) -> Back {
        Back((u64::from(at.to_bits()) << 1) | u64::from(failed))
    }

    fn at(self) -> f32 {
        // The upper part is what was put there.
        f32::from_bits((self.0 >> 1) as u32)
    }

    fn failed(self) -> u32 {
        (self.0 & 1) as u32
    }
}

/// What became of one ring.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RingDone {
    pub(super) opened: bool,
    pub(super) stopped: bool,
    /// Of the items that were begun.
    pub(super) begins: f32,
    pub(super) ends: f32,
    pub(super) begun: usize,
    pub(super) left_over: usize,
}

/// One replay, its memory used again for the next.
pub(super) struct Replay {
    pub(super) rings: Vec<RingDone>,
    lanes: BinaryHeap<Reverse<Back>>,
    good: Vec<f32>,
}

impl Replay {
    pub(super) fn new(prepared: &Prepared) -> Replay {
        Replay {
            rings: vec![RingDone::default(); prepared.rings.len()],
            lanes: BinaryHeap::new(),
            good: Vec::new(),
        }
    }

    /// Goes through the plan with one replay's luck.
    pub(super) fn run(&mut self, prepared: &Prepared, drawn: &Drawn, items: &mut Done<'_>) {
        for cells in [&mut *items.begins, &mut *items.dark, &mut *items.ends] {
            cells.fill(f32::NAN);
        }
        self.rings.fill(RingDone::default());
        let mut free = Some(0.0);
        for (number, ring) in prepared.rings.iter().enumerate() {
            let count: usize = ring.waves.iter().map(|(from, to)| to - from).sum();
            let opens = free.map(|free: f32| free.max(ring.opens)).filter(|at| *at <= ring.latest_start);
            let Some(opens) = opens else {
                // One ring that is not reached stops all that follow.
                free = None;
                self.rings[number].left_over = count;
                continue;
            };
            free = self.ring(prepared, drawn, (number, ring), opens, items);
        }
    }

    /// Puts a host into the place that is free first.
    fn put(&mut self, back: Back) {
        if let Some(mut first) = self.lanes.peek_mut() {
            first.0 = back;
        }
    }

    /// Goes through a ring; returns when the next may begin, if ever.
    fn ring(
        &mut self,
        prepared: &Prepared,
        drawn: &Drawn,
        (number, ring): (usize, &RingWork),
        opens: f32,
        items: &mut Done<'_>,
    ) -> Option<f32> {
        let mut done = RingDone { opened: true, begins: f32::MAX, ..RingDone::default() };
        self.good.clear();
        let (mut now, mut failures) = (opens, 0u32);
        for (from, to) in ring.waves.iter().copied() {
            self.lanes.clear();
            let mut wave_ends = now;
            for ix in from..to {
                // The host that is back first makes room, and has been looked at by then.
                let full = self.lanes.len() >= ring.at_once;
                let back = self.lanes.peek().filter(|_| full).map(|Reverse(back)| *back);
                let begins = back.map_or(now, Back::at);
                failures += back.map_or(0, Back::failed);
                if failures >= ring.failures_stop || begins > prepared.latest_starts[ix] {
                    done.left_over += 1;
                    // Its place stays free for whoever still fits.
                    if back.is_some() {
                        self.put(Back::new(begins, false));
                    }
                    continue;
                }
                let goes_dark = begins + drawn.before[ix];
                let ends = goes_dark + drawn.dark[ix];
                let failed = drawn.further[ix] > 0;
                items.begins[ix] = begins;
                items.dark[ix] = if prepared.by_hand[ix] { begins } else { goes_dark };
                items.ends[ix] = ends;
                match back {
                    Some(_) => self.put(Back::new(ends, failed)),
                    None => self.lanes.push(Reverse(Back::new(ends, failed))),
                }
                if !failed {
                    self.good.push(ends);
                }
                wave_ends = wave_ends.max(ends);
                done.begins = done.begins.min(begins);
                done.begun += 1;
            }
            failures += self.lanes.iter().map(|Reverse(back)| back.failed()).sum::<u32>();
            now = wave_ends;
        }
        done.ends = now;
        done.stopped = failures >= ring.failures_stop;
        self.rings[number] = done;
        if done.stopped || self.good.len() < ring.success_min {
            return None;
        }
        Some(soaking_from(&mut self.good, ring.success_min).unwrap_or(now) + ring.soak)
    }
}

/// When so many are well.
fn soaking_from(good: &mut [f32], success_min: usize) -> Option<f32> {
    let last = success_min.checked_sub(1)?;
    if success_min == good.len() {
        return good.iter().copied().reduce(f32::max);
    }
    Some(*good.select_nth_unstable_by(last, f32::total_cmp).1)
}
