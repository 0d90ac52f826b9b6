//! Settings out of a table, as a query for them answers: PostgreSQL's `select name, setting, unit, source from pg_settings`, or any product's own.

use adapter_input::{Reason, Refused};
use manifest::{Entry, Key, Standing, Value};
use model::finding::Place;

use crate::Reading;
use crate::sheet::Sheet;

/// Which columns say what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The setting's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Its unit or type, where a column says it: another one makes another value.
    pub unit: Option<String>,
    /// Where the value comes from, where a column says it.
    pub origin: Option<String>,
    /// What stands there for a value that nobody set.
    pub origin_default: String,
}

impl Default for Columns {
    /// Those of PostgreSQL's `pg_settings`, without `unit` and `source`.
    fn default() -> Columns {
        Columns {
            name: "name".to_owned(),
            value: "setting".to_owned(),
            unit: None,
            origin: None,
            origin_default: "default".to_owned(),
        }
    }
}

/// Reads a table; every value is a text, because CSV has nothing else. An empty cell is the empty text: CSV does not tell it from NULL.
pub(crate) fn read(into: &mut Reading<'_>, bytes: &[u8], columns: &Columns) -> Result<(), Refused> {
    let sheet = Sheet::read(into.source, bytes)?;
    let (name_at, value_at) = (sheet.column(&columns.name)?, sheet.column(&columns.value)?);
    let unit_at = columns.unit.as_deref().map(|unit| sheet.column(unit)).transpose()?;
    let origin_at = columns.origin.as_deref().map(|origin| sheet.column(origin)).transpose()?;
    for (row, cells) in &sheet.rows {
        let place = || Place::Row { row: *row };
        let cell = |at: usize| cells.get(at).unwrap_or("");
        let name = cell(name_at).trim();
        if name.is_empty() {
            return Err(sheet.refused(
                Reason::Missing,
                *row,
                "the setting has no name",
                "a name in each row",
            ));
        }
        let standing = match origin_at {
            Some(at) if cell(at).trim() == columns.origin_default => Standing::Default,
            Some(_) | None => Standing::Set,
        };
        let of = unit_at.map(|at| cell(at).trim()).filter(|unit| !unit.is_empty()).map(Into::into);
        let entry = Entry { value: Value::Text(cell(value_at).into()), of, standing };
        let key = into.key(Key::top(name), place)?;
        if into.add(key, entry, place)? > 0 {
            let problem =
                "the setting is there again; which of its values counts is not said, and all are kept";
            into.odd(place, Some(name), problem, "each setting once");
        }
    }
    Ok(())
}
