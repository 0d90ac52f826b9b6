//! The matrix: devices, grouped, against vulnerabilities, in rank order (R100, R101). Every count is whole, totals add up
//! exactly, and what is undecided or unranked is counted, never left out.

use std::collections::HashMap;

use exposure::Verdict;
use exposure::matcher::{GroupView, VulnerabilityIx};
use exposure::rank::{Rank, Tier, rank};

use crate::register::DeviceView;
use crate::state::State;

/// What the rows of the matrix are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupBy {
    /// Maker and model.
    #[default]
    Model,
    /// Maker.
    Maker,
    /// Care unit.
    Unit,
    /// Single devices.
    Device,
}

impl GroupBy {
    /// Every grouping.
    pub const ALL: [GroupBy; 4] = [GroupBy::Model, GroupBy::Maker, GroupBy::Unit, GroupBy::Device];

    /// The word in a URL.
    pub fn word(self) -> &'static str {
        match self {
            GroupBy::Model => "model",
            GroupBy::Maker => "maker",
            GroupBy::Unit => "unit",
            GroupBy::Device => "device",
        }
    }

    /// From the word in a URL.
    pub fn from_word(word: &str) -> Option<GroupBy> {
        GroupBy::ALL.into_iter().find(|group| group.word() == word)
    }
}

/// Which devices and vulnerabilities to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of asset tag, maker, model, version, unit or serial number; in any case.
    pub text: Option<String>,
    /// Care unit, exactly.
    pub unit: Option<String>,
    /// Site, exactly.
    pub site: Option<String>,
    /// Maker, exactly.
    pub maker: Option<String>,
    /// Model, exactly.
    pub model: Option<String>,
    /// Part of the vulnerability's name.
    pub vulnerability: Option<String>,
}

impl Filter {
    /// Lets every device through.
    pub fn all_devices(&self) -> bool {
        self.text.is_none() && self.unit.is_none() && self.site.is_none() && self.maker.is_none() && self.model.is_none()
    }

    /// Does a device pass?
    pub fn passes(&self, device: &DeviceView<'_>) -> bool {
        let is = |wanted: &Option<String>, got: Option<&str>| wanted.as_deref().is_none_or(|wanted| got.unwrap_or("") == wanted);
        is(&self.unit, device.unit())
            && is(&self.site, device.site())
            && is(&self.maker, Some(device.manufacturer()))
            && is(&self.model, Some(device.model()))
            && self.text.as_deref().is_none_or(|text| contains_text(device, text))
    }
}

fn contains_text(device: &DeviceView<'_>, text: &str) -> bool {
    let text = text.to_lowercase();
    [
        Some(device.asset_tag()),
        Some(device.manufacturer()),
        Some(device.model()),
        device.software_version(),
        device.unit(),
        device.serial_number(),
    ]
    .into_iter()
    .flatten()
    .any(|field| field.to_lowercase().contains(&text))
}

/// Device × vulnerability pairs by verdict; the four add up to all pairs that any advisory speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Affected.
    pub affected: u64,
    /// Undecided.
    pub undecided: u64,
    /// Fixed.
    pub fixed: u64,
    /// Not affected.
    pub not_affected: u64,
}

impl Counts {
    /// Adds `devices` pairs of one verdict.
    pub fn add(&mut self, verdict: Verdict, devices: u64) {
        *match verdict {
            Verdict::Affected => &mut self.affected,
            Verdict::Undecided => &mut self.undecided,
            Verdict::Fixed => &mut self.fixed,
            Verdict::NotAffected => &mut self.not_affected,
        } += devices;
    }

    /// How many of one verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Affected => self.affected,
            Verdict::Undecided => self.undecided,
            Verdict::Fixed => self.fixed,
            Verdict::NotAffected => self.not_affected,
        }
    }

    /// Affected or undecided.
    pub fn open(&self) -> u64 {
        self.affected + self.undecided
    }

    /// All pairs.
    pub fn all(&self) -> u64 {
        self.open() + self.fixed + self.not_affected
    }

    /// The worst verdict among them.
    pub fn worst(&self) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| self.of(*verdict) > 0)
    }

    fn plus(&mut self, other: &Counts, times: u64) {
        for verdict in Verdict::ALL {
            self.add(verdict, other.of(verdict) * times);
        }
    }
}

