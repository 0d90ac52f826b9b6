//! Serial schedule generation: jobs are placed one after another in a given order, each as early (forward) or as late (backward) as
//! what it waits for and what is free allow. Justifying a schedule (all to the right by their ends, then all to the left by their
//! beginnings) never makes it longer and often shorter (Valls, Ballestín, Quintanilla 2005). How orders are found must not live here.
//!
//! Behind the window everything is free: a job that does not fit ends there and counts as late, so that a search can tell a
//! schedule that nearly fits from one that does not.

use super::layout::{Job, Layout};
use super::timeline::Timeline;

/// How good a schedule is: minutes by which latest starts are missed, then its end. Less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    /// Sum over all jobs of the minutes behind their latest start.
    pub(super) late: u64,
    /// The last job's end.
    pub(super) end: u32,
}

impl Cost {
    /// Worse than any schedule.
    pub(super) const WORST: Cost = Cost { late: u64::MAX, end: u32::MAX };
}

/// The engine's workbench: one schedule at a time, nothing allocated while it works.
#[derive(Debug)]
pub(super) struct Decoder<'a> {
    layout: &'a Layout,
    timeline: Timeline,
    /// When each job begins.
    pub(super) starts: Vec<u32>,
    /// When each job ends.
    pub(super) ends: Vec<u32>,
    /// How each job is done.
    pub(super) modes: Vec<u32>,
    /// How many schedules were generated; justifying counts two.
    pub(super) generated: u64,
    sorted: Vec<u64>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(layout: &'a Layout) -> Decoder<'a> {
        let n = layout.len();
        // Modes are indices into one list that fits u32: tasks and modes are limited.
        let modes = (0..n as Job).map(|job| layout.modes(job).start as u32).collect();
        let timeline = layout.timeline();
        let sorted = Vec::with_capacity(n);
        Decoder { layout, timeline, starts: vec![0; n], ends: vec![0; n], modes, generated: 0, sorted }
    }

    /// Places all jobs in this order as early as possible; `choose` takes for each job the way in which it ends first.
    ///
    /// `not_before` holds a job back longer than it must be; empty for none.
    pub(super) fn forward(&mut self, order: &[Job], choose: bool, not_before: &[u32]) -> Cost {
        self.timeline.clear();
        self.generated += 1;
        for &job in order {
            let floor = not_before.get(job as usize).copied().unwrap_or(0);
            self.place_early(job, choose, floor);
        }
        self.cost()
    }

    #[inline]
    fn place_early(&mut self, job: Job, choose: bool, floor: u32) {
        let layout = self.layout;
        let mut from = layout.release(job).max(floor);
        for link in layout.before(job) {
            from = from.max(self.ends[link.job as usize] + link.lag);
        }
        let mut mode = self.modes[job as usize] as usize;
        let mut start = self.early(job, mode, from);
        if choose {
            let better = |mode: usize, start: u32| {
                let row = layout.mode(mode);
                (i64::from(start) > row.latest_start, start + row.minutes)
            };
            for other in layout.modes(job) {
                let at = self.early(job, other, from);
                if better(other, at) < better(mode, start) {
                    (mode, start) = (other, at);
                }
            }
            self.modes[job as usize] = mode as u32;
        }
        self.put(job, mode, start);
    }

    #[inline]
    fn early(&self, job: Job, mode: usize, from: u32) -> u32 {
        let needs = self.layout.needs(mode);
        let minutes = self.layout.mode(mode).minutes;
        let mut start = from;
        'again: loop {
            // The timeline is as long as the span, which fits u32.
            start = self.timeline.earliest(needs, start as usize) as u32;
            for (from, to) in self.layout.blackouts(job) {
                if start < *to && start + minutes > *from && minutes > 0 {
                    start = *to;
                    continue 'again;
                }
            }
            return start;
        }
    }

    #[inline]
    fn put(&mut self, job: Job, mode: usize, start: u32) {
        self.timeline.take(self.layout.needs(mode), start as usize);
        self.starts[job as usize] = start;
        self.ends[job as usize] = start + self.layout.mode(mode).minutes;
    }

    /// Justifies the present schedule: to the right, then to the left. `None`, and no schedule any more, when a job found no place
    /// on the way (chains and changing amounts only).
    pub(super) fn justify(&mut self) -> Option<Cost> {
        self.generated += 2;
        self.push_right()?;
        self.sort(|this, job| this.starts[job]);
        self.timeline.clear();
        for ix in 0..self.sorted.len() {
            let job = self.sorted[ix] as Job;
            self.place_early(job, false, 0);
        }
        Some(self.cost())
    }

    /// Everything as late as the present end and its own latest start allow, those that end last first.
    fn push_right(&mut self) -> Option<()> {
        let end = self.ends.iter().copied().max().unwrap_or(0);
        self.sort(|this, job| this.ends[job]);
        self.timeline.clear();
        for ix in (0..self.sorted.len()).rev() {
            let job = self.sorted[ix] as Job;
            let mode = self.modes[job as usize] as usize;
            let row = self.layout.mode(mode);
            let mut upto = end;
            for link in self.layout.behind(job) {
                upto = upto.min(self.starts[link.job as usize].checked_sub(link.lag)?);
            }
            let mut start = upto.checked_sub(row.minutes)?;
            // One that is late already may stay so; it is not to become later.
            let now = self.starts[job as usize];
            let latest = u32::try_from(row.latest_start).map_or(now, |latest| latest.max(now));
            start = start.min(latest);
            start = self.late(job, mode, start)?;
            if start < self.layout.release(job) {
                return None;
            }
            self.put(job, mode, start);
        }
        Some(())
    }

    #[inline]
    fn late(&self, job: Job, mode: usize, upto: u32) -> Option<u32> {
        let needs = self.layout.needs(mode);
        let minutes = self.layout.mode(mode).minutes;
        let mut start = upto;
        'again: loop {
            start = self.timeline.latest(needs, start as usize)? as u32;
            for (from, to) in self.layout.blackouts(job) {
                if start < *to && start + minutes > *from && minutes > 0 {
                    start = from.checked_sub(minutes)?;
                    continue 'again;
                }
            }
            return Some(start);
        }
    }

    /// The jobs by a time, equal ones in their own order: nothing stands before what it waits for.
    fn sort(&mut self, time: impl Fn(&Decoder<'_>, usize) -> u32) {
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        sorted.extend((0..self.starts.len()).map(|job| u64::from(time(self, job)) << 32 | job as u64));
        sorted.sort_unstable();
        for key in &mut sorted {
            *key &= u64::from(u32::MAX);
        }
        self.sorted = sorted;
    }

    /// The present schedule's jobs in the order in which they begin.
    pub(super) fn order_into(&mut self, order: &mut Vec<Job>) {
        self.sort(|this, job| this.starts[job]);
        order.clear();
        order.extend(self.sorted.iter().map(|job| *job as Job));
    }

    /// Makes another schedule the present one.
    pub(super) fn load(&mut self, starts: &[u32], modes: &[u32]) {
        self.starts.copy_from_slice(starts);
        self.modes.copy_from_slice(modes);
        for (job, (start, mode)) in starts.iter().zip(modes).enumerate() {
            self.ends[job] = start + self.layout.mode(*mode as usize).minutes;
        }
    }

    /// The present schedule's cost.
    pub(super) fn cost(&self) -> Cost {
        let mut cost = Cost { late: 0, end: 0 };
        for ((start, end), mode) in self.starts.iter().zip(&self.ends).zip(&self.modes) {
            cost.end = cost.end.max(*end);
            let over = i64::from(*start) - self.layout.mode(*mode as usize).latest_start;
            cost.late += u64::try_from(over).unwrap_or(0);
        }
        cost
    }
}
