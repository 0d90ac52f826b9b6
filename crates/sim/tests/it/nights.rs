//! Nights: whatever goes wrong, none of the invariants is broken; and a seed is the same night each time.

use sim::scenario::of_seed;
use sim::world::{Options, Outcome, World};

fn night(seed: u64) -> Outcome {
    World::new(seed, of_seed(seed), Options::default()).run()
}

#[track_caller]
fn sound(seeds: std::ops::Range<u64>) {
    let (mut started, mut nights) = (0, 0);
    for seed in seeds {
        let outcome = night(seed);
        assert!(outcome.violations.is_empty(), "seed {seed}: {:#?}", outcome.violations);
        started += outcome.seen.started;
        nights += 1;
    }
    assert!(started * 10 >= nights * 9, "only {started} of {nights} nights were ever started");
}

#[test]
fn nothing_forbidden_happens_in_the_first_nights() {
    sound(3..8);
}

#[test]
fn a_seed_replays_bit_by_bit() {
    let (one, two) = (night(11), night(11));
    assert_eq!((one.hash, one.events), (two.hash, two.events));
    assert_ne!(night(12).hash, night(11).hash);
}
