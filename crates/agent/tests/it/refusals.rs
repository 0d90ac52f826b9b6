//! Every reason for which a host refuses an order, each with its own code.

use agent::core::{Input, Way};
use model::Time;
use model::host::Power;
use model::order::{Action, RefusalCode};
use model::patch::PackageVersion;
use wire::OrderSigner;

use crate::bench::{Bench, MINUTE, install, tag};

/// Sends an order that was changed, and says how it was refused. Nothing was done.
fn refused(change: impl FnOnce(&mut Bench, &mut model::order::Order)) -> (RefusalCode, String) {
    let mut bench = Bench::new();
    bench.run_minutes(2);
    let mut order = bench.order(1, install("2.0"));
    change(&mut bench, &mut order);
    bench.send(&order);
    bench.run_minutes(5);
    assert_eq!((bench.host.installs, bench.host.restarts), (0, 0), "what is refused is not done");
    bench.refusal("O-1")
}

#[test]
fn an_order_for_another_host_is_refused() {
    let (code, says) = refused(|_, order| order.host = tag("CM-08"));
    assert_eq!((code, &*says), (RefusalCode::WrongHost, "it is for CM-08, and this is CM-07"));
}

#[test]
fn an_order_before_its_window_after_its_latest_start_or_after_its_window_is_refused() {
    let (code, says) = refused(|bench, order| order.window.not_before = Time(bench.time().0 + 20 * MINUTE));
    assert_eq!(code, RefusalCode::TooEarly);
    assert!(says.starts_with("its window begins in "), "{says}");
    let (code, _) = refused(|bench, order| order.window.latest_start = Time(bench.time().0 - MINUTE / 2));
    assert_eq!(code, RefusalCode::TooLate);
    let (code, _) = refused(|bench, order| {
        order.window.latest_start = Time(bench.time().0 - MINUTE / 2);
        order.window.not_after = order.window.latest_start;
    });
    assert_eq!(code, RefusalCode::Expired);
}

#[test]
fn the_window_counts_on_the_servers_clock_even_where_the_hosts_is_a_day_off() {
    for skew_us in [-1_440 * MINUTE, 1_440 * MINUTE] {
        let mut bench = Bench::new();
        bench.skew_us = skew_us;
        bench.run_minutes(2);
        let order = bench.order(1, install("2.0"));
        bench.send(&order);
        bench.run_minutes(5);
        assert_eq!(bench.heard("O-1"), ["accepted", "begun", "done"]);
        // Somebody sets the clock while the agent runs: the window does not move with it.
        bench.skew_us = 0;
        let order = bench.order(2, install("3.0"));
        bench.send(&order);
        bench.run_minutes(5);
        assert_eq!(bench.heard("O-2"), ["accepted", "begun", "done"]);
    }
}

#[test]
fn an_order_that_expects_another_boot_or_other_versions_is_refused() {
    let (code, says) = refused(|_, order| order.expects.boot = Some("boot-0".into()));
    assert_eq!(
        (code, &*says),
        (RefusalCode::BootDiffers, "the host is in boot boot-1, and the order expects boot-0")
    );
    let (code, says) = refused(|_, order| {
        order.expects.packages.insert("viewer".into(), Some("0.9".into()));
    });
    assert_eq!((code, &*says), (RefusalCode::VersionsDiffer, "viewer is 1.0, and the order expects 0.9"));
    let (code, says) = refused(|_, order| {
        order.expects.packages.insert("viewer".into(), None);
    });
    assert_eq!(
        (code, &*says),
        (RefusalCode::VersionsDiffer, "viewer is 1.0, and the order expects not installed")
    );
    let (code, _) = refused(|_, order| {
        order.expects.packages.insert("never-heard-of".into(), Some("1".into()));
    });
    assert_eq!(code, RefusalCode::VersionsDiffer);
}

#[test]
fn a_host_without_space_on_battery_or_without_the_means_refuses() {
    assert_eq!(refused(|bench, _| bench.host.disk_free_bytes = 1_000).0, RefusalCode::DiskFull);
    assert_eq!(refused(|bench, _| bench.host.power = Power::Battery).0, RefusalCode::OnBattery);
    let (code, says) = refused(|bench, _| bench.host.cannot = Some("there is no service manager".into()));
    assert_eq!((code, &*says), (RefusalCode::NotSupported, "there is no service manager"));
}

