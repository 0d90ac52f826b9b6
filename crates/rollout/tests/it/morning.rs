//! From the evening to the morning: proof, and what surfaces late.

use model::host::{AvailablePatch, SignalSource};
use model::patch::RestartNeed;
use rollout::standing::{Step, Wait};
use rollout::verdict::{Failure, PendingReason};
use rollout::{Rollout, Verdict};

use crate::hospital::*;

#[test]
fn a_host_is_proven_only_by_an_observation_after_half_past_six() {
    let mut night = wanted(&["a"]).start();
    night.until(after(30 * MINUTE));
    assert_eq!(night.orders("a"), ["download", "install", "restart_host"]);
    assert_eq!(night.verdict("a"), Verdict::Settling { until: half_past_six() });
    night.until(half_past_six().plus_seconds(-MINUTE));
    assert_eq!(night.is("a"), "settling");
    night.until(half_past_six());
    assert_eq!(night.is("a"), "proven");
    assert_eq!(night.told("a"), ["dark", "back", "proven"]);
    assert!(night.incidents().is_empty());
}

#[test]
fn proof_expires_when_the_host_falls_silent() {
    let mut night = wanted(&["a"]).start();
    night.until(half_past_six());
    assert_eq!(night.verdict("a"), Verdict::Proven { until: half_past_six().plus_seconds(300) });
    night.machine("a").dead = true;
    night.until(half_past_six().plus_seconds(5 * MINUTE));
    assert_eq!(night.is("a"), "proven");
    night.minute();
    assert_eq!(night.is("a"), "stale");
}

#[test]
fn time_alone_proves_nothing_a_host_that_is_silent_since_midnight_misses_its_recheck() {
    let mut night = wanted(&["a"]).start();
    night.until(after(2 * HOUR));
    night.machine("a").dead = true;
    night.until(after(3 * HOUR));
    assert_eq!(night.is("a"), "stale");
    night.until(half_past_six());
    assert_eq!(night.is("a"), "unknown");
    night.machine("a").dead = false;
    night.minute();
    assert_eq!(night.is("a"), "proven");
}

#[test]
fn restart_found_next_morning_turns_the_station_red_and_asks_the_ward() {
    let mut night = wanted(&["a"]).start();
    night.until(half_past_six().plus_seconds(-MINUTE));
    night.machine("a").pend(SignalSource::RebootRequired);
    night.minute();
    assert_eq!(night.is("a"), "restart_pending");
    assert_eq!(night.incidents(), ["restart surfaced", "ring halted"]);
    assert_eq!(night.told("a"), ["dark", "back", "further outage"]);
    night.until(half_past_six().plus_seconds(2 * HOUR));
    assert_eq!(night.orders("a").len(), 3, "nothing is restarted that nobody agreed to");
    let standing = night.world(|world| night.rollout.standing(&tag("a"), world, night.now).unwrap());
    assert!(matches!(&standing.waits, Wait::Units { missing, .. } if missing.len() == 1), "{standing:?}");
    assert_eq!(standing.step, Step::FurtherOutage);
    assert_eq!(standing.disagreements.len(), 2, "two sources say that nothing is pending");

    night.accept(1, "ward-a");
    night.until(after(24 * HOUR + 30 * MINUTE));
    let (at, order) = night.issued("a").last().unwrap();
    assert_eq!(order.action.word(), "restart_host");
    assert_eq!(at, after(24 * HOUR), "at the same hour of the next night");
    assert_eq!(night.is("a"), "settling");
    night.until(half_past_six().plus_seconds(24 * HOUR));
    assert_eq!(night.is("a"), "proven");
    assert_eq!(night.told("a"), ["dark", "back", "further outage", "dark", "back", "proven"]);
}

#[test]
fn a_first_restart_that_arms_a_second_one_is_seen_at_once() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").arms_another = true;
    night.until(after(30 * MINUTE));
    assert_eq!(night.is("a"), "restart_pending");
    assert_eq!(night.told("a"), ["dark", "further outage"]);
    night.accept(1, "ward-a");
    night.until(after(HOUR));
    assert_eq!(night.orders("a"), ["download", "install", "restart_host", "restart_host"]);
    assert_eq!(night.is("a"), "settling");
    night.until(half_past_six());
    assert_eq!(night.is("a"), "proven");
}

