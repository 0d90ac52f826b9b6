//! A plan gone through with durations that are known: what the rollout does with a step that stalls and with a further restart, the
//! forecast does too.

use model::Time;
use model::plan::{Hands, Plan};
use planning::forecast::*;

use crate::hospital::*;

/// A step of one station that took so many minutes.
fn took(device: &str, step: Step, minutes: u32) -> Record {
    Record {
        begun: EVENING,
        night: "autumn".into(),
        family: "linux-image".into(),
        model: "Acme Central 4".into(),
        site: "north".into(),
        device: device.into(),
        step,
        seconds: minutes * 60,
        declared_seconds: Some(300),
        chain: None,
    }
}

const STATIONS: [&str; 3] = ["CMS-5A", "CMS-5B", "CMS-6"];

/// Each station installs for so long and restarts for so long.
fn minutes(of: [(u32, u32); 3]) -> Vec<Record> {
    let station = |(device, (install, restart))| {
        [took(device, Step::Install, install), took(device, Step::Restart, restart)]
    };
    STATIONS.into_iter().zip(of).flat_map(station).collect()
}

/// Its planned restart armed another, which was known after so many minutes.
fn armed(records: &mut [Record], device: &str, after_minutes: u32) {
    let own = records.iter_mut().filter(|record| &*record.device == device && record.step == Step::Restart);
    own.for_each(|record| {
        record.chain =
            Some(Chain { place: 1, armed_another: true, shown_after_seconds: Some(after_minutes * 60) });
    });
}

/// When each host begins and ends, in minutes from the evening; `None` where it is not begun.
fn times(plan: &Plan, records: &[Record]) -> Vec<Option<(i64, i64)>> {
    let minute = |at: Time| at.seconds_since(EVENING) / 60;
    let out = rehearse(plan, &wards(), records);
    out.hosts.iter().map(|host| host.times.map(|(begins, _, ends)| (minute(begins), minute(ends)))).collect()
}

/// Both rings in one long window, the second one host after the other.
fn one_window() -> Plan {
    let mut plan = night();
    plan.windows = vec![window("first", EVENING, 600)];
    plan.rings.iter_mut().for_each(|ring| ring.window = plan.windows[0].id.clone());
    plan.rings[1].at_once_max = 1;
    plan
}

#[test]
fn a_night_in_which_nothing_happens_goes_ring_after_ring_and_wave_after_wave() {
    let said = times(&one_window(), &minutes([(5, 4), (6, 3), (7, 2)]));
    // The first station is back after nine minutes and must run well for sixty.
    assert_eq!(said, [Some((0, 9)), Some((69, 78)), Some((78, 87))]);
}

#[test]
fn a_step_that_stalls_stops_its_ring_in_the_forecast_as_it_does_in_the_night() {
    // Declared are eight minutes of installing at the 90th percentile: after sixteen it has stalled, and it is done after twenty.
    let plan = one_window();
    let stalled = minutes([(5, 4), (20, 3), (7, 2)]);
    assert_eq!(times(&plan, &stalled), [Some((0, 9)), Some((69, 92)), None], "who was begun finishes");
    assert_eq!(rehearse(&plan, &wards(), &stalled).stopped, [false, true]);
    let as_long_as_it_may = minutes([(5, 4), (16, 12), (7, 2)]);
    assert_eq!(times(&plan, &as_long_as_it_may)[2], Some((97, 106)));
    let first_stalls = minutes([(5, 13), (6, 3), (7, 2)]);
    assert_eq!(times(&plan, &first_stalls), [Some((0, 18)), None, None]);
}

#[test]
fn whoever_has_a_place_when_a_step_stalls_was_begun_and_whoever_gets_one_later_is_not() {
    let mut plan = one_window();
    plan.rings[1].at_once_max = 2;
    plan.items[2].wave = 1;
    let mut beside = plan.clone();
    beside.items.push(item("LOC-5", 2, 1));
    beside.rings[1].success_min = 3;
    let records = minutes([(5, 4), (30, 3), (10, 2)]);
    // The second has stalled at minute 69 + 16; the third is back before, at 81: whoever then gets its place is begun.
    assert_eq!(times(&beside, &records)[1..], [Some((69, 102)), Some((69, 81)), Some((81, 81))]);
    let records = minutes([(5, 4), (30, 3), (16, 2)]);
    assert_eq!(times(&beside, &records)[1..], [Some((69, 102)), Some((69, 87)), None]);
}

