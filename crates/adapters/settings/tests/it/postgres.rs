//! The query of docs/manifests.md against a real PostgreSQL: what is read of it, and that a reset and a lock are seen.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use adapter_settings::read_snapshot;
use journal::testkit::{INSTALL_HINT, PostgresServer};
use manifest::writes::{Reset, Sign, Snapshot, between};

/// Above this, something hangs.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden").join(name)
}

fn psql(address: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["-AtXq", "-v", "ON_ERROR_STOP=1", "-d", address]).stdin(Stdio::null());
    psql
}

fn run(address: &str, name: &str) {
    let ran = psql(address).arg("-f").arg(script(name)).output().unwrap();
    assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
}

fn started(address: &str, name: &str) -> Child {
    psql(address).arg("-f").arg(script(name)).stdout(Stdio::null()).spawn().unwrap()
}

/// The query as the documentation has it.
fn query() -> String {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/manifests.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    docs.split("```sql").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

fn snapshot(address: &str) -> Snapshot {
    let ran = psql(address).args(["-c", &query()]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    read_snapshot("snapshot.json", &ran.stdout).unwrap_or_else(|refused| panic!("{refused}"))
}

#[test]
fn postgres_shows_a_table_that_is_written_over_a_lock_that_is_waited_for_and_a_reset() {
    if Command::new("psql").arg("--version").output().is_err() {
        println!("not run: there is no psql; {INSTALL_HINT}");
        return;
    }
    let server = match PostgresServer::start() {
        Ok(server) => server,
        Err(error) => {
            println!("not run: {error}");
            return;
        }
    };
    let address = server.new_database().unwrap();
    run(&address, "night-before.sql");
    let before = snapshot(&address);
    assert_eq!(before.waits, Some(Vec::new()));
    run(&address, "night.sql");

    // Two sessions want the table: one keeps it, the other waits, whichever came first.
    let mut one = started(&address, "lock-and-keep.sql");
    let mut other = started(&address, "lock-and-keep.sql");
    let begun = Instant::now();
    let after = loop {
        let after = snapshot(&address);
        if after.waits.as_ref().is_some_and(|waits| !waits.is_empty()) {
            break after;
        }
        assert!(begun.elapsed() < ANSWER_WITHIN, "nobody waits");
    };
    // Best effort: they end by themselves as well.
    let _ = (one.kill(), other.kill());
    let _ = (one.wait(), other.wait());

    let found = between(&before, &after).unwrap();
    assert_eq!(found.reset, Reset::No);
    assert_eq!(
        (&*found.tables[0].name, found.tables[0].signs.first()),
        ("study", Some(&Sign::Rewritten { times: 3 }))
    );
    assert!(found.tables[0].signs.iter().any(|sign| matches!(sign, Sign::NotHot { .. })), "{found:#?}");
    assert_eq!(found.deadlocks, Some(0));
    let waits = found.waits_after.unwrap();
    assert_eq!((&*waits[0].kind, waits[0].sessions), ("relation", 1));

    run(&address, "reset.sql");
    let found = between(&before, &snapshot(&address)).unwrap();
    assert_eq!(found.reset, Reset::Yes);
    assert!(found.has_unknown() && found.tables.iter().all(|table| table.signs.is_empty()), "{found:#?}");
}
