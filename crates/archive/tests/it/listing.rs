//! A list of an archive proves itself complete, or says what is missing from the proof; it never lies.

use archive::Gap;
use archive::coverage::{Ability, Outcome, Rule};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::simulated::*;

/// Lists, holds the outcome to the truth, and gives it back.
fn check(archive: &mut Simulated) -> Outcome<archive::Study> {
    let outcome = archive.listed(&[]);
    assert_eq!(archive.lie(&outcome), None);
    outcome
}

fn complete(archive: &mut Simulated) -> usize {
    match check(archive) {
        Outcome::Complete(rows) => rows.len(),
        Outcome::Incomplete(rows, gap) => panic!("{} rows, {gap}", rows.len()),
    }
}

fn gap(archive: &mut Simulated) -> Gap {
    match check(archive) {
        Outcome::Complete(rows) => panic!("complete with {} rows", rows.len()),
        Outcome::Incomplete(_, gap) => gap,
    }
}

#[test]
fn an_archive_that_answers_whole_is_listed_with_one_query_between_two_counts() {
    let mut archive = Simulated::new(january(500), able());
    assert_eq!(complete(&mut archive), 500);
}

#[test]
fn a_cap_that_answers_success_is_found_and_the_archive_listed_in_parts() {
    for sign in [CapSign::OneMoreAndSuccess, CapSign::Success, CapSign::Cancel] {
        let mut archive = Simulated::new(january(1_000), able());
        archive.traps.cap = Some((20, sign));
        assert_eq!(complete(&mut archive), 1_000, "{sign:?}");
    }
}

#[test]
fn a_cap_that_parts_cannot_get_below_is_named_with_the_query() {
    let ability = Ability { time: false, modalities: Vec::new(), uid_prefix: false, ..able() };
    let mut archive = Simulated::new(january(1_000), ability);
    archive.traps.cap = Some((20, CapSign::Success));
    let gap = gap(&mut archive);
    assert_eq!(
        gap.to_string(),
        "\"examinations of 2026-01-01\" answers 20 rows, at the cap of 20, and cannot be split further: ask for the rest in another way"
    );
}

#[test]
fn examinations_without_a_date_or_with_an_odd_one_are_asked_for_apart() {
    let mut rows = january(300);
    rows.extend([row(900, ""), row(901, ""), row(902, "20260231"), row(903, "2026.01.04")]);
    let mut archive = Simulated::new(rows.clone(), able());
    archive.traps.cap = Some((20, CapSign::OneMoreAndSuccess));
    assert_eq!(complete(&mut archive), 304);
    let ability = Ability { uid_prefix: false, ..able() };
    let mut archive = Simulated::new(rows, ability);
    archive.traps.cap = Some((20, CapSign::OneMoreAndSuccess));
    let listed = gap(&mut archive);
    assert!(matches!(listed, Gap::CountDiffers { listed, counted: 304 } if listed < 304), "{listed:?}");
}

#[test]
fn without_a_count_nothing_is_complete() {
    let mut archive = Simulated::new(january(3), Ability { count: false, ..able() });
    assert_eq!(gap(&mut archive), Gap::NoCount);
}

#[test]
fn pages_are_read_until_one_is_empty_and_not_until_one_is_short() {
    let mut archive = Simulated::new(january(100), Ability { page_rows: Some(30), ..able() });
    archive.traps.page_cap = Some(7);
    assert_eq!(complete(&mut archive), 100);
}

#[test]
fn an_archive_whose_pages_end_at_a_cap_is_listed_in_parts() {
    let mut archive = Simulated::new(january(100), Ability { page_rows: Some(30), ..able() });
    archive.traps.pages_end_at = Some(21);
    archive.traps.cap = Some((20, CapSign::OneMoreAndSuccess));
    assert_eq!(complete(&mut archive), 100);
}

#[test]
fn what_is_deleted_while_paging_makes_the_list_begin_anew() {
    let mut archive = Simulated::new(january(100), Ability { page_rows: Some(10), ..able() });
    archive.changes = vec![(6, Change::Deleted(1))];
    assert_eq!(complete(&mut archive), 99);
}

#[test]
fn a_swap_that_leaves_the_count_is_seen_with_and_without_a_number_of_the_archive() {
    for token in [true, false] {
        let mut archive = Simulated::new(january(100), Ability { page_rows: Some(10), token, ..able() });
        archive.changes = vec![(6, Change::Swapped(1, 500))];
        assert_eq!(complete(&mut archive), 100, "token {token}");
    }
}

#[test]
fn an_archive_that_never_rests_is_not_complete_and_the_reason_says_so() {
    let mut archive = Simulated::new(january(100), Ability { token: false, ..able() });
    archive.changes =
        (1..1_000).map(|at| (at, Change::Arrives(1_000 + u32::try_from(at).unwrap()))).collect();
    assert_eq!(gap(&mut archive), Gap::Changing { times: 4 });
}

#[test]
fn an_archive_that_ignores_what_it_is_asked_for_is_found_out() {
    let mut archive = Simulated::new(january(300), able());
    archive.traps.cap = Some((20, CapSign::Success));
    archive.traps.ignores_dates = true;
    assert!(matches!(gap(&mut archive), Gap::KeyIgnored { .. }));
    let mut archive = Simulated::new(january(300), Ability { page_rows: Some(10), ..able() });
    archive.traps.ignores_offset = true;
    assert_eq!(complete(&mut archive), 300, "asked again without pages");
}

