//! Without agents: counts say where to look, objects prove, and everything is looked at again.

use std::collections::BTreeMap;

use archive::sweep::{Standing, Sweep, screen};
use archive::{Counted, Holding, Reason, Study, Tier, Uid, Verdict, compare};
use model::Time;

use crate::hospital::*;

/// The list of examinations that an archive with this holding gives, with its own counts.
fn listed(holding: &Holding) -> BTreeMap<Uid, Study> {
    let counted = |study: &Study| {
        let instances =
            holding.instances().values().filter(|instance| instance.study == study.uid).count() as u64;
        Study { counted: Some(Counted { series: 1, instances }), ..study.clone() }
    };
    holding.studies().values().map(|study| (study.uid.0.clone(), counted(study))).collect()
}

/// The objects of one examination.
fn part(holding: &Holding, study: &archive::StudyUid) -> Holding {
    let mut one = Holding::new();
    holding.studies().get(study).into_iter().for_each(|study| one.study(study.clone()));
    let objects = holding.instances().values().filter(|instance| instance.study == *study);
    objects.for_each(|instance| one.instance(instance.clone()));
    one
}

/// Looks at what the sweep wants next, `times` times, an hour apart.
fn sweep(sweep: &mut Sweep, a: &Holding, b: &Holding, from: Time, times: i64) -> Vec<String> {
    (0..times)
        .map(|hour| {
            let at = from.plus_seconds(hour * 3_600);
            let study = sweep.next().unwrap().clone();
            sweep.swept(&study, at, compare(&part(a, &study), &part(b, &study), at, Tier::Identity));
            study.to_string()
        })
        .collect()
}

#[test]
fn counts_that_agree_prove_nothing() {
    let (a, b) = (without(&archive(4), &[(3, 1)]), without(&archive(4), &[(3, 2)]));
    let screened = screen(&listed(&a), &listed(&b));
    assert_eq!(
        (screened.differing.len(), screened.agreeing.len()),
        (0, 4),
        "one swapped for another is not counted"
    );
    let mut rolling = Sweep::new();
    rolling.screened(CUT, &listed(&a), &listed(&b));
    let verdict = rolling.verdict(Tier::Identity);
    assert_eq!(verdict, Verdict::Unproven { reason: Reason::OnlyCounted { studies: 4 }, others: vec![] });

    sweep(&mut rolling, &a, &b, CUT, 4);
    let Verdict::Proven(proven) = rolling.verdict(Tier::Identity) else { panic!() };
    let differences = proven.differences().unwrap();
    assert_eq!((differences.a_only_instances, differences.b_only_instances, proven.held.a), (1, 1, 11));
    assert_eq!(proven.cut, CUT, "the beginning of the oldest comparison");
}

#[test]
fn what_differs_is_looked_at_first_then_the_newest_then_what_was_looked_at_longest_ago() {
    let a = archive(4);
    let b = without(&a, &[(2, 1)]);
    let mut rolling = Sweep::new();
    rolling.screened(CUT, &listed(&a), &listed(&b));
    let order = sweep(&mut rolling, &a, &b, CUT, 6);
    assert_eq!(order, ["1.2.826.2", "1.2.826.4", "1.2.826.3", "1.2.826.1", "1.2.826.2", "1.2.826.4"]);
    let standing = rolling.standing();
    let oldest = Some(CUT.plus_seconds(2 * 3_600));
    assert_eq!(standing, Standing { studies: 4, oldest, ..Standing::default() });
}

#[test]
fn an_examination_that_changed_since_is_looked_at_again_before_anything_is_proven() {
    let (mut a, b) = (archive(3), archive(3));
    let mut rolling = Sweep::new();
    rolling.screened(CUT, &listed(&a), &listed(&b));
    sweep(&mut rolling, &a, &b, CUT, 3);
    assert!(rolling.verdict(Tier::Identity).is_proven_equal());
    let other = rolling.verdict(Tier::Content);
    assert!(matches!(other, Verdict::Unproven { reason: Reason::OtherTier { .. }, .. }));

    a.instance(instance(1, 4));
    rolling.screened(CUT.plus_seconds(86_400), &listed(&a), &listed(&b));
    let verdict = rolling.verdict(Tier::Identity);
    assert_eq!(verdict, Verdict::Unproven { reason: Reason::ChangedSince { studies: 1 }, others: vec![] });
    assert_eq!(rolling.next(), Some(&study_uid(1)));
    sweep(&mut rolling, &a, &b, CUT.plus_seconds(86_400), 1);
    let Verdict::Proven(proven) = rolling.verdict(Tier::Identity) else { panic!() };
    assert_eq!(proven.differences().unwrap().a_only_instances, 1);
}

#[test]
fn nothing_is_said_of_archives_that_were_never_listed_and_a_part_that_proves_nothing_spoils_the_whole() {
    assert!(!Sweep::new().verdict(Tier::Identity).is_proven_equal());
    let (a, b) = (archive(2), archive(2));
    let mut rolling = Sweep::new();
    rolling.screened(CUT, &listed(&a), &listed(&b));
    sweep(&mut rolling, &a, &b, CUT, 2);
    let reason = Reason::OnlyCounted { studies: 1 };
    rolling.swept(&study_uid(2), CUT, Verdict::Unproven { reason: reason.clone(), others: vec![] });
    assert_eq!(rolling.verdict(Tier::Identity), Verdict::Unproven { reason, others: vec![] });
    assert_eq!(rolling.standing().unproven, 1);
}

#[test]
fn an_object_that_lies_in_another_examination_has_moved_although_examinations_are_compared_one_by_one() {
    let a = archive(2);
    let mut b = without(&a, &[(1, 1), (1, 2)]);
    let mut elsewhere = instance(1, 1);
    elsewhere.study = study_uid(2);
    b.instance(elsewhere);
    let mut rolling = Sweep::new();
    rolling.screened(CUT, &listed(&a), &listed(&b));
    sweep(&mut rolling, &a, &b, CUT, 2);
    let Verdict::Proven(proven) = rolling.verdict(Tier::Identity) else { panic!() };
    let differences = proven.differences().unwrap();
    assert_eq!((differences.moved, differences.a_only_instances, differences.b_only_instances), (1, 1, 0));
}
