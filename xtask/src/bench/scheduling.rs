//! `bench schedule`: the scheduler of one window on public instances; OR-Tools CP-SAT solves the same ones in the same time.

use anyhow::{Context, Result, bail};

use super::metric::{Metric, read};
use super::{Part, example_output, metrics_of, python};
use crate::needs;
use crate::place::Place;

/// Pinned, so that a figure can be compared with last month's.
const ORTOOLS: &str = "ortools==9.15.6755";
/// Time for each instance, of both solvers (design: algorithms.md).
const SECONDS_EACH: &str = "10";

/// Every instance, one after another.
pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    run_part(place, Part { sample: 1, threads: 1 })
}

/// Every `sample`-th instance, `threads` of them side by side.
pub(super) fn run_part(place: &Place, part: Part) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER, &needs::PYTHON])?;
    let python = python::with_package(&place.target, ORTOOLS)?;
    let instances = place.target.join("bench-schedule-instances.jsonl");
    let instances_text = instances.to_str().context("the target folder's name is not UTF-8")?;
    let (sample, threads) = (part.sample.to_string(), part.threads.to_string());
    let args = [
        "--seconds",
        SECONDS_EACH,
        "--sample",
        &sample,
        "--threads",
        &threads,
        "--instances",
        instances_text,
    ];
    let mut metrics = read(&example_output(place, "planning", "bench_schedule", &[], &args)?)?;
    let script = place.root.join("xtask/python/cpsat_bench.py");
    let theirs =
        metrics_of(place.command(python).arg(script).arg(&instances).args([SECONDS_EACH, &threads]))?;
    merge(&mut metrics, theirs)?;
    Ok(metrics)
}

/// Puts CP-SAT's deviation on the same instances beside ours.
fn merge(ours: &mut [Metric], theirs: Vec<Metric>) -> Result<()> {
    for their in theirs {
        let Some(our) = ours.iter_mut().find(|metric| metric.metric == their.metric) else {
            bail!("bench_schedule did not report {}", their.metric);
        };
        // As everywhere: our value over the baseline's.
        our.ratio = (their.value > 0.0).then_some(our.value / their.value);
        our.baseline_value = Some(their.value);
        our.baseline = their.baseline;
        our.more.extend(their.more);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_our_deviation_over_theirs_on_the_same_set() {
        let mut ours =
            read("{\"metric\":\"j60_mean_deviation_percent\",\"value\":0.5,\"unit\":\"%\"}").unwrap();
        let theirs = read(
            "{\"metric\":\"j60_mean_deviation_percent\",\"value\":2.0,\"baseline\":\"CP-SAT\",\"cpsat_proven_best\":3}",
        );
        merge(&mut ours, theirs.unwrap()).unwrap();
        let our = ours.first().unwrap();
        assert_eq!((our.ratio, our.baseline_value), (Some(0.25), Some(2.0)));
        assert!(our.more.contains_key("cpsat_proven_best"));
        let unknown = read("{\"metric\":\"j90_mean_deviation_percent\",\"value\":2.0}").unwrap();
        assert!(merge(&mut ours, unknown).is_err());
    }
}
