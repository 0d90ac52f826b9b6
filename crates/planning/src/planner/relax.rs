//! The rows with fractions allowed and the beginnings of rings chosen: a linear problem, which HiGHS solves. Its prices are only
//! proposals; what they prove is counted in whole numbers (`prices`).

use std::num::NonZeroU32;

use highs::{Col, HighsModelStatus, Model, RowProblem, Sense};

use super::campaign::Goal;
use super::engine;
use super::rows::Rows;

/// What one of a kept goal beyond its value costs, in the dearest columns of the goal.
const BEYOND_COSTS: f64 = 50.0;

/// The linear problem of one goal, where it last stood.
pub(super) struct Relaxation {
    model: Model,
    columns: Vec<Col>,
    /// The row of `Rows` of each row here; behind them the goals that are kept.
    pub(super) rows: Vec<u32>,
    upper: Vec<u32>,
    lower: Vec<u32>,
    spent_milliseconds: u64,
}

/// A solution with fractions, and the price of each row, goals that are kept last.
pub(super) struct Relaxed {
    pub(super) columns: Vec<f64>,
    pub(super) prices: Vec<f64>,
}

impl Relaxation {
    /// Rows but for those that say when rings begin; goals stay at or below what is kept, and what they are beyond costs much, so that there
    /// always is a solution. `None` when HiGHS refuses them.
    pub(super) fn new(rows: &Rows, goal: Goal, keep: &[(Goal, u64)], threads: u32) -> Option<Relaxation> {
        let costs = rows.costs.get(&goal)?;
        let dear = costs.iter().copied().max().unwrap_or(0).max(1) as f64 * BEYOND_COSTS;
        let mut problem = RowProblem::default();
        let columns: Vec<Col> = (rows.upper.iter().zip(costs))
            .map(|(upper, cost)| problem.add_column(*cost as f64, 0.0..=f64::from(*upper)))
            .collect();
        let mut left_out = vec![false; rows.rows.len()];
        let of_chains = rows.chains.iter().flat_map(|chain| chain.rows.clone());
        of_chains.for_each(|ix| left_out[ix as usize] = true);
        let kept: Vec<u32> = (0..rows.rows.len() as u32).filter(|ix| !left_out[*ix as usize]).collect();
        engine::add_rows(&mut problem, &columns, kept.iter().map(|ix| &rows.rows[*ix as usize]));
        for (goal, most) in keep {
            let beyond = problem.add_column(dear, 0.0..);
            let costs = rows.costs.get(goal).into_iter().flatten();
            let terms = costs.zip(&columns).filter(|(cost, _)| **cost != 0);
            let terms = terms.map(|(cost, column)| (*column, *cost as f64)).chain([(beyond, -1.0)]);
            problem.add_row(..=*most as f64, terms.collect::<Vec<(Col, f64)>>());
        }
        let mut model = Model::try_new(problem).ok()?;
        model.set_sense(Sense::Minimise);
        model.make_quiet();
        model.set_threads(NonZeroU32::new(threads).unwrap_or(NonZeroU32::MIN));
        // The basis outlives new bounds in the dual method.
        model.try_set_option("simplex_strategy", 1).ok()?;
        let (upper, lower) = (rows.upper.clone(), vec![0; rows.upper.len()]);
        Some(Relaxation { model, columns, rows: kept, upper, lower, spent_milliseconds: 0 })
    }

    /// The least of the goal with these bounds of columns, within the time that is left, and the problem for the next bounds; `None` when
    /// nothing was found.
    pub(super) fn solve(
        mut self,
        (lower, upper): (&[u32], &[u32]),
        left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    ) -> Option<(Relaxed, Relaxation)> {
        for (ix, column) in self.columns.iter().enumerate() {
            if (self.lower[ix], self.upper[ix]) != (lower[ix], upper[ix]) {
                self.model.change_column_bounds(*column, f64::from(lower[ix])..=f64::from(upper[ix]));
            }
        }
        (self.lower, self.upper) = (lower.to_vec(), upper.to_vec());
        let before = left_milliseconds();
        if let Some(left) = before {
            // The solver's clock goes on from one run to the next.
            let limit = (self.spent_milliseconds + left) as f64 / 1e3;
            self.model.try_set_option("time_limit", limit).ok()?;
        }
        let solved = self.model.try_solve().ok()?;
        if let (Some(before), Some(after)) = (before, left_milliseconds()) {
            self.spent_milliseconds += before.saturating_sub(after);
        }
        if solved.status() != HighsModelStatus::Optimal {
            return None;
        }
        let solution = solved.get_solution();
        let relaxed = Relaxed { columns: solution.columns().to_vec(), prices: solution.dual_rows().to_vec() };
        self.model = solved.into();
        Some((relaxed, self))
    }
}
