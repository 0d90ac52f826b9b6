//! Several processes, and processes that die at any moment. The children are this very test program, run again with
//! one test selected and told by its environment what to do.

use crate::support::*;
use journal::testkit::Seeded;
use journal::{AppendError, BatchId, Journal, Location, NewEntry, Seq};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const WHERE: &str = "SEGUE_TEST_CHILD_JOURNAL";
const WHO: &str = "SEGUE_TEST_CHILD_NAME";
const HOW_MANY: &str = "SEGUE_TEST_CHILD_ENTRIES";
const CLERKS: u64 = 3;

/// What a child does: three clerks append as fast as they can and tell of each acknowledged entry.
#[test]
fn a_child_of_these_tests_appends_when_it_is_told_to() {
    let Ok(place) = std::env::var(WHERE) else { return };
    let name: u64 = std::env::var(WHO).unwrap().parse().unwrap();
    let count: u64 = std::env::var(HOW_MANY).unwrap().parse().unwrap();
    let location = if place.starts_with("postgres:") {
        Location::Postgres(place)
    } else {
        Location::Folder(place.into())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let journal = journal::open(&location).await.unwrap();
        say("ready");
        let mut clerks = tokio::task::JoinSet::new();
        for clerk in 0..CLERKS {
            let journal = journal.clone();
            clerks.spawn(async move {
                for n in 0..count {
                    let seq = append_surely(&journal, &format!("{name} {clerk} {n}")).await;
                    say(&format!("stored {seq} {name} {clerk} {n}"));
                }
            });
        }
        clerks.join_all().await;
    });
}

fn say(line: &str) {
    // One write for one line: a killed process tells a whole line or nothing.
    std::io::stdout().write_all(format!("\n@ {line}\n").as_bytes()).unwrap();
}

/// Appends one note until it is acknowledged; the batch's name comes from the note, so that it is stored once.
async fn append_surely(journal: &Arc<dyn Journal>, text: &str) -> Seq {
    let main = site("main");
    let name = journal::Hash::of(text.as_bytes()).0;
    let batch = BatchId(name[..16].try_into().unwrap());
    let mut at = Seq(0);
    let mut unsure = false;
    loop {
        let entry = NewEntry { actor: "clerk".into(), ..note(text) };
        match journal.append(&main, batch, at, vec![entry]).await {
            Ok(head) => return head.seq,
            Err(AppendError::Conflict { head }) => (at, unsure) = (head.seq, false),
            // Ask again, expecting the same: only so is the answer certain.
            Err(AppendError::OutcomeUnknown(_)) => unsure = true,
            Err(AppendError::Unavailable(_)) => {}
            Err(other) => panic!("{other:?} {unsure}"),
        }
    }
}

fn spawn(place: &Place, name: u64, count: u64) -> Child {
    let location = match &place.location {
        Location::Folder(folder) => folder.to_str().unwrap().to_owned(),
        Location::Postgres(address) => address.clone(),
        Location::Memory => panic!("memory is not shared"),
    };
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::a_child_of_these_tests_appends_when_it_is_told_to", "--nocapture"])
        .envs([(WHERE, location), (WHO, name.to_string()), (HOW_MANY, count.to_string())])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a child tells, line by line, until it ends.
fn lines_of(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(told) = line.strip_prefix("@ ") {
                sender.send(told.to_owned()).unwrap();
            }
        }
    });
    receiver
}

/// Checks what was told against the journal: stored there, once, in each clerk's own order.
async fn assert_nothing_lost(journal: &Arc<dyn Journal>, told: &[String]) {
    let main = site("main");
    let entries = read_all(journal, &main).await;
    let mut next_of: BTreeMap<String, u64> = BTreeMap::new();
    for entry in &entries {
        let text = String::from_utf8(entry.payload.clone()).unwrap();
        let (clerk, n) = text.rsplit_once(' ').unwrap();
        let next = next_of.entry(clerk.to_owned()).or_default();
        assert_eq!(n.parse::<u64>().unwrap(), *next, "of {clerk} at {}", entry.seq);
        *next += 1;
    }
    for line in told {
        let (seq, text) = line.strip_prefix("stored ").unwrap().split_once(' ').unwrap();
        let entry = &entries[seq.parse::<usize>().unwrap() - 1];
        assert_eq!(entry.payload, text.as_bytes());
    }
}

