//! Someone changes the file behind the journal's back: any byte, any row. Verification names the first broken place.

use crate::support::*;
use journal::{Entry, Flaw, Location, Seq, VerifyReport};
use proptest::prelude::*;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

const ENTRIES: u64 = 300;
const STREAM_ID: i64 = 1;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn place_of(seq: u64) -> i64 {
    (STREAM_ID << 40) | seq as i64
}

async fn connect(file: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

/// The bytes of a sound journal: 300 entries, a small and a large blob.
fn sound_file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    // A thread of its own: the tests that ask are running on runtimes already.
    let make = || {
        runtime().block_on(async {
            let place = sqlite().unwrap();
            let journal = place.open().await;
            append_notes(&journal, &site("main"), ENTRIES).await;
            journal.put_blobs(&[b"document".to_vec(), vec![5; 2_500_000]]).await.unwrap();
            assert_whole(&journal, &site("main")).await;
            let mut conn = connect(&place.sqlite_file()).await;
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await.unwrap();
            std::fs::read(place.sqlite_file()).unwrap()
        })
    };
    FILE.get_or_init(|| std::thread::spawn(make).join().unwrap())
}

struct Tampered {
    folder: TempDir,
    conn: SqliteConnection,
}

impl Tampered {
    async fn new() -> Tampered {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(journal::SQLITE_FILE_NAME);
        std::fs::write(&file, sound_file()).unwrap();
        let conn = connect(&file).await;
        Tampered { folder, conn }
    }

    /// Runs a statement that tampers; how many rows it changed, or `None` when SQLite refused it.
    async fn run(&mut self, sql: &str) -> Option<u64> {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut self.conn).await;
        done.ok().map(|done| done.rows_affected())
    }

    async fn verify(self) -> VerifyReport {
        self.conn.close().await.unwrap();
        let journal = journal::open(&Location::Folder(self.folder.path().to_owned())).await.unwrap();
        verified(&journal, &site("main")).await
    }

    /// Flips one bit of a value; whether SQLite took it and it differs.
    async fn flip(&mut self, table: &str, column: &str, key: &str, bit: usize) -> bool {
        let select =
            format!("SELECT typeof({column}), CAST({column} AS BLOB), {column} FROM {table} WHERE {key}");
        let query = sqlx::query::<sqlx::Sqlite>(sqlx::AssertSqlSafe(select));
        let row = query.fetch_one(&mut self.conn).await.unwrap();
        let kind: String = row.get(0);
        let flipped = if kind == "integer" {
            (row.get::<i64, _>(2) ^ (1i64 << (bit % 64))).to_string()
        } else {
            let mut bytes: Vec<u8> = row.get(1);
            if bytes.is_empty() {
                return false;
            }
            let at = bit / 8 % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
            let literal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("CAST(x'{literal}' AS {})", if kind == "text" { "TEXT" } else { "BLOB" })
        };
        self.run(&format!("UPDATE {table} SET {column} = {flipped} WHERE {key}")).await == Some(1)
    }
}

