//! What differs between SQLite and PostgreSQL. All other SQL of the journal is one text for both and lives beside
//! the code that uses it.

use crate::entry::{Entry, StreamName};
use crate::error::StoreError;
use crate::limits::SEQ_BITS;
use crate::view::StreamRow;
use sqlx::Database;
use std::sync::Arc;

/// A value bound to a statement.
pub(crate) enum Value {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Value {
        Value::Bytes(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

pub(crate) type Rows<D> = Result<Vec<<D as Database>::Row>, sqlx::Error>;

/// A database that can hold a journal.
pub(crate) trait Dialect: Database<Connection: Send> + Sized {
    /// Begins a transaction that will write.
    const BEGIN_WRITE: &'static str;
    /// Begins a transaction that reads as of one moment.
    const BEGIN_READ: &'static str;
    /// The statements of each schema version, first to last.
    const SCHEMA: &'static [&'static [&'static str]];
    /// Whether all writers of one process should take turns, because the database has room for one only.
    const ONE_WRITER: bool;

    /// Runs a statement; returns how many rows it touched.
    fn run(
        conn: &mut Self::Connection,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Runs a query.
    fn rows(
        conn: &mut Self::Connection,
        sql: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Rows<Self>> + Send;

    /// Runs a query and hands over each row as it comes, while the database is already at the next ones.
    fn each_row(
        conn: &mut Self::Connection,
        sql: &'static str,
        values: Vec<Value>,
        each: impl FnMut(&Self::Row) -> Result<(), sqlx::Error> + Send,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// A whole number of a row.
    fn int(row: &Self::Row, column: usize) -> Result<i64, sqlx::Error>;
    /// Bytes of a row.
    fn bytes(row: &Self::Row, column: usize) -> Result<Vec<u8>, sqlx::Error>;
    /// Text of a row.
    fn text(row: &Self::Row, column: usize) -> Result<String, sqlx::Error>;

    /// Makes sure that these streams have rows, keeps other writers away from them until the transaction ends, and
    /// reads them. The names are sorted.
    fn lock_streams(
        conn: &mut Self::Connection,
        names: &[StreamName],
    ) -> impl Future<Output = Result<Vec<StreamRow>, sqlx::Error>> + Send;

    /// Writes back rows read by `lock_streams`; with the commit, other processes learn that there is news.
    fn update_streams(
        conn: &mut Self::Connection,
        rows: Vec<StreamRow>,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Stores entries, each with its place.
    fn insert_entries(
        conn: &mut Self::Connection,
        entries: Vec<(i64, Entry)>,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Whether an error answered to a commit leaves open whether it was done.
    fn leaves_outcome_open(error: &sqlx::Error) -> bool;
}

/// The row of `SELECT id, name, seq, hash, root, frontier FROM journal_stream`.
pub(crate) fn stream_row<D: Dialect>(row: &D::Row) -> Result<StreamRow, sqlx::Error> {
    let id = D::int(row, 0)?;
    // A place has no room for other streams: such a row was tampered with.
    if !(0..1 << (i64::BITS - 1 - SEQ_BITS)).contains(&id) {
        return Err(sqlx::Error::Decode(format!("there cannot be a stream {id}").into()));
    }
    Ok(StreamRow {
        id,
        name: D::text(row, 1)?,
        seq: D::int(row, 2)?,
        hash: D::bytes(row, 3)?,
        root: D::bytes(row, 4)?,
        frontier: D::bytes(row, 5)?,
    })
}

/// An error that can be handed to everyone whose work shared a transaction.
pub(crate) type SharedCause = Arc<dyn std::error::Error + Send + Sync>;

/// What a failed read means to the caller: damage when a stored value has the wrong shape, else no database.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                StoreError::Damaged(format!("a stored value cannot be read: {error}"))
            }
            other if is_corrupt(&other) => StoreError::Damaged(other.to_string()),
            other => StoreError::Unavailable(Box::new(other)),
        }
    }
}

/// SQLITE_CORRUPT (11) and SQLITE_NOTADB (26); PostgreSQL class XX001, XX002.
fn is_corrupt(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let sqlite_primary = |code: &str| code.parse::<u32>().ok().map(|code| code & 0xff);
    code.is_some_and(|code| {
        matches!(&*code, "XX001" | "XX002")
            || (code.len() < 5 && matches!(sqlite_primary(&code), Some(11 | 26)))
    })
}
