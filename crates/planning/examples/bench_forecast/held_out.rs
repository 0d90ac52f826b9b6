//! Nights of the simulated hospitals that were held out: learnt from what the journals of earlier nights said, scored on what those of
//! later ones said. The simulator's law is none that the forecast knows of, and what a host did has gone through agent, network and
//! journal before it is a record. `cargo run -p sim --example bench_nights -- --records FILE` writes them.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use planning::forecast::{Record, Step, learn};
use serde::Deserialize;

use crate::score::{Empirical, Score, score};

/// One line of the file.
#[derive(Deserialize)]
struct Line {
    hospital: u64,
    /// Of a night that comes after those that are learnt from.
    held_out: bool,
    record: Record,
}

/// Records of one hospital.
#[derive(Default)]
struct Nights {
    before: Vec<Record>,
    after: Vec<Record>,
}

/// What the held-out nights showed, by device model and step.
type Scores = BTreeMap<(Box<str>, Step), Score>;

/// What a forecast is held beside: its name in metrics, its name in sentences, and its score.
type Beside = (&'static str, &'static str, fn(&Score) -> f64);

/// Scores the nights of a file and prints what they showed.
///
/// # Errors
/// The file cannot be read, or a line of it is no record: says which.
pub(crate) fn run(file: &str) -> Result<(), String> {
    let mut scores = Scores::new();
    for nights in read(file)?.values() {
        let model = learn(&nights.before);
        let empirical = Empirical::of(&nights.before);
        for record in nights.after.iter().filter(|record| is_scored(record)) {
            let own = scores.entry((record.model.clone(), record.step)).or_default();
            score(&model, &empirical, record, own);
        }
    }
    if scores.is_empty() {
        return Err(format!("{file} has no night that was held out"));
    }
    for ((model, step), score) in &scores {
        eprintln!("held-out nights, {model:10} {:8}: {}", step.word(), score.told());
    }
    print(&by_model(&scores));
    Ok(())
}

/// Installing and restarting are what a night is planned with, and what somebody declares.
fn is_scored(record: &Record) -> bool {
    match record.step {
        Step::Install | Step::Restart => record.declared_seconds.is_some_and(|seconds| seconds > 0),
        Step::Download | Step::Probe => false,
    }
}

fn read(file: &str) -> Result<BTreeMap<u64, Nights>, String> {
    let mut hospitals: BTreeMap<u64, Nights> = BTreeMap::new();
    let opened = std::fs::File::open(file).map_err(|error| format!("{file}: {error}"))?;
    for (number, line) in (1..).zip(std::io::BufReader::new(opened).lines()) {
        let at = |error: String| format!("{file}, line {number}: {error}");
        let line = line.map_err(|error| at(error.to_string()))?;
        let line: Line = serde_json::from_str(&line).map_err(|error| at(error.to_string()))?;
        let nights = hospitals.entry(line.hospital).or_default();
        if line.held_out { nights.after.push(line.record) } else { nights.before.push(line.record) }
    }
    Ok(hospitals)
}

fn by_model(scores: &Scores) -> BTreeMap<&str, Score> {
    let mut out: BTreeMap<&str, Score> = BTreeMap::new();
    for ((model, _), score) in scores {
        out.entry(model).or_default().add(score);
    }
    out
}

fn print(scores: &BTreeMap<&str, Score>) {
    let shares = || scores.values().map(|score| score.inside / score.of);
    let records: f64 = scores.values().map(|score| score.of).sum();
    let (least, most) = (shares().fold(f64::INFINITY, f64::min), shares().fold(f64::NEG_INFINITY, f64::max));
    let inside: f64 = scores.values().map(|score| score.inside).sum();
    println!(
        "{{\"metric\":\"held_out_nights_coverage\",\"value\":{:.4},\"unit\":\"of 1\",\"records\":{records},\"inside\":{inside}}}",
        inside / records
    );
    println!(
        "{{\"metric\":\"held_out_nights_coverage_lowest_device_family\",\"value\":{least:.4},\"unit\":\"of 1\",\"device_families\":{}}}",
        scores.len()
    );
    println!(
        "{{\"metric\":\"held_out_nights_coverage_highest_device_family\",\"value\":{most:.4},\"unit\":\"of 1\"}}"
    );
    let others: [Beside; 3] = [
        ("per_model_quantiles", "empirical quantiles of the device model", |score| score.by_model),
        ("per_family_and_model_quantiles", "empirical quantiles of family and model", |score| {
            score.by_family_and_model
        }),
        ("declared", "declared minutes x 1.5", |score| score.declared),
    ];
    for (name, baseline, theirs) in others {
        let worst = scores.values().map(|score| score.ours / theirs(score)).fold(0.0, f64::max);
        let sum = |of: fn(&Score) -> f64| scores.values().map(of).sum::<f64>() / records;
        println!(
            "{{\"metric\":\"held_out_nights_crps_to_{name}_worst_device_family\",\"value\":{worst:.4},\"unit\":\"x\",\"baseline\":\"{baseline}\",\"crps_minutes\":{:.3},\"baseline_crps_minutes\":{:.3}}}",
            sum(|score| score.ours),
            sum(theirs)
        );
    }
}