#[test]
fn rows_that_cannot_be_read_and_an_index_that_hides_rows_prove_nothing() {
    let mut archive = Simulated::new(january(300), able());
    archive.traps.unreadable_every = Some(50);
    assert!(matches!(gap(&mut archive), Gap::Unreadable { rows: 6, .. }));
    let mut archive = Simulated::new(january(300), able());
    archive.traps.hides = [17].into();
    assert_eq!(gap(&mut archive), Gap::CountDiffers { listed: 299, counted: 300 });
}

#[test]
fn a_query_that_fails_because_it_asks_for_too_much_is_split() {
    let mut archive = Simulated::new(january(300), able());
    archive.traps.fails_from = Some(40);
    assert_eq!(complete(&mut archive), 300);
    archive.traps.fails_from = Some(0);
    assert!(matches!(gap(&mut archive), Gap::NotSuccess { .. }));
}

fn ability() -> impl Strategy<Value = Ability> {
    (any::<[bool; 5]>(), prop::option::of(1_u32..12)).prop_map(|(can, page_rows)| Ability {
        count: true,
        token: can[0],
        page_rows,
        empty_value: can[1],
        time: can[2],
        modalities: if can[3] { able().modalities } else { Vec::new() },
        uid_prefix: can[4],
    })
}

fn traps() -> impl Strategy<Value = Traps> {
    let sign = prop_oneof![Just(CapSign::OneMoreAndSuccess), Just(CapSign::Success), Just(CapSign::Cancel)];
    let rare = |odds: f64| prop::bool::weighted(odds);
    (
        prop::option::of((3_u64..30, sign)),
        rare(0.1),
        prop::option::weighted(0.2, 1_u64..6),
        rare(0.1),
        prop::option::weighted(0.1, 2_usize..20),
        prop::option::weighted(0.2, 1_u32..60),
        prop::option::weighted(0.1, 5_u64..30),
        prop::option::weighted(0.2, 2_u64..30),
    )
        .prop_map(
            |(
                cap,
                ignores_dates,
                page_cap,
                ignores_offset,
                unreadable_every,
                hidden,
                fails_from,
                pages_end_at,
            )| Traps {
                cap,
                ignores_dates,
                page_cap,
                pages_end_at,
                ignores_offset,
                unreadable_every,
                hides: hidden.into_iter().collect(),
                fails_from,
            },
        )
}

fn changes() -> impl Strategy<Value = Vec<(u64, Change)>> {
    let date = prop_oneof![Just(""), Just("20260231"), Just("20260102"), Just("20260131")];
    let change = prop_oneof![
        (100_u32..120).prop_map(Change::Arrives),
        (1_u32..60).prop_map(Change::Deleted),
        (1_u32..60, 100_u32..120).prop_map(|(gone, comes)| Change::Swapped(gone, comes)),
        (1_u32..60, date).prop_map(|(number, date)| Change::Redated(number, date)),
    ];
    prop_oneof![
        3 => Just(Vec::new()),
        5 => prop::collection::vec((1_u64..60, change), 0..5),
    ]
}

prop_compose! {
    fn simulated()(
        studies in 0_u32..60,
        odd in prop::collection::vec(prop_oneof![Just(""), Just("0000"), Just("19000101"), Just("18991231"), Just("22000101")], 0..6),
        ability in ability(),
        traps in traps(),
        changes in changes(),
    ) -> Simulated {
        let mut rows = january(studies);
        rows.extend(odd.iter().zip(60..).map(|(date, number)| row(number, date)));
        let mut archive = Simulated::new(rows, ability);
        archive.traps = traps;
        archive.changes = changes;
        archive
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn whatever_an_archive_does_its_list_is_right_or_not_called_complete(mut archive in simulated()) {
        let outcome = archive.listed(&[]);
        prop_assert_eq!(archive.lie(&outcome), None);
    }
}

/// Of how many of so many invented archives a list lies when rules are left out, and how many lists are complete.
fn lies(without: &'static [Rule], archives: u32) -> (u32, u32) {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut lies, mut complete) = (0, 0);
    for _ in 0..archives {
        let mut archive = simulated().new_tree(&mut runner).unwrap().current();
        let outcome = archive.listed(without);
        lies += u32::from(archive.lie(&outcome).is_some());
        complete += u32::from(matches!(outcome, Outcome::Complete(_)));
    }
    (lies, complete)
}

const ARCHIVES: u32 = 1_500;

#[test]
fn a_list_lies_as_soon_as_a_rule_that_stands_alone_is_left_out() {
    let (lied, complete) = lies(&[], ARCHIVES);
    assert_eq!(lied, 0);
    assert!(complete > ARCHIVES / 4, "{complete} of {ARCHIVES}: hardly anything is ever complete");
    let alone: [&[Rule]; 3] = [&[Rule::CountedApart], &[Rule::NothingChanged], &[Rule::TwiceTheSame]];
    for rules in alone {
        assert!(lies(rules, ARCHIVES).0 > 0, "nobody sees it when {rules:?} is left out");
    }
}

#[test]
fn each_further_rule_keeps_lists_from_lying_where_the_count_is_not_asked() {
    let (unasked, _) = lies(&[Rule::CountedApart], ARCHIVES);
    let further: [&[Rule]; 5] = [
        &[Rule::CountedApart, Rule::EndsWithSuccess],
        &[Rule::CountedApart, Rule::BelowTheCap],
        &[Rule::CountedApart, Rule::NothingMoved],
        &[Rule::CountedApart, Rule::EveryRowIsRead],
        &[Rule::CountedApart, Rule::UntilAnEmptyPage],
    ];
    for rules in further {
        let (lied, _) = lies(rules, ARCHIVES);
        eprintln!("{rules:?}: {lied}, {unasked} without the count alone");
        assert!(lied > unasked, "{rules:?}: {lied} lies, {unasked} without the count alone");
    }
}
