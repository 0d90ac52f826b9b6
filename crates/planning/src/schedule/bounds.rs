//! What no schedule can beat: a lower bound of the end, and proofs that there is no schedule at all. Each job gets the earliest
//! minute at which it can begin and the latest at which it must have ended; a given end is refuted when some job has no time left or
//! the jobs that must run between two minutes need more than there is. How schedules are made must not live here.

use super::layout::{Job, Layout};
use super::problem::{Mode, Problem, Resource, Step, Task};
use super::reason::Reason;

/// More jobs than this are not looked at in pairs of minutes: the test is cubic.
const ENERGY_JOBS_MAX: usize = 400;
/// More pairs of jobs than this are not looked at.
const PAIRS_JOBS_MAX: usize = 2_000;
/// Rounds of narrowing before one stops.
const ROUNDS_MAX: usize = 50;

/// The time that each job has.
struct Frame<'a> {
    problem: &'a Problem,
    layout: &'a Layout,
    /// First minute at which it can begin.
    heads: Vec<i64>,
    /// Minute by which it must have ended.
    tails: Vec<i64>,
}

/// A lower bound of the end of any schedule, never above the window's end.
///
/// # Errors
/// There is no schedule, and why.
pub(super) fn bound(problem: &Problem, layout: &Layout) -> Result<u32, Reason> {
    let horizon = problem.horizon_minutes();
    let free = Frame::new(problem, layout, i64::from(horizon))?;
    free.refute()?;
    let longest = (0..layout.len() as Job).map(|job| free.heads[job as usize] + free.shortest(job)).max();
    let mut low = longest.unwrap_or(0).clamp(0, i64::from(horizon));
    let mut high = i64::from(horizon);
    // The smallest end that is not refuted: refutation only grows with a smaller end.
    while low < high {
        let middle = low + (high - low) / 2;
        let frame = Frame::new(problem, layout, middle);
        if frame.is_ok_and(|frame| frame.refute().is_ok()) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(u32::try_from(low).unwrap_or(horizon))
}

/// Why there is no schedule, where that can be proven.
pub(super) fn none_at_all(problem: &Problem, layout: &Layout) -> Option<Reason> {
    let frame = Frame::new(problem, layout, i64::from(problem.horizon_minutes()));
    frame.and_then(|frame| frame.refute()).err()
}

impl<'a> Frame<'a> {
    /// The frame of all schedules that end by `end`.
    fn new(problem: &'a Problem, layout: &'a Layout, end: i64) -> Result<Frame<'a>, Reason> {
        let n = layout.len();
        let heads = (0..n as Job).map(|job| i64::from(layout.release(job))).collect();
        let due = |job: Job| {
            let latest = |mode: usize| layout.mode(mode).latest_start + i64::from(layout.mode(mode).minutes);
            layout.modes(job).map(latest).max().unwrap_or(0).min(end)
        };
        let tails = (0..n as Job).map(due).collect();
        let mut frame = Frame { problem, layout, heads, tails };
        frame.alone()?;
        for _ in 0..ROUNDS_MAX {
            frame.along()?;
            if !frame.pairs()? {
                break;
            }
        }
        Ok(frame)
    }

    fn shortest(&self, job: Job) -> i64 {
        i64::from(self.layout.shortest(job))
    }

    fn name(&self, job: Job) -> (usize, Box<str>) {
        let task = self.layout.task_of[job as usize];
        (task, self.problem.tasks()[task].name.clone())
    }

    /// Each job by itself: where is its first place, were nothing else to do?
    fn alone(&mut self) -> Result<(), Reason> {
        let timeline = self.layout.timeline();
        for job in 0..self.layout.len() as Job {
            let mut first = i64::MAX;
            for mode in self.layout.modes(job) {
                let minutes = self.layout.mode(mode).minutes;
                let mut start = u32::try_from(self.heads[job as usize]).unwrap_or(0);
                loop {
                    start = timeline.earliest(self.layout.needs(mode), start as usize) as u32;
                    let black = self.layout.blackouts(job).iter();
                    let black =
                        black.filter(|(from, to)| start < *to && start + minutes > *from && minutes > 0);
                    match black.map(|(_, to)| *to).max() {
                        Some(to) => start = to,
                        None => break,
                    }
                }
                let in_time = i64::from(start) <= self.layout.mode(mode).latest_start
                    && i64::from(start + minutes) <= self.tails[job as usize];
                if in_time {
                    first = first.min(i64::from(start));
                }
            }
            if first == i64::MAX {
                return Err(self.no_place(job));
            }
            self.heads[job as usize] = first;
        }
        Ok(())
    }

    fn no_place(&self, job: Job) -> Reason {
        let (task, name) = self.name(job);
        let earliest = u32::try_from(self.heads[job as usize]).unwrap_or(0);
        let latest =
            self.layout.modes(job).map(|mode| self.layout.mode(mode).latest_start).max().unwrap_or(-1);
        let timeline = self.layout.timeline();
        let scarce = self.layout.modes(job).find_map(|mode| {
            let upto = u32::try_from(self.layout.mode(mode).latest_start).ok()?;
            if upto < earliest {
                return None;
            }
            let (need, lanes) = timeline.shortage(self.layout.needs(mode), earliest as usize)?;
            let lane = lanes.trailing_zeros() as usize / 16;
            let resource = need.row as usize * super::timeline::LANES + lane;
            Some((resource, self.problem.resources()[resource].name.clone()))
        });
        Reason::AloneNoPlace { task, name, earliest, latest, resource: scarce }
    }

    /// What waits for another begins behind it; what another waits for ends before it.
    fn along(&mut self) -> Result<(), Reason> {
        let n = self.layout.len() as Job;
        for job in 0..n {
            for link in self.layout.before(job) {
                let after = self.heads[link.job as usize] + self.shortest(link.job) + i64::from(link.lag);
                let head = &mut self.heads[job as usize];
                *head = after.max(*head);
            }
        }
        for job in (0..n).rev() {
            for link in self.layout.behind(job) {
                let before = self.tails[link.job as usize] - self.shortest(link.job) - i64::from(link.lag);
                let tail = &mut self.tails[job as usize];
                *tail = before.min(*tail);
            }
            self.has_time(job)?;
        }
        Ok(())
    }

    fn has_time(&self, job: Job) -> Result<(), Reason> {
        let (head, tail) = (self.heads[job as usize], self.tails[job as usize]);
        if head + self.shortest(job) <= tail {
            return Ok(());
        }
        let (task, name) = self.name(job);
        let earliest = u32::try_from(head).unwrap_or(0);
        Err(Reason::ChainTooLong { task, name, earliest, latest: tail - self.shortest(job) })
    }

    /// Two jobs that cannot run at once, of which one cannot be first: then the other is. `Ok(true)` when something was narrowed.
    fn pairs(&mut self) -> Result<bool, Reason> {
        let n = self.layout.len();
        if n > PAIRS_JOBS_MAX {
            return Ok(false);
        }
        let mut narrowed = false;
        for one in 0..n {
            for other in 0..n {
                let (p_one, p_other) = (self.shortest(one as Job), self.shortest(other as Job));
                let first_fits = self.heads[one] + p_one + p_other <= self.tails[other];
                if one == other
                    || first_fits
                    || p_one == 0
                    || p_other == 0
                    || !self.clash(one as Job, other as Job)
                {
                    continue;
                }
                // `one` cannot go first: it begins when `other` has ended.
                let (head, tail) = (self.heads[other] + p_other, self.tails[one] - p_one);
                if head > self.heads[one] {
                    self.heads[one] = head;
                    narrowed = true;
                }
                if tail < self.tails[other] {
                    self.tails[other] = tail;
                    narrowed = true;
                }
                self.has_time(one as Job)?;
                self.has_time(other as Job)?;
            }
        }
        Ok(narrowed)
    }

    /// Can the two never run at the same minute, whatever the hour? Only jobs with one way of one step are compared.
    fn clash(&self, one: Job, other: Job) -> bool {
        let whole = |job: Job| {
            let modes = self.layout.modes(job);
            let needs = self.layout.needs(modes.start);
            let all = i64::from(self.layout.mode(modes.start).minutes);
            let lasts = needs.iter().all(|need| i64::from(need.minutes) == all);
            (modes.len() == 1 && lasts).then_some(needs)
        };
        let (Some(one), Some(other)) = (whole(one), whole(other)) else { return false };
        one.iter().any(|a| {
            other.iter().filter(|b| a.row == b.row).any(|b| self.layout.exceeds(a.row, a.packed, b.packed))
        })
    }

    /// Between no two minutes must more be done than can be.
    fn refute(&self) -> Result<(), Reason> {
        let n = self.layout.len();
        if n > ENERGY_JOBS_MAX {
            return Ok(());
        }
        for (resource, there) in self.problem.resources().iter().enumerate() {
            let work = self.work(resource);
            let mut from: Vec<i64> = work.iter().map(|work| work.head).collect();
            let mut to: Vec<i64> = work.iter().map(|work| work.tail).collect();
            from.sort_unstable();
            from.dedup();
            to.sort_unstable();
            to.dedup();
            for &a in &from {
                for &b in to.iter().filter(|b| **b > a) {
                    let needed: i64 = work.iter().map(|work| work.between(a, b)).sum();
                    let had = amount_between(there, a, b);
                    if needed > had {
                        return Err(Reason::TooMuchWork {
                            resource,
                            name: there.name.clone(),
                            from: u32::try_from(a).unwrap_or(0),
                            to: u32::try_from(b).unwrap_or(0),
                            needed: u64::try_from(needed).unwrap_or(0),
                            there: u64::try_from(had).unwrap_or(0),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// The least that each job needs of a resource.
    fn work(&self, resource: usize) -> Vec<Work> {
        let mut list = Vec::new();
        for job in 0..self.layout.len() as Job {
            let task = &self.problem.tasks()[self.layout.task_of[job as usize]];
            // With a choice, the least of all ways, as if it were one short piece.
            let pieces = task.modes.iter().map(|mode| piece(mode, resource));
            let least = pieces.min_by_key(|(minutes, amount)| minutes * amount).unwrap_or((0, 0));
            if least.0 * least.1 == 0 || (task.modes.len() > 1 && !same_length(task, least.0)) {
                continue;
            }
            let (head, tail) = (self.heads[job as usize], self.tails[job as usize]);
            list.push(Work { head, tail, minutes: least.0, amount: least.1 });
        }
        list
    }
}

/// What a way to do a task certainly takes of a resource, as one piece of so many minutes and such an amount: over its whole length
/// what it needs in every step, or what its largest step needs, whichever is more.
fn piece(mode: &Mode, resource: usize) -> (i64, i64) {
    let needs = |step: &Step| {
        let need = step.needs.iter().find(|need| need.resource == resource);
        (i64::from(step.minutes), need.map_or(0, |need| i64::from(need.amount)))
    };
    let steps = || mode.steps.iter().map(needs).filter(|(minutes, _)| *minutes > 0);
    let whole = (i64::from(mode.minutes()), steps().map(|(_, amount)| amount).min().unwrap_or(0));
    let largest = steps().max_by_key(|(minutes, amount)| minutes * amount).unwrap_or((0, 0));
    if whole.0 * whole.1 >= largest.0 * largest.1 { whole } else { largest }
}

/// With several ways only those of one step and one length are counted: then the least amount holds for all.
fn same_length(task: &Task, minutes: i64) -> bool {
    task.modes.iter().all(|mode| mode.steps.len() == 1 && i64::from(mode.minutes()) == minutes)
}

/// What a job must take of a resource, and when it can.
struct Work {
    head: i64,
    tail: i64,
    minutes: i64,
    amount: i64,
}

impl Work {
    /// The least of it that lies between two minutes, wherever the job is put.
    fn between(&self, from: i64, to: i64) -> i64 {
        let if_left = self.head + self.minutes - from;
        let if_right = to - (self.tail - self.minutes);
        let minutes = self.minutes.min(to - from).min(if_left).min(if_right);
        minutes.max(0) * self.amount
    }
}

/// How much there is of a resource between two minutes, in amounts times minutes.
fn amount_between(resource: &Resource, from: i64, to: i64) -> i64 {
    let ends = resource.levels.iter().skip(1).map(|level| i64::from(level.from_minute)).chain([i64::MAX]);
    let levels = resource.levels.iter().zip(ends);
    levels
        .map(|(level, end)| {
            let minutes = end.min(to) - i64::from(level.from_minute).max(from);
            minutes.max(0) * i64::from(level.amount)
        })
        .sum()
}