/// A vulnerability as a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its number.
    pub vulnerability: VulnerabilityIx,
    /// Its name.
    pub name: Box<str>,
    /// Its place in the order, and the rule that put it there.
    pub rank: Rank,
    /// Over all devices that pass.
    pub counts: Counts,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// What it stands for: model, maker, unit or asset tag; empty when not recorded.
    pub name: Box<str>,
    /// For models, the maker.
    pub maker: Box<str>,
    /// Devices in it.
    pub devices: u64,
    /// One per shown column.
    pub cells: Vec<Counts>,
    /// Over every column, shown or not.
    pub totals: Counts,
}

/// Which part of the matrix to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First row.
    pub row: usize,
    /// Rows at most.
    pub rows_max: usize,
    /// First column.
    pub column: usize,
    /// Columns at most.
    pub columns_max: usize,
}

/// The part of the matrix that was asked for, with totals over all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Shown columns, in rank order.
    pub columns: Vec<Column>,
    /// How many columns there are.
    pub columns_total: usize,
    /// How many of them are unranked.
    pub unranked: usize,
    /// Shown rows, most open pairs first.
    pub rows: Vec<MatrixRow>,
    /// How many rows there are.
    pub rows_total: usize,
    /// Devices that pass.
    pub devices: u64,
    /// Devices that pass and of which no advisory speaks: nothing is known of them, which is not the same as safe.
    pub devices_unmatched: u64,
    /// Over everything that passes.
    pub totals: Counts,
}

/// What one group contributes, worked out once.
struct Contribution {
    totals: Counts,
    cells: Vec<(usize, Verdict)>,
}

/// Works out the matrix.
pub fn matrix(state: &State, by: GroupBy, filter: &Filter, window: Window) -> Matrix {
    let columns = ranked_columns(state, filter);
    let columns_total = columns.len();
    let unranked = columns.iter().filter(|column| column.rank.tier() == Tier::Unranked).count();
    let included: Option<Vec<bool>> = filter.vulnerability.as_ref().map(|_| {
        let mut included = vec![false; state.matcher().vulnerabilities_len()];
        columns.iter().filter_map(|column| usize::try_from(column.vulnerability).ok()).for_each(|at| {
            if let Some(slot) = included.get_mut(at) {
                *slot = true;
            }
        });
        included
    });
    let columns: Vec<Column> = columns.into_iter().skip(window.column).take(window.columns_max).collect();
    let position: HashMap<VulnerabilityIx, usize> =
        columns.iter().enumerate().map(|(at, column)| (column.vulnerability, at)).collect();

    let mut rows: HashMap<(&str, &str), MatrixRow> = HashMap::new();
    let mut totals = Counts::default();
    let (mut devices, mut devices_unmatched) = (0, 0);
    for group in state.matcher().groups() {
        let mut contribution: Option<Contribution> = None;
        for_each_row(state, by, filter, &group, |key, count| {
            let contribution = contribution.get_or_insert_with(|| contribution_of(&group, &position, included.as_deref()));
            devices += count;
            devices_unmatched += if group.pairs.is_empty() { count } else { 0 };
            totals.plus(&contribution.totals, count);
            let row = rows.entry(key).or_insert_with(|| MatrixRow {
                name: key.1.into(),
                maker: key.0.into(),
                devices: 0,
                cells: vec![Counts::default(); columns.len()],
                totals: Counts::default(),
            });
            row.devices += count;
            row.totals.plus(&contribution.totals, count);
            for (at, verdict) in &contribution.cells {
                if let Some(cell) = row.cells.get_mut(*at) {
                    cell.add(*verdict, count);
                }
            }
        });
    }
    let mut rows: Vec<MatrixRow> = rows.into_values().collect();
    let rows_total = rows.len();
    let key = |row: &MatrixRow| (std::cmp::Reverse(row.totals.affected), std::cmp::Reverse(row.totals.undecided));
    rows.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then_with(|| (&a.maker, &a.name).cmp(&(&b.maker, &b.name))));
    let rows = rows.into_iter().skip(window.row).take(window.rows_max).collect();
    Matrix { columns, columns_total, unranked, rows, rows_total, devices, devices_unmatched, totals }
}

