//! Logs as modalities and their service engineers export them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // tests stop at the first surprise

use super::*;

const NOW: Time = Time(1_795_651_200_000_000);

fn read(log: &str) -> Result<Vec<Expected>, Vec<Finding>> {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    read_log(log.as_bytes(), &Terms { source: "ct1.csv", zone: &zone, now: NOW })
}

fn refused(log: &str) -> String {
    read(log).unwrap_err()[0].to_string()
}

#[test]
fn a_ct_that_counts_its_images_expects_so_many_of_each_examination() {
    let log = "Accession Number;Patient ID;Images;End Time;Dose\nA1;19121212-1212;412;2026-11-25 22:00;3\nA2;;;2026-11-25T22:10:00+01:00;\n";
    let expected = read(log).unwrap();
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0].named, Named::Accession("A1".into()));
    assert_eq!((expected[0].counted, expected[0].patient.id()), (Some(412), "19121212-1212"));
    assert_eq!(
        expected[0].done,
        instant("2026-11-25 22:00", &TimeZone::get("Europe/Stockholm").unwrap()).unwrap()
    );
    assert_eq!((expected[1].counted, expected[1].source), (None, Source::ModalityLog));
}

#[test]
fn a_log_with_a_row_for_each_object_expects_each_object_of_the_examination() {
    let log = "study_uid,accession,sop_instance_uid,ended\n1.2.3,A1,1.2.3.1.1,2026-11-25 22:01\n1.2.3,A1,1.2.3.1.2,2026-11-25 22:00\n1.2.4,A2,1.2.4.1.1 1.2.4.1.2,2026-11-25 22:00\n";
    let expected = read(log).unwrap();
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0].named, Named::Study(StudyUid(Uid::parse("1.2.3").unwrap())));
    assert_eq!(expected[0].instances.len(), 2);
    assert_eq!(expected[0].done, expected[1].done, "the first object says when");
    assert_eq!(expected[1].instances.len(), 2);
}

#[test]
fn a_row_that_names_a_performed_step_is_told_apart_from_the_modalitys_own_log() {
    let log = "performed_step,study_uid,instances,ended\n1.9.1,1.2.3,1.2.3.1.1,2026-11-25T21:00:00Z\n,1.2.3,1.2.3.1.2,2026-11-25T21:00:00Z\n1.9.2,1.2.4,,2026-11-25T21:00:00Z\n";
    let mut said: Vec<(Source, usize)> =
        read(log).unwrap().iter().map(|one| (one.source, one.instances.len())).collect();
    said.sort();
    let (step, own) = (Source::PerformedStep, Source::ModalityLog);
    assert_eq!(said, [(step, 0), (step, 1), (own, 1)]);
}

#[test]
fn whatever_is_wrong_refuses_the_log_with_row_and_column() {
    assert_eq!(
        refused("accession,count,ended\nA1,many,2026-11-25 22:00\n"),
        "ct1.csv: row 2, column \"count\": \"many\": this is no number of objects; a whole number of objects from 0, or nothing"
    );
    assert!(refused("study,ended\n1.2.x,2026-11-25 22:00\n").contains("row 2, column \"study\": \"1.2.x\""));
    assert!(refused("accession,ended\nA1,2027-11-25 22:00\n").contains("it lies in the future"));
    assert!(refused("accession,ended\nA1,2026-10-25 02:30\n").contains("exists twice"));
    assert!(refused("accession,ended\n,2026-11-25 22:00\n").contains("row 2: the row names no examination"));
    assert!(refused("accession,study,ended\nA1\n").contains("as many cells as the header"));
    assert!(refused("dose,ended\n").contains("a column accession or study_uid"));
    assert!(refused("accession\nA1\n").contains("a column ended"));
    assert!(refused("accession,accession_number,ended\n").contains("means the same as"));
    assert!(refused("").contains("the file is empty"));
    assert!(refused("accession,ended\n").contains("a header and nothing else"));
    let many = read(&format!("accession,ended\n{}", "A1,never\n".repeat(1_000))).unwrap_err();
    assert!(many.len() <= adapter_input::FINDINGS_MAX_COUNT + 1, "{}", many.len());
}
