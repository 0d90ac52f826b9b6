//! Goals of large campaigns: the beginnings of rings are chosen by prices, fractions are solved for them and rounded, and the plan is made
//! better by exchanges. Meanwhile the plan at hand is made better too, on a thread of its own. What is proven holds for every beginning.

use super::campaign::Goal;
use super::choice::{Choice, Chosen};
use super::engine::{self, Ended, Outcome, Run};
use super::field::Field;
use super::relax::Keep;
use super::rows::Rows;
use super::search::{Aimed, Search, rounded};
use super::starts::Starts;
use super::tally::Tally;
use super::threads;

/// With so many columns a campaign is large.
pub(super) const LARGE_MIN_COLUMNS: usize = 6_000;
/// With more no fractions are solved.
const FRACTIONS_MAX_COLUMNS: usize = 150_000;
/// Changes proposed for a goal.
const ANNEAL_STEPS_MAX: u64 = 60_000_000;
/// With less time left a plan of which people were told is only mended.
const AGAIN_SHORT_MILLISECONDS: u64 = 1_000;
/// So many tenths of the time left may go into choosing beginnings and into what the prices prove.
const CHOICE_TENTHS: u64 = 8;
/// Where what is proven of a goal is so near to what it is kept at, in parts of a million,
const NEAR_PPM: u32 = 10_000;
/// fractions keep it within so manieth of that distance: rounded they have more of it.
const TIGHTER_PARTS: u64 = 4;
/// What is proven of a goal holds while those before it are beyond what they are kept at by no more than this, in parts of a million.
const LOOSENED_PPM: u32 = 1_000;

/// The goals of a large campaign, one after another.
pub(super) struct Large<'a, 'b> {
    field: &'b Field<'a>,
    rows: &'b Rows,
    keep: Vec<(Goal, u64)>,
    /// The same for fractions.
    tighter: Vec<(Goal, u64)>,
    /// Goals that are kept at what is proven to be their least.
    at_their_least: Vec<Goal>,
    /// What the prices of the last goal said is the best choice of beginnings.
    starts: Option<Starts>,
}

/// What came of fractions.
struct Found {
    /// A plan, when there was time for one.
    plan: Option<Vec<u32>>,
    /// What is proven.
    at_least: u64,
    starts: Option<Starts>,
}

/// What a search is for: goals in their order, and the value of the first that is good enough.
#[derive(Clone, Copy)]
struct Task<'r> {
    goals: &'r [Goal],
    target: u64,
    /// Where the pseudo-random numbers begin; `None` to change only what makes the plan better.
    seed: Option<u64>,
}

impl<'a, 'b> Large<'a, 'b> {
    pub(super) fn new(field: &'b Field<'a>, rows: &'b Rows) -> Large<'a, 'b> {
        Large { field, rows, keep: Vec::new(), tighter: Vec::new(), at_their_least: Vec::new(), starts: None }
    }

    /// From now on this goal stays at or below `most`; no plan has less than `at_least`.
    pub(super) fn keep(&mut self, goal: Goal, most: u64, at_least: u64) {
        self.keep.push((goal, most));
        let beyond = most.saturating_sub(at_least);
        let is_near = beyond <= share(most, NEAR_PPM);
        self.tighter.push((goal, if is_near { at_least + beyond / TIGHTER_PARTS } else { loosened(most) }));
        if loosened(most) <= at_least {
            self.at_their_least.push(goal);
        }
    }

