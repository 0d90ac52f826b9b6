//! From a problem to an answer: bounds first (they may prove that there is no schedule), then the search, which ends when the bound is
//! met, when the number of schedules is used up, or when the caller says so. The same seed and number give the same answer.

use super::Schedule;
use super::bounds;
use super::decode::{Cost, Decoder};
use super::layout::{Job, Layout};
use super::pool::Member;
use super::problem::Problem;
use super::reason::Reason;
use super::search::{Limits, Search};
use super::timeline::LANES;

/// How much may be spent on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Most schedules to be generated (justifying one counts two more).
    pub schedules_max: u64,
    /// Where the pseudo-random numbers begin.
    pub seed: u64,
}

/// An answer, and what it cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// A schedule, or why there is none.
    pub found: Result<Found, Reason>,
    /// Schedules generated.
    pub schedules: u64,
}

/// A schedule that keeps to the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// It.
    pub schedule: Schedule,
    /// The minute in which its last task ends.
    pub ends: u32,
    /// No schedule ends earlier than this; the schedule is the best there is when it is the same as `ends`.
    pub ends_at_least: u32,
}

/// So many schedules are made before it is asked whether there can be one at all: nearly always one of them fits.
const UNPROVEN_SCHEDULES: u64 = 4;

/// Finds the schedule that ends as early as can be found. `should_stop` is asked every 64 schedules or so and ends the search; the
/// best schedule so far is then the answer.
pub fn solve(problem: &Problem, effort: Effort, should_stop: &mut dyn FnMut() -> bool) -> Answer {
    let layout = Layout::new(problem);
    let bound = match bounds::bound(problem, &layout) {
        Ok(bound) => bound,
        Err(reason) => return Answer { found: Err(reason), schedules: 0 },
    };
    if layout.len() == 0 {
        let schedule = Schedule { starts: Vec::new(), modes: Vec::new() };
        return Answer { found: Ok(Found { schedule, ends: 0, ends_at_least: 0 }), schedules: 0 };
    }
    let limits = Limits { bound, schedules_max: effort.schedules_max, should_stop };
    search(problem, &layout, effort.seed, limits)
}

/// Finds some schedule that keeps to the problem, however late it ends: the first that is found. Nothing is proven of its end.
pub fn fit(problem: &Problem, effort: Effort, should_stop: &mut dyn FnMut() -> bool) -> Answer {
    let layout = Layout::new(problem);
    if layout.len() == 0 {
        return solve(problem, effort, should_stop);
    }
    let bound = problem.horizon_minutes();
    let few = effort.schedules_max.min(UNPROVEN_SCHEDULES);
    let first = search(problem, &layout, effort.seed, Limits { bound, schedules_max: few, should_stop });
    let answer = match first.found {
        Ok(_) => first,
        Err(_) => match bounds::none_at_all(problem, &layout) {
            Some(reason) => Answer { found: Err(reason), schedules: first.schedules },
            None => {
                let limits = Limits { bound, schedules_max: effort.schedules_max, should_stop };
                search(problem, &layout, effort.seed, limits)
            }
        },
    };
    let found = answer.found.map(|found| Found { ends_at_least: 0, ..found });
    Answer { found, ..answer }
}

fn search(problem: &Problem, layout: &Layout, seed: u64, limits: Limits<'_>) -> Answer {
    let bound = limits.bound;
    let (best, schedules) = Search::new(layout, seed, limits).run();
    if best.cost.late > 0 || best.cost == Cost::WORST {
        return Answer { found: Err(not_found(problem, layout, &best, schedules)), schedules };
    }
    let mut schedule = Schedule { starts: vec![0; layout.len()], modes: vec![0; layout.len()] };
    for (job, task) in (0..).zip(&layout.task_of) {
        let at = job as usize;
        schedule.starts[*task] = best.starts[at];
        schedule.modes[*task] = best.modes[at] as usize - layout.modes(job).start;
    }
    let found = Found { schedule, ends: best.cost.end, ends_at_least: bound.min(best.cost.end) };
    Answer { found: Ok(found), schedules }
}

/// The task that is latest in the best schedule, and what others hold when it would have to begin.
fn not_found(problem: &Problem, layout: &Layout, best: &Member, schedules: u64) -> Reason {
    let mut decoder = Decoder::new(layout);
    decoder.load(&best.starts, &best.modes);
    let late = |job: Job| {
        let latest = layout.mode(best.modes[job as usize] as usize).latest_start;
        i64::from(best.starts[job as usize]) - latest
    };
    let worst = (0..layout.len() as Job).max_by_key(|job| late(*job)).unwrap_or(0);
    let task = layout.task_of[worst as usize];
    let mode = best.modes[worst as usize] as usize;
    let latest = usize::try_from(layout.mode(mode).latest_start).ok();
    let mut timeline = layout.timeline();
    for job in (0..layout.len() as Job).filter(|job| *job != worst) {
        timeline.take(layout.needs(best.modes[job as usize] as usize), best.starts[job as usize] as usize);
    }
    let short = latest.and_then(|latest| timeline.shortage(layout.needs(mode), latest));
    let resource = short.map(|(need, lanes)| {
        let resource = need.row as usize * LANES + lanes.trailing_zeros() as usize / 16;
        (resource, problem.resources()[resource].name.clone())
    });
    Reason::NotFound {
        task,
        name: problem.tasks()[task].name.clone(),
        minutes_late: u32::try_from(late(worst)).unwrap_or(0),
        resource,
        schedules,
    }
}
