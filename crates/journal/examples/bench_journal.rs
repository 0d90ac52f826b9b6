//! Measures the journal and prints one JSON object a line: durable appends a second, a bulk import, reading.
//!
//! "shared": all writers append to one stream, each decision submitted in order, expecting what the one before it
//! will give. "own": each writer has its own stream and waits for each append. The baseline, measured in the same run
//! on the same disk with the same SQLite settings, is the loop one would write first: one row, one commit.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used)]

use clap::Parser;
use journal::testkit::{PostgresServer, Seeded, sqlite_settings};
use journal::{AppendError, BatchId, Journal, Location, NewEntry, Seq, StreamName};
use serde_json::json;
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Durable appends a second, a bulk import and reading, on each backend.
#[derive(Parser)]
struct Options {
    /// An existing, empty database; without it a throwaway server is started when PostgreSQL is installed.
    #[arg(long)]
    postgres: Option<String>,
    /// Leave PostgreSQL out.
    #[arg(long)]
    no_postgres: bool,
    /// How long each of the three runs of a case takes.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// A folder on the disk to be measured; a new one below it is used and removed.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Entries of the bulk import.
    #[arg(long, default_value_t = 100_000)]
    entries: u64,
}

const BASELINE: &str = "baseline: one row, one commit, SQLite";
const RUNS: usize = 3;
const WRITERS: [u64; 3] = [1, 64, 256];
/// Written before anything is measured, on both sides: a log that has its full size is faster than one that grows.
const WARM_UP_ENTRIES: u64 = 50_000;
const PAYLOAD_SIZE_BYTES: usize = 600;

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let folder = tempfile::Builder::new().prefix("bench-journal-").tempdir_in(&options.folder).unwrap();
    let mut plain = PlainTable::create(&folder.path().join("baseline.sqlite")).await;
    measure("sqlite", Location::Folder(folder.path().join("journal")), &options, &mut plain).await;
    let server = match (&options.postgres, options.no_postgres) {
        (None, false) => PostgresServer::start().inspect_err(say_without).ok(),
        _ => None,
    };
    let started = server.as_ref().map(|server| server.new_database().unwrap());
    if let Some(address) = options.postgres.clone().or(started) {
        measure("postgres", Location::Postgres(address), &options, &mut plain).await;
    }
}

#[allow(clippy::print_stderr)]
fn say_without(error: &std::io::Error) {
    eprintln!("without PostgreSQL: {error}");
}

