//! `bench archive`: two archives of a hundred million objects compared by their agents, beside sort-merge and the crate `negentropy`.

use anyhow::Result;

use super::example_output;
use super::metric::{self, Metric};
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    metric::read(&example_output(place, "archive", "bench_archive", &[], &[])?)
}
