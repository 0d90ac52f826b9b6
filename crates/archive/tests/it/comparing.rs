//! Two holdings into a verdict.

use archive::verdict::{Differences, Moved};
use archive::{
    Content, Gap, Holding, Merge, Pixels, Proven, Reason, Rejection, RejectionKind, Side, StudyDate, Sum,
    Tier, Verdict, compare,
};
use model::Time;

use crate::hospital::*;

fn proven(a: &Holding, b: &Holding) -> Proven {
    match compare(a, b, CUT, Tier::Content) {
        Verdict::Proven(proven) => *proven,
        Verdict::Unproven { reason, .. } => panic!("unproven: {reason}"),
    }
}

fn reason(a: &Holding, b: &Holding, tier: Tier) -> Reason {
    match compare(a, b, CUT, tier) {
        Verdict::Unproven { reason, .. } => reason,
        Verdict::Proven(proven) => panic!("proven: {proven:?}"),
    }
}

#[test]
fn two_archives_that_hold_the_same_are_proven_equal_at_the_cut() {
    let verdict = compare(&archive(5), &archive(5), CUT, Tier::Identity);
    assert!(verdict.is_proven_equal());
    let Verdict::Proven(proven) = verdict else { panic!() };
    assert_eq!((proven.held.a, proven.held.b, proven.held.alike, proven.cut), (15, 15, 15, CUT));
}

#[test]
fn what_b_lacks_is_named_newest_first_and_what_has_no_date_before_all() {
    let mut a = archive(5);
    a.study(study(2, ""));
    let b = without(&a, &[(1, 1), (1, 2), (1, 3), (2, 3), (5, 1)]);
    let proven = proven(&a, &b);
    let lost: Vec<_> =
        proven.a_only.iter().map(|m| (m.study.uid.clone(), m.instances.len(), m.whole)).collect();
    assert_eq!(lost, [(study_uid(2), 1, false), (study_uid(5), 1, false), (study_uid(1), 3, true)]);
    let differences = proven.differences().unwrap();
    let expected = Differences { a_only_studies: 3, a_only_instances: 5, ..Differences::default() };
    assert_eq!(differences, expected);
    assert_eq!(proven.held.to_string(), "10 of 15; 5 are not");
    assert!(!compare(&a, &b, CUT, Tier::Content).is_proven_equal());
}

#[test]
fn equal_counts_with_other_objects_are_no_equality() {
    let a = without(&archive(5), &[(3, 1)]);
    let b = without(&archive(5), &[(3, 2)]);
    assert_eq!(a.instances().len(), b.instances().len());
    let differences = proven(&a, &b).differences().unwrap();
    assert_eq!((differences.a_only_instances, differences.b_only_instances), (1, 1));
}

#[test]
fn what_came_after_the_cut_is_in_flight_and_listed_apart() {
    let (mut a, b) = (archive(3), archive(3));
    let mut late = instance(3, 9);
    late.arrived = Some(Time(CUT.0 + 1));
    a.instance(late);
    let mut at_the_cut = instance(3, 10);
    at_the_cut.arrived = Some(CUT);
    let mut of_unknown_age = instance(3, 11);
    of_unknown_age.arrived = None;
    let quiet = proven(&a, &b);
    assert_eq!(quiet.differences(), None);
    assert_eq!((quiet.in_flight.len(), quiet.held.a, quiet.held.b), (1, 9, 9));
    a.instance(at_the_cut);
    a.instance(of_unknown_age);
    let differences = proven(&a, &b).differences().unwrap();
    assert_eq!(differences.a_only_instances, 2, "what nobody knows to be late is missing");
}

#[test]
fn what_an_archive_has_rejected_is_not_missing_there() {
    let a = archive(3);
    let mut b = without(&a, &[(2, 1), (2, 2)]);
    let note = instance_uid(2, 99);
    b.rejected(instance_uid(2, 1), Rejection { kind: RejectionKind::PatientSafety, note });
    let proven = proven(&a, &b);
    assert_eq!(proven.set_aside.len(), 1);
    assert_eq!(proven.set_aside[0].shown_by, Side::A);
    assert_eq!(proven.differences().unwrap().a_only_instances, 1);
    assert_eq!(RejectionKind::of_code("113038 "), Some(RejectionKind::WrongWorklistEntry));
    assert_eq!(RejectionKind::of_code("113030"), None, "a manifest rejects nothing");
}

#[test]
fn an_examination_under_another_patient_is_told_from_a_missing_one() {
    let a = archive(2);
    let mut b = archive(2);
    let mut other = study(2, "20260102");
    other.patient = patient(7);
    b.study(other);
    let found = proven(&a, &b);
    let expected = Moved::Reidentified { study: study_uid(2), a: patient(1), b: patient(7) };
    assert_eq!((found.moved, found.a_only.len(), found.held.alike), (vec![expected], 0, 3));

    b.merge(Merge { gone: patient(1), stays: patient(4) });
    b.merge(Merge { gone: patient(4), stays: patient(7) });
    b.merge(Merge { gone: patient(7), stays: patient(4) });
    let merged = proven(&a, &b);
    let expected = Moved::Merged { study: study_uid(2), a: patient(1), b: patient(7), behind: Side::A };
    assert_eq!(merged.moved, [expected]);
    assert!(merged.differences().is_some(), "one archive has not followed");
}

