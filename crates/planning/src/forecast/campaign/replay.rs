//! One replay: the plan is gone through as `rollout` goes through it, with the durations that luck gave. A host that counts as a failure
//! does so from an instant on: then the ring begins nobody else, and who was begun finishes.

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

/// When a place is free again: times are never negative, so their bits are in the same order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Back(u32);

impl Back {
    fn new(at: f32) -> Back {
        Back(at.to_bits())
    }

    fn at(self) -> f32 {
        f32::from_bits(self.0)
    }
}

/// The hosts of a ring that count as failures, and when so many do at once that the ring stops. Places are taken in the order of time:
/// whoever begins later never fails before.
struct Failures {
    stop: u32,
    /// When hosts begin to count as failures, and when they end to; each rising.
    from: Vec<f32>,
    to: Vec<f32>,
    stops_at: f32,
}

impl Failures {
    fn new() -> Failures {
        Failures { stop: 1, from: Vec::new(), to: Vec::new(), stops_at: f32::INFINITY }
    }

    fn begin(&mut self, stop: u32) {
        self.stop = stop;
        self.from.clear();
        self.to.clear();
        self.stops_at = f32::INFINITY;
    }

    fn add(&mut self, from: f32, to: f32) {
        // What fails once the ring has stopped changes nothing.
        if from >= self.stops_at || from >= to {
            return;
        }
        let first = self.from.partition_point(|known| *known < from);
        self.from.insert(first, from);
        self.to.insert(self.to.partition_point(|known| *known < to), to);
        let until = to.min(self.stops_at);
        let later = self.from.iter().skip(first).copied().take_while(|at| *at < until);
        let enough = |at: &f32| self.at_once(*at) >= self.stop.max(1) as usize;
        if let Some(at) = later.into_iter().find(enough) {
            self.stops_at = at;
        }
    }

    /// How many count as failures at this instant.
    fn at_once(&self, at: f32) -> usize {
        let begun = self.from.partition_point(|from| *from <= at);
        begun - self.to.partition_point(|to| *to <= at)
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
    failures: Failures,
    good: Vec<f32>,
    /// When each of the people has hands again.
    people: Vec<Vec<f32>>,
}

impl Replay {
    pub(super) fn new(prepared: &Prepared) -> Replay {
        Replay {
            rings: vec![RingDone::default(); prepared.rings.len()],
            lanes: BinaryHeap::new(),
            failures: Failures::new(),
            good: Vec::new(),
            people: prepared.people.iter().map(|people| vec![0.0; *people]).collect(),
        }
    }

    /// Goes through the plan with one replay's luck.
    pub(super) fn run(&mut self, prepared: &Prepared, drawn: &Drawn, items: &mut Done<'_>) {
        for cells in [&mut *items.begins, &mut *items.dark, &mut *items.ends] {
            cells.fill(f32::NAN);
        }
        self.rings.fill(RingDone::default());
        self.people.iter_mut().for_each(|free| free.fill(0.0));
        // A ring that has stopped holds those after it too, also when it stops while they are worked on.
        let (mut free, mut held_from) = (Some(0.0), f32::INFINITY);
        for (number, ring) in prepared.rings.iter().enumerate() {
            let count: usize = ring.waves.iter().map(|(from, to)| to - from).sum();
            let opens = free.map(|free: f32| free.max(ring.opens));
            let Some(opens) = opens.filter(|at| *at <= ring.latest_start && *at < held_from) else {
                // One ring that is not reached stops all that follow.
                free = None;
                self.rings[number].left_over = count;
                continue;
            };
            free = self.ring(prepared, drawn, (number, ring), (opens, held_from), items);
            held_from = held_from.min(self.failures.stops_at);
        }
    }

