//! What modalities are to make, as a real server hands it out.

use adapter_dicom::dimse::{Asked, Association, Scheduled, Service};
use archive::circumstances::{Asked as Of, Patients};
use archives::{Caps, Pair, Planned, skips};
use model::{Date, Time};

#[test]
fn orthanc_scheduled_steps_say_what_is_to_be_made_and_what_is_urgent_and_nothing_of_it_is_expected() {
    if skips("worklist") {
        return;
    }
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let stat = Planned {
        step: "S1",
        accession: "A1",
        study: "2.25.4711.77.1",
        patient: "P1",
        priority: "STAT",
        modality: "CT",
        day: "20261126",
    };
    for planned in [
        stat,
        Planned { step: "S2", accession: "A2", study: "2.25.4711.77.2", priority: "ROUTINE", ..stat },
        Planned { step: "S3", accession: "A3", study: "2.25.4711.77.3", modality: "MR", ..stat },
        Planned { step: "S4", accession: "A4", study: "2.25.4711.77.4", day: "20261127", ..stat },
    ] {
        pair.a.schedule(&planned).unwrap();
    }
    let list = |asked: &Asked| {
        let mut association = Association::new(&pair.a.peer().unwrap(), Service::Worklist).unwrap();
        let mut listed = association.worklist(asked).unwrap();
        association.release();
        assert!(listed.status.is_success() && listed.unreadable == 0, "{listed:?}");
        listed.steps.sort_by(|one, other| one.step.cmp(&other.step));
        listed.steps
    };
    let names = |steps: &[Scheduled]| steps.iter().map(|step| step.step.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&list(&Asked::default())), ["S1", "S2", "S3", "S4"]);
    let day = Date::parse("2026-11-26").unwrap();
    let today = list(&Asked { days: Some((day, day)), modality: "CT".into() });
    assert_eq!(names(&today), ["S1", "S2"]);
    let first = &today[0];
    assert_eq!((&*first.accession, first.patient.id(), first.is_stat), ("A1", "P1", Some(true)));
    assert_eq!(first.study.as_ref().map(ToString::to_string).as_deref(), Some("2.25.4711.77.1"));
    assert_eq!((&*first.starts.0, &*first.starts.1, &*first.modality), ("20261126", "081500", "CT"));
    let mut patients = Patients::new();
    today.iter().for_each(|step| patients.told(step.told(Time(0))));
    assert!(patients.expected().is_empty(), "what is scheduled is not made yet");
    let is_stat = |accession: &str| {
        let of = Of { patient: &first.patient, accession, study: None, latest: None };
        patients.circumstances(of, Time(0)).is_stat
    };
    assert_eq!((is_stat("A1"), is_stat("A2"), is_stat("A9")), (Some(true), Some(false), None));
}