#[test]
fn patients_whom_nobody_knows_are_no_merge() {
    let (mut a, mut b) = (archive(1), archive(1));
    let (mut one, mut other) = (study(1, "20260101"), study(1, "20260101"));
    one.patient = archive::Patient::default();
    other.patient = patient(7);
    a.study(one);
    b.study(other);
    b.merge(Merge { gone: archive::Patient::default(), stays: patient(7) });
    assert!(matches!(proven(&a, &b).moved[..], [Moved::Reidentified { .. }]));
}

#[test]
fn an_object_in_another_examination_or_series_has_moved() {
    let a = archive(3);
    let mut b = without(&a, &[(1, 1), (2, 2)]);
    let mut elsewhere = instance(1, 1);
    elsewhere.study = study_uid(3);
    let mut regrouped = instance(2, 2);
    regrouped.series = archive::SeriesUid(uid("1.2.826.2.7"));
    b.instance(elsewhere);
    b.instance(regrouped);
    let found = proven(&a, &b);
    assert!(matches!(found.moved[..], [Moved::Study { .. }, Moved::Series { .. }]), "{:?}", found.moved);
    assert_eq!((found.a_only.len(), found.b_only.len(), found.held.alike), (0, 0, 7));
}

#[test]
fn one_name_with_other_pixels_is_found_only_where_pixels_were_compared() {
    let a = archive(2);
    let mut b = without(&a, &[(1, 1), (1, 2)]);
    let mut other = instance(1, 1);
    other.content = Some(content(1));
    let mut unread = instance(1, 2);
    unread.content = None;
    b.instance(other);
    let content = proven(&a, &b).content_diff;
    assert_eq!(
        (content.len(), &content[0].instance, &content[0].study),
        (1, &instance_uid(1, 1), &study_uid(1))
    );
    b.instance(unread);
    assert_eq!(
        reason(&a, &b, Tier::Content),
        Reason::ContentNotRead { side: Side::B, instances: 1, first: None }
    );
    let Verdict::Proven(identity) = compare(&a, &b, CUT, Tier::Identity) else { panic!() };
    assert_eq!((identity.tier, identity.differences()), (Tier::Identity, None));
}

#[test]
fn what_is_compressed_differently_at_each_end_is_neither_equal_nor_other() {
    let a = archive(2);
    let mut b = without(&a, &[(1, 1), (1, 2)]);
    let mut compressed = instance(1, 1);
    compressed.content =
        Some(Content { pixels: Pixels::Compressed { form: Sum([1; 32]), sum: Sum([0; 32]) }, ..content(0) });
    let mut other = instance(1, 2);
    other.content = Some(content(1));
    b.instance(compressed);
    b.instance(other);
    let says = Reason::ContentNotComparable { instances: 1, example: instance_uid(1, 1), differ: 1 };
    assert_eq!(reason(&a, &b, Tier::Content), says);
    assert!(
        says.to_string().ends_with("decoded at both to be compared; 1 other objects do differ"),
        "{says}"
    );
}

#[test]
fn why_the_first_object_was_not_read_is_said() {
    let a = archive(2);
    let mut b = without(&a, &[(1, 1), (1, 2)]);
    let mut unread = instance(1, 1);
    unread.content = None;
    b.instance(unread);
    b.not_read("404 for the first");
    b.not_read("404 for the second");
    let says = reason(&a, &b, Tier::Content).to_string();
    assert!(says.ends_with("; the first: 404 for the first"), "{says}");
    let told = serde_json::to_string(&reason(&a, &b, Tier::Content)).unwrap();
    assert!(told.contains("\"first\""), "{told}");
    let before = r#"{"content_not_read":{"side":"b","instances":1}}"#;
    let read: Reason = serde_json::from_str(before).unwrap();
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        before,
        "what was recorded before is read and written as it was"
    );
    b.content(&instance_uid(1, 1), content(0));
    assert!(matches!(compare(&a, &b, CUT, Tier::Content), Verdict::Proven(_)));
}

#[test]
fn a_list_with_a_gap_proves_nothing_and_says_what_would_have_to_be_known() {
    let (a, mut b) = (archive(2), archive(2));
    b.gap(Gap::CountDiffers { listed: 6, counted: 7 });
    let reason = reason(&a, &b, Tier::Identity);
    assert_eq!(
        reason.to_string(),
        "the list of archive B is not complete: 6 were listed and 7 counted apart from it: where the others are must be found"
    );
    assert!(!compare(&a, &b, CUT, Tier::Identity).is_proven_equal());
}

#[test]
fn an_object_in_two_places_or_without_its_examination_is_a_doubt() {
    let (mut a, b) = (archive(2), archive(2));
    let mut second = instance(1, 1);
    second.study = study_uid(2);
    a.instance(second);
    assert_eq!(
        reason(&a, &b, Tier::Identity),
        Reason::HeldTwice { side: Side::A, instance: instance_uid(1, 1) }
    );
    let mut a = archive(2);
    a.instance(instance(8, 1));
    assert_eq!(reason(&a, &b, Tier::Identity), Reason::StudyNotListed { side: Side::A, instances: 1 });
}

#[test]
fn a_verdict_is_written_without_a_fraction_and_read_again() {
    let mut a = archive(3);
    a.study(study(2, "2026.01.02"));
    let verdict = compare(&a, &without(&a, &[(2, 1)]), CUT, Tier::Identity);
    let text = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(!has_fraction(&value), "{text}");
    assert!(!text.contains('%'));
    assert_eq!(StudyDate::read("2026.01.02").to_string(), "odd date \"2026.01.02\"");
}

fn has_fraction(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.is_f64(),
        serde_json::Value::Array(list) => list.iter().any(has_fraction),
        serde_json::Value::Object(map) => map.values().any(has_fraction),
        _ => false,
    }
}
