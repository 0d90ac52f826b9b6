//! The PostgreSQL side of the journal: whole groups as arrays, row locks on the heads, LISTEN/NOTIFY for news.

use super::dialect::{Dialect, Rows, Value, stream_row};
use crate::chain::Tip;
use crate::entry::{Entry, StreamName};
use crate::view::StreamRow;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row};

/// The channel that appends are announced on.
pub(crate) const CHANNEL: &str = "segue_journal";

/// Most entries, and most payload, sent in one statement.
const STATEMENT_ENTRIES_MAX: usize = 8192;
const STATEMENT_SIZE_SOFT_MAX_BYTES: usize = 32 * 1024 * 1024;

fn bound(sql: &'static str, values: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
    })
}

/// Columns of entries, as arrays for one statement.
#[derive(Default)]
struct Columns {
    place: Vec<i64>,
    time: Vec<i64>,
    batch: Vec<Vec<u8>>,
    actor: Vec<String>,
    kind: Vec<String>,
    prev_hash: Vec<Vec<u8>>,
    hash: Vec<Vec<u8>>,
    payload: Vec<Vec<u8>>,
    size_bytes: usize,
}

impl Columns {
    fn push(&mut self, place: i64, entry: Entry) {
        self.size_bytes += entry.payload.len();
        self.place.push(place);
        self.time.push(entry.time.0);
        self.batch.push(entry.batch.0.to_vec());
        self.actor.push(entry.actor.into());
        self.kind.push(entry.kind.into());
        self.prev_hash.push(entry.prev_hash.0.to_vec());
        self.hash.push(entry.hash.0.to_vec());
        self.payload.push(entry.payload);
    }

    fn is_full(&self) -> bool {
        self.place.len() >= STATEMENT_ENTRIES_MAX || self.size_bytes >= STATEMENT_SIZE_SOFT_MAX_BYTES
    }

    async fn insert(self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        let insert = "INSERT INTO journal_entry (place, time, batch, actor, kind, prev_hash, hash, payload) \
                      SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], \
                      $6::bytea[], $7::bytea[], $8::bytea[])";
        if self.place.is_empty() {
            return Ok(());
        }
        let query = sqlx::query::<Postgres>(insert).bind(self.place).bind(self.time).bind(self.batch);
        let query = query.bind(self.actor).bind(self.kind).bind(self.prev_hash).bind(self.hash);
        query.bind(self.payload).execute(conn).await?;
        Ok(())
    }
}

impl Dialect for Postgres {
    const BEGIN_WRITE: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    const BEGIN_READ: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    const SCHEMA: &'static [&'static [&'static str]] = super::schema::POSTGRES;
    const ONE_WRITER: bool = false;

    async fn run(conn: &mut PgConnection, sql: &'static str, values: Vec<Value>) -> Result<u64, sqlx::Error> {
        Ok(bound(sql, values).execute(conn).await?.rows_affected())
    }

    async fn rows(conn: &mut PgConnection, sql: &'static str, values: Vec<Value>) -> Rows<Postgres> {
        bound(sql, values).fetch_all(conn).await
    }

    async fn each_row(
        conn: &mut PgConnection,
        sql: &'static str,
        values: Vec<Value>,
        mut each: impl FnMut(&PgRow) -> Result<(), sqlx::Error> + Send,
    ) -> Result<(), sqlx::Error> {
        let mut rows = bound(sql, values).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            each(&row)?;
        }
        Ok(())
    }

    fn int(row: &PgRow, column: usize) -> Result<i64, sqlx::Error> {
        row.try_get(column)
    }

    fn bytes(row: &PgRow, column: usize) -> Result<Vec<u8>, sqlx::Error> {
        row.try_get(column)
    }

    fn text(row: &PgRow, column: usize) -> Result<String, sqlx::Error> {
        row.try_get(column)
    }

    async fn lock_streams(
        conn: &mut PgConnection,
        names: &[StreamName],
    ) -> Result<Vec<StreamRow>, sqlx::Error> {
        // Everyone locks in the order of names, so that no two wait for each other.
        let select = "SELECT id, name, seq, hash, root, frontier FROM journal_stream \
                      WHERE name = ANY($1) ORDER BY name COLLATE \"C\" FOR UPDATE";
        let wanted: Vec<String> = names.iter().map(|name| name.as_str().to_owned()).collect();
        let found = sqlx::query::<Postgres>(select).bind(wanted.clone()).fetch_all(&mut *conn).await?;
        if found.len() == names.len() {
            return found.iter().map(stream_row::<Postgres>).collect();
        }
        let insert = "INSERT INTO journal_stream (name, seq, hash, root, frontier) \
                      VALUES ($1, 0, $2, $3, ''::bytea) ON CONFLICT (name) DO NOTHING";
        for name in names {
            let empty = StreamRow::of(0, name, &Tip::empty(name));
            Self::run(conn, insert, vec![name.as_str().into(), empty.hash.into(), empty.root.into()]).await?;
        }
        let rows = sqlx::query::<Postgres>(select).bind(wanted).fetch_all(&mut *conn).await?;
        rows.iter().map(stream_row::<Postgres>).collect()
    }

    async fn update_streams(conn: &mut PgConnection, rows: Vec<StreamRow>) -> Result<(), sqlx::Error> {
        let update = "WITH updated AS (UPDATE journal_stream s \
                      SET seq = n.seq, hash = n.hash, root = n.root, frontier = n.frontier \
                      FROM UNNEST($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[]) \
                      AS n(id, seq, hash, root, frontier) WHERE s.id = n.id) SELECT pg_notify($6, '')";
        let (mut id, mut seq, mut hash, mut root, mut frontier) = (vec![], vec![], vec![], vec![], vec![]);
        for row in rows {
            id.push(row.id);
            seq.push(row.seq);
            hash.push(row.hash);
            root.push(row.root);
            frontier.push(row.frontier);
        }
        let query = sqlx::query::<Postgres>(update).bind(id).bind(seq).bind(hash).bind(root).bind(frontier);
        query.bind(CHANNEL).execute(conn).await?;
        Ok(())
    }

    async fn insert_entries(conn: &mut PgConnection, entries: Vec<(i64, Entry)>) -> Result<(), sqlx::Error> {
        let mut columns = Columns::default();
        for (place, entry) in entries {
            columns.push(place, entry);
            if columns.is_full() {
                std::mem::take(&mut columns).insert(conn).await?;
            }
        }
        columns.insert(conn).await
    }

    fn leaves_outcome_open(error: &sqlx::Error) -> bool {
        // When the server answers with an error, it has rolled back. When it does not answer, no one knows. The
        // classes 08 (connection) and 57P (shutdown) may come after the commit was written.
        match error.as_database_error().and_then(|error| error.code()) {
            Some(code) => code.starts_with("08") || code.starts_with("57P"),
            None => true,
        }
    }
}
