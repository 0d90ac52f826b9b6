//! What a night that is over teaches the forecast, and what it does not.

use model::host::{PendingRestart, Reading, RestartOf, SignalSource};
use planning::forecast::{Ask, Chain, Known, Said, Step, learn};

use crate::night_shared::*;
use crate::nights::{play, watch_until};

#[test]
fn a_night_that_is_over_teaches_the_forecast_how_long_it_took_and_that_a_restart_armed_another() {
    let mut ward = Ward::new();
    ward.report();
    ward.started();
    ward.now = minutes(1);
    play(&mut ward);
    let records = ward.state.records();
    let seen = |step: Step| records.iter().find(|record| record.step == step).expect("it was done");
    // The ward follows an order after a minute, and is looked at a minute and a half later: only then the restart could follow the install.
    // A restart is declared to take three.
    let took: Vec<u32> = Step::ALL[..3].iter().map(|step| seen(*step).seconds).collect();
    assert_eq!(took, [60, 150, 60], "{records:?}");
    let restart = seen(Step::Restart);
    assert_eq!((&*restart.family, &*restart.device, restart.declared_seconds), ("vakta", "CMS-5", Some(180)));
    assert_eq!(restart.chain, None, "the quiet period and the morning are still to come");

    let pending = PendingRestart { of: RestartOf::Host, reason: "the second stage".into() };
    ward.seen.signals.insert(SignalSource::RebootRequired, Reading::Pending(pending));
    ward.now = ward.now.plus_seconds(300);
    ward.report();
    ward.drive();
    let records = ward.state.records();
    let restart = records.iter().find(|record| record.step == Step::Restart).unwrap();
    // Nothing was pending when the restart was done; it was at the look after five minutes.
    let Some(Chain { place: 1, armed_another: true, shown_after_seconds: Some(after) }) = restart.chain
    else {
        panic!("{restart:?}");
    };
    assert!((300..=420).contains(&after), "{after} s");

    let model = learn(&records);
    let place = &ward.state.whereabouts(&plan())[&host()];
    let ask = Ask {
        family: "vakta",
        model: &place.model,
        site: &place.site,
        device: "CMS-5",
        step: Step::Restart,
        declared: Said { p50_minutes: 3.0, p90_minutes: 6.0 },
    };
    let basis = model.predict(&ask).basis;
    assert_eq!((basis.known, basis.records, basis.nights), (Known::Device, 1, 1));
    assert!(model.further("vakta", 1).probability() > model.further("another", 2).probability());
}

#[test]
fn a_restart_after_which_the_morning_was_quiet_armed_no_other() {
    let mut ward = Ward::new();
    ward.report();
    ward.started();
    ward.now = minutes(1);
    play(&mut ward);
    watch_until(&mut ward, minutes(9 * 60 + 36));
    let records = ward.state.records();
    let restarts: Vec<_> = records.iter().filter(|record| record.step == Step::Restart).collect();
    assert_eq!(restarts.len(), 1, "{records:?}");
    assert_eq!(restarts[0].chain, Some(Chain { place: 1, armed_another: false, shown_after_seconds: None }));
}

#[test]
fn of_a_host_that_nobody_heard_after_the_morning_nobody_knows_whether_its_restart_armed_another() {
    let mut ward = Ward::new();
    ward.report();
    ward.started();
    ward.now = minutes(1);
    play(&mut ward);
    ward.now = minutes(24 * 60);
    let records = ward.state.records();
    let restart = records.iter().find(|record| record.step == Step::Restart).expect("it was done");
    assert_eq!(restart.chain, None, "silence is no answer");
}

#[test]
fn a_look_in_the_morning_that_could_not_read_a_source_says_nothing_of_further_restarts() {
    let mut ward = Ward::new();
    ward.report();
    ward.started();
    ward.now = minutes(1);
    play(&mut ward);
    watch_until(&mut ward, minutes(150));
    let chain = |ward: &Ward| {
        let records = ward.state.records();
        records.iter().find(|record| record.step == Step::Restart).expect("it was done").chain
    };
    let kernel = ward.seen.signals.insert(SignalSource::Kernel, Reading::Unknown("permission denied".into()));
    watch_until(&mut ward, minutes(9 * 60 + 36));
    assert_eq!(chain(&ward), None, "what was not read is not clear");
    ward.seen.signals.insert(SignalSource::Kernel, kernel.expect("it was read before"));
    watch_until(&mut ward, minutes(9 * 60 + 41));
    assert_eq!(chain(&ward), Some(Chain { place: 1, armed_another: false, shown_after_seconds: None }));
}

#[test]
fn a_hospital_that_never_had_a_night_has_nothing_to_learn_from() {
    let mut ward = Ward::new();
    ward.agreed(plan());
    assert!(ward.state.records().is_empty(), "an agreed plan is no night");
}
