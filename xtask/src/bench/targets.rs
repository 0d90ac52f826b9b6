//! The targets, in one table, each with the place in the design that sets it.

use std::fmt;

use super::metric::Metric;

/// Which side of the limit is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The value must stay below the limit.
    Below,
    /// The value must reach the limit.
    AtLeast,
}

/// One target.
pub(super) struct Target {
    /// The bench that measures it.
    pub(super) bench: &'static str,
    /// The metric's name.
    pub(super) metric: &'static str,
    /// Which side of the limit is good.
    pub(super) side: Side,
    /// The limit, in `unit`.
    pub(super) limit: f64,
    /// The metric's unit.
    pub(super) unit: &'static str,
    /// Where the design sets it.
    pub(super) source: &'static str,
}

const MATCHING: &str = "design/algorithms.md, Matching";
const PLANNING: &str = "design/algorithms.md, Planning";
const FORECAST: &str = "design/algorithms.md, Forecast";
const ARCHIVES: &str = "design/algorithms.md, Archives";
const LOAD: &str = "design/algorithms.md, Load";

/// Every target of the benches that exist.
pub(super) const TARGETS: &[Target] = &[
    below("match", "warm_rematch_seconds", 1.0, "s", MATCHING),
    below("match", "one_new_advisory_seconds", 0.010, "s", MATCHING),
    below("match", "peak_memory_bytes", 1.5e9, "B", MATCHING),
    at_least("journal", "durable_appends_per_second_per_core_sqlite", 3_000.0, "1/s", LOAD),
    below("journal", "start_from_snapshot_seconds", 10.0, "s", LOAD),
    below("schedule", "j30_mean_deviation_percent", 0.1, "%", PLANNING),
    below("schedule", "j60_mean_deviation_percent", 1.0, "%", PLANNING),
    below("schedule", "j120_mean_deviation_percent", 2.5, "%", PLANNING),
    below("plan", "largest_gap_percent_after_5_s", 1.0, "%", PLANNING),
    below("plan", "largest_gap_percent_after_30_s", 0.2, "%", PLANNING),
    below("plan", "goals_worse_than_cpsat", 1.0, "goals", PLANNING),
    below("plan", "cpu_to_cpsat", 0.1, "x", PLANNING),
    below("plan", "replan_p99_seconds", 1.0, "s", PLANNING),
    below("plan", "moved_beyond_need_worst_percent", 2.0, "%", PLANNING),
    below("plan", "group_first_plan_seconds", 60.0, "s", PLANNING),
    below("plan", "group_peak_memory_bytes", 8e9, "B", PLANNING),
    at_least("forecast", "coverage_lowest_device_family", 0.88, "of 1", FORECAST),
    below("forecast", "coverage_highest_device_family", 0.92, "of 1", FORECAST),
    below("forecast", "crps_to_per_model_quantiles_worst_device_family", 1.0, "x", FORECAST),
    below("forecast", "crps_to_declared_worst_device_family", 1.0, "x", FORECAST),
    at_least("forecast", "held_out_nights_coverage_lowest_device_family", 0.88, "of 1", FORECAST),
    below("forecast", "held_out_nights_coverage_highest_device_family", 0.92, "of 1", FORECAST),
    below("forecast", "held_out_nights_crps_to_per_model_quantiles_worst_device_family", 1.0, "x", FORECAST),
    below("forecast", "held_out_nights_crps_to_declared_worst_device_family", 1.0, "x", FORECAST),
    below("forecast", "campaign_seconds", 1.0, "s", FORECAST),
    at_least("checker", "plans", 1_000_000.0, "plans", PLANNING),
    below("checker", "violations_passed", 1.0, "plans", PLANNING),
    below("checker", "sound_plans_refused", 1.0, "plans", PLANNING),
    below("checker", "other_rules_named", 1.0, "plans", PLANNING),
    below("checker", "other_goals_found", 1.0, "plans", PLANNING),
    at_least("checker", "rules_broken", 21.0, "rules", PLANNING),
    at_least("checker", "fewest_plans_that_break_one_rule_alone", 100.0, "plans", PLANNING),
    at_least("archive", "objects_a_side", 100_000_000.0, "objects", ARCHIVES),
    below("archive", "warm_compute_seconds_100", 0.050, "s", ARCHIVES),
    below("archive", "rounds_100", 7.0, "rounds", ARCHIVES),
    below("archive", "bytes_100", 300_001.0, "B", ARCHIVES),
    below("archive", "bytes_20000", 2_000_001.0, "B", ARCHIVES),
    below("archive", "cold_seconds", 20.0, "s", ARCHIVES),
    below("archive", "cold_peak_memory_bytes_a_side", 2.5e9, "B", ARCHIVES),
    below("archive", "insert_seconds", 2e-6, "s", ARCHIVES),
    below("archive", "wrong_answers", 1.0, "answers", ARCHIVES),
    at_least("sim", "simulated_times_real_time", 1_000.0, "x", LOAD),
    at_least("checkin", "check_ins_per_second_per_core", 3_000.0, "1/s", LOAD),
    at_least("checkin", "poll_agents", 100_000.0, "agents", LOAD),
    below("checkin", "poll_p99_seconds", 0.250, "s", LOAD),
    below("checkin", "poll_memory_bytes", 1e9, "B", LOAD),
    at_least("checkin", "held_connections", 100_000.0, "connections", LOAD),
    below("checkin", "held_p99_seconds", 0.250, "s", LOAD),
    below("checkin", "held_memory_bytes", 4e9, "B", LOAD),
    at_least("checkin", "reconnected_agents", 100_000.0, "agents", LOAD),
    below("checkin", "items_not_recorded_once", 1.0, "items", LOAD),
];

