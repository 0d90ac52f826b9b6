//! Forecasts: what past nights teach of the next one, and what they do not.

use model::Time;
use planning::forecast::*;
use proptest::prelude::*;

/// One record; `seconds` of installing the kernel on a monitoring station of the north.
fn install(night: u32, device: &str, seconds: u32) -> Record {
    Record {
        begun: Time(i64::from(night) * 86_400_000_000),
        night: format!("night {night}").into(),
        family: "kernel".into(),
        model: "Acme Central 4".into(),
        site: "north".into(),
        device: device.into(),
        step: Step::Install,
        seconds,
        declared_seconds: Some(300),
        chain: None,
    }
}

/// So many nights of ten stations, about ten minutes each, a few slower by habit, each night with its own luck.
fn nights(count: u32) -> Vec<Record> {
    let night = |night: u32| {
        (0..10).map(move |device| {
            let wobble = |of: u32| (of.wrapping_mul(2_654_435_761) >> 16) % 200;
            let seconds = 500 + 20 * device + wobble(night * 31 + device) + wobble(night * 7 + 3) / 2;
            install(night, &format!("CMS-{device}"), seconds)
        })
    };
    (0..count).flat_map(night).collect()
}

fn said(p50_minutes: f64) -> Said {
    Said { p50_minutes, p90_minutes: 1.5 * p50_minutes }
}

fn kernel_on(device: &str) -> Ask<'_> {
    Ask {
        family: "kernel",
        model: "Acme Central 4",
        site: "north",
        device,
        step: Step::Install,
        declared: said(5.0),
    }
}

fn width(prediction: &Prediction<'_>) -> f64 {
    let (low, high) = prediction.interval_minutes();
    high / low
}

#[test]
fn a_patch_that_nobody_has_seen_stands_on_what_is_declared_is_wide_and_says_so() {
    let nothing = learn(&[]);
    let forecast = nothing.predict(&kernel_on("CMS-1"));
    assert_eq!(forecast.basis, Basis::NOTHING);
    assert!((forecast.p50_minutes() - 5.0).abs() < 0.1, "{}", forecast.p50_minutes());
    // Declared: nine of ten within 7.5 minutes. Nobody has seen it, so more is allowed for.
    assert!(forecast.p90_minutes() > 10.0, "{}", forecast.p90_minutes());
    assert!(width(&forecast) > 5.0);
}

#[test]
fn what_nights_showed_outweighs_what_was_declared_and_each_forecast_names_its_history() {
    let model = learn(&nights(20));
    let known = model.predict(&kernel_on("CMS-3"));
    assert!((9.0..13.0).contains(&known.p50_minutes()), "{}", known.p50_minutes());
    assert_eq!(known.basis, Basis { known: Known::Device, records: 20, nights: 20 });
    let asks = [
        (Ask { device: "CMS-new", ..kernel_on("") }, Known::Site, 200),
        (Ask { device: "CMS-new", site: "south", ..kernel_on("") }, Known::FamilyOnModel, 200),
        (Ask { device: "X", site: "south", model: "Other 1", ..kernel_on("") }, Known::Family, 200),
        (Ask { family: "openssl", device: "CMS-new", ..kernel_on("") }, Known::Model, 200),
        (Ask { family: "openssl", model: "Other 1", device: "X", ..kernel_on("") }, Known::Others, 200),
        (Ask { step: Step::Restart, ..kernel_on("CMS-3") }, Known::Nothing, 0),
    ];
    for (ask, closest, records) in asks {
        let basis = model.predict(&ask).basis;
        assert_eq!((basis.known, basis.records), (closest, records), "{ask:?}");
    }
}

#[test]
fn a_device_without_history_is_forecast_as_its_model_and_with_more_room() {
    let model = learn(&nights(30));
    let (known, new) = (model.predict(&kernel_on("CMS-5")), model.predict(&kernel_on("CMS-new")));
    assert!((known.p50_minutes() / new.p50_minutes() - 1.0).abs() < 0.1);
    assert!(width(&new) > width(&known), "{} {}", width(&new), width(&known));
    let elsewhere = model.predict(&Ask { site: "south", ..kernel_on("CMS-new") });
    let other_model = model.predict(&Ask { model: "Other 1", site: "south", ..kernel_on("X") });
    let other_patch =
        model.predict(&Ask { family: "openssl", model: "Other 1", site: "south", ..kernel_on("X") });
    let widths = [&new, &elsewhere, &other_model, &other_patch].map(width);
    assert!(widths.is_sorted_by(|less, more| less <= more), "{widths:?}");
}

