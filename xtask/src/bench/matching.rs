//! `bench match`: the Rust bench writes the version checks it timed; the Python package answers the same ones.

use anyhow::{Context, Result, bail};

use super::metric::{Metric, read};
use super::{example_output, metrics_of, python};
use crate::needs;
use crate::place::Place;

/// Pinned, so that a figure can be compared with last month's.
const UNIVERS: &str = "univers==32.0.1";
/// The metric that both sides measure, in the same run, over the same checks.
const SHARED_METRIC: &str = "version_checks_seconds";

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER, &needs::PYTHON])?;
    let python = python::with_package(&place.target, UNIVERS)?;
    let checks = place.target.join("bench-version-checks.jsonl");
    let checks_text = checks.to_str().context("the target folder's name is not UTF-8")?;
    let mut metrics =
        read(&example_output(place, "exposure", "bench_match", &[], &["--checks", checks_text])?)?;
    if !checks.is_file() {
        bail!("bench_match wrote no version checks to {checks_text}");
    }
    let script = place.root.join("xtask/python/univers_bench.py");
    let theirs = metrics_of(place.command(python).arg(script).arg(&checks))?;
    merge(&mut metrics, theirs)?;
    Ok(metrics)
}

/// Puts the Python package's time beside ours, and the ratio; what they disagree on is reported, never hidden.
fn merge(ours: &mut Vec<Metric>, theirs: Vec<Metric>) -> Result<()> {
    for their in theirs {
        if their.metric != SHARED_METRIC {
            ours.push(their);
            continue;
        }
        let Some(our) = ours.iter_mut().find(|metric| metric.metric == SHARED_METRIC) else {
            bail!("bench_match did not report {SHARED_METRIC}");
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
    use super::super::metric::read;
    use super::*;

    #[test]
    fn the_ratio_is_our_time_over_theirs_on_the_same_checks() {
        let mut ours = read("{\"metric\":\"version_checks_seconds\",\"value\":0.5,\"unit\":\"s\"}").unwrap();
        let theirs = read(
            "{\"metric\":\"version_checks_seconds\",\"value\":20.0,\"baseline\":\"univers 32.0.1\",\"univers_refused\":3}",
        )
        .unwrap();
        merge(&mut ours, theirs).unwrap();
        let our = ours.first().unwrap();
        assert_eq!((our.ratio, our.baseline_value), (Some(0.025), Some(20.0)));
        assert_eq!(our.baseline.as_deref(), Some("univers 32.0.1"));
        assert!(our.more.contains_key("univers_refused"));
    }
}
