//! One goal at a time with HiGHS: columns, rows and what earlier goals must keep go in, better columns and a proven bound come out.
//! Whatever the solver says of a solution is looked at in whole numbers again before it is believed.

use std::num::NonZeroU32;

use highs::{HighsModelStatus, Model, RowProblem, Sense};

use super::campaign::Goal;
use super::rows::Rows;

/// Below this much time left the solver is not asked, in milliseconds.
const RUN_MIN_MILLISECONDS: u64 = 50;

/// What one goal may use.
pub(super) struct Run<'a> {
    /// Time that is left for it, in milliseconds; `None` for no end.
    pub(super) left_milliseconds: &'a mut dyn FnMut() -> Option<u64>,
    /// It may stop when the value is proven within so many parts of a million.
    pub(super) gap_ppm: u32,
    /// Threads: in one process always the same number, for the solver keeps them.
    pub(super) threads: u32,
    /// Where its pseudo-random numbers begin.
    pub(super) seed: u32,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// A solution in whole numbers that keeps to every row.
    pub(super) columns: Option<Vec<u32>>,
    /// No solution has less.
    pub(super) at_least: u64,
    /// Why it ended.
    pub(super) ended: Ended,
}

/// Why the search of a goal ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is as near as asked.
    Near,
    /// Its time was used up.
    Time,
    /// The solver says that there is no solution, though everything can be deferred: it has answered nothing.
    NoSolution,
    /// The solver failed, or its solution does not keep to the rows.
    Failed,
}

/// One way to ask the solver.
#[derive(Clone, Copy)]
struct Way {
    with_start: bool,
    presolve: bool,
}

/// Minimises a goal; `keep` is what earlier goals must stay at or below, `start` a solution to begin with.
///
/// HiGHS 1.16 has answered that there is no solution of problems that have one, and where it was given a start it then calls the start the
/// best and its value the bound. So a start that comes back is asked for again without it, and where there is no answer without its
/// presolve too, before the bound is believed.
pub(super) fn minimise(
    rows: &Rows,
    goal: Goal,
    keep: &[(Goal, u64)],
    start: Option<&[u32]>,
    run: &mut Run<'_>,
) -> Outcome {
    let least = trivial_bound(rows, goal);
    let mut best = Outcome { columns: None, at_least: least, ended: Ended::Time };
    let ways = [(true, true), (false, true), (false, false)];
    for way in ways.map(|(with_start, presolve)| Way { with_start, presolve }) {
        let start = start.filter(|_| way.with_start);
        if way.with_start && start.is_none() {
            continue;
        }
        let left = (run.left_milliseconds)();
        if left.is_some_and(|left| left < RUN_MIN_MILLISECONDS) {
            best.ended = Ended::Time;
            return best;
        }
        let found = ask(rows, goal, keep, start, way, left, run);
        best.ended = found.ended;
        let is_start = found.columns.as_deref().is_some_and(|columns| Some(columns) == start);
        let worth = |columns: &Option<Vec<u32>>| columns.as_ref().map(|columns| rows.value(goal, columns));
        let better = match (worth(&found.columns), worth(&best.columns)) {
            (Some(new), Some(old)) => new < old,
            (new, _) => new.is_some(),
        };
        if better {
            best.columns = found.columns;
        }
        match found.ended {
            Ended::Near if is_start => {}
            Ended::Near | Ended::Time => {
                best.at_least = if is_start { least } else { found.at_least };
                return best;
            }
            Ended::NoSolution | Ended::Failed => {}
        }
    }
    best
}

fn ask(
    rows: &Rows,
    goal: Goal,
    keep: &[(Goal, u64)],
    start: Option<&[u32]>,
    way: Way,
    left_milliseconds: Option<u64>,
    run: &Run<'_>,
) -> Outcome {
    let least = trivial_bound(rows, goal);
    let none = Outcome { columns: None, at_least: least, ended: Ended::Failed };
    let Ok(mut model) = Model::try_new(problem(rows, goal, keep)) else { return none };
    if options(&mut model, run, way, left_milliseconds).is_err() {
        return none;
    }
    if let Some(start) = start {
        let values: Vec<f64> = start.iter().map(|value| f64::from(*value)).collect();
        // A start that is refused costs time and no truth.
        let _ = model.try_set_solution(Some(&values), None, None, None);
    }
    let Ok(solved) = model.try_solve() else { return none };
    let status = solved.status();
    if matches!(status, HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible) {
        return Outcome { ended: Ended::NoSolution, ..none };
    }
    let bound = solved.double_info_value(c"mip_dual_bound").ok();
    let at_least = bound.and_then(whole_bound).unwrap_or(0).max(least);
    let columns = whole(solved.get_solution().columns()).filter(|columns| keeps(rows, keep, columns));
    let ended = match (status, &columns) {
        (HighsModelStatus::Optimal, Some(_)) => Ended::Near,
        (HighsModelStatus::ReachedTimeLimit, _) => Ended::Time,
        _ => Ended::Failed,
    };
    match ended {
        Ended::Near | Ended::Time => Outcome { columns, at_least, ended },
        Ended::NoSolution | Ended::Failed => Outcome { columns, at_least: least, ended },
    }
}