#[test]
fn a_host_on_battery_still_fetches_and_probes() {
    let mut bench = Bench::new();
    bench.host.power = Power::Battery;
    let packages = vec![PackageVersion { package: "viewer".into(), version: "2.0".into() }];
    let order = bench.order(1, Action::Download(packages));
    bench.send(&order);
    bench.run_minutes(5);
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "done"]);
}

#[test]
fn an_order_of_an_older_term_is_refused_and_does_not_use_its_number_up() {
    let mut bench = Bench::new();
    let mut first = bench.order(1, install("2.0"));
    first.term = 5;
    bench.send(&first);
    bench.run_until(|bench| bench.ended("O-1"));
    let mut old = bench.order(2, install("3.0"));
    old.term = 4;
    old.id = model::ids::OrderId::new("O-old").unwrap();
    bench.send(&old);
    bench.run_minutes(5);
    assert_eq!(bench.refusal("O-old").0, RefusalCode::OlderTerm);
    let mut new = bench.order(2, install("3.0"));
    new.term = 6;
    bench.send(&new);
    bench.run_minutes(5);
    assert_eq!(bench.heard("O-2"), ["accepted", "begun", "done"]);
}

#[test]
fn an_order_that_comes_again_is_refused_and_reported_once_however_often_it_comes() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    for _ in 0..4 {
        bench.send(&order);
        bench.run_minutes(5);
    }
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "done", "replayed"]);
    assert_eq!(bench.host.installs, 1);
}

#[test]
fn an_order_that_was_overtaken_is_refused() {
    let mut bench = Bench::new();
    let (first, second) = (bench.order(1, install("2.0")), bench.order(2, install("3.0")));
    bench.send(&second);
    bench.run_until(|bench| bench.ended("O-2"));
    bench.send(&first);
    bench.run_minutes(5);
    assert_eq!(bench.refusal("O-1"), (RefusalCode::OutOfOrder, "its number is 1, and 2 was followed".into()));
    assert_eq!(bench.host.packages["viewer"].as_deref(), Some("3.0"));
}

#[test]
fn orders_that_arrive_together_in_the_wrong_order_are_followed_in_the_right_one() {
    let mut bench = Bench::new();
    bench.run_minutes(2);
    let orders: Vec<_> = (1..=3).map(|n| bench.order(n, install(&format!("{n}.5")))).collect();
    for n in [0, 2, 1] {
        bench.send(&orders[n]);
    }
    bench.run_minutes(5);
    for order in ["O-1", "O-2", "O-3"] {
        assert_eq!(bench.heard(order), ["accepted", "begun", "done"]);
    }
    assert_eq!(bench.host.packages["viewer"].as_deref(), Some("3.5"));
}

#[test]
fn an_order_that_comes_while_another_is_carried_out_is_refused() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(Bench::has_begun);
    let next = bench.order(2, install("3.0"));
    let answer = wire::CheckInAnswer {
        server_now: bench.time(),
        acked: 0,
        want_full: false,
        orders: vec![crate::bench::site().sign(&next).unwrap()],
        probes: None,
        check_in_seconds: 60,
    };
    bench.input(Input::Answered { way: Way::Wait, answer: Box::new(answer) });
    bench.run_minutes(5);
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "done"]);
    assert_eq!(bench.refusal("O-2"), (RefusalCode::Busy, "O-1 is not finished".into()));
}

#[test]
fn an_order_that_nobody_signed_is_refused_under_the_name_it_claims() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.server.orders.push(OrderSigner::from_seed(&[3; 32]).sign(&order).unwrap());
    bench.run_minutes(5);
    assert_eq!(bench.refusal("O-1").0, RefusalCode::BadSignature);
    assert_eq!(bench.agent.memory().sequence, 0, "it is not taken in");
    // The real one with this number is still followed, under a name of its own.
    let mut real = bench.order(1, install("2.0"));
    real.id = model::ids::OrderId::new("O-real").unwrap();
    bench.send(&real);
    bench.run_minutes(5);
    assert_eq!(bench.heard("O-real"), ["accepted", "begun", "done"]);
}

#[test]
fn an_order_that_cannot_be_read_is_refused_though_it_is_signed() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    let mut signed = crate::bench::site().sign(&order).unwrap();
    signed.payload = "x".repeat(wire::limit::ORDER_MAX_BYTES + 1).into();
    bench.server.orders.push(signed);
    bench.run_minutes(5);
    let event = &bench.server.events[0];
    assert!(event.order.as_str().starts_with("unreadable-"), "{event:?}");
    assert_eq!(bench.refusal(event.order.as_str()).0, RefusalCode::Unreadable);
}
