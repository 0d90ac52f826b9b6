//! What people decide: pause, stop, roll back, answers of units, and work by hand.

use model::Time;
use model::agreement::{SignOff, UnitAnswer};
use model::device::Installer;
use model::ids::{AccountId, OutageId, UnitId};
use model::order::OrderWindow;
use model::patch::{StepProof, WorkStep};
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};
use rollout::{StepRefusal, Verdict};

use crate::hospital::*;

#[test]
fn a_paused_rollout_finishes_what_was_begun_and_begins_nothing() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.plan.rings[0].at_once_max = 1;
    let mut night = wanted.start();
    night.until(EVENING);
    night.rollout.paused("a code blue on the ward");
    night.until(after(HOUR));
    assert_eq!((night.is("a"), night.is("b")), ("settling", "not_begun"));
    night.rollout.resumed();
    night.until(after(2 * HOUR));
    assert_eq!(night.is("b"), "settling");
}

#[test]
fn a_stopped_rollout_finishes_what_was_begun_and_says_so_in_the_incident_list() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.plan.rings[0].at_once_max = 1;
    let mut night = wanted.start();
    night.until(EVENING);
    night.rollout.stopped("wrong patch", false, night.now);
    night.until(after(5 * HOUR));
    assert_eq!((night.is("a"), night.is("b")), ("settling", "not_begun"));
    assert_eq!(night.incidents(), ["stopped"]);
}

#[test]
fn an_emergency_stop_voids_what_is_not_begun_and_orders_nothing_more() {
    let mut night = wanted(&["a", "b"]).start();
    night.until(after(MINUTE));
    assert_eq!(night.orders("a"), ["download", "install", "restart_host"]);
    assert!(night.rollout.open_order(&tag("a")).is_some());
    night.rollout.stopped("smoke in the server room", true, night.now);
    assert!(night.rollout.open_order(&tag("a")).is_none(), "the order to restart is void");
    night.machine("a").doing = None;
    night.until(after(5 * HOUR));
    assert_eq!(night.orders("a").len(), 3);
    assert_eq!(night.is("a"), "restart_pending", "it was installed and did not restart");
}

#[test]
fn a_unit_that_refuses_a_further_outage_is_not_overruled_until_it_is_moved() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").arms_another = true;
    night.until(after(30 * MINUTE));
    let no = SignOff {
        unit: id("ward-a", UnitId::new),
        answer: UnitAnswer::Refuse { reason: "two unstable patients".into() },
        by: id("nurse", AccountId::new),
        at: night.now,
    };
    let outage = id("outage-1", OutageId::new);
    night.rollout.outage_answered(&outage, &no, night.now);
    night.until(after(30 * HOUR));
    assert_eq!(night.orders("a").len(), 3);
    let window = OrderWindow {
        not_before: after(31 * HOUR),
        latest_start: after(32 * HOUR),
        not_after: after(33 * HOUR),
    };
    night.rollout.outage_moved(&outage, window, night.now);
    night.until(after(31 * HOUR + 30 * MINUTE));
    assert_eq!(night.orders("a").len(), 3, "answers given before are void");
    night.accept(1, "ward-a");
    night.until(after(32 * HOUR));
    assert_eq!(night.orders("a").len(), 4);
}

#[test]
fn a_unit_that_another_is_asked_beside_it_must_accept_too() {
    let mut wanted = wanted(&["a"]);
    wanted.serve(service("alarms", &["a"], 1, None), id("icu", UnitId::new));
    let mut night = wanted.start();
    night.machine("a").arms_another = true;
    night.until(after(30 * MINUTE));
    night.accept(1, "ward-a");
    night.until(after(HOUR));
    assert_eq!(night.orders("a").len(), 3);
    night.accept(1, "icu");
    assert_eq!(night.orders("a").len(), 4);
}

#[test]
fn a_patch_is_taken_back_when_a_person_decides_so_and_the_host_stays_red() {
    let mut wanted = wanted(&["a"]);
    wanted.topology.probes = vec![probe("alarms", "central-a", "a")];
    let mut night = wanted.start();
    night.until(after(2 * MINUTE));
    night.machine("a").probe_fails = true;
    night.until(after(HOUR));
    assert_eq!(night.is("a"), "broken");
    assert!(night.rollout.may_roll_back(&tag("a")));
    night.machine("a").probe_fails = false;
    let window =
        OrderWindow { not_before: night.now, latest_start: after(2 * HOUR), not_after: after(3 * HOUR) };
    night.rollout.roll_back_decided(&tag("a"), window, night.now);
    night.until(after(3 * HOUR));
    assert_eq!(&night.orders("a")[4..], ["probe", "roll_back", "restart_host", "probe"]);
    assert_eq!(night.hosts[&tag("a")].seen.packages["kernel"], "1".into());
    assert!(matches!(night.verdict("a"), Verdict::Broken { .. }), "a new plan is needed");
}

