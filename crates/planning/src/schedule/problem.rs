//! What is to be scheduled: tasks, the ways to do them, what they need and when they may not run. Only a problem that holds together
//! becomes a [`Problem`]; everything else is refused with the place and what would be right. How it is solved must not show here.

use thiserror::Error;

/// Most tasks of one problem.
pub const TASKS_MAX: usize = 20_000;
/// Most resources of one problem.
pub const RESOURCES_MAX: usize = 2_000;
/// Most ways to do one task.
pub const MODES_PER_TASK_MAX: usize = 64;
/// Most steps of one way.
pub const STEPS_PER_MODE_MAX: usize = 64;
/// Largest amount of a resource, had or needed.
pub const AMOUNT_MAX: u32 = 32_767;
/// Longest time that is looked at: the window, and all work one after another behind it.
pub const SPAN_MAX_MINUTES: u32 = 1_000_000;
/// Largest table of what is free: minutes times resources (four resources share a cell of eight bytes).
pub const CELLS_MAX: usize = 16_000_000;

/// A problem as it is written down, not yet looked at. Minutes count from the beginning of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The window ends; nothing may run later.
    pub horizon_minutes: u32,
    /// What there is only so much of.
    pub resources: Vec<Resource>,
    /// What is to be done.
    pub tasks: Vec<Task>,
}

/// Something of which there is only so much at any minute: staff with a skill, beds that may be dark at once, a vendor's engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is, for people.
    pub name: Box<str>,
    /// How much there is; the first level from minute 0, each from a later minute than the one before.
    pub levels: Vec<Level>,
}

/// So much of a resource from a minute on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// From this minute on.
    pub from_minute: u32,
    /// So much.
    pub amount: u32,
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is, for people.
    pub name: Box<str>,
    /// The ways to do it; one of them is chosen.
    pub modes: Vec<Mode>,
    /// What must have ended before it begins.
    pub after: Vec<After>,
    /// It must not begin earlier.
    pub release_minute: u32,
    /// It must not begin later.
    pub latest_start_minute: u32,
    /// It must have ended by then, and so must going back from its point of no return.
    pub deadline_minute: u32,
    /// While one of these lasts it must not run, in no part.
    pub blackouts: Vec<Interval>,
}

/// One way to do a task: a chain of steps that follow one another without a gap (a restart, and the restart that it arms).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Where it can no longer be left, and how long going back takes.
    pub back_out: Option<BackOut>,
}

/// A step of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How long it takes.
    pub minutes: u32,
    /// What it needs for as long as it takes.
    pub needs: Vec<Need>,
}

/// So much of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Index of the resource.
    pub resource: usize,
    /// How much.
    pub amount: u32,
}

/// The point of no return: when that step has ended, going back must still fit before the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOut {
    /// Index of the step.
    pub after_step: usize,
    /// Minutes that going back takes.
    pub minutes: u32,
}

/// Another task that must have ended before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Index of that task.
    pub task: usize,
    /// Minutes that must pass in between (soak).
    pub lag_minutes: u32,
}

/// From a minute to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// First minute.
    pub from_minute: u32,
    /// First minute behind it.
    pub to_minute: u32,
}

/// Why a draft is no problem that could be solved. A task or resource is named by its place in the list, from 0, and its name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// More than the limit.
    #[error("{found} {what}; at most {max} fit, split the work")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A resource's levels are not one after another from minute 0.
    #[error("resource {resource} ({name}): level {level} begins at minute {found}; {right}")]
    Levels {
        /// Which resource.
        resource: usize,
        /// Its name.
        name: Box<str>,
        /// Which level, from 0.
        level: usize,
        /// Where it begins.
        found: u32,
        /// What would be right.
        right: &'static str,
    },
    /// An amount beyond the limit.
    #[error("{place}: an amount of {found}; at most {AMOUNT_MAX} is right")]
    Amount {
        /// Where.
        place: String,
        /// What stands there.
        found: u32,
    },
    /// Something about a task is impossible.
    #[error("task {task} ({name}): {says}")]
    Task {
        /// Which task.
        task: usize,
        /// Its name.
        name: Box<str>,
        /// What is wrong and what would be right.
        says: String,
    },
    /// Tasks wait for one another in a circle.
    #[error("task {task} ({name}) waits, over others, for itself; one of these waits must go")]
    Circle {
        /// A task of the circle.
        task: usize,
        /// Its name.
        name: Box<str>,
    },
}

