//! Places to keep a journal in, and entries to put there.

use journal::testkit::{PostgresServer, Seeded};
use journal::{BatchId, Entry, Head, Journal, Location, NewEntry, Progress, Seq, StreamName, VerifyReport};
use std::sync::{Arc, Mutex, Weak};
use tempfile::TempDir;

/// A place for a journal that disappears with this value.
pub(crate) struct Place {
    pub(crate) location: Location,
    pub(crate) folder: Option<TempDir>,
    /// Kept running as long as the place is used.
    pub(crate) _server: Option<Arc<PostgresServer>>,
}

impl Place {
    pub(crate) async fn open(&self) -> Arc<dyn Journal> {
        journal::open(&self.location).await.unwrap()
    }

    /// Opens it a second time, as another process would; memory has no second process.
    pub(crate) async fn open_again(&self, first: &Arc<dyn Journal>) -> Arc<dyn Journal> {
        if self.location == Location::Memory { first.clone() } else { self.open().await }
    }

    pub(crate) fn sqlite_file(&self) -> std::path::PathBuf {
        self.folder.as_ref().unwrap().path().join("data").join(journal::SQLITE_FILE_NAME)
    }
}

pub(crate) fn memory() -> Option<Place> {
    Some(Place { location: Location::Memory, folder: None, _server: None })
}

pub(crate) fn sqlite() -> Option<Place> {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().join("data"));
    Some(Place { location, folder: Some(folder), _server: None })
}

/// An empty database on a server that the tests running just now share; `None`, with a line that says so, when
/// PostgreSQL is not installed and not required.
pub(crate) fn postgres() -> Option<Place> {
    static SERVER: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
    let mut shared = SERVER.lock().unwrap_or_else(|error| error.into_inner());
    let server = match shared.upgrade() {
        Some(server) => server,
        None => match PostgresServer::start() {
            Ok(server) => Arc::new(server),
            Err(error) => {
                println!("skipped, no PostgreSQL: {error}");
                assert!(
                    std::env::var_os("SEGUE_REQUIRE_POSTGRES").is_none(),
                    "PostgreSQL is required: {error}"
                );
                return None;
            }
        },
    };
    *shared = Arc::downgrade(&server);
    let location = Location::Postgres(server.new_database().unwrap());
    Some(Place { location, folder: None, _server: Some(server) })
}

pub(crate) fn site(name: &str) -> StreamName {
    StreamName::new(name).unwrap()
}

pub(crate) fn batch(number: u64) -> BatchId {
    BatchId(Seeded::new(number).bytes())
}

/// An entry that says something.
pub(crate) fn note(text: &str) -> NewEntry {
    NewEntry {
        time: model::Time(1_700_000_000_000_000),
        actor: "ward-3".into(),
        kind: "note.v1".into(),
        payload: text.as_bytes().to_vec(),
    }
}

pub(crate) fn notes(from: u64, count: u64) -> Vec<NewEntry> {
    (from..from + count).map(|n| note(&format!("note {n}"))).collect()
}

/// Appends so many notes at the head, as one batch.
pub(crate) async fn append_notes(journal: &Arc<dyn Journal>, stream: &StreamName, count: u64) -> Head {
    let at = journal.head(stream).await.unwrap().seq;
    journal.append(stream, batch(at.0), at, notes(at.0 + 1, count)).await.unwrap()
}

/// Reads a whole stream.
pub(crate) async fn read_all(journal: &Arc<dyn Journal>, stream: &StreamName) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = Seq(entries.len() as u64);
        let more = journal.read(stream, after, 10_000).await.unwrap();
        if more.is_empty() {
            return entries;
        }
        entries.extend(more);
    }
}

pub(crate) fn quietly(_progress: Progress) {}

pub(crate) async fn verified(journal: &Arc<dyn Journal>, stream: &StreamName) -> VerifyReport {
    journal.verify(stream, None, &journal::no_blobs, &quietly).await.unwrap()
}

/// Asserts that a stream is whole from the first entry to the head.
pub(crate) async fn assert_whole(journal: &Arc<dyn Journal>, stream: &StreamName) {
    let report = verified(journal, stream).await;
    assert_eq!(report.broken, None);
    assert_eq!(report.head, journal.head(stream).await.unwrap());
}
