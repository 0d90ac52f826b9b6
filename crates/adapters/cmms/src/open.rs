//! Opens a device list: what sort of file it is, which delimiter, where its header stands.

use crate::table::{Data, Row, Source};
use crate::{HEADER_SEARCH_ROWS_MAX, Refused, TABLE_SIZE_MAX_BYTES, Table, csv, decode, header, xlsx};
use model::Finding;
use model::finding::{Place, Severity};
use std::io::Read;
use std::path::Path;

/// What a person or a mapping file says about how to open a list; the default guesses everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// The delimiter of delimited text.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook; the first when not given.
    pub sheet: Option<Box<str>>,
    /// The encoding's label, such as `windows-1252` (WHATWG Encoding Standard).
    pub encoding: Option<Box<str>>,
    /// Column names that the mapping expects: they help to find the header row.
    pub expected_headers: Vec<Box<str>>,
}

/// Opens the device list at `path`. `source` is the name by which findings call it.
///
/// # Errors
/// When it cannot be read, is no table, or passes a limit.
pub fn open_table(source: &str, path: &Path, options: &OpenOptions) -> Result<Table, Refused> {
    let file = std::fs::File::open(path).map_err(Refused::Io)?;
    let mut bytes = Vec::new();
    file.take(TABLE_SIZE_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(Refused::Io)?;
    open_table_bytes(source, bytes, options)
}

/// Opens a device list from its bytes: a workbook when they are an archive, else delimited text.
///
/// # Errors
/// When it is no table or passes a limit.
pub fn open_table_bytes(source: &str, bytes: Vec<u8>, options: &OpenOptions) -> Result<Table, Refused> {
    if bytes.len() as u64 > TABLE_SIZE_MAX_BYTES {
        return Err(Refused::TooLarge { what: "the file", limit_bytes: TABLE_SIZE_MAX_BYTES });
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(Refused::OldWorkbook);
    }
    let mut notes = Vec::new();
    let data = if bytes.starts_with(b"PK\x03\x04") {
        sheet(source, &bytes, options, &mut notes)?
    } else {
        text(source, bytes, options, &mut notes)?
    };
    let (header_row, names) = find_header(&data, options)?;
    if header_row.skipped > 0 {
        let problem = format!("the column names were found in row {}", header_row.number);
        let expected = "the rows above it are not read";
        notes.push(note(source, Place::Row { row: header_row.number }, problem, expected));
    }
    refuse_duplicates(&names, header_row.number)?;
    let HeaderRow { number: header_row, cells: header_cells, .. } = header_row;
    Ok(Table { source: source.into(), header: names, header_row, header_cells, notes, data })
}

fn note(source: &str, place: Place, problem: String, expected: &str) -> Finding {
    let severity = Severity::Note;
    Finding {
        source: source.into(),
        place,
        value: None,
        problem: problem.into(),
        expected: expected.into(),
        severity,
    }
}

fn sheet(
    source: &str,
    bytes: &[u8],
    options: &OpenOptions,
    notes: &mut Vec<Finding>,
) -> Result<Data, Refused> {
    let grid = xlsx::read(bytes, options.sheet.as_deref())?;
    if options.sheet.is_none() && grid.sheets.len() > 1 {
        let problem = format!("the workbook has {} sheets; \"{}\" was read", grid.sheets.len(), grid.sheet);
        let expected = "name another one with sheet in the mapping file if this is not the device list";
        notes.push(note(source, Place::Whole, problem, expected));
    }
    Ok(Data::Sheet(grid))
}

fn text(
    source: &str,
    bytes: Vec<u8>,
    options: &OpenOptions,
    notes: &mut Vec<Finding>,
) -> Result<Data, Refused> {
    let decoded = decode::decode(bytes, options.encoding.as_deref())?;
    if let Some(assumed) = decoded.assumed {
        let expected = "check a name with accents; if it is wrong, name the encoding in the mapping file";
        notes.push(note(source, Place::Whole, assumed, expected));
    }
    let delimiter =
        options.delimiter.or_else(|| csv::announced_delimiter(&decoded.text)).unwrap_or_else(|| {
            csv::guess_delimiter(&decoded.text, |cells| header::recognised(cells, &options.expected_headers))
        });
    Ok(Data::Text { text: decoded.text, delimiter })
}

#[derive(Clone, Copy)]
struct HeaderRow {
    number: u64,
    cells: usize,
    skipped: u64,
}

/// At least so many columns must be recognised for a row below the first to be the header.
const RECOGNISED_MIN: usize = 2;
/// The first row with so many recognised columns is the header, even if a later one has more.
const RECOGNISED_ENOUGH: usize = 4;

/// The header is the first row in which enough columns are recognised, else the one with the most, else the first that is
/// not blank.
fn find_header(data: &Data, options: &OpenOptions) -> Result<(HeaderRow, Vec<Box<str>>), Refused> {
    let mut rows = Source::new(data);
    let mut row = Row::default();
    let mut best: Option<(usize, HeaderRow, Vec<Box<str>>)> = None;
    let mut filled = 0u64;
    while filled < HEADER_SEARCH_ROWS_MAX as u64 && rows.read(&mut row)? {
        if row.is_blank() || (row.number == 1 && is_separator_line(&row)) {
            continue;
        }
        filled += 1;
        let score = header::recognised(&row.cells, &options.expected_headers);
        let beats = match &best {
            None => true,
            Some((most, _, _)) => score > *most && score >= RECOGNISED_MIN,
        };
        if beats {
            let header = HeaderRow { number: row.number, cells: row.cells.len(), skipped: filled - 1 };
            best = Some((score, header, names(&row)));
        }
        if score >= RECOGNISED_ENOUGH {
            break;
        }
    }
    let (_, header, names) = best.ok_or(Refused::Empty)?;
    Ok((header, names))
}

/// Excel's `sep=;` line, whichever way it was split.
fn is_separator_line(row: &Row<'_>) -> bool {
    row.cells.first().is_some_and(|cell| {
        let text = cell.text.trim();
        text.len() <= 5 && text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="))
    })
}

/// The names, trimmed, up to the last that is not blank.
fn names(row: &Row<'_>) -> Vec<Box<str>> {
    let mut names: Vec<Box<str>> = row.cells.iter().map(|cell| header::shown(&cell.text)).collect();
    while names.last().is_some_and(|name| name.is_empty()) {
        names.pop();
    }
    names
}

fn refuse_duplicates(names: &[Box<str>], row: u64) -> Result<(), Refused> {
    let mut seen = std::collections::HashMap::new();
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = seen.insert(header::canonical(name), index) {
            let header = name.to_string();
            return Err(Refused::DuplicateHeader { row, header, first: first + 1, second: index + 1 });
        }
    }
    Ok(())
}
