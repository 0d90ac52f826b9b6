//! When each piece of work inside one window is done (R10–R15): multi-mode scheduling with scarce people, machines and beds whose
//! number changes by the hour, restart chains without a gap, points of no return, hours in which a thing must not be touched.
//!
//! [`Problem`] says what is wanted, [`solve`] answers with a schedule or with the reason why there is none, and
//! `check::schedule`, which shares no code with what lives here, says whether a schedule keeps to the problem. What must not live
//! here: clocks (the caller's `should_stop` may read one), random sources (a seed is a parameter). The plan's own words are known to [`of_window`] only.

mod bounds;
mod decode;
mod layout;
mod of_window;
mod pool;
mod problem;
mod reason;
mod rules;
mod search;
mod solve;
mod timeline;

pub use of_window::{HostTime, WindowError, WindowSchedule, of_window};
pub use problem::{
    AMOUNT_MAX, After, BackOut, CELLS_MAX, Draft, Interval, Level, MODES_PER_TASK_MAX, Mode, Need, Problem,
    ProblemError, RESOURCES_MAX, Resource, SPAN_MAX_MINUTES, STEPS_PER_MODE_MAX, Step, TASKS_MAX, Task,
};
pub use reason::Reason;
pub use solve::{Answer, Effort, Found, fit, solve};

/// When each task begins, in minutes from the beginning of the window, and how it is done. In the order of the problem's tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Minute in which each task begins.
    pub starts: Vec<u32>,
    /// The mode in which each task is done: an index into its modes.
    pub modes: Vec<usize>,
}

impl Schedule {
    /// The minute in which the last task ends; 0 when there is none. A mode that the problem does not have counts as no time.
    pub fn ends(&self, problem: &Problem) -> u32 {
        let each = problem.tasks().iter().zip(&self.starts).zip(&self.modes);
        let end = |((task, start), mode): ((&Task, &u32), &usize)| {
            start.saturating_add(task.modes.get(*mode).map_or(0, Mode::minutes))
        };
        each.map(end).max().unwrap_or(0)
    }
}
