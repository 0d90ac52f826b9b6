//! The matrix: devices, grouped, against vulnerabilities, in rank order (R100, R101). Every count is whole, totals add up
//! exactly, and what is undecided or unranked is counted, never left out. No words and no addresses here: pages do that.

mod columns;
mod counts;
mod filter;
mod pairs;
mod rows;
mod selection;

use exposure::rank::Tier;
use exposure::{GapKind, Verdict};
use hashbrown::HashMap;

use crate::state::State;

pub use columns::{Column, TierTotal, ranked_columns};
pub use counts::Counts;
pub use filter::Filter;
pub use pairs::{Pair, PairOrder, PairPage, gaps, pairs, said, unmatched};

use columns::{Place, column, places, tiers};
use pairs::gaps_of;
use rows::rows;
use selection::Selection;

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
    /// All columns, by the rule that ranked them.
    pub tiers: [TierTotal; 4],
    /// Shown rows, most affected pairs first.
    pub rows: Vec<MatrixRow>,
    /// How many rows there are.
    pub rows_total: usize,
    /// Devices that pass.
    pub devices: u64,
    /// Devices that pass and of which no advisory speaks: nothing is known of them, which is not the same as safe.
    pub devices_unmatched: u64,
    /// Over everything that passes.
    pub totals: Counts,
    /// What the undecided pairs wait for, most first; they add up to all undecided pairs.
    pub gaps: Vec<(Option<GapKind>, u64)>,
}

/// Works out the matrix.
pub fn matrix(state: &State, by: GroupBy, filter: &Filter, window: Window) -> Matrix {
    let selection = Selection::of(state, filter);
    let places = places(&selection, filter);
    let tiers = tiers(&places);
    let (mut totals, mut devices, mut devices_unmatched) = (Counts::default(), 0, 0);
    for (_, group) in selection.chosen() {
        devices += group.devices;
        devices_unmatched += if group.view.pairs.is_empty() { group.devices } else { 0 };
        totals.plus(&group.totals, group.devices);
    }
    let shown: Vec<&Place> = places.iter().skip(window.column).take(window.columns_max).collect();
    let position: HashMap<u32, usize> =
        (0usize..).zip(&shown).map(|(at, place)| (place.vulnerability, at)).collect();
    let (rows_total, rows) = rows(&selection, by, window.row, window.rows_max);
    let mut cells_of: HashMap<usize, Vec<(usize, Verdict)>> = HashMap::new();
    let rows = rows.into_iter().map(|row| {
        let mut cells = vec![Counts::default(); shown.len()];
        for (group, devices) in &row.members {
            let known = cells_of.entry(*group).or_insert_with(|| {
                let pairs = selection.pairs(*group);
                pairs
                    .filter_map(|(vulnerability, verdict)| Some((*position.get(&vulnerability)?, verdict)))
                    .collect()
            });
            for (at, verdict) in known {
                if let Some(cell) = cells.get_mut(*at) {
                    cell.add(*verdict, *devices);
                }
            }
        }
        MatrixRow {
            name: row.name.into(),
            maker: row.maker.into(),
            devices: row.devices,
            cells,
            totals: row.totals,
        }
    });
    Matrix {
        rows: rows.collect(),
        columns: shown.into_iter().map(|place| column(state, place)).collect(),
        columns_total: places.len(),
        unranked: places.iter().filter(|place| place.rank.tier() == Tier::Unranked).count(),
        tiers,
        rows_total,
        devices,
        devices_unmatched,
        totals,
        gaps: gaps_of(&selection),
    }
}

/// The whole matrix, cell by cell; empty cells are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    /// Every column, in rank order.
    pub columns: Vec<Column>,
    /// Every row, in order, without its cells.
    pub rows: Vec<MatrixRow>,
    /// (row, column, counts), by row, then by column.
    pub cells: Vec<(u32, u32, Counts)>,
    /// How many cells there are; more than `cells` holds when they were too many.
    pub cells_total: u64,
}

/// Works out the whole matrix, for a file. Beyond `cells_max` cells nothing is kept but their number.
pub fn whole(state: &State, by: GroupBy, filter: &Filter, cells_max: usize) -> Whole {
    let selection = Selection::of(state, filter);
    let places = places(&selection, filter);
    let position: HashMap<u32, u32> =
        (0u32..).zip(&places).map(|(at, place)| (place.vulnerability, at)).collect();
    let mut whole =
        Whole { columns: places.iter().map(|place| column(state, place)).collect(), ..Whole::default() };
    let mut cells: HashMap<u32, Counts> = HashMap::new();
    for (at, row) in (0u32..).zip(rows(&selection, by, 0, usize::MAX).1) {
        for (group, devices) in &row.members {
            for (vulnerability, verdict) in selection.pairs(*group) {
                if let Some(column) = position.get(&vulnerability) {
                    cells.entry(*column).or_default().add(verdict, *devices);
                }
            }
        }
        whole.cells_total += cells.len() as u64;
        if whole.cells_total <= cells_max as u64 {
            let mut of_row: Vec<(u32, u32, Counts)> =
                cells.iter().map(|(column, counts)| (at, *column, *counts)).collect();
            of_row.sort_unstable_by_key(|(_, column, _)| *column);
            whole.cells.extend(of_row);
        }
        cells.clear();
        let (name, maker) = (row.name.into(), row.maker.into());
        whole.rows.push(MatrixRow {
            name,
            maker,
            devices: row.devices,
            cells: Vec::new(),
            totals: row.totals,
        });
    }
    whole
}
