//! Each proof on its own: what is missing from a host that would else be proven, and what is said of it then.

use model::Time;
use model::host::{Reading, SignalSource};
use model::probe::ProbeResult;
use rollout::Verdict;
use rollout::verdict::Gap;

use crate::hospital::*;

/// A host that would be proven at half past six, but for what `spoil` does to it in its last minute.
fn check(spoil: impl FnOnce(&mut Machine), expected: &str) -> Verdict {
    let mut wanted = wanted(&["a"]);
    wanted.topology.probes = vec![probe("alarms", "central-a", "a")];
    let mut night = wanted.start();
    night.until(half_past_six().plus_seconds(-MINUTE));
    assert_eq!(night.is("a"), "settling");
    spoil(night.machine("a"));
    night.minute();
    assert_eq!(night.is("a"), expected);
    night.verdict("a")
}

#[test]
fn with_nothing_spoilt_it_is_proven() {
    check(|_| {}, "proven");
}

#[test]
fn every_source_that_the_system_has_must_be_read() {
    for source in SignalSource::applicable(model::host::SystemFamily::Debian) {
        let missing = check(|host| drop(host.seen.signals.remove(source)), "unknown");
        assert_eq!(missing, Verdict::Unknown { gaps: vec![Gap::SourceNotAsked(*source)] });
        let unknown = Reading::Unknown("permission denied".into());
        let unread = check(|host| drop(host.seen.signals.insert(*source, unknown)), "unknown");
        assert_eq!(
            unread,
            Verdict::Unknown { gaps: vec![Gap::Source { source: *source, why: "permission denied".into() }] }
        );
        check(|host| host.pend(*source), "restart_pending");
    }
}

#[test]
fn a_source_that_the_system_does_not_have_is_believed_when_it_says_pending() {
    check(|host| host.pend(SignalSource::DnfNeedsRestarting), "restart_pending");
}

#[test]
fn a_kernel_source_that_says_clear_while_an_older_kernel_runs_is_not_believed() {
    check(|host| host.seen.system.kernel_installed = Some("6.2".into()), "unknown");
}

#[test]
fn a_version_that_goes_back_after_the_work_breaks_the_host() {
    check(|host| drop(host.seen.packages.insert("kernel".into(), "1".into())), "broken");
    check(|host| drop(host.seen.packages.remove("kernel")), "broken");
}

#[test]
fn a_boot_that_nobody_ordered_breaks_the_host() {
    check(|host| host.reboot(half_past_six().plus_seconds(-30)), "broken");
}

#[test]
fn a_function_test_that_fails_later_breaks_the_host_and_one_that_was_not_tried_is_a_gap() {
    let id = id("alarms", model::ids::ProbeId::new);
    let run = |result| model::host::ProbeRun { tried_at: half_past_six().plus_seconds(-40), result };
    let failed = run(ProbeResult::Failed("no heartbeat".into()));
    check(|host| drop(host.seen.probes.insert(id.clone(), failed)), "broken");
    let not_tried = run(ProbeResult::NotTried("no such file".into()));
    check(|host| drop(host.seen.probes.insert(id.clone(), not_tried)), "unknown");
}

#[test]
fn a_late_delivery_of_old_evidence_changes_nothing() {
    let mut night = wanted(&["a"]).start();
    night.until(after(HOUR));
    let mut old = night.machine("a").seen.clone();
    night.machine("a").pend(SignalSource::Kernel);
    night.minute();
    assert_eq!(night.is("a"), "restart_pending");
    old.observed_at = night.now.plus_seconds(-1);
    night.rollout.observed(&tag("a"), &old, night.now);
    assert_eq!(night.is("a"), "restart_pending");
}

#[test]
fn evidence_from_the_future_counts_from_when_it_was_heard() {
    let mut night = wanted(&["a"]).start();
    night.until(after(HOUR));
    let mut early = night.machine("a").seen.clone();
    early.observed_at = half_past_six().plus_seconds(HOUR);
    night.rollout.observed(&tag("a"), &early, night.now);
    assert_eq!(night.is("a"), "settling");
    assert_ne!(night.rollout.verdict(&tag("a"), half_past_six()).unwrap().word(), "proven");
}

#[test]
fn a_host_that_was_never_heard_is_never_begun() {
    let mut night = wanted(&["a"]).start();
    night.machine("a").dead = true;
    night.until(after(HOUR));
    assert!(night.orders("a").is_empty());
    assert_eq!(night.is("a"), "not_begun");
}

#[test]
fn the_morning_check_keeps_to_the_ward_clock_when_the_clocks_change() {
    // Winter time begins at 01:00 UTC of the night: 06:30 is then an hour later by UTC.
    let mut wanted = wanted(&["a"]);
    let offset = |from, seconds| model::plan::LocalOffset { from, seconds };
    wanted.plan.proof.offsets = vec![offset(Time(0), 3_600), offset(after(4 * HOUR), 0)];
    let mut night = wanted.start();
    night.until(after(HOUR));
    assert_eq!(night.verdict("a"), Verdict::Settling { until: half_past_six().plus_seconds(HOUR) });
}
