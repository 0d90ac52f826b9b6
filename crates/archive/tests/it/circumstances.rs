//! What a hospital's messages say of its patients, whatever order they come in; and what nobody said stays unknown.

use archive::circumstances::{
    Appointment, Asked, Class, Order, Patients, Says, Stage, Step, Told, latest_of,
};
use archive::expected::{Named, Source, Whereabouts, name_patients, whereabouts};
use archive::urgency::{Circumstances, Urgency, ranked_expected, urgency};
use archive::{Merge, Patient, StudyDate};
use model::Time;
use proptest::prelude::*;

use crate::hospital::*;

const HOUR: i64 = 3_600;

fn at(hour: i64) -> Time {
    CUT.plus_seconds(hour * HOUR)
}

fn stay(hour: i64, number: u32, visit: &str, step: Step) -> Told {
    Told { at: at(hour), says: Says::Stay { patient: patient(number), visit: visit.into(), step } }
}

fn come(class: Class) -> Step {
    Step::In { class: Some(class), since: None }
}

fn theatre(hour: i64, number: u32, appointment: Appointment) -> Told {
    Told { at: at(hour), says: Says::Theatre { patient: patient(number), number: "OP1".into(), appointment } }
}

fn order(hour: i64, accession: &str, number: &str, stage: Option<Stage>) -> Told {
    let order = Order {
        accession: accession.into(),
        number: number.into(),
        study: None,
        patient: patient(1),
        is_stat: None,
        stage,
    };
    Told { at: at(hour), says: Says::Order(order) }
}

fn patients(told: &[Told]) -> Patients {
    let mut patients = Patients::new();
    told.iter().cloned().for_each(|told| patients.told(told));
    patients
}

fn of(patients: &Patients, number: u32) -> Circumstances {
    let patient = patient(number);
    patients.circumstances(Asked { patient: &patient, accession: "", study: None, latest: None }, CUT)
}

#[test]
fn of_a_patient_of_whom_nobody_told_nothing_is_known() {
    assert_eq!(of(&patients(&[stay(-1, 2, "V1", come(Class::Emergency))]), 1), Circumstances::default());
    assert_eq!(urgency(&Circumstances::default(), CUT), Urgency::Unknown);
}

#[test]
fn a_patient_comes_to_the_emergency_department_is_admitted_to_a_bed_and_goes_home() {
    let told = [
        stay(-5, 1, "V1", come(Class::Emergency)),
        stay(-4, 1, "V1", Step::Moved { class: Some(Class::Inpatient) }),
        stay(-3, 1, "V1", Step::Moved { class: None }),
        stay(-2, 1, "V1", Step::Out),
        stay(-1, 1, "V1", Step::Changed { class: None, since: None, has_left: false }),
    ];
    let known = |count: usize| {
        let known = of(&patients(&told[..count]), 1);
        (known.in_emergency, known.is_inpatient)
    };
    assert_eq!(known(1), (Some(true), Some(false)));
    assert_eq!(known(2), (Some(false), Some(true)));
    assert_eq!(known(3), (Some(false), Some(true)), "a transfer that gives no class changes none");
    assert_eq!(known(4), (Some(false), Some(false)));
    assert_eq!(known(5), (Some(false), Some(false)), "a change after the discharge brings nobody back");
}

#[test]
fn cancelled_admissions_transfers_and_discharges_are_taken_back() {
    let emergency = stay(-9, 1, "V1", come(Class::Emergency));
    let moved = stay(-8, 1, "V1", Step::Moved { class: Some(Class::Inpatient) });
    let not_moved = stay(-7, 1, "V1", Step::NotMoved { class: None });
    let out = stay(-6, 1, "V1", Step::Out);
    let not_out = stay(-5, 1, "V1", Step::NotOut { class: None });
    let never = stay(-4, 1, "V1", Step::NeverIn);
    let all = [emergency, moved, not_moved, out, not_out, never];
    let in_emergency = |count: usize| of(&patients(&all[..count]), 1).in_emergency;
    assert_eq!(in_emergency(2), Some(false));
    assert_eq!(in_emergency(3), Some(true));
    assert_eq!(in_emergency(4), Some(false));
    assert_eq!(in_emergency(5), Some(true));
    assert_eq!(in_emergency(6), None, "a stay that never was says nothing of where the patient is");
    let only = stay(-1, 2, "V9", Step::NotOut { class: Some(Class::Emergency) });
    assert_eq!(of(&patients(&[only]), 2).in_emergency, Some(true), "the admission was before our time");
}

