//! One measured value, as the bench programs print it and as `cargo xtask bench --json` hands it on.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One measured value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Metric {
    /// What was measured, with its unit last: `warm_rematch_seconds`.
    pub(crate) metric: String,
    /// The measured value.
    pub(crate) value: f64,
    /// Its unit, as a person writes it: `s`, `GB`, `1/s`.
    #[serde(default)]
    pub(crate) unit: String,
    /// What it is compared with: `brute_force`, `univers 32.0.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<String>,
    /// The baseline's value in the same run and unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) baseline_value: Option<f64>,
    /// How many times better than the baseline (above 1 is better).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<f64>,
    /// The target it is held against, in words; filled in here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    /// Whether the target was met; filled in here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) met: Option<bool>,
    /// Whatever else the bench says of it: counts, sizes, settings.
    #[serde(flatten)]
    pub(crate) more: Map<String, Value>,
}

impl Metric {
    /// The value in one line for people.
    pub(crate) fn sentence(&self) -> String {
        let mut text = format!("{:<42}{:>14} {:<6}", self.metric, rounded(self.value), self.unit);
        if let (Some(ratio), Some(baseline)) = (self.ratio, &self.baseline) {
            text += &format!("  {} × {baseline}", rounded(ratio));
        }
        if let Some(target) = &self.target {
            let verdict = if self.met == Some(true) { "met" } else { "MISSED" };
            text += &format!("  target {target}: {verdict}");
        }
        text
    }
}

/// Reads the metrics from a bench's output. Lines that are no JSON object are for people and passed over.
///
/// # Errors
/// A JSON object is not a metric, or there is none at all.
pub(crate) fn read(output: &str) -> Result<Vec<Metric>> {
    let metrics = output
        .lines()
        .filter(|line| line.trim_start().starts_with('{'))
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a metric: {line}")))
        .collect::<Result<Vec<Metric>>>()?;
    if metrics.is_empty() {
        anyhow::bail!("the bench printed no metric");
    }
    Ok(metrics)
}

fn rounded(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value.abs() >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.5}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_may_talk_between_its_metrics_and_say_more_of_them() {
        let metrics = read(
            "reading the corpus\n\
             {\"metric\":\"warm_rematch_seconds\",\"value\":0.71,\"unit\":\"s\",\"baseline\":\"brute_force\",\"ratio\":41.5,\"devices\":1000000}\n",
        )
        .unwrap();
        assert_eq!(metrics.len(), 1);
        let metric = metrics.first().unwrap();
        assert_eq!(metric.ratio, Some(41.5));
        assert_eq!(metric.more.get("devices"), Some(&Value::from(1_000_000)));
        assert!(serde_json::to_string(metric).unwrap().contains("\"devices\":1000000"));
    }

    #[test]
    fn a_bench_that_measured_nothing_is_an_error() {
        assert!(read("all fine\n").is_err());
        assert!(read("{\"value\": 1}\n").is_err());
    }
}
