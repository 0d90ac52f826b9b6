//! The rows with fractions allowed and the beginnings of rings chosen: a linear problem, which HiGHS solves. Its prices are only
//! proposals; what they prove is counted in whole numbers (`prices`).

use std::num::NonZeroU32;

use highs::{Col, HighsModelStatus, Model, RowProblem, Sense};

use super::campaign::Goal;
use super::parts::Part;
use super::prices::PRICE_MAX;
use super::rows::Rows;

/// What one of a kept goal beyond its value costs at least, in the dearest columns of the goal;
const BEYOND_COSTS_MIN: f64 = 50.0;
/// and where prices can be counted so far, so much that what cannot be kept is seen by it.
const BEYOND_COSTS: f64 = 1_000.0;
/// What a column costs with such a price, at most: beyond it rooms could not be added up.
const PRICED_MAX: f64 = (1u64 << 23) as f64;

/// The linear problem of one goal, where it last stood: of each part by itself where nothing binds them.
pub(super) struct Relaxation {
    parts: Vec<Linear>,
    /// The price of each goal that is kept by its price alone.
    priced: Vec<(Goal, f64)>,
    kept_by_rows: Vec<Goal>,
    count: usize,
}

/// What goals stay at or below, and which of them have reached what is proven of them: these need no row but only a price.
pub(super) struct Keep<'a> {
    pub(super) goals: &'a [(Goal, u64)],
    /// The same goals in the same order, each with what fractions stay at or below at first: less, so that what they are rounded to stays
    /// within what is kept.
    pub(super) tighter: &'a [(Goal, u64)],
    pub(super) at_their_least: &'a [Goal],
}

/// A goal, what it stays at or below, and what it does at first.
type Kept = (Goal, u64, u64);

/// A solution with fractions, and the price of each row and of each goal that is kept.
pub(super) struct Relaxed {
    pub(super) columns: Vec<f64>,
    pub(super) of_rows: Vec<(u32, f64)>,
    pub(super) of_goals: Vec<(Goal, f64)>,
}

/// The linear problem of some columns and rows.
struct Linear {
    model: Model,
    part: Part,
    columns: Vec<Col>,
    /// What is given to each kept goal once it need no longer be tighter, and how much that is.
    given: Vec<(Col, f64)>,
    upper: Vec<u32>,
    lower: Vec<u32>,
    spent_milliseconds: u64,
}

impl Relaxation {
    /// Rows but for those that say when rings begin; goals stay at or below what is kept, and what they are beyond costs much, so that there
    /// always is a solution. `None` when HiGHS refuses them.
    pub(super) fn new(rows: &Rows, goal: Goal, keep: &Keep<'_>, threads: u32) -> Option<Relaxation> {
        let costs = rows.costs.get(&goal)?;
        let dearest = |goal: Goal| {
            let costs = rows.costs.get(&goal).and_then(|costs| costs.iter().copied().max());
            costs.unwrap_or(0).max(1) as f64
        };
        let kept = keep.goals.iter().map(|kept| dearest(kept.0)).fold(1.0, f64::max);
        let seen = (dearest(goal) * BEYOND_COSTS).min(PRICE_MAX / 2.0).min(PRICED_MAX / kept);
        let dear = seen.max(dearest(goal) * BEYOND_COSTS_MIN);
        let is_priced = |kept: &&(Goal, u64)| keep.at_their_least.contains(&kept.0);
        let priced: Vec<(Goal, f64)> =
            keep.goals.iter().filter(is_priced).map(|kept| (kept.0, dear)).collect();
        let kept = keep.goals.iter().zip(keep.tighter).filter(|(kept, _)| !is_priced(kept));
        let by_rows: Vec<Kept> = kept.map(|(kept, tighter)| (kept.0, kept.1, tighter.1)).collect();
        let mut costs: Vec<f64> = costs.iter().map(|cost| *cost as f64).collect();
        for (goal, price) in &priced {
            let of_goal = rows.costs.get(goal).into_iter().flatten();
            costs.iter_mut().zip(of_goal).for_each(|(cost, more)| *cost += price * *more as f64);
        }
        let parts = if by_rows.is_empty() { Part::each(rows) } else { vec![Part::whole(rows)] };
        let linear = |part| Linear::new(rows, part, &costs, (&by_rows, dear), threads);
        Some(Relaxation {
            parts: parts.into_iter().map(linear).collect::<Option<Vec<Linear>>>()?,
            priced,
            kept_by_rows: by_rows.into_iter().map(|kept| kept.0).collect(),
            count: rows.upper.len(),
        })
    }

