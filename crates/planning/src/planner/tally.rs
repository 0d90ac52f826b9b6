//! A solution that grows device by device: what each row holds already, and whether something more still fits. Switches are turned on
//! when a row needs it and nothing speaks against it.

use super::rows::{Column, Rows};
use super::rule::Rule;

/// Values of all columns, and what they fill.
#[derive(Clone)]
pub(super) struct Tally<'a> {
    rows: &'a Rows,
    /// Row and factor of each column, those of column c at `starts[c]..starts[c + 1]`.
    entries: std::sync::Arc<[(u32, i64)]>,
    starts: std::sync::Arc<[u32]>,
    value: Vec<u32>,
    filled: Vec<i64>,
    /// The row by which the last try failed.
    failed: Option<u32>,
    /// What was changed since the last success, to be taken back.
    changed: Vec<(u32, u32)>,
}

impl<'a> Tally<'a> {
    /// Nothing is placed yet.
    pub(super) fn new(rows: &'a Rows) -> Tally<'a> {
        let count = rows.upper.len();
        let mut starts = vec![0u32; count + 1];
        for (column, _) in rows.rows.iter().flat_map(|row| &row.terms) {
            starts[*column as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); starts[count] as usize];
        for (row, ix) in rows.rows.iter().zip(0u32..) {
            for (column, factor) in &row.terms {
                let at = &mut next[*column as usize];
                entries[*at as usize] = (ix, *factor);
                *at += 1;
            }
        }
        let filled = vec![0; rows.rows.len()];
        let (entries, starts) = (entries.into(), starts.into());
        Tally { rows, entries, starts, value: vec![0; count], filled, failed: None, changed: Vec::new() }
    }

    /// The values so far.
    pub(super) fn values(&self) -> &[u32] {
        &self.value
    }

    fn entries(&self, column: u32) -> std::ops::Range<usize> {
        self.starts[column as usize] as usize..self.starts[column as usize + 1] as usize
    }

    /// Sets a column without asking whether it fits: for what stands already.
    pub(super) fn set(&mut self, column: u32, value: u32) {
        let before = std::mem::replace(&mut self.value[column as usize], value);
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            self.filled[row as usize] += factor * (i64::from(value) - i64::from(before));
        }
    }