#[test]
fn a_discharge_without_a_number_ends_the_only_stay_and_none_of_two() {
    let one = stay(-3, 1, "V1", come(Class::Emergency));
    let other = stay(-2, 1, "V2", come(Class::Inpatient));
    let out = stay(-1, 1, "", Step::Out);
    assert_eq!(of(&patients(&[one.clone(), out.clone()]), 1).in_emergency, Some(false));
    assert_eq!(of(&patients(&[one, other, out]), 1).in_emergency, Some(true));
}

#[test]
fn a_class_that_nobody_gave_is_not_outpatient() {
    let known = of(&patients(&[stay(-1, 1, "V1", Step::In { class: None, since: None })]), 1);
    assert_eq!((known.in_emergency, known.is_inpatient), (None, None));
}

#[test]
fn after_a_merge_both_names_mean_one_patient_and_a_ring_of_merges_ends() {
    let merged = |hour, gone, stays| Told {
        at: at(hour),
        says: Says::Merged { gone: patient(gone), stays: patient(stays) },
    };
    let all = patients(&[stay(-5, 1, "V1", come(Class::Emergency)), merged(-4, 1, 2), merged(-3, 2, 3)]);
    for number in [1, 2, 3] {
        assert_eq!(of(&all, number).in_emergency, Some(true), "patient {number}");
    }
    let merge = |gone, stays| Merge { gone: patient(gone), stays: patient(stays) };
    assert_eq!(all.merges(), [merge(1, 2), merge(2, 3)]);
    let mut ring = all;
    ring.told(merged(-2, 3, 1));
    ring.told(merged(-6, 4, 3));
    for number in [1, 2, 3, 4] {
        assert_eq!(of(&ring, number).in_emergency, Some(true), "patient {number}");
    }
}

#[test]
fn a_number_that_two_issuers_gave_to_two_patients_tells_nothing_without_its_issuer() {
    let told = |issuer: &str, class| Told {
        at: at(-1),
        says: Says::Stay { patient: Patient::new("P1", issuer), visit: "V1".into(), step: come(class) },
    };
    let both = patients(&[told("SE", Class::Emergency), told("NO", Class::Inpatient)]);
    assert_eq!(of(&both, 1), Circumstances::default());
    let norwegian = Patient::new("P1", "NO");
    let asked = Asked { patient: &norwegian, accession: "", study: None, latest: None };
    assert_eq!(both.circumstances(asked, CUT).in_emergency, Some(false));
}

#[test]
fn the_theatre_list_counts_until_a_day_after_the_hour_and_only_a_whole_list_says_no() {
    let next = |told: &[Told], whole: bool| {
        let mut all = patients(told);
        if whole {
            all.has_whole_theatre_list();
        }
        of(&all, 1).theatre
    };
    let on = |hour| [theatre(-48, 1, Appointment::At(at(hour)))];
    assert_eq!(next(&on(5), false), Some(Some(at(5))));
    assert_eq!(next(&on(-23), false), Some(Some(at(-23))), "it may have begun late");
    assert_eq!((next(&on(-25), false), next(&on(-25), true)), (None, Some(None)));
    assert_eq!((next(&[], false), next(&[], true)), (None, Some(None)));
    assert_eq!((next(&on(60), false), next(&on(60), true)), (None, Some(Some(at(60)))));
    let moved = [theatre(-3, 1, Appointment::At(at(40))), theatre(-4, 1, Appointment::At(at(3)))];
    assert_eq!(next(&moved, true), Some(Some(at(40))), "the later message counts, though it came first");
    let off = [theatre(-4, 1, Appointment::At(at(3))), theatre(-3, 1, Appointment::Off)];
    assert_eq!(next(&off, true), Some(None));
    assert_eq!(next(&[theatre(-3, 1, Appointment::Sometime)], true), None, "sometime may be soon");
}

#[test]
fn an_examination_from_before_the_stay_is_a_prior_and_one_from_before_it_was_recorded_may_be_of_the_stay() {
    let told = Step::In { class: Some(Class::Emergency), since: Some(at(-5)) };
    let (all, silent) =
        (patients(&[stay(-4, 1, "V1", told)]), patients(&[stay(-4, 1, "V1", come(Class::Emergency))]));
    let one = patient(1);
    let asked = |latest| Asked { patient: &one, accession: "", study: None, latest };
    let is_prior = |latest| all.circumstances(asked(latest), CUT).is_prior;
    assert_eq!(is_prior(Some(at(-6))), Some(true));
    assert_eq!((is_prior(Some(at(-5))), is_prior(None)), (Some(false), None));
    let known = silent.circumstances(asked(Some(at(-6))), CUT);
    assert_eq!((known.is_prior, urgency(&known, CUT)), (None, Urgency::Emergency));
    // 21 September 2026, 14:13 in Greenwich: the day is not over everywhere.
    assert_eq!(latest_of(&StudyDate::read("20260921")), Some(Time(1_790_078_400_000_000)));
    assert_eq!(latest_of(&StudyDate::read("")), None);
}

