//! `bench forecast`: does the 90 % interval hold on nights that come later, how sharp is it, and how fast is a whole plan replayed?

use anyhow::Result;

use super::example_output;
use super::metric::{self, Metric};
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&example_output(place, "planning", "bench_forecast", &[], &[])?)
}
