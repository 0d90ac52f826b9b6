//! A first plan without a solver: class by class, the hardest to place first, each device in the best window that still has room. Also
//! puts back what a window could not hold. Nothing here is proven.

use std::collections::BTreeSet;

use super::campaign::{Aim, Goal};
use super::field::Field;
use super::room;
use super::rows::{Column, Rows};
use super::tally::Tally;

/// In which order a class's windows are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taste {
    /// The earliest first.
    Early,
    /// As the aims say; those that others wait for the earliest first.
    Aims,
}

/// What becomes of what people were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It stays, as far as it can.
    Kept,
    /// It stays, but what others wait for goes first.
    AwaitedFirst,
    /// The same ring by ring: what cannot stay goes before those who wait for it turn up where they were.
    RingByRing,
    /// It counts for nothing.
    Forgotten,
}

/// The best of several first plans.
pub(super) fn first_plan(field: &Field<'_>, rows: &Rows) -> Vec<u32> {
    let aims = &field.campaign.aims;
    let empty = Tally::new(rows);
    let told = field.classes.iter().any(|class| class.traits.told.is_some());
    let tries = [
        (Taste::Aims, Told::Kept),
        (Taste::Early, Told::Kept),
        (Taste::Aims, Told::AwaitedFirst),
        (Taste::Aims, Told::RingByRing),
        (Taste::Aims, Told::Forgotten),
        (Taste::Early, Told::Forgotten),
    ];
    let tries = tries.into_iter().filter(|(_, as_told)| told || *as_told == Told::Forgotten);
    let plans = tries.map(|(taste, as_told)| {
        let mut tally = empty.clone();
        match as_told {
            Told::Forgotten => {}
            Told::Kept => keep_as_told(field, rows, &mut tally, |_| true),
            Told::AwaitedFirst => awaited_first(field, rows, &mut tally, |_| 0),
            Told::RingByRing => awaited_first(field, rows, &mut tally, |depth| depth),
        }
        fill(field, rows, &mut tally, taste);
        if as_told != Told::Forgotten {
            room::make_room(field, rows, &mut tally);
        }
        tally.values().to_vec()
    });
    // Of equal ones the first.
    plans.min_by_key(|columns| worth(rows, aims, columns)).unwrap_or_default()
}

/// Puts these classes where people were told that they are, as far as that still can be.
fn keep_as_told(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, which: impl Fn(u32) -> bool) {
    for ix in order(field, &waits(field)).into_iter().filter(|ix| which(*ix)) {
        let class = &field.classes[ix as usize];
        let window = class.traits.begun_in.or(class.traits.told.map(|told| told.0));
        if let Some(column) = window.and_then(|window| rows.column_of(ix, Some(window))) {
            tally.add_up_to(column, class.members.len() as u32);
        }
    }
}

/// What others wait for goes first, in turns: where it was, and what cannot stay there into the next window that takes it. What is not put off
/// by one night puts off nobody who waits for it. Then everything else where people were told that it is. `turn` says of how many others come
/// before it whose turn it is.
fn awaited_first(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, turn: impl Fn(u32) -> u32) {
    let waits = waits(field);
    let begun = |ix: u32| field.classes[ix as usize].traits.begun_in.is_some();
    let first = |ix: u32| waits[ix as usize].1 && !begun(ix);
    keep_as_told(field, rows, tally, begun);
    let turns: BTreeSet<u32> = waits.iter().filter(|wait| wait.1).map(|wait| turn(wait.0)).collect();
    for now in turns {
        let on_turn = |ix: u32| first(ix) && turn(waits[ix as usize].0) == now;
        keep_as_told(field, rows, tally, on_turn);
        let promised = |ix: u32| on_turn(ix) && field.classes[ix as usize].traits.told.is_some();
        for ix in order(field, &waits).into_iter().filter(|ix| promised(*ix)) {
            in_windows(field, rows, tally, ix, Taste::Early);
        }
    }
    keep_as_told(field, rows, tally, |ix| !first(ix) && !begun(ix));
}

