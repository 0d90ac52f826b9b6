//! Does a schedule keep to its problem? Written apart from the scheduler: everything is worked out anew from the problem as it was
//! written down, minute by minute where amounts are concerned. Nothing of the engine may be used here.

use std::fmt;

use crate::schedule::{Mode, Problem, Schedule, Task};

/// What a schedule breaks. Tasks and resources are indices into the problem, with their names for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// It does not say of each task exactly once when and how.
    WrongLength {
        /// Tasks of the problem.
        tasks: usize,
        /// Starts in the schedule.
        starts: usize,
        /// Modes in the schedule.
        modes: usize,
    },
    /// A task is done in a way that it does not have.
    UnknownMode {
        /// Which task.
        task: usize,
        /// The way that it is said to be done.
        mode: usize,
    },
    /// A task begins before it may.
    TooEarly {
        /// Which task.
        task: usize,
        /// It begins.
        starts: u32,
        /// It may begin.
        may: u32,
    },
    /// A task begins after it may.
    TooLateBegun {
        /// Which task.
        task: usize,
        /// It begins.
        starts: u32,
        /// It may begin until then.
        until: u32,
    },
    /// A task, or going back from its point of no return, ends behind its deadline.
    TooLate {
        /// Which task.
        task: usize,
        /// It ends, going back included.
        ends: u64,
        /// It must have ended.
        must: u32,
    },
    /// A task begins before another has ended, and the time in between has passed.
    OutOfOrder {
        /// Which task.
        task: usize,
        /// What it waits for.
        waits_for: usize,
        /// It begins.
        starts: u32,
        /// It may begin.
        may: u64,
    },
    /// A task runs while it must not.
    InBlackout {
        /// Which task.
        task: usize,
        /// The forbidden time begins.
        from: u32,
        /// It ends.
        to: u32,
    },
    /// More is needed of a resource than there is.
    TooMuch {
        /// Which resource.
        resource: usize,
        /// The first such minute.
        minute: u32,
        /// Needed in it.
        needed: u64,
        /// There is so much.
        there: u32,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::WrongLength { tasks, starts, modes } => {
                write!(
                    f,
                    "{tasks} tasks, but {starts} starts and {modes} modes; one of each for every task is right"
                )
            }
            Violation::UnknownMode { task, mode } => write!(f, "task {task} has no mode {mode}"),
            Violation::TooEarly { task, starts, may } => {
                write!(f, "task {task} begins at minute {starts}; {may} is the earliest")
            }
            Violation::TooLateBegun { task, starts, until } => {
                write!(f, "task {task} begins at minute {starts}; {until} is the latest")
            }
            Violation::TooLate { task, ends, must } => {
                write!(f, "task {task} ends at minute {ends}, going back included; {must} is the latest")
            }
            Violation::OutOfOrder { task, waits_for, starts, may } => {
                write!(f, "task {task} begins at minute {starts}; task {waits_for} lets it begin at {may}")
            }
            Violation::InBlackout { task, from, to } => {
                write!(f, "task {task} runs between minutes {from} and {to}, when it must not")
            }
            Violation::TooMuch { resource, minute, needed, there } => {
                write!(f, "minute {minute} needs {needed} of resource {resource}; there are {there}")
            }
        }
    }
}

/// Everything that a schedule breaks; empty when it keeps to the problem.
pub fn verify(problem: &Problem, schedule: &Schedule) -> Vec<Violation> {
    let tasks = problem.tasks();
    let (starts, modes) = (schedule.starts.len(), schedule.modes.len());
    if starts != tasks.len() || modes != tasks.len() {
        return vec![Violation::WrongLength { tasks: tasks.len(), starts, modes }];
    }
    let mut done: Vec<(&Task, &Mode, u32)> = Vec::with_capacity(tasks.len());
    let mut unknown = Vec::new();
    for (number, ((task, mode), start)) in tasks.iter().zip(&schedule.modes).zip(&schedule.starts).enumerate()
    {
        match task.modes.get(*mode) {
            Some(found) => done.push((task, found, *start)),
            None => unknown.push(Violation::UnknownMode { task: number, mode: *mode }),
        }
    }
    if !unknown.is_empty() {
        return unknown;
    }
    let mut broken = Vec::new();
    for (number, (task, mode, start)) in done.iter().enumerate() {
        time(number, task, mode, *start, &mut broken);
        for after in &task.after {
            let Some((_, other, began)) = done.get(after.task) else { continue };
            let may = u64::from(*began) + length(other) + u64::from(after.lag_minutes);
            if u64::from(*start) < may {
                let waits_for = after.task;
                broken.push(Violation::OutOfOrder { task: number, waits_for, starts: *start, may });
            }
        }
    }
    // Amounts are counted inside the window; what lies behind it was found above.
    if broken.iter().all(|found| !matches!(found, Violation::TooLate { .. })) {
        amounts(problem, &done, &mut broken);
    }
    broken
}

fn length(mode: &Mode) -> u64 {
    mode.steps.iter().map(|step| u64::from(step.minutes)).sum()
}

fn time(number: usize, task: &Task, mode: &Mode, start: u32, broken: &mut Vec<Violation>) {
    let ends = u64::from(start) + length(mode);
    if start < task.release_minute {
        broken.push(Violation::TooEarly { task: number, starts: start, may: task.release_minute });
    }
    if start > task.latest_start_minute {
        broken.push(Violation::TooLateBegun { task: number, starts: start, until: task.latest_start_minute });
    }
    let back = mode.back_out.map_or(0, |back| {
        let upto = mode.steps.iter().take(back.after_step + 1).map(|step| u64::from(step.minutes));
        u64::from(start) + upto.sum::<u64>() + u64::from(back.minutes)
    });
    let all = ends.max(back);
    if all > u64::from(task.deadline_minute) {
        broken.push(Violation::TooLate { task: number, ends: all, must: task.deadline_minute });
    }
    for black in &task.blackouts {
        let (from, to) = (u64::from(black.from_minute), u64::from(black.to_minute));
        if u64::from(start).max(from) < ends.min(to) {
            broken.push(Violation::InBlackout { task: number, from: black.from_minute, to: black.to_minute });
        }
    }
}

fn amounts(problem: &Problem, done: &[(&Task, &Mode, u32)], broken: &mut Vec<Violation>) {
    let mut needed: Vec<Vec<u64>> = vec![Vec::new(); problem.resources().len()];
    for (_, mode, start) in done {
        let mut minute = *start as usize;
        for step in &mode.steps {
            let until = minute + step.minutes as usize;
            for need in &step.needs {
                let Some(row) = needed.get_mut(need.resource) else { continue };
                if row.len() < until {
                    row.resize(until, 0);
                }
                for cell in row.iter_mut().take(until).skip(minute) {
                    *cell += u64::from(need.amount);
                }
            }
            minute = until;
        }
    }
    for (resource, (what, row)) in problem.resources().iter().zip(needed).enumerate() {
        for (minute, needed) in (0u32..).zip(row) {
            let there =
                what.levels.iter().rev().find(|level| level.from_minute <= minute).map_or(0, |l| l.amount);
            if needed > u64::from(there) {
                broken.push(Violation::TooMuch { resource, minute, needed, there });
                break;
            }
        }
    }
}
