//! Counters of the archive's database before and after a night.

use manifest::writes::{Counted, Database, Known, Reset, Sign, Snapshot, Table, Unknown, Wait, between};

fn table(name: &str, live: u64, dead: u64, updated: u64, hot_updated: u64, vacuums: u64) -> Table {
    let counted = Counted { inserted: 10, updated, hot_updated, deleted: 0, vacuums: Some(vacuums) };
    Table { schema: "public".into(), name: name.into(), relid: Some(7), live, dead, counted }
}

fn snapshot(tables: Vec<Table>) -> Snapshot {
    let database =
        Database { name: "pacs".into(), stats_reset: Some("2026-11-01".into()), ..Database::default() };
    Snapshot { source: "x.json".into(), database: Some(database), tables, waits: Some(Vec::new()) }
}

#[test]
fn an_examination_list_that_is_written_fifty_times_over_is_a_sign() {
    let before = snapshot(vec![table("study", 2_000, 0, 500, 500, 1), table("quiet", 10, 0, 0, 0, 0)]);
    let after =
        snapshot(vec![table("study", 2_000, 9_000, 100_500, 10_500, 1), table("quiet", 10, 0, 900, 0, 0)]);
    let found = between(&before, &after).unwrap();
    assert_eq!(
        found.tables[0].signs,
        [Sign::Rewritten { times: 50 }, Sign::NotHot { updates: 90_000 }, Sign::DeadRows { more: 9_000 }]
    );
    // Fewer than a thousand updates are no sign, however few rows live.
    assert!(found.tables[1].signs.is_empty());
    assert!(found.has_signs() && !found.has_unknown());
    let vacuumed = snapshot(vec![table("study", 2_000, 9_000, 100_500, 10_500, 2)]);
    let found = between(&before, &vacuumed).unwrap();
    assert_eq!(found.tables[0].signs.len(), 2, "a vacuum ran: dead rows are no sign");
    assert_eq!(found.tables[1].counted, Known::Unknown(Unknown::Gone));
}

#[test]
fn counters_that_were_reset_say_nothing_and_are_never_fine() {
    let before = snapshot(vec![table("study", 10, 0, 5_000, 10, 0)]);
    // Reset, and counted up beyond what they were.
    let mut after = snapshot(vec![table("study", 10, 0, 9_000, 20, 0)]);
    after.database.as_mut().unwrap().stats_reset = Some("2026-11-02".into());
    let found = between(&before, &after).unwrap();
    assert_eq!((found.reset, found.tables[0].counted), (Reset::Yes, Known::Unknown(Unknown::Reset)));
    assert!(!found.has_signs() && found.has_unknown() && found.deadlocks.is_none());
    // One table alone was reset.
    let found = between(&before, &snapshot(vec![table("study", 10, 0, 4_999, 10, 0)])).unwrap();
    assert_eq!(found.tables[0].counted, Known::Unknown(Unknown::Backwards));
    // Another table under the same name.
    let mut other = snapshot(vec![table("study", 10, 0, 6_000, 10, 0)]);
    other.tables[0].relid = Some(8);
    assert_eq!(between(&before, &other).unwrap().tables[0].counted, Known::Unknown(Unknown::OtherTable));
    // The file does not say whether there was a reset.
    let mut silent = snapshot(vec![table("study", 10, 0, 5_001, 10, 0)]);
    silent.database = None;
    let found = between(&before, &silent).unwrap();
    assert_eq!(found.reset, Reset::NotSaid);
    assert!(found.has_unknown());
}

#[test]
fn deadlocks_and_sessions_that_wait_are_signs() {
    let before = snapshot(vec![table("study", 10, 0, 0, 0, 0)]);
    let mut after = before.clone();
    assert!(!between(&before, &after).unwrap().has_signs());
    after.database.as_mut().unwrap().deadlocks = 2;
    let found = between(&before, &after).unwrap();
    assert_eq!((found.deadlocks, found.has_signs()), (Some(2), true));
    let mut waiting = before.clone();
    waiting.waits =
        Some(vec![Wait { kind: "relation".into(), mode: "AccessExclusiveLock".into(), sessions: 3 }]);
    assert!(between(&before, &waiting).unwrap().has_signs());
    assert!(between(&waiting, &before).unwrap().has_signs());
    let mut unasked = before.clone();
    unasked.waits = None;
    assert!(between(&before, &unasked).unwrap().has_unknown());
    assert!(between(&before, &snapshot(Vec::new())).is_err());
}
