//! Coding tables, as a RIS or a PACS exports them: CSV with a header, or a JSON list of objects with the same names.

use adapter_input::{Document, Node, Reason, Refused};
use manifest::codes::{Coded, Table};
use model::finding::Place;

use crate::ROWS_MAX_COUNT;
use crate::json::without_value;
use crate::sheet::Sheet;

/// Which columns, or members of an object, say what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeColumns {
    /// The code.
    pub code: String,
    /// Who defines it; where there is no such column nobody says.
    pub scheme: String,
    /// What it means.
    pub display: String,
}

impl Default for CodeColumns {
    fn default() -> CodeColumns {
        CodeColumns { code: "code".to_owned(), scheme: "scheme".to_owned(), display: "display".to_owned() }
    }
}

/// Reads a table. Spaces around a cell mean nothing (DICOM PS3.5 §6.2, SH and LO).
///
/// # Errors
/// It is neither CSV nor JSON of that form, a column is missing, or a row has no code.
pub fn read_codes(source: &str, bytes: &[u8], columns: &CodeColumns) -> Result<Table, Refused> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let rows =
        if first == Some(&b'[') { of_json(source, bytes, columns) } else { of_csv(source, bytes, columns) }?;
    Ok(Table { source: source.into(), rows })
}

fn of_csv(source: &str, bytes: &[u8], columns: &CodeColumns) -> Result<Vec<Coded>, Refused> {
    let sheet = Sheet::read(source, bytes)?;
    let (code, display) = (sheet.column(&columns.code)?, sheet.column(&columns.display)?);
    let scheme = if columns.scheme == CodeColumns::default().scheme {
        sheet.find(&columns.scheme)?
    } else {
        Some(sheet.column(&columns.scheme)?)
    };
    let read = |(row, cells): &(u64, csv::StringRecord)| {
        let cell = |at: usize| cells.get(at).unwrap_or("").trim();
        if cell(code).is_empty() {
            return Err(sheet.refused(Reason::Missing, *row, "the row has no code", "a code in each row"));
        }
        let scheme = scheme.map_or("", cell);
        Ok(Coded { scheme: scheme.into(), code: cell(code).into(), display: cell(display).into(), row: *row })
    };
    sheet.rows.iter().map(read).collect()
}

fn of_json(source: &str, bytes: &[u8], columns: &CodeColumns) -> Result<Vec<Coded>, Refused> {
    let document = Document::parse(source, bytes).map_err(without_value)?;
    let Node::Array(nodes) = &document.root else { return Ok(Vec::new()) };
    let refused = |reason: Reason, place: String, problem: &str, expected: &str| {
        Refused::new(reason, source, Place::Pointer(place.into()), problem, expected)
    };
    if nodes.len() > ROWS_MAX_COUNT {
        let expected = format!("at most {ROWS_MAX_COUNT} codes");
        return Err(refused(Reason::Limit, String::new(), "there are too many codes", &expected));
    }
    let mut rows = Vec::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        let Node::Object(members) = node else {
            return Err(refused(
                Reason::WrongType,
                format!("/{at}"),
                "this is no object",
                "{\"code\": …, \"display\": …}",
            ));
        };
        let text = |name: &str| match members.iter().find(|(member, _)| member == name) {
            Some((_, Node::Text(text))) => Ok(Some(text.trim())),
            None | Some((_, Node::Null)) => Ok(None),
            Some(_) => {
                let place = format!("/{at}/{}", crate::json::escaped(name));
                Err(refused(
                    Reason::WrongType,
                    place,
                    "this is no text",
                    "a text in quotes; codes are no numbers",
                ))
            }
        };
        let code = text(&columns.code)?.filter(|code| !code.is_empty());
        let Some(code) = code else {
            let problem = format!("there is no {}", columns.code);
            return Err(refused(Reason::Missing, format!("/{at}"), &problem, "a code in each object"));
        };
        let (scheme, display) = (text(&columns.scheme)?.unwrap_or(""), text(&columns.display)?.unwrap_or(""));
        let row = at as u64 + 1;
        rows.push(Coded { scheme: scheme.into(), code: code.into(), display: display.into(), row });
    }
    Ok(rows)
}