#[test]
fn an_order_that_is_only_placed_or_cancelled_is_not_expected_and_one_that_is_done_is() {
    let done = Some(Stage::Done(at(-3)));
    let told = [
        order(-9, "A1", "1", Some(Stage::Placed)),
        order(-9, "A2", "2", Some(Stage::Placed)),
        order(-3, "A2", "2", done),
        order(-2, "A2", "2", None),
        order(-1, "A2", "2", Some(Stage::Placed)),
        order(-3, "A3", "3", done),
        order(-2, "A3", "3", Some(Stage::Cancelled)),
        order(-2, "A4", "4", Some(Stage::Cancelled)),
        order(-3, "A5", "5", Some(Stage::Cancelled)),
        order(-3, "A5", "6", done),
        order(-3, "", "7", done),
    ];
    let expected = patients(&told).expected(CUT);
    let names: Vec<&Named> = expected.iter().map(|expected| &expected.named).collect();
    let accession = |text: &str| Named::Accession(text.into());
    assert_eq!(names, [&accession("A2"), &accession("A5"), &accession("")]);
    assert!(expected.iter().all(|one| one.source == Source::Order && one.done == at(-3)));
}

#[test]
fn what_a_worklist_has_scheduled_is_missed_once_its_time_has_passed_and_not_before() {
    let scheduled =
        |accession: &str, number: &str, hour| order(0, accession, number, Some(Stage::Scheduled(at(hour))));
    let told = [
        scheduled("A1", "1", -1),
        scheduled("A2", "2", 1),
        // Two steps of one procedure: the first says when.
        scheduled("A3", "3", 2),
        scheduled("A3", "3", -2),
        // It was made, and is still on the list.
        order(-3, "A4", "4", Some(Stage::Done(at(-3)))),
        scheduled("A4", "5", -4),
        // One system says that it was cancelled, the list has it all the same: somebody must look.
        order(-3, "A5", "6", Some(Stage::Cancelled)),
        scheduled("A5", "6", -1),
        // Changed by a message without a word of how far it is.
        scheduled("A6", "7", -1),
        order(0, "A6", "7", Some(Stage::Placed)),
        scheduled("", "8", -1),
    ];
    let due = |by| {
        let expected = patients(&told).expected(by);
        let one = |one: &archive::expected::Expected| {
            let Named::Accession(text) = &one.named else { panic!("{one:?}") };
            (text.to_string(), one.source, one.done)
        };
        expected.iter().map(one).collect::<Vec<_>>()
    };
    let on_list = |name: &str, hour| (name.to_owned(), Source::Worklist, at(hour));
    let a4 = ("A4".to_owned(), Source::Order, at(-3));
    let now = [
        on_list("A1", -1),
        on_list("A3", -2),
        a4.clone(),
        on_list("A5", -1),
        on_list("A6", -1),
        on_list("", -1),
    ];
    assert_eq!(due(at(0)), now);
    assert_eq!(due(at(1)).len(), now.len() + 1, "A2 is due on the minute");
    assert_eq!(due(at(-3)), [a4], "what was scheduled later was not missing then");
    let told = patients(&told[..1]).expected(CUT);
    let (a, b) = (archive(2), archive(2));
    let places = whereabouts(&told, &a, &b, CUT).unwrap();
    assert_eq!(places, [Whereabouts::Neither { instances: vec![] }]);
}

#[test]
fn an_examination_of_which_one_order_is_urgent_is_urgent_and_one_of_which_nobody_says_is_unknown() {
    let with = |hour, number: &str, is_stat| {
        let Says::Order(order) = order(hour, "A1", number, None).says else { unreachable!() };
        let study = Some(study_uid(1));
        Told { at: at(hour), says: Says::Order(Order { is_stat, study, ..order }) }
    };
    let is_stat = |told: &[Told], accession| {
        let all = patients(told);
        let (nobody, study) = (Patient::default(), study_uid(1));
        let by_study = Asked { patient: &nobody, accession, study: Some(&study), latest: None };
        all.circumstances(by_study, CUT).is_stat
    };
    assert_eq!(is_stat(&[], "A1"), None);
    for accession in ["A1", ""] {
        assert_eq!(is_stat(&[with(-3, "1", Some(false)), with(-2, "2", Some(true))], accession), Some(true));
        assert_eq!(is_stat(&[with(-3, "1", Some(false)), with(-2, "2", None)], accession), None);
        assert_eq!(is_stat(&[with(-3, "1", Some(false)), with(-2, "1", None)], accession), Some(false));
        assert_eq!(is_stat(&[with(-3, "1", Some(true)), with(-2, "1", Some(false))], accession), Some(false));
    }
}

