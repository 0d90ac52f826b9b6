//! A few planned nights: what is measured of them is really theirs. Two hundred of them, with figures, are `cargo xtask bench nights`.

use sim::nights::{Night, live};

fn nights() -> Vec<Night> {
    live(1, 4, None).expect("nights that can be planned and in which nothing forbidden happens")
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
    let again = live(1, 4, None).expect("the same nights");
    let told = |nights: &[Night]| format!("{nights:?}");
    assert_eq!(told(&nights), told(&again));
}

#[test]
fn what_nights_taught_moves_the_forecast_of_the_nights_after_them_and_of_no_night_before() {
    let (short, long) = (live(1, 2, None).expect("nights"), nights());
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