/// Found by a random night: a station was taken back while the other one of the pair was being worked on, and both were dark.
#[test]
fn a_station_is_taken_back_only_when_the_other_of_the_pair_is_not_being_worked_on() {
    let mut wanted = wanted(&["a", "b"]);
    wanted.topology.services.clear();
    wanted.serve(service("pair", &["a", "b"], 1, None), id("ward-pair", UnitId::new));
    let mut night = wanted.start();
    let on = |night: &Night, host: &str| night.is(host) == "dark";
    while !on(&night, "a") && !on(&night, "b") {
        night.until(night.now.plus_seconds(60));
    }
    let (first, second) = if on(&night, "a") { ("a", "b") } else { ("b", "a") };
    while !on(&night, second) {
        night.until(night.now.plus_seconds(60));
        assert!(!(on(&night, "a") && on(&night, "b")));
    }
    let window =
        OrderWindow { not_before: night.now, latest_start: after(3 * HOUR), not_after: after(4 * HOUR) };
    assert!(night.rollout.may_roll_back(&tag(first)));
    night.rollout.roll_back_decided(&tag(first), window, night.now);
    while night.now < after(4 * HOUR) {
        night.until(night.now.plus_seconds(60));
        assert!(!(on(&night, "a") && on(&night, "b")), "both stations of the pair are dark");
    }
    assert!(night.orders(first).contains(&"roll_back"), "{:?}", night.orders(first));
}

fn pump() -> Night {
    let mut wanted = wanted(&[]);
    let mut firmware = patch("firmware", model::patch::RestartNeed::None);
    firmware.packages.clear();
    let step = |says: &str, proof| WorkStep { says: says.into(), proof };
    firmware.steps = vec![
        step("Read the label.", StepProof::Identity),
        step("Note the firmware.", StepProof::Before),
        step("Install.", StepProof::Said),
        step("Run the occlusion test.", StepProof::Test),
    ];
    wanted.plan.patches = vec![firmware];
    wanted.plan.items = vec![by_hand("pump", "firmware")];
    wanted.plan.rings = vec![ring(1)];
    wanted.topology.devices.insert(
        tag("pump"),
        model::topology::DeviceInfo { labels: vec!["SN-4711".into()], ..Default::default() },
    );
    wanted.start()
}

fn do_step(night: &mut Night, step: u16, shown: Shown) -> Result<(), StepRefusal> {
    let done = StepDone {
        plan: night.rollout.hash(),
        host: tag("pump"),
        step,
        shown,
        worker: "B. Berg".into(),
        installer: Installer::Vendor,
    };
    night.world(|world| night.rollout.check_step(&done, world, night.now))?;
    night.rollout.step_done(&done, night.now);
    Ok(())
}

#[test]
fn work_by_hand_is_proven_only_after_a_passed_test_and_a_signature() {
    let mut night = pump();
    assert!(matches!(do_step(&mut night, 1, Shown::Label("sn-4711".into())), Err(StepRefusal::NotYet(_))));
    night.until(EVENING);
    let other = do_step(&mut night, 1, Shown::Label("SN-4712".into()));
    assert!(matches!(other, Err(StepRefusal::OtherDevice { .. })), "{other:?}");
    assert_eq!(do_step(&mut night, 2, Shown::Said), Err(StepRefusal::StepBefore(1)));
    do_step(&mut night, 1, Shown::Label("sn-4711".into())).unwrap();
    assert_eq!(night.is("pump"), "dark");
    assert!(matches!(do_step(&mut night, 2, Shown::Said), Err(StepRefusal::WrongProof(2, _))));
    do_step(&mut night, 2, Shown::Measured("3.1".into())).unwrap();
    do_step(&mut night, 3, Shown::Said).unwrap();
    let signed = WorkSigned {
        plan: night.rollout.hash(),
        host: tag("pump"),
        by: "B. Berg".into(),
        finished_at: night.now,
        version_seen: "3.2".into(),
    };
    assert_eq!(night.rollout.check_signature(&signed), Err(StepRefusal::Unfinished { done: 3, of: 4 }));
    do_step(&mut night, 4, Shown::Test { passed: false, says: "no alarm".into() }).unwrap();
    assert_eq!(night.is("pump"), "broken");
    do_step(&mut night, 4, Shown::Test { passed: true, says: "alarm at 8 psi".into() }).unwrap();
    assert_eq!(night.is("pump"), "unknown", "nobody has signed");
    night.rollout.signed(&signed, night.now);
    assert_eq!(night.is("pump"), "proven");
}

/// The pump's work, done and signed in the evening.
fn signed_pump() -> Night {
    let mut night = pump();
    night.until(EVENING);
    do_step(&mut night, 1, Shown::Label("sn-4711".into())).unwrap();
    do_step(&mut night, 2, Shown::Measured("3.1".into())).unwrap();
    do_step(&mut night, 3, Shown::Said).unwrap();
    do_step(&mut night, 4, Shown::Test { passed: true, says: "alarm at 8 psi".into() }).unwrap();
    let signed = WorkSigned {
        plan: night.rollout.hash(),
        host: tag("pump"),
        by: "B. Berg".into(),
        finished_at: night.now,
        version_seen: "3.2".into(),
    };
    night.rollout.signed(&signed, night.now);
    night
}

