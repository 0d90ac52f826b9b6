//! A table: a header row and the rows below it, read one at a time. What its columns mean is the mapping's business.

use crate::Refused;
use crate::csv::Records;
use crate::xlsx::Grid;
use model::Finding;
use std::borrow::Cow;

/// A device list that could be opened: its header is known, its rows are still to be read.
#[derive(Debug)]
pub struct Table {
    pub(crate) source: Box<str>,
    pub(crate) header: Vec<Box<str>>,
    pub(crate) header_row: u64,
    /// Cells of the header row, those without a name at its end included.
    pub(crate) header_cells: usize,
    pub(crate) notes: Vec<Finding>,
    pub(crate) data: Data,
}

#[derive(Debug)]
pub(crate) enum Data {
    Text { text: String, delimiter: u8 },
    Sheet(Grid),
}

impl Table {
    /// The file, as the person named it.
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The column names, trimmed; a column without a name is empty.
    pub fn header(&self) -> &[Box<str>] {
        &self.header
    }
    /// The row, from 1, in which the column names stand.
    pub fn header_row(&self) -> u64 {
        self.header_row
    }
    /// What was assumed while opening it (encoding, delimiter, rows above the header).
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }
    /// The delimiter, when it is delimited text.
    pub fn delimiter(&self) -> Option<char> {
        match &self.data {
            Data::Text { delimiter, .. } => Some(char::from(*delimiter)),
            Data::Sheet(_) => None,
        }
    }
    /// The sheet that is read, when it is a workbook.
    pub fn sheet(&self) -> Option<&str> {
        match &self.data {
            Data::Text { .. } => None,
            Data::Sheet(grid) => Some(&grid.sheet),
        }
    }
    /// The workbook's sheets; empty for delimited text.
    pub fn sheets(&self) -> &[String] {
        match &self.data {
            Data::Text { .. } => &[],
            Data::Sheet(grid) => &grid.sheets,
        }
    }
    /// An upper bound of the number of rows below the header, for a progress bar.
    pub fn rows_at_most(&self) -> u64 {
        let all = match &self.data {
            Data::Text { text, .. } => {
                let bytes = text.as_bytes();
                let lines = |end| memchr::memchr_iter(end, bytes).count();
                lines(b'\n').max(lines(b'\r')) + 1
            }
            Data::Sheet(grid) => grid.len(),
        };
        (all as u64).saturating_sub(if self.sheet().is_some() { 1 } else { self.header_row })
    }
    /// The rows below the header.
    pub fn rows(&self) -> Rows<'_> {
        Rows { source: Source::new(&self.data), header_row: self.header_row }
    }
}

/// One row. Reused from row to row, so that reading a row costs no memory of its own.
#[derive(Debug, Default)]
pub struct Row<'t> {
    /// The row's number, from 1, as a spreadsheet shows it.
    pub number: u64,
    /// Its cells, in the order of the header; there may be fewer or more.
    pub cells: Vec<Cell<'t>>,
    /// The column, from 1, in which text follows a closing quote: the row cannot be trusted.
    pub text_after_quote: Option<usize>,
}

impl Row<'_> {
    /// Every cell is blank.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.trim().is_empty())
    }
}

/// One cell's text, untrimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'t> {
    /// What stands there.
    pub text: Cow<'t, str>,
    /// What it was stored as.
    pub kind: CellKind,
}

/// What a cell was stored as. Delimited text holds only text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text.
    Text,
    /// A number: leading zeros and trailing zeros after the point are lost.
    Number,
    /// A number so large that its last digits are lost.
    LostDigits,
    /// A date, written as `YYYY-MM-DD`.
    Date,
    /// A spreadsheet error such as `#N/A`.
    Error,
}

/// Walks over the rows below the header.
#[derive(Debug)]
pub struct Rows<'t> {
    source: Source<'t>,
    header_row: u64,
}

impl<'t> Rows<'t> {
    /// Reads the next row into `row`; `false` at the end. Blank rows are given too.
    ///
    /// # Errors
    /// When the rest of the file cannot be read as rows: a limit is passed or a quote never closes.
    pub fn read(&mut self, row: &mut Row<'t>) -> Result<bool, Refused> {
        while self.source.read(row)? {
            if row.number > self.header_row {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Walks over all rows, those above the header too.
#[derive(Debug)]
pub(crate) enum Source<'t> {
    Text(Records<'t>),
    Sheet { grid: &'t Grid, next: usize },
}

impl<'t> Source<'t> {
    pub(crate) fn new(data: &'t Data) -> Self {
        match data {
            Data::Text { text, delimiter } => Source::Text(Records::new(text, *delimiter)),
            Data::Sheet(grid) => Source::Sheet { grid, next: 0 },
        }
    }

    pub(crate) fn read(&mut self, row: &mut Row<'t>) -> Result<bool, Refused> {
        row.text_after_quote = None;
        match self {
            Source::Text(records) => {
                let Some(outcome) = records.read(&mut row.cells)? else { return Ok(false) };
                row.number = records.row();
                row.text_after_quote = outcome.err().map(|fault| fault.column);
                Ok(true)
            }
            Source::Sheet { grid, next } => {
                let Some(number) = grid.read(*next, &mut row.cells) else { return Ok(false) };
                row.number = number;
                *next += 1;
                Ok(true)
            }
        }
    }
}
