//! `bench journal`: durable appends a second on SQLite and PostgreSQL beside the loop one would write first.

use std::num::NonZero;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Map;

use super::example_output;
use super::metric::Metric;
use crate::needs;
use crate::place::Place;

/// One line of the journal's own bench.
#[derive(Deserialize)]
struct Line {
    backend: String,
    case: String,
    writers: u64,
    unit: String,
    value: f64,
}

/// The load that the target for durable check-ins is held against.
const LOADED: &str = "appends_per_second_sqlite_shared_256_writers";

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER, &needs::POSTGRES])?;
    let folder = place.target.to_str().context("the target folder's name is not UTF-8")?.to_owned();
    let output = example_output(
        place,
        "journal",
        "bench_journal",
        &["--features", "testkit"],
        &["--folder", &folder],
    )?;
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    metrics(&output, cores)
}

fn metrics(output: &str, cores: usize) -> Result<Vec<Metric>> {
    let mut metrics: Vec<Metric> = Vec::new();
    for text in output.lines().filter(|line| line.starts_with('{')) {
        let line: Line = serde_json::from_str(text).with_context(|| format!("not a measurement: {text}"))?;
        let last = metrics.last_mut();
        if let Some((_, baseline)) = line.case.split_once(" / ")
            && let Some(last) = last
        {
            last.ratio = Some(line.value);
            last.baseline = Some(format!("{baseline} (one row, one commit)"));
            continue;
        }
        metrics.push(metric(&line));
    }
    if let Some(loaded) = metrics.iter().find(|metric| metric.metric == LOADED) {
        let mut per_core = loaded.clone();
        per_core.metric = "durable_appends_per_second_per_core_sqlite".to_owned();
        per_core.value /= cores as f64;
        per_core.more.insert("cores".to_owned(), cores.into());
        metrics.push(per_core);
    }
    Ok(metrics)
}

fn metric(line: &Line) -> Metric {
    let case: String =
        line.case.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect::<String>().replace(' ', "_");
    let unit = match line.unit.as_str() {
        "seconds" => "s",
        "appends_per_second" | "entries_per_second" => "1/s",
        other => other,
    };
    Metric {
        metric: format!("{}_{}_{case}_{}_writers", line.unit, line.backend, line.writers),
        value: line.value,
        unit: unit.to_owned(),
        baseline: None,
        baseline_value: None,
        ratio: None,
        target: None,
        met: None,
        more: Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journals_lines_become_metrics_with_their_ratio_to_the_first_loop_one_would_write() {
        let output = "\
            {\"bench\":\"journal\",\"backend\":\"sqlite\",\"case\":\"shared\",\"writers\":256,\"unit\":\"appends_per_second\",\"value\":16000.0}\n\
            {\"bench\":\"journal\",\"backend\":\"sqlite\",\"case\":\"shared / baseline\",\"writers\":256,\"unit\":\"times\",\"value\":80.0}\n\
            {\"bench\":\"journal\",\"backend\":\"sqlite\",\"case\":\"verify\",\"writers\":1,\"unit\":\"entries_per_second\",\"value\":9.0}\n";
        let metrics = metrics(output, 2).unwrap();
        let named = |name: &str| metrics.iter().find(|metric| metric.metric == name).unwrap();
        assert_eq!(metrics.len(), 3);
        assert_eq!(named(LOADED).ratio, Some(80.0));
        assert_eq!(named("durable_appends_per_second_per_core_sqlite").value, 8_000.0);
        assert_eq!(named("entries_per_second_sqlite_verify_1_writers").unit, "1/s");
    }
}
