//! Goals of large campaigns: the beginnings of rings are chosen by prices, fractions are solved for them and rounded, and the plan is made
//! better by exchanges. What is proven holds for every beginning.

use super::campaign::Goal;
use super::engine::{self, Ended, Outcome, Run};
use super::field::Field;
use super::prices::{Judge, Priced, Prices, Starts};
use super::relax::{Relaxation, Relaxed};
use super::rows::Rows;
use super::search::{Aimed, Search, rounded};
use super::tally::Tally;

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
/// So many tenths of the time left go to the plan from fractions; the rest to the one before, should that one not keep the goals before.
const FROM_FRACTIONS_TENTHS: u64 = 7;

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

/// What a search is for: goals in their order, the value of the first that is good enough, and the time.
struct Task<'r, 'l> {
    goals: &'r [Goal],
    target: u64,
    /// Where the pseudo-random numbers begin; `None` to change only what makes the plan better.
    seed: Option<u64>,
    left_milliseconds: &'r mut (dyn FnMut() -> Option<u64> + 'l),
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
        let mut at_least = engine::trivial_bound(self.rows, goal);
        // What people were told is left alone as far as can be, and who waits for the new plan stands in a ward: no long search.
        let short = (run.left_milliseconds)().is_some_and(|left| left < AGAIN_SHORT_MILLISECONDS);
        let again = short && self.field.classes.iter().any(|class| class.traits.told.is_some());
        let chosen = if again { None } else { self.choose(goal, columns, &mut at_least, run) };
        let goals: Vec<Goal> = [goal].iter().chain(later).copied().collect();
        let target = at_least.saturating_add(share(at_least, run.gap_ppm));
        let mut best = columns.to_vec();
        if let Some(chosen) = &chosen {
            let reserve = (run.left_milliseconds)().map(|left| left * (10 - FROM_FRACTIONS_TENTHS) / 10);
            let mut left = || Some((run.left_milliseconds)()?.saturating_sub(reserve.unwrap_or(0)));
            let task =
                Task { goals: &goals, target, seed: Some(u64::from(run.seed)), left_milliseconds: &mut left };
            let found = self.round_and_better(chosen, task);
            if self.is_better(goal, &found, &best) {
                best = found;
            }
        }
        if self.rows.value(goal, &best) > target {
            let left_milliseconds = &mut *run.left_milliseconds;
            let task = Task {
                goals: &goals,
                target,
                seed: (!again).then_some(u64::from(run.seed)),
                left_milliseconds,
            };
            let found = self.better_than(&best, task);
            if self.is_better(goal, &found, &best) {
                best = found;
            }
        }
        let near = self.rows.value(goal, &best) <= target;
        Outcome { columns: Some(best), at_least, ended: if near { Ended::Near } else { Ended::Time } }
    }

    fn is_better(&self, goal: Goal, found: &[u32], best: &[u32]) -> bool {
        engine::keeps(self.rows, &self.keep, found)
            && self.rows.value(goal, found) <= self.rows.value(goal, best)
    }

    fn round_and_better(&self, chosen: &Chosen, task: Task<'_, '_>) -> Vec<u32> {
        let (lower, upper) = chosen.starts.bounds(self.rows);
        let closed = Rows { upper, ..self.rows.clone() };
        let tally = rounded(self.field, &closed, &lower, &chosen.relaxed.columns, &chosen.prices);
        self.better(&closed, tally, task)
    }

    fn better_than(&self, columns: &[u32], task: Task<'_, '_>) -> Vec<u32> {
        let (_, upper) = Starts::of(self.rows, columns).bounds(self.rows);
        let closed = Rows { upper, ..self.rows.clone() };
        let mut tally = Tally::new(&closed);
        (0u32..).zip(columns).for_each(|(column, value)| tally.set(column, *value));
        self.better(&closed, tally, task)
    }

    fn better(&self, closed: &Rows, tally: Tally<'_>, task: Task<'_, '_>) -> Vec<u32> {
        let aimed = Aimed::new(closed, &self.keep, task.goals);
        let mut search = Search::new(self.field, closed, aimed, tally, task.left_milliseconds);
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
        let mut relaxation = Relaxation::new(self.rows, goal, &self.keep, run.threads)?;
        let mut judge = Judge::default();
        let mut starts = match self.keep.is_empty() {
            true => Starts::all(self.rows),
            false => Starts::of(self.rows, columns),
        };
        let mut best: Option<(f64, Chosen)> = None;
        for _ in 0..CHOICES_MAX {
            let (lower, upper) = starts.bounds(self.rows);
            let Some((relaxed, again)) = relaxation.solve((&lower, &upper), run.left_milliseconds) else {
                break;
            };
            relaxation = again;
            let prices = priced(self.rows, &relaxation.rows, costs, &self.keep, &relaxed.prices);
            judge.prices.push(prices.clone());
            let value = total(costs, &relaxed.columns);
            let is_kept = self.keep.iter().all(|(goal, most)| {
                let kept = self.rows.costs.get(goal).map_or(0.0, |costs| total(costs, &relaxed.columns));
                kept <= *most as f64 + 1e-3
            });
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

/// Prices of rows and of goals that are kept.
fn priced(rows: &Rows, of: &[u32], costs: &[i64], keep: &[(Goal, u64)], prices: &[f64]) -> Prices {
    let of_rows = of.iter().zip(prices).map(|(ix, price)| {
        let row = &rows.rows[*ix as usize];
        Priced { terms: &row.terms, most: row.most, price: *price, exact: row.exact }
    });
    let kept: Vec<(Vec<(u32, i64)>, i64)> = keep
        .iter()
        .map(|(goal, most)| {
            let costs = rows.costs.get(goal).into_iter().flatten();
            let terms = (0u32..).zip(costs).filter(|(_, cost)| **cost != 0);
            let terms = terms.map(|(column, cost)| (column, *cost)).collect();
            (terms, i64::try_from(*most).unwrap_or(i64::MAX))
        })
        .collect();
    let of_goals = kept.iter().zip(prices.iter().skip(of.len())).map(|((terms, most), price)| Priced {
        terms,
        most: *most,
        price: *price,
        exact: false,
    });
    Prices::new(rows, costs, of_rows.chain(of_goals))
}

#[cfg(test)]
mod tests;
