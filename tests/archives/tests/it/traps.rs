//! What a real archive does that makes tools lie. The answer is right, or nothing is proven.

use adapter_dicom::dimse::{Association, Level, Service, Status};
use adapter_dicom::element::Writing;
use adapter_dicom::source::{Ended, QidoSource, studies};
use adapter_dicom::tags;
use adapter_dicom::web::Client;
use archive::coverage::{Ability, Limits, Outcome, Scope};
use archive::{Proven, Tier, Verdict, compare};
use archives::{Caps, Pair, invented, skips};
use model::Time;

use crate::ways::{WAYS, by_rest, counter, everything, pace};

fn named(found: &Proven) -> Vec<&str> {
    found.a_only.iter().flat_map(|one| &one.instances).map(|uid| uid.0.as_str()).collect()
}

const OBJECTS: usize = 1_500;

#[test]
fn orthanc_an_archive_that_silently_cuts_its_answers_is_listed_whole_in_every_way() {
    if skips("caps") {
        return;
    }
    let exams = invented(OBJECTS);
    let lacks = &exams[3].objects[0].uid;
    let caps = Caps { instances: 100, results: 20 };
    let pair = Pair::start(Caps::default(), caps).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| uid != lacks).unwrap();
    let a = everything(&mut *by_rest(&pair.a));
    for (way, source) in WAYS {
        let b = everything(&mut *source(&pair.b));
        match compare(&a, &b, Time(0), Tier::Identity) {
            Verdict::Proven(found) => assert_eq!(named(&found), [lacks], "{way}"),
            Verdict::Unproven { reason, .. } => panic!("{way}: not proven: {reason}"),
        }
    }
}

#[test]
fn orthanc_a_query_at_the_cap_ends_with_cancel_and_is_heard() {
    if skips("cancel") {
        return;
    }
    let exams = invented(400);
    let pair = Pair::start(Caps::default(), Caps { instances: 100, results: 5 }).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let mut association = Association::new(&pair.b.peer().unwrap(), Service::Find).unwrap();
    let keys = Writing::default().text(tags::STUDY_INSTANCE_UID, b"UI", "");
    let found = association.find(Level::Study, keys, |_| {}).unwrap();
    assert_eq!((found.rows, found.status), (5, Status(0xFE00)));
    association.release();
}

#[test]
fn orthanc_an_archive_that_nobody_counts_is_never_listed_whole() {
    if skips("uncounted") {
        return;
    }
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let held = [&pair.a, &pair.b].map(|server| {
        let client = Client::new(server.web("/dicom-web")).unwrap();
        everything(&mut QidoSource::new(client, Ability::default(), None))
    });
    let verdict = compare(&held[0], &held[1], Time(0), Tier::Identity);
    assert!(
        matches!(&verdict, Verdict::Unproven { .. }),
        "both have the same, and nothing shows it: {verdict:?}"
    );
}

#[test]
fn orthanc_a_patient_who_was_given_another_number_is_told_from_missing_images() {
    if skips("re-identified") {
        return;
    }
    let exams = invented(200);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    let mut as_in_b = exams.clone();
    as_in_b[2].patient = "P99999".to_owned();
    pair.b.store(&as_in_b, |_| true).unwrap();
    for (way, source) in WAYS {
        let (a, b) = (everything(&mut *source(&pair.a)), everything(&mut *source(&pair.b)));
        let Verdict::Proven(found) = compare(&a, &b, Time(0), Tier::Identity) else { panic!("{way}") };
        assert_eq!((found.a_only.len(), found.b_only.len()), (0, 0), "{way}");
        assert_eq!(found.moved.len(), 1, "{way}: {:?}", found.moved);
    }
}

#[test]
fn orthanc_a_delete_is_a_change_although_the_server_lists_none() {
    if skips("delete") {
        return;
    }
    let exams = invented(40);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let mut counter = counter(&pair.b);
    let mut before = counter.token().unwrap();
    let objects: Vec<&str> = exams.iter().flat_map(|exam| &exam.objects).map(|one| &*one.uid).collect();
    // One in the middle, then the newest: after that the server's own number is that of an earlier day.
    for uid in [objects[objects.len() / 2], objects[objects.len() - 1]] {
        pair.b.remove(uid).unwrap();
        let after = counter.token().unwrap();
        assert_ne!(after, before, "{uid} is gone");
        before = after;
    }
}

#[test]
fn orthanc_what_is_deleted_while_an_archive_is_listed_makes_the_list_begin_anew() {
    if skips("deleted") {
        return;
    }
    let exams = invented(400);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let gone = &exams[1].study;
    let client = Client::new(pair.b.web("/dicom-web")).unwrap();
    let ability = Ability { count: true, token: true, page_rows: Some(3), ..Ability::default() };
    let mut source = QidoSource::new(client, ability, Some(counter(&pair.b)));
    let ended = studies(&mut source, Scope::Archive, Limits::default(), pace(), |asked| {
        // In the middle of the pages the archive loses an examination that was listed already.
        if asked == 5 {
            pair.b.remove(gone).unwrap();
        }
        true
    });
    let Ended::Listed(Outcome::Complete(rows)) = ended else { panic!("{ended:?}") };
    assert_eq!(rows.len(), exams.len() - 1);
    assert!(rows.keys().all(|uid| uid.as_str() != gone));
}

#[test]
fn orthanc_equal_counts_of_other_objects_are_told_apart() {
    if skips("swap") {
        return;
    }
    let exams = invented(600);
    let (only_a, only_b) = (&exams[0].objects[0].uid, &exams[5].objects[0].uid);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |uid| uid != only_b).unwrap();
    pair.b.store(&exams, |uid| uid != only_a).unwrap();
    for (way, source) in WAYS {
        let (a, b) = (everything(&mut *source(&pair.a)), everything(&mut *source(&pair.b)));
        assert_eq!(a.instances().len(), b.instances().len());
        let Verdict::Proven(found) = compare(&a, &b, Time(0), Tier::Identity) else { panic!("{way}") };
        assert_eq!(found.a_only[0].instances[0].0.as_str(), only_a, "{way}");
        assert_eq!(found.b_only[0].instances[0].0.as_str(), only_b, "{way}");
    }
}
