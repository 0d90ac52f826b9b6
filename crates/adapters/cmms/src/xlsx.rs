//! A workbook's sheet to rows of text. Numbers and dates become text here, once, with a mark of what they were.
//!
//! The archive is measured before it is read, and the sheet is read as a stream of cells: a cell in the last corner of an
//! otherwise empty sheet costs one cell, not the whole sheet.

use crate::table::{Cell, CellKind};
use crate::{
    CELL_LENGTH_MAX_BYTES, COLUMNS_MAX, ROWS_MAX, Refused, TABLE_SIZE_MAX_BYTES, WORKBOOK_UNPACKED_MAX_BYTES,
};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use std::borrow::Cow;
use std::io::{Cursor, Read};

/// Most parts of a workbook's archive.
const PARTS_MAX: usize = 10_000;

/// The text of a sheet, in one piece.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    text: String,
    cells: Vec<Span>,
    rows: Vec<GridRow>,
    /// Names of the workbook's sheets, in their order.
    pub(crate) sheets: Vec<String>,
    /// The sheet that was read.
    pub(crate) sheet: String,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    kind: CellKind,
}

#[derive(Clone, Copy, Debug)]
struct GridRow {
    number: u64,
    first: usize,
}

impl Grid {
    /// How many rows have a cell.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts the cells of the `index`th row that has any into `cells`; gives its number in the sheet, from 1.
    pub(crate) fn read<'t>(&'t self, index: usize, cells: &mut Vec<Cell<'t>>) -> Option<u64> {
        cells.clear();
        let row = self.rows.get(index)?;
        let end = self.rows.get(index + 1).map_or(self.cells.len(), |next| next.first);
        for span in self.cells.get(row.first..end).unwrap_or(&[]) {
            let text = self.text.get(span.start..span.end).unwrap_or("");
            cells.push(Cell { text: Cow::Borrowed(text), kind: span.kind });
        }
        Some(row.number)
    }

    fn put(&mut self, row: u64, column: usize, text: &str, kind: CellKind) -> Result<(), Refused> {
        if row > ROWS_MAX {
            return Err(Refused::TooManyRows);
        }
        if column >= COLUMNS_MAX {
            return Err(Refused::TooManyColumns { row });
        }
        if text.len() > CELL_LENGTH_MAX_BYTES {
            return Err(Refused::CellTooLong { row, column: column + 1 });
        }
        if (self.text.len() + text.len()) as u64 > TABLE_SIZE_MAX_BYTES {
            return Err(Refused::TooLarge { what: "the sheet's text", limit_bytes: TABLE_SIZE_MAX_BYTES });
        }
        match self.rows.last() {
            Some(last) if last.number == row => {}
            Some(last) if last.number > row => {
                return Err(Refused::Workbook("its rows are out of order".into()));
            }
            _ => self.rows.push(GridRow { number: row, first: self.cells.len() }),
        }
        let first = self.rows.last().map_or(0, |last| last.first);
        if self.cells.len() - first > column {
            return Err(Refused::Workbook(format!("the cells of row {row} are out of order")));
        }
        let start = self.text.len();
        self.cells.resize(first + column, Span { start, end: start, kind: CellKind::Text });
        self.text.push_str(text);
        self.cells.push(Span { start, end: self.text.len(), kind });
        Ok(())
    }
}

/// Reads a sheet, the first one unless `sheet` names another.
pub(crate) fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Grid, Refused> {
    measure(bytes, WORKBOOK_UNPACKED_MAX_BYTES)?;
    // The workbook reader is somebody else's and reads hostile input: its panic refuses the file, nothing more.
    let outcome = std::panic::catch_unwind(|| read_measured(bytes, sheet));
    outcome.unwrap_or_else(|_| Err(Refused::Workbook("its content is damaged".into())))
}

/// Unpacks every part into nothing, counting: the sizes an archive declares may lie.
fn measure(bytes: &[u8], limit_bytes: u64) -> Result<(), Refused> {
    let unreadable = |why: &dyn std::fmt::Display| Refused::Workbook(why.to_string());
    let too_large = || Refused::TooLarge { what: "the unpacked workbook", limit_bytes };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|why| unreadable(&why))?;
    if archive.len() > PARTS_MAX {
        return Err(Refused::Workbook(format!("its archive has more than {PARTS_MAX} parts")));
    }
    let mut declared = 0u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|why| unreadable(&why))?;
        declared = declared.saturating_add(part.size());
    }
    if declared > limit_bytes {
        return Err(too_large());
    }
    let mut left = limit_bytes;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|why| unreadable(&why))?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|why| unreadable(&why))?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
}

