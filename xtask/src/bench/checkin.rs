//! `bench checkin`: the real gateway on a real journal, with simulated agents in a process of their own.

use anyhow::{Context, Result};

use super::example_output;
use super::metric::{Metric, read};
use crate::needs;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER])?;
    let folder = place.target.to_str().context("the target folder's name is not UTF-8")?.to_owned();
    read(&example_output(place, "gateway", "bench_checkin", &[], &["--folder", &folder])?)
}
