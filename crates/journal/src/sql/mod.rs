//! The journal in a database. SQL lives here and nowhere else in the workspace.

mod dialect;
mod objects;
mod postgres;
mod schema;
mod sink;
mod sqlite;
mod view;
mod writer;

#[cfg(feature = "testkit")]
pub(crate) use sqlite::connect_options as sqlite_settings;

use crate::chain::check_batch;
use crate::entry::{BatchId, Entry, Head, NewEntry, Seq, StreamName};
use crate::error::{AppendError, BackupError, OpenError, ProveError, StoreError};
use crate::follow::Pulse;
use crate::hash::Hash;
use crate::journal::{BackupReport, Journal, Pending, ProgressFn, RefersFn, Snapshot, VerifyReport};
use crate::limits::APPENDS_WAITING_MAX;
use crate::proof::{ConsistencyProof, InclusionProof};
use crate::view::View;
use async_trait::async_trait;
use dialect::Dialect;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Pool, Postgres, Sqlite, SqliteConnection, Transaction};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard, mpsc, oneshot};
use tokio::task::AbortHandle;

/// Connections that read (and write blobs) at the same time.
const POOL_CONNECTIONS_MAX: u32 = 6;
/// How often the file is asked whether another process wrote, while someone waits.
const FILE_POLL_MILLISECONDS: u64 = 20;
/// How often those who wait look by themselves, when no notification came.
const LOOK_AGAIN_SECONDS: u64 = 1;
/// How often, and how long apart, an open is tried again while another process is preparing the same new file.
const OPEN_TRIES_MAX: u32 = 500;
const OPEN_RETRY_MILLISECONDS: u64 = 20;

/// A journal in a database.
pub(crate) struct SqlJournal<D: Dialect> {
    pool: Pool<D>,
    requests: mpsc::Sender<writer::Request>,
    turn: Arc<Mutex<()>>,
    pulse: Arc<Pulse>,
    /// Listens for other processes; ends with this journal.
    listener: AbortHandle,
}

impl<D: Dialect> Drop for SqlJournal<D> {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl SqlJournal<Sqlite> {
    pub(crate) async fn open_sqlite(file: &Path) -> Result<SqlJournal<Sqlite>, OpenError> {
        let options = sqlite::connect_options(file);
        let mut connection = connect_sqlite(&options, file).await?;
        schema::prepare_sqlite(&mut connection, file).await?;
        let pool = PoolOptions::new().max_connections(POOL_CONNECTIONS_MAX).test_before_acquire(false);
        let pool = pool.connect_lazy_with(options.clone());
        let pulse = Arc::new(Pulse::new());
        let listener = tokio::spawn(poll_file(connection, pulse.clone())).abort_handle();
        Ok(SqlJournal::start(pool, options, pulse, listener))
    }
}

/// Switching a new file to write-ahead logging fails at once, without waiting, while another process does the same.
async fn connect_sqlite(
    options: &sqlx::sqlite::SqliteConnectOptions,
    file: &Path,
) -> Result<SqliteConnection, OpenError> {
    let mut tries = 0;
    loop {
        let error = match options.connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let code =
            error.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse().ok());
        // SQLITE_BUSY is 5, SQLITE_NOTADB is 26; what is above the low byte only says more.
        match code.map(|code: u32| code & 0xff) {
            Some(26) => return Err(OpenError::NotAJournal(file.to_owned())),
            Some(5) if tries < OPEN_TRIES_MAX => tries += 1,
            _ => return Err(schema::unavailable(error)),
        }
        tokio::time::sleep(Duration::from_millis(OPEN_RETRY_MILLISECONDS)).await;
    }
}

