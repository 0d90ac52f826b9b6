//! The SQLite side of the journal: one file, write-ahead log, every commit flushed to the disk.

use super::dialect::{Dialect, Rows, Value, stream_row};
use crate::chain::Tip;
use crate::entry::{Entry, StreamName};
use crate::view::StreamRow;
use futures_util::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Row, Sqlite};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

/// Marks the file as a journal of ours ("Segu").
pub(crate) const APPLICATION_ID: i64 = 0x5365_6775;
/// How long a writer waits for the writers of other processes.
const BUSY_TIMEOUT_SECONDS: u64 = 30;

/// How every connection to the file is set up.
pub(crate) fn connect_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(BUSY_TIMEOUT_SECONDS))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .row_buffer_size(1024)
        // Pages; a checkpoint each 16 MiB instead of 4.
        .pragma("wal_autocheckpoint", "4000")
        // Bytes; the log of one huge batch does not stay around.
        .pragma("journal_size_limit", "67108864")
        // KiB, negative by SQLite's convention.
        .pragma("cache_size", "-32768")
}

fn bound(sql: &'static str, values: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
    })
}

/// Rows of one statement, most first, so that any number of entries needs few statements of few different texts.
const ROWS_PER_INSERT: [usize; 4] = [512, 64, 8, 1];

static INSERTS: LazyLock<[String; 4]> = LazyLock::new(|| {
    ROWS_PER_INSERT.map(|rows| {
        let values = vec!["(?,?,?,?,?,?,?,?)"; rows].join(",");
        format!("INSERT INTO journal_entry (place, time, batch, actor, kind, prev_hash, hash, payload) VALUES {values}")
    })
});

impl Dialect for Sqlite {
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    const BEGIN_READ: &'static str = "BEGIN";
    const SCHEMA: &'static [&'static [&'static str]] = super::schema::SQLITE;
    const ONE_WRITER: bool = true;

    async fn run(
        conn: &mut SqliteConnection,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, sqlx::Error> {
        Ok(bound(sql, values).execute(conn).await?.rows_affected())
    }

    async fn rows(conn: &mut SqliteConnection, sql: &'static str, values: Vec<Value>) -> Rows<Sqlite> {
        bound(sql, values).fetch_all(conn).await
    }

    async fn each_row(
        conn: &mut SqliteConnection,
        sql: &'static str,
        values: Vec<Value>,
        mut each: impl FnMut(&SqliteRow) -> Result<(), sqlx::Error> + Send,
    ) -> Result<(), sqlx::Error> {
        let mut rows = bound(sql, values).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            each(&row)?;
        }
        Ok(())
    }

    fn int(row: &SqliteRow, column: usize) -> Result<i64, sqlx::Error> {
        row.try_get(column)
    }

    fn bytes(row: &SqliteRow, column: usize) -> Result<Vec<u8>, sqlx::Error> {
        row.try_get(column)
    }

    fn text(row: &SqliteRow, column: usize) -> Result<String, sqlx::Error> {
        row.try_get(column)
    }

    async fn lock_streams(
        conn: &mut SqliteConnection,
        names: &[StreamName],
    ) -> Result<Vec<StreamRow>, sqlx::Error> {
        // The transaction began IMMEDIATE: no one else writes.
        const SELECT: &str = "SELECT id, name, seq, hash, root, frontier FROM journal_stream WHERE name = $1";
        let mut streams = Vec::with_capacity(names.len());
        for name in names {
            let found = Self::rows(conn, SELECT, vec![name.as_str().into()]).await?;
            if let Some(row) = found.first() {
                streams.push(stream_row::<Sqlite>(row)?);
                continue;
            }
            let empty = StreamRow::of(0, name, &Tip::empty(name));
            let insert = "INSERT INTO journal_stream (name, seq, hash, root, frontier) \
                          VALUES ($1, 0, $2, $3, $4) RETURNING id";
            let values = vec![
                name.as_str().into(),
                empty.hash.clone().into(),
                empty.root.clone().into(),
                Vec::new().into(),
            ];
            for row in Self::rows(conn, insert, values).await? {
                streams.push(StreamRow { id: Self::int(&row, 0)?, ..empty.clone() });
            }
        }
        Ok(streams)
    }

    async fn update_streams(conn: &mut SqliteConnection, rows: Vec<StreamRow>) -> Result<(), sqlx::Error> {
        // Other processes see it by `PRAGMA data_version`.
        let update = "UPDATE journal_stream SET seq = $2, hash = $3, root = $4, frontier = $5 WHERE id = $1";
        for row in rows {
            let values =
                vec![row.id.into(), row.seq.into(), row.hash.into(), row.root.into(), row.frontier.into()];
            Self::run(conn, update, values).await?;
        }
        Ok(())
    }

    async fn insert_entries(
        conn: &mut SqliteConnection,
        entries: Vec<(i64, Entry)>,
    ) -> Result<(), sqlx::Error> {
        let mut left = entries.into_iter();
        for (rows, sql) in ROWS_PER_INSERT.into_iter().zip(INSERTS.iter()) {
            while left.len() >= rows {
                let mut query = sqlx::query::<Sqlite>(AssertSqlSafe(sql.as_str()));
                for (place, entry) in left.by_ref().take(rows) {
                    query = query
                        .bind(place)
                        .bind(entry.time.0)
                        .bind(entry.batch.0.to_vec())
                        .bind(String::from(entry.actor))
                        .bind(String::from(entry.kind))
                        .bind(entry.prev_hash.0.to_vec())
                        .bind(entry.hash.0.to_vec())
                        .bind(entry.payload);
                }
                query.execute(&mut *conn).await?;
            }
        }
        Ok(())
    }

    fn leaves_outcome_open(_error: &sqlx::Error) -> bool {
        // A failed flush may have reached the disk all the same.
        true
    }
}
