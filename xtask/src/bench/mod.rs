//! Measurements: a registry of benches, each a release program that prints one JSON object a line, compared with the
//! targets of the design. A new bench is one entry in `BENCHES` and its targets in `targets`.

mod archives;
mod checker;
mod checkin;
mod forecast;
mod journal;
mod matching;
mod metric;
mod nights;
mod planning;
mod python;
mod scheduling;
mod simulation;
mod targets;

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use self::metric::Metric;
use self::targets::{Missed, TARGETS};
use crate::place::Place;

/// How the result is wanted.
pub(crate) struct Wish {
    /// JSON lines on stdout instead of a table.
    pub(crate) json: bool,
    /// Fail when a target is missed.
    pub(crate) check: bool,
    /// A part of the instances only; `None` for all. Benches that have no instances refuse it.
    pub(crate) part: Option<Part>,
}

/// Which instances of a bench are run, and how.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Every so many-th.
    pub(crate) sample: usize,
    /// So many side by side.
    pub(crate) threads: usize,
}

/// One bench.
struct Entry {
    /// Its name on the command line.
    name: &'static str,
    /// What it measures, in one line.
    about: &'static str,
    /// Measures.
    run: fn(&Place) -> Result<Vec<Metric>>,
}

const BENCHES: &[Entry] = &[
    Entry {
        name: "match",
        about: "1,000,000 devices against every advisory: warm rematch, one new advisory, memory; against brute force \
                and the Python package univers",
        run: matching::run,
    },
    Entry {
        name: "journal",
        about: "durable appends a second at 1, 64 and 256 writers on both back ends; start-up with 1,000,000 devices \
                and 10,000,000 entries",
        run: journal::run,
    },
    Entry {
        name: "sim",
        about: "a patch night of 1,000 invented hosts in virtual time on one core, with the oracle looking on",
        run: simulation::run,
    },
    Entry {
        name: "schedule",
        about: "the scheduler of one window on 180 PSPLIB instances, 10 s and one thread each; OR-Tools CP-SAT with one \
                worker on the same ones (about an hour; --sample 12 --threads 2 takes some minutes)",
        run: scheduling::run,
    },
    Entry {
        name: "plan",
        about: "5,000 devices into 300 windows: how near to the best after 5 s and 30 s; OR-Tools CP-SAT with two workers on \
                the same problem; a slipped night planned again; 200,000 devices at 40 sites",
        run: planning::run,
    },
    Entry {
        name: "forecast",
        about: "durations on invented histories of known law and on held-out nights of the simulated hospital: coverage of the \
                90 % interval by device family, sharpness beside empirical quantiles and declared minutes; a plan of 5,000 \
                devices replayed 1,000 times",
        run: forecast::run,
    },
    Entry {
        name: "nights",
        about: "200 planned nights of ten simulated hospitals, as they are drafted: share that ends within its P50 and P90; patient-minutes that \
                nobody watches, beside the shortest first and everything at once on the same nights with the same luck",
        run: nights::run,
    },
    Entry {
        name: "checker",
        about: "the checker of campaigns on 1,000,000 invented plans, sound and spoilt, beside an oracle that goes through \
                every minute and every pair of devices",
        run: checker::run,
    },
    Entry {
        name: "archive",
        about: "two archives of 100,000,000 objects each compared by their agents at 0, 7, 100 and 20,000 differences: compute, rounds, \
                bytes, memory, one object more; beside sort-merge and the crate negentropy (needs 6 GB)",
        run: archives::run,
    },
    Entry {
        name: "archive-paths",
        about: "a real archive of 20,000 objects listed whole by C-FIND, QIDO-RS and Orthanc's own interface, and proven complete; beside a plain \
                sweep with the Python package pynetdicom on the same archive",
        run: archives::run_paths,
    },
    Entry {
        name: "checkin",
        about: "100,000 agents at 60 s against one server: check-ins a second and core, latency, memory while they poll \
                and while they hold connections; all of them coming back after the server was killed",
        run: checkin::run,
    },
];

/// Prints the registry with its targets.
pub(crate) fn list() {
    for bench in BENCHES {
        println!("{:<15}{}", bench.name, bench.about);
        for target in TARGETS.iter().filter(|target| target.bench == bench.name) {
            println!("               {} ({})", target.sentence(), target.source);
        }
    }
}

/// Runs one bench. `Ok(false)` when `--check` found a missed target.
///
/// # Errors
/// There is no such bench, or it could not be built or run.
pub(crate) fn run(place: &Place, name: &str, wish: Wish) -> Result<bool> {
    let Some(bench) = BENCHES.iter().find(|bench| bench.name == name) else {
        let known = BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>().join(", ");
        bail!("there is no bench {name:?}; the benches are: {known}");
    };
    let mut metrics = match wish.part {
        None => (bench.run)(place)?,
        Some(part) if bench.name == "schedule" => scheduling::run_part(place, part)?,
        Some(_) => bail!("bench {name} has no instances: --sample and --threads are for bench schedule"),
    };
    let missed = targets::compare(name, &mut metrics);
    for metric in &metrics {
        if wish.json {
            println!("{}", serde_json::to_string(metric)?);
        } else {
            println!("{}", metric.sentence());
        }
    }
    for miss in &missed {
        match miss {
            Missed::Beyond { .. } => eprintln!("missed: {miss}"),
            Missed::NotMeasured { .. } => eprintln!("not measured: {miss}"),
        }
    }
    if missed.is_empty() {
        eprintln!("every target of {name} was met");
    }
    Ok(missed.is_empty() || !wish.check)
}

/// Runs an example of `package` in release and returns its stdout; its messages go to stderr.
fn example_output(
    place: &Place,
    package: &str,
    example: &str,
    options: &[&str],
    args: &[&str],
) -> Result<String> {
    let mut cargo = place.cargo(&["run", "--release", "--locked", "-p", package, "--example", example]);
    cargo.args(options).arg("--").args(args);
    output_of(&mut cargo)
}

/// Runs a program and reads one metric from each line of its stdout that is a JSON object.
fn metrics_of(command: &mut Command) -> Result<Vec<Metric>> {
    metric::read(&output_of(command)?)
}

fn output_of(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{name} did not start"))?;
    if !output.status.success() {
        // What it said before it failed may be the reason.
        std::io::stderr().write_all(&output.stdout)?;
        bail!("{name} failed: {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
