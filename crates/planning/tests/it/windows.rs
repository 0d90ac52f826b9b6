//! Small problems of one window for the tests of the scheduler: built by hand, any at all, and every schedule of a tiny one.

use planning::check::schedule::verify;
use planning::schedule::*;
use proptest::prelude::*;

pub(crate) fn level(from_minute: u32, amount: u32) -> Level {
    Level { from_minute, amount }
}

pub(crate) fn resource(name: &str, amount: u32) -> Resource {
    Resource { name: name.into(), levels: vec![level(0, amount)] }
}

pub(crate) fn step(minutes: u32, needs: &[(usize, u32)]) -> Step {
    let needs = needs.iter().map(|(resource, amount)| Need { resource: *resource, amount: *amount });
    Step { minutes, needs: needs.collect() }
}

/// A task of one step that waits for nothing; its deadline is set by `night`.
pub(crate) fn task(name: &str, minutes: u32, needs: &[(usize, u32)]) -> Task {
    Task {
        name: name.into(),
        modes: vec![Mode { steps: vec![step(minutes, needs)], back_out: None }],
        after: Vec::new(),
        release_minute: 0,
        latest_start_minute: u32::MAX,
        deadline_minute: u32::MAX,
        blackouts: Vec::new(),
    }
}

pub(crate) fn night(horizon_minutes: u32, resources: Vec<Resource>, mut tasks: Vec<Task>) -> Draft {
    for task in &mut tasks {
        task.deadline_minute = task.deadline_minute.min(horizon_minutes);
    }
    Draft { horizon_minutes, resources, tasks }
}

/// Any draft that holds together, of up to `tasks` tasks in a window of up to `horizon` minutes.
pub(crate) fn any_draft(tasks: usize, horizon: u32) -> impl Strategy<Value = Draft> {
    let level = (1..horizon, 0u32..4);
    let resource =
        (1u32..4, prop::collection::btree_map(1..horizon, 0u32..4, 0..3)).prop_map(|(first, more)| {
            Resource {
                name: "people".into(),
                levels: [(0, first)]
                    .into_iter()
                    .chain(more)
                    .map(|(from, amount)| self::level(from, amount))
                    .collect(),
            }
        });
    let resources = prop::collection::vec(resource, 1..=5);
    let tasks = prop::collection::vec(any_task(horizon), 1..=tasks);
    (horizon / 2..=horizon, resources, tasks, level).prop_map(|(horizon, resources, mut tasks, _)| {
        for (number, task) in tasks.iter_mut().enumerate() {
            fit(task, number, &resources, horizon);
        }
        Draft { horizon_minutes: horizon, resources, tasks }
    })
}

fn any_task(horizon: u32) -> impl Strategy<Value = Task> {
    let long = (horizon / 4).max(2);
    let needs = prop::collection::btree_map(0usize..5, 0u32..4, 0..3)
        .prop_map(|needs| needs.into_iter().collect::<Vec<_>>());
    let steps = prop::collection::vec((0..long, needs), 1..=2);
    let mode = (steps, prop::option::weighted(0.2, (0usize..2, 0..long)));
    let after = prop::collection::vec((0usize..32, 0u32..3), 0..3);
    let blackout = prop::option::weighted(0.25, (0..horizon, 1..long));
    let times = (
        prop::option::weighted(0.3, 0..long),
        prop::option::weighted(0.2, horizon / 2..horizon),
        prop::option::weighted(0.1, 0..horizon),
    );
    (prop::collection::vec(mode, 1..=2), after, blackout, times).prop_map(
        |(modes, after, blackout, times)| {
            let mut made = task("task", 0, &[]);
            made.modes = modes
                .into_iter()
                .map(|(steps, back)| Mode {
                    back_out: back
                        .map(|(step, minutes)| BackOut { after_step: step.min(steps.len() - 1), minutes }),
                    steps: steps.into_iter().map(|(minutes, needs)| step(minutes, &needs)).collect(),
                })
                .collect();
            made.after = after.into_iter().map(|(task, lag_minutes)| After { task, lag_minutes }).collect();
            made.blackouts = blackout
                .map(|(from, minutes)| Interval { from_minute: from, to_minute: from + minutes })
                .into_iter()
                .collect();
            made.release_minute = times.0.unwrap_or(0);
            made.deadline_minute = times.1.unwrap_or(u32::MAX);
            made.latest_start_minute = times.2.unwrap_or(u32::MAX);
            made
        },
    )
}

/// Cuts what was drawn to what the problem has: earlier tasks only, resources and amounts that exist.
fn fit(task: &mut Task, number: usize, resources: &[Resource], horizon: u32) {
    task.name = format!("task {number}").into();
    task.deadline_minute = task.deadline_minute.min(horizon);
    task.after.retain(|after| after.task < number);
    for step in task.modes.iter_mut().flat_map(|mode| &mut mode.steps) {
        step.needs.retain(|need| need.resource < resources.len());
        for need in &mut step.needs {
            let levels = resources[need.resource].levels.iter();
            need.amount = need.amount.min(levels.map(|level| level.amount).max().unwrap());
        }
    }
}

/// The earliest end of all schedules that there are, tried one by one with the verifier; `None` when none keeps to the problem.
pub(crate) fn best_of_all(problem: &Problem) -> Option<u32> {
    let n = problem.tasks().len();
    let mut best = None;
    let mut modes = vec![0; n];
    loop {
        let mut schedule = Schedule { starts: vec![0; n], modes: modes.clone() };
        extend(problem, &mut schedule, 0, &mut best);
        // The next choice of ways, as one counts.
        let Some(at) = (0..n).find(|at| modes[*at] + 1 < problem.tasks()[*at].modes.len()) else {
            return best;
        };
        modes[..at].fill(0);
        modes[at] += 1;
    }
}

fn extend(problem: &Problem, schedule: &mut Schedule, at: usize, best: &mut Option<u32>) {
    let Some(task) = problem.tasks().get(at) else {
        let ends = schedule.ends(problem);
        if best.is_none_or(|best| ends < best) && verify(problem, schedule).is_empty() {
            *best = Some(ends);
        }
        return;
    };
    let minutes = task.modes[schedule.modes[at]].minutes();
    for start in task.release_minute..=task.deadline_minute.saturating_sub(minutes) {
        schedule.starts[at] = start;
        extend(problem, schedule, at + 1, best);
    }
}
