//! `bench forecast`: does the 90 % interval hold on nights that come later, how sharp is it, and how fast is a whole plan replayed? On
//! invented histories of known law, and on nights of the simulated hospital that were held out.

use anyhow::{Context, Result};

use super::metric::{self, Metric};
use super::{example_output, nights};
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    let file = place.target.join("simulated-nights.jsonl");
    let file = file.to_str().context("the target folder's name is no text")?;
    nights::simulated(place, &["--records", file])?;
    metric::read(&example_output(place, "planning", "bench_forecast", &[], &["--nights", file])?)
}
