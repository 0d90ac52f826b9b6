//! A problem laid out for the engine: tasks numbered so that each stands behind those it waits for, everything in flat lists. Made
//! once for each problem; nothing here changes afterwards. All indices into these lists are made here and lie inside them.

use std::ops::Range;

use super::problem::{Mode, Problem, Resource, Task};
use super::timeline::{GUARD, LANES, Timeline, Use, packed};

/// A task's number in the engine: its place in an order in which nothing stands before what it waits for.
pub(super) type Job = u32;

/// A problem for the engine.
#[derive(Debug)]
pub(super) struct Layout {
    /// The problem's index of each job.
    pub(super) task_of: Vec<usize>,
    /// Minutes that the timeline has.
    pub(super) span: usize,
    jobs: Vec<JobRow>,
    modes: Vec<ModeRow>,
    uses: Vec<Use>,
    before: Vec<Link>,
    behind: Vec<Link>,
    blackouts: Vec<(u32, u32)>,
    base: Vec<u64>,
}

#[derive(Debug)]
struct JobRow {
    release: u32,
    modes: Range<usize>,
    before: Range<usize>,
    behind: Range<usize>,
    blackouts: Range<usize>,
}

/// One way to do a job.
#[derive(Debug)]
pub(super) struct ModeRow {
    /// Length.
    pub(super) minutes: u32,
    /// A start later than this breaks the deadline; below 0 where none would do.
    pub(super) latest_start: i64,
    uses: Range<usize>,
}

/// Another job, and the minutes that must pass in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The other one.
    pub(super) job: Job,
    /// Minutes between the earlier one's end and the later one's beginning.
    pub(super) lag: u32,
}

impl Layout {
    pub(super) fn new(problem: &Problem) -> Layout {
        let span = problem.span_minutes() as usize;
        let task_of = problem.order().to_vec();
        let mut job_of = vec![0; task_of.len()];
        for (job, task) in (0..).zip(&task_of) {
            job_of[*task] = job;
        }
        let mut behind: Vec<Vec<Link>> = vec![Vec::new(); task_of.len()];
        let mut layout = Layout {
            span,
            jobs: Vec::new(),
            modes: Vec::new(),
            uses: Vec::new(),
            before: Vec::new(),
            behind: Vec::new(),
            blackouts: Vec::new(),
            base: base(problem.resources(), problem.horizon_minutes(), span),
            task_of,
        };
        for (job, task) in (0..).zip(layout.task_of.clone()) {
            let task = &problem.tasks()[task];
            for after in &task.after {
                let other: Job = job_of[after.task];
                layout.before.push(Link { job: other, lag: after.lag_minutes });
                behind[other as usize].push(Link { job, lag: after.lag_minutes });
            }
            layout.put(task);
        }
        for (row, links) in layout.jobs.iter_mut().zip(behind) {
            row.behind = layout.behind.len()..layout.behind.len() + links.len();
            layout.behind.extend(links);
        }
        layout
    }

    fn put(&mut self, task: &Task) {
        let modes = self.modes.len()..self.modes.len() + task.modes.len();
        for mode in &task.modes {
            self.put_mode(task, mode);
        }
        let blackouts = self.blackouts.len()..self.blackouts.len() + task.blackouts.len();
        self.blackouts.extend(task.blackouts.iter().map(|black| (black.from_minute, black.to_minute)));
        let before = self.before.len() - task.after.len()..self.before.len();
        self.jobs.push(JobRow { release: task.release_minute, modes, before, behind: 0..0, blackouts });
    }

