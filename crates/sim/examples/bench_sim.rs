//! How much faster than real time a night of 1,000 hosts is simulated on one core: one JSON object a line, for `cargo xtask bench sim`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::time::Instant;

use sim::scenario::{Size, make};
use sim::world::{Options, World};

const HOSTS: usize = 1_000;
const SEED: u64 = 1;

fn main() {
    let size = Size { hosts: HOSTS, check_in_seconds: 60, trouble: false };
    let scenario = make(SEED, size);
    let virtual_seconds = scenario.ends.seconds_since(scenario.begins);
    let options = Options { every_event: false, ..Options::default() };
    let began = Instant::now();
    let outcome = World::new(SEED, scenario, options).run();
    let took = began.elapsed().as_secs_f64();
    eprintln!(
        "{virtual_seconds} s of {HOSTS} hosts in {took:.1} s: {} events, {:?}",
        outcome.events, outcome.seen
    );
    for violation in &outcome.violations {
        eprintln!("{}: {}", violation.invariant, violation.says);
    }
    let all = u32::try_from(HOSTS).unwrap_or(u32::MAX);
    if outcome.seen.started == 0 || outcome.seen.proven < all {
        eprintln!("the night was none: {} of {HOSTS} hosts were proven", outcome.seen.proven);
    } else if outcome.violations.is_empty() {
        println!(
            "{{\"metric\":\"simulated_times_real_time\",\"value\":{},\"unit\":\"x\",\"hosts\":{HOSTS},\"events\":{},\"virtual_seconds\":{virtual_seconds},\"real_seconds\":{took}}}",
            virtual_seconds as f64 / took,
            outcome.events
        );
    }
}
