//! How often to patch: what must hold whatever is assumed, and what only the assumptions decide.

use planning::cadence::{
    ASSUMED, Assumed, Assumptions, Cadence, Host, Measure, Outcome, Span, Versus, study, takes_too_long,
};
use planning::forecast::{Chain, Record, Step};

/// A hospital of twenty stations without a spare, ten with one, and five devices that a person must go to.
fn hospital() -> Vec<Host> {
    let host = |darkens: &[u32], by_hand| Host { darkens: darkens.to_vec(), by_hand };
    let mut hosts: Vec<Host> = (0..20).map(|unit| host(&[unit], false)).collect();
    hosts.extend((0..10).map(|_| host(&[], false)));
    hosts.extend((0..5).map(|unit| host(&[unit], true)));
    hosts
}

fn of(outcomes: &[Outcome], cadence: Cadence) -> &Outcome {
    outcomes.iter().find(|outcome| outcome.cadence == cadence).unwrap()
}

fn at(measure: Measure) -> usize {
    Measure::ALL.iter().position(|known| *known == measure).unwrap()
}

#[test]
fn patching_more_often_shortens_exposure_and_darkens_wards_more_often() {
    let outcomes = study(&hospital(), &ASSUMED, Cadence::HalfYearly, 1);
    for pair in outcomes.windows(2) {
        let (rarer, oftener) = (&pair[0], &pair[1]);
        let median = |outcome: &Outcome, measure| outcome.measures[at(measure)].p50;
        assert!(median(oftener, Measure::ExposureDays) < median(rarer, Measure::ExposureDays), "{pair:?}");
        assert!(median(oftener, Measure::Disruptions) > median(rarer, Measure::Disruptions), "{pair:?}");
        assert!(median(oftener, Measure::Nights) > median(rarer, Measure::Nights), "{pair:?}");
    }
    let monthly = of(&outcomes, Cadence::Monthly);
    assert_eq!(monthly.versus[at(Measure::ExposureDays)], Versus::Less);
    assert_eq!(monthly.versus[at(Measure::Disruptions)], Versus::More);
    assert_eq!(monthly.versus[at(Measure::LargestNight)], Versus::Less, "nights become smaller (R17)");
}

#[test]
fn a_cadence_beside_itself_differs_by_nothing() {
    for cadence in Cadence::ALL {
        let outcomes = study(&hospital(), &ASSUMED, cadence, 1);
        let itself = of(&outcomes, cadence);
        assert!(itself.versus.iter().all(|versus| *versus == Versus::Noise));
        assert!(itself.differences.iter().all(|band| (band.p10, band.p50, band.p90) == (0, 0, 0)));
    }
}

#[test]
fn where_every_service_has_a_spare_nothing_goes_dark() {
    let hosts = vec![Host { darkens: Vec::new(), by_hand: false }; 30];
    for outcome in study(&hosts, &ASSUMED, Cadence::Quarterly, 1) {
        for measure in [Measure::DarkMinutes, Measure::Disruptions, Measure::LargestNight] {
            assert_eq!(outcome.measures[at(measure)].p90, 0, "{outcome:?}");
        }
        assert!(outcome.measures[at(Measure::ExposureDays)].p10 > 0);
    }
}

#[test]
fn patches_that_need_no_restart_darken_nothing_however_often() {
    let of = Assumptions { restart_per_mille: 0, ..ASSUMED };
    let outcomes = study(&hospital(), &of, Cadence::HalfYearly, 1);
    assert!(outcomes.iter().all(|outcome| outcome.measures[at(Measure::DarkMinutes)].p90 == 0));
}

/// With every minute, host and release fixed, the sums can be made by hand.
#[test]
fn a_single_patch_on_a_single_host_is_counted_as_by_hand() {
    let fixed = Span { p50_minutes: 10, p90_minutes: 10 };
    let of = Assumptions {
        years: 1,
        patches_a_year: 200,
        for_hosts_per_mille: 1_000,
        restart_per_mille: 1_000,
        restart: fixed,
        arms_per_mille: 0,
        fails_per_mille: 0,
        night_minutes: 100,
        disruption_minutes: 7,
        cover_people: 2,
        ..ASSUMED
    };
    let host = Host { darkens: vec![1, 2], by_hand: false };
    let outcomes = study(&[host], &of, Cadence::Monthly, 5);
    let monthly = outcomes.iter().find(|outcome| outcome.cadence == Cadence::Monthly).unwrap();
    // Of 200 patches some come in every month: twelve nights, each two units dark for ten minutes.
    let expected = [
        (Measure::DarkMinutes, 12 * 20),
        (Measure::Disruptions, 24),
        (Measure::LargestNight, 20),
        (Measure::StaffMinutes, 12 * (100 + 2 * 7 + 20 * 2)),
        (Measure::Nights, 12),
    ];
    for (measure, value) in expected {
        let band = monthly.measures[at(measure)];
        assert_eq!((band.p10, band.p50, band.p90), (value, value, value), "{measure:?}");
    }
}

