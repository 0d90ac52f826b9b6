//! One name, other pixels: what lists never show, and reading does.

use adapter_dicom::source::{End, Far, Question, Readable, Reads, compare_content};
use adapter_dicom::web::Client;
use archive::coverage::Limits;
use archive::reason::Reason;
use archive::verdict::Moved;
use archive::{Side, Tier, Verdict, compare};
use archives::{Caps, Pair, Server, invented, skips};
use model::Time;

use crate::ways::{WAYS, Way, by_dimse, by_qido, by_rest, everything, pace};

type Reader = fn(&Server) -> Box<dyn Reads + Send>;

fn by_wado(server: &Server) -> Box<dyn Reads + Send> {
    Box::new(Client::new(server.web("/dicom-web")).unwrap())
}

fn by_file(server: &Server) -> Box<dyn Reads + Send> {
    Box::new(server.orthanc().unwrap())
}

fn compared(pair: &Pair, way: Way, reader: Reader) -> Verdict {
    let end =
        |server: &Server| Readable { end: End { source: way(server), pace: pace() }, reads: reader(server) };
    compare_content(end(&pair.a), end(&pair.b), question(), &|_, _| true).unwrap()
}

fn question() -> Question {
    Question { since: None, limits: Limits::default(), cut: Time(0) }
}

#[test]
fn orthanc_one_name_with_other_pixels_is_found_by_reading_and_by_no_list() {
    if skips("content") {
        return;
    }
    let exams = invented(120);
    let mut as_in_b = exams.clone();
    as_in_b[1].objects[0].grey ^= 1;
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&as_in_b, |_| true).unwrap();
    for (way, source) in WAYS {
        let held = [&pair.a, &pair.b].map(|server| everything(&mut *source(server)));
        assert!(compare(&held[0], &held[1], Time(0), Tier::Identity).is_proven_equal(), "{way}: lists agree");
    }
    for (way, source, reader) in [
        ("DIMSE", by_dimse as Way, by_wado as Reader),
        ("QIDO", by_qido, by_wado),
        ("REST", by_rest, by_file),
    ] {
        let Verdict::Proven(found) = compared(&pair, source, reader) else { panic!("{way}") };
        let differ: Vec<&str> = found.content_diff.iter().map(|one| one.instance.0.as_str()).collect();
        assert_eq!(differ, [as_in_b[1].objects[0].uid.as_str()], "{way}");
        assert_eq!((found.tier, found.held.alike, found.held.a), (Tier::Content, 119, 120), "{way}");
    }
}

#[test]
fn orthanc_equal_archives_are_proven_equal_by_content_and_reading_stops_when_somebody_says_so() {
    if skips("content, equal") {
        return;
    }
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    assert!(compared(&pair, by_qido, by_wado).is_proven_equal());
    let end = |server: &Server| Readable {
        end: End { source: by_rest(server), pace: pace() },
        reads: by_file(server),
    };
    let stopped = compare_content(end(&pair.a), end(&pair.b), question(), &|side, far| {
        !matches!((side, far), (Side::B, Far::Reading { objects: 10, of: 60 }))
    });
    assert!(stopped.is_none(), "what was not read is not compared");
}

#[test]
fn orthanc_an_object_that_is_compressed_at_one_end_is_neither_equal_nor_other() {
    if skips("content, compressed") {
        return;
    }
    let exams = invented(20);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    let one = exams[0].objects[0].uid.clone();
    pair.b.store(&exams, |uid| uid != one).unwrap();
    // Orthanc compresses it without loss and keeps its name, as an archive may that saves room.
    let compressed = pair.a.compressed(&one, "1.2.840.10008.1.2.4.80").unwrap();
    pair.b.take(&compressed).unwrap();
    let verdict = compared(&pair, by_qido, by_wado);
    let Verdict::Unproven { reason: Reason::ContentNotComparable { instances, example, differ }, others } =
        verdict
    else {
        panic!("{verdict:?}")
    };
    assert_eq!((instances, example.0.as_str(), differ, others.len()), (1, one.as_str(), 0, 0));
}

#[test]
fn orthanc_a_patient_whom_the_archive_itself_has_given_another_number_has_moved_and_has_no_other_content() {
    if skips("content, re-identified") {
        return;
    }
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    pair.b.reidentify(&exams[1].patient, "P99999").unwrap();
    for (way, source, reader) in [("DIMSE", by_dimse as Way, by_wado as Reader), ("REST", by_rest, by_file)] {
        let Verdict::Proven(found) = compared(&pair, source, reader) else { panic!("{way}") };
        let [Moved::Reidentified { study, a, b }] = &found.moved[..] else {
            panic!("{way}: {:?}", found.moved)
        };
        assert_eq!(
            (study.0.as_str(), a.id(), b.id()),
            (&*exams[1].study, &*exams[1].patient, "P99999"),
            "{way}"
        );
        assert_eq!((found.a_only.len(), found.b_only.len(), found.content_diff.len()), (0, 0, 0), "{way}");
    }
}

#[test]
fn orthanc_patients_whom_the_archive_has_merged_are_told_from_a_mistake_by_whoever_says_so() {
    if skips("merged") {
        return;
    }
    let exams = invented(120);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let (gone, stays) = (&exams[1], &exams[2]);
    pair.b.reidentify(&gone.patient, &stays.patient).unwrap();
    let patient = |exam: &archives::Exam| archive::Patient::new(&exam.patient, "");
    for (way, source) in WAYS {
        let (mut a, b) = (everything(&mut *source(&pair.a)), everything(&mut *source(&pair.b)));
        a.merge(archive::Merge { gone: patient(gone), stays: patient(stays) });
        let Verdict::Proven(found) = compare(&a, &b, Time(0), Tier::Identity) else { panic!("{way}") };
        let [Moved::Merged { study, behind, .. }] = &found.moved[..] else {
            panic!("{way}: {:?}", found.moved)
        };
        assert_eq!((study.0.as_str(), *behind), (&*gone.study, Side::A), "{way}");
    }
}

#[test]
fn orthanc_an_archive_without_web_services_where_they_are_looked_for_proves_nothing_and_says_why() {
    if skips("content, not read") {
        return;
    }
    let exams = invented(10);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let nowhere: Reader = |server| Box::new(Client::new(server.web("/nowhere")).unwrap());
    let Verdict::Unproven { reason, .. } = compared(&pair, by_rest, nowhere) else { panic!() };
    let says = reason.to_string();
    assert!(
        says.starts_with("the content of 10 objects of archive A was not read")
            && says.contains("answered 404"),
        "{says}"
    );
}