/// One way to tamper with entries.
#[derive(Clone, Debug)]
enum Tampering {
    Flip { seq: u64, column: &'static str, bit: usize },
    Drop { seq: u64 },
    DropFrom { seq: u64 },
    Swap { first: u64, second: u64 },
    Close { gap: u64 },
    CopyToTheEnd { seq: u64 },
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let columns =
        prop::sample::select(vec!["place", "time", "batch", "actor", "kind", "prev_hash", "hash", "payload"]);
    let seq = || prop_oneof![1..=ENTRIES, Just(1), Just(ENTRIES), Just(256)];
    prop_oneof![
        6 => (seq(), columns, any::<usize>()).prop_map(|(seq, column, bit)| Tampering::Flip { seq, column, bit }),
        1 => seq().prop_map(|seq| Tampering::Drop { seq }),
        1 => seq().prop_map(|seq| Tampering::DropFrom { seq }),
        1 => (seq(), seq()).prop_map(|(first, second)| Tampering::Swap { first, second }),
        1 => seq().prop_map(|gap| Tampering::Close { gap }),
        1 => seq().prop_map(|seq| Tampering::CopyToTheEnd { seq }),
    ]
}

impl Tampering {
    /// Does it; returns the sequence that must be named, or `None` when nothing was changed.
    async fn apply(&self, file: &mut Tampered) -> Option<u64> {
        match *self {
            Tampering::Flip { seq, column, bit } => {
                let key = format!("place = {}", place_of(seq));
                file.flip("journal_entry", column, &key, bit).await.then_some(seq)
            }
            Tampering::Drop { seq } => {
                file.run(&format!("DELETE FROM journal_entry WHERE place = {}", place_of(seq))).await;
                Some(seq)
            }
            Tampering::DropFrom { seq } => {
                file.run(&format!("DELETE FROM journal_entry WHERE place >= {}", place_of(seq))).await;
                Some(seq)
            }
            Tampering::Swap { first, second } => {
                for (from, to) in
                    [(place_of(first), -1), (place_of(second), place_of(first)), (-1, place_of(second))]
                {
                    file.run(&format!("UPDATE journal_entry SET place = {to} WHERE place = {from}")).await;
                }
                (first != second).then_some(first.min(second))
            }
            Tampering::Close { gap } => {
                file.run(&format!("DELETE FROM journal_entry WHERE place = {}", place_of(gap))).await;
                for seq in gap..ENTRIES {
                    let (to, from) = (place_of(seq), place_of(seq + 1));
                    file.run(&format!("UPDATE journal_entry SET place = {to} WHERE place = {from}")).await;
                }
                Some(gap)
            }
            Tampering::CopyToTheEnd { seq } => {
                let (to, from) = (place_of(ENTRIES + 1), place_of(seq));
                file.run(&format!(
                    "INSERT INTO journal_entry SELECT {to}, time, batch, actor, kind, prev_hash, hash, payload \
                     FROM journal_entry WHERE place = {from}"
                ))
                .await;
                Some(ENTRIES + 1)
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]
    #[test]
    fn whatever_is_done_to_an_entry_is_found_and_its_place_named(tampering in tampering()) {
        runtime().block_on(async {
            let mut file = Tampered::new().await;
            let Some(first_broken) = tampering.apply(&mut file).await else { return Ok(()) };
            let report = file.verify().await;
            let broken = report.broken.ok_or_else(|| TestCaseError::fail("nothing was found"))?;
            prop_assert_eq!(broken.seq.map(|seq| seq.0), Some(first_broken), "{}", broken);
            prop_assert_eq!(report.entries, first_broken - 1);
            Ok(())
        })?;
    }

    #[test]
    fn whatever_is_done_to_the_head_is_found(
        column in prop::sample::select(vec!["id", "name", "seq", "hash", "root", "frontier"]),
        bit in any::<usize>(),
    ) {
        runtime().block_on(async {
            let mut file = Tampered::new().await;
            if !file.flip("journal_stream", column, "id = 1", bit).await {
                return Ok(());
            }
            let report = file.verify().await;
            let broken = report.broken.ok_or_else(|| TestCaseError::fail("nothing was found"))?;
            if !matches!(column, "id" | "name") {
                prop_assert!(matches!(broken.flaw, Flaw::HeadAltered(_)), "{}", broken);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whatever_is_done_to_a_document_is_found(
        table_and_column in prop::sample::select(vec![
            ("journal_part", "bytes"), ("journal_part", "place"),
            ("journal_object", "hash"), ("journal_object", "size_bytes"), ("journal_object", "id"),
        ]),
        object in 1..=2i64,
        part in 0..2i64,
        bit in any::<usize>(),
    ) {
        runtime().block_on(async {
            let (table, column) = table_and_column;
            let mut file = Tampered::new().await;
            // The small document has one part, the large one three.
            let part = if object == 1 { 0 } else { part };
            let key = if table == "journal_part" { format!("place = {}", (object << 20) | part) } else { format!("id = {object}") };
            if !file.flip(table, column, &key, bit).await {
                return Ok(());
            }
            let report = file.verify().await;
            let broken = report.broken.ok_or_else(|| TestCaseError::fail("nothing was found"))?;
            prop_assert!(matches!(broken.flaw, Flaw::BlobAltered(_)), "{}", broken);
            prop_assert_eq!(report.entries, ENTRIES);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_changed_or_missing_merkle_node_is_found() {
    for sql in [
        "DELETE FROM journal_node",
        "UPDATE journal_node SET place = place + 1",
        "UPDATE journal_node SET hash = zeroblob(32)",
        "UPDATE journal_node SET hash = zeroblob(3)",
    ] {
        let mut file = Tampered::new().await;
        assert_eq!(file.run(sql).await, Some(1));
        let broken = file.verify().await.broken.unwrap();
        assert_eq!((broken.seq.map(|seq| seq.0), broken.flaw), (Some(256), Flaw::NodeAltered));
    }
    let mut file = Tampered::new().await;
    file.run("INSERT INTO journal_node SELECT place + 1, hash FROM journal_node").await;
    assert_eq!(file.verify().await.broken.unwrap().flaw, Flaw::NodeAltered);
}

#[tokio::test]
async fn a_stream_without_its_row_is_found() {
    let mut file = Tampered::new().await;
    file.run("DELETE FROM journal_stream").await;
    assert_eq!(file.verify().await.broken.unwrap().flaw, Flaw::StreamMissing);
}

#[tokio::test]
async fn a_stream_cut_short_together_with_its_head_is_found_by_who_remembers() {
    // Someone restores an older file over a newer one: all of it is sound, but it is not the whole story.
    let mut file = Tampered::new().await;
    file.run("SELECT 1").await;
    file.conn.close().await.unwrap();
    let location = Location::Folder(file.folder.path().to_owned());
    let remembered = append_notes(&journal::open(&location).await.unwrap(), &site("main"), 1).await;
    let older = Tampered::new().await;
    let location = Location::Folder(older.folder.path().to_owned());
    let journal = journal::open(&location).await.unwrap();
    assert_whole(&journal, &site("main")).await;
    let broken = journal
        .verify(&site("main"), Some(&remembered), &journal::no_blobs, &quietly)
        .await
        .unwrap()
        .broken
        .unwrap();
    assert_eq!(broken.flaw, Flaw::NotTheRemembered);
}

/// Runs a statement behind a journal's back.
async fn tamper(place: &Place, sql: &'static str) {
    let done = match &place.location {
        Location::Postgres(address) => {
            let mut conn = sqlx::PgConnection::connect(address).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap().rows_affected()
        }
        Location::Folder(_) | Location::Memory => {
            let mut conn = connect(&place.sqlite_file()).await;
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap().rows_affected()
        }
    };
    assert_ne!(done, 0, "{sql}");
}

#[tokio::test]
async fn a_document_that_is_gone_or_altered_is_named_with_the_entry_that_rests_on_it() {
    let part_gone = "DELETE FROM journal_part";
    let row_gone = "DELETE FROM journal_object WHERE usage = 'blob'";
    let no_blob_any_more = "UPDATE journal_object SET usage = 'unfinished'";
    let altered = "UPDATE journal_part SET bytes = (SELECT hash FROM journal_object WHERE usage = 'blob')";
    let _server_kept_running = postgres();
    for sql in [part_gone, row_gone, no_blob_any_more, altered] {
        for place in [sqlite(), postgres()].into_iter().flatten() {
            let (journal, main) = (place.open().await, site("main"));
            let hash = journal.put_blob(b"an advisory").await.unwrap();
            append_notes(&journal, &main, 3).await;
            let rests_on = |entry: &Entry| Ok(if entry.seq.0 > 1 { vec![hash] } else { vec![] });
            let whole = journal.verify(&main, None, &rests_on, &quietly).await.unwrap();
            assert_eq!((whole.broken, whole.referred), (None, 1));
            tamper(&place, sql).await;
            let report = journal.verify(&main, None, &rests_on, &quietly).await.unwrap();
            let broken = report.broken.unwrap();
            let expected = if sql == row_gone || sql == no_blob_any_more {
                Flaw::BlobMissing(hash)
            } else {
                Flaw::BlobAltered(hash.to_string())
            };
            assert_eq!((broken.seq, broken.flaw), (Some(Seq(2)), expected), "{sql}");
            assert_eq!(report.entries, 3);
        }
    }
}

#[tokio::test]
async fn reading_an_altered_entry_is_refused() {
    let mut file = Tampered::new().await;
    file.flip("journal_entry", "payload", &format!("place = {}", place_of(17)), 3).await;
    let folder = file.folder;
    file.conn.close().await.unwrap();
    let journal = journal::open(&Location::Folder(folder.path().to_owned())).await.unwrap();
    assert_eq!(journal.read(&site("main"), journal::Seq(0), 16).await.unwrap().len(), 16);
    let refused = journal.read(&site("main"), journal::Seq(10), 16).await.unwrap_err();
    assert_eq!(refused.to_string(), "the journal is damaged: entry 17 of main was altered");
}
