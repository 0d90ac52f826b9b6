//! One replay: the plan is gone through as `rollout` goes through it, with the durations that luck gave.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::luck::Drawn;
use super::prepare::{Prepared, RingWork};

/// What became of one item; minutes from the first window's opening.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) begins: f32,
    pub(super) dark: f32,
    pub(super) ends: f32,
    pub(super) further: u8,
    pub(super) further_minutes: f32,
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
    pub(super) items: Vec<Option<Done>>,
    pub(super) rings: Vec<RingDone>,
    lanes: BinaryHeap<Reverse<(u32, bool)>>,
    good: Vec<f32>,
}

impl Replay {
    pub(super) fn new(prepared: &Prepared) -> Replay {
        Replay {
            items: vec![None; prepared.items.len()],
            rings: vec![RingDone::default(); prepared.rings.len()],
            lanes: BinaryHeap::new(),
            good: Vec::new(),
        }
    }

    /// Goes through the plan with one replay's luck.
    pub(super) fn run(&mut self, prepared: &Prepared, drawn: &Drawn) {
        self.items.fill(None);
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
            free = self.ring(prepared, drawn, (number, ring), opens);
        }
    }

    /// Goes through a ring; returns when the next may begin, if ever.
    fn ring(
        &mut self,
        prepared: &Prepared,
        drawn: &Drawn,
        (number, ring): (usize, &RingWork),
        opens: f32,
    ) -> Option<f32> {
        let mut done = RingDone { opened: true, begins: f32::MAX, ..RingDone::default() };
        self.good.clear();
        let (mut now, mut failures) = (opens, 0u32);
        for (from, to) in ring.waves.iter().copied() {
            self.lanes.clear();
            let mut wave_ends = now;
            for ix in from..to {
                // The hosts that are back by then have been looked at.
                let back = if self.lanes.len() < ring.at_once { None } else { self.lanes.pop() };
                let begins = back.map_or(now, |Reverse((bits, _))| f32::from_bits(bits));
                failures += back.map_or(0, |Reverse((_, failed))| u32::from(failed));
                let work = &prepared.items[ix];
                if failures >= ring.failures_stop || begins > work.latest_start {
                    done.left_over += 1;
                    // Its place stays free for whoever still fits.
                    self.lanes.extend(back.map(|_| Reverse((begins.to_bits(), false))));
                    continue;
                }
                let minutes = (drawn.before[ix], drawn.dark[ix]);
                let goes_dark = begins + minutes.0;
                let ends = goes_dark + minutes.1;
                let dark = if work.by_hand { begins } else { goes_dark };
                let further = drawn.further[ix];
                let further_minutes = drawn.further_minutes[ix];
                self.items[ix] = Some(Done { begins, dark, ends, further, further_minutes });
                // Times are never negative: their bits are in the same order.
                self.lanes.push(Reverse((ends.to_bits(), further > 0)));
                if further == 0 {
                    self.good.push(ends);
                }
                wave_ends = wave_ends.max(ends);
                done.begins = done.begins.min(begins);
                done.begun += 1;
            }
            failures += self.lanes.iter().map(|Reverse((_, failed))| u32::from(*failed)).sum::<u32>();
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
