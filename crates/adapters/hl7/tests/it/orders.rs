//! Which examinations were done, and how urgent they are, whatever a hospital calls its fields.

use adapter_hl7::{FieldPath, Site};
use archive::circumstances::{Patients, Stage};
use archive::expected::Named;
use archive::{StudyUid, Uid};

use super::*;

const PID: &str = "PID|||P1^^^HUS^MR";

fn one(kind: &str, segments: &[&str]) -> Order {
    let read = read(&message(kind, segments));
    assert_eq!(lines(&read), Vec::<String>::new(), "{segments:?}");
    orders(read).remove(0)
}

/// An OBR segment of order 1 with accession number A1 and these values besides.
fn obr(values: &[(usize, &str)]) -> String {
    segment("OBR", &[values, &[(1, "1"), (2, "PL1"), (3, "FI1"), (4, "XR"), (18, "A1")]].concat())
}

fn stage(kind: &str, control: &str, status: &str, result: &str) -> Option<Stage> {
    let orc = segment("ORC", &[(1, control), (2, "PL1"), (3, "FI1"), (5, status)]);
    one(kind, &[PID, &orc, &obr(&[(25, result)])]).stage
}

fn ago(minutes: i64) -> Time {
    NOW.plus_seconds(-minutes * 60)
}

#[test]
fn placed_scheduled_and_begun_is_not_done_and_a_request_to_cancel_is_no_cancellation() {
    // Recorded at ten in Stockholm, three hours ago.
    let done = Some(Stage::Done(ago(180)));
    for (control, status, result, wanted) in [
        ("NW", "", "", Some(Stage::Placed)),
        ("NW", "SC", "", Some(Stage::Placed)),
        ("SC", "IP", "", Some(Stage::Placed)),
        ("SC", "", "S", Some(Stage::Placed)),
        ("SC", "CM", "", done),
        ("SC", "A", "", done),
        ("RE", "", "P", done),
        ("RE", "", "F", done),
        ("RE", "", "C", done),
        ("XO", "", "", None),
        ("CA", "", "", None),
        ("OC", "", "", Some(Stage::Cancelled)),
        ("CR", "CA", "", Some(Stage::Cancelled)),
        ("SC", "DC", "", Some(Stage::Cancelled)),
        ("SC", "", "X", Some(Stage::Cancelled)),
        ("OC", "CM", "", done),
    ] {
        assert_eq!(stage("ORM^O01", control, status, result), wanted, "{control} {status} {result}");
    }
    assert_eq!(stage("ORU^R01", "RE", "", ""), done, "a report is of something that was done");
    assert_eq!(stage("ORU^R01", "RE", "", "S"), Some(Stage::Placed));
}

