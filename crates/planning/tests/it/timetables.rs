//! Timetables: who is worked on when, from declared minutes.

use model::Time;
use planning::timetable::timetable;

use crate::hospital::*;

fn clock(at: Time) -> String {
    let minutes = at.0 / MINUTE;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

#[test]
fn a_night_runs_ring_by_ring_and_wave_by_wave() {
    let times = timetable(&night());
    let lines: Vec<String> = times
        .slots
        .iter()
        .map(|slot| {
            let (p50, p90) = (slot.p50, slot.p90);
            format!(
                "{} {} {} {} / {}",
                slot.host,
                clock(p50.begins),
                clock(p50.dark),
                clock(p50.ends),
                clock(p90.ends)
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "CMS-5A 22:00 22:05 22:09 / 22:14",
            "CMS-5B 00:00 00:05 00:09 / 00:14",
            "CMS-6 00:09 00:14 00:18 / 00:28"
        ]
    );
    let ends = times.ends().unwrap();
    assert_eq!((clock(ends.0), clock(ends.1)), ("00:18".to_owned(), "00:28".to_owned()));
    assert_eq!(clock(times.rings[0].soaked.1), "23:14");
}

#[test]
fn more_hosts_than_may_be_worked_on_at_once_take_turns() {
    let mut plan = night();
    plan.items = (0..5).map(|n| item(&format!("H{n}"), 1, 1)).collect();
    plan.rings.truncate(1);
    plan.rings[0].at_once_max = 2;
    let ends: Vec<String> = timetable(&plan).slots.iter().map(|slot| clock(slot.p50.ends)).collect();
    assert_eq!(ends, ["22:09", "22:09", "22:18", "22:18", "22:27"]);
}

#[test]
fn one_person_does_one_station_after_the_other_however_many_may_be_worked_on_at_once() {
    let ends = |people: u32| -> Vec<String> {
        let slots = timetable(&by_people(people)).slots;
        slots.iter().map(|slot| clock(slot.p50.ends)).collect()
    };
    assert_eq!(ends(1), ["22:09", "22:18", "22:27"]);
    assert_eq!(ends(2), ["22:09", "22:09", "22:18"]);
    assert_eq!(ends(3), ["22:09", "22:09", "22:09"]);
    // Hands are on them for half of the time: then the next begins, while the one before still restarts.
    let mut plan = by_people(1);
    plan.resources.bookings.iter_mut().for_each(|booking| booking.hands_on_minutes = 7);
    let begins: Vec<String> = timetable(&plan).slots.iter().map(|slot| clock(slot.p90.begins)).collect();
    assert_eq!(begins, ["22:00", "22:07", "22:14"]);
}
