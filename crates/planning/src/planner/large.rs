//! Goals of large campaigns: the beginnings of rings are chosen by prices, fractions are solved for them and rounded, and the plan is made
//! better by exchanges. Meanwhile the plan at hand is made better too, on a thread of its own. What is proven holds for every beginning.

use super::ascent::ascend;
use super::campaign::Goal;
use super::engine::{self, Ended, Outcome, Run};
use super::field::Field;
use super::prices::{Judge, Prices};
use super::relax::{Relaxation, Relaxed};
use super::rows::Rows;
use super::search::{Aimed, Search, rounded};
use super::starts::Starts;
use super::tally::Tally;
use super::threads;

/// With so many columns a campaign is large.
pub(super) const LARGE_MIN_COLUMNS: usize = 6_000;
/// With more no fractions are solved.
const FRACTIONS_MAX_COLUMNS: usize = 150_000;
/// How often beginnings are chosen anew for a goal.
const CHOICES_MAX: u32 = 5;
/// Changes proposed for a goal.
const ANNEAL_STEPS_MAX: u64 = 60_000_000;
/// With less time left a plan of which people were told is only mended.
const AGAIN_SHORT_MILLISECONDS: u64 = 1_000;
/// So many tenths of the time left may go into choosing beginnings and into what the prices prove.
const CHOICE_TENTHS: u64 = 8;
/// What is proven of a goal holds while those before it are beyond what they are kept at by no more than this, in parts of a million.
const LOOSENED_PPM: u32 = 1_000;

/// The goals of a large campaign, one after another.
pub(super) struct Large<'a, 'b> {
    field: &'b Field<'a>,
    rows: &'b Rows,
    keep: Vec<(Goal, u64)>,
}