    /// Turns on the switches that what was set needs, and those that these need.
    pub(super) fn settle(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            // A switch's own needs stand in the rows before.
            for row in (0..self.rows.rows.len() as u32).rev() {
                while self.over(row) > 0 {
                    let Some(switch) = self.switch_of(row) else { break };
                    self.set(switch, 1);
                    changed = true;
                }
            }
        }
    }

    /// How much more than it may a row holds; 0 and less for one that is kept.
    pub(super) fn over(&self, row: u32) -> i64 {
        self.filled[row as usize] - self.rows.rows[row as usize].most
    }

    /// Adds as many as fit, at most `wanted`; returns how many.
    pub(super) fn add_up_to(&mut self, column: u32, wanted: u32) -> u32 {
        let mut count = wanted.min(self.rows.upper[column as usize] - self.value[column as usize]);
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            // Where a switch may help the try itself says whether it does.
            if factor > 0 && self.switch_of(row).is_none() {
                let left = self.rows.rows[row as usize].most - self.filled[row as usize];
                count = count.min(u32::try_from((left / factor).max(0)).unwrap_or(u32::MAX));
            }
        }
        while count > 0 {
            if self.try_add(column, count) {
                return count;
            }
            count /= 2;
        }
        0
    }

    /// Takes one device out of each of these columns and puts one into each of those; false, and nothing is changed, where that breaks a row.
    pub(super) fn exchange(&mut self, out: &[u32], into: &[u32]) -> bool {
        out.iter().for_each(|column| self.take(*column, 1));
        self.changed.clear();
        let fits = into.iter().all(|column| self.fits_one(*column) && self.put(*column, 1));
        if fits && out.iter().all(|column| self.is_spared(*column)) {
            return true;
        }
        self.take_back();
        out.iter().for_each(|column| self.set(*column, self.value[*column as usize] + 1));
        false
    }

    /// What the last exchange changed beside what it was asked to: the switches that it turned on.
    pub(super) fn switched_on(&self) -> impl Iterator<Item = u32> + '_ {
        let changed = self.changed.iter().map(|(column, _)| *column);
        changed.filter(|column| self.rows.what[*column as usize] == Column::Switch)
    }

    /// Undoes the last exchange.
    pub(super) fn undo(&mut self, out: &[u32]) {
        self.take_back();
        out.iter().for_each(|column| self.set(*column, self.value[*column as usize] + 1));
    }

    /// No row needs one more of a column that one was taken out of.
    fn is_spared(&self, column: u32) -> bool {
        self.entries(column).all(|at| self.entries[at].1 >= 0 || self.over(self.entries[at].0) <= 0)
    }

    fn fits_one(&self, column: u32) -> bool {
        self.value[column as usize] < self.rows.upper[column as usize]
    }

    fn take_back(&mut self) {
        while let Some((column, count)) = self.changed.pop() {
            self.take(column, count);
        }
    }

    /// The rule by which one more does not fit; `None` when it does. Nothing is changed.
    pub(super) fn obstacle(&mut self, column: u32) -> Option<Rule> {
        if self.value[column as usize] >= self.rows.upper[column as usize] {
            return Some(self.closed_by(column));
        }
        if !self.try_add(column, 1) {
            return self.failed.and_then(|row| self.rows.rows.get(row as usize)).map(|row| row.rule);
        }
        self.take_back();
        None
    }

    /// The rule by which a column is closed: what has begun closes windows to what comes before it, and to what it shares them with.
    fn closed_by(&self, column: u32) -> Rule {
        self.rows.closed.get(&column).copied().unwrap_or(Rule::EachOnce)
    }

    /// Takes some away again. Switches stay as they are: they only ever allow.
    pub(super) fn take(&mut self, column: u32, count: u32) {
        self.value[column as usize] -= count;
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            self.filled[row as usize] -= factor * i64::from(count);
        }
    }

    /// Turns off the switches that an empty column needed and that nothing else does, and those that these needed.
    pub(super) fn turn_off(&mut self, column: u32, off: &mut Vec<u32>) {
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            if factor <= 0 {
                continue;
            }
            let on = |(column, factor): &&(u32, i64)| {
                *factor < 0
                    && self.rows.what[*column as usize] == Column::Switch
                    && self.value[*column as usize] > 0
            };
            let Some((switch, _)) = self.rows.rows[row as usize].terms.iter().find(on).copied() else {
                continue;
            };
            self.take(switch, 1);
            let over = self.entries(switch).any(|at| {
                let (row, factor) = self.entries[at];
                factor < 0 && self.over(row) > 0
            });
            if over {
                self.set(switch, self.value[switch as usize] + 1);
            } else {
                off.push(switch);
                self.turn_off(switch, off);
            }
        }
    }

    /// A switch that is off and that would make room in a row.
    fn switch_of(&self, row: u32) -> Option<u32> {
        let helps = |(column, factor): &&(u32, i64)| {
            *factor < 0
                && self.rows.what[*column as usize] == Column::Switch
                && self.value[*column as usize] == 0
        };
        self.rows.rows[row as usize].terms.iter().rev().find(helps).map(|term| term.0)
    }

    fn try_add(&mut self, column: u32, count: u32) -> bool {
        self.changed.clear();
        if self.put(column, count) {
            return true;
        }
        self.take_back();
        false
    }

    fn put(&mut self, column: u32, count: u32) -> bool {
        self.changed.push((column, count));
        self.value[column as usize] += count;
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            self.filled[row as usize] += factor * i64::from(count);
        }
        for at in self.entries(column) {
            let (row, factor) = self.entries[at];
            if factor <= 0 {
                continue;
            }
            while self.filled[row as usize] > self.rows.rows[row as usize].most {
                let Some(switch) = self.switch_of(row) else {
                    self.failed = Some(row);
                    return false;
                };
                if !self.put(switch, 1) {
                    return false;
                }
            }
        }
        true
    }
}
