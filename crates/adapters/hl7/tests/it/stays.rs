//! Who came, went and moved; what of it was cancelled; who was merged.

use adapter_hl7::Site;
use archive::Patient;
use archive::circumstances::{Class, Patients, Step};
use archive::urgency::{Urgency, urgency};

use super::*;

fn step(event: &str, pv1: &str) -> (Box<str>, Step) {
    match said(&format!("ADT^{event}"), &["PID|||P1^^^HUS^MR", pv1]).remove(0) {
        Says::Stay { patient, visit, step } => {
            assert_eq!(patient, Patient::new("P1", "HUS"));
            (visit, step)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_event_says_what_has_happened() {
    let pv1 = |class: &str| format!("PV1|1|{class}|MAVA^1^2||||||||||||||||V7^^^HUS");
    let of = |event: &str| step(event, &pv1("I")).1;
    let class = Some(Class::Inpatient);
    assert_eq!(
        step("A01", &pv1("E")),
        ("V7".into(), Step::In { class: Some(Class::Emergency), since: None })
    );
    assert_eq!(of("A04"), Step::In { class, since: None });
    assert_eq!([of("A02"), of("A06"), of("A07")], [Step::Moved { class }; 3]);
    assert_eq!((of("A03"), of("A11")), (Step::Out, Step::NeverIn));
    assert_eq!((of("A12"), of("A13")), (Step::NotMoved { class }, Step::NotOut { class }));
    assert_eq!(of("A08"), Step::Changed { class, since: None, has_left: false });
    for (text, class) in [
        ("O", Some(Class::Other)),
        ("P", Some(Class::Other)),
        ("R", Some(Class::Other)),
        ("U", None),
        ("B", None),
        ("", None),
        ("\"\"", None),
    ] {
        assert_eq!(step("A02", &pv1(text)).1, Step::Moved { class }, "{text}");
    }
}

#[test]
fn a_class_that_nobody_explains_is_unknown_and_said_and_the_site_may_explain_it() {
    let text = message("ADT^A01", &["PID|||P1", "PV1||AKUT"]);
    let read = read(&text);
    assert_eq!(
        lines(&read),
        [
            "Warning night.hl7: message 1, segment 3, PV1-2: \"AKUT\": which kind of patient this means is not known; a class of table 0004 (E, I, O, P, R), or one that the site's settings explain"
        ]
    );
    assert!(matches!(read.told[0].says, Says::Stay { step: Step::In { class: None, .. }, .. }));
    let site = Site { classes: [("AKUT".into(), Class::Emergency)].into(), ..Site::default() };
    let read = read_bytes(text.as_bytes(), &site);
    assert!(matches!(
        read.told[0].says,
        Says::Stay { step: Step::In { class: Some(Class::Emergency), .. }, .. }
    ));
}

#[test]
fn of_several_numbers_of_a_patient_the_one_of_the_authority_that_counts_is_read() {
    let pid = "PID|||99^^^LAB^PI~19121212-1212^^^SE&1.2.752&ISO^NNSWE~77^^^HUS^MR";
    let of = |site: &Site| {
        let read = read_bytes(message("ADT^A03", &[pid]).as_bytes(), site);
        read.told.first().map(|told| match &told.says {
            Says::Stay { patient, .. } => patient.clone(),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(of(&Site::default()), Some(Patient::new("77", "HUS")));
    let of_authority = |name: &str| of(&Site { patient_authority: Some(name.into()), ..Site::default() });
    assert_eq!(of_authority("SE"), Some(Patient::new("19121212-1212", "SE")));
    assert_eq!(of_authority("NO"), None, "another number would be another patient");
}

#[test]
fn a_stay_of_nobody_is_refused_with_its_field() {
    let says = lines(&read(&message("ADT^A01", &["PID|1||^^^HUS^MR", "PV1||E"])));
    assert!(
        says[0]
            .starts_with("Error night.hl7: message 1, segment 2, PID-3.1: whose stay this is cannot be read"),
        "{says:?}"
    );
    assert!(
        lines(&read(&message("ADT^A01", &["PV1||E"])))[0].contains("segment 1, PID: the segment is missing")
    );
    assert!(lines(&read(&message("ADT^A40", &["PID|||P1"])))[0].contains("MRG: the segment is missing"));
    assert!(
        lines(&read(&message("ADT^A40", &["PID|||P1", "MRG|"])))[0]
            .contains("segment 3, MRG-1: who was merged")
    );
}

#[test]
fn merges_come_in_pairs_of_segments() {
    let said = said("ADT^A40", &["PID|||1^^^HUS", "MRG|2^^^HUS", "PID|||3^^^HUS", "MRG|4^^^HUS"]);
    let merged = |gone: &str, stays: &str| Says::Merged {
        gone: Patient::new(gone, "HUS"),
        stays: Patient::new(stays, "HUS"),
    };
    assert_eq!(said, [merged("2", "1"), merged("4", "3")]);
}

#[test]
fn a_patient_who_was_in_emergency_last_hour_and_was_merged_since_is_urgent_under_the_old_number() {
    let text = [
        message("ADT^A40", &["PID|||1", "MRG|2"]),
        message(
            "ADT^A01",
            &[
                "EVN||20261126080000",
                "PID|||2",
                &segment("PV1", &[(2, "E"), (19, "V1"), (44, "202611260700")]),
            ],
        ),
        message("ADT^A03", &["EVN||20261126073000", "PID|||2", &segment("PV1", &[(2, "I"), (19, "V0")])]),
    ]
    .concat();
    let read = read(&text);
    assert_eq!(lines(&read), Vec::<String>::new());
    let mut patients = Patients::new();
    read.told.into_iter().for_each(|told| patients.told(told));
    let old = Patient::new("2", "");
    let latest = Some(Time(NOW.0 - 86_400_000_000));
    let asked = archive::circumstances::Asked { patient: &old, accession: "", study: None, latest };
    let known = patients.circumstances(asked, NOW);
    assert_eq!((known.in_emergency, known.is_prior), (Some(true), Some(true)));
    assert_eq!(urgency(&known, NOW), Urgency::Prior);
}