/// A solution with fractions for one choice of beginnings.
struct Chosen {
    starts: Starts,
    relaxed: Relaxed,
    prices: Prices,
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
        Large { field, rows, keep: Vec::new() }
    }

    /// From now on this goal stays at or below this.
    pub(super) fn keep(&mut self, goal: Goal, most: u64) {
        self.keep.push((goal, most));
    }

    /// Makes a plan better by one goal; `later` are the goals that break ties.
    pub(super) fn minimise(&self, goal: Goal, later: &[Goal], columns: &[u32], run: &mut Run<'_>) -> Outcome {
        let trivial = engine::trivial_bound(self.rows, goal);
        let goals: Vec<Goal> = [goal].iter().chain(later).copied().collect();
        let gap_ppm = run.gap_ppm;
        let enough = |at_least: u64| at_least.saturating_add(share(at_least, gap_ppm));
        let task = Task { goals: &goals, target: enough(trivial), seed: Some(u64::from(run.seed)) };
        // What people were told is left alone as far as can be, and who waits for the new plan stands in a ward: no long search.
        let short = (run.left_milliseconds)().is_some_and(|left| left < AGAIN_SHORT_MILLISECONDS);
        let (found, at_least) = if short && self.field.classes.iter().any(|class| class.traits.told.is_some())
        {
            let task = Task { seed: None, ..task };
            (vec![self.better_than(columns, task, run.left_milliseconds)], trivial)
        } else if run.threads > 1 {
            self.on_two_threads(task, columns, run)
        } else {
            let (plan, at_least) = self.plan_of_fractions(task, columns, run);
            let from = plan.unwrap_or_else(|| columns.to_vec());
            (vec![self.better_than(&from, task, run.left_milliseconds), from], at_least)
        };
        let mut best = columns.to_vec();
        for plan in found {
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

    /// A plan from fractions on a thread of its own, while the plan at hand becomes better on this one.
    fn on_two_threads(&self, task: Task<'_>, columns: &[u32], run: &mut Run<'_>) -> (Vec<Vec<u32>>, u64) {
        let (gap_ppm, threads, seed) = (run.gap_ppm, run.threads, run.seed);
        let (here, (plan, at_least)) = threads::side_by_side(
            run.left_milliseconds,
            |left| self.better_than(columns, task, left),
            |left| {
                let mut run = Run { left_milliseconds: left, gap_ppm, threads, seed };
                self.plan_of_fractions(task, columns, &mut run)
            },
        );
        (plan.into_iter().chain([here]).collect(), at_least)
    }

    /// A plan from fractions that was made better, where fractions are solved in time, and what is proven.
    fn plan_of_fractions(
        &self,
        task: Task<'_>,
        columns: &[u32],
        run: &mut Run<'_>,
    ) -> (Option<Vec<u32>>, u64) {
        let mut at_least = engine::trivial_bound(self.rows, task.goals[0]);
        let Some(chosen) = self.choose(task.goals[0], columns, &mut at_least, run) else {
            return (None, at_least);
        };
        let target = at_least.saturating_add(share(at_least, run.gap_ppm));
        let (lower, upper) = chosen.starts.bounds(self.rows);
        let closed = Rows { upper, ..self.rows.clone() };
        let tally = rounded(self.field, &closed, &lower, &chosen.relaxed.columns, &chosen.prices);
        let task = Task { target, ..task };
        (Some(self.better(&closed, tally, task, run.left_milliseconds)), at_least)
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

    /// Chooses when rings begin: solves with fractions, asks the prices for better beginnings, and again. Raises `at_least` to what the
    /// prices prove of all beginnings.
    fn choose(&self, goal: Goal, columns: &[u32], at_least: &mut u64, run: &mut Run<'_>) -> Option<Chosen> {
        let costs = self.rows.costs.get(&goal)?;
        if self.rows.upper.len() > FRACTIONS_MAX_COLUMNS {
            return None;
        }
        let reached = self.rows.value(goal, columns);
        let reserve = (run.left_milliseconds)().map_or(0, |left| left - left * CHOICE_TENTHS / 10);
        let mut left = || Some((run.left_milliseconds)()?.saturating_sub(reserve));
        let loosened = |(goal, most): &(Goal, u64)| (*goal, loosened(*most));
        let keep: Vec<(Goal, u64)> = self.keep.iter().map(loosened).collect();
        let mut relaxation = Relaxation::new(self.rows, goal, &keep, run.threads)?;
        let mut judge = Judge::default();
        let mut starts = match self.keep.is_empty() {
            true => Starts::all(self.rows),
            false => Starts::of(self.rows, columns),
        };
        let mut best: Option<(f64, Chosen)> = None;
        for _ in 0..CHOICES_MAX {
            let (lower, upper) = starts.bounds(self.rows);
            let Some((relaxed, again)) = relaxation.solve((&lower, &upper), &mut left) else {
                break;
            };
            relaxation = again;
            let value = total(costs, &relaxed.columns);
            let is_kept = keep.iter().all(|(goal, most)| {
                let kept = self.rows.costs.get(goal).map_or(0.0, |costs| total(costs, &relaxed.columns));
                kept <= *most as f64 + 1e-3
            });
            let proposed = Proposed::new(&relaxation.rows, &keep, &relaxed.prices);
            let prices = proposed.of_rows(self.rows, goal);
            judge.prices.push(prices.clone());
            // Beginnings for which goals before cannot be kept are ruled out by these prices alone.
            if is_kept {
                let of_rooms = proposed.of_rooms(self.rows, goal);
                judge.prices.push(ascend(self.rows, of_rooms, &upper, reached, &mut || left() == Some(0)));
            }
            let is_one = starts == starts.earliest();
            if is_one && is_kept && best.as_ref().is_none_or(|best| value < best.0) {
                best = Some((value, Chosen { starts: starts.clone(), relaxed, prices }));
            }
            let Some((next, bound)) = judge.best(self.rows) else { break };
            *at_least = (*at_least).max(bound);
            if next == starts {
                break;
            }
            starts = next;
        }
        best.map(|best| best.1)
    }
}

fn total(costs: &[i64], values: &[f64]) -> f64 {
    costs.iter().zip(values).map(|(cost, value)| *cost as f64 * value).sum()
}

/// So many parts of a million of a number, rounded down.
fn share(of: u64, ppm: u32) -> u64 {
    u64::try_from(u128::from(of) * u128::from(ppm) / 1_000_000).unwrap_or(u64::MAX)
}

/// What a goal that stays at or below this may have and what is proven of the goals behind it still holds: the windows may send back a little.
pub(super) fn loosened(most: u64) -> u64 {
    most.saturating_add(share(most, LOOSENED_PPM))
}

/// Prices of rows by their index, and of goals that are kept.
struct Proposed {
    of_rows: Vec<(u32, f64)>,
    of_goals: Vec<(Goal, u64, f64)>,
}

impl Proposed {
    fn new(of: &[u32], keep: &[(Goal, u64)], prices: &[f64]) -> Proposed {
        let of_rows = of.iter().copied().zip(prices.iter().copied()).collect();
        let of_goals = keep.iter().zip(prices.iter().skip(of.len()));
        let of_goals = of_goals.map(|((goal, most), price)| (*goal, *most, *price)).collect();
        Proposed { of_rows, of_goals }
    }

    fn of_rows(&self, rows: &Rows, goal: Goal) -> Prices {
        Prices::of_rows(rows, goal, &self.of_rows, &self.of_goals)
    }

    fn of_rooms(&self, rows: &Rows, goal: Goal) -> Prices {
        Prices::of_rooms(rows, goal, &self.of_rows, &self.of_goals)
    }
}

#[cfg(test)]
mod tests;
