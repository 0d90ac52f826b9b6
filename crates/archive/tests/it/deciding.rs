//! Go or no-go, and which missing examination is needed first.

use archive::expected::{Named, Source};
use archive::gate::{
    Against, Caution, FirstImage, GateRules, Known, Look, NoOverride, Override, Speed, WayOut, decide,
};
use archive::kept::{EXAMS_NAMED_MAX, Kept, LookedFor, Sought, Untold};
use archive::urgency::{Circumstances, Urgency, ranked, urgency};
use archive::{Holding, Reason, Rejection, RejectionKind, Tier, Verdict, compare};
use model::Time;
use proptest::prelude::*;

use crate::hospital::*;

const NOW: Time = Time(CUT.0 + 600_000_000);

/// Everything expected was found.
static ALL_FOUND: LookedFor =
    LookedFor { asked: 3, missing: 0, unread: 0, untold: Vec::new(), named: Vec::new() };

fn known(compared: &Kept) -> Known<'_> {
    let look = Some(Look { is_ready: true, at: CUT });
    Known {
        compared: Some(compared),
        looked_for: Some(&ALL_FOUND),
        doubtful: 0,
        fallback_viewer: look,
        roll_back: look,
        speeds: &FAST,
    }
}

static FAST: [Speed<'static>; 1] = [Speed {
    place: "emergency",
    first_image: Some(FirstImage {
        p50_milliseconds: 400,
        p95_milliseconds: 900,
        probes: 40,
        failed: 0,
        at: CUT,
    }),
    baseline_p95_milliseconds: Some(1_000),
}];

fn verdict(a: &Holding, b: &Holding) -> Kept {
    Kept::new(&compare(a, b, CUT, Tier::Content), |_| rest())
}

fn against(known: &Known<'_>, now: Time) -> Vec<String> {
    decide(known, &GateRules::default(), now).against.iter().map(ToString::to_string).collect()
}

#[test]
fn the_gate_says_go_when_nothing_is_missing_the_proof_is_fresh_and_b_is_fast() {
    let equal = verdict(&archive(3), &archive(3));
    let decision = decide(&known(&equal), &GateRules::default(), NOW);
    assert!(decision.is_go());
    assert_eq!(decision.cautions, []);
    let unasked = decide(&Known { looked_for: None, ..known(&equal) }, &GateRules::default(), NOW);
    assert_eq!((unasked.is_go(), unasked.cautions), (true, vec![Caution::NotExpected]));
}

#[test]
fn one_missing_object_another_patient_or_other_pixels_close_the_gate() {
    let a = archive(3);
    let one = verdict(&a, &without(&a, &[(3, 2)]));
    let sentence = "not everything of A is at B as it is at A: 1 object of 1 examination are only at A";
    assert_eq!(against(&known(&one), NOW), [sentence]);

    let mut elsewhere = archive(3);
    let mut other = study(2, "20260102");
    other.patient = patient(7);
    elsewhere.study(other);
    let mut pixels = without(&a, &[(1, 1)]);
    let mut changed = instance(1, 1);
    changed.content = Some(content(1));
    pixels.instance(changed);
    for b in [elsewhere, pixels] {
        assert_eq!(against(&known(&verdict(&a, &b)), NOW).len(), 1);
    }
}

#[test]
fn what_b_has_besides_and_what_is_on_its_way_are_told_and_close_nothing() {
    let mut a = archive(2);
    let mut b = archive(3);
    let mut late = instance(2, 9);
    late.arrived = Some(NOW);
    a.instance(late);
    b.instance(instance(2, 10));
    a.rejected(
        instance_uid(2, 10),
        Rejection { kind: RejectionKind::WrongWorklistEntry, note: instance_uid(2, 99) },
    );
    let decision = decide(&known(&verdict(&a, &b)), &GateRules::default(), NOW);
    assert!(decision.is_go(), "{:?}", decision.against);
    assert_eq!(decision.cautions, [Caution::InFlight(1), Caution::OnlyInB(3), Caution::ShowsRejected(1)]);
}