    /// Makes a plan better by one goal; `later` are the goals that break ties.
    pub(super) fn minimise(
        &mut self,
        goal: Goal,
        later: &[Goal],
        columns: &[u32],
        run: &mut Run<'_>,
    ) -> Outcome {
        let trivial = engine::trivial_bound(self.rows, goal);
        let goals: Vec<Goal> = [goal].iter().chain(later).copied().collect();
        let gap_ppm = run.gap_ppm;
        let enough = |at_least: u64| at_least.saturating_add(share(at_least, gap_ppm));
        let task = Task { goals: &goals, target: enough(trivial), seed: Some(u64::from(run.seed)) };
        // What people were told is left alone as far as can be, and who waits for the new plan stands in a ward: no long search.
        let short = (run.left_milliseconds)().is_some_and(|left| left < AGAIN_SHORT_MILLISECONDS);
        let (plans, Found { at_least, starts, .. }) =
            if short && self.field.classes.iter().any(|class| class.traits.told.is_some()) {
                let task = Task { seed: None, ..task };
                let better = self.better_than(columns, task, run.left_milliseconds);
                (vec![better], Found { plan: None, at_least: trivial, starts: None })
            } else if run.threads > 1 {
                self.on_two_threads(task, columns, run)
            } else {
                self.on_one_thread(task, columns, run)
            };
        self.starts = starts.or(self.starts.take());
        let mut best = columns.to_vec();
        for plan in plans {
            let worth = |plan: &[u32]| -> Vec<u64> {
                goals.iter().map(|goal| self.rows.value(*goal, plan)).collect()
            };
            if engine::keeps(self.rows, &self.keep, &plan) && worth(&plan) <= worth(&best) {
                best = plan;
            }
        }
        let near = self.rows.value(goal, &best) <= enough(at_least);
        Outcome { columns: Some(best), at_least, ended: if near { Ended::Near } else { Ended::Time } }
    }

    /// Fractions are solved, rounded, and the plan made better.
    fn on_one_thread(&self, task: Task<'_>, columns: &[u32], run: &mut Run<'_>) -> (Vec<Vec<u32>>, Found) {
        let mut found = self.plan_of_fractions(task, columns, run, None);
        if self.is_near(task.goals[0], columns, found.at_least, run.gap_ppm) {
            return (vec![self.with_ties_broken(columns, task, run)], found);
        }
        let from = found.plan.take().unwrap_or_else(|| columns.to_vec());
        (vec![self.better_than(&from, task, run.left_milliseconds), from], found)
    }

    /// The same on a thread of its own. Meanwhile the plan at hand is made better here, and as soon as there is one from fractions that.
    fn on_two_threads(&self, task: Task<'_>, columns: &[u32], run: &mut Run<'_>) -> (Vec<Vec<u32>>, Found) {
        let (gap_ppm, threads, seed) = (run.gap_ppm, run.threads, run.seed);
        let first = threads::Mail::default();
        let (here, mut found) = threads::side_by_side(
            run.left_milliseconds,
            |left| {
                // Without a clock what happens must not hang on who is faster.
                let at_hand = left().map(|_| {
                    let mut until = || if first.has_come() { Some(0) } else { left() };
                    self.better_than(columns, task, &mut until)
                });
                let sent = first.wait(left);
                let from = sent.or_else(|| at_hand.clone()).unwrap_or_else(|| columns.to_vec());
                let mut until = || if first.is_called_off() { Some(0) } else { left() };
                let better = self.better_than(&from, task, &mut until);
                at_hand.into_iter().chain([better]).collect::<Vec<Vec<u32>>>()
            },
            |left| {
                let mut run = Run { left_milliseconds: left, gap_ppm, threads, seed };
                let task = Task { seed: task.seed.map(|seed| seed + 1), ..task };
                let found = self.plan_of_fractions(task, columns, &mut run, Some(&first));
                first.send(None);
                found
            },
        );
        if self.is_near(task.goals[0], columns, found.at_least, gap_ppm) {
            return (vec![self.with_ties_broken(columns, task, run)], found);
        }
        (found.plan.take().into_iter().chain(here).collect(), found)
    }

    /// A plan that is good enough, better in the goals behind: what the next goals begin with, and all there is when time is short.
    fn with_ties_broken(&self, columns: &[u32], task: Task<'_>, run: &mut Run<'_>) -> Vec<u32> {
        self.better_than(columns, Task { seed: None, ..task }, run.left_milliseconds)
    }

    fn is_near(&self, goal: Goal, columns: &[u32], at_least: u64, gap_ppm: u32) -> bool {
        self.rows.value(goal, columns) <= at_least.saturating_add(share(at_least, gap_ppm))
    }

