//! A table in CSV with a header: columns found by name, rows with their number as a spreadsheet counts.

use adapter_input::{Reason, Refused};
use model::finding::Place;

use crate::{COLUMNS_MAX_COUNT, ROWS_MAX_COUNT, VALUE_LENGTH_MAX_BYTES, text};

/// A table.
pub(crate) struct Sheet<'a> {
    source: &'a str,
    header: Vec<String>,
    /// The rows below the header, each with its number.
    pub(crate) rows: Vec<(u64, csv::StringRecord)>,
}

impl<'a> Sheet<'a> {
    /// Reads a table; the separator is that of comma, semicolon and tab which the header has most of.
    pub(crate) fn read(source: &'a str, bytes: &[u8]) -> Result<Sheet<'a>, Refused> {
        let text = text::decode(source, bytes)?;
        let head = text.lines().next().unwrap_or("");
        let has = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
        let delimiter =
            [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| has(*separator)).unwrap_or(b',');
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
        let mut sheet = Sheet { source, header: Vec::new(), rows: Vec::new() };
        for cells in reader.records() {
            let cells = cells.map_err(|error| {
                let row = error.position().map_or(1, csv::Position::line);
                sheet.refused(
                    Reason::Syntax,
                    row,
                    &error.to_string(),
                    "as many cells in every row as in the header",
                )
            })?;
            let row = cells.position().map_or(1, |position| row_at(text.as_bytes(), position));
            if sheet.header.is_empty() {
                sheet.header = sheet.named(row, &cells)?;
            } else if cells.iter().any(|cell| !cell.trim().is_empty()) {
                sheet.push(row, cells)?;
            }
        }
        if sheet.header.is_empty() {
            return Err(sheet.refused(
                Reason::Missing,
                1,
                "the table is empty",
                "a header, and a row for each entry",
            ));
        }
        Ok(sheet)
    }

    fn named(&self, row: u64, cells: &csv::StringRecord) -> Result<Vec<String>, Refused> {
        if cells.len() > COLUMNS_MAX_COUNT {
            let expected = format!("at most {COLUMNS_MAX_COUNT} columns");
            return Err(self.refused(Reason::Limit, row, "the table has too many columns", &expected));
        }
        Ok(cells.iter().map(|name| name.trim().to_owned()).collect())
    }

    fn push(&mut self, row: u64, cells: csv::StringRecord) -> Result<(), Refused> {
        if self.rows.len() >= ROWS_MAX_COUNT {
            let expected = format!("at most {ROWS_MAX_COUNT} rows");
            return Err(self.refused(Reason::Limit, row, "the table has too many rows", &expected));
        }
        if cells.iter().any(|cell| cell.len() > VALUE_LENGTH_MAX_BYTES) {
            let expected = format!("at most {VALUE_LENGTH_MAX_BYTES} bytes in a cell");
            return Err(self.refused(Reason::Limit, row, "a cell is too long", &expected));
        }
        self.rows.push((row, cells));
        Ok(())
    }

    /// Where the column `name` stands; `None` where there is none.
    pub(crate) fn find(&self, name: &str) -> Result<Option<usize>, Refused> {
        let mut found =
            self.header.iter().enumerate().filter(|(_, column)| column.eq_ignore_ascii_case(name));
        let first = found.next().map(|(at, _)| at);
        if found.next().is_some() {
            let problem = format!("the column {name} is there twice");
            return Err(self.refused(Reason::Invalid, 1, &problem, "each column once"));
        }
        Ok(first)
    }

    /// Where the column `name` stands.
    pub(crate) fn column(&self, name: &str) -> Result<usize, Refused> {
        self.find(name)?.ok_or_else(|| {
            let shown: Vec<_> =
                self.header.iter().map(|name| adapter_input::cut_short(name)).take(20).collect();
            let expected = format!("one of the columns that there are: {}", shown.join(", "));
            self.refused(Reason::Missing, 1, &format!("there is no column {name}"), &expected)
        })
    }

    /// The refusal of a row.
    pub(crate) fn refused(&self, reason: Reason, row: u64, problem: &str, expected: &str) -> Refused {
        Refused::new(reason, self.source, Place::Row { row }, problem, expected)
    }
}

/// The row at which a record stands, as a spreadsheet counts rows: the reader passes over blank ones before it.
fn row_at(bytes: &[u8], position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = bytes.get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}
