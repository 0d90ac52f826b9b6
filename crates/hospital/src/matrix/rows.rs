//! The rows: groups of devices added up by model, maker or unit, or single devices; most open pairs first.

use std::cmp::Reverse;

use exposure::matcher::DeviceIx;
use hashbrown::HashMap;

use super::GroupBy;
use super::counts::Counts;
use super::selection::Selection;
use crate::register::Shared;

/// A row before its cells are worked out.
pub(super) struct Row<'s> {
    pub(super) maker: &'s str,
    pub(super) name: &'s str,
    pub(super) devices: u64,
    pub(super) totals: Counts,
    /// Groups in it, with how many of their devices.
    pub(super) members: Vec<(usize, u64)>,
}

impl<'s> Row<'s> {
    fn new((maker, name): (&'s str, &'s str)) -> Row<'s> {
        Row { maker, name, devices: 0, totals: Counts::default(), members: Vec::new() }
    }
}

/// Worst first: most affected, then most undecided.
type Order = (Reverse<u64>, Reverse<u64>);

fn order(totals: &Counts) -> Order {
    (Reverse(totals.affected), Reverse(totals.undecided))
}

/// How many rows there are, and those from `first` on, `rows_max` at most.
pub(super) fn rows<'s>(
    selection: &Selection<'s>,
    by: GroupBy,
    first: usize,
    rows_max: usize,
) -> (usize, Vec<Row<'s>>) {
    let mut rows = match by {
        GroupBy::Model => of_groups(selection, |maker, model| (maker, model)),
        GroupBy::Maker => of_groups(selection, |maker, _| ("", maker)),
        GroupBy::Unit => of_units(selection),
        GroupBy::Device => return of_devices(selection, first, rows_max),
    };
    let total = rows.len();
    let worst_first = |a: &Row<'_>, b: &Row<'_>| {
        order(&a.totals).cmp(&order(&b.totals)).then_with(|| (a.maker, a.name).cmp(&(b.maker, b.name)))
    };
    // Only the rows up to the last one shown are put in order.
    let end = first.saturating_add(rows_max);
    if end < total {
        rows.select_nth_unstable_by(end, worst_first);
        rows.truncate(end);
    }
    rows.sort_unstable_by(worst_first);
    (total, rows.into_iter().skip(first).collect())
}

fn put(row: &mut Row<'_>, selection: &Selection<'_>, group: usize, devices: u64) {
    let Some(known) = selection.groups.get(group) else { return };
    row.devices += devices;
    row.totals.plus(&known.totals, devices);
    row.members.push((group, devices));
}

fn of_groups<'s>(
    selection: &Selection<'s>,
    key: impl Fn(&'s str, &'s str) -> (&'s str, &'s str),
) -> Vec<Row<'s>> {
    let mut rows: Vec<Row<'s>> = Vec::new();
    let mut of_text: HashMap<(&'s str, &'s str), usize> = HashMap::new();
    // Groups of one name hold the very same texts: where these lie is quicker to compare than what they say.
    let mut of_place: HashMap<(*const u8, *const u8), usize> = HashMap::new();
    for (at, group) in selection.chosen() {
        let (maker, model) = (group.view.manufacturer, group.view.model);
        let row = *of_place.entry((maker.as_ptr(), model.as_ptr())).or_insert_with(|| {
            let key = key(maker, model);
            *of_text.entry(key).or_insert_with(|| {
                rows.push(Row::new(key));
                rows.len() - 1
            })
        });
        if let Some(row) = rows.get_mut(row) {
            put(row, selection, at, group.devices);
        }
    }
    rows
}

fn of_units<'s>(selection: &Selection<'s>) -> Vec<Row<'s>> {
    let register = selection.state.register();
    let mut row_of: Vec<usize> = vec![usize::MAX; register.numbers_len()];
    let mut rows: Vec<Row<'s>> = Vec::new();
    let mut counts: HashMap<(usize, usize), u64> = HashMap::new();
    for (ix, unit) in register.row_numbers().zip(register.shared(Shared::Unit)) {
        let Some(group) = selection.group_of(ix) else { continue };
        let Some(row) = row_of.get_mut(unit as usize) else { continue };
        if *row == usize::MAX {
            *row = rows.len();
            rows.push(Row::new(("", register.text_of(unit))));
        }
        *counts.entry((*row, group)).or_default() += 1;
    }
    for ((row, group), devices) in counts {
        if let Some(row) = rows.get_mut(row) {
            put(row, selection, group, devices);
        }
    }
    rows
}

/// Devices with equal totals stand together; only the ones that are shown are put in order.
fn of_devices<'s>(selection: &Selection<'s>, first: usize, rows_max: usize) -> (usize, Vec<Row<'s>>) {
    let mut classes: HashMap<Order, (Vec<usize>, u64)> = HashMap::new();
    for (at, group) in selection.chosen() {
        let class = classes.entry(order(&group.totals)).or_default();
        class.0.push(at);
        class.1 += group.devices;
    }
    let mut classes: Vec<(Order, (Vec<usize>, u64))> = classes.into_iter().collect();
    classes.sort_unstable_by_key(|(order, _)| *order);
    let total: u64 = classes.iter().map(|(_, (_, devices))| *devices).sum();
    let (mut skip, mut rows) = (first, Vec::new());
    for (_, (groups, devices)) in classes {
        let devices = usize::try_from(devices).unwrap_or(usize::MAX);
        if skip >= devices {
            skip -= devices;
            continue;
        }
        for device in by_tag(selection, &groups, devices, skip, rows_max - rows.len()) {
            let Some((view, group)) = selection.state.register().get(device).zip(selection.group_of(device))
            else {
                continue;
            };
            let mut row = Row::new(("", view.asset_tag()));
            put(&mut row, selection, group, 1);
            rows.push(row);
        }
        skip = 0;
        if rows.len() >= rows_max {
            break;
        }
    }
    (usize::try_from(total).unwrap_or(usize::MAX), rows)
}

/// Devices more than which it is quicker to walk the whole register than to put them in order.
const SORTED_MAX_DEVICES: usize = 2_000;

/// The devices of some groups that pass, in order of asset tag: those from `skip` on, `most` at most, of `devices`.
pub(super) fn by_tag(
    selection: &Selection<'_>,
    groups: &[usize],
    devices: usize,
    skip: usize,
    most: usize,
) -> Vec<DeviceIx> {
    let register = selection.state.register();
    if devices <= SORTED_MAX_DEVICES {
        let all = groups.iter().flat_map(|group| selection.devices(*group));
        let mut all: Vec<(&str, DeviceIx)> =
            all.filter_map(|ix| register.get(ix).map(|device| (device.asset_tag(), ix))).collect();
        all.sort_unstable();
        return all.into_iter().map(|(_, ix)| ix).skip(skip).take(most).collect();
    }
    let mut wanted = vec![false; selection.groups.len()];
    for group in groups {
        if let Some(flag) = wanted.get_mut(*group) {
            *flag = true;
        }
    }
    let is_wanted =
        |ix: &DeviceIx| selection.group_of(*ix).and_then(|group| wanted.get(group)).copied().unwrap_or(false);
    register.order().iter().copied().filter(is_wanted).skip(skip).take(most).collect()
}
