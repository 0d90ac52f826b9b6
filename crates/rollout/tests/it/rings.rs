//! Rings, waves, numbers at once, redundancy, windows: who may begin when, and what stops a ring.

use model::order::RefusalCode;
use rollout::decision::HaltReason;
use rollout::standing::{RingState, Wait};
use rollout::{Beyond, Decision};

use crate::hospital::*;

fn waits(night: &Night, host: &str) -> Wait {
    night.world(|world| night.rollout.standing(&tag(host), world, night.now).unwrap().waits)
}

#[test]
fn packages_are_fetched_before_the_window_and_nothing_else_is() {
    let mut night = wanted(&["a"]).start();
    night.until(after(-MINUTE));
    assert_eq!(night.orders("a"), ["download"]);
    assert_eq!(waits(&night, "a"), Wait::Window { opens: EVENING });
}

#[test]
fn the_second_ring_begins_only_when_the_first_has_soaked() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.plan.rings = vec![ring(1), ring(1)];
    wanted.plan.items[1].ring = 2;
    let mut night = wanted.start();
    night.until(after(10 * MINUTE));
    let soaking = night.rollout.ring_standing(1, night.now).unwrap();
    let RingState::Soaking { until } = soaking.state else { panic!("{soaking:?}") };
    assert_eq!(waits(&night, "b"), Wait::Soak { ring: 1, until });
    assert_eq!((soaking.counts.settling, soaking.counts.total()), (1, 1));
    night.until(until.plus_seconds(-MINUTE));
    assert_eq!(night.disturbed().len(), 1);
    night.until(until.plus_seconds(5 * MINUTE));
    assert_eq!(night.disturbed().len(), 2);
}

#[test]
fn a_ring_that_fails_while_it_soaks_lets_no_later_ring_begin() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.plan.rings = vec![ring(1), ring(1)];
    wanted.plan.items[1].ring = 2;
    let mut night = wanted.start();
    night.until(after(20 * MINUTE));
    night.machine("a").pend(model::host::SignalSource::Kernel);
    night.until(after(2 * HOUR));
    assert_eq!(night.disturbed().len(), 1);
    assert!(matches!(waits(&night, "b"), Wait::Halted { ring: 1, .. }));
}

#[test]
fn no_more_hosts_are_worked_on_at_once_than_the_ring_allows() {
    let names = ["a", "b", "c", "d", "e"];
    let mut wanted = wanted(&names);
    wanted.plan.rings[0].at_once_max = 2;
    let mut night = wanted.start();
    for _ in 0..120 {
        night.minute();
        let ring = night.rollout.ring_standing(1, night.now).unwrap();
        assert!(ring.in_work <= 2, "{ring:?}");
    }
    assert_eq!(night.disturbed().len(), 5);
}

/// Two stations with a probe each, one at once, one of which may fail.
fn one_at_once() -> Night {
    let mut wanted = wanted(&["a", "b"]);
    (wanted.plan.rings[0].at_once_max, wanted.plan.rings[0].failures_stop) = (1, 2);
    wanted.topology.probes = ["a", "b"].map(|host| probe(host, &format!("central-{host}"), host)).into();
    wanted.start()
}

#[test]
fn a_host_that_never_comes_back_keeps_its_place_among_those_worked_on_at_once() {
    let mut night = one_at_once();
    night.machine("a").never_returns = true;
    night.until(after(2 * HOUR));
    assert_eq!(night.is("a"), "stalled");
    assert_eq!(night.disturbed(), ["a"].into(), "one is dark already");
    assert_eq!(waits(&night, "b"), Wait::AtOnce { max: 1 });
}

#[test]
fn a_host_that_was_silent_before_its_first_disturbance_waits_for_a_place_when_it_is_heard_again() {
    let mut night = one_at_once();
    while night.orders("a").last() != Some(&"probe") {
        night.minute();
    }
    night.machine("a").dead = true;
    while night.disturbed().is_empty() {
        night.minute();
        assert!(night.now < after(2 * HOUR), "the other is begun when the silent one has stalled");
    }
    // The other is at work and takes its time; the silent one is heard again and says that its probe ran.
    night.machine("b").dead = true;
    night.machine("a").dead = false;
    for _ in 0..10 {
        night.minute();
        assert_eq!(night.disturbed(), ["b"].into());
    }
    assert_eq!(waits(&night, "a"), Wait::AtOnce { max: 1 });
    night.machine("b").dead = false;
    night.until(after(3 * HOUR));
    assert_eq!(night.disturbed(), ["a", "b"].into());
}

