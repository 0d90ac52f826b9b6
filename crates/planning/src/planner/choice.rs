//! When rings best begin, and what no plan goes below whenever they do: fractions are solved for one choice of beginnings, their prices
//! say which choice may be better, and again.

use super::ascent::ascend;
use super::campaign::Goal;
use super::prices::{Judge, Prices};
use super::relax::{Keep, Relaxation, Relaxed};
use super::rows::Rows;
use super::starts::Starts;

/// How often beginnings are chosen anew for a goal.
const CHOICES_MAX: u32 = 5;

/// A solution with fractions for one choice of beginnings.
pub(super) struct Chosen {
    pub(super) starts: Starts,
    pub(super) columns: Vec<f64>,
    pub(super) prices: Prices,
    value: f64,
}

/// Where the choice stands.
pub(super) struct Choice<'a> {
    rows: &'a Rows,
    goal: Goal,
    keep: Vec<(Goal, u64)>,
    relaxation: Option<Relaxation>,
    judge: Judge,
    /// The beginnings to be looked at next.
    pub(super) starts: Starts,
    /// A value that some plan has.
    reached: u64,
    looks: u32,
    /// What goals that are kept stay at or below in the first look; `None` from the second.
    tighter: Option<Vec<(Goal, u64)>>,
    /// The best beginnings so far.
    pub(super) best: Option<Chosen>,
    /// What the prices prove of all beginnings.
    pub(super) at_least: u64,
}

impl<'a> Choice<'a> {
    /// Begins with these beginnings, or with all of them where nothing is kept. `None` when the solver refuses the rows.
    pub(super) fn new(
        rows: &'a Rows,
        goal: Goal,
        keep: &Keep<'_>,
        (starts, reached): (Starts, u64),
        threads: u32,
    ) -> Option<Choice<'a>> {
        let relaxation = Relaxation::new(rows, goal, keep, threads)?;
        let starts = if keep.goals.is_empty() { Starts::all(rows) } else { starts };
        Some(Choice {
            rows,
            goal,
            keep: keep.goals.to_vec(),
            relaxation: Some(relaxation),
            judge: Judge::default(),
            starts,
            reached,
            looks: 0,
            tighter: Some(keep.tighter.to_vec()),
            best: None,
            at_least: 0,
        })
    }

    /// Solves with fractions for the beginnings at hand; false when nothing was found.
    pub(super) fn look(&mut self, left_milliseconds: &mut dyn FnMut() -> Option<u64>) -> bool {
        let (rows, goal) = (self.rows, self.goal);
        let (Some(relaxation), Some(costs)) = (self.relaxation.take(), rows.costs.get(&goal)) else {
            return false;
        };
        self.looks += 1;
        let (lower, upper) = self.starts.bounds(rows);
        let Some((mut relaxed, mut again)) = relaxation.solve((&lower, &upper), left_milliseconds) else {
            return false;
        };
        if let Some(tighter) = self.tighter.take() {
            again.loosen();
            // These beginnings need more than that.
            if !keeps(rows, &tighter, &relaxed.columns) {
                let Some(found) = again.solve((&lower, &upper), left_milliseconds) else { return false };
                (relaxed, again) = found;
            }
        }
        self.relaxation = Some(again);
        let value = total(costs, &relaxed.columns);
        let is_kept = keeps(rows, &self.keep, &relaxed.columns);
        let of_goals = self.priced(&relaxed);
        let prices = Prices::of_rows(rows, goal, &relaxed.of_rows, &of_goals);
        self.judge.prices.push(prices.clone());
        // Beginnings for which goals before cannot be kept are ruled out by these prices alone.
        if is_kept {
            self.judge.prices.push(Prices::of_rooms(rows, goal, &relaxed.of_rows, &of_goals));
        }
        let is_one = self.starts == self.starts.earliest();
        // For the same beginnings the first is kept tighter.
        let is_better = |best: &Chosen| value < best.value && best.starts != self.starts;
        if is_one && is_kept && self.best.as_ref().is_none_or(is_better) {
            let starts = self.starts.clone();
            self.best = Some(Chosen { starts, columns: relaxed.columns, prices, value });
        }
        true
    }

    /// Each goal that is kept, with its value and its price.
    fn priced(&self, relaxed: &Relaxed) -> Vec<(Goal, u64, f64)> {
        let most = |goal: Goal| self.keep.iter().find(|kept| kept.0 == goal).map(|kept| kept.1);
        relaxed.of_goals.iter().filter_map(|(goal, price)| Some((*goal, most(*goal)?, *price))).collect()
    }

    /// Asks the prices for better beginnings, and what they prove of all; false when there are none.
    pub(super) fn judge(&mut self) -> bool {
        let Some((next, bound)) = self.judge.best(self.rows) else { return false };
        self.at_least = self.at_least.max(bound);
        let is_new = next != self.starts;
        self.starts = next;
        is_new
    }

    /// The rest of it, after the first look; then the prices are made to prove more.
    pub(super) fn go_on(&mut self, left_milliseconds: &mut dyn FnMut() -> Option<u64>) {
        while (self.judge() || self.looks == 1) && self.looks < CHOICES_MAX && self.look(left_milliseconds) {}
        let mut is_over = || left_milliseconds() == Some(0);
        let Some(prices) = self.judge.prices.last().filter(|_| self.at_least < self.reached && !is_over())
        else {
            return;
        };
        let (_, upper) = self.starts.bounds(self.rows);
        let raised = ascend(self.rows, prices.clone(), &upper, self.reached, &mut is_over);
        self.judge.prices.push(raised);
        self.judge();
    }
}

/// Goals stay at or below what is kept of them.
fn keeps(rows: &Rows, keep: &[(Goal, u64)], columns: &[f64]) -> bool {
    keep.iter().all(|(goal, most)| {
        let kept = rows.costs.get(goal).map_or(0.0, |costs| total(costs, columns));
        kept <= *most as f64 + 1e-3
    })
}

fn total(costs: &[i64], values: &[f64]) -> f64 {
    costs.iter().zip(values).map(|(cost, value)| *cost as f64 * value).sum()
}