/// Classes, those that are hard to place first, and none before what it waits for.
fn order(field: &Field<'_>, waits: &[(u32, bool)]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..field.classes.len() as u32).collect();
    order.sort_by_cached_key(|ix| {
        let class = &field.classes[*ix as usize];
        let (depth, awaited) = waits[*ix as usize];
        let risk = u64::MAX - u64::from(class.traits.risk_per_day);
        let begun = class.traits.begun_in.is_none();
        (begun, depth, !awaited, !class.traits.mandatory, class.options.len(), risk, *ix)
    });
    order
}

/// The goals' values in the order of the aims.
pub(super) fn worth(rows: &Rows, aims: &[Aim], columns: &[u32]) -> Vec<u64> {
    aims.iter().map(|aim| rows.value(aim.goal, columns)).collect()
}

/// Places all that is not placed yet.
pub(super) fn fill(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, taste: Taste) {
    let waits = waits(field);
    for ix in order(field, &waits) {
        let awaited = waits[ix as usize].1;
        let taste = if awaited { Taste::Early } else { taste };
        place(field, rows, tally, ix, taste);
    }
}

/// Places what is left of a class; the rest is deferred.
fn place(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, ix: u32, taste: Taste) {
    let left = in_windows(field, rows, tally, ix, taste);
    if let Some(deferred) = rows.of_class[ix as usize].clone().last() {
        tally.add_up_to(deferred, left);
    }
}

/// Places what is left of a class as far as windows have room; says how many have none.
fn in_windows(field: &Field<'_>, rows: &Rows, tally: &mut Tally<'_>, ix: u32, taste: Taste) -> u32 {
    let class = &field.classes[ix as usize];
    let columns = rows.of_class[ix as usize].clone();
    let placed: u32 = columns.clone().map(|column| tally.values()[column as usize]).sum();
    let mut left = class.members.len() as u32 - placed;
    let mut windows: Vec<u32> = columns.clone().take(class.options.len()).collect();
    let cost = |goal: Goal, column: u32| rows.costs.get(&goal).map_or(0, |costs| costs[column as usize]);
    match taste {
        // Options stand by their beginning.
        Taste::Early => {
            windows.sort_by_key(|column| (cost(Goal::ToldAgain, *column), *column));
        }
        Taste::Aims => windows.sort_by_cached_key(|column| {
            let aims = field.campaign.aims.iter().filter(|aim| aim.goal != Goal::Deferred);
            (aims.map(|aim| cost(aim.goal, *column)).collect::<Vec<i64>>(), *column)
        }),
    }
    for column in windows {
        if left == 0 {
            break;
        }
        left -= tally.add_up_to(column, left);
    }
    left
}

/// How many others come before each class, in rings and one after another; and whether others wait for it.
fn waits(field: &Field<'_>) -> Vec<(u32, bool)> {
    let campaign = field.campaign;
    let mut waits: Vec<(u32, bool)> = field
        .classes
        .iter()
        .map(|class| {
            let device = field.device(class);
            let ring = class.traits.ring;
            let last =
                campaign.rings.iter().filter(|known| known.bundle == device.bundle).map(|known| known.ring);
            (u32::from(ring.unwrap_or(0)), ring.is_some() && ring < last.max())
        })
        .collect();
    if campaign.precedences.is_empty() {
        return waits;
    }
    let index: std::collections::HashMap<_, _> =
        campaign.devices.iter().zip(&field.class_of).map(|(device, class)| (&device.tag, *class)).collect();
    let bonds: Vec<(u32, u32)> = campaign
        .precedences
        .iter()
        .filter_map(|bond| Some((*index.get(&bond.first)?, *index.get(&bond.then)?)))
        .collect();
    // Chains are short; one that runs in a circle stops here and is deferred.
    for _ in 0..32 {
        let mut changed = false;
        for (first, then) in &bonds {
            let depth = waits[*first as usize].0 + 1;
            waits[*first as usize].1 = true;
            if waits[*then as usize].0 < depth {
                waits[*then as usize].0 = depth;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    waits
}

/// Which class a column belongs to, and its window.
pub(super) fn in_window(rows: &Rows, column: u32) -> Option<(u32, u32)> {
    match rows.what[column as usize] {
        Column::In { class, window } => Some((class, window)),
        Column::Deferred { .. } | Column::Switch => None,
    }
}
