//! Signs of needless writes and of lock waits in a database, from PostgreSQL's own counters at two times (R55): tables that are written
//! over again and again, dead rows that nobody clears away, deadlocks, sessions that wait for a lock.
//!
//! Signs, no verdict: many updates may be what a table is for. Counters that were reset in between say nothing, and that is said.
//! Source: PostgreSQL's documentation, "The Cumulative Statistics System", views `pg_stat_user_tables`, `pg_stat_database`, `pg_locks`.

mod words;

use std::collections::BTreeMap;

use serde::Serialize;

pub use words::writes as in_words;

/// The version of the JSON form.
pub const FORM_VERSION: u32 = 1;
/// Fewer updates or dead rows than this are no sign.
pub const SIGN_MIN_ROWS: u64 = 1_000;

/// What one database said of itself at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The file, as a person named it.
    pub source: Box<str>,
    /// `pg_stat_database` of this database, where it was asked for.
    pub database: Option<Database>,
    /// `pg_stat_user_tables`.
    pub tables: Vec<Table>,
    /// `pg_locks`, where it was asked for: those that were not granted, by kind and mode.
    pub waits: Option<Vec<Wait>>,
}

/// A row of `pg_stat_database`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Database {
    /// Its name.
    pub name: Box<str>,
    /// When its counters were last reset, as PostgreSQL wrote it; none for never.
    pub stats_reset: Option<Box<str>>,
    /// Deadlocks found.
    pub deadlocks: u64,
    /// Blocks read from disk.
    pub blocks_read: u64,
    /// Blocks found in memory.
    pub blocks_hit: u64,
}

/// A row of `pg_stat_user_tables`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its schema.
    pub schema: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// The table's own number, where it was given: another one is another table under the same name.
    pub relid: Option<u64>,
    /// Live rows, as PostgreSQL estimates them.
    pub live: u64,
    /// Dead rows, as PostgreSQL estimates them.
    pub dead: u64,
    /// What was counted.
    pub counted: Counted,
}

/// Counters of a table: since its last reset in a snapshot, in between in what comes of two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Rows inserted.
    pub inserted: u64,
    /// Rows updated.
    pub updated: u64,
    /// Of these, those that no index had to be written for (HOT).
    pub hot_updated: u64,
    /// Rows deleted.
    pub deleted: u64,
    /// Times that the table was vacuumed, by hand or by the autovacuum daemon; none where that was not given.
    pub vacuums: Option<u64>,
}

/// Sessions that wait for one kind of lock.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Wait {
    /// What is locked: `relation`, `transactionid`, `tuple`, …
    pub kind: Box<str>,
    /// How: `RowExclusiveLock`, …
    pub mode: Box<str>,
    /// How many wait.
    pub sessions: u64,
}

/// Something that may be needless, or in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// As many rows were updated as live in the table, or several times as many.
    Rewritten {
        /// Whole times, cut: 7 updates of 2 rows are 3.
        times: u64,
    },
    /// Most updates had to write indices as well.
    NotHot {
        /// How many.
        updates: u64,
    },
    /// More dead rows than live ones, more than before, and no vacuum in between.
    DeadRows {
        /// How many more.
        more: u64,
    },
}

/// Why nothing is known of a table in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// The database's counters were reset in between.
    Reset,
    /// A counter is smaller than before: it was reset, or the snapshots are the wrong way round.
    Backwards,
    /// Another table under the same name.
    OtherTable,
    /// It was not there before.
    New,
    /// It is not there after.
    Gone,
}

/// What was counted in between, or why that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// So much.
    Counted(Counted),
    /// Nothing is known.
    Unknown(Unknown),
}

/// What is known of a table in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableWrites {
    /// Its schema.
    pub schema: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Live rows, as last estimated.
    pub live: u64,
    /// Dead rows before; none where the table was not there.
    pub dead_before: Option<u64>,
    /// Dead rows after; none where the table is not there.
    pub dead_after: Option<u64>,
    /// What was counted in between, or why that is not known.
    pub counted: Known,
    /// What may be needless.
    pub signs: Vec<Sign>,
}

/// Were counters reset in between?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// No: PostgreSQL names the same reset in both snapshots. A reset of one table is seen only where its counters went back.
    No,
    /// Yes, or the snapshots are of two databases.
    Yes,
    /// `pg_stat_database` is not in both snapshots: each count is the least that it can be.
    NotSaid,
}

/// What came of two snapshots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Writes {
    /// [`FORM_VERSION`].
    pub version: u32,
    /// The first snapshot.
    pub before: Box<str>,
    /// The second.
    pub after: Box<str>,
    /// Were counters reset?
    pub reset: Reset,
    /// Each table: those with signs first, most updates first; then those of which nothing is known; then the others by name.
    pub tables: Vec<TableWrites>,
    /// Deadlocks in between; none where that is not known.
    pub deadlocks: Option<u64>,
    /// Blocks read from disk in between; none where that is not known.
    pub blocks_read: Option<u64>,
    /// Blocks found in memory in between; none where that is not known.
    pub blocks_hit: Option<u64>,
    /// Who waited for a lock at the first snapshot; none where it was not asked for.
    pub waits_before: Option<Vec<Wait>>,
    /// Who waited at the second.
    pub waits_after: Option<Vec<Wait>>,
}

/// A snapshot without a table: of a wrong database, most likely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no table at all; nothing is known of what it was read from")]
pub struct Nothing(pub Box<str>);