#[test]
fn what_neither_archive_got_is_listed_with_the_emergency_patients_first() {
    let told = [
        stay(-5, 1, "V1", come(Class::Emergency)),
        order(-3, "A1", "1", Some(Stage::Done(at(-3)))),
        order(-2, "ACC2", "2", Some(Stage::Done(at(-2)))),
    ];
    let all = patients(&told);
    let (a, b) = (archive(2), archive(2));
    let mut expected = all.expected(CUT);
    for one in &mut expected {
        one.patient = Patient::default();
    }
    expected.push(archive::expected::Expected {
        done: at(-1),
        named: Named::Accession("".into()),
        ..expected[0].clone()
    });
    name_patients(&mut expected, &a, &b);
    assert_eq!(expected[1].patient, patient(1), "both archives say whose it is");
    expected[0].patient = patient(1);
    let places = whereabouts(&expected, &a, &b, CUT).unwrap();
    let of = |one: &archive::expected::Expected| {
        let asked = Asked { patient: &one.patient, accession: "", study: None, latest: None };
        all.circumstances(asked, CUT)
    };
    let ranked = ranked_expected(&expected, &places, CUT, of);
    let told: Vec<(Urgency, &Whereabouts)> =
        ranked.iter().map(|(urgency, _, place)| (*urgency, *place)).collect();
    let neither = Whereabouts::Neither { instances: vec![] };
    assert_eq!(told, [(Urgency::Emergency, &neither), (Urgency::Unknown, &Whereabouts::NotTold { fits: 0 })]);
}

fn any_told() -> impl Strategy<Value = Told> {
    let class = prop_oneof![
        Just(None),
        Just(Some(Class::Other)),
        Just(Some(Class::Inpatient)),
        Just(Some(Class::Emergency))
    ];
    let step = (0..7u8, class, any::<bool>()).prop_map(|(kind, class, has_left)| match kind {
        0 => Step::Out,
        1 => Step::NeverIn,
        2 => Step::Changed { class, since: None, has_left },
        3 => Step::Moved { class },
        4 => Step::NotMoved { class },
        5 => Step::In { class, since: None },
        _ => Step::NotOut { class },
    });
    let stays = (-9..0i64, 1..4u32, "V?", step)
        .prop_map(|(hour, number, visit, step)| stay(hour, number, &visit, step));
    let merges = (-9..0i64, 1..4u32, 1..4u32).prop_map(|(hour, gone, stays)| Told {
        at: at(hour),
        says: Says::Merged { gone: patient(gone), stays: patient(stays) },
    });
    let theatres = (-9..0i64, 1..4u32, -30..30i64).prop_map(|(hour, number, start)| {
        theatre(hour, number, if start % 5 == 0 { Appointment::Off } else { Appointment::At(at(start)) })
    });
    let orders = (-9..0i64, "A[12]?", "[12]", 0..5u8).prop_map(|(hour, accession, number, kind)| {
        let scheduled = Some(Stage::Scheduled(at(hour + 4)));
        let stage =
            [None, Some(Stage::Placed), scheduled, Some(Stage::Cancelled), Some(Stage::Done(at(hour)))];
        order(hour, &accession, &number, stage[usize::from(kind)])
    });
    prop_oneof![4 => stays, 1 => merges, 1 => theatres, 1 => orders]
}

proptest! {
    #[test]
    fn whatever_order_messages_come_in_and_however_often_the_answer_is_the_same(
        (told, shuffled) in prop::collection::vec(any_told(), 0..24).prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle())),
    ) {
        let first = patients(&told);
        let mut again = patients(&shuffled);
        told.iter().take(5).cloned().for_each(|told| again.told(told));
        for number in 1..4 {
            prop_assert_eq!(of(&first, number), of(&again, number));
        }
        prop_assert_eq!(first.expected(CUT), again.expected(CUT));
        prop_assert_eq!(first.merges(), again.merges());
    }

    #[test]
    fn a_patient_of_whom_less_was_told_is_never_said_to_be_less_urgent_than_unknown_without_a_word(told in prop::collection::vec(any_told(), 0..24)) {
        let all = patients(&told);
        let stranger = of(&all, 9);
        prop_assert_eq!(urgency(&stranger, CUT), Urgency::Unknown);
    }
}
