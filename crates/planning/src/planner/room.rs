//! Room for what must be done and people were told of: one device gives way to it and goes elsewhere. Nothing here is proven.

use super::campaign::Goal;
use super::field::Field;
use super::rows::{Column, Rows};
use super::tally::Tally;

/// Exchanges that are tried for a plan.
const TRIES_MAX: u32 = 200_000;

/// Places devices that are deferred although they must be done and people were told of them, each where one other can go elsewhere.
pub(super) fn make_room(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>) {
    let mut held: Vec<Vec<u32>> = vec![Vec::new(); field.campaign.windows.len()];
    for (what, column) in rows.what.iter().zip(0u32..) {
        if let Column::In { window, class } = what
            && tally.values()[column as usize] > 0
            && field.classes[*class as usize].traits.begun_in.is_none()
        {
            held[*window as usize].push(column);
        }
    }
    let told = |column: u32| rows.costs.get(&Goal::ToldAgain).map_or(0, |costs| costs[column as usize]);
    // Whose going elsewhere is told to the fewest people goes first.
    let more_told = |column: u32| match rows.what[column as usize] {
        Column::In { class, .. } => told(rows.of_class[class as usize].end - 1) - told(column),
        Column::Deferred { .. } | Column::Switch => 0,
    };
    held.iter_mut().for_each(|columns| columns.sort_by_key(|column| (more_told(*column), *column)));
    let mut tries = 0;
    for (class, columns) in field.classes.iter().zip(&rows.of_class) {
        let deferred = columns.end - 1;
        if class.traits.told.is_none() || !class.traits.mandatory {
            continue;
        }
        let mut windows: Vec<u32> = (columns.start..deferred).collect();
        windows.sort_by_key(|to| (told(*to), *to));
        for to in windows {
            while tally.values()[deferred as usize] > 0 && rows.upper[to as usize] > 0 {
                let Column::In { window, .. } = rows.what[to as usize] else { break };
                let others = &held[window as usize];
                if tries > TRIES_MAX || !gives_way(rows, tally, (deferred, to), others, &mut tries) {
                    break;
                }
            }
        }
    }
}

/// A device of one of `others` goes elsewhere, and one that is deferred takes its place; false where none can.
fn gives_way(
    rows: &Rows,
    tally: &mut Tally<'_>,
    (deferred, to): (u32, u32),
    others: &[u32],
    tries: &mut u32,
) -> bool {
    for other in others.iter().filter(|other| **other != to) {
        let Column::In { class, .. } = rows.what[*other as usize] else { continue };
        if tally.values()[*other as usize] == 0 {
            continue;
        }
        let columns = rows.of_class[class as usize].clone();
        for back in columns.start..columns.end - 1 {
            let is_open = back != *other && tally.values()[back as usize] < rows.upper[back as usize];
            *tries += u32::from(is_open);
            if is_open && tally.exchange(&[deferred, *other], &[to, back]) {
                if tally.values()[*other as usize] == 0 {
                    tally.turn_off(*other, &mut Vec::new());
                }
                return true;
            }
        }
    }
    false
}
