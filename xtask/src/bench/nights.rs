//! `bench nights`: planned nights of the simulated hospital, held against what was forecast of them and against working without a plan.

use anyhow::Result;

use super::metric::{self, Metric};
use super::output_of;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&simulated(place, &[])?)
}

/// Runs the nights. With the simulator's own profile: nothing of it is a time, and it is built for the suite `sim` already.
pub(super) fn simulated(place: &Place, args: &[&str]) -> Result<String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let mut cargo = place.cargo(&["run", "--profile", "sim", "--locked", "-p", "sim"]);
    cargo.args(["--example", "bench_nights", "--features", "sim/planted", "--", "--threads", &threads]);
    output_of(cargo.args(args))
}