async fn check_processes(place: Place) {
    let journal = place.open().await;
    let mut children: Vec<Child> = (0..4).map(|name| spawn(&place, name, 40)).collect();
    let told: Vec<mpsc::Receiver<String>> = children.iter_mut().map(lines_of).collect();
    let told: Vec<String> = told.iter().flatten().filter(|line| line != "ready").collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_eq!(told.len() as u64, 4 * CLERKS * 40);
    assert_eq!(journal.head(&site("main")).await.unwrap().seq.0, 4 * CLERKS * 40);
    assert_nothing_lost(&journal, &told).await;
    assert_whole(&journal, &site("main")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_on_one_file_lose_double_and_reorder_nothing() {
    check_processes(sqlite().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_on_one_postgres_lose_double_and_reorder_nothing() {
    if let Some(place) = postgres() {
        check_processes(place).await;
    }
}

/// Kills a child at a seeded moment after it is ready, every other one after it has stored something, however slow the machine is;
/// everything it told must be there.
async fn check_kills(place: Place, cycles: u64, moment_max: Duration) {
    let mut seeded = Seeded::new(7227);
    let mut told: Vec<String> = Vec::new();
    for cycle in 0..cycles {
        let mut child = spawn(&place, cycle, u64::MAX);
        let lines = lines_of(&mut child);
        assert_eq!(lines.recv().unwrap(), "ready");
        if cycle % 2 == 1 {
            told.push(lines.recv().unwrap());
        }
        let moment = Duration::from_micros(seeded.below(moment_max.as_micros() as u64));
        let until = Instant::now() + moment;
        while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            told.push(line);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        told.extend(lines.iter());
        if cycle % 10 == 9 || cycle + 1 == cycles {
            // Nobody else has it open: what follows is a recovery.
            let journal = place.open().await;
            assert_nothing_lost(&journal, &told).await;
            assert_whole(&journal, &site("main")).await;
        }
    }
    assert!(told.len() as u64 >= cycles / 2, "the children stored hardly anything: {}", told.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_that_was_acknowledged() {
    check_kills(sqlite().unwrap(), 200, Duration::from_millis(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_of_a_postgres_client_lose_nothing_that_was_acknowledged() {
    if let Some(place) = postgres() {
        check_kills(place, 20, Duration::from_millis(120)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_the_database_loses_and_doubles_nothing() {
    // A server of its own: others must not feel the cut.
    let mut server = match journal::testkit::PostgresServer::start() {
        Ok(server) => server,
        Err(_) => return drop(postgres()),
    };
    let location = Location::Postgres(server.new_database().unwrap());
    let journal = journal::open(&location).await.unwrap();
    let clerk = journal.clone();
    let writing = tokio::spawn(async move {
        let mut told = vec![];
        for n in 0..400 {
            let text = format!("0 0 {n}");
            told.push(format!("stored {} {text}", append_surely(&clerk, &text).await));
        }
        told
    });
    for after in [50, 150, 250] {
        let patience = Duration::from_secs(30);
        let mut seen = Seq(0);
        while seen < Seq(after) {
            seen = journal.wait_beyond(&site("main"), Seq(after - 1), patience).await.unwrap_or(seen);
        }
        server = tokio::task::spawn_blocking(move || {
            server.crash_and_restart().unwrap();
            server
        })
        .await
        .unwrap();
    }
    let told = writing.await.unwrap();
    assert_nothing_lost(&journal, &told).await;
    assert_eq!(journal.head(&site("main")).await.unwrap().seq, Seq(400));
    assert_whole(&journal, &site("main")).await;
}
