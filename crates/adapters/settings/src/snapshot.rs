//! Counters of a PostgreSQL database at one time: a JSON object with the rows of three views, or `pg_stat_user_tables` alone as CSV.
//! docs/manifests.md has the query.

use std::collections::{BTreeMap, BTreeSet};

use adapter_input::{Document, Node, Reason, Refused, cut_short};
use manifest::writes::{Counted, Database, Snapshot, Table, Wait};
use model::finding::Place;

use crate::json::without_value;
use crate::sheet::Sheet;

const TABLES: &str = "pg_stat_user_tables";
const DATABASE: &str = "pg_stat_database";
const LOCKS: &str = "pg_locks";
/// What a query may say besides.
const OTHERS: [&str; 2] = ["taken_at", "server_version"];

/// Reads a snapshot.
///
/// # Errors
/// A view is missing, or a row lacks a column or holds no whole number where one must be.
pub fn read_snapshot(source: &str, bytes: &[u8]) -> Result<Snapshot, Refused> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut snapshot = if first == Some(&b'{') { of_json(source, bytes) } else { of_csv(source, bytes) }?;
    snapshot.source = source.into();
    Ok(snapshot)
}

/// A row of a view: its cells as texts; what is null is not there.
struct Row<'a> {
    source: &'a str,
    place: Place,
    cells: BTreeMap<String, String>,
}

impl Row<'_> {
    fn refused(&self, problem: &str, expected: &str) -> Refused {
        Refused::new(Reason::Invalid, self.source, self.place.clone(), problem, expected)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.cells.get(name).map(String::as_str)
    }

    fn needed(&self, name: &str) -> Result<&str, Refused> {
        self.text(name)
            .ok_or_else(|| self.refused(&format!("{name} is missing, or null"), "every column of the view"))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Refused> {
        let number = self.text(name).map(|text| (text, text.parse::<u64>()));
        match number {
            None => Ok(None),
            Some((_, Ok(number))) => Ok(Some(number)),
            Some((text, Err(_))) => {
                let problem = format!("{name} is {:?}", cut_short(text));
                Err(self.refused(&problem, "a whole number, not negative"))
            }
        }
    }

    fn count(&self, name: &str) -> Result<u64, Refused> {
        self.needed(name)?;
        self.number(name)?.ok_or_else(|| self.refused(&format!("{name} is missing"), "a whole number"))
    }
}

fn of_csv(source: &str, bytes: &[u8]) -> Result<Snapshot, Refused> {
    let sheet = Sheet::read(source, bytes)?;
    // Said once for the whole table, not for its first row.
    let names = [
        "schemaname",
        "relname",
        "n_live_tup",
        "n_dead_tup",
        "n_tup_ins",
        "n_tup_upd",
        "n_tup_hot_upd",
        "n_tup_del",
    ];
    let mut columns = Vec::new();
    for name in names {
        columns.push((name, sheet.column(name)?));
    }
    for name in ["relid", "vacuum_count", "autovacuum_count"] {
        columns.extend(sheet.find(name)?.map(|at| (name, at)));
    }
    let rows = sheet.rows.iter().map(|(row, cells)| {
        let cell =
            |(name, at): &(&str, usize)| ((*name).to_owned(), cells.get(*at).unwrap_or("").trim().to_owned());
        let cells = columns.iter().map(cell).filter(|(_, text)| !text.is_empty()).collect();
        Row { source, place: Place::Row { row: *row }, cells }
    });
    Ok(Snapshot { tables: tables(rows)?, ..Snapshot::default() })
}