impl Writes {
    /// Is there any sign?
    pub fn has_signs(&self) -> bool {
        let waits = [&self.waits_before, &self.waits_after];
        self.tables.iter().any(|table| !table.signs.is_empty())
            || self.deadlocks.is_some_and(|deadlocks| deadlocks > 0)
            || waits.into_iter().flatten().any(|waits| !waits.is_empty())
    }

    /// Is anything not known?
    pub fn has_unknown(&self) -> bool {
        self.reset != Reset::No
            || self.tables.iter().any(|table| matches!(table.counted, Known::Unknown(_)))
            || self.deadlocks.is_none()
            || self.waits_before.is_none()
            || self.waits_after.is_none()
    }
}

/// A table in the snapshots.
type Pair<'a> = (Option<&'a Table>, Option<&'a Table>);

/// What happened between two snapshots.
///
/// # Errors
/// One has no table.
pub fn between(before: &Snapshot, after: &Snapshot) -> Result<Writes, Nothing> {
    if let Some(empty) = [before, after].into_iter().find(|snapshot| snapshot.tables.is_empty()) {
        return Err(Nothing(empty.source.clone()));
    }
    let reset = match (&before.database, &after.database) {
        (Some(b), Some(a)) if b.name == a.name && b.stats_reset == a.stats_reset => Reset::No,
        (Some(_), Some(_)) => Reset::Yes,
        (None, _) | (_, None) => Reset::NotSaid,
    };
    let mut pairs: BTreeMap<(&str, &str), Pair<'_>> = BTreeMap::new();
    for table in &before.tables {
        pairs.entry((&table.schema, &table.name)).or_default().0 = Some(table);
    }
    for table in &after.tables {
        pairs.entry((&table.schema, &table.name)).or_default().1 = Some(table);
    }
    let mut tables: Vec<TableWrites> =
        pairs.into_iter().map(|((schema, name), pair)| one(schema, name, pair, reset)).collect();
    // Tables are in order of their names already, and the sort keeps that.
    tables.sort_by_key(|table| match &table.counted {
        Known::Counted(counted) if !table.signs.is_empty() => (0, u64::MAX - counted.updated),
        Known::Unknown(_) => (1, 0),
        Known::Counted(_) => (2, 0),
    });
    let of = |read: fn(&Database) -> u64| match (reset, &before.database, &after.database) {
        (Reset::No, Some(b), Some(a)) => read(a).checked_sub(read(b)),
        _ => None,
    };
    Ok(Writes {
        version: FORM_VERSION,
        before: before.source.clone(),
        after: after.source.clone(),
        reset,
        tables,
        deadlocks: of(|database| database.deadlocks),
        blocks_read: of(|database| database.blocks_read),
        blocks_hit: of(|database| database.blocks_hit),
        waits_before: before.waits.clone(),
        waits_after: after.waits.clone(),
    })
}

fn one(schema: &str, name: &str, (before, after): Pair<'_>, reset: Reset) -> TableWrites {
    let counted = match (before, after) {
        (None, _) => Known::Unknown(Unknown::New),
        (_, None) => Known::Unknown(Unknown::Gone),
        (Some(_), Some(_)) if reset == Reset::Yes => Known::Unknown(Unknown::Reset),
        (Some(b), Some(a)) if b.relid.is_some() && a.relid.is_some() && a.relid != b.relid => {
            Known::Unknown(Unknown::OtherTable)
        }
        (Some(b), Some(a)) => {
            a.counted.since(&b.counted).map_or(Known::Unknown(Unknown::Backwards), Known::Counted)
        }
    };
    let signs = match (&counted, before, after) {
        (Known::Counted(counted), Some(b), Some(a)) => signs(counted, b, a),
        _ => Vec::new(),
    };
    TableWrites {
        schema: schema.into(),
        name: name.into(),
        live: after.or(before).map_or(0, |table| table.live),
        dead_before: before.map(|table| table.dead),
        dead_after: after.map(|table| table.dead),
        counted,
        signs,
    }
}

impl Counted {
    /// What was counted since `before`; `None` where any counter went back.
    fn since(&self, before: &Counted) -> Option<Counted> {
        let vacuums = match (before.vacuums, self.vacuums) {
            (Some(before), Some(after)) => Some(after.checked_sub(before)?),
            (None, _) | (_, None) => None,
        };
        let counted = Counted {
            inserted: self.inserted.checked_sub(before.inserted)?,
            updated: self.updated.checked_sub(before.updated)?,
            hot_updated: self.hot_updated.checked_sub(before.hot_updated)?,
            deleted: self.deleted.checked_sub(before.deleted)?,
            vacuums,
        };
        // More updates that spared the indices than updates: these counters were not reset together.
        (counted.hot_updated <= counted.updated).then_some(counted)
    }
}

fn signs(counted: &Counted, before: &Table, after: &Table) -> Vec<Sign> {
    let mut signs = Vec::new();
    let many = counted.updated >= SIGN_MIN_ROWS;
    if many && let Some(times) = counted.updated.checked_div(after.live).filter(|times| *times > 0) {
        signs.push(Sign::Rewritten { times });
    }
    let not_hot = counted.updated.saturating_sub(counted.hot_updated);
    if many && not_hot > counted.hot_updated {
        signs.push(Sign::NotHot { updates: not_hot });
    }
    let more = after.dead.saturating_sub(before.dead);
    if more > 0 && after.dead > after.live && after.dead >= SIGN_MIN_ROWS && counted.vacuums == Some(0) {
        signs.push(Sign::DeadRows { more });
    }
    signs
}