#[test]
fn a_slow_device_is_known_to_be_slow_also_for_a_patch_that_it_never_had() {
    let mut records = nights(20);
    for record in records.iter_mut().filter(|record| &*record.device == "CMS-7") {
        record.seconds *= 3;
    }
    let model = learn(&records);
    let other = |device| model.predict(&Ask { family: "openssl", ..kernel_on(device) }).p50_minutes();
    assert!(other("CMS-7") > 1.8 * other("CMS-2"), "{} {}", other("CMS-7"), other("CMS-2"));
}

#[test]
fn more_nights_make_the_forecast_sharper() {
    let widths = [1, 2, 5, 20, 80].map(|count| width(&learn(&nights(count)).predict(&kernel_on("CMS-1"))));
    assert!(widths.is_sorted_by(|wide, sharp| wide > sharp), "{widths:?}");
}

#[test]
fn one_station_that_hung_for_hours_does_not_make_its_family_slow() {
    let mut records = nights(20);
    let before = learn(&records).predict(&kernel_on("CMS-new")).p50_minutes();
    records.push(install(20, "CMS-1", 8 * 3_600));
    let after = learn(&records).predict(&kernel_on("CMS-new")).p50_minutes();
    assert!((after / before - 1.0).abs() < 0.05, "{before} {after}");
}

#[test]
fn nights_without_declared_minutes_teach_too_and_then_nothing_that_is_declared_moves_the_family() {
    let mut records = nights(20);
    records.iter_mut().for_each(|record| record.declared_seconds = None);
    let model = learn(&records);
    let declared =
        |minutes| model.predict(&Ask { declared: said(minutes), ..kernel_on("CMS-1") }).p50_minutes();
    assert!((9.0..13.0).contains(&declared(5.0)) && (declared(5.0) - declared(50.0)).abs() < 1e-9);
}

#[test]
fn held_out_nights_are_counted_and_nine_of_ten_lie_inside() {
    let model = learn(&nights(60));
    let all = model.calibration();
    assert_eq!(all.len(), 1);
    let held_out = all[0].held_out;
    assert_eq!((held_out.of, all[0].nights), (600, 60));
    assert_eq!(held_out.inside + held_out.shorter + held_out.longer, 600);
    assert!((510..=580).contains(&held_out.inside), "{held_out:?}");
    // One night cannot be held out: nothing is claimed.
    assert_eq!(learn(&nights(1)).calibration()[0].held_out, Tally::default());
}

fn restart(family: &str, night: u32, place: u16, armed_another: bool) -> Record {
    let chain = Some(Chain { place, armed_another, shown_after_seconds: None });
    Record { family: family.into(), step: Step::Restart, chain, ..install(night, "CMS-1", 240) }
}

#[test]
fn restarts_that_arm_restarts_are_learnt_by_family_and_place() {
    let mut records = Vec::new();
    for night in 0..40 {
        records.push(restart("firmware", night, 1, night % 2 == 0));
        records.push(restart("firmware", night, 2, false));
        for family in ["kernel", "openssl", "browser"] {
            records.push(restart(family, night, 1, false));
        }
    }
    let model = learn(&records);
    let probability = |family, place| model.further(family, place).probability();
    assert!((0.4..0.6).contains(&probability("firmware", 1)), "{}", probability("firmware", 1));
    assert!(probability("firmware", 2) < 0.05);
    // Forty without one are not proof that there will never be one.
    assert!((0.0005..0.05).contains(&probability("kernel", 1)), "{}", probability("kernel", 1));
    let new = model.further("unheard of", 1);
    assert!((0.02..0.3).contains(&new.probability()) && new.seen == 0, "{new:?}");
}

