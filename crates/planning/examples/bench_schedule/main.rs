//! Measures the scheduler of one window on the public PSPLIB instances: how far its schedules are from the best known, by set. Each
//! schedule is looked at by the independent verifier; a violation ends the bench. Prints one line an instance and one JSON object a set.
//!
//! Run it through `cargo xtask bench schedule`, which solves the same instances with OR-Tools CP-SAT beside it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod psplib;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use planning::check::schedule::verify;
use planning::schedule::{Effort, solve};

use crate::psplib::Instance;

/// How the bench is run; each has an option of its own.
struct Wishes {
    /// `--seconds`: time for each instance.
    seconds: u64,
    /// `--sample`: every so many-th instance only.
    sample: usize,
    /// `--threads`: instances side by side; each is still solved by one thread.
    threads: usize,
    /// `--schedules`: most schedules for each instance, whatever the time.
    schedules_max: u64,
    /// `--seed`.
    seed: u64,
    /// `--set`: this set only.
    set: Option<String>,
    /// `--instances`: writes what was solved as JSON lines, for another solver.
    instances: Option<PathBuf>,
}

fn wishes() -> Wishes {
    let mut wishes = Wishes {
        seconds: 10,
        sample: 1,
        threads: 1,
        schedules_max: u64::MAX,
        seed: 1,
        set: None,
        instances: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next().unwrap_or_else(|| panic!("{name} wants a value"));
        let number =
            || value.parse::<u64>().unwrap_or_else(|_| panic!("{name} wants a whole number, not {value:?}"));
        let count = || usize::try_from(number()).unwrap().max(1);
        match name.as_str() {
            "--seconds" => wishes.seconds = number(),
            "--sample" => wishes.sample = count(),
            "--threads" => wishes.threads = count(),
            "--schedules" => wishes.schedules_max = number(),
            "--seed" => wishes.seed = number(),
            "--set" => wishes.set = Some(value),
            "--instances" => wishes.instances = Some(PathBuf::from(value)),
            _ => panic!("there is no option {name}"),
        }
    }
    wishes
}

/// What came of one instance.
struct Result {
    set: String,
    ends: u32,
    best_known: u32,
    best_known_from: &'static str,
    closed: bool,
    proven: bool,
    schedules: u64,
    seconds: f64,
}

fn measure(instance: &Instance, wishes: &Wishes) -> Result {
    let problem = psplib::read(&instance.path);
    let started = Instant::now();
    let limit = Duration::from_secs(wishes.seconds);
    let effort = Effort { schedules_max: wishes.schedules_max, seed: wishes.seed };
    let answer = solve(&problem, effort, &mut || started.elapsed() >= limit);
    let seconds = started.elapsed().as_secs_f64();
    let found = answer.found.unwrap_or_else(|reason| panic!("{}: {reason}", instance.name));
    let broken = verify(&problem, &found.schedule);
    assert!(broken.is_empty(), "{}: the verifier found {}", instance.name, broken[0]);
    assert_eq!(
        found.ends,
        found.schedule.ends(&problem),
        "{}: the end is not that of the schedule",
        instance.name
    );
    let proven = found.ends == found.ends_at_least;
    assert!(
        !instance.closed || found.ends >= instance.best_known,
        "{}: {} is below the proven optimum {}",
        instance.name,
        found.ends,
        instance.best_known
    );
    println!(
        "{:<10} {:>4}, best known {:>4}{}, no less than {:>4}, {:>9} schedules, {seconds:.1} s",
        instance.name,
        found.ends,
        instance.best_known,
        if instance.closed { " (proven)" } else { " (open)" },
        found.ends_at_least,
        answer.schedules,
    );
    Result {
        set: instance.set.clone(),
        ends: found.ends,
        best_known: instance.best_known,
        best_known_from: instance.best_known_from,
        closed: instance.closed,
        proven,
        schedules: answer.schedules,
        seconds,
    }
}

/// `threads` instances side by side, each taken by whoever is free.
fn measure_all(instances: &[Instance], wishes: &Wishes) -> Vec<Result> {
    let next = Mutex::new(instances.iter());
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..wishes.threads {
            scope.spawn(|| {
                loop {
                    let instance = next.lock().unwrap().next();
                    let Some(instance) = instance else { break };
                    let result = measure(instance, wishes);
                    results.lock().unwrap().push(result);
                }
            });
        }
    });
    results.into_inner().unwrap()
}