    /// Goes through a ring; returns when the next may begin, if ever.
    fn ring(
        &mut self,
        prepared: &Prepared,
        drawn: &Drawn,
        (number, ring): (usize, &RingWork),
        (opens, held_from): (f32, f32),
        items: &mut Done<'_>,
    ) -> Option<f32> {
        let mut done = RingDone { opened: true, begins: f32::MAX, ..RingDone::default() };
        self.good.clear();
        self.failures.begin(ring.failures_stop);
        let mut now = opens;
        for (from, to) in ring.waves.iter().copied() {
            self.lanes.clear();
            let mut wave_ends = now;
            for ix in from..to {
                // The host that is back first makes room.
                let full = self.lanes.len() >= ring.at_once;
                let back = self.lanes.peek().filter(|_| full).map(|Reverse(back)| *back);
                let hands = prepared.hands[ix];
                let person = hands.and_then(|(sort, _)| {
                    self.people.get_mut(sort)?.iter_mut().min_by(|a, b| a.total_cmp(b))
                });
                let begins = back.map_or(now, Back::at).max(person.as_deref().copied().unwrap_or(0.0));
                // Who is not begun leaves the place to whoever still fits.
                if begins >= self.failures.stops_at.min(held_from) || begins > prepared.latest_starts[ix] {
                    done.left_over += 1;
                    continue;
                }
                let goes_dark = begins + drawn.before[ix];
                let ends = goes_dark + drawn.dark[ix];
                if let Some((person, (_, share))) = person.zip(hands) {
                    *person = begins + share * (ends - begins);
                }
                items.begins[ix] = begins;
                items.dark[ix] = if prepared.by_hand[ix] { begins } else { goes_dark };
                items.ends[ix] = ends;
                self.put(full, Back::new(ends));
                self.counts(ring, (begins + drawn.fails[ix], ends), drawn.further[ix] > 0);
                wave_ends = wave_ends.max(ends);
                done.begins = done.begins.min(begins);
                done.begun += 1;
            }
            now = wave_ends;
        }
        done.ends = now;
        done.stopped = self.failures.stops_at.is_finite();
        self.rings[number] = done;
        if self.good.len() < ring.success_min {
            return None;
        }
        Some(soaking_from(&mut self.good, ring.success_min).unwrap_or(now) + ring.soak)
    }

    /// Takes the place that is free first where all are taken, else one more.
    fn put(&mut self, full: bool, back: Back) {
        if !full {
            self.lanes.push(Reverse(back));
        } else if let Some(mut first) = self.lanes.peek_mut() {
            first.0 = back;
        }
    }

    /// What a host that was begun counts for in its ring: it fails from then on, and it is over.
    fn counts(&mut self, ring: &RingWork, (fails, ends): (f32, f32), further: bool) {
        if fails.is_finite() {
            // What stalled and went on is no failure any more; a further restart stays one until it is made.
            self.failures.add(fails, if further { f32::INFINITY } else { ends });
        }
        if !further || fails > ends + ring.soak {
            self.good.push(ends);
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Failures;

    proptest! {
        #[test]
        fn a_ring_stops_when_as_many_hosts_as_it_bears_count_as_failures_at_one_time(
            spans in prop::collection::vec((0u8..40, 0u8..20, prop::bool::ANY), 0..30),
            stop in 1u32..5,
        ) {
            let spans = spans.into_iter().map(|(from, lasts, for_good)| {
                let from = f32::from(from);
                (from, if for_good { f32::INFINITY } else { from + f32::from(lasts) })
            });
            let spans: Vec<(f32, f32)> = spans.collect();
            let mut failures = Failures::new();
            failures.begin(stop);
            spans.iter().for_each(|(from, to)| failures.add(*from, *to));
            let at_once = |at: f32| spans.iter().filter(|(from, to)| *from <= at && at < *to).count();
            let stops = (0u8..40).map(f32::from).find(|at| at_once(*at) >= stop as usize);
            prop_assert_eq!(failures.stops_at, stops.unwrap_or(f32::INFINITY));
        }
    }
}
