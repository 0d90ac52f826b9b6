//! `bench journal`: durable appends a second on SQLite and PostgreSQL beside the loop one would write first, and start-up
//! with a million devices and ten million entries.

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

/// The loads that are also given per core. `shared`: 256 writers to one site's stream, as agents that check in; the target
/// is held against it. `own`: each writer has a stream and waits for each of its appends.
const LOADED: [(&str, &str); 2] = [
    ("appends_per_second_sqlite_shared_256_writers", "durable_appends_per_second_per_core_sqlite"),
    ("appends_per_second_sqlite_own_256_writers", "durable_appends_per_second_per_core_sqlite_own"),
];

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
    let mut all = metrics(&output, cores)?;
    let output = example_output(place, "node", "bench_start", &[], &["--folder", &folder])?;
    all.extend(super::metric::read(&output)?);
    Ok(all)
}

fn metrics(output: &str, cores: usize) -> Result<Vec<Metric>> {
    let mut metrics: Vec<Metric> = Vec::new();
    let mut baseline = None;
    for text in output.lines().filter(|line| line.starts_with('{')) {
        let line: Line = serde_json::from_str(text).with_context(|| format!("not a measurement: {text}"))?;
        if line.case.starts_with("baseline") {
            // Measured again beside each case: it stands with the case and not for itself.
            baseline = Some(line.value);
        } else if line.case.ends_with(" / baseline") {
            if let Some(last) = metrics.last_mut() {
                last.ratio = Some(line.value);
                last.baseline = Some("one row, one commit on SQLite".to_owned());
                last.baseline_value = baseline;
            }
        } else {
            metrics.push(metric(&line));
        }
    }
    for (loaded, name) in LOADED {
        let Some(loaded) = metrics.iter().find(|metric| metric.metric == loaded) else { continue };
        let mut per_core = Metric { metric: name.to_owned(), ..loaded.clone() };
        per_core.value /= cores as f64;
        // The baseline is of the whole machine.
        (per_core.baseline, per_core.baseline_value, per_core.ratio) = (None, None, None);
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
        let line = |case: &str, writers: u64, unit: &str, value: f64| {
            format!(
                "{{\"bench\":\"journal\",\"backend\":\"sqlite\",\"case\":\"{case}\",\"writers\":{writers},\"unit\":\"{unit}\",\"value\":{value}}}\n"
            )
        };
        let output = line("baseline: one row, one commit", 1, "appends_per_second", 200.0)
            + &line("shared", 256, "appends_per_second", 16_000.0)
            + &line("shared / baseline", 256, "times", 80.0)
            + &line("verify", 1, "entries_per_second", 9.0);
        let metrics = metrics(&output, 2).unwrap();
        let named = |name: &str| metrics.iter().find(|metric| metric.metric == name).unwrap();
        assert_eq!(metrics.len(), 3);
        let shared = named("appends_per_second_sqlite_shared_256_writers");
        assert_eq!((shared.ratio, shared.baseline_value), (Some(80.0), Some(200.0)));
        assert_eq!(named("durable_appends_per_second_per_core_sqlite").value, 8_000.0);
        assert_eq!(named("entries_per_second_sqlite_verify_1_writers").unit, "1/s");
    }
}