    /// From now on goals stay at or below what is kept, and no longer tighter: what is proven is about that.
    pub(super) fn loosen(&mut self) {
        for Linear { model, given, .. } in &mut self.parts {
            given.iter().for_each(|(free, most)| model.change_column_bounds(*free, 0.0..=*most));
        }
    }

    /// The least of the goal with these bounds of columns, within the time that is left, and the problem for the next bounds; `None` when
    /// nothing was found.
    pub(super) fn solve(
        self,
        bounds: (&[u32], &[u32]),
        left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    ) -> Option<(Relaxed, Relaxation)> {
        let mut columns: Vec<f64> = bounds.0.iter().map(|lower| f64::from(*lower)).collect();
        columns.resize(self.count, 0.0);
        let of_goals = self.priced.iter().map(|(goal, price)| (*goal, -price)).collect();
        let mut relaxed = Relaxed { columns, of_rows: Vec::new(), of_goals };
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            let (values, prices, again) = part.solve(bounds, left_milliseconds)?;
            for (column, value) in again.part.columns.iter().zip(&values) {
                relaxed.columns[*column as usize] = *value;
            }
            relaxed.of_rows.extend(again.part.rows.iter().copied().zip(prices.iter().copied()));
            let of_goals = prices.iter().skip(again.part.rows.len());
            relaxed.of_goals.extend(self.kept_by_rows.iter().copied().zip(of_goals.copied()));
            parts.push(again);
        }
        Some((relaxed, Relaxation { parts, ..self }))
    }
}

impl Linear {
    fn new(
        rows: &Rows,
        part: Part,
        costs: &[f64],
        (keep, dear): (&[Kept], f64),
        threads: u32,
    ) -> Option<Linear> {
        let mut problem = RowProblem::default();
        let columns: Vec<Col> = (part.columns.iter().map(|column| *column as usize))
            .map(|ix| problem.add_column(costs[ix], 0.0..=f64::from(rows.upper[ix])))
            .collect();
        let mut of: Vec<Option<Col>> = vec![None; rows.upper.len()];
        part.columns.iter().zip(&columns).for_each(|(ix, column)| of[*ix as usize] = Some(*column));
        let terms = |terms: &[(u32, i64)]| -> Vec<(Col, f64)> {
            let terms = terms.iter().filter(|(_, factor)| *factor != 0);
            terms.filter_map(|(ix, factor)| Some((of[*ix as usize]?, *factor as f64))).collect()
        };
        for row in part.rows.iter().map(|ix| &rows.rows[*ix as usize]) {
            let most = row.most as f64;
            match row.exact {
                true => problem.add_row(most..=most, terms(&row.terms)),
                false => problem.add_row(..=most, terms(&row.terms)),
            };
        }
        let mut given = Vec::new();
        for (goal, most, tighter) in keep {
            let beyond = problem.add_column(dear, 0.0..);
            let free = problem.add_column(0.0, 0.0..=0.0);
            given.push((free, most.saturating_sub(*tighter) as f64));
            let costs: Vec<(u32, i64)> =
                (0u32..).zip(rows.costs.get(goal).into_iter().flatten().copied()).collect();
            let terms = terms(&costs).into_iter().chain([(beyond, -1.0), (free, -1.0)]);
            problem.add_row(..=*most.min(tighter) as f64, terms.collect::<Vec<(Col, f64)>>());
        }
        let mut model = Model::try_new(problem).ok()?;
        model.set_sense(Sense::Minimise);
        model.make_quiet();
        model.set_threads(NonZeroU32::new(threads).unwrap_or(NonZeroU32::MIN));
        // The basis outlives new bounds in the dual method.
        model.try_set_option("simplex_strategy", 1).ok()?;
        let upper = part.columns.iter().map(|column| rows.upper[*column as usize]).collect();
        let lower = vec![0; columns.len()];
        Some(Linear { model, part, columns, given, upper, lower, spent_milliseconds: 0 })
    }

    /// Values of the columns, prices of the rows and of what is kept, and the problem itself.
    fn solve(
        mut self,
        (lower, upper): (&[u32], &[u32]),
        left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    ) -> Option<(Vec<f64>, Vec<f64>, Linear)> {
        for (ix, (column, own)) in self.columns.iter().zip(&self.part.columns).enumerate() {
            let new = (lower[*own as usize], upper[*own as usize]);
            if (self.lower[ix], self.upper[ix]) != new {
                self.model.change_column_bounds(*column, f64::from(new.0)..=f64::from(new.1));
                (self.lower[ix], self.upper[ix]) = new;
            }
        }
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
        let (values, prices) = (solution.columns().to_vec(), solution.dual_rows().to_vec());
        self.model = solved.into();
        Some((values, prices, self))
    }
}
