//! A night without the server, a server that was put back, a host that was put back: the evidence comes, once in effect.

use model::host::{HostObservation, HostReport};

use crate::bench::{Bench, install};

/// The host as the server knows it from what it was told.
fn as_told(bench: &Bench) -> HostObservation {
    let mut known = None;
    for report in &bench.server.reports {
        match (report, &mut known) {
            (HostReport::Full(full), _) => known = Some((**full).clone()),
            (HostReport::Changes(changes), Some(known)) => known.apply((**changes).clone()),
            (HostReport::Same { observed_at }, Some(known)) => known.observed_at = *observed_at,
            (HostReport::Changes(_) | HostReport::Same { .. }, None) => panic!("changes to nothing"),
        }
    }
    known.unwrap()
}

#[test]
fn after_the_first_report_only_changes_are_told() {
    let mut bench = Bench::new();
    bench.run_minutes(30);
    assert!(matches!(bench.server.reports[0], HostReport::Full(_)));
    let rest = &bench.server.reports[1..];
    assert!(rest.len() >= 4, "{rest:?}");
    let same = rest.iter().filter(|report| matches!(report, HostReport::Same { .. })).count();
    assert!(same + 1 >= rest.len(), "at most the clock's offset is news: {rest:?}");
}

#[test]
fn what_was_seen_during_eight_hours_without_the_server_is_told_afterwards() {
    let mut bench = Bench::new();
    bench.run_minutes(10);
    bench.server.reachable = false;
    for hour in 0..8 {
        bench.host.packages.insert("viewer".into(), Some(format!("1.{hour}").into()));
        for _ in 0..6 {
            bench.run_minutes(10);
        }
    }
    assert!(bench.agent.failures() > 10);
    bench.server.reachable = true;
    bench.run_minutes(20);
    assert_eq!(as_told(&bench).packages["viewer"].as_ref(), "1.7");
    assert!(bench.agent.memory().queue.is_empty());
}

#[test]
fn an_answer_that_is_lost_makes_nothing_count_twice() {
    let mut bench = Bench::new();
    bench.run_minutes(2);
    bench.server.answers_lost = 5;
    let order = bench.order(1, install("2.0"));
    bench.run_minutes(2);
    bench.send(&order);
    bench.server.answers_lost = 3;
    bench.run_minutes(30);
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "done"]);
    assert_eq!(bench.host.installs, 1);
}

#[test]
fn an_order_is_followed_by_an_observation_that_began_after_it() {
    let mut bench = Bench::new();
    bench.run_minutes(2);
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(|bench| bench.ended("O-1"));
    bench.run_minutes(1);
    let done = bench.server.events.last().unwrap().at;
    let told = as_told(&bench);
    assert!(told.observed_at >= done, "{told:?}");
    assert_eq!(&*told.packages["viewer"], "2.0");
}

#[test]
fn a_look_begins_after_the_server_has_heard_that_the_order_ended() {
    let mut bench = Bench::new();
    bench.run_minutes(2);
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(Bench::has_begun);
    // The end itself cannot be told for a while: until it is, nobody could say of a look that it came later.
    bench.server.reachable = false;
    bench.run_minutes(1);
    assert!(!bench.ended("O-1"));
    bench.server.reachable = true;
    bench.run_until(|bench| bench.ended("O-1"));
    let heard_at = bench.time();
    // That nothing has changed since is told with the next check-in.
    bench.run_minutes(3);
    let told = as_told(&bench);
    assert!(told.observed_at >= heard_at, "{told:?} and not after {heard_at:?}");
    assert_eq!(&*told.packages["viewer"], "2.0");
}

#[test]
fn a_server_that_asks_for_everything_gets_it_at_once() {
    let mut bench = Bench::new();
    bench.run_minutes(10);
    bench.server.reports.clear();
    bench.server.want_full = true;
    bench.run_minutes(2);
    let full = bench.server.reports.iter().any(|report| matches!(report, HostReport::Full(_)));
    assert!(full, "{:?}", bench.server.reports);
}

#[test]
fn a_host_that_was_put_back_to_an_older_state_is_heard_again() {
    let mut bench = Bench::new();
    bench.run_minutes(10);
    let older = bench.log.clone();
    bench.host.packages.insert("viewer".into(), Some("1.1".into()));
    bench.run_minutes(30);
    // Somebody restores the machine from an image: the agent's numbers are old, the server's are not.
    bench.log = older;
    bench.host.packages.insert("viewer".into(), Some("1.0".into()));
    bench.power_loss();
    bench.run_minutes(20);
    assert_eq!(&*as_told(&bench).packages["viewer"], "1.0");
    assert_eq!(&*as_told(&bench).boot.id, "boot-2");
}

#[test]
fn no_two_check_ins_of_one_kind_are_under_way_and_retries_come_later_and_later() {
    let mut bench = Bench::new();
    bench.server.reachable = false;
    bench.run_minutes(55);
    let tries = bench.server.check_ins.len();
    assert!((8..60).contains(&tries), "{tries} tries in an hour");
}
