//! Opening: files readable for their owner only, several first opens at once, and what must be refused.

use crate::support::*;
use journal::{Location, OpenError};
use sqlx::{ConnectOptions, Connection};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn the_folder_and_the_files_are_readable_for_their_owner_only() {
    let place = sqlite().unwrap();
    let journal = place.open().await;
    append_notes(&journal, &site("main"), 1).await;
    let file = place.sqlite_file();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for suffix in ["", "-wal", "-shm"] {
        assert_eq!(mode(&file.with_file_name(format!("journal.sqlite{suffix}"))), 0o600, "{suffix}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_first_opens_at_once_make_one_journal() {
    for place in [sqlite(), postgres()].into_iter().flatten() {
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let location = place.location.clone();
            opening.spawn(async move { journal::open(&location).await.unwrap() });
        }
        let journals = opening.join_all().await;
        append_notes(&journals[0], &site("main"), 3).await;
        for journal in &journals {
            assert_whole(journal, &site("main")).await;
        }
    }
}

#[tokio::test]
async fn a_journal_of_a_newer_program_is_refused_with_a_sentence() {
    let place = sqlite().unwrap();
    drop(place.open().await);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.sqlite_file());
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_refused_as_newer(&place).await;

    let Some(place) = postgres() else { return };
    drop(place.open().await);
    let Location::Postgres(address) = &place.location else { panic!() };
    let mut conn = sqlx::PgConnection::connect(address).await.unwrap();
    sqlx::raw_sql("INSERT INTO journal_schema VALUES (99)").execute(&mut conn).await.unwrap();
    assert_refused_as_newer(&place).await;
}

async fn assert_refused_as_newer(place: &Place) {
    let Err(refused) = journal::open(&place.location).await else { panic!("it was opened") };
    assert!(matches!(refused, OpenError::NewerSchema { found: 99, known: 1 }), "{refused:?}");
    assert!(refused.to_string().contains("newer program"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_journal_is_refused_and_left_alone() {
    let place = sqlite().unwrap();
    let file = place.sqlite_file();
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let text = b"a letter that someone saved under this name, long enough to have a header".repeat(20);
    std::fs::write(&file, &text).unwrap();
    assert!(matches!(journal::open(&place.location).await, Err(OpenError::NotAJournal(_))));
    assert_eq!(std::fs::read(&file).unwrap(), text);

    let other = sqlite().unwrap();
    let file = other.sqlite_file();
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE patients (name TEXT)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert!(matches!(journal::open(&other.location).await, Err(OpenError::NotAJournal(_))));
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_so() {
    let nowhere = Location::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned());
    assert!(matches!(journal::open(&nowhere).await, Err(OpenError::Unavailable(_))));
    let nonsense = Location::Postgres("postgres://[".to_owned());
    assert!(matches!(journal::open(&nonsense).await, Err(OpenError::Address(_))));
    let secret = Location::Postgres("postgres://u:secret@db.example/segue".to_owned());
    assert_eq!(secret.to_string(), "PostgreSQL database segue at db.example");
    assert!(!format!("{secret:?}").contains("secret"));
}