    fn put_mode(&mut self, task: &Task, mode: &Mode) {
        let first = self.uses.len();
        let mut offset = 0;
        let mut no_return = 0;
        for (number, step) in mode.steps.iter().enumerate() {
            let mut rows: Vec<Use> = Vec::new();
            for need in step.needs.iter().filter(|need| need.amount > 0 && step.minutes > 0) {
                // There are at most RESOURCES_MAX.
                let row = (need.resource / LANES) as u32;
                let amount = packed(need.resource, need.amount);
                match rows.iter_mut().find(|known| known.row == row) {
                    Some(known) => known.packed |= amount,
                    None => rows.push(Use { row, offset, minutes: step.minutes, packed: amount }),
                }
            }
            self.uses.extend(rows);
            offset += step.minutes;
            if let Some(back) = mode.back_out.filter(|back| back.after_step == number) {
                no_return = i64::from(offset) + i64::from(back.minutes);
            }
        }
        let latest_start = i64::from(task.deadline_minute) - no_return.max(i64::from(offset));
        let latest_start = latest_start.min(i64::from(task.latest_start_minute));
        self.modes.push(ModeRow { minutes: offset, latest_start, uses: first..self.uses.len() });
    }

    /// How many jobs there are.
    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Nothing taken yet.
    pub(super) fn timeline(&self) -> Timeline {
        Timeline::new(self.base.clone(), self.span)
    }

    #[inline]
    pub(super) fn release(&self, job: Job) -> u32 {
        self.jobs[job as usize].release
    }

    /// The ways to do a job, as indices of the whole list.
    #[inline]
    pub(super) fn modes(&self, job: Job) -> Range<usize> {
        self.jobs[job as usize].modes.clone()
    }

    #[inline]
    pub(super) fn mode(&self, mode: usize) -> &ModeRow {
        &self.modes[mode]
    }

    #[inline]
    pub(super) fn needs(&self, mode: usize) -> &[Use] {
        &self.uses[self.modes[mode].uses.clone()]
    }

    /// What a job waits for.
    #[inline]
    pub(super) fn before(&self, job: Job) -> &[Link] {
        &self.before[self.jobs[job as usize].before.clone()]
    }

    /// What waits for a job.
    #[inline]
    pub(super) fn behind(&self, job: Job) -> &[Link] {
        &self.behind[self.jobs[job as usize].behind.clone()]
    }

    /// When a job may not run.
    #[inline]
    pub(super) fn blackouts(&self, job: Job) -> &[(u32, u32)] {
        &self.blackouts[self.jobs[job as usize].blackouts.clone()]
    }

    /// Are two needs of the same four resources together more than there ever is?
    pub(super) fn exceeds(&self, row: u32, one: u64, other: u64) -> bool {
        (0..LANES).any(|lane| {
            let amount = |packed: u64| (packed >> (16 * lane)) & 0x7FFF;
            // Behind the window stands the most that there ever is.
            let most = self.base.get((row as usize + 1) * self.span - 1).copied().unwrap_or(0);
            amount(one) + amount(other) > amount(most)
        })
    }

    /// The shortest way to do a job.
    pub(super) fn shortest(&self, job: Job) -> u32 {
        self.modes(job).map(|mode| self.modes[mode].minutes).min().unwrap_or(0)
    }

    /// Is there a choice of ways for any job?
    pub(super) fn has_choice(&self) -> bool {
        self.jobs.iter().any(|row| row.modes.len() > 1)
    }

    /// Is there a job that needs one thing first and another later? Then beginning later than one could may be better.
    pub(super) fn has_chains(&self) -> bool {
        self.modes.iter().any(|mode| {
            let uses = &self.uses[mode.uses.clone()];
            uses.iter().any(|need| need.minutes < mode.minutes)
        })
    }
}

/// What is free before anything is placed; behind the window there is always the most that there ever is.
fn base(resources: &[Resource], horizon: u32, span: usize) -> Vec<u64> {
    let rows = resources.len().div_ceil(LANES);
    let mut cells = vec![GUARD; rows * span];
    let window = (horizon as usize).min(span);
    for (ix, resource) in resources.iter().enumerate() {
        let row = &mut cells[ix / LANES * span..][..span];
        let most = resource.levels.iter().map(|level| level.amount).max().unwrap_or(0);
        let ends = resource.levels.iter().skip(1).map(|level| level.from_minute as usize);
        for (level, end) in resource.levels.iter().zip(ends.chain([window])) {
            let from = (level.from_minute as usize).min(window);
            for cell in &mut row[from..end.clamp(from, window)] {
                *cell |= packed(ix, level.amount);
            }
        }
        for cell in &mut row[window..] {
            *cell |= packed(ix, most);
        }
    }
    cells
}