/// Each class in its cheapest column.
pub(super) fn trivial_bound(rows: &Rows, goal: Goal) -> u64 {
    let Some(costs) = rows.costs.get(&goal) else { return 0 };
    let least = |columns: &std::ops::Range<u32>| {
        let can = columns.clone().filter(|column| rows.upper[*column as usize] > 0);
        let cheapest = can.clone().map(|column| costs[column as usize]).min().unwrap_or(0);
        let count = can.map(|column| rows.upper[column as usize]).max().unwrap_or(0);
        cheapest * i64::from(count)
    };
    u64::try_from(rows.of_class.iter().map(least).sum::<i64>()).unwrap_or(0)
}

fn problem(rows: &Rows, goal: Goal, keep: &[(Goal, u64)]) -> RowProblem {
    let mut problem = RowProblem::default();
    let none = Vec::new();
    let costs = rows.costs.get(&goal).unwrap_or(&none);
    let columns: Vec<highs::Col> = (rows.upper.iter().zip(costs))
        .map(|(upper, cost)| problem.add_integer_column(*cost as f64, 0.0..=f64::from(*upper)))
        .collect();
    add_rows(&mut problem, &columns, rows.rows.iter());
    for (goal, most) in keep {
        let costs = rows.costs.get(goal).unwrap_or(&none);
        let terms = costs.iter().zip(&columns).filter(|(cost, _)| **cost != 0);
        let terms: Vec<(highs::Col, f64)> = terms.map(|(cost, column)| (*column, *cost as f64)).collect();
        problem.add_row(..=*most as f64, terms);
    }
    problem
}

/// Puts rows of the planner into a problem of the solver.
pub(super) fn add_rows<'a>(
    problem: &mut RowProblem,
    columns: &[highs::Col],
    rows: impl Iterator<Item = &'a super::rows::Row>,
) {
    for row in rows {
        let terms = row.terms.iter().map(|(column, factor)| (columns[*column as usize], *factor as f64));
        let most = row.most as f64;
        match row.exact {
            true => problem.add_row(most..=most, terms),
            false => problem.add_row(..=most, terms),
        };
    }
}

fn options(
    model: &mut Model,
    run: &Run<'_>,
    way: Way,
    left_milliseconds: Option<u64>,
) -> Result<(), highs::TrySetOptionError> {
    model.set_sense(Sense::Minimise);
    model.make_quiet();
    model.try_set_option("random_seed", i32::try_from(run.seed).unwrap_or(0))?;
    model.try_set_option("mip_rel_gap", f64::from(run.gap_ppm) / 1e6)?;
    model.try_set_option("mip_abs_gap", 0.99)?;
    if !way.presolve {
        model.try_set_option("presolve", "off")?;
    }
    if let Some(milliseconds) = left_milliseconds {
        model.try_set_option("time_limit", milliseconds as f64 / 1e3)?;
    }
    model.set_threads(NonZeroU32::new(run.threads).unwrap_or(NonZeroU32::MIN));
    Ok(())
}

/// A bound in floating point as a whole number that is certainly none too large.
fn whole_bound(bound: f64) -> Option<u64> {
    let careful = bound - 1e-6 * bound.abs().max(1.0);
    (careful.is_finite() && careful > 0.0).then(|| careful.ceil() as u64)
}

fn whole(columns: &[f64]) -> Option<Vec<u32>> {
    let near = |value: &f64| (value - value.round()).abs() < 1e-4 && *value > -0.5;
    columns.iter().all(near).then(|| columns.iter().map(|value| value.round() as u32).collect())
}

/// Does a solution keep to every row, in whole numbers?
pub(super) fn keeps(rows: &Rows, keep: &[(Goal, u64)], columns: &[u32]) -> bool {
    let sum = |terms: &[(u32, i64)]| -> i64 {
        terms.iter().map(|(column, factor)| factor * i64::from(columns[*column as usize])).sum()
    };
    let row = |row: &super::rows::Row| {
        let sum = sum(&row.terms);
        sum == row.most || (!row.exact && sum < row.most)
    };
    columns.len() == rows.upper.len()
        && columns.iter().zip(&rows.upper).all(|(value, upper)| value <= upper)
        && rows.rows.iter().all(row)
        && keep.iter().all(|(goal, most)| rows.value(*goal, columns) <= *most)
}
