//! Windows of plans as the scheduler lays them out: held to the rules of the night, worked out here from the plan itself.

use std::collections::BTreeMap;

use model::ids::*;
use model::patch::Minutes;
use model::plan::*;
use model::{Time, Topology};
use planning::schedule::{Effort, HostTime, Reason, WindowError, WindowSchedule, of_window};
use proptest::prelude::*;

use crate::drafts::{build, hospital};
use crate::hospital::*;

const EFFORT: Effort = Effort { schedules_max: 2_000, seed: 1 };

fn times(plan: &Plan, topology: &Topology, window: &str) -> Result<WindowSchedule, WindowError> {
    of_window(plan, topology, &WindowId::new(window).unwrap(), Time(0), EFFORT, &mut || false)
}

fn clock(at: Time) -> String {
    let minutes = at.0 / MINUTE;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

fn lines(found: &WindowSchedule) -> Vec<String> {
    let line = |time: &HostTime| {
        format!("{} {} {} {}", time.host, clock(time.begins), clock(time.dark), clock(time.ends))
    };
    found.hosts.iter().map(line).collect()
}

/// A patch like the kernel that takes so long to install.
fn patch(plan: &mut Plan, id: &str, install_minutes: u32) -> PatchId {
    let mut patch = kernel();
    patch.id = PatchId::new(id).unwrap();
    patch.declared.install = Minutes { p50: install_minutes, p90: install_minutes };
    plan.patches.push(patch.clone());
    patch.id
}

#[test]
fn a_wave_waits_for_the_one_before_and_what_restarts_is_dark_from_its_restart_on() {
    let found = times(&night(), &wards(), "second").unwrap();
    assert_eq!(lines(&found), ["CMS-5B 00:00 00:08 00:14", "CMS-6 00:14 00:22 00:28"]);
    assert_eq!(
        (found.ends, found.ends_at_least),
        (Time(EVENING.0 + 148 * MINUTE), Time(EVENING.0 + 148 * MINUTE))
    );
}

#[test]
fn two_stations_of_which_one_must_work_take_turns_even_where_two_may_be_worked_on_at_once() {
    let mut plan = night();
    plan.items = vec![item("CMS-5A", 1, 1), item("CMS-5B", 1, 1), item("CMS-6", 1, 1)];
    let found = times(&plan, &wards(), "first").unwrap();
    let of = |host: &str| found.hosts.iter().find(|time| time.host == tag(host)).unwrap();
    let (a, b) = (of("CMS-5A"), of("CMS-5B"));
    assert!(a.ends <= b.begins || b.ends <= a.begins, "{:?}", lines(&found));
    assert_eq!(clock(found.ends), "22:28");
}

#[test]
fn the_longest_work_begins_first_so_that_the_night_ends_sooner() {
    let mut plan = night();
    let long = patch(&mut plan, "long", 30);
    plan.items = (0..4).map(|n| item(&format!("H{n}"), 1, 1)).collect();
    plan.items[3].patches = vec![long];
    // In the plan's order the long one would begin last: 2 × 14, then 36 minutes.
    assert_eq!(clock(planning::timetable::timetable(&plan).ends().unwrap().1), "22:50");
    let found = times(&plan, &wards(), "first").unwrap();
    assert_eq!((clock(found.ends), clock(found.ends_at_least)), ("22:42".to_owned(), "22:39".to_owned()));
}

#[test]
fn one_person_on_the_ward_sits_with_one_dark_station_at_a_time() {
    let mut topology = wards();
    topology.services = vec![
        service("cm-5a", &["5-01"], &["CMS-5A"], 1, None),
        service("cm-5b", &["5-02"], &["CMS-5B"], 1, None),
    ];
    let mut plan = night();
    plan.items = vec![item("CMS-5A", 1, 1), item("CMS-5B", 1, 1)];
    let cover = |people| vec![Cover { unit: UnitId::new("ward-5").unwrap(), people, task: "rounds".into() }];
    plan.cover = cover(2);
    assert_eq!(clock(times(&plan, &topology, "first").unwrap().ends), "22:14");
    plan.cover = cover(1);
    // The second is installed meanwhile, and restarts when the first has come back.
    assert_eq!(lines(&times(&plan, &topology, "first").unwrap()).len(), 2);
    assert_eq!(clock(times(&plan, &topology, "first").unwrap().ends), "22:20");
}

#[test]
fn a_window_too_short_for_its_last_host_says_which_host_and_what_is_in_its_way() {
    let mut plan = night();
    plan.items = (0..9).map(|n| item(&format!("H{n}"), 1, 1)).collect();
    plan.rings[0].at_once_max = 1;
    let error = times(&plan, &wards(), "first").unwrap_err();
    let WindowError::NoSchedule { reason: Reason::TooMuchWork { name, .. }, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(&**name, "places at once in ring 1");
    let error = times(&plan, &wards(), "third").unwrap_err();
    assert_eq!(error.to_string(), "the plan has no window third");
    plan.windows[0].latest_start = Time(0);
    assert!(matches!(times(&plan, &wards(), "first"), Err(WindowError::Disordered(_))));
}

/// Each pair of times that overlap in `at`, by a rule written down here once more.
fn together<'a>(times: &[&'a HostTime], at: Time) -> Vec<&'a HostTime> {
    times.iter().copied().filter(|time| time.begins <= at && at < time.ends).collect()
}