fn report(set: &str, of: usize, results: &[&Result], wishes: &Wishes) {
    let ran = results.len() as f64;
    let deviation = |result: &&Result| (f64::from(result.ends) / f64::from(result.best_known) - 1.0) * 100.0;
    let mean = results.iter().map(deviation).sum::<f64>() / ran;
    let worst = results.iter().map(deviation).fold(0.0, f64::max);
    let count = |is: &dyn Fn(&&&Result) -> bool| results.iter().filter(is).count();
    let schedules: u64 = results.iter().map(|result| result.schedules).sum();
    let seconds: f64 = results.iter().map(|result| result.seconds).sum();
    let from = |name: &str| count(&|result| result.best_known_from == name);
    println!(
        "{{\"metric\":\"{set}_mean_deviation_percent\",\"value\":{mean},\"unit\":\"%\",\"instances_run\":{},\
         \"instances_of_the_set\":{of},\"worst_deviation_percent\":{worst},\"at_best_known\":{},\"below_best_known\":{},\
         \"proven_best\":{},\"open_instances\":{},\"best_known\":\"least of optimum.csv and bounds.csv upper bounds\",\
         \"best_known_only_in_optimum_csv\":{},\"best_known_only_in_bounds_csv\":{},\"schedules\":{schedules},\
         \"schedules_per_second\":{},\"seconds_each_at_most\":{},\"seconds_used\":{seconds},\"threads\":{},\"seed\":{}}}",
        results.len(),
        count(&|result| result.ends == result.best_known),
        count(&|result| result.ends < result.best_known),
        count(&|result| result.proven),
        count(&|result| !result.closed),
        from("optimum.csv"),
        from("bounds.csv"),
        (schedules as f64 / seconds.max(1e-9)).round(),
        wishes.seconds,
        wishes.threads,
        wishes.seed,
    );
}

/// What another solver needs to try the same.
fn write_instances(path: &Path, instances: &[Instance]) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for instance in instances {
        let problem = psplib::read(&instance.path);
        let list = |texts: Vec<String>| format!("[{}]", texts.join(","));
        let tasks = problem.tasks().iter().map(|task| {
            let step = &task.modes[0].steps[0];
            let needs =
                step.needs.iter().map(|need| format!("[{},{}]", need.resource, need.amount)).collect();
            let after = task.after.iter().map(|after| after.task.to_string()).collect();
            format!("{{\"minutes\":{},\"needs\":{},\"after\":{}}}", step.minutes, list(needs), list(after))
        });
        let amounts = problem.resources().iter().map(|resource| resource.levels[0].amount.to_string());
        writeln!(
            file,
            "{{\"set\":\"{}\",\"name\":\"{}\",\"best_known\":{},\"horizon\":{},\"amounts\":{},\"tasks\":{}}}",
            instance.set,
            instance.name,
            instance.best_known,
            problem.horizon_minutes(),
            list(amounts.collect()),
            list(tasks.collect()),
        )
        .unwrap();
    }
    file.flush().unwrap();
}

fn main() {
    let wishes = wishes();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("SEGUE_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folder = shared.join("data/rcpsp");
    assert!(folder.join("bounds.csv").is_file(), "the PSPLIB instances are not at {}", folder.display());
    let all = psplib::instances(&folder);
    let wanted = |instance: &&Instance| wishes.set.as_ref().is_none_or(|set| *set == instance.set);
    let size = |set: &str| all.iter().filter(|instance| instance.set == set).count();
    let sizes = ["j30", "j60", "j120"].map(|set| (set, size(set)));
    // Of each set, so that a sample has something of all.
    let mut chosen = Vec::new();
    for (set, _) in sizes {
        chosen.extend(
            all.iter().filter(wanted).filter(|instance| instance.set == set).step_by(wishes.sample).cloned(),
        );
    }
    if let Some(path) = &wishes.instances {
        write_instances(path, &chosen);
    }
    let results = measure_all(&chosen, &wishes);
    assert_eq!(results.len(), chosen.len());
    for (set, of) in sizes {
        let of_set: Vec<&Result> = results.iter().filter(|result| result.set == set).collect();
        if !of_set.is_empty() {
            report(set, of, &of_set, &wishes);
        }
    }
}