#[test]
fn what_is_not_proven_old_from_the_future_or_not_expected_closes_the_gate() {
    let equal = verdict(&archive(1), &archive(1));
    assert_eq!(against(&known(&equal), CUT.plus_seconds(3_600)).len(), 0);
    assert!(against(&known(&equal), CUT.plus_seconds(3_601))[0].starts_with("the proof is 3601 s old"));
    assert!(against(&known(&equal), Time(CUT.0 - 1))[0].contains("a clock is wrong"));
    let unproven = Kept::Unproven {
        reason: Reason::OnlyCounted { studies: 4 },
        others: vec![Reason::ChangedSince { studies: 1 }],
    };
    assert_eq!(against(&known(&unproven), NOW).len(), 2);
    let sought = Sought { named: Named::Accession("A7".into()), source: Source::Order, done: CUT, at: None };
    let untold = Untold { worklist: "ris".into(), why: "nobody answers".into() };
    let lost = LookedFor { asked: 3, missing: 1, unread: 2, untold: vec![untold], named: vec![sought] };
    let why = against(&Known { looked_for: Some(&lost), ..known(&equal) }, NOW);
    assert_eq!(
        (why.len(), &*why[2]),
        (3, "what was scheduled on the worklist ris is not known: nobody answers")
    );
    let nothing = LookedFor { asked: 0, ..ALL_FOUND.clone() };
    let decided = decide(&Known { looked_for: Some(&nothing), ..known(&equal) }, &GateRules::default(), NOW);
    assert!(decided.is_go() && decided.cautions.contains(&Caution::NotExpected), "{decided:?}");
    let never = Known { compared: None, ..known(&equal) };
    assert_eq!(against(&never, NOW), ["nobody has compared the archives: compare them first"]);
    let empty = verdict(&Holding::new(), &Holding::new());
    assert!(!empty.is_proven_equal(), "two archives that show nothing");
    assert_eq!(against(&known(&empty), NOW).len(), 1);
}

#[test]
fn a_b_that_is_slow_or_whose_speed_nobody_knows_closes_the_gate() {
    let equal = verdict(&archive(1), &archive(1));
    let probe = |p95_milliseconds, probes, at| {
        Some(FirstImage { p50_milliseconds: 300, p95_milliseconds, probes, failed: 0, at })
    };
    let decided = |first_image, baseline_p95_milliseconds| {
        let slow = Speed { place: "theatre 4", first_image, baseline_p95_milliseconds };
        // Fast in the emergency department does not make it fast in theatre.
        let speeds = [FAST[0], slow];
        decide(&Known { speeds: &speeds, ..known(&equal) }, &GateRules::default(), NOW).against
    };
    assert_eq!(decided(probe(1_000, 20, CUT), Some(1_000)), []);
    let place = || "theatre 4".into();
    let slow = Against::Slow { place: place(), p95_milliseconds: 1_001, max_milliseconds: 1_000 };
    assert_eq!(decided(probe(1_001, 20, CUT), Some(1_000)), [slow]);
    for unknown in
        [None, probe(1, 19, CUT), probe(1, 20, CUT.plus_seconds(-3_600)), probe(1, 20, Time(NOW.0 + 1))]
    {
        let against = decided(unknown, Some(1_000));
        assert!(matches!(against[..], [Against::NotProbed { .. }]), "{unknown:?}");
    }
    // Fast images do not make up for one that does not come.
    let one_fails = probe(1, 23, CUT).map(|probe| FirstImage { failed: 1, ..probe });
    let not_opening = Against::NotOpening { place: place(), failed: 1, probes: 23 };
    assert_eq!(decided(one_fails, Some(1_000)), [not_opening]);
    assert_eq!(decided(probe(1, 20, CUT), None), [Against::NoBaseline { place: place() }]);
    let nobody = decide(&Known { speeds: &[], ..known(&equal) }, &GateRules::default(), NOW);
    assert_eq!(nobody.against, [Against::NeverProbed]);
}

