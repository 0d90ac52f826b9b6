//! `bench plan`: the planner on invented campaigns; OR-Tools CP-SAT solves the same columns and rows in the same run.

use anyhow::{Context, Result};
use serde_json::json;

use super::metric::{Metric, read};
use super::{example_output, metrics_of, python};
use crate::needs;
use crate::place::Place;

/// Pinned, so that a figure can be compared with last month's.
const ORTOOLS: &str = "ortools==9.15.6755";
/// Time of CP-SAT for all goals together, with two workers.
const CPSAT_SECONDS: &str = "60";
const CPSAT_WORKERS: &str = "2";
/// A goal is worse than CP-SAT's when it is larger by more than what may be given up of it, one thousandth.
const GIVEN_UP: f64 = 1.001;

/// Ours, then theirs, then both side by side.
pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::BUILD_TOOLS, &needs::PYTHON])?;
    let python = python::with_package(&place.target, ORTOOLS)?;
    let instance = place.target.join("bench-plan-instance.json");
    let text = instance.to_str().context("the target folder's name is not UTF-8")?;
    let args = ["--instance", text];
    let mut metrics =
        read(&example_output(place, "planning", "bench_plan", &["--features", "solver"], &args)?)?;
    let script = place.root.join("xtask/python/cpsat_plan.py");
    let mut cpsat = place.command(python);
    let theirs = metrics_of(cpsat.arg(script).arg(&instance).args([CPSAT_SECONDS, CPSAT_WORKERS]))?;
    let compared = compare(&metrics, &theirs)?;
    metrics.extend(theirs);
    metrics.extend(compared);
    Ok(metrics)
}

/// Runs of ours that are set beside theirs, in seconds: the shortest that is no worse in any goal counts.
const OURS_SECONDS: [u32; 2] = [1, 5];

/// Our shortest run that is no worse beside all of theirs: goals in which we are worse, and processor time over theirs.
fn compare(ours: &[Metric], theirs: &[Metric]) -> Result<Vec<Metric>> {
    let mut found = None;
    for seconds in OURS_SECONDS {
        let worse = worse(&named(ours, &format!("largest_gap_percent_after_{seconds}_s"))?, theirs)?;
        let none = worse.is_empty();
        found = Some((seconds, worse));
        if none {
            break;
        }
    }
    let (seconds, worse) = found.context("no run of ours")?;
    let cpu = named(ours, &format!("cpu_seconds_{seconds}_s"))?.value;
    let their_cpu = named(theirs, "cpsat_cpu_seconds")?;
    let metric = |name: &str, value: f64, unit: &str| json!({ "metric": name, "value": value, "unit": unit });
    let mut count = metric("goals_worse_than_cpsat", worse.len() as f64, "goals");
    count["worse"] = json!(worse);
    let mut share = metric("cpu_to_cpsat", cpu / their_cpu.value, "x");
    share["ours_cpu_seconds"] = json!(cpu);
    share["ours_was_given_seconds"] = json!(seconds);
    share["baseline"] = json!(their_cpu.baseline);
    Ok(vec![serde_json::from_value(count)?, serde_json::from_value(share)?])
}

/// Goals of one of our runs that are worse than theirs. Goals stand in their order, and one counts only where those before it are as good: a
/// plan that leaves out what must be done has fewer minutes of everything.
fn worse(ours: &Metric, theirs: &[Metric]) -> Result<Vec<serde_json::Value>> {
    let goals = ours.more.get("goals").and_then(|goals| goals.as_array());
    let mut worse = Vec::new();
    for goal in goals.context("goals were not reported")? {
        let name = goal.get("goal").and_then(|name| name.as_str()).context("a goal has a name")?;
        let value = goal.get("value").and_then(serde_json::Value::as_f64).context("a goal has a value")?;
        // Without a solution of theirs there is nothing that ours could be worse than.
        let their = named(theirs, &format!("cpsat_{name}"))?.value;
        if value > their * GIVEN_UP {
            worse.push(json!({ "goal": name, "ours": value, "theirs": their }));
        }
        if value > their * GIVEN_UP || their > value * GIVEN_UP {
            break;
        }
    }
    Ok(worse)
}

fn named(list: &[Metric], name: &str) -> Result<Metric> {
    let found = list.iter().find(|metric| metric.metric == name);
    found.cloned().with_context(|| format!("{name} was not reported"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ours after a second and after five, each as deferred and overtime.
    fn compared(ours: [[u32; 2]; 2], theirs: [u32; 2]) -> Vec<f64> {
        let of = |seconds: u32, [deferred, overtime]: [u32; 2]| {
            format!(
                "{{\"metric\":\"largest_gap_percent_after_{seconds}_s\",\"value\":0.5,\"goals\":[\
                 {{\"goal\":\"deferred\",\"value\":{deferred}}},{{\"goal\":\"overtime\",\"value\":{overtime}}}]}}\n\
                 {{\"metric\":\"cpu_seconds_{seconds}_s\",\"value\":{}}}\n",
                seconds * 2
            )
        };
        let ours = read(&(of(1, ours[0]) + &of(5, ours[1])));
        let theirs = read(&format!(
            "{{\"metric\":\"cpsat_deferred\",\"value\":{}}}\n{{\"metric\":\"cpsat_overtime\",\"value\":{}}}\n\
             {{\"metric\":\"cpsat_cpu_seconds\",\"value\":100,\"baseline\":\"CP-SAT\"}}\n",
            theirs[0], theirs[1]
        ));
        let compared = compare(&ours.unwrap(), &theirs.unwrap()).unwrap();
        compared.iter().map(|metric| metric.value).collect()
    }

    #[test]
    fn a_goal_is_worse_when_it_is_larger_by_more_than_a_thousandth() {
        assert_eq!(compared([[2, 1002], [2, 1002]], [2, 1000]), [1.0, 0.1]);
        assert_eq!(compared([[2, 1000], [2, 900]], [2, 1000]), [0.0, 0.02]);
    }

    #[test]
    fn the_shortest_run_that_is_no_worse_counts() {
        assert_eq!(compared([[2, 1002], [2, 1000]], [2, 1000]), [0.0, 0.1]);
    }

    #[test]
    fn a_plan_that_leaves_out_what_must_be_done_is_worse_whatever_it_saves() {
        assert_eq!(compared([[2, 1002], [2, 1002]], [900, 10]), [0.0, 0.02]);
        assert_eq!(compared([[900, 10], [900, 10]], [2, 1002]), [1.0, 0.1]);
    }
}