fn any_record() -> impl Strategy<Value = Record> {
    let name = |stem: &'static str, count: u32| (0..count).prop_map(move |n| format!("{stem} {n}"));
    let seconds = prop_oneof![Just(0), Just(1), Just(600), Just(u32::MAX), 0..10_000u32];
    let declared = proptest::option::of(prop_oneof![Just(0), Just(300), Just(u32::MAX)]);
    let chain = proptest::option::of((0..9u16, any::<bool>()));
    let names = (name("family", 3), name("model", 3), name("site", 2), name("device", 5));
    (0..6u32, names, 0..4usize, seconds, declared, chain).prop_map(
        |(night, (family, model, site, device), step, seconds, declared_seconds, chain)| Record {
            family: family.into(),
            model: model.into(),
            site: site.into(),
            step: Step::ALL[step],
            declared_seconds,
            chain: chain.map(|(place, armed_another)| Chain {
                place,
                armed_another,
                shown_after_seconds: None,
            }),
            ..install(night, &device, seconds)
        },
    )
}

fn any_ask() -> impl Strategy<Value = (u32, u32, u32, f64, f64)> {
    let minutes = prop_oneof![Just(0.0), Just(f64::NAN), Just(f64::INFINITY), Just(-3.0), 0.0..10_000.0f64];
    (0..4u32, 0..4u32, 0..6u32, minutes.clone(), minutes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_nights_showed_a_forecast_is_a_number_in_order(
        records in proptest::collection::vec(any_record(), 0..40),
        (family, model, device, p50_minutes, p90_minutes) in any_ask(),
    ) {
        let learnt = learn(&records);
        let names = [format!("family {family}"), format!("model {model}"), format!("device {device}")];
        for step in Step::ALL {
            let declared = Said { p50_minutes, p90_minutes };
            let ask = Ask { family: &names[0], model: &names[1], site: "site 0", device: &names[2], step, declared };
            let forecast = learnt.predict(&ask);
            let (low, high) = forecast.interval_minutes();
            let (p50, p90) = (forecast.p50_minutes(), forecast.p90_minutes());
            prop_assert!([low, p50, p90, high].iter().all(|minutes| minutes.is_finite() && *minutes > 0.0));
            prop_assert!(low <= p50 && p50 <= p90 && p90 <= high, "{low} {p50} {p90} {high}");
            prop_assert!(forecast.basis.nights <= forecast.basis.records);
        }
        for place in 0..9 {
            let further = learnt.further(&names[0], place);
            prop_assert!((0.0..=1.0).contains(&further.probability()), "{further:?}");
        }
    }

    #[test]
    fn the_order_in_which_nights_are_told_makes_no_difference(
        (told, shuffled) in proptest::collection::vec(any_record(), 1..40)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
    ) {
        let (one, other) = (learn(&told), learn(&shuffled));
        prop_assert_eq!(one.calibration(), other.calibration());
        for record in &told {
            let declared = said(5.0);
            let ask = Ask { family: &record.family, model: &record.model, site: &record.site, device: &record.device, step: record.step, declared };
            let (one, other) = (one.predict(&ask), other.predict(&ask));
            prop_assert_eq!(one.basis, other.basis);
            prop_assert_eq!(one.interval_minutes(), other.interval_minutes());
        }
    }

    #[test]
    fn who_declares_more_never_gets_a_shorter_forecast(
        records in proptest::collection::vec(any_record(), 0..40),
        family in 0..4u32,
        p50 in 0.0..1_000.0f64,
        longer in 1.0..10.0f64,
    ) {
        let (learnt, family) = (learn(&records), format!("family {family}"));
        let ask = |by: f64| Ask {
            family: &family, model: "model 0", site: "site 0", device: "device 0", step: Step::Install,
            declared: Said { p50_minutes: by * p50, p90_minutes: by * 2.0 * p50 },
        };
        let (short, long) = (learnt.predict(&ask(1.0)), learnt.predict(&ask(longer)));
        prop_assert!(short.p50_minutes() <= long.p50_minutes() + 1e-9);
        prop_assert!(short.p90_minutes() <= long.p90_minutes() + 1e-9);
    }
}
