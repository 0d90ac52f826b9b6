//! A campaign's first level as plain columns and rows, for other solvers to be measured on the very same problem.

use serde::Serialize;

use super::campaign::{Goal, SoundCampaign};
use super::field::Field;
use super::rows::Rows;

/// Whole columns between 0 and an upper end, rows, and goals to be minimised one after another.
#[derive(Clone, Debug, Serialize)]
pub struct Aggregated {
    /// The largest value of each column.
    pub upper: Vec<u32>,
    /// The rows.
    pub rows: Vec<AggregatedRow>,
    /// The goals, in the order of the aims.
    pub goals: Vec<AggregatedGoal>,
    /// Devices for which the columns stand.
    pub devices: usize,
}

/// `sum of factor × column ≤ most`, or `=` it.
#[derive(Clone, Debug, Serialize)]
pub struct AggregatedRow {
    /// Column and factor.
    pub terms: Vec<(u32, i64)>,
    /// Right-hand side.
    pub most: i64,
    /// `=` and not `≤`.
    pub exact: bool,
}

/// A goal's cost of each column.
#[derive(Clone, Debug, Serialize)]
pub struct AggregatedGoal {
    /// Which goal.
    pub goal: Goal,
    /// What may be given up of it for the goals behind it, in ten-thousandths.
    pub give_up_per_10000: u32,
    /// Column and cost, where there is one.
    pub costs: Vec<(u32, i64)>,
}

/// The columns and rows that the planner itself works on.
pub fn aggregated(sound: &SoundCampaign) -> Aggregated {
    let (field, lists) = Field::new(sound);
    let rows = Rows::new(&field, &lists);
    let goal = |aim: &super::campaign::Aim| {
        let costs = rows.costs.get(&aim.goal).into_iter().flatten().zip(0u32..);
        AggregatedGoal {
            goal: aim.goal,
            give_up_per_10000: aim.give_up_per_10000,
            costs: costs.filter(|(cost, _)| **cost != 0).map(|(cost, column)| (column, *cost)).collect(),
        }
    };
    let goals = field.campaign.aims.iter().map(goal).collect();
    let row = |row: super::rows::Row| AggregatedRow { terms: row.terms, most: row.most, exact: row.exact };
    Aggregated {
        upper: rows.upper,
        rows: rows.rows.into_iter().map(row).collect(),
        goals,
        devices: field.campaign.devices.len(),
    }
}
