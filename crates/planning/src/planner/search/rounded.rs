//! A plan near a solution with fractions.

use crate::planner::field::Field;
use crate::planner::prices::Prices;
use crate::planner::rows::{Column, Rows};
use crate::planner::tally::Tally;

/// A share of a device below which a column of a solution with fractions counts as empty.
const EMPTY: f64 = 1e-6;

/// A plan near a solution with fractions. `rows` are closed to all but the chosen beginnings of rings, whose switches `lower` says.
pub(in crate::planner) fn rounded<'a>(
    field: &Field<'_>,
    rows: &'a Rows,
    lower: &[u32],
    fractions: &[f64],
    prices: &Prices,
) -> Tally<'a> {
    let mut tally = Tally::new(rows);
    for (column, value) in (0u32..).zip(lower) {
        if *value > 0 {
            tally.set(column, *value);
        }
    }
    let is_device = |column: &u32| rows.what[*column as usize] != Column::Switch;
    let mut columns: Vec<u32> = (0..rows.upper.len() as u32)
        .filter(is_device)
        .filter(|column| fractions[*column as usize] > EMPTY)
        .collect();
    let share = |column: u32| fractions[column as usize];
    columns.sort_by(|a, b| share(*b).total_cmp(&share(*a)).then(a.cmp(b)));
    for column in &columns {
        tally.add_up_to(*column, (share(*column) + 1e-4).floor() as u32);
    }
    columns.sort_by(|a, b| share(*b).fract().total_cmp(&share(*a).fract()).then(a.cmp(b)));
    for column in &columns {
        let more = share(*column) + 1e-4 - f64::from(tally.values()[*column as usize]);
        if more > 0.3 {
            tally.add_up_to(*column, more.ceil() as u32);
        }
    }
    place_rest(field, rows, &mut tally, prices);
    tally
}

/// What is not placed yet where it costs least, what must be done first, and of that what takes longest.
fn place_rest(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, prices: &Prices) {
    let mut order: Vec<u32> = (0..rows.of_class.len() as u32).collect();
    order.sort_by_key(|ix| {
        let class = &field.classes[*ix as usize];
        let minutes = class.traits.hands_on_minutes.max(class.shape.busy);
        (!class.traits.mandatory, std::cmp::Reverse(minutes), *ix)
    });
    for ix in order {
        let columns = rows.of_class[ix as usize].clone();
        let placed: u32 = columns.clone().map(|column| tally.values()[column as usize]).sum();
        let mut left = rows.counts[ix as usize] - placed;
        if left == 0 {
            continue;
        }
        let last = columns.end - 1;
        let mut open: Vec<u32> = columns.filter(|column| rows.upper[*column as usize] > 0).collect();
        open.sort_by_key(|column| (prices.reduced(*column), *column));
        for column in open {
            if left == 0 {
                break;
            }
            left -= tally.add_up_to(column, left);
        }
        tally.add_up_to(last, left);
    }
}