#[test]
fn a_ring_that_bears_one_failure_goes_on_after_a_step_that_stalled() {
    let mut plan = one_window();
    plan.rings[1].failures_stop = 2;
    assert_eq!(times(&plan, &minutes([(5, 4), (20, 3), (7, 2)]))[2], Some((92, 101)));
}

#[test]
fn a_further_restart_stops_its_ring_from_when_it_is_known_and_not_before() {
    let plan = one_window();
    let mut records = minutes([(5, 4), (6, 3), (7, 2)]);
    armed(&mut records, "CMS-5B", 0);
    assert_eq!(times(&plan, &records), [Some((0, 9)), Some((69, 78)), None]);
    armed(&mut records, "CMS-5B", 240);
    assert_eq!(times(&plan, &records)[2], Some((78, 87)), "by then everybody has been begun");
    assert_eq!(rehearse(&plan, &wards(), &records).stopped, [false, true], "and still it is a failure");
}

#[test]
fn a_further_restart_of_the_first_host_stops_the_ring_that_is_being_worked_on_as_well() {
    let plan = one_window();
    let mut records = minutes([(5, 4), (6, 3), (7, 2)]);
    // Known at minute 9 + 65, when the second host has been begun and the third has not.
    armed(&mut records, "CMS-5A", 65);
    assert_eq!(times(&plan, &records), [Some((0, 9)), Some((69, 78)), None]);
    assert_eq!(rehearse(&plan, &wards(), &records).stopped, [true, false]);
}

#[test]
fn work_by_hand_has_stalled_when_the_whole_of_it_takes_too_long() {
    let mut plan = one_window();
    plan.items[1].by = Hands::Person(model::device::Installer::Staff);
    // Fourteen minutes are declared at the 90th percentile: twenty-eight are borne, whatever the single step took.
    assert_eq!(times(&plan, &minutes([(5, 4), (25, 3), (7, 2)]))[2], Some((97, 106)));
    assert_eq!(times(&plan, &minutes([(5, 4), (26, 3), (7, 2)]))[2], None);
}

#[test]
fn the_forecast_counts_stops_by_steps_that_stall() {
    let declared_too_short = |install: u32| {
        let night = |night: u32| {
            STATIONS.into_iter().flat_map(move |device| {
                [took(device, Step::Install, install), took(device, Step::Restart, 4)].map(|record| Record {
                    begun: Time(i64::from(night) * 86_400_000_000),
                    night: format!("night {night}").into(),
                    seconds: record.seconds * (95 + night.wrapping_mul(7) % 11) / 100,
                    ..record
                })
            })
        };
        let records: Vec<Record> = (0..40).flat_map(night).collect();
        campaign(&learn(&records), &one_window(), &wards(), &[].into(), Replays { count: 1_000, seed: 3 })
    };
    let (well, badly) = (declared_too_short(6), declared_too_short(30));
    assert!(well.rings[0].stopped < well.replays / 10, "{:?}", well.rings[0]);
    assert!(badly.rings[0].stopped > badly.replays * 9 / 10, "{:?}", badly.rings[0]);
    // Of the few replays that no ring stopped, and of no others, is said when they end.
    let (all, unstopped) = (well.ends.unwrap(), well.ends_unless_stopped.unwrap());
    assert!(all.p50 <= unstopped.p50, "{all:?} {unstopped:?}");
}

#[test]
fn one_person_does_one_station_after_the_other_in_the_forecast_too() {
    let records = minutes([(5, 4), (6, 3), (7, 2)]);
    assert_eq!(times(&by_people(1), &records), [Some((0, 9)), Some((9, 18)), Some((18, 27))]);
    assert_eq!(times(&by_people(2), &records), [Some((0, 9)), Some((0, 9)), Some((9, 18))]);
}