#[test]
fn an_examination_was_done_when_its_images_were_made_and_never_after_the_message_about_it() {
    let with = |begun: &str, ended: &str, told: &str| {
        let obr = obr(&[(7, begun), (8, ended), (22, told), (25, "F")]);
        match one("ORU^R01", &[PID, &obr]).stage {
            Some(Stage::Done(at)) => at,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(with("202611260800", "202611260815", "202611260930"), ago(285));
    assert_eq!(with("202611260800", "", "202611260930"), ago(300));
    assert_eq!(with("", "", "202611260930"), ago(210));
    assert_eq!(with("202611270800", "", ""), ago(180), "tomorrow's time is today's message");
    assert_eq!(with("20261126", "", ""), ago(13 * 60), "a day is its first instant");
    let odd = read(&message("ORU^R01", &[PID, &obr(&[(7, "yesterday")])]));
    assert!(
        lines(&odd)[0]
            .contains("Warning night.hl7: message 1, segment 3, OBR-7.1: \"yesterday\": this is no time")
    );
    assert_eq!(orders(odd)[0].stage, Some(Stage::Done(ago(180))));
}

#[test]
fn the_accession_number_stands_where_the_site_says() {
    let text = message("ORU^R01", &[PID, &obr(&[(3, "FI1^RIS"), (18, "A18"), (19, "A19"), (25, "F")])]);
    let of = |paths: &[&str]| {
        let accession = paths.iter().map(|path| FieldPath::parse(path).unwrap()).collect();
        let read = read_bytes(text.as_bytes(), &Site { accession, ..Site::default() });
        let says = lines(&read);
        (orders(read)[0].accession.to_string(), says)
    };
    for (paths, accession) in [
        (&["OBR-18"][..], "A18"),
        (&["OBR-3.1"], "FI1"),
        (&["OBR-3.2"], "RIS"),
        (&["OBR-2"], "PL1"),
        (&["OBR-19"], "A19"),
        (&["IPC-1", "ORC-3", "OBR-19"], "A19"),
    ] {
        assert_eq!(of(paths), (accession.to_owned(), vec![]), "{paths:?}");
    }
    let (none, says) = of(&["OBR-20"]);
    assert_eq!(none, "");
    assert_eq!(
        says,
        [
            "Error night.hl7: message 1, segment 3, OBR: \"FI1\": an order that was done has no accession number in OBR-20.1; \
          the accession number there, or where this site puts it (settings)"
        ]
    );
    for wrong in ["", "OBR", "OBR-0", "obr-3", "OBR-3.x", "OBR-99999", "OBRX-3"] {
        assert!(FieldPath::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_study_is_named_by_procedure_steps_or_by_ihes_own_segment() {
    let study = |text: &str| Some(StudyUid(Uid::parse(text).unwrap()));
    let omi = one(
        "OMI^O23",
        &[
            PID,
            "ORC|SC|||||CM",
            "TQ1|1||||||||S",
            "OBR|1|PL1|FI1|XR",
            "IPC|A7^RIS|RP1|1.2.752.7^^1.2^ISO|SPS1",
        ],
    );
    assert_eq!((&*omi.accession, omi.study, omi.is_stat), ("A7", study("1.2.752.7"), Some(true)));
    let text = message(
        "ORM^O01",
        &[
            PID,
            "ORC|NW",
            "OBR|1|PL1|FI1|XR||||||||||||||A1",
            "ORC|NW",
            "OBR|2|PL2|FI2|XR||||||||||||||A2",
            "ZDS|1.2.752.8^100^Application^DICOM",
        ],
    );
    let both = orders(read(&text));
    assert_eq!(both.iter().map(|order| order.study.clone()).collect::<Vec<_>>(), vec![study("1.2.752.8"); 2]);
    let wrong = read(&message("OMI^O23", &[PID, "ORC|NW", "OBR|1|PL1", "IPC|A7|RP1|1.2.x"]));
    assert!(
        lines(&wrong)[0].starts_with(
            "Error night.hl7: message 1, segment 5, IPC-3.1: \"1.2.x\": a DICOM UID holds digits"
        ),
        "{wrong:?}"
    );
}

#[test]
fn stat_is_read_wherever_it_may_stand_and_what_nobody_says_is_unknown() {
    let obr: &str = &super::orders::obr(&[]);
    let is_stat = |segments: &[&str]| one("OMG^O19", &[&[PID], segments].concat()).is_stat;
    assert_eq!(is_stat(&[&segment("ORC", &[(1, "NW"), (7, "^^^^^S")]), obr]), Some(true));
    assert_eq!(is_stat(&["ORC|NW", &super::orders::obr(&[(5, "STAT")])]), Some(true));
    assert_eq!(is_stat(&["ORC|NW", &super::orders::obr(&[(27, "^^^^^A")])]), Some(true));
    assert_eq!(is_stat(&["ORC|NW", "TQ1|1||||||||R^Routine", obr]), Some(false));
    assert_eq!(is_stat(&["ORC|NW", "TQ1|1||||||||R", "TQ1|2||||||||S", obr]), Some(true));
    assert_eq!(is_stat(&["ORC|NW", obr]), None);
    let own = message("OMG^O19", &[PID, "ORC|NW", "TQ1|1||||||||PRIO1", obr]);
    let read = read(&own);
    assert!(lines(&read)[0].contains("TQ1-9: \"PRIO1\": how urgent this is is not known"), "{read:?}");
    assert_eq!(orders(read)[0].is_stat, None);
    let site = Site { urgent: vec!["PRIO1".into()], no_priority_is_routine: true, ..Site::default() };
    assert_eq!(orders(read_bytes(own.as_bytes(), &site))[0].is_stat, Some(true));
    let silent = message("OMG^O19", &[PID, "ORC|NW", obr]);
    assert_eq!(orders(read_bytes(silent.as_bytes(), &site))[0].is_stat, Some(false));
}

#[test]
fn a_laboratory_makes_no_images_and_a_section_that_is_not_said_may() {
    let with = |section: &str| read(&message("ORU^R01", &[PID, &obr(&[(24, section), (25, "F")])]));
    assert_eq!((with("LAB").told.len(), with("LAB").passed_over), (0, 1));
    assert_eq!(with("CT").told.len(), 1);
    assert_eq!(with("").told.len(), 1);
    assert!(lines(&read(&message("ORU^R01", &[PID])))[0].contains("OBR: there is no order in it"));
}

#[test]
fn a_night_of_orders_becomes_what_the_archives_must_hold() {
    let at = |minute: u32, kind: &str, segments: &[&str]| {
        message(kind, segments).replacen("20261126100000", &format!("2026112610{minute:02}00"), 1)
    };
    let obr = |number: u32, result: &str| {
        let [placer, filler, accession] = ["PL", "FI", "A"].map(|of| format!("{of}{number}"));
        obr(&[(2, &placer), (3, &filler), (18, &accession), (25, result)])
    };
    let text = [
        // The report came before the order that it is of, as it does when two interfaces feed one file.
        at(30, "ORU^R01", &[PID, &obr(1, "F")]),
        at(5, "ORM^O01", &[PID, "ORC|NW|PL1|FI1", &obr(1, "")]),
        at(6, "ORM^O01", &[PID, "ORC|NW|PL2|FI2", &obr(2, "")]),
        at(7, "ORM^O01", &[PID, "ORC|NW|PL3|FI3", &obr(3, "")]),
        at(8, "ORM^O01", &[PID, "ORC|CR|PL3|FI3||CA", &obr(3, "")]),
    ]
    .concat();
    let read = read(&text);
    assert_eq!(lines(&read), Vec::<String>::new());
    let mut patients = Patients::new();
    read.told.into_iter().for_each(|told| patients.told(told));
    let expected = patients.expected(Time(i64::MAX));
    assert_eq!(expected.iter().map(|one| &one.named).collect::<Vec<_>>(), [&Named::Accession("A1".into())]);
}