fn of_json(source: &str, bytes: &[u8]) -> Result<Snapshot, Refused> {
    let document = Document::parse(source, bytes).map_err(without_value)?;
    let refused = |pointer: String, problem: &str, expected: &str| {
        Refused::new(Reason::Invalid, source, Place::Pointer(pointer.into()), problem, expected)
    };
    let Node::Object(views) = &document.root else {
        return Err(refused(
            String::new(),
            "the document is no object",
            "an object with the rows of the views",
        ));
    };
    let known = [TABLES, DATABASE, LOCKS];
    if let Some((name, _)) =
        views.iter().find(|(name, _)| !known.contains(&&**name) && !OTHERS.contains(&&**name))
    {
        let expected = format!("{}, and {} where wanted", known.join(", "), OTHERS.join(", "));
        return Err(refused(
            format!("/{}", crate::json::escaped(name)),
            "this is no view that is read",
            &expected,
        ));
    }
    let view = |name: &str| -> Result<Option<Vec<Row<'_>>>, Refused> {
        match views.iter().find(|(view, _)| view == name).map(|(_, node)| node) {
            None => Ok(None),
            // What `json_agg` says of no row.
            Some(Node::Null) => Ok(Some(Vec::new())),
            Some(Node::Array(nodes)) => nodes
                .iter()
                .enumerate()
                .map(|(at, node)| row(source, format!("/{name}/{at}"), node))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(refused(format!("/{name}"), "this is no list", "a list of rows")),
        }
    };
    let rows = view(TABLES)?
        .ok_or_else(|| refused(String::new(), "pg_stat_user_tables is missing", "its rows, as a list"))?;
    let tables = tables(rows.into_iter())?;
    let database = match view(DATABASE)?.as_deref() {
        None => None,
        Some([row]) => Some(database(row)?),
        Some(_) => {
            let expected = "the one row of this database: where datname = current_database()";
            return Err(refused(format!("/{DATABASE}"), "this is not one row", expected));
        }
    };
    let waits = view(LOCKS)?.map(waits).transpose()?;
    Ok(Snapshot { source: source.into(), database, tables, waits })
}

fn row<'a>(source: &'a str, pointer: String, node: &Node<'_>) -> Result<Row<'a>, Refused> {
    let place = Place::Pointer(pointer.as_str().into());
    let Node::Object(members) = node else {
        return Err(Refused::new(
            Reason::WrongType,
            source,
            place,
            "this is no object",
            "a row, as json_agg writes it",
        ));
    };
    let mut cells = BTreeMap::new();
    for (name, node) in members {
        let text = match node {
            Node::Text(text) => text.to_string(),
            Node::Number(text) => (*text).to_owned(),
            Node::Bool(is) => is.to_string(),
            Node::Null | Node::Array(_) | Node::Object(_) => continue,
        };
        cells.insert(name.to_string(), text);
    }
    Ok(Row { source, place, cells })
}

fn tables<'a>(rows: impl Iterator<Item = Row<'a>>) -> Result<Vec<Table>, Refused> {
    let mut known = BTreeSet::new();
    let mut tables = Vec::new();
    for row in rows {
        let vacuums = match (row.number("vacuum_count")?, row.number("autovacuum_count")?) {
            (Some(by_hand), Some(by_itself)) => by_hand.checked_add(by_itself),
            (None, _) | (_, None) => None,
        };
        let table = Table {
            schema: row.needed("schemaname")?.into(),
            name: row.needed("relname")?.into(),
            relid: row.number("relid")?,
            live: row.count("n_live_tup")?,
            dead: row.count("n_dead_tup")?,
            counted: Counted {
                inserted: row.count("n_tup_ins")?,
                updated: row.count("n_tup_upd")?,
                hot_updated: row.count("n_tup_hot_upd")?,
                deleted: row.count("n_tup_del")?,
                vacuums,
            },
        };
        if !known.insert((table.schema.clone(), table.name.clone())) {
            let problem = format!("{}.{} is there again", cut_short(&table.schema), cut_short(&table.name));
            return Err(row.refused(&problem, "each table once, of one database"));
        }
        tables.push(table);
    }
    Ok(tables)
}

fn database(row: &Row<'_>) -> Result<Database, Refused> {
    if !row.cells.contains_key("datname") {
        return Err(
            row.refused("datname is missing, or null", "the row of this database, with all its columns")
        );
    }
    Ok(Database {
        name: row.needed("datname")?.into(),
        stats_reset: row.text("stats_reset").map(Into::into),
        deadlocks: row.count("deadlocks")?,
        blocks_read: row.count("blks_read")?,
        blocks_hit: row.count("blks_hit")?,
    })
}

fn waits(rows: Vec<Row<'_>>) -> Result<Vec<Wait>, Refused> {
    let mut waits: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in rows {
        match row.needed("granted")? {
            "true" | "t" => {}
            "false" | "f" => {
                let kind = (row.needed("locktype")?.to_owned(), row.needed("mode")?.to_owned());
                *waits.entry(kind).or_default() += 1;
            }
            _ => return Err(row.refused("granted is neither true nor false", "true or false")),
        }
    }
    Ok(waits
        .into_iter()
        .map(|((kind, mode), sessions)| Wait { kind: kind.into(), mode: mode.into(), sessions })
        .collect())
}
