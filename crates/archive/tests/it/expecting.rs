//! What was to be there against both archives: comparing two archives never shows what neither got.

use archive::expected::{Expected, Named, Source, Whereabouts, whereabouts};
use archive::{Gap, Rejection, RejectionKind, Side, Tier, compare};
use model::Time;

use crate::hospital::*;

fn expected(study: u32, objects: &[u32]) -> Expected {
    Expected {
        named: Named::Study(study_uid(study)),
        patient: patient(1),
        source: Source::PerformedStep,
        done: Time(CUT.0 - 1),
        instances: objects.iter().map(|number| instance_uid(study, *number)).collect(),
        counted: None,
    }
}

fn order(accession: &str) -> Expected {
    Expected { named: Named::Accession(accession.into()), source: Source::Order, ..expected(0, &[]) }
}

#[test]
fn what_neither_archive_got_is_found_although_they_are_proven_equal() {
    let (a, b) = (archive(3), archive(3));
    assert!(compare(&a, &b, CUT, Tier::Content).is_proven_equal());
    let asked =
        [expected(3, &[1, 2, 3]), expected(3, &[3, 4]), expected(9, &[1]), order("ACC2"), order("ACC9")];
    let found = whereabouts(&asked, &a, &b, CUT).unwrap();
    let neither = |instances| Whereabouts::Neither { instances };
    assert_eq!(
        found,
        [
            Whereabouts::Both,
            neither(vec![instance_uid(3, 4)]),
            neither(vec![instance_uid(9, 1)]),
            Whereabouts::BothAsFarAsNamed,
            neither(vec![]),
        ]
    );
    assert_eq!(found.iter().filter(|place| place.is_missing()).count(), 3);
}

#[test]
fn what_only_one_archive_got_is_said_with_what_the_other_lacks() {
    let a = archive(3);
    let b = without(&a, &[(1, 1), (2, 1), (2, 2), (2, 3)]);
    let found = whereabouts(&[expected(1, &[1, 2, 3]), order("ACC2")], &a, &b, CUT).unwrap();
    let one = Whereabouts::OneOnly { at: Side::A, instances: vec![instance_uid(1, 1)] };
    assert_eq!(found, [one, Whereabouts::OneOnly { at: Side::A, instances: vec![] }]);
}

#[test]
fn a_modality_that_only_counts_is_held_to_its_count() {
    let (a, b) = (archive(1), archive(1));
    let counted = |counted: u64| Expected { counted: Some(counted), ..expected(1, &[]) };
    let found = whereabouts(&[counted(3), counted(4)], &a, &b, CUT).unwrap();
    assert_eq!(found, [Whereabouts::BothAsFarAsNamed, Whereabouts::Fewer { there: 3, counted: 4 }]);
}

#[test]
fn what_was_made_after_the_cut_is_on_its_way_and_what_was_rejected_was_got() {
    let (a, mut b) = (archive(1), without(&archive(1), &[(1, 2)]));
    let late = Expected { done: Time(CUT.0 + 1), ..expected(7, &[1]) };
    let rejection = Rejection { kind: RejectionKind::Quality, note: instance_uid(1, 99) };
    b.rejected(instance_uid(1, 2), rejection);
    let found = whereabouts(&[late, expected(1, &[1, 2, 3])], &a, &b, CUT).unwrap();
    assert_eq!(found, [Whereabouts::InFlight, Whereabouts::Both]);
}

#[test]
fn an_order_that_names_nothing_or_two_examinations_is_not_told() {
    let (mut a, mut b) = (archive(2), archive(2));
    let mut same = study(2, "20260102");
    same.accession = "ACC1".into();
    a.study(same.clone());
    b.study(same);
    let found = whereabouts(&[order(""), order("ACC1")], &a, &b, CUT).unwrap();
    assert_eq!(found, [Whereabouts::NotTold { fits: 0 }, Whereabouts::NotTold { fits: 2 }]);
    assert!(found.iter().all(Whereabouts::is_missing), "somebody must look");
    b.gap(Gap::NoCount);
    assert!(whereabouts(&[order("ACC1")], &a, &b, CUT).is_err());
}
