//! Coverage and sharpness of the forecast on invented histories of known law, beside empirical quantiles and declared minutes in the
//! same run: one JSON object a line, for `cargo xtask bench forecast`. A number is the first history's seed; `--nights FILE` are nights of
//! the simulated hospital, of which some were held out.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod held_out;
mod laws;
mod plan;
mod score;

use std::process::ExitCode;
use std::time::Instant;

use laws::{Fleet, Law};
use planning::forecast::{Record, Replays, campaign, learn};
use score::{Empirical, Score, score};

/// Nights that are learnt from, and nights that come afterwards and are forecast.
const NIGHTS_BEFORE: usize = 120;
const NIGHTS_AFTER: usize = 60;
/// Histories of each law: one history's coverage also holds that history's luck.
const HISTORIES: u64 = 12;
/// Another seed than the one with which the method was made.
const FIRST_SEED: u64 = 7_000;
/// The plan that is replayed.
const DEVICES: usize = 5_000;
const REPLAYS: u32 = 1_000;

/// What one law showed.
struct Result {
    law: Law,
    /// By device family.
    scores: Vec<Score>,
    /// Coverage of each device family in each single history.
    single: Vec<f64>,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let first_seed = args.first().and_then(|text| text.parse().ok()).unwrap_or(FIRST_SEED);
    let nights = args.iter().position(|arg| arg == "--nights").and_then(|at| args.get(at + 1));
    if let Some(Err(why)) = nights.map(|file| held_out::run(file)) {
        eprintln!("{why}");
        return ExitCode::FAILURE;
    }
    replay(first_seed);
    let mut learning = Learning::default();
    let results: Vec<Result> = Law::ALL.into_iter().map(|law| run(law, first_seed, &mut learning)).collect();
    coverage(&results);
    sharpness(&results);
    let histories = HISTORIES as usize * Law::ALL.len();
    println!(
        "{{\"metric\":\"learn_seconds\",\"value\":{},\"unit\":\"s\",\"records\":{}}}",
        learning.seconds / histories as f64,
        learning.records / histories
    );
    ExitCode::SUCCESS
}

/// A whole plan, replayed.
fn replay(first_seed: u64) {
    let fleet = Fleet::new(Law::LogNormal, first_seed, NIGHTS_BEFORE);
    let before: Vec<Record> = (0..NIGHTS_BEFORE).flat_map(|night| fleet.night(night)).collect();
    let model = learn(&before);
    let (plan, topology, whereabouts) = plan::plan(DEVICES);
    let memory_before = peak_memory_bytes();
    let (mut best, mut best_alone) = (f64::INFINITY, f64::INFINITY);
    for seed in 0..3 {
        let began = (Instant::now(), on_processor_seconds());
        let out = campaign(&model, &plan, &topology, &whereabouts, Replays { count: REPLAYS, seed });
        best = best.min(began.0.elapsed().as_secs_f64());
        best_alone = best_alone.min(on_processor_seconds() - began.1);
        eprintln!(
            "campaign {seed}: as planned {} of {}, ends {:?}, windows {:?}, restarts {:?}, further {:?}, units {}, beds {}",
            out.as_planned,
            out.replays,
            out.ends,
            out.windows.iter().map(|risk| (risk.overrun, risk.left_over)).collect::<Vec<_>>(),
            out.restarts,
            out.further_restarts,
            out.units.len(),
            out.beds.len()
        );
    }
    println!(
        "{{\"metric\":\"campaign_seconds\",\"value\":{best},\"unit\":\"s\",\"devices\":{DEVICES},\"replays\":{REPLAYS},\"best_of\":3,\"on_processor_seconds\":{best_alone}}}"
    );
    println!(
        "{{\"metric\":\"campaign_peak_memory_bytes\",\"value\":{},\"unit\":\"B\",\"before_campaign\":{memory_before}}}",
        peak_memory_bytes()
    );
}

/// The most memory that this program ever had (Linux; 0 elsewhere).
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}

/// For how long this program had a processor (Linux; 0 elsewhere): what it takes while others work on the same machine.
fn on_processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

#[derive(Default)]
struct Learning {
    seconds: f64,
    records: usize,
}

