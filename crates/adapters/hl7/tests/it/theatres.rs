//! Theatre lists.

use adapter_hl7::Site;
use archive::Patient;
use archive::circumstances::Appointment;

use super::*;

const SCH: &str = "SCH|P9|OP7|||||||||^^^20261126180000";

fn appointment(event: &str, segments: &[&str], site: &Site) -> (Box<str>, Appointment) {
    let read = read_bytes(message(&format!("SIU^{event}"), segments).as_bytes(), site);
    assert_eq!(lines(&read), Vec::<String>::new());
    match &read.told[0].says {
        Says::Theatre { patient, number, appointment } => {
            assert_eq!(*patient, Patient::new("P1", ""));
            (number.clone(), *appointment)
        }
        other => panic!("{other:?}"),
    }
}

fn at(hour: i64) -> Appointment {
    // Noon in Greenwich is one o'clock in Stockholm.
    Appointment::At(NOW.plus_seconds((hour - 13) * 3_600))
}

#[test]
fn an_operation_is_booked_moved_and_cancelled_under_its_number() {
    let site = Site::default();
    let of = |event: &str, segments: &[&str]| appointment(event, segments, &site);
    assert_eq!(of("S12", &[SCH, "PID|||P1"]), ("OP7".into(), at(18)));
    assert_eq!(
        of("S13", &[SCH, "PID|||P1", "AIS|1||HIP|20261126200000", "AIL|1||OP^3|||20261126193000"]).1,
        at(18)
    );
    assert_eq!(of("S12", &["SCH|P9", "PID|||P1", "AIS|1||HIP|20261126200000"]), ("P9".into(), at(20)));
    assert_eq!(of("S12", &["SCH|P9|OP7", "PID|||P1"]).1, Appointment::Sometime);
    for event in ["S15", "S16", "S17", "S26"] {
        assert_eq!(of(event, &[SCH, "PID|||P1"]).1, Appointment::Off, "{event}");
    }
    let complete = format!("{SCH}||||||||||||||Complete");
    assert_eq!(of("S14", &[&complete, "PID|||P1"]).1, Appointment::Off);
}

#[test]
fn only_appointments_in_a_theatre_count_where_the_site_names_its_theatres() {
    let site = Site { theatres: vec!["OP-CENTRUM".into()], ..Site::default() };
    let in_place = |place: &str| appointment("S12", &[SCH, "PID|||P1", &format!("AIL|1||{place}")], &site).1;
    assert_eq!(in_place("OP-CENTRUM^3"), at(18));
    assert_eq!(in_place("XRAY^OP-CENTRUM"), at(18));
    assert_eq!(in_place("XRAY^1"), Appointment::Off);
    assert_eq!(
        appointment("S12", &[SCH, "PID|||P1"], &site).1,
        at(18),
        "a place that is not said may be a theatre"
    );
}

#[test]
fn an_operation_of_nobody_is_refused() {
    assert!(lines(&read(&message("SIU^S12", &[SCH])))[0].contains("PID-3.1: whose appointment this is"));
    assert!(lines(&read(&message("SIU^S12", &["PID|||P1"])))[0].contains("SCH: the segment is missing"));
}