/// Beats when any connection, of whichever process, has written to the file.
async fn poll_file(mut connection: SqliteConnection, pulse: Arc<Pulse>) {
    let mut seen = None;
    loop {
        pulse.someone_waits().await;
        let rows = Sqlite::rows(&mut connection, "PRAGMA data_version", vec![]).await;
        let version = rows.ok().and_then(|rows| rows.first().and_then(|row| Sqlite::int(row, 0).ok()));
        if version.is_none() || version != seen {
            seen = version;
            pulse.beat();
        }
        tokio::time::sleep(Duration::from_millis(FILE_POLL_MILLISECONDS)).await;
    }
}

impl SqlJournal<Postgres> {
    pub(crate) async fn open_postgres(address: &str) -> Result<SqlJournal<Postgres>, OpenError> {
        let options =
            PgConnectOptions::from_str(address).map_err(|error| OpenError::Address(Box::new(error)))?;
        // Whatever the server's default, an answered append is on its disk.
        let options = options.application_name("segue").options([("synchronous_commit", "on")]);
        let mut connection = options.connect().await.map_err(schema::unavailable)?;
        schema::prepare_postgres(&mut connection).await?;
        let pool =
            PgPoolOptions::new().max_connections(POOL_CONNECTIONS_MAX).connect_lazy_with(options.clone());
        let pulse = Arc::new(Pulse::new());
        let listener = tokio::spawn(listen(options.clone(), pulse.clone())).abort_handle();
        Ok(SqlJournal::start(pool, options, pulse, listener))
    }
}

/// Beats when any process has announced an append; connects again when the connection is lost.
async fn listen(options: PgConnectOptions, pulse: Arc<Pulse>) {
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    loop {
        if let Ok(mut listener) = PgListener::connect_with(&pool).await
            && listener.listen(postgres::CHANNEL).await.is_ok()
        {
            // `None` means that the connection was lost and made again: something may have been missed.
            while let Ok(_beat_or_gap) = listener.try_recv().await {
                pulse.beat();
            }
        }
        tokio::time::sleep(Duration::from_secs(LOOK_AGAIN_SECONDS)).await;
    }
}

impl<D: Dialect> SqlJournal<D> {
    fn start(
        pool: Pool<D>,
        options: writer::Options<D>,
        pulse: Arc<Pulse>,
        listener: AbortHandle,
    ) -> SqlJournal<D> {
        let (requests, waiting) = mpsc::channel(APPENDS_WAITING_MAX);
        let turn = Arc::new(Mutex::new(()));
        tokio::spawn(writer::run::<D>(waiting, options, turn.clone(), pulse.clone()));
        SqlJournal { pool, requests, turn, pulse, listener }
    }

    /// This process's turn to write, where the database has room for one writer only.
    async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        if D::ONE_WRITER { Some(self.turn.lock().await) } else { None }
    }

    /// The journal as of this moment.
    async fn view(&self) -> Result<view::SqlView<D, Transaction<'static, D>>, StoreError> {
        Ok(view::SqlView::new(self.pool.begin_with(D::BEGIN_READ).await?))
    }
}

#[async_trait]
impl<D: Dialect> Journal for SqlJournal<D> {
    async fn submit(
        &self,
        stream: &StreamName,
        batch: BatchId,
        expected: Seq,
        entries: Vec<NewEntry>,
    ) -> Result<Pending, AppendError> {
        check_batch(&entries)?;
        let (answer, answered) = oneshot::channel();
        let request = writer::Request { stream: stream.clone(), batch, expected, entries, answer };
        let sent = self.requests.send(request).await;
        sent.map_err(|_| AppendError::Unavailable(Box::new(sqlx::Error::WorkerCrashed)))?;
        Ok(Pending(answered))
    }

