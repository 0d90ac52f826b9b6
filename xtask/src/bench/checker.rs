//! `bench checker`: does a plan of a campaign that breaks a rule pass, is a sound one refused? A million invented plans beside an oracle.

use anyhow::Result;

use super::example_output;
use super::metric::{self, Metric};
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&example_output(place, "planning", "bench_checker", &[], &[])?)
}