#[test]
fn an_override_names_every_examination_two_people_and_a_reason() {
    let a = archive(4);
    let verdict = verdict(&a, &without(&a, &[(1, 1), (3, 1)]));
    let good = Override {
        people: ("Head of radiology".into(), "Chief physician".into()),
        exams: [study_uid(1), study_uid(3)].into(),
        because: "A is on fire".into(),
    };
    assert_eq!(good.check(Some(&verdict), std::iter::empty()), Ok(()));
    let same = Override { people: ("Kim".into(), " kim ".into()), ..good.clone() };
    assert_eq!(same.check(Some(&verdict), std::iter::empty()), Err(NoOverride::People));
    let silent = Override { because: " ".into(), ..good.clone() };
    assert_eq!(silent.check(Some(&verdict), std::iter::empty()), Err(NoOverride::NoReason));
    let short = Override { exams: [study_uid(1)].into(), ..good.clone() };
    assert_eq!(
        short.check(Some(&verdict), std::iter::empty()),
        Err(NoOverride::NotNamed(vec![study_uid(3)]))
    );
    let old = Override { exams: [study_uid(1), study_uid(2), study_uid(3)].into(), ..good.clone() };
    assert_eq!(old.check(Some(&verdict), std::iter::empty()), Err(NoOverride::OtherList(vec![study_uid(2)])));
    let unproven = Kept::Unproven { reason: Reason::OnlyCounted { studies: 4 }, others: vec![] };
    assert_eq!(good.check(Some(&unproven), std::iter::empty()), Err(NoOverride::Unproven));
    assert_eq!(good.check(None, std::iter::empty()), Err(NoOverride::Unproven));
}