    async fn read(
        &self,
        name: &StreamName,
        after: Seq,
        entries_max: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut conn = self.pool.acquire().await?;
        let Some(row) = view::stream::<D>(&mut conn, name.as_str()).await? else { return Ok(Vec::new()) };
        let rows = view::entries::<D>(&mut conn, row.id, after, entries_max).await?;
        let mut entries: Vec<Entry> = Vec::with_capacity(rows.len());
        for (raw, seq) in rows.into_iter().zip(after.0 + 1..) {
            let damaged = |what: &str| StoreError::Damaged(format!("entry {seq} of {name} {what}"));
            let entry = raw.entry.map_err(|why| damaged(&format!("cannot be read: {why}")))?;
            if raw.seq != Seq(seq) {
                return Err(damaged("is missing"));
            }
            if entries.last().is_some_and(|before| before.hash != entry.prev_hash)
                || entry.computed_hash(name) != entry.hash
            {
                return Err(damaged("was altered"));
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    async fn head(&self, stream: &StreamName) -> Result<Head, StoreError> {
        let mut conn = self.pool.acquire().await?;
        match view::stream::<D>(&mut conn, stream.as_str()).await? {
            Some(row) => row.head(),
            None => Ok(Head::empty(stream)),
        }
    }

    async fn streams(&self) -> Result<Vec<StreamName>, StoreError> {
        let rows = view::SqlView::<D, _>::new(self.pool.acquire().await?).streams().await?;
        let names = rows.iter().filter(|row| row.seq != 0).map(|row| StreamName::new(&row.name));
        names.collect::<Result<_, _>>().map_err(|error| StoreError::Damaged(error.to_string()))
    }

    async fn wait_beyond(
        &self,
        stream: &StreamName,
        seq: Seq,
        patience: Duration,
    ) -> Result<Seq, StoreError> {
        let newest = || async { Ok(self.head(stream).await?.seq) };
        self.pulse.wait_beyond(seq, patience, Duration::from_secs(LOOK_AGAIN_SECONDS), newest).await
    }

    async fn put_blob(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hashes = objects::put_blobs(self, &[bytes]).await?;
        hashes.first().copied().ok_or_else(|| StoreError::Unavailable(Box::new(sqlx::Error::RowNotFound)))
    }

    async fn put_blobs(&self, blobs: &[Vec<u8>]) -> Result<Vec<Hash>, StoreError> {
        let blobs: Vec<&[u8]> = blobs.iter().map(Vec::as_slice).collect();
        objects::put_blobs(self, &blobs).await
    }

    async fn get_blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        objects::get_blob(self, hash).await
    }

    async fn save_snapshot(&self, stream: &StreamName, snapshot: Snapshot) -> Result<(), StoreError> {
        objects::save_snapshot(self, stream, snapshot).await
    }

    async fn load_snapshot(&self, stream: &StreamName, format: &str) -> Result<Option<Snapshot>, StoreError> {
        objects::load_snapshot(self, stream, format).await
    }

    async fn backup(&self, to: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError> {
        crate::backup::backup(&mut self.view().await?, to, progress).await
    }

    async fn restore(&self, from: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError> {
        let _turn = self.turn().await;
        let mut tx = self.pool.begin_with(D::BEGIN_WRITE).await.map_err(StoreError::from)?;
        crate::view::check_empty(&mut view::SqlView::<D, _>::new(&mut *tx)).await?;
        let report = crate::backup::restore(Box::new(sink::SqlSink::new(tx)), from, progress).await?;
        self.pulse.beat();
        Ok(report)
    }

    async fn verify(
        &self,
        stream: &StreamName,
        remembered: Option<&Head>,
        refers: RefersFn<'_>,
        progress: ProgressFn<'_>,
    ) -> Result<VerifyReport, StoreError> {
        crate::verify::verify(&mut self.view().await?, stream, remembered, refers, progress).await
    }

    async fn prove_inclusion(
        &self,
        stream: &StreamName,
        seq: Seq,
        size: Option<Seq>,
    ) -> Result<InclusionProof, ProveError> {
        crate::prove::inclusion(&mut self.view().await?, stream, seq, size).await
    }

    async fn prove_consistency(
        &self,
        stream: &StreamName,
        first: Seq,
        second: Option<Seq>,
    ) -> Result<ConsistencyProof, ProveError> {
        crate::prove::consistency(&mut self.view().await?, stream, first, second).await
    }
}