#[test]
fn a_patch_that_surfaces_after_the_work_reopens_the_host() {
    let mut night = wanted(&["a"]).start();
    let offer = |package: &str| AvailablePatch {
        package: package.into(),
        from: "1".into(),
        to: "2".into(),
        size_bytes: None,
        origin: "security".into(),
    };
    night.machine("a").seen.available = vec![offer("known-before")];
    night.until(after(HOUR));
    assert_eq!(night.is("a"), "settling");
    night.machine("a").seen.available.push(offer("surfaced"));
    night.minute();
    let further = PendingReason::FurtherPatch { package: "surfaced".into(), to: "2".into() };
    assert_eq!(night.verdict("a"), Verdict::RestartPending { reasons: vec![further] });
}

#[test]
fn a_pending_restart_is_not_forgotten_because_its_source_can_no_longer_be_read() {
    let mut night = wanted(&["a"]).start();
    night.until(after(HOUR));
    night.machine("a").pend(SignalSource::Kernel);
    night.minute();
    night.machine("a").seen.signals.remove(&SignalSource::Kernel);
    night.minute();
    assert_eq!(night.is("a"), "restart_pending");
}

#[test]
fn the_quiet_period_begins_anew_when_a_source_was_not_at_rest() {
    let mut wanted = wanted(&["a"]);
    wanted.plan.proof.morning_minute = None;
    let mut night = wanted.start();
    night.until(after(HOUR));
    night.machine("a").pend(SignalSource::DeletedLibraries);
    night.minute();
    let unrest = night.now;
    night.machine("a").seen.signals.insert(SignalSource::DeletedLibraries, model::host::Reading::Clear);
    night.minute();
    assert_eq!(night.verdict("a"), Verdict::Settling { until: unrest.plus_seconds(2 * HOUR) });
}

#[test]
fn an_executor_that_says_installed_and_installs_nothing_is_found_by_the_next_observation() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").lies_about_installing = true;
    night.until(after(30 * MINUTE));
    let Verdict::Broken { failures } = night.verdict("a") else { panic!("{:?}", night.verdict("a")) };
    assert!(matches!(&failures[..], [Failure::Version { found: Some(found), .. }] if &**found == "1"));
    assert_eq!(night.orders("a"), ["download", "install"], "and nothing is restarted on top of it");
    assert_eq!(night.incidents(), ["broken", "ring halted"]);
}

#[test]
fn a_restart_with_the_same_boot_id_is_no_restart() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").lies_about_restarting = true;
    night.until(after(30 * MINUTE));
    assert_eq!(night.verdict("a"), Verdict::RestartPending { reasons: vec![PendingReason::NotRestarted] });
    night.until(half_past_six());
    assert_eq!(night.is("a"), "restart_pending");
}

#[test]
fn an_agreed_outage_is_good_for_one_restart_also_when_that_one_was_a_lie() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").lies_about_restarting = true;
    night.until(after(30 * MINUTE));
    night.accept(1, "ward-a");
    night.until(after(3 * HOUR));
    assert_eq!(night.orders("a"), ["download", "install", "restart_host", "restart_host"]);
    assert_eq!(night.is("a"), "restart_pending");
    assert_eq!(
        night.told("a"),
        ["dark", "further outage", "dark", "further outage"],
        "the ward is asked again"
    );
}

#[test]
fn a_host_that_never_returns_from_its_restart_has_stalled_after_twice_its_ninetieth_percentile() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").never_returns = true;
    night.until(after(15 * MINUTE));
    assert_eq!(night.is("a"), "dark");
    night.until(after(30 * MINUTE));
    assert_eq!(night.is("a"), "stalled");
    assert_eq!(night.incidents(), ["stalled", "ring halted"]);
    let dark = night.rollout.dark_now(night.now);
    assert_eq!((dark.len(), dark[0].back_p90), (1, None), "nobody can say when it is back");
}

#[test]
fn a_restart_that_nobody_ordered_is_a_failure_until_a_person_has_looked_into_it() {
    let mut night = wanted(&["a"]).start();
    night.until(after(HOUR));
    let at = night.now;
    night.machine("a").reboot(at);
    night.minute();
    assert_eq!(night.is("a"), "broken");
    night.rollout.looked_into(&tag("a"), night.now);
    night.minute();
    assert_eq!(night.is("a"), "settling", "and all of it is watched anew");
}