/// A problem that holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    draft: Draft,
    order: Vec<usize>,
    span_minutes: u32,
}

impl Problem {
    /// Looks a draft over.
    ///
    /// # Errors
    /// The first thing that is wrong: where, what stands there, what would be right.
    pub fn new(draft: Draft) -> Result<Problem, ProblemError> {
        too_many("tasks", draft.tasks.len(), TASKS_MAX)?;
        too_many("resources", draft.resources.len(), RESOURCES_MAX)?;
        for (ix, resource) in draft.resources.iter().enumerate() {
            self::resource(ix, resource)?;
        }
        for (ix, task) in draft.tasks.iter().enumerate() {
            self::task(&draft, task).map_err(|says| ProblemError::Task {
                task: ix,
                name: task.name.clone(),
                says,
            })?;
        }
        let span = span(&draft);
        let span_minutes = u32::try_from(span).ok().filter(|span| *span <= SPAN_MAX_MINUTES);
        let span_minutes = span_minutes.ok_or(ProblemError::TooMany {
            what: "minutes from the window's beginning to the end of all work done one by one behind it",
            found: usize::try_from(span).unwrap_or(usize::MAX),
            max: SPAN_MAX_MINUTES as usize,
        })?;
        let cells = draft.resources.len().div_ceil(4) * span_minutes as usize;
        too_many("minutes times resources, in fours", cells, CELLS_MAX)?;
        let order = in_order(&draft.tasks).map_err(|task| ProblemError::Circle {
            task,
            name: draft.tasks.get(task).map(|task| task.name.clone()).unwrap_or_default(),
        })?;
        Ok(Problem { draft, order, span_minutes })
    }

    /// The window's end.
    pub fn horizon_minutes(&self) -> u32 {
        self.draft.horizon_minutes
    }

    /// The resources.
    pub fn resources(&self) -> &[Resource] {
        &self.draft.resources
    }

    /// The tasks.
    pub fn tasks(&self) -> &[Task] {
        &self.draft.tasks
    }

    /// Indices of the tasks, each behind those that it waits for.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Minutes in which all work certainly has an end, were the window longer.
    pub(super) fn span_minutes(&self) -> u32 {
        self.span_minutes
    }
}

impl Mode {
    /// How long all steps take together.
    pub fn minutes(&self) -> u32 {
        self.steps.iter().fold(0, |sum, step| sum.saturating_add(step.minutes))
    }
}

fn too_many(what: &'static str, found: usize, max: usize) -> Result<(), ProblemError> {
    if found > max { Err(ProblemError::TooMany { what, found, max }) } else { Ok(()) }
}

fn resource(ix: usize, resource: &Resource) -> Result<(), ProblemError> {
    let wrong = |level: usize, found: u32, right: &'static str| ProblemError::Levels {
        resource: ix,
        name: resource.name.clone(),
        level,
        found,
        right,
    };
    if resource.levels.is_empty() {
        return Err(wrong(0, 0, "there is none; name how much there is from minute 0 on"));
    }
    let mut before = None;
    for (number, level) in resource.levels.iter().enumerate() {
        match before {
            None if level.from_minute != 0 => {
                return Err(wrong(number, level.from_minute, "the first begins at 0"));
            }
            Some(before) if level.from_minute <= before => {
                return Err(wrong(number, level.from_minute, "each begins later than the one before"));
            }
            None | Some(_) => before = Some(level.from_minute),
        }
        if level.amount > AMOUNT_MAX {
            let place = format!("resource {ix} ({}), level {number}", resource.name);
            return Err(ProblemError::Amount { place, found: level.amount });
        }
    }
    Ok(())
}