fn keeps_to_the_rules(plan: &Plan, topology: &Topology, found: &WindowSchedule) -> Result<(), TestCaseError> {
    let all: Vec<&HostTime> = found.hosts.iter().collect();
    prop_assert_eq!(found.ends, all.iter().map(|time| time.ends).max().unwrap());
    for time in &all {
        let window = plan.window_of(plan.ring(time.ring).unwrap()).unwrap();
        prop_assert!(time.begins >= window.not_before && time.begins <= window.latest_start);
        prop_assert!(time.ends.plus_seconds(15 * 60) <= window.not_after, "going back takes 15 minutes");
        let now = together(&all, time.begins);
        prop_assert!(now.len() <= plan.ring(time.ring).unwrap().at_once_max as usize);
        prop_assert!(now.iter().all(|other| (other.ring, other.wave) == (time.ring, time.wave)));
        let out = |service: &str| {
            let carriers = &topology.service(&ServiceId::new(service).unwrap()).unwrap().redundancy.carriers;
            now.iter().filter(|other| carriers.contains(&other.host)).count()
        };
        for service in &topology.services {
            let spare = service.redundancy.carriers.len() - usize::from(service.redundancy.needed);
            prop_assert!(
                spare == 0 || out(service.id.as_str()) <= spare,
                "{} has {spare} to spare",
                service.id
            );
            if let Some(fallback) = &service.fallback {
                let other = topology.service(fallback).unwrap();
                let spare_other = other.redundancy.carriers.len() - usize::from(other.redundancy.needed);
                let both = out(service.id.as_str()) > spare && out(fallback.as_str()) > spare_other;
                prop_assert!(!both, "{} and {fallback} are dark at once", service.id);
            }
        }
    }
    let mut ends: BTreeMap<(u16, u16), Time> = BTreeMap::new();
    for time in &all {
        let last = ends.entry((time.ring, time.wave)).or_insert(time.ends);
        *last = time.ends.max(*last);
    }
    for time in &all {
        let before = ends.range(..(time.ring, time.wave)).next_back();
        let soak =
            |ring: u16| if ring == time.ring { 0 } else { i64::from(plan.ring(ring).unwrap().soak_minutes) };
        let free = before.map(|((ring, _), ended)| ended.plus_seconds(soak(*ring) * 60));
        prop_assert!(free.is_none_or(|free| free <= time.begins), "a wave or ring did not wait");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_hospitals_window_keeps_to_the_rules_of_the_night((hosts, services) in hospital(), at_once in 1u32..5, waves in 1u16..4) {
        let (mut plan, topology) = build(hosts, &services);
        plan.windows = vec![window("first", EVENING, 900)];
        plan.rings[1].window = WindowId::new("first").unwrap();
        plan.cover.clear();
        plan.rings.iter_mut().for_each(|ring| ring.at_once_max = at_once);
        let long = patch(&mut plan, "long", 25);
        for (number, item) in plan.items.iter_mut().enumerate() {
            (item.ring, item.wave) = if number == 0 { (1, 1) } else { (2, u16::try_from(number).unwrap() % waves + 1) };
            if number % 3 == 1 {
                item.patches = vec![long.clone()];
            }
        }
        let found = times(&plan, &topology, "first");
        prop_assert!(found.is_ok(), "{}", found.unwrap_err());
        keeps_to_the_rules(&plan, &topology, &found.unwrap())?;
    }
}
