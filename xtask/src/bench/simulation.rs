//! `bench sim`: how much faster than real time a night of 1,000 hosts is simulated on one core.

use anyhow::Result;

use super::example_output;
use super::metric::{self, Metric};
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&example_output(place, "sim", "bench_sim", &[], &[])?)
}