#[test]
fn a_restart_arms_another_as_often_as_assumed_and_a_patch_without_a_restart_arms_none() {
    let fixed = Span { p50_minutes: 10, p90_minutes: 10 };
    let base = Assumptions { years: 1, patches_a_year: 200, for_hosts_per_mille: 1_000, ..ASSUMED };
    let host = [Host { darkens: vec![1], by_hand: false }];
    let disruptions = |of: &Assumptions| {
        let outcomes = study(&host, of, Cadence::HalfYearly, 5);
        outcomes[0].measures[at(Measure::Disruptions)]
    };
    let always = Assumptions {
        restart_per_mille: 1_000,
        restart: fixed,
        arms_per_mille: 1_000,
        fails_per_mille: 0,
        ..base
    };
    let band = disruptions(&always);
    assert_eq!((band.p10, band.p90), (8, 8), "two nights, each a restart and three that were armed");
    // Of some 100 patches a night two restart: were all of them asked, nearly every restart would arm another.
    let few = Assumptions { restart_per_mille: 20, arms_per_mille: 50, fails_per_mille: 0, ..base };
    assert!(disruptions(&few).p50 <= 2, "{:?}", disruptions(&few));
}

#[test]
fn large_bundles_fail_more_often_and_wait_longer() {
    let sound = Assumptions { fails_per_mille: 0, ..ASSUMED };
    let frail = Assumptions { fails_per_mille: 100, ..ASSUMED };
    let exposure = |of: &Assumptions, cadence| {
        let outcomes = study(&hospital(), of, Cadence::HalfYearly, 3);
        outcomes.iter().find(|o| o.cadence == cadence).unwrap().measures[at(Measure::ExposureDays)].p50
    };
    let lost = |cadence| exposure(&frail, cadence) - exposure(&sound, cadence);
    assert!(
        lost(Cadence::HalfYearly) > lost(Cadence::Monthly),
        "a failure in a large bundle holds back all of it"
    );
}

#[test]
fn what_would_take_too_long_is_said_so_before_it_is_played() {
    let most = Assumptions { years: 5, patches_a_year: 200, ..ASSUMED };
    assert!(!takes_too_long(20_000, &ASSUMED), "two usual years of a large hospital are played");
    assert!(!takes_too_long(1_000, &most) && takes_too_long(20_000, &most));
    assert!(takes_too_long(usize::MAX, &most));
}

#[test]
fn the_same_seed_gives_the_same_years() {
    let once = study(&hospital(), &ASSUMED, Cadence::Quarterly, 9);
    assert_eq!(once, study(&hospital(), &ASSUMED, Cadence::Quarterly, 9));
    assert_ne!(once, study(&hospital(), &ASSUMED, Cadence::Quarterly, 10));
}

fn restart(night: &str, seconds: u32, armed_another: bool) -> Record {
    Record {
        begun: model::Time(0),
        night: night.into(),
        family: "f".into(),
        model: "m".into(),
        site: "s".into(),
        device: "d".into(),
        step: Step::Restart,
        seconds,
        declared_seconds: None,
        chain: Some(Chain { place: 1, armed_another, shown_after_seconds: None }),
    }
}

#[test]
fn what_past_nights_showed_counts_once_there_are_enough_of_them() {
    let mut records: Vec<Record> = (1..=30).map(|n| restart("one", n * 60, n <= 3)).collect();
    assert_eq!(Assumptions::learnt(&records).restart_from, Assumed::Said, "one night is not enough");
    records.push(restart("two", 61, false));
    let learnt = Assumptions::learnt(&records);
    assert_eq!(learnt.restart_from, Assumed::Learnt { records: 31 });
    assert_eq!((learnt.restart.p50_minutes, learnt.restart.p90_minutes), (15, 27));
    assert_eq!((learnt.arms_per_mille, learnt.arms_from), (4_000 / 33, Assumed::Learnt { records: 31 }));
    assert_eq!(learnt.install_from, Assumed::Said);
    assert!(learnt.checked().is_ok());
    let nearly_all: Vec<Record> =
        (0..60).map(|n| restart(if n < 30 { "one" } else { "two" }, 86_400, true)).collect();
    assert!(Assumptions::learnt(&nearly_all).checked().is_ok(), "what was learnt is never refused");
}

#[test]
fn an_assumption_that_cannot_be_is_named_with_what_it_may_be() {
    let told = |of: Assumptions| of.checked().unwrap_err().to_string();
    assert_eq!(told(Assumptions { years: 0, ..ASSUMED }), "years: 0; right is 1 to 5");
    let span = Span { p50_minutes: 10, p90_minutes: 9 };
    let said = told(Assumptions { restart: span, ..ASSUMED });
    assert_eq!(said, "restart_p90_minutes: 9; right is 10 to 1440");
}
