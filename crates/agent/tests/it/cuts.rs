//! The power fails, or the program is killed, at every record that is written: each order still has its effect exactly once.

use model::order::Action;

use crate::bench::{Bench, install};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Cut {
    Kill,
    PowerLoss,
}

/// Runs the order with a cut after each record in turn. `check` sees the bench at the end.
fn at_every_record(action: &Action, check: impl Fn(&Bench, String)) {
    for cut in [Cut::Kill, Cut::PowerLoss] {
        for after in 1..200 {
            let mut bench = Bench::new();
            let order = bench.order(1, action.clone());
            bench.send(&order);
            bench.cut_after = Some(after);
            if bench.run_until(|bench| bench.ended("O-1")) {
                assert!(after > 5, "an order writes more than {after} records");
                return; // Past the last record.
            }
            match cut {
                Cut::Kill => bench.kill(),
                Cut::PowerLoss => bench.power_loss(),
            }
            // The server does not know how far it came, and sends the order again.
            bench.send(&order);
            assert!(bench.run_until(|bench| bench.ended("O-1")), "the order ends");
            bench.run_minutes(30);
            check(&bench, format!("{cut:?} after record {after}, {:?}", bench.heard("O-1")));
        }
    }
}

/// The order was heard once in each of its steps, in their order, but for the server's own repeat.
fn heard_once(bench: &Bench, case: &str) {
    let mut heard = bench.heard("O-1");
    heard.retain(|word| *word != "replayed");
    assert_eq!(heard, ["accepted", "begun", "done"], "{case}");
}

#[test]
fn an_install_is_made_exactly_once_wherever_it_is_cut_off() {
    at_every_record(&install("2.0"), |bench, case| {
        assert_eq!(bench.host.installs, 1, "{case}");
        assert_eq!(bench.host.packages["viewer"].as_deref(), Some("2.0"), "{case}");
        heard_once(bench, &case);
    });
}

#[test]
fn a_restart_is_made_at_most_once_wherever_it_is_cut_off() {
    at_every_record(&Action::RestartHost, |bench, case| {
        // A loss of power after the order was begun is the restart; there is no second one.
        assert!(bench.host.restarts <= 1, "{case}");
        assert!(bench.host.boot > 1, "{case}");
        heard_once(bench, &case);
    });
}

#[test]
fn services_are_restarted_exactly_once_wherever_it_is_cut_off() {
    at_every_record(&Action::RestartServices(vec!["viewer".into()]), |bench, case| {
        assert!(bench.host.service_restarts <= 1, "{case}");
        heard_once(bench, &case);
    });
}

#[test]
fn going_back_is_made_exactly_once_wherever_it_is_cut_off() {
    let back = Action::RollBack([("viewer".into(), Some("0.9".into())), ("codec".into(), None)].into());
    at_every_record(&back, |bench, case| {
        assert_eq!(bench.host.installs, 1, "{case}");
        assert_eq!(bench.host.packages["codec"], None, "{case}");
        heard_once(bench, &case);
    });
}

#[test]
fn an_install_that_was_cut_off_in_the_middle_is_not_touched_again_but_reported() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(Bench::has_begun);
    // One of the two packages is there, the other is not, when the power fails.
    bench.host.packages.insert("codec".into(), Some("2.0".into()));
    bench.power_loss();
    bench.run_until(|bench| bench.ended("O-1"));
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "failed"]);
    assert_eq!(bench.host.installs, 0);
    let says = format!("{:?}", bench.server.events);
    assert!(says.contains("codec is 2.0 and should be 2.0, viewer is 1.0 and should be 2.0"), "{says}");
}

#[test]
fn an_order_that_is_cut_off_again_and_again_is_given_up() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(Bench::has_begun);
    for _ in 0..5 {
        let written = bench.log.len();
        bench.kill();
        bench.cut_after = Some(written + 1);
        bench.run_until(|bench| bench.log.len() > written);
    }
    bench.kill();
    bench.run_until(|bench| bench.ended("O-1"));
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "failed"]);
    assert_eq!(bench.host.installs, 0);
}

#[test]
fn an_order_that_was_cut_off_is_not_begun_again_after_its_latest_start() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("2.0"));
    bench.send(&order);
    bench.run_until(Bench::has_begun);
    // The host is without power for 40 minutes; 30 were allowed.
    bench.up_ms += 40 * 60_000;
    bench.power_loss();
    bench.run_until(|bench| bench.ended("O-1"));
    assert_eq!(bench.heard("O-1"), ["accepted", "begun", "failed"]);
    assert_eq!(bench.host.installs, 0);
}

#[test]
fn what_has_its_version_already_is_not_installed_again() {
    let mut bench = Bench::new();
    let order = bench.order(1, install("1.0"));
    bench.send(&order);
    bench.run_until(|bench| bench.ended("O-1"));
    assert_eq!((bench.heard("O-1").last(), bench.host.installs), (Some(&"done"), 0));
}
