//! Comma-separated text to rows (RFC 4180), and which delimiter it has.
//!
//! Written here because a general CSV reader skips blank lines, so that row numbers differ from the spreadsheet's, and lets
//! an unclosed quote swallow the rest of the list without a word. Rows are records: a cell may hold line breaks.

use crate::table::{Cell, CellKind};
use crate::{CELL_LENGTH_MAX_BYTES, COLUMNS_MAX, ROWS_MAX, Refused};
use std::borrow::Cow;

/// Walks over the records of a text.
#[derive(Clone, Debug)]
pub(crate) struct Records<'t> {
    text: &'t str,
    at: usize,
    delimiter: u8,
    row: u64,
}

/// What is wrong with a record that could be read to its end all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextAfterQuote {
    /// Column, from 1.
    pub(crate) column: usize,
}

impl<'t> Records<'t> {
    pub(crate) fn new(text: &'t str, delimiter: u8) -> Self {
        Records { text, at: 0, delimiter, row: 0 }
    }

    /// The number, from 1, of the record read last.
    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    /// Reads one record into `cells`; `None` at the end. A blank line is a record of one empty cell.
    pub(crate) fn read(
        &mut self,
        cells: &mut Vec<Cell<'t>>,
    ) -> Result<Option<Result<(), TextAfterQuote>>, Refused> {
        cells.clear();
        if self.at >= self.text.len() {
            return Ok(None);
        }
        self.row += 1;
        if self.row > ROWS_MAX {
            return Err(Refused::TooManyRows);
        }
        let mut fault = Ok(());
        loop {
            let column = cells.len() + 1;
            if column > COLUMNS_MAX {
                return Err(Refused::TooManyColumns { row: self.row });
            }
            let quoted = self.text.as_bytes().get(self.at) == Some(&b'"');
            let (text, clean) = if quoted { self.quoted(column)? } else { (self.plain(), true) };
            if !clean && fault.is_ok() {
                fault = Err(TextAfterQuote { column });
            }
            if text.len() > CELL_LENGTH_MAX_BYTES {
                return Err(Refused::CellTooLong { row: self.row, column });
            }
            cells.push(Cell { text, kind: CellKind::Text });
            if self.end_of_cell() {
                return Ok(Some(fault));
            }
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Up to the next delimiter or line break, which stays.
    fn plain(&mut self) -> Cow<'t, str> {
        let rest = self.rest();
        let end = memchr::memchr3(self.delimiter, b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        self.at += end;
        Cow::Borrowed(rest.get(..end).unwrap_or(""))
    }

    /// A quoted cell; `false` when text follows the closing quote.
    fn quoted(&mut self, column: usize) -> Result<(Cow<'t, str>, bool), Refused> {
        let mut content: Cow<'t, str> = Cow::Borrowed("");
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(quote) = memchr::memchr(b'"', rest.as_bytes()) else {
                return Err(Refused::UnclosedQuote { row: self.row, column });
            };
            let piece = rest.get(..quote).unwrap_or("");
            if content.is_empty() {
                content = Cow::Borrowed(piece);
            } else {
                content.to_mut().push_str(piece);
            }
            self.at += quote + 1;
            if self.text.as_bytes().get(self.at) != Some(&b'"') {
                break;
            }
            content.to_mut().push('"');
            self.at += 1;
        }
        let after = self.plain();
        if after.trim().is_empty() {
            return Ok((content, true));
        }
        content.to_mut().push_str(&after);
        Ok((content, false))
    }

    /// Steps over the delimiter (`false`) or the line break (`true`) that ends a cell.
    fn end_of_cell(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at) {
            Some(&byte) if byte == self.delimiter => {
                self.at += 1;
                false
            }
            Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => {
                self.at += 2;
                true
            }
            Some(_) => {
                self.at += 1;
                true
            }
            None => true,
        }
    }
}

/// Excel's first line `sep=;` names the delimiter.
pub(crate) fn announced_delimiter(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim().trim_matches('"');
    let rest = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
    match rest.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
        [] if text.lines().next()?.ends_with('\t') => Some(b'\t'),
        _ => None,
    }
}

/// Delimiters that are tried, in the order of preference.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How much of the text is looked at, in bytes.
const SAMPLE_LENGTH_MAX_BYTES: usize = 256 * 1024;

/// Guesses the delimiter: the one under which a row is best recognised as a header (`recognised`), then the one under which
/// most rows have the same number of cells, more than one.
pub(crate) fn guess_delimiter(text: &str, recognised: impl Fn(&[Cell<'_>]) -> usize) -> u8 {
    let mut best = (0, 0, 0);
    let mut guess = b',';
    let end = text.floor_char_boundary(SAMPLE_LENGTH_MAX_BYTES);
    let sample = text.get(..end).unwrap_or(text);
    for delimiter in DELIMITERS {
        let mut records = Records::new(sample, delimiter);
        let mut cells = Vec::new();
        let mut widths = std::collections::BTreeMap::new();
        let mut header = 0;
        // A sample may end inside a quoted cell: what was read until then is enough.
        while let Ok(Some(_)) = records.read(&mut cells) {
            if records.row() as usize > crate::HEADER_SEARCH_ROWS_MAX {
                break;
            }
            header = header.max(recognised(&cells));
            if cells.len() > 1 {
                *widths.entry(cells.len()).or_insert(0) += 1;
            }
        }
        let (rows, width) = widths.into_iter().map(|(width, rows)| (rows, width)).max().unwrap_or((0, 0));
        if (header, rows, width) > best {
            best = (header, rows, width);
            guess = delimiter;
        }
    }
    guess
}
