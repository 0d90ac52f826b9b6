//! Measures the planner on invented campaigns and prints one metric a line: how near to the best after 5 and 30 seconds, what one
//! slipped night costs, and a group of 40 sites. `cargo xtask bench plan` runs it and lets CP-SAT solve the same problem.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod process;
mod slips;

use std::time::Instant;

use clap_less::Options;
use planning::planner::answer::Answer;
use planning::planner::campaign::{Campaign, SoundCampaign};
use planning::planner::invented::{self, Size};
use planning::planner::{Budget, aggregated, plan};

fn main() {
    let options = Options::read();
    let seed = options.number("seed", 1);
    let slips = options.number("slips", 100);
    if let Some(path) = options.text("campaign") {
        let json = serde_json::to_vec(&invented::campaign(Size::DESIGN, seed)).unwrap();
        std::fs::write(path, json).unwrap();
    }
    let design = sound(invented::campaign(Size::DESIGN, seed));
    if let Some(path) = options.text("instance") {
        std::fs::write(path, serde_json::to_vec(&aggregated(&design)).unwrap()).unwrap();
    }
    let mut base = None;
    // `--within 12` instead: on a machine that others use, 12 seconds by the clock may be the processor time of 5.
    let within_seconds = options.number("within", 0);
    let of_design = [1, 5, 30].into_iter().filter(|seconds| *seconds <= options.number("seconds", 30));
    let all: Vec<u64> = if within_seconds > 0 { vec![within_seconds] } else { of_design.collect() };
    for seconds in all {
        base = Some(within(&design, seconds, seed));
    }
    // Slips begin with the last plan, or with one that was saved: then two runs speak of the same evenings.
    if let Some(path) = options.text("save") {
        std::fs::write(path, serde_json::to_vec(&base).unwrap()).unwrap();
    }
    if let Some(path) = options.text("load") {
        base = Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap());
    }
    if let Some(base) = base.filter(|_| slips > 0) {
        slips::measure(&design, &base, slips);
    }
    if options.number("group", 1) > 0 {
        group(seed);
    }
}

fn sound(campaign: Campaign) -> SoundCampaign {
    SoundCampaign::new(campaign, "invented").unwrap_or_else(|findings| panic!("{:?}", findings.first()))
}

/// A plan in so many milliseconds, what it took by the clock, and of the processor.
fn timed(campaign: &SoundCampaign, milliseconds: u64, gap_ppm: u32) -> (Answer, f64, f64) {
    let (clock, cpu) = (Instant::now(), process::cpu_seconds());
    let budget = Budget { milliseconds: Some(milliseconds), gap_ppm, threads: 2, seed: 1 };
    let mut elapsed = || u64::try_from(clock.elapsed().as_millis()).unwrap();
    let answer = plan(campaign, budget, &mut elapsed);
    (answer, clock.elapsed().as_secs_f64(), process::cpu_seconds() - cpu)
}

fn within(design: &SoundCampaign, seconds: u64, seed: u64) -> Answer {
    // Room for what follows the solver: every window is laid out by the scheduler.
    let (answer, wall, cpu) = timed(design, seconds * 1_000, 1_000);
    let worst = answer.goals.iter().map(|goal| goal.gap_ppm()).max().unwrap();
    let goals = serde_json::to_value(&answer.goals).unwrap();
    println!(
        "{}",
        serde_json::json!({
            "metric": format!("largest_gap_percent_after_{seconds}_s"),
            "value": worst as f64 / 10_000.0,
            "unit": "%",
            "goals": goals,
            "wall_seconds": wall,
            "cpu_seconds": cpu,
            "status": serde_json::to_value(&answer.status).unwrap(),
            "devices": answer.assignments.len(),
            "windows": design.campaign().windows.len(),
            "seed": seed,
        })
    );
    println!(
        "{}",
        serde_json::json!({
            "metric": format!("cpu_seconds_{seconds}_s"), "value": cpu, "unit": "s", "wall_seconds": wall,
        })
    );
    answer
}

/// 200,000 devices at 40 sites: a first plan, and the memory it takes.
fn group(seed: u64) {
    let campaign = sound(invented::campaign(Size::GROUP, seed));
    let (answer, wall, cpu) = timed(&campaign, 1_000, 500);
    let print = |metric: &str, value: f64, unit: &str| {
        let goals = serde_json::to_value(&answer.goals).unwrap();
        let status = serde_json::to_value(&answer.status).unwrap();
        println!(
            "{}",
            serde_json::json!({
                "metric": metric, "value": value, "unit": unit, "wall_seconds": wall, "cpu_seconds": cpu,
                "goals": goals, "status": status, "devices": answer.assignments.len(),
            })
        );
    };
    print("group_first_plan_cpu_seconds", cpu, "s");
    print("group_first_plan_seconds", wall, "s");
    print("group_peak_memory_bytes", process::peak_memory_bytes(), "B");
}

/// Options as `--name value`.
mod clap_less {
    /// What stands on the command line.
    pub(crate) struct Options(Vec<String>);

    impl Options {
        pub(crate) fn read() -> Options {
            Options(std::env::args().collect())
        }

        pub(crate) fn text(&self, name: &str) -> Option<&str> {
            let at = self.0.iter().position(|arg| arg.strip_prefix("--") == Some(name))?;
            self.0.get(at + 1).map(String::as_str)
        }

        pub(crate) fn number(&self, name: &str, usual: u64) -> u64 {
            self.text(name).map_or(usual, |text| text.parse().expect("a whole number"))
        }
    }
}