/// What is wrong with a task, if anything.
fn task(draft: &Draft, task: &Task) -> Result<(), String> {
    let horizon = draft.horizon_minutes;
    if task.modes.is_empty() || task.modes.len() > MODES_PER_TASK_MAX {
        let found = task.modes.len();
        return Err(format!("{found} ways to do it; 1 to {MODES_PER_TASK_MAX} are right"));
    }
    if task.deadline_minute > horizon {
        let found = task.deadline_minute;
        return Err(format!(
            "its deadline {found} lies behind the window's end {horizon}; at most that is right"
        ));
    }
    for after in &task.after {
        if after.task >= draft.tasks.len() {
            return Err(format!("it waits for task {}, which is not in the list", after.task));
        }
    }
    for black in &task.blackouts {
        if black.from_minute >= black.to_minute {
            let (from, to) = (black.from_minute, black.to_minute);
            return Err(format!("it is not to run from minute {from} to {to}; the second must be later"));
        }
    }
    for (number, mode) in task.modes.iter().enumerate() {
        self::mode(draft, mode).map_err(|says| format!("mode {number}: {says}"))?;
    }
    Ok(())
}

fn mode(draft: &Draft, mode: &Mode) -> Result<(), String> {
    if mode.steps.is_empty() || mode.steps.len() > STEPS_PER_MODE_MAX {
        return Err(format!("{} steps; 1 to {STEPS_PER_MODE_MAX} are right", mode.steps.len()));
    }
    if let Some(back) = mode.back_out.filter(|back| back.after_step >= mode.steps.len()) {
        return Err(format!(
            "no return after step {}, which it does not have; steps count from 0",
            back.after_step
        ));
    }
    for (number, step) in mode.steps.iter().enumerate() {
        let mut seen = Vec::new();
        for need in &step.needs {
            let Some(resource) = draft.resources.get(need.resource) else {
                return Err(format!(
                    "step {number} needs resource {}, which is not in the list",
                    need.resource
                ));
            };
            if seen.contains(&need.resource) {
                return Err(format!(
                    "step {number} names resource {} twice; once, with the sum, is right",
                    resource.name
                ));
            }
            seen.push(need.resource);
            let most = resource.levels.iter().map(|level| level.amount).max().unwrap_or(0);
            if need.amount > most {
                let (found, name) = (need.amount, &resource.name);
                return Err(format!(
                    "step {number} needs {found} of {name}, of which there are never more than {most}"
                ));
            }
        }
    }
    Ok(())
}

/// The window, then everything one after another in its longest way: a minute by which any rule has placed all work.
fn span(draft: &Draft) -> u64 {
    let longest = |task: &Task| {
        let mode = task.modes.iter().map(|mode| u64::from(mode.minutes())).max().unwrap_or(0);
        let lag = task.after.iter().map(|after| u64::from(after.lag_minutes)).max().unwrap_or(0);
        mode + lag
    };
    let latest = |ends: &[Interval]| ends.iter().map(|black| u64::from(black.to_minute)).max().unwrap_or(0);
    let blackout = draft.tasks.iter().map(|task| latest(&task.blackouts)).max().unwrap_or(0);
    let level = draft.resources.iter().filter_map(|resource| resource.levels.last());
    let level = level.map(|level| u64::from(level.from_minute)).max().unwrap_or(0);
    let release = draft.tasks.iter().map(|task| u64::from(task.release_minute)).max().unwrap_or(0);
    let opens = u64::from(draft.horizon_minutes).max(blackout).max(level).max(release);
    opens + draft.tasks.iter().map(longest).sum::<u64>() + 1
}

/// Indices with what each task waits for before it.
///
/// # Errors
/// A task that waits for itself.
fn in_order(tasks: &[Task]) -> Result<Vec<usize>, usize> {
    let mut waits: Vec<usize> = tasks.iter().map(|task| task.after.len()).collect();
    let mut then: Vec<Vec<usize>> = vec![Vec::new(); tasks.len()];
    for (ix, task) in tasks.iter().enumerate() {
        for after in &task.after {
            then[after.task].push(ix);
        }
    }
    let mut order: Vec<usize> = (0..tasks.len()).filter(|ix| waits[*ix] == 0).collect();
    let mut next = 0;
    while let Some(&done) = order.get(next) {
        next += 1;
        for &ix in &then[done] {
            waits[ix] -= 1;
            if waits[ix] == 0 {
                order.push(ix);
            }
        }
    }
    match waits.iter().position(|left| *left > 0) {
        None => Ok(order),
        Some(ix) => Err(ix),
    }
}
