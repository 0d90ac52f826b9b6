//! Reads single-mode PSPLIB instances (`.sm`) and what is known of their shortest schedules. Public benchmark files, read here and
//! nowhere else; a file that is not as it should be ends the bench with its name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use planning::schedule::{After, Draft, Level, Mode, Need, Problem, Resource, Step, Task};

/// An instance with the best known end.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) set: String,
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The least of the upper bounds in `optimum.csv` (kobe-scheduling) and `bounds.csv` (optalcp-benchmarks).
    pub(crate) best_known: u32,
    /// Which of them has it.
    pub(crate) best_known_from: &'static str,
    /// Is it proven that nothing is shorter?
    pub(crate) closed: bool,
}

/// Every instance below a folder, in the order of their sets and numbers.
pub(crate) fn instances(folder: &Path) -> Vec<Instance> {
    let bounds = bounds(folder);
    let mut all = Vec::new();
    for set in ["j30", "j60", "j120"] {
        let optima =
            std::fs::read_to_string(folder.join(set).join("optimum.csv")).expect("optimum.csv is there");
        for line in optima.lines().skip(1) {
            let (file, optimum) =
                line.split_once(',').unwrap_or_else(|| panic!("optimum.csv of {set}: {line:?}"));
            let name = file.trim_end_matches(".sm");
            let kobe: u32 =
                optimum.rsplit("..").next().and_then(|upper| upper.trim().parse().ok()).expect("a makespan");
            let (lower, upper) = bounds.get(name).copied().expect("bounds.csv has each instance");
            let best_known = kobe.min(upper);
            let best_known_from = match kobe.cmp(&upper) {
                std::cmp::Ordering::Less => "optimum.csv",
                std::cmp::Ordering::Greater => "bounds.csv",
                std::cmp::Ordering::Equal => "both",
            };
            let path = folder.join(set).join(file);
            let (set, name) = (set.to_owned(), name.to_owned());
            all.push(Instance { set, name, path, best_known, best_known_from, closed: lower == best_known });
        }
    }
    all
}

/// Best lower and upper bound of each instance in `bounds.csv`.
fn bounds(folder: &Path) -> BTreeMap<String, (u32, u32)> {
    let text = std::fs::read_to_string(folder.join("bounds.csv")).expect("bounds.csv is there");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        Some((fields.get(1)?.to_string(), (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
    };
    text.lines().skip(1).map(|line| row(line).unwrap_or_else(|| panic!("bounds.csv: {line:?}"))).collect()
}

/// Reads one instance.
pub(crate) fn read(path: &Path) -> Problem {
    let text = std::fs::read_to_string(path).expect("the instance can be read");
    let numbers =
        |line: &str| -> Vec<u32> { line.split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let section = |title: &str| -> Vec<Vec<u32>> {
        let lines = text.lines().skip_while(|line| !line.starts_with(title)).skip(1);
        let rows = lines.take_while(|line| !line.starts_with('*')).filter(|line| !line.starts_with("jobnr"));
        let rows = rows.map(numbers);
        rows.filter(|row| !row.is_empty()).collect()
    };
    let horizon_minutes = text
        .lines()
        .find(|line| line.starts_with("horizon"))
        .and_then(|line| numbers(line).first().copied())
        .expect("a horizon");
    let (follows, durations, available) =
        (section("PRECEDENCE"), section("REQUESTS"), section("RESOURCEAVAILABILITIES"));
    let levels = available.last().expect("availabilities");
    let resource = |(ix, amount): (usize, &u32)| Resource {
        name: format!("R{}", ix + 1).into(),
        levels: vec![Level { from_minute: 0, amount: *amount }],
    };
    let mut tasks: Vec<Task> = durations
        .iter()
        .map(|row| {
            let needs = row[3..].iter().enumerate().filter(|(_, amount)| **amount > 0);
            let needs = needs.map(|(resource, amount)| Need { resource, amount: *amount }).collect();
            Task {
                name: format!("job {}", row[0]).into(),
                modes: vec![Mode { steps: vec![Step { minutes: row[2], needs }], back_out: None }],
                after: Vec::new(),
                release_minute: 0,
                latest_start_minute: horizon_minutes,
                deadline_minute: horizon_minutes,
                blackouts: Vec::new(),
            }
        })
        .collect();
    for row in &follows {
        for follower in &row[3..] {
            tasks[*follower as usize - 1].after.push(After { task: row[0] as usize - 1, lag_minutes: 0 });
        }
    }
    let resources = levels.iter().enumerate().map(resource).collect();
    Problem::new(Draft { horizon_minutes, resources, tasks })
        .unwrap_or_else(|error| panic!("{path:?}: {error}"))
}