#[test]
fn a_ring_that_halts_disturbs_nobody_more_in_the_same_look() {
    let mut wanted = wanted(&["a", "b"]);
    (wanted.plan.rings[0].at_once_max, wanted.plan.rings[0].failures_stop) = (2, 1);
    wanted.topology.probes = ["a", "b"].map(|host| probe(host, &format!("central-{host}"), host)).into();
    let mut night = wanted.start();
    // The second is heard so much later that its probe ends in the minute in which the first fails.
    night.until(after(-2 * MINUTE));
    night.machine("b").dead = true;
    while night.disturbed().is_empty() {
        night.minute();
    }
    assert_eq!((night.disturbed(), night.orders("b").last()), (["a"].into(), Some(&"probe")));
    night.machine("b").dead = false;
    night.machine("a").order_fails = true;
    night.until(after(HOUR));
    assert!(matches!(waits(&night, "b"), Wait::Halted { ring: 1, .. }), "{:?}", waits(&night, "b"));
    assert_eq!(night.disturbed(), ["a"].into());
}

#[test]
fn what_is_left_to_be_seen_after_the_window_is_seen_and_not_dark_for_ever() {
    let mut wanted = wanted(&["a"]);
    wanted.topology.probes = vec![probe("a", "central-a", "a")];
    let mut night = wanted.start();
    // It says that it restarted, and really does in the morning, when the power fails.
    night.machine("a").lies_about_restarting = true;
    night.until(after(10 * HOUR));
    assert_eq!(night.is("a"), "restart_pending");
    let now = night.now;
    night.machine("a").reboot(now);
    night.until(after(12 * HOUR));
    assert_eq!(night.orders("a").last(), Some(&"probe"), "it is looked at whether it works");
    assert_eq!(night.is("a"), "settling");
}

#[test]
fn a_wave_waits_for_the_one_before_it_but_not_for_a_host_that_is_silent() {
    let mut wanted = wanted(&["a", "b", "c"]);
    wanted.plan.items[2].wave = 2;
    let mut night = wanted.start();
    night.machine("b").dead = true;
    night.until(after(MINUTE));
    assert_eq!(night.disturbed(), ["a"].into());
    assert_eq!(waits(&night, "c"), Wait::Wave { wave: 1 });
    night.until(after(HOUR));
    assert_eq!(night.disturbed(), ["a", "c"].into());
}

#[test]
fn one_of_two_stations_stays_in_service_while_the_other_is_worked_on() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.topology.services.clear();
    let unit = id("ward", model::ids::UnitId::new);
    wanted.serve(service("central", &["a", "b"], 1, None), unit);
    let mut night = wanted.start();
    let mut apart = true;
    while night.now < after(2 * HOUR) {
        night.minute();
        apart &= !(night.is("a") == "dark" && night.is("b") == "dark");
        assert!(night.rollout.dark_now(night.now).is_empty(), "the ward is never dark");
    }
    assert!(apart);
    assert_eq!(night.disturbed().len(), 2);
}

#[test]
fn a_station_is_not_taken_down_while_its_partner_outside_the_plan_is_silent() {
    let mut wanted = wanted(&["a"]);
    wanted.topology.services.clear();
    let unit = id("ward", model::ids::UnitId::new);
    wanted.serve(service("central", &["a", "partner"], 1, None), unit);
    let mut night = wanted.start();
    night.beyond.insert(tag("partner"), Beyond::Silent);
    night.until(after(HOUR));
    assert!(night.disturbed().is_empty());
    assert!(matches!(waits(&night, "a"), Wait::Redundancy { needed: 1, left: 0, .. }));
    night.beyond.remove(&tag("partner"));
    night.until(after(2 * HOUR));
    assert_eq!(night.disturbed().len(), 1);
}

#[test]
fn a_service_and_its_fallback_are_never_both_dark() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.topology.services.clear();
    let unit = || id("ward", model::ids::UnitId::new);
    wanted.serve(service("central", &["a"], 1, Some("local")), unit());
    wanted.serve(service("local", &["b"], 1, None), unit());
    let mut night = wanted.start();
    while night.now < after(2 * HOUR) {
        night.minute();
        assert!(night.rollout.dark_now(night.now).len() <= 1);
    }
    assert_eq!(night.disturbed().len(), 2);
}

#[test]
fn nothing_begins_that_would_not_fit_with_its_back_out() {
    let mut wanted = wanted(&["a"]);
    // Install 10, restart 10, back-out 20 minutes at the 90th percentile: the last start is 40 minutes before the end.
    wanted.plan.windows[0].latest_start = after(6 * HOUR);
    let mut night = wanted.start();
    night.machine("a").dead = true;
    night.until(after(6 * HOUR - 40 * MINUTE));
    night.machine("a").dead = false;
    night.until(after(6 * HOUR + HOUR));
    assert!(night.disturbed().is_empty());
}

