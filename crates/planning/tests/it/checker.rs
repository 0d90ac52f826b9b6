//! One planted fault, one rule that names it; a sound plan passes.

use model::device::Installer;
use model::ids::*;
use model::patch::*;
use model::plan::*;
use model::resources::{AccessTime, ClosedTime, Hours, Interval, Reach};
use model::{Time, Topology};

use crate::hospital::*;

#[test]
fn a_sound_plan_passes_and_its_units_are_named() {
    assert_eq!(blocking(&night(), &wards()), Vec::<String>::new());
    let units = planning::units_concerned(&night(), &wards());
    assert_eq!(units.iter().map(UnitId::as_str).collect::<Vec<_>>(), ["ward-5", "ward-6"]);
    assert!(planning::check::checked(night(), &wards(), NOON).is_ok());
}

type Fault = (&'static str, fn(&mut Plan, &mut Topology));

#[test]
fn each_fault_is_found_by_the_rule_that_names_it_and_says_where() {
    let faults: &[Fault] = &[
        ("contingency-missing", |plan, _| plan.contingency = "  ".into()),
        ("empty", |plan, _| plan.items.clear()),
        ("twice", |plan, _| plan.items.push(item("CMS-6", 2, 1))),
        ("patch-unknown", |plan, _| plan.items[0].patches = vec![PatchId::new("other").unwrap()]),
        ("window-unknown", |plan, _| plan.rings[0].window = WindowId::new("third").unwrap()),
        ("ring-unknown", |plan, _| plan.items[2].ring = 3),
        ("ring-empty", |plan, _| plan.items[0].ring = 2),
        ("wave-missing", |plan, _| plan.items[2].wave = 3),
        ("nothing-to-do", |plan, _| plan.items[0].patches.clear()),
        ("success-impossible", |plan, _| plan.rings[1].success_min = 3),
        ("success-impossible", |plan, _| plan.rings[1].success_min = 0),
        ("stop-impossible", |plan, _| plan.rings[0].failures_stop = 0),
        ("at-once-impossible", |plan, _| plan.rings[0].at_once_max = 0),
        ("minutes-upside-down", |plan, _| plan.patches[0].declared.install.p90 = 1),
        ("minutes-missing", |plan, _| plan.patches[0].declared.restart = Minutes { p50: 0, p90: 0 }),
        ("minutes-contradict", |plan, _| plan.patches[0].restart = RestartNeed::None),
        ("restart-names-nothing", |plan, _| plan.patches[0].restart = RestartNeed::Services(Vec::new())),
        ("patch-without-packages", |plan, _| plan.patches[0].packages.clear()),
        ("versions-contradict", |plan, _| {
            let mut other = kernel();
            other.id = PatchId::new("older").unwrap();
            other.packages[0].version = "6.1.1".into();
            plan.items[0].patches.push(other.id.clone());
            plan.patches.push(other);
        }),
        ("local-time-missing", |plan, _| plan.proof.offsets.clear()),
        ("morning-impossible", |plan, _| plan.proof.morning_minute = Some(1_440)),
        ("evidence-age-impossible", |plan, _| plan.proof.evidence_age_max_seconds = 0),
        ("stalled-too-early", |plan, _| plan.proof.stalled_after_tenths = 9),
        ("window-disordered", |plan, _| plan.windows[0].latest_start = Time(0)),
        ("window-past", |plan, _| {
            let early = window("first", Time(MINUTE), 90);
            plan.windows[0] = early;
        }),
        ("access", |plan, _| plan.resources.access = vec![only_at(6 * 60, 20 * 60)]),
        ("access", |plan, _| {
            let mut said = only_at(20 * 60, 6 * 60);
            said.never_during = vec![Interval { from: EVENING, to: Time(EVENING.0 + MINUTE) }];
            plan.resources.access = vec![said];
        }),
        ("closed-time", |plan, _| {
            let (from, to) = (Time(EVENING.0 + 60 * MINUTE), Time(EVENING.0 + 61 * MINUTE));
            plan.resources.closed =
                vec![ClosedTime { unit: None, site: None, from, to, says: "drill".into() }];
        }),
        ("begins-too-late", |plan, _| plan.rings[0].soak_minutes = 600),
        ("ends-too-late", |plan, _| {
            let opens = plan.windows[1].not_before.0;
            plan.windows[1].latest_start = Time(opens + 30 * MINUTE);
            plan.windows[1].not_after = Time(opens + 42 * MINUTE);
        }),
        ("cover-missing", |plan, _| plan.cover.clear()),
        ("cover-missing", |plan, _| plan.cover[0].people = 0),
        ("bed-without-unit", |_, topology| topology.beds.clear()),
        ("host-unknown", |_, topology| topology.devices.clear()),
        ("host-retired", |_, topology| {
            topology.devices.get_mut(&tag("CMS-6")).unwrap().retired = true;
        }),
        ("no-agent", |_, topology| topology.devices.get_mut(&tag("CMS-6")).unwrap().has_agent = false),
        ("installer-not-allowed", |_, topology| {
            topology.devices.get_mut(&tag("CMS-6")).unwrap().installer = Installer::Vendor;
        }),
        ("probe-unknown", |plan, _| {
            plan.patches[0].must_still_work = vec![ProbeId::new("alarm-path").unwrap()];
        }),
        ("service-and-fallback", |plan, _| {
            // Both stations of ward 5 and its local view at once.
            plan.items.push(item("LOC-5", 2, 1));
            plan.items[0] = item("CMS-5A", 2, 1);
            plan.items.push(item("CMS-6", 1, 1));
            plan.items.remove(2);
            plan.rings[1].at_once_max = 3;
        }),
    ];
    for (rule, plant) in faults {
        let (mut plan, mut topology) = (night(), wards());
        plant(&mut plan, &mut topology);
        let rules = blocking(&plan, &topology);
        assert!(rules.iter().any(|found| found == rule), "planted {rule}, found {rules:?}");
        let findings = findings(&plan, &topology);
        let finding = findings.iter().find(|finding| *finding.rule == **rule).unwrap();
        assert!(finding.says.len() > 20, "{rule} says too little: {}", finding.says);
        assert!(planning::check::checked(plan, &topology, NOON).is_err(), "{rule} did not block");
    }
}

#[test]
fn a_person_who_may_not_install_is_not_sent_and_work_without_label_or_test_is_not_planned() {
    let (mut plan, mut topology) = (night(), wards());
    topology.devices.get_mut(&tag("CMS-6")).unwrap().installer = Installer::Vendor;
    plan.items[2].by = Hands::Person(Installer::Staff);
    assert!(blocking(&plan, &topology).contains(&"installer-not-allowed".to_owned()));
    plan.items[2].by = Hands::Person(Installer::Vendor);
    assert_eq!(blocking(&plan, &topology), ["patch-without-steps"]);
    let step = |says: &str, proof| WorkStep { says: says.into(), proof };
    plan.patches[0].steps = vec![step("Install from the maker's stick", StepProof::Said)];
    assert_eq!(blocking(&plan, &topology), ["identity-step-missing", "test-step-missing"]);
    plan.patches[0].steps.insert(0, step("Read the label", StepProof::Identity));
    plan.patches[0].steps.push(step("Alarm test with the simulator", StepProof::Test));
    assert_eq!(blocking(&plan, &topology), Vec::<String>::new());
}

#[test]
fn two_stations_that_stand_in_for_each_other_may_share_a_wave_with_their_local_view_only_one_at_a_time() {
    let (mut plan, topology) = (night(), wards());
    plan.items = vec![item("CMS-6", 1, 1), item("CMS-5A", 2, 1), item("CMS-5B", 2, 1), item("LOC-5", 2, 1)];
    plan.rings[1].success_min = 3;
    plan.cover.push(Cover { unit: UnitId::new("ward-5").unwrap(), people: 1, task: "rounds".into() });
    plan.rings[1].at_once_max = 2;
    assert_eq!(blocking(&plan, &topology), Vec::<String>::new(), "it takes three at once to darken both");
    plan.rings[1].at_once_max = 3;
    assert_eq!(blocking(&plan, &topology), ["service-and-fallback"]);
}

#[test]
fn one_host_that_carries_a_service_and_its_only_fallback_is_never_planned() {
    let (mut plan, mut topology) = (night(), wards());
    topology.services.push(service("local-6", &["6-01"], &["CMS-6"], 1, None));
    topology.services[2].fallback = Some(ServiceId::new("local-6").unwrap());
    plan.rings[1].at_once_max = 1;
    assert_eq!(blocking(&plan, &topology), ["service-and-fallback"]);
}

#[test]
fn what_people_should_know_but_may_decide_is_a_remark() {
    let (mut plan, mut topology) = (night(), wards());
    plan.proof.quiet_minutes = 30;
    plan.proof.morning_minute = None;
    topology.devices.get_mut(&tag("CMS-6")).unwrap().installer = Installer::Unknown;
    let findings = findings(&plan, &topology);
    assert!(findings.iter().all(|finding| !finding.blocks));
    for rule in ["quiet-short", "morning-missing", "installer-unknown", "no-probe"] {
        assert!(findings.iter().any(|finding| *finding.rule == *rule), "{rule}");
    }
}

/// The first station can only be had at these hours of the local clock.
fn only_at(from_minute: u16, to_minute: u16) -> AccessTime {
    AccessTime {
        of: Reach::Device(tag("CMS-5A")),
        only_within: Vec::new(),
        hours: Some(Hours { from_minute, to_minute, days: Vec::new() }),
        never_during: Vec::new(),
        says: "theatre list".into(),
    }
}

#[test]
fn a_window_inside_the_hours_in_which_a_device_can_be_had_is_no_matter() {
    let mut plan = night();
    let long = |from: i64, to: i64| Interval {
        from: Time(EVENING.0 + from * MINUTE),
        to: Time(EVENING.0 + to * MINUTE),
    };
    let halves = AccessTime { only_within: vec![long(-30, 40), long(40, 600)], hours: None, ..only_at(0, 0) };
    plan.resources.access = vec![only_at(20 * 60, 6 * 60), only_at(0, 0), halves];
    let rules: Vec<String> =
        findings(&plan, &wards()).into_iter().map(|found| found.rule.to_string()).collect();
    assert!(!rules.iter().any(|rule| rule == "access"), "{rules:?}");
    plan.resources.access = vec![AccessTime { of: Reach::Device(tag("CMS-99")), ..only_at(6 * 60, 7 * 60) }];
    assert!(
        !findings(&plan, &wards()).iter().any(|found| &*found.rule == "access"),
        "said of another device"
    );
}
