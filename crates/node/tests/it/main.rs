//! Nodes on real journals: commands that race, restarts, snapshots, news.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod cuts;
mod drive;

use std::sync::Arc;

use hospital::command::ImportOrigin;
use hospital::{Command, Refusal, Topic};
use journal::{Journal, Location, StreamName, open};
use model::ids::{AccountId, ImportId};
use model::people::Role;
use model::{Device, Time};
use node::{CommandError, Node};

fn stream() -> StreamName {
    StreamName::new("main").unwrap()
}

async fn node(journal: &Arc<dyn Journal>) -> Arc<Node> {
    Node::open(Arc::clone(journal), stream(), true).await.unwrap().node
}

fn device(tag: &str) -> Device {
    serde_json::from_value(
        serde_json::json!({"asset_tag": tag, "manufacturer": "Nordpuls", "model": "Vakta 60"}),
    )
    .unwrap()
}

fn list(tags: impl IntoIterator<Item = String>) -> Command {
    let origin = ImportOrigin {
        id: ImportId::new("i").unwrap(),
        source: "list".into(),
        sha256: None,
        remarks: Vec::new(),
    };
    Command::ImportInventory {
        devices: tags.into_iter().map(|tag| device(&tag)).collect(),
        complete: false,
        origin,
    }
}

fn open_account(name: &str) -> Command {
    Command::OpenAccount {
        account: AccountId::new(name).unwrap(),
        role: Role::Reader,
        password_hash: "x".into(),
        must_change: false,
    }
}

#[tokio::test]
async fn what_a_command_did_is_seen_when_it_returns() {
    let node = node(&open(&Location::Memory).await.unwrap()).await;
    let done = node.command(list(["MON-1".to_owned()]), "anna", Time(7)).await.unwrap();
    assert_eq!(node.version(), done.seq);
    assert!(node.read(|state| state.register().by_tag("MON-1").is_some()));
}

#[tokio::test]
async fn a_refused_command_leaves_no_entry() {
    let node = node(&open(&Location::Memory).await.unwrap()).await;
    let command = Command::RetireDevice { asset_tag: "MON-1".into(), reason: "sold".into() };
    let refused = node.command(command, "anna", Time(7)).await.unwrap_err();
    assert!(matches!(refused, CommandError::Refused(Refusal::NoSuchDevice { .. })));
    assert_eq!(node.version(), 0);
}

async fn race(journal: Arc<dyn Journal>) {
    let (one, two) = (node(&journal).await, node(&journal).await);
    let mut tasks = Vec::new();
    for n in 0..20 {
        for node in [&one, &two] {
            let node = Arc::clone(node);
            // Both nodes try to open the same account: exactly one may succeed.
            tasks.push(tokio::spawn(async move {
                node.command(open_account(&format!("a{n}")), "x", Time(1)).await.is_ok()
            }));
        }
    }
    let mut opened = 0;
    for task in tasks {
        opened += usize::from(task.await.unwrap());
    }
    assert_eq!(opened, 20, "each account is opened once, by one of the two");
    one.catch_up().await.unwrap();
    two.catch_up().await.unwrap();
    assert_eq!(one.version(), 20);
    assert_eq!(one.read(|state| state.people().clone()), two.read(|state| state.people().clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_race_on_sqlite_decide_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    race(open(&Location::Folder(folder.path().to_owned())).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_race_on_postgres_decide_one_after_the_other() {
    let server = match journal::testkit::PostgresServer::start() {
        Ok(server) => server,
        Err(cause) if std::env::var_os("SEGUE_REQUIRE_POSTGRES").is_none() => {
            println!("skipped: {cause}; {}", journal::testkit::INSTALL_HINT);
            return;
        }
        Err(cause) => panic!("{cause}"),
    };
    race(open(&Location::Postgres(server.new_database().unwrap())).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_hears_of_what_another_one_did() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let (here, there) =
        (node(&open(&location).await.unwrap()).await, node(&open(&location).await.unwrap()).await);
    let mut news = there.changes();
    let following = tokio::spawn(Arc::clone(&there).follow());
    here.command(list(["MON-1".to_owned()]), "anna", Time(7)).await.unwrap();
    let mut heard = Vec::new();
    while !heard.contains(&Topic::Imports) {
        heard.push(news.recv().await.unwrap().topic);
    }
    assert!(heard.contains(&Topic::Devices) && heard.contains(&Topic::Exposures));
    assert!(there.read(|state| state.register().by_tag("MON-1").is_some()));
    following.abort();
}

#[tokio::test]
async fn a_restart_begins_at_the_snapshot_and_folds_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let first = node(&open(&location).await.unwrap()).await;
    first.command(list((0..500).map(|n| format!("MON-{n}"))), "anna", Time(7)).await.unwrap();
    assert!(first.snapshot_if_older_than(100).await.unwrap());
    assert!(!first.snapshot_if_older_than(100).await.unwrap(), "a fresh snapshot is not taken again");
    first.command(list(["PUMP-1".to_owned()]), "anna", Time(8)).await.unwrap();
    drop(first);
    let opened = Node::open(open(&location).await.unwrap(), stream(), true).await.unwrap();
    assert_eq!((opened.report.from_snapshot, opened.report.folded), (501, 2));
    assert_eq!(opened.node.read(|state| state.register().len()), 501);
    let bare = Node::open(open(&location).await.unwrap(), stream(), false).await.unwrap();
    assert_eq!((bare.report.from_snapshot, bare.report.folded), (0, 503));
}

#[tokio::test]
async fn a_fact_of_a_newer_program_stops_an_older_one_instead_of_being_skipped() {
    let journal = open(&Location::Memory).await.unwrap();
    let entry = journal::NewEntry {
        time: Time(1),
        actor: "future".into(),
        kind: "ring.started/9".into(),
        payload: br#"{"fact":"ring.started/9","is":{}}"#.to_vec(),
    };
    journal.append(&stream(), journal::BatchId([1; 16]), journal::Seq(0), vec![entry]).await.unwrap();
    let Err(error) = Node::open(journal, stream(), true).await else { panic!("it must not start") };
    assert!(error.to_string().contains("ring.started/9"), "{error}");
}