fn read_measured(bytes: &[u8], sheet: Option<&str>) -> Result<Grid, Refused> {
    let unreadable = |why: calamine::XlsxError| Refused::Workbook(why.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let sheets = workbook.sheet_names();
    let name = match sheet {
        Some(asked) => sheets.iter().find(|name| name.trim().eq_ignore_ascii_case(asked.trim())),
        None => sheets.first(),
    };
    let Some(name) = name.cloned() else {
        return Err(match sheet {
            Some(asked) => Refused::NoSuchSheet { asked: asked.to_owned(), sheets },
            None => Refused::Workbook("it has no sheet".into()),
        });
    };
    let mut grid = Grid { sheets, sheet: name.clone(), ..Grid::default() };
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(unreadable)?;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let (text, kind) = text_of(cell.get_value());
        if !text.is_empty() {
            grid.put(u64::from(row) + 1, column as usize, &text, kind)?;
        }
    }
    Ok(grid)
}

/// A cell's value as the text a person would have typed.
fn text_of<'c>(value: &'c DataRef<'_>) -> (Cow<'c, str>, CellKind) {
    match value {
        DataRef::Empty => (Cow::Borrowed(""), CellKind::Text),
        DataRef::String(text) => (Cow::Borrowed(text), CellKind::Text),
        DataRef::SharedString(text) => (Cow::Borrowed(text), CellKind::Text),
        DataRef::Bool(value) => (Cow::Borrowed(if *value { "true" } else { "false" }), CellKind::Text),
        DataRef::Int(number) => (Cow::Owned(number.to_string()), CellKind::Number),
        DataRef::Float(number) => number_text(*number),
        DataRef::DateTime(moment) => date_text(moment),
        DataRef::DateTimeIso(text) => (Cow::Borrowed(text), CellKind::Date),
        DataRef::DurationIso(text) => (Cow::Borrowed(text), CellKind::Number),
        DataRef::Error(error) => (Cow::Owned(error.to_string()), CellKind::Error),
    }
}

/// Numbers are binary floating point in a workbook; whole ones are written without a fraction, so that the asset tag 1234.0
/// is `1234`. From 16 digits on a workbook has lost the last ones.
fn number_text<'c>(number: f64) -> (Cow<'c, str>, CellKind) {
    const EXACT_BELOW: f64 = 1e15;
    if !number.is_finite() {
        (Cow::Borrowed("#NUM!"), CellKind::Error)
    } else if number.abs() >= EXACT_BELOW {
        (Cow::Owned(format!("{number:.0}")), CellKind::LostDigits)
    } else {
        (Cow::Owned(format!("{number}")), CellKind::Number)
    }
}

fn date_text<'c>(moment: &ExcelDateTime) -> (Cow<'c, str>, CellKind) {
    if moment.is_duration() {
        return number_text(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let text = if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    };
    (Cow::Owned(text), CellKind::Date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LIMIT_BYTES: u64 = 1024 * 1024;

    fn archive(parts: &[(&str, usize)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, length) in parts {
            let deflated = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, deflated.compression_method(zip::CompressionMethod::Deflated)).unwrap();
            writer.write_all(&vec![b' '; *length]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_workbook_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_read() {
        let limit = usize::try_from(LIMIT_BYTES).unwrap();
        assert!(measure(&archive(&[("a.xml", limit / 2), ("b.xml", limit / 2)]), LIMIT_BYTES).is_ok());
        let bomb = archive(&[("a.xml", limit / 2), ("b.xml", limit / 2 + 1)]);
        assert!(bomb.len() < limit / 100);
        assert!(matches!(measure(&bomb, LIMIT_BYTES), Err(Refused::TooLarge { .. })));
    }

    #[test]
    fn a_workbook_that_lies_about_its_size_is_refused_all_the_same() {
        let length = 3 * 1024 * 1024;
        let mut bomb = archive(&[("a.xml", length)]);
        let declared = u32::try_from(length).unwrap().to_le_bytes();
        let places: Vec<usize> =
            bomb.windows(4).enumerate().filter(|(_, four)| *four == declared).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places {
            bomb[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
        }
        let refused = measure(&bomb, LIMIT_BYTES);
        assert!(matches!(refused, Err(Refused::TooLarge { .. } | Refused::Workbook(_))), "{refused:?}");
    }
}
