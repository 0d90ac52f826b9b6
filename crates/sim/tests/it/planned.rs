//! A few planned nights: what is measured of them is really theirs. Two hundred of them, with figures, are `cargo xtask bench nights`.

use model::Time;
use sim::ledger::What;
use sim::nights::{Night, Way, live};

fn nights() -> Vec<Night> {
    live(1, 4, Way::default()).expect("nights that can be planned and in which nothing forbidden happens")
}

#[test]
fn planned_nights_are_lived_through_measured_and_the_same_again() {
    let nights = nights();
    assert_eq!(nights.len(), 4);
    for night in &nights {
        let (number, planned) = (night.number, night.planned);
        assert!(night.p50 <= night.p90, "night {number}");
        assert!(night.ours.done > 0 && night.ours.done <= planned, "night {number}: {:?}", night.ours);
        assert_eq!(night.all_at_once.done, planned, "night {number}: everything at once leaves nobody out");
        // Every host that was done left a record of each patch in the journal, and one of each restart.
        assert!(night.records.len() >= night.ours.done, "night {number}: {} records", night.records.len());
    }
    let again = live(1, 4, Way::default()).expect("the same nights");
    let told = |nights: &[Night]| format!("{nights:?}");
    assert_eq!(told(&nights), told(&again));
}

#[test]
fn what_nights_taught_moves_the_forecast_of_the_nights_after_them_and_of_no_night_before() {
    let (short, long) = (live(1, 2, Way::default()).expect("nights"), nights());
    let ends = |night: &Night| (night.p50, night.p90, night.ended);
    assert_eq!(short.iter().map(ends).collect::<Vec<_>>(), long.iter().take(2).map(ends).collect::<Vec<_>>());
    // The first night stands on what is declared, and the fourth on the records of three nights and no more.
    let records = |night: &Night| night.said.hosts.iter().map(|host| host.basis.records).max();
    let nights_known = |night: &Night| night.said.hosts.iter().map(|host| host.basis.nights).max();
    assert_eq!((records(&long[0]), nights_known(&long[0])), (Some(0), Some(0)));
    assert!(records(&long[3]) > Some(0), "{:?}", records(&long[3]));
    assert!((Some(1)..=Some(3)).contains(&nights_known(&long[3])), "{:?}", nights_known(&long[3]));
}

#[test]
fn a_plan_leaves_fewer_patients_unwatched_than_everything_at_once_on_the_same_nights() {
    let nights = nights();
    let sum = |of: fn(&Night) -> f64| nights.iter().map(of).sum::<f64>();
    let (ours, at_once) = (
        sum(|night| night.ours.unmonitored_patient_minutes),
        sum(|night| night.all_at_once.unmonitored_patient_minutes),
    );
    assert!(ours < at_once, "{ours} of {at_once} patient-minutes");
}

/// When the host of an item began, went down for the first time and was done, in truth.
fn truth(night: &Night, host: usize) -> Option<(Time, Option<Time>, Time)> {
    let own: Vec<_> = night.happened.iter().filter(|happened| happened.host == host).collect();
    let at = |what: What| own.iter().find(|happened| happened.what == what).map(|happened| happened.at);
    let down = at(What::Down { ordered: true }).or(at(What::ServicesBegin));
    let up = at(What::Up).or(at(What::ServicesEnd));
    let installed = own.iter().rev().find(|happened| happened.what == What::InstallEnds)?.at;
    Some((at(What::InstallBegins)?, down, up.unwrap_or(installed)))
}

fn seconds_apart(one: Time, other: Time) -> i64 {
    one.seconds_since(other).abs()
}

#[test]
fn a_night_without_luck_is_replayed_as_the_rollout_went_through_it_to_the_minute() {
    let (mut begun, mut left, mut stopped) = (0, 0, 0);
    for seed in 20..24 {
        for night in live(seed, 5, Way { is_calm: true, failures_stop: None }).expect("nights") {
            let at = format!("hospital {seed}, night {}", night.number);
            for host in &night.rehearsed.hosts {
                let number =
                    night.tags.iter().position(|tag| *tag == host.host).expect("a host of the hospital");
                let Some((begins, down, done)) = truth(&night, number) else {
                    assert_eq!(host.times, None, "{at}: {} was not begun", host.host);
                    left += 1;
                    continue;
                };
                let times = host.times.unwrap_or_else(|| panic!("{at}: {} was begun", host.host));
                // A function test comes before installing, another after the host is up.
                assert!(
                    seconds_apart(times.0, begins) <= 90,
                    "{at}: {} begins: {times:?} {begins:?}",
                    host.host
                );
                assert!(seconds_apart(times.2, done) <= 60, "{at}: {} ends: {times:?} {done:?}", host.host);
                if let Some(down) = down {
                    let minutes = |from: Time, to: Time| to.seconds_since(from) as f64 / 60.0;
                    let (said, was) = (minutes(times.1, times.2), minutes(down, done));
                    assert!(
                        (said - was).abs() <= 1.0,
                        "{at}: {} is dark {said} min, and was {was}",
                        host.host
                    );
                }
                begun += 1;
            }
            let ends = night.rehearsed.ends().expect("somebody was begun");
            assert!(seconds_apart(ends, night.ended) <= 60, "{at}: {ends:?} {:?}", night.ended);
            let stops = night.rehearsed.stopped.contains(&true);
            assert_eq!(stops, night.stopped.is_some(), "{at}: {:?}", night.stopped);
            stopped += usize::from(stops);
        }
    }
    // Nights of every kind were among them.
    assert!(begun > 80 && left > 10 && stopped > 3, "{begun} begun, {left} left, {stopped} nights stopped");
}

#[test]
fn no_host_stands_idle_for_minutes_between_one_step_of_its_work_and_the_next() {
    let mut steps = 0;
    for night in live(1, 4, Way { is_calm: true, failures_stop: None }).expect("nights") {
        for host in 0..night.tags.len() {
            let own: Vec<_> = night.happened.iter().filter(|happened| happened.host == host).collect();
            for pair in own.windows(2).filter(|pair| pair[0].what == What::InstallEnds) {
                let idle = pair[1].at.seconds_since(pair[0].at);
                // The server hears of the end, the host is looked at, the next order comes. A look that is not believed would cost five minutes.
                assert!(idle < 15, "night {}: {} waits {idle} s", night.number, night.tags[host]);
                steps += 1;
            }
        }
    }
    assert!(steps > 20, "{steps} steps");
}
