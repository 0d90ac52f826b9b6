//! Columns of the register for questions about all of its devices at once: made when first asked for, dropped with the
//! next change. Nothing here is stored.

use super::{Register, Sym};
use exposure::matcher::DeviceIx;

/// Stands before each asset tag, between tag and serial number, and behind: no text of a device holds it.
const BORDER: char = '\u{1}';

/// What every row holds, column by column.
#[derive(Default)]
pub(crate) struct Index {
    /// Asset tags and serial numbers in lower case, one behind the other.
    tags: String,
    /// Where each row's part of `tags` ends.
    ends: Vec<usize>,
    units: Vec<Sym>,
    sites: Vec<Sym>,
    makers: Vec<Sym>,
    retired: Vec<bool>,
}

/// A text that many devices share, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Care unit.
    Unit,
    /// Site.
    Site,
    /// Maker.
    Maker,
}

impl Register {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index::default();
            for row in &self.rows {
                index.tags.push(BORDER);
                index.tags.push_str(&row.tag.to_lowercase());
                index.tags.push(BORDER);
                index.tags.push_str(&row.serial_number.as_deref().unwrap_or("").to_lowercase());
                index.ends.push(index.tags.len());
                index.units.push(row.unit);
                index.sites.push(row.site);
                index.makers.push(row.manufacturer);
                index.retired.push(row.retired);
            }
            index
        })
    }

    fn column(&self, of: Shared) -> &[Sym] {
        let index = self.index();
        match of {
            Shared::Unit => &index.units,
            Shared::Site => &index.sites,
            Shared::Maker => &index.makers,
        }
    }

    /// Rows whose asset tag or serial number holds `lower`, which is in lower case and not empty.
    pub(crate) fn rows_holding(&self, lower: &str) -> Vec<bool> {
        let index = self.index();
        let mut found = vec![false; self.rows.len()];
        if lower.contains(BORDER) {
            return found;
        }
        let mut row = 0;
        for (at, _) in index.tags.match_indices(lower) {
            // Places come in order, so the rows do.
            row += index.ends.get(row..).map_or(0, |ends| ends.partition_point(|end| *end <= at));
            if let Some(found) = found.get_mut(row) {
                *found = true;
            }
        }
        found
    }

    /// The number of each row's shared text: equal numbers are equal texts; 0 is *not recorded*.
    pub(crate) fn shared(&self, of: Shared) -> impl ExactSizeIterator<Item = u32> {
        self.column(of).iter().map(|sym| sym.0)
    }

    /// The number of a text; `None` when no device has it.
    pub(crate) fn number_of(&self, text: &str) -> Option<u32> {
        if text.is_empty() { Some(0) } else { self.texts.find(text).map(|sym| sym.0) }
    }

    /// The text of a number; empty for *not recorded*.
    pub(crate) fn text_of(&self, number: u32) -> &str {
        self.texts.get(Sym(number)).unwrap_or("")
    }

    /// One more than the greatest number of a shared text.
    pub(crate) fn numbers_len(&self) -> usize {
        self.texts.list.len() + 1
    }

    /// Every unit, site or maker that a device of the register has, in order; empty for *not recorded*.
    pub fn distinct(&self, of: Shared) -> Vec<&str> {
        let mut seen = vec![false; self.numbers_len()];
        let retired = &self.index().retired;
        for (sym, retired) in self.column(of).iter().zip(retired) {
            if let Some(seen) = seen.get_mut(sym.0 as usize).filter(|_| !*retired) {
                *seen = true;
            }
        }
        let numbers = (0u32..).zip(seen).filter(|(_, seen)| *seen).map(|(number, _)| self.text_of(number));
        let mut texts: Vec<&str> = numbers.collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    /// Rows of the register, from the first to the last, retired ones among them.
    pub(crate) fn row_numbers(&self) -> std::ops::Range<DeviceIx> {
        0..DeviceIx::try_from(self.rows.len()).unwrap_or(DeviceIx::MAX)
    }
}