#[test]
fn a_restart_that_no_longer_fits_is_asked_for_as_a_further_outage() {
    let mut wanted = wanted(&["a"]);
    wanted.plan.windows[0].latest_start = after(6 * HOUR);
    let mut night = wanted.start();
    night.machine("a").dead = true;
    night.until(after(6 * HOUR - 45 * MINUTE));
    night.machine("a").dead = false;
    // Fetched and begun in time; then it is silent until the restart no longer fits.
    night.until(after(6 * HOUR - 43 * MINUTE));
    night.machine("a").dead = true;
    night.until(after(6 * HOUR - 28 * MINUTE));
    night.machine("a").dead = false;
    night.until(after(7 * HOUR));
    assert_eq!(night.orders("a"), ["download", "install"]);
    assert_eq!(night.is("a"), "restart_pending");
    assert_eq!(night.told("a"), ["dark", "further outage"]);
}

#[test]
fn a_window_that_is_over_with_hosts_not_begun_halts_the_ring() {
    let mut night = wanted(&["a", "b"]).start();
    night.machine("b").dead = true;
    night.until(after(5 * HOUR));
    let halted = night.rollout.ring_standing(1, night.now).unwrap();
    assert!(matches!(halted.state, RingState::Halted { reason: HaltReason::WindowOver, .. }), "{halted:?}");
}

#[test]
fn a_refused_precondition_makes_the_ring_impossible() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.plan.rings[0].failures_stop = 2;
    wanted.plan.rings[0].at_once_max = 1;
    let mut night = wanted.start();
    night.until(after(-MINUTE));
    night.machine("a").refuses = Some(RefusalCode::VersionsDiffer);
    night.until(after(HOUR));
    assert_eq!(night.is("a"), "broken");
    let halted = night.rollout.ring_standing(1, night.now).unwrap();
    assert!(matches!(halted.state, RingState::Halted { reason: HaltReason::Impossible { .. }, .. }));
    assert!(!night.disturbed().contains("b"));
}

#[test]
fn an_order_of_an_older_term_is_ordered_again_and_only_so_often() {
    let mut night = wanted(&["a"]).start();
    night.until(after(-MINUTE));
    night.machine("a").refuses = Some(RefusalCode::OlderTerm);
    night.until(after(30 * MINUTE));
    assert_eq!(night.orders("a"), ["download", "install", "install", "install", "install"]);
    assert_eq!(night.is("a"), "broken");
}

#[test]
fn as_many_failures_as_the_plan_allows_stop_the_ring_and_one_less_does_not() {
    let mut wanted = wanted(&["a", "b", "c"]);
    wanted.plan.rings[0].failures_stop = 2;
    wanted.plan.rings[0].at_once_max = 1;
    let mut night = wanted.start();
    night.until(after(-MINUTE));
    night.machine("a").order_fails = true;
    night.machine("b").order_fails = true;
    night.until(after(2 * HOUR));
    assert_eq!(night.disturbed(), ["a", "b"].into());
    let halts: Vec<_> = night.log.iter().filter(|(_, d)| matches!(d, Decision::HaltRing { .. })).collect();
    assert_eq!(halts.len(), 1);
}

#[test]
fn a_driver_that_sleeps_until_the_next_wake_misses_nothing() {
    let mut night = wanted(&["a"]).start();
    night.until(after(10 * MINUTE));
    while night.now < half_past_six() {
        let (revision, wake) = (night.rollout.revision(), night.rollout.next_wake(night.now).unwrap());
        night.minute();
        let news = night.log.last().is_some_and(|(at, _)| *at == night.now);
        assert!(!news || night.rollout.revision() != revision || wake <= night.now);
    }
    assert_eq!(night.is("a"), "proven");
}

#[test]
fn a_host_that_knows_something_newer_is_asked_a_few_times_to_fetch_its_packages_and_no_more() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").refuses = Some(RefusalCode::OlderTerm);
    night.until(after(-MINUTE));
    assert_eq!(night.orders("a").len(), 4, "{:?}", night.orders("a"));
    // Whoever computes it afresh, as after a restart of the server, asks no more either.
    let kept = serde_json::to_vec(night.rollout.progress()).unwrap();
    let agreed = night.rollout.agreed().clone();
    let topology = night.rollout.topology().clone();
    night.rollout =
        rollout::Rollout::restore(agreed, topology, serde_json::from_slice(&kept).unwrap()).unwrap();
    assert_eq!(night.look(), []);
}

#[test]
fn packages_that_could_not_be_fetched_by_a_hundred_hosts_hold_up_no_other_host() {
    let tags: Vec<String> = (0..101).map(|n| format!("host-{n:03}")).collect();
    let names: Vec<&str> = tags.iter().map(String::as_str).collect();
    let mut night = wanted(&names).start();
    // All but the last, for which no place among those that fetch is left at first.
    names[..100].iter().for_each(|host| night.machine(host).order_fails = true);
    night.until(after(-MINUTE));
    assert_eq!(night.orders("host-100"), ["download"]);
}