#[test]
fn a_fallback_viewer_or_a_way_back_that_nobody_looked_at_is_told_and_closes_nothing() {
    let equal = verdict(&archive(1), &archive(1));
    let look = |is_ready, hours: i64| Some(Look { is_ready, at: NOW.plus_seconds(-hours * 3_600) });
    let said = |fallback_viewer| {
        let decision = decide(&Known { fallback_viewer, ..known(&equal) }, &GateRules::default(), NOW);
        assert!(decision.is_go());
        decision.cautions.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(said(look(true, 24)), [] as [String; 0]);
    assert_eq!(said(look(true, 25)), ["the last look at the fall-back viewer is too old"]);
    assert_eq!(said(look(false, 1)), ["the fall-back viewer is not ready"]);
    assert_eq!(said(None), ["nobody has looked whether the fall-back viewer is ready"]);
    let decision = decide(&Known { roll_back: None, ..known(&equal) }, &GateRules::default(), NOW);
    assert_eq!(decision.cautions, [Caution::NoWayOut { way: WayOut::RollBack, look: None }]);
}

#[test]
fn of_more_exams_than_anybody_reads_all_are_counted_the_most_urgent_are_named_and_nobody_goes_over_without_them()
 {
    let many = EXAMS_NAMED_MAX as u32 + 3;
    let a = archive(many);
    let verdict = compare(&a, &Holding::new(), CUT, Tier::Content);
    let kept =
        Kept::new(&verdict, |exam| Circumstances { is_stat: Some(exam.study.uid == study_uid(1)), ..rest() });
    let Kept::Proven(shown) = &kept else { panic!() };
    assert_eq!((shown.exams.len(), shown.unnamed), (EXAMS_NAMED_MAX, 3));
    assert_eq!(shown.differences.unwrap().a_only_studies, u64::from(many));
    assert_eq!(shown.exams[0].exam.study.uid, study_uid(1), "the oldest, and the one that is urgent");
    let exams = shown.exams.iter().map(|one| one.exam.study.uid.clone()).collect();
    let everybody = Override { people: ("Kim".into(), "Lind".into()), exams, because: "A is on fire".into() };
    assert_eq!(everybody.check(Some(&kept), std::iter::empty()), Err(NoOverride::TooMany(u64::from(many))));
}

#[test]
fn an_exam_says_how_many_of_its_images_b_lacks_and_whose_it_is_there() {
    let a = archive(3);
    let mut b = without(&a, &[(1, 1), (1, 2)]);
    let mut other = study(2, "20260102");
    other.patient = patient(7);
    b.study(other);
    let Verdict::Proven(proven) = compare(&a, &b, CUT, Tier::Identity) else { panic!() };
    let told: Vec<_> =
        proven.exams.iter().map(|e| (e.study.uid.clone(), e.lacks, e.of, e.patient_at_b.clone())).collect();
    assert_eq!(told, [(study_uid(2), 0, 3, Some(patient(7))), (study_uid(1), 2, 3, None)]);
}

fn rest() -> Circumstances {
    Circumstances {
        in_emergency: Some(false),
        is_stat: Some(false),
        theatre: Some(None),
        is_inpatient: Some(false),
        is_prior: Some(false),
    }
}

#[test]
fn emergency_comes_before_theatre_before_inpatients_before_their_priors_before_the_rest() {
    let at = |hours: i64| Some(Some(NOW.plus_seconds(hours * 3_600)));
    let of = |circumstances: Circumstances| urgency(&circumstances, NOW);
    assert_eq!(of(Circumstances { in_emergency: Some(true), ..rest() }), Urgency::Emergency);
    assert_eq!(of(Circumstances { is_stat: Some(true), is_prior: Some(true), ..rest() }), Urgency::Emergency);
    assert_eq!(of(Circumstances { theatre: at(24), ..rest() }), Urgency::Theatre);
    assert_eq!(of(Circumstances { theatre: at(-2), ..rest() }), Urgency::Theatre);
    assert_eq!(of(Circumstances { theatre: at(25), ..rest() }), Urgency::Rest);
    assert_eq!(of(Circumstances { is_inpatient: Some(true), ..rest() }), Urgency::Inpatient);
    assert_eq!(
        of(Circumstances { is_inpatient: Some(true), is_prior: Some(true), ..rest() }),
        Urgency::Prior
    );
    assert_eq!(of(rest()), Urgency::Rest);
    assert_eq!(of(Circumstances::default()), Urgency::Unknown);
}

#[test]
fn an_unknown_patient_ranks_before_inpatients_and_within_a_rank_the_newest_comes_first() {
    let mut a = archive(4);
    let mut nobody = study(2, "20260102");
    nobody.patient = archive::Patient::default();
    a.study(nobody);
    let Verdict::Proven(proven) = compare(&a, &Holding::new(), CUT, Tier::Content) else { panic!() };
    let order = ranked(&proven.a_only, NOW, |missing| Circumstances {
        in_emergency: Some(missing.study.uid == study_uid(1)),
        ..rest()
    });
    let order: Vec<(Urgency, String)> = order.iter().map(|(u, m)| (*u, m.study.uid.to_string())).collect();
    let expected = [
        (Urgency::Emergency, "1.2.826.1"),
        (Urgency::Unknown, "1.2.826.2"),
        (Urgency::Rest, "1.2.826.4"),
        (Urgency::Rest, "1.2.826.3"),
    ];
    assert_eq!(order, expected.map(|(urgency, uid)| (urgency, uid.to_owned())));
}

proptest! {
    /// Learning something that is not bad news never makes an examination less urgent than it would have been with the worst answer.
    #[test]
    fn what_nobody_knows_never_ranks_lower_than_what_turns_out_to_be_none_of_it(
        known in any::<[Option<bool>; 3]>(), inpatient in any::<Option<bool>>(), prior in any::<Option<bool>>(),
    ) {
        let theatre = known[2].map(|soon| soon.then_some(NOW));
        let told = Circumstances { in_emergency: known[0], is_stat: known[1], theatre, is_inpatient: inpatient, is_prior: prior };
        let no = |answer: Option<bool>| Some(answer.unwrap_or(false));
        let all_no = Circumstances {
            in_emergency: no(told.in_emergency),
            is_stat: no(told.is_stat),
            theatre: Some(told.theatre.flatten()),
            is_inpatient: no(told.is_inpatient),
            is_prior: told.is_prior,
        };
        prop_assert!(urgency(&told, NOW) <= urgency(&all_no, NOW));
    }
}

#[test]
fn who_is_on_no_theatre_list_is_not_read_from_the_record_as_one_of_whom_that_is_not_known() {
    for theatre in [None, Some(None), Some(Some(NOW))] {
        let told = Circumstances { is_inpatient: Some(true), theatre, ..rest() };
        let written = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Circumstances>(&written).unwrap(), told, "{written}");
    }
    // Recorded before that was told apart: which of the two was meant nobody can say any more.
    let before =
        r#"{"in_emergency":false,"is_stat":false,"theatre":null,"is_inpatient":true,"is_prior":false}"#;
    let before: Circumstances = serde_json::from_str(before).unwrap();
    assert_eq!(urgency(&before, NOW), Urgency::Unknown);
    assert!(serde_json::from_str::<Circumstances>(r#"{"theatre":"tomorrow"}"#).is_err());
}