fn report(backend: &str, case: &str, writers: u64, unit: &str, value: f64) {
    println!(
        "{}",
        json!({"bench": "journal", "backend": backend, "case": case, "writers": writers, "unit": unit, "value": value})
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn entry(seeded: &mut Seeded) -> NewEntry {
    NewEntry {
        time: model::Time(1_700_000_000_000_000),
        actor: "bench".into(),
        kind: "bench.v1".into(),
        payload: seeded.bytes().into_iter().cycle().take(PAYLOAD_SIZE_BYTES).collect(),
    }
}

/// The loop one would write first.
struct PlainTable(SqliteConnection);

impl PlainTable {
    async fn create(file: &Path) -> PlainTable {
        let mut conn = sqlite_settings(file).create_if_missing(true).connect().await.unwrap();
        let table =
            "CREATE TABLE entry (seq INTEGER PRIMARY KEY, time INTEGER, actor TEXT, kind TEXT, payload BLOB)";
        sqlx::raw_sql(table).execute(&mut conn).await.unwrap();
        let mut plain = PlainTable(conn);
        let mut seeded = Seeded::new(3);
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut plain.0).await.unwrap();
        for _ in 0..WARM_UP_ENTRIES {
            plain.insert(entry(&mut seeded)).await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut plain.0).await.unwrap();
        plain
    }

    async fn insert(&mut self, entry: NewEntry) {
        sqlx::query("INSERT INTO entry (time, actor, kind, payload) VALUES (?, ?, ?, ?)")
            .bind(entry.time.0)
            .bind(String::from(entry.actor))
            .bind(String::from(entry.kind))
            .bind(entry.payload)
            .execute(&mut self.0)
            .await
            .unwrap();
    }

    async fn one_row_one_commit(&mut self, seconds: f64) -> f64 {
        let mut seeded = Seeded::new(1);
        let begun = Instant::now();
        let mut done = 0;
        while begun.elapsed().as_secs_f64() < seconds {
            self.insert(entry(&mut seeded)).await;
            done += 1;
        }
        f64::from(done) / begun.elapsed().as_secs_f64()
    }
}

async fn measure(backend: &str, location: Location, options: &Options, plain: &mut PlainTable) {
    let journal = journal::open(&location).await.unwrap();
    let (warm, mut seeded) = (StreamName::new("warm").unwrap(), Seeded::new(3));
    let entries = (0..WARM_UP_ENTRIES).map(|_| entry(&mut seeded)).collect();
    journal.append(&warm, BatchId(seeded.bytes()), Seq(0), entries).await.unwrap();
    for writers in WRITERS {
        let (mut shared, mut own, mut baseline) = (Vec::new(), Vec::new(), Vec::new());
        for run in 0..RUNS {
            // Side by side, so that whatever else the disk is doing meets all three.
            baseline.push(plain.one_row_one_commit(options.seconds).await);
            shared.push(shared_stream(&journal, writers, run, options.seconds).await);
            own.push(own_streams(&journal, writers, run, options.seconds).await);
        }
        let (shared, own, baseline) = (median(shared), median(own), median(baseline));
        report(backend, BASELINE, 1, "appends_per_second", baseline);
        report(backend, "shared", writers, "appends_per_second", shared);
        report(backend, "shared / baseline", writers, "times", shared / baseline);
        report(backend, "own", writers, "appends_per_second", own);
        report(backend, "own / baseline", writers, "times", own / baseline);
    }
    let bulk = StreamName::new("bulk").unwrap();
    let mut seeded = Seeded::new(2);
    let entries: Vec<NewEntry> = (0..options.entries).map(|_| entry(&mut seeded)).collect();
    let begun = Instant::now();
    journal.append(&bulk, BatchId(seeded.bytes()), Seq(0), entries).await.unwrap();
    report(backend, "bulk import in one batch", 1, "seconds", begun.elapsed().as_secs_f64());
    let mut reading = Vec::new();
    for _ in 0..RUNS {
        reading.push(read_all(&journal, &bulk).await);
    }
    report(backend, "read", 1, "entries_per_second", median(reading));
    let begun = Instant::now();
    let found = journal.verify(&bulk, None, &journal::no_blobs, &|_| ()).await.unwrap();
    assert_eq!(found.broken, None);
    report(backend, "verify", 1, "entries_per_second", found.entries as f64 / begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    assert!(journal.prove_inclusion(&bulk, Seq(options.entries / 3), None).await.unwrap().holds());
    report(backend, "prove inclusion", 1, "seconds", begun.elapsed().as_secs_f64());
}

async fn read_all(journal: &Arc<dyn Journal>, stream: &StreamName) -> f64 {
    let begun = Instant::now();
    let mut at = Seq(0);
    loop {
        match journal.read(stream, at, 20_000).await.unwrap().last() {
            Some(entry) => at = entry.seq,
            None => return at.0 as f64 / begun.elapsed().as_secs_f64(),
        }
    }
}

/// Runs so many writers for so long; returns acknowledged appends a second.
async fn run_writers<W, F>(writers: u64, seconds: f64, writer: W) -> f64
where
    W: Fn(u64, Instant, Arc<AtomicU64>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let done = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..writers {
        tasks.spawn(writer(n, until, done.clone()));
    }
    tasks.join_all().await;
    done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

async fn shared_stream(journal: &Arc<dyn Journal>, writers: u64, run: usize, seconds: f64) -> f64 {
    let stream = StreamName::new(&format!("shared-{writers}-{run}")).unwrap();
    // Where the stream will stand when all that was submitted is stored: what a process that decides one thing
    // after the other knows.
    let next = Arc::new(Mutex::new(Seq(0)));
    run_writers(writers, seconds, |n, until, done| {
        let (journal, stream, next) = (journal.clone(), stream.clone(), next.clone());
        async move {
            let mut seeded = Seeded::new(n);
            while Instant::now() < until {
                let entry = entry(&mut seeded);
                let mut at = next.lock().await;
                let pending =
                    journal.submit(&stream, BatchId(seeded.bytes()), *at, vec![entry]).await.unwrap();
                *at = at.next();
                drop(at);
                pending.outcome().await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    })
    .await
}

async fn own_streams(journal: &Arc<dyn Journal>, writers: u64, run: usize, seconds: f64) -> f64 {
    run_writers(writers, seconds, |n, until, done| {
        let journal = journal.clone();
        let stream = StreamName::new(&format!("own-{writers}-{run}-{n}")).unwrap();
        async move {
            let mut seeded = Seeded::new(n);
            let mut at = Seq(0);
            while Instant::now() < until {
                match journal.append(&stream, BatchId(seeded.bytes()), at, vec![entry(&mut seeded)]).await {
                    Ok(head) => at = head.seq,
                    Err(AppendError::Conflict { head }) => at = head.seq,
                    Err(other) => panic!("{other:?}"),
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    })
    .await
}