fn run(law: Law, first_seed: u64, learning: &mut Learning) -> Result {
    let models = Fleet::new(law, 0, NIGHTS_BEFORE).models();
    let mut result = Result { law, scores: vec![Score::default(); models], single: Vec::new() };
    for seed in first_seed..first_seed + HISTORIES {
        let fleet = Fleet::new(law, seed, NIGHTS_BEFORE);
        let before: Vec<Record> = (0..NIGHTS_BEFORE).flat_map(|night| fleet.night(night)).collect();
        let began = Instant::now();
        let model = learn(&before);
        learning.seconds += began.elapsed().as_secs_f64();
        learning.records += before.len();
        let empirical = Empirical::of(&before);
        let mut own = vec![Score::default(); models];
        for record in (NIGHTS_BEFORE..NIGHTS_BEFORE + NIGHTS_AFTER).flat_map(|night| fleet.night(night)) {
            let ix: usize = record.model["model ".len()..].parse().unwrap_or(0);
            score(&model, &empirical, &record, &mut own[ix]);
        }
        result.single.extend(own.iter().filter(|own| own.of > 0.0).map(|own| own.inside / own.of));
        result.scores.iter_mut().zip(&own).for_each(|(sum, own)| sum.add(own));
    }
    for (ix, score) in result.scores.iter().enumerate() {
        eprintln!("{:13} model {ix:2}: {}", law.word(), score.told());
    }
    result
}

fn coverage(results: &[Result]) {
    let shares = |result: &Result| -> Vec<f64> { result.scores.iter().map(|s| s.inside / s.of).collect() };
    let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |all: &[f64]| all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let all: Vec<f64> = results.iter().flat_map(shares).collect();
    let by_law: Vec<String> = results
        .iter()
        .map(|result| {
            let own = shares(result);
            format!("\"{}\":[{:.4},{:.4}]", result.law.word(), least(&own), most(&own))
        })
        .collect();
    let held_out: f64 = results.iter().flat_map(|result| &result.scores).map(|score| score.of).sum();
    println!(
        "{{\"metric\":\"coverage_lowest_device_family\",\"value\":{},\"unit\":\"of 1\",\"device_families\":{},\"held_out_records\":{held_out},\"by_law\":{{{}}}}}",
        least(&all),
        all.len(),
        by_law.join(",")
    );
    println!("{{\"metric\":\"coverage_highest_device_family\",\"value\":{},\"unit\":\"of 1\"}}", most(&all));
    let mut single: Vec<f64> = results.iter().flat_map(|result| result.single.iter().copied()).collect();
    single.sort_by(f64::total_cmp);
    let at = |share: f64| single[((single.len() - 1) as f64 * share) as usize];
    println!(
        "{{\"metric\":\"coverage_single_history_median\",\"value\":{},\"unit\":\"of 1\",\"p05\":{},\"p95\":{},\"cases\":{}}}",
        at(0.5),
        at(0.05),
        at(0.95),
        single.len()
    );
}

/// Another forecast's sum.
type Theirs = fn(&Score) -> f64;

/// The worst device family's CRPS beside each of the others': below 1 means sharper for every one of them.
fn sharpness(results: &[Result]) {
    let others: [(&str, &str, Theirs); 3] = [
        ("per_model_quantiles", "empirical quantiles of the device model", |score| score.by_model),
        ("per_family_and_model_quantiles", "empirical quantiles of family and model", |score| {
            score.by_family_and_model
        }),
        ("declared", "declared minutes x 1.5", |score| score.declared),
    ];
    for (name, baseline, theirs) in others {
        let scores = || results.iter().flat_map(|result| &result.scores);
        let worst = scores().map(|score| score.ours / theirs(score)).fold(0.0, f64::max);
        let (ours, others) = scores()
            .fold((0.0, 0.0), |sum, score| (sum.0 + score.ours / score.of, sum.1 + theirs(score) / score.of));
        let count = scores().count() as f64;
        println!(
            "{{\"metric\":\"crps_to_{name}_worst_device_family\",\"value\":{worst},\"unit\":\"x\",\"baseline\":\"{baseline}\",\"crps_minutes\":{},\"baseline_crps_minutes\":{}}}",
            ours / count,
            others / count
        );
    }
}