fn contribution_of(
    group: &GroupView<'_>,
    position: &HashMap<VulnerabilityIx, usize>,
    included: Option<&[bool]>,
) -> Contribution {
    let mut contribution = Contribution { totals: Counts::default(), cells: Vec::new() };
    for (vulnerability, verdict) in group.pairs {
        if included.is_some_and(|included| !included.get(*vulnerability as usize).copied().unwrap_or(false)) {
            continue;
        }
        contribution.totals.add(*verdict, 1);
        if let Some(at) = position.get(vulnerability) {
            contribution.cells.push((*at, *verdict));
        }
    }
    contribution
}

/// Calls `each` with a row's key and how many of the group's devices that pass belong to it.
fn for_each_row<'s>(
    state: &'s State,
    by: GroupBy,
    filter: &Filter,
    group: &GroupView<'s>,
    mut each: impl FnMut((&'s str, &'s str), u64),
) {
    if filter.all_devices() && matches!(by, GroupBy::Model | GroupBy::Maker) {
        let name = if by == GroupBy::Model { group.model } else { group.manufacturer };
        return each((if by == GroupBy::Model { group.manufacturer } else { "" }, name), group.devices.len());
    }
    let mut counts: HashMap<(&'s str, &'s str), u64> = HashMap::new();
    for device in group.devices.iter().filter_map(|ix| state.register().get(ix)).filter(|device| filter.passes(device)) {
        let key = match by {
            GroupBy::Model => (device.manufacturer(), device.model()),
            GroupBy::Maker => ("", device.manufacturer()),
            GroupBy::Unit => ("", device.unit().unwrap_or("")),
            GroupBy::Device => ("", device.asset_tag()),
        };
        *counts.entry(key).or_default() += 1;
    }
    for (key, count) in counts {
        each(key, count);
    }
}

/// Every vulnerability of which an advisory says something about a device that passes, in rank order.
pub fn ranked_columns(state: &State, filter: &Filter) -> Vec<Column> {
    let matcher = state.matcher();
    let mut counts = vec![Counts::default(); matcher.vulnerabilities_len()];
    for group in matcher.groups() {
        let devices = if filter.all_devices() {
            group.devices.len()
        } else {
            let passing = group.devices.iter().filter_map(|ix| state.register().get(ix));
            passing.filter(|device| filter.passes(device)).count() as u64
        };
        if devices == 0 {
            continue;
        }
        for (vulnerability, verdict) in group.pairs {
            if let Some(counts) = counts.get_mut(*vulnerability as usize) {
                counts.add(*verdict, devices);
            }
        }
    }
    let wanted = filter.vulnerability.as_deref().map(str::to_lowercase);
    let mut columns: Vec<Column> = (0u32..)
        .zip(counts)
        .filter(|(_, counts)| counts.all() > 0)
        .map(|(vulnerability, counts)| (vulnerability, matcher.vulnerability_name(vulnerability), counts))
        .filter(|(_, name, _)| wanted.as_deref().is_none_or(|wanted| name.to_lowercase().contains(wanted)))
        .map(|(vulnerability, name, counts)| {
            let inputs = state.threats().inputs(name, matcher.base_tenths(vulnerability));
            Column { vulnerability, name: name.into(), rank: rank(&inputs, counts.open()), counts }
        })
        .collect();
    // What nobody is open to comes after everything that somebody is.
    columns.sort_by(|a, b| {
        let key = |column: &Column| (column.counts.open() == 0, column.rank);
        key(a).cmp(&key(b)).then_with(|| b.name.cmp(&a.name))
    });
    columns
}