const fn below(
    bench: &'static str,
    metric: &'static str,
    limit: f64,
    unit: &'static str,
    source: &'static str,
) -> Target {
    Target { bench, metric, side: Side::Below, limit, unit, source }
}

const fn at_least(
    bench: &'static str,
    metric: &'static str,
    limit: f64,
    unit: &'static str,
    source: &'static str,
) -> Target {
    Target { bench, metric, side: Side::AtLeast, limit, unit, source }
}

impl Target {
    /// `warm_rematch_seconds < 1 s`.
    pub(super) fn sentence(&self) -> String {
        format!("{} {}", self.metric, self.bound())
    }

    fn bound(&self) -> String {
        let sign = match self.side {
            Side::Below => "<",
            Side::AtLeast => "≥",
        };
        format!("{sign} {} {}", self.limit, self.unit)
    }

    fn is_met(&self, value: f64) -> bool {
        // Not a number is never good.
        match self.side {
            Side::Below => value < self.limit,
            Side::AtLeast => value >= self.limit,
        }
    }
}

/// A target that was not shown to be met.
#[derive(Debug, PartialEq)]
pub(super) enum Missed {
    /// Measured, and on the wrong side.
    Beyond { target: String, value: f64, source: &'static str },
    /// The bench said nothing of it: not known is not fine.
    NotMeasured { target: String, source: &'static str },
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Missed::Beyond { target, value, source } => write!(f, "{target}, measured {value} ({source})"),
            Missed::NotMeasured { target, source } => write!(f, "{target} ({source})"),
        }
    }
}

/// Writes into each metric the target it is held against, and returns the targets that were not met.
pub(super) fn compare(bench: &str, metrics: &mut [Metric]) -> Vec<Missed> {
    let mut missed = Vec::new();
    for target in TARGETS.iter().filter(|target| target.bench == bench) {
        let Some(metric) = metrics.iter_mut().find(|metric| metric.metric == target.metric) else {
            missed.push(Missed::NotMeasured { target: target.sentence(), source: target.source });
            continue;
        };
        let met = target.is_met(metric.value);
        metric.target = Some(target.bound());
        metric.met = Some(met);
        if !met {
            missed.push(Missed::Beyond {
                target: target.sentence(),
                value: metric.value,
                source: target.source,
            });
        }
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::super::metric::read;
    use super::*;

    #[test]
    fn a_target_that_is_missed_or_not_measured_is_named() {
        let mut metrics = read(
            "{\"metric\":\"warm_rematch_seconds\",\"value\":1.2,\"unit\":\"s\"}\n\
             {\"metric\":\"one_new_advisory_seconds\",\"value\":0.004,\"unit\":\"s\"}\n",
        )
        .unwrap();
        let missed: Vec<String> = compare("match", &mut metrics).iter().map(ToString::to_string).collect();
        assert_eq!(missed.len(), 2, "{missed:?}");
        assert!(missed.iter().any(|m| m.starts_with("warm_rematch_seconds < 1 s, measured 1.2")));
        assert!(missed.iter().any(|m| m.starts_with("peak_memory_bytes < ")));
        assert_eq!(metrics.iter().map(|m| m.met).collect::<Vec<_>>(), [Some(false), Some(true)]);
    }

    #[test]
    fn what_is_not_a_number_meets_no_target() {
        let target = below("match", "x", 1.0, "s", MATCHING);
        assert!(!target.is_met(f64::NAN));
        assert!(!at_least("match", "x", 1.0, "s", MATCHING).is_met(f64::NAN));
    }
}
