//! What windows sent back is placed anew, and with it what waited for it: a plan of the first level goes in, one that keeps every row
//! comes out. Nothing here is proven.

use std::collections::BTreeSet;

use super::campaign::Goal;
use super::engine;
use super::field::Field;
use super::greedy::{self, Taste};
use super::rows::{Column, Rows};
use super::rule::Rule;
use super::search::{Aimed, Search};
use super::tally::Tally;

/// One device of each column in `over` leaves its window; `closed` windows take no more than they keep (no window does when `give_up`);
/// whatever waited for those that left leaves too, and all of them are placed where there is room, or deferred.
pub(super) fn place_anew(
    field: &Field<'_>,
    rows: &Rows,
    columns: &[u32],
    over: &[u32],
    (give_up, closed): (bool, &BTreeSet<u32>),
    keep: &[(Goal, u64)],
    left_milliseconds: &mut dyn FnMut() -> Option<u64>,
) -> Vec<u32> {
    let mut kept = columns.to_vec();
    for column in over {
        kept[*column as usize] = kept[*column as usize].saturating_sub(1);
    }
    let mut narrow = rows.clone();
    for (upper, (what, value)) in narrow.upper.iter_mut().zip(rows.what.iter().zip(&kept)) {
        match what {
            Column::In { window, .. } if give_up || closed.contains(window) => *upper = *value,
            Column::In { .. } | Column::Deferred { .. } | Column::Switch => {}
        }
    }
    let found = repaired(field, &narrow, filled(field, &narrow, &kept), keep, left_milliseconds);
    if engine::keeps(&narrow, &[], &found) {
        return found;
    }
    // Never seen. What has begun alone keeps every row, so rather that than a plan that breaks one.
    let begun = |column: usize| match rows.what[column] {
        Column::In { class, .. } => field.classes[class as usize].traits.begun_in.is_some(),
        Column::Deferred { .. } | Column::Switch => false,
    };
    let only_begun: Vec<u32> =
        kept.iter().enumerate().map(|(column, value)| if begun(column) { *value } else { 0 }).collect();
    narrow.upper.iter_mut().zip(&rows.what).zip(&only_begun).for_each(|((upper, what), value)| {
        if matches!(what, Column::In { .. }) {
            *upper = *value;
        }
    });
    filled(field, &narrow, &only_begun)
}

/// Devices change windows as long as that brings goals nearer to what they had to keep.
fn repaired(
    field: &Field<'_>,
    rows: &Rows,
    columns: Vec<u32>,
    keep: &[(Goal, u64)],
    left_milliseconds: &mut dyn FnMut() -> Option<u64>,
) -> Vec<u32> {
    if keep.iter().all(|(goal, most)| rows.value(*goal, &columns) <= *most) {
        return columns;
    }
    let mut tally = Tally::new(rows);
    (0u32..).zip(&columns).for_each(|(column, value)| tally.set(column, *value));
    Search::new(field, rows, Aimed::new(rows, keep, &[]), tally, left_milliseconds).run()
}

/// What is kept, less what waits for something that has left, and the rest placed.
fn filled(field: &Field<'_>, rows: &Rows, kept: &[u32]) -> Vec<u32> {
    let mut tally = Tally::new(rows);
    for ((column, value), what) in (0u32..).zip(kept).zip(&rows.what) {
        // A switch that nobody needs any more would keep windows closed to what comes before.
        if *what != Column::Switch {
            tally.set(column, *value);
        }
    }
    tally.settle();
    while withdraw(rows, &mut tally) {}
    greedy::fill(field, rows, &mut tally, Taste::Aims);
    tally.values().to_vec()
}

/// Where a ring or a device began after something that is not done any more, it has not begun: its switch goes off, and what stands
/// under the switch leaves its window. Says whether anything was changed.
fn withdraw(rows: &Rows, tally: &mut Tally<'_>) -> bool {
    let mut changed = false;
    // A ring's rows stand after those on which its switches rest.
    for (ix, row) in rows.rows.iter().enumerate().rev() {
        let ix = ix as u32;
        if !matches!(row.rule, Rule::Ring | Rule::Precedence) || tally.over(ix) <= 0 {
            continue;
        }
        let on = |want: bool| {
            let tally = &*tally;
            let terms = row.terms.iter().filter(move |(column, factor)| {
                *factor > 0
                    && tally.values()[*column as usize] > 0
                    && (rows.what[*column as usize] == Column::Switch) == want
            });
            terms.map(|term| term.0).collect::<Vec<u32>>()
        };
        let switches = on(true);
        let leave = if switches.is_empty() { on(false) } else { switches };
        for column in leave {
            tally.set(column, 0);
            changed = true;
        }
    }
    changed
}