#[test]
fn a_patch_without_restart_is_proven_too_and_its_function_tests_are_run_before_and_after() {
    let mut wanted = wanted(&["a"]);
    wanted.plan.patches = vec![
        patch("viewer", RestartNeed::None),
        patch("daemon", RestartNeed::Services(vec!["centrald".into()])),
    ];
    wanted.plan.items = vec![item("a", &["viewer", "daemon"], 1, 1)];
    wanted.topology.probes = vec![probe("alarms", "central-a", "a")];
    let mut night = wanted.start();
    night.until(after(HOUR));
    let orders = ["download", "probe", "install", "install", "restart_services", "probe"];
    assert_eq!(night.orders("a"), orders);
    night.until(half_past_six());
    assert_eq!(night.is("a"), "proven");
}

#[test]
fn a_patch_that_restarts_nothing_darkens_nothing_and_is_not_announced() {
    let mut wanted = wanted(&["a"]);
    wanted.plan.patches = vec![patch("kernel", RestartNeed::None)];
    let mut night = wanted.start();
    while night.now < half_past_six() {
        night.minute();
        assert!(night.rollout.dark_now(night.now).is_empty());
    }
    assert_eq!((night.is("a"), night.told("a").len()), ("proven", 0));
}

#[test]
fn a_function_test_that_fails_afterwards_breaks_the_host_and_says_whether_it_failed_before() {
    let mut wanted = wanted(&["a"]);
    wanted.topology.probes = vec![probe("alarms", "central-a", "a")];
    let mut night = wanted.start();
    night.until(after(2 * MINUTE));
    night.machine("a").probe_fails = true;
    night.until(after(HOUR));
    let Verdict::Broken { failures } = night.verdict("a") else { panic!("{:?}", night.verdict("a")) };
    assert!(matches!(&failures[..], [Failure::Probe { before_too: false, .. }]), "{failures:?}");
    assert_eq!(night.orders("a").last(), Some(&"probe"), "nothing is rolled back unless a person decides so");
}

#[test]
fn a_rollout_that_was_kept_and_restored_goes_on_as_if_nothing_had_happened() {
    let mut night = wanted(&["a", "b"]).start();
    let mut other = wanted(&["a", "b"]).start();
    night.until(after(9 * MINUTE));
    other.until(after(9 * MINUTE));
    let agreed = wanted(&["a", "b"]).start();
    let kept = serde_json::to_string(night.rollout.progress()).unwrap();
    let plan = agreed.rollout.agreed().clone();
    night.rollout =
        Rollout::restore(plan, night.rollout.topology().clone(), serde_json::from_str(&kept).unwrap())
            .unwrap();
    night.until(half_past_six());
    other.until(half_past_six());
    assert_eq!(night.log, other.log);
    assert_eq!(night.is("a"), "proven");
}

#[test]
fn a_night_is_concluded_once_all_is_proven_and_stays_so_when_the_proof_only_grows_old() {
    let mut night = wanted(&["a"]).start();
    night.until(half_past_six().plus_seconds(-MINUTE));
    assert!(!night.rollout.is_concluded(night.now), "it settles");
    night.minute();
    assert!(night.rollout.is_concluded(night.now));
    night.machine("a").dead = true;
    night.until(half_past_six().plus_seconds(HOUR));
    assert_eq!(night.is("a"), "stale");
    assert!(night.rollout.is_concluded(night.now), "it was proven, and nothing was heard since");
}

#[test]
fn a_night_is_not_concluded_by_a_host_that_falls_silent_before_it_is_proven_again() {
    let mut night = wanted(&["a"]).start();
    night.until(half_past_six());
    night.machine("a").pend(SignalSource::RebootRequired);
    night.minute();
    assert_eq!(night.is("a"), "restart_pending");
    assert!(!night.rollout.is_concluded(night.now));
    night.accept(1, "ward-a");
    night.until(after(24 * HOUR + HOUR));
    assert_eq!(night.is("a"), "settling");
    night.machine("a").dead = true;
    night.until(after(24 * HOUR + 2 * HOUR));
    assert_eq!(night.is("a"), "stale");
    assert!(!night.rollout.is_concluded(night.now), "nobody has seen that the second restart came out well");
}

#[test]
fn a_night_is_not_concluded_by_a_host_whose_last_look_could_not_read_a_source() {
    let mut night = wanted(&["a"]).start();
    night.until(half_past_six());
    night.machine("a").seen.signals.remove(&SignalSource::Kernel);
    night.minute();
    assert_eq!(night.is("a"), "unknown");
    night.machine("a").dead = true;
    night.until(half_past_six().plus_seconds(HOUR));
    assert_eq!(night.is("a"), "stale");
    assert!(!night.rollout.is_concluded(night.now));
}