    /// A plan from fractions that was made better, where fractions are solved in time, and what is proven. The plan before it is made better
    /// is sent to whoever waits for it.
    fn plan_of_fractions(
        &self,
        task: Task<'_>,
        columns: &[u32],
        run: &mut Run<'_>,
        first: Option<&threads::Mail<Vec<u32>>>,
    ) -> Found {
        let goal = task.goals[0];
        let trivial = engine::trivial_bound(self.rows, goal);
        let reserve = (run.left_milliseconds)().map_or(0, |left| left - left * CHOICE_TENTHS / 10);
        let mut left = || Some((run.left_milliseconds)()?.saturating_sub(reserve));
        let loosened: Vec<(Goal, u64)> =
            self.keep.iter().map(|(goal, most)| (*goal, loosened(*most))).collect();
        let keep = Keep { goals: &loosened, tighter: &self.tighter, at_their_least: &self.at_their_least };
        let is_small = self.rows.upper.len() <= FRACTIONS_MAX_COLUMNS;
        let starts = self.starts.clone().unwrap_or_else(|| Starts::of(self.rows, columns));
        let from = (starts, self.rows.value(goal, columns));
        let choice = is_small.then(|| Choice::new(self.rows, goal, &keep, from, run.threads));
        let Some(mut choice) = choice.flatten() else {
            return Found { plan: None, at_least: trivial, starts: None };
        };
        let found = choice.look(&mut left);
        if let (Some(first), Some(chosen)) = (first, &choice.best) {
            first.send(Some(self.rounded(chosen)));
        }
        if found {
            choice.go_on(&mut left);
        }
        let at_least = choice.at_least.max(trivial);
        let near = self.is_near(goal, columns, at_least, run.gap_ppm);
        if near && let Some(first) = first {
            first.call_off();
        }
        let Some(chosen) = choice.best.filter(|_| !near) else {
            let starts = Some(choice.starts).filter(Starts::is_one);
            return Found { plan: None, at_least, starts };
        };
        let task = Task { target: at_least.saturating_add(share(at_least, run.gap_ppm)), ..task };
        let from = self.rounded(&chosen);
        let plan = Some(self.better_than(&from, task, run.left_milliseconds));
        Found { plan, at_least, starts: Some(chosen.starts) }
    }

    /// A plan near a solution with fractions.
    fn rounded(&self, chosen: &Chosen) -> Vec<u32> {
        let (lower, upper) = chosen.starts.bounds(self.rows);
        let closed = Rows { upper, ..self.rows.clone() };
        rounded(self.field, &closed, &lower, &chosen.columns, &chosen.prices).values().to_vec()
    }

    fn better_than(
        &self,
        columns: &[u32],
        task: Task<'_>,
        left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    ) -> Vec<u32> {
        let (_, upper) = Starts::of(self.rows, columns).bounds(self.rows);
        let closed = Rows { upper, ..self.rows.clone() };
        let mut tally = Tally::new(&closed);
        (0u32..).zip(columns).for_each(|(column, value)| tally.set(column, *value));
        self.better(&closed, tally, task, left_milliseconds)
    }

    fn better(
        &self,
        closed: &Rows,
        tally: Tally<'_>,
        task: Task<'_>,
        mut left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    ) -> Vec<u32> {
        let aimed = Aimed::new(closed, &self.keep, task.goals);
        let mut search = Search::new(self.field, closed, aimed, tally, &mut left_milliseconds);
        if let Some(seed) = task.seed {
            search.anneal(ANNEAL_STEPS_MAX, seed, task.target);
        }
        search.run()
    }
}

/// So many parts of a million of a number, rounded down.
fn share(of: u64, ppm: u32) -> u64 {
    u64::try_from(u128::from(of) * u128::from(ppm) / 1_000_000).unwrap_or(u64::MAX)
}

/// What a goal that stays at or below this may have and what is proven of the goals behind it still holds: the windows may send back a little.
pub(super) fn loosened(most: u64) -> u64 {
    most.saturating_add(share(most, LOOSENED_PPM))
}

#[cfg(test)]
mod tests;
