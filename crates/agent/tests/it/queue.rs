//! The queue on disk is bounded, and nothing of effect is lost in it.

use agent::core::{Ended, Memory, QUEUE_ITEMS_MAX, Record};
use model::Time;
use model::host::{HostChanges, HostReport};
use wire::Item;

use crate::bench::{Bench, install};

fn reported(at: i64, report: HostReport) -> Record {
    Record::Reported { at: Time(at), report }
}

fn same(at: i64) -> Record {
    reported(at, HostReport::Same { observed_at: Time(at) })
}

fn viewer(at: i64, version: &str) -> Record {
    let packages = [("viewer".into(), Some(version.into()))].into();
    reported(
        at,
        HostReport::Changes(Box::new(HostChanges {
            observed_at: Time(at),
            packages,
            ..HostChanges::default()
        })),
    )
}

fn first(bench: &Bench) -> Record {
    reported(0, HostReport::Full(Box::new(bench.observation())))
}

#[test]
fn the_oldest_repeats_go_first_and_the_newest_never() {
    let bench = Bench::new();
    let mut records = vec![first(&bench)];
    records.extend((1..=QUEUE_ITEMS_MAX as i64 + 50).map(same));
    let memory = Memory::replay(records);
    assert_eq!(memory.queue.len(), QUEUE_ITEMS_MAX);
    let items: Vec<_> = memory.queue.items().collect();
    assert!(matches!(items[0].item, Item::Report(HostReport::Full(_))), "what says something stays");
    assert_eq!(items[1].at, Time(52), "the oldest repeats are gone");
    assert_eq!(items.last().unwrap().at, Time(QUEUE_ITEMS_MAX as i64 + 50));
    let numbers: Vec<_> = items.iter().map(|item| item.number).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn then_the_oldest_reports_become_one_and_events_of_orders_stay() {
    let mut bench = Bench::new();
    bench.server.reachable = false;
    let order = bench.order(1, install("9.0"));
    let mut records = vec![first(&bench)];
    let before = agent::core::Before::default();
    records.push(Record::Accepted { order: Box::new(order), at: Time(1), boot: "b".into(), before });
    records.push(Record::Begun { at: Time(1), boot: "b".into(), attempt: 1 });
    let how = Ended::Done { says: "ok".into(), probes: Default::default() };
    records.push(Record::Ended { at: Time(2), boot: "b".into(), how });
    records.extend((3..=QUEUE_ITEMS_MAX as i64 + 300).map(|at| viewer(at, &format!("1.{at}"))));
    let memory = Memory::replay(records);
    assert_eq!(memory.queue.len(), QUEUE_ITEMS_MAX);
    let events = memory.queue.items().filter(|item| matches!(item.item, Item::Order(_))).count();
    assert_eq!(events, 3);
    // Whoever takes in what is left knows what the agent knows.
    let mut known = bench.observation();
    for item in memory.queue.items() {
        match &item.item {
            Item::Report(HostReport::Full(full)) => known = (**full).clone(),
            Item::Report(HostReport::Changes(changes)) => known.apply((**changes).clone()),
            Item::Report(HostReport::Same { .. }) | Item::Order(_) => {}
        }
    }
    assert_eq!(&known, memory.reported.as_deref().unwrap());
}

#[test]
fn a_host_on_which_everything_changes_all_the_time_keeps_a_bounded_queue() {
    let bench = Bench::new();
    let mut records = vec![first(&bench)];
    for round in 0..12 {
        let packages = (0..19_000).map(|n| (format!("p{round}-{n}").into(), Some("1".into()))).collect();
        let changes = HostChanges { observed_at: Time(round), packages, ..HostChanges::default() };
        records.push(reported(round, HostReport::Changes(Box::new(changes))));
        let gone = (0..19_000).map(|n| (format!("p{round}-{n}").into(), None)).collect();
        let changes = HostChanges { observed_at: Time(round), packages: gone, ..HostChanges::default() };
        records.push(reported(round, HostReport::Changes(Box::new(changes))));
    }
    let memory = Memory::replay(records);
    let bytes = serde_json::to_vec(&memory.queue).unwrap().len();
    assert!(bytes < 4 * 1024 * 1024, "{bytes} bytes");
    assert_eq!(memory.reported.as_ref().unwrap().packages.len(), 2);
}
