//! What modalities are to make, as a real server hands it out.

use adapter_dicom::dimse::{Asked, Association, Scheduled, Service, whole};
use archive::circumstances::{Asked as Of, Patients};
use archive::expected::Source;
use archives::{Caps, Pair, Planned, skips};
use jiff::tz::TimeZone;
use model::Date;

const STAT: Planned<'_> = Planned {
    step: "S1",
    accession: "A1",
    study: "2.25.4711.77.1",
    patient: "P1",
    priority: "STAT",
    modality: "CT",
    day: "20261126",
    time: "081500",
};

fn list(pair: &Pair, asked: &Asked) -> Vec<Scheduled> {
    let mut association = Association::new(&pair.a.peer().unwrap(), Service::Worklist).unwrap();
    let mut steps = whole(asked, &mut |asked| association.worklist(asked)).unwrap();
    association.release();
    steps.sort();
    steps
}

fn names(steps: &[Scheduled]) -> Vec<&str> {
    steps.iter().map(|step| &*step.step).collect()
}

#[test]
fn orthanc_scheduled_steps_say_what_is_urgent_and_are_expected_once_their_time_has_passed() {
    if skips("worklist") {
        return;
    }
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    for planned in [
        STAT,
        Planned { step: "S2", accession: "A2", study: "2.25.4711.77.2", priority: "ROUTINE", ..STAT },
        Planned { step: "S3", accession: "A3", study: "2.25.4711.77.3", modality: "MR", ..STAT },
        Planned { step: "S4", accession: "A4", study: "2.25.4711.77.4", day: "20261127", ..STAT },
    ] {
        pair.a.schedule(&planned).unwrap();
    }
    let list = |asked: &Asked| list(&pair, asked);
    assert_eq!(names(&list(&Asked::default())), ["S1", "S2", "S3", "S4"]);
    let day = Date::parse("2026-11-26").ok();
    let today = list(&Asked { from: day, to: day, modality: "CT".into(), ..Asked::default() });
    assert_eq!(names(&today), ["S1", "S2"]);
    assert_eq!(names(&list(&Asked { to: day, ..Asked::default() })), ["S1", "S2", "S3"]);
    assert_eq!(names(&list(&Asked { from: Date::parse("2026-11-27").ok(), ..Asked::default() })), ["S4"]);
    let first = &today[0];
    assert_eq!((&*first.accession, first.patient.id(), first.is_stat), ("A1", "P1", Some(true)));
    assert_eq!(first.study.as_ref().map(ToString::to_string).as_deref(), Some("2.25.4711.77.1"));
    assert_eq!((&*first.starts.0, &*first.starts.1, &*first.modality), ("20261126", "081500", "CT"));
    let begins = first.begins(&TimeZone::UTC).unwrap();
    let mut patients = Patients::new();
    today.iter().for_each(|step| patients.told(step.told(begins, begins)));
    assert!(
        patients.expected(begins.plus_seconds(-1)).is_empty(),
        "what is scheduled for later is not missing yet"
    );
    let due = patients.expected(begins);
    assert_eq!(due.iter().map(|one| one.source).collect::<Vec<_>>(), [Source::Worklist; 2]);
    let is_stat = |accession: &str| {
        let of = Of { patient: &first.patient, accession, study: None, latest: None };
        patients.circumstances(of, begins).is_stat
    };
    assert_eq!((is_stat("A1"), is_stat("A2"), is_stat("A9")), (Some(true), Some(false), None));
}

#[test]
fn orthanc_a_list_of_one_day_is_asked_for_again_by_its_hours() {
    if skips("worklist by hours") {
        return;
    }
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    for hour in 0..24 {
        let (step, time) = (format!("S{hour:02}"), format!("{hour:02}3000"));
        let study = format!("2.25.4711.77.{}", hour + 1);
        pair.a.schedule(&Planned { step: &step, time: &time, study: &study, ..STAT }).unwrap();
    }
    let all = list(&pair, &Asked::default());
    assert_eq!(all.len(), 24);
    let morning = Asked {
        from: Date::parse("2026-11-26").ok(),
        to: Date::parse("2026-11-26").ok(),
        seconds: Some((0, 12 * 3_600)),
        ..Asked::default()
    };
    assert_eq!(list(&pair, &morning).len(), 12);
}