fn looked_at(night: &Night, label: &str, passed: bool) -> WorkChecked {
    WorkChecked {
        plan: night.rollout.hash(),
        host: tag("pump"),
        by: "C. Carlsson".into(),
        label: label.into(),
        version_seen: "3.2".into(),
        passed,
        says: "occlusion test".into(),
    }
}

const DAY: i64 = 24 * HOUR;

#[test]
fn work_by_hand_is_proven_for_a_quarter_and_then_somebody_must_check_it_again() {
    let mut night = signed_pump();
    let signed_at = night.now;
    let until = signed_at.plus_seconds(90 * DAY);
    let verdict = |night: &Night, at: Time| night.rollout.verdict(&tag("pump"), at).unwrap();
    assert_eq!(verdict(&night, until), Verdict::Proven { until });
    let later = until.plus_seconds(1);
    let stale = Verdict::Stale { observed_at: Some(signed_at), checked_by: Some("B. Berg".into()) };
    assert_eq!(verdict(&night, later), stale);
    night.now = later;
    let standing = night.world(|world| night.rollout.standing(&tag("pump"), world, later)).unwrap();
    assert_eq!(standing.waits, rollout::standing::Wait::CheckAgain);
    let other = night.rollout.check_again(&looked_at(&night, "SN-4712", true));
    assert!(matches!(other, Err(StepRefusal::OtherDevice { .. })), "{other:?}");
    let renewed = looked_at(&night, "sn-4711", true);
    night.rollout.check_again(&renewed).unwrap();
    night.rollout.checked(&renewed, later);
    assert_eq!(verdict(&night, later), Verdict::Proven { until: later.plus_seconds(90 * DAY) });
    let standing = night.world(|world| night.rollout.standing(&tag("pump"), world, later)).unwrap();
    assert_eq!((standing.checked_by.as_deref(), standing.evidence_at), (Some("C. Carlsson"), Some(later)));
}

#[test]
fn a_check_that_fails_breaks_the_device_until_one_passes() {
    let mut night = signed_pump();
    let failed = looked_at(&night, "pump", false);
    night.now = night.now.plus_seconds(DAY);
    night.rollout.checked(&failed, night.now);
    assert_eq!(night.is("pump"), "broken");
    let passed = looked_at(&night, "pump", true);
    night.now = night.now.plus_seconds(HOUR);
    night.rollout.checked(&passed, night.now);
    assert_eq!(night.is("pump"), "proven");
}

#[test]
fn nothing_is_checked_again_before_it_was_signed_for() {
    let night = pump();
    assert_eq!(night.rollout.check_again(&looked_at(&night, "pump", true)), Err(StepRefusal::NotSigned));
}

#[test]
fn a_signature_that_comes_days_after_the_work_makes_no_proof_younger() {
    let mut night = pump();
    night.until(EVENING);
    do_step(&mut night, 1, Shown::Label("pump".into())).unwrap();
    do_step(&mut night, 2, Shown::Measured("3.1".into())).unwrap();
    do_step(&mut night, 3, Shown::Said).unwrap();
    do_step(&mut night, 4, Shown::Test { passed: true, says: "alarm at 8 psi".into() }).unwrap();
    let finished_at = night.now;
    night.now = night.now.plus_seconds(3 * DAY);
    let (plan, host, by) = (night.rollout.hash(), tag("pump"), "B. Berg".into());
    night.rollout.signed(&WorkSigned { plan, host, by, finished_at, version_seen: "3.2".into() }, night.now);
    let until = finished_at.plus_seconds(90 * DAY);
    assert_eq!(night.rollout.verdict(&tag("pump"), night.now), Some(Verdict::Proven { until }));
}

#[test]
fn only_the_kind_of_person_that_the_plan_names_may_install() {
    let mut night = pump();
    night.until(EVENING);
    let done = StepDone {
        plan: night.rollout.hash(),
        host: tag("pump"),
        step: 1,
        shown: Shown::Label("pump".into()),
        worker: "A. Alm".into(),
        installer: Installer::Staff,
    };
    let refusal = night.world(|world| night.rollout.check_step(&done, world, night.now)).unwrap_err();
    assert_eq!(refusal.to_string(), "the plan has this work done by vendor, not by staff");
}

#[test]
fn a_device_that_somebody_began_and_left_has_stalled() {
    let mut night = pump();
    night.until(EVENING);
    do_step(&mut night, 1, Shown::Label("pump".into())).unwrap();
    night.until(after(2 * HOUR));
    assert_eq!(night.is("pump"), "stalled");
}
