//! Runs nights and says what the oracle found, as `cargo test` would, for `cargo xtask test sim`:
//! - `seeds FIRST COUNT`: nothing forbidden happens in any of them; with COUNT 1 it prints how it came to that;
//! - `seeds hashes FIRST COUNT`: the hash of each, for comparison with another process;
//! - `seeds planted FIRST COUNT` (feature `planted`): every planted bug is found by one of them.
//!
//! With `--only TEXT` those with TEXT in their name only.
//!
//! `--threads N` runs so many nights at once (default 1); what comes out does not depend on it.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use sim::faults::{Fault, Faults};
use sim::scenario::of_seed;
use sim::world::{Options, Outcome, World};

/// One of so many seeds is run twice.
const AGAIN_EVERY: u64 = 5;
/// So many seeds are run by another process as well.
const ELSEWHERE_MAX: u64 = 25;
/// From so many seeds on every kind of fault must have happened.
const MANY: u64 = 200;

/// What is asked for.
struct Wish {
    first: u64,
    count: u64,
    threads: usize,
    /// Of planted bugs those with this in their name only.
    only: String,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let threads = value("--threads").and_then(|text| text.parse().ok()).unwrap_or(1);
    let numbers: Vec<u64> =
        args.iter().take_while(|arg| !arg.starts_with("--")).filter_map(|arg| arg.parse().ok()).collect();
    let (first, count) = (*numbers.first().unwrap_or(&1), *numbers.get(1).unwrap_or(&1));
    let only = value("--only").cloned().unwrap_or_default();
    let wish = Wish { first, count, threads, only };
    let is = |word: &str| args.iter().any(|arg| arg == word);
    if is("hashes") {
        for (seed, outcome) in nights(&wish, |seed| night(seed, false)) {
            println!("{seed} {}", outcome.hash);
        }
        return ExitCode::SUCCESS;
    }
    let (passed, failed) = if is("planted") { planted(&wish) } else { sound(&wish) };
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed;");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn night(seed: u64, keep_lines: bool) -> Outcome {
    World::new(seed, of_seed(seed), Options { keep_lines, ..Options::default() }).run()
}

/// What `run` makes of each seed, in the order of the seeds.
fn nights<T: Send>(wish: &Wish, run: impl Fn(u64) -> T + Sync) -> Vec<(u64, T)> {
    let seeds: Vec<u64> = (wish.first..wish.first + wish.count).collect();
    in_parallel(&seeds, wish.threads, run)
}

fn in_parallel<T: Send>(seeds: &[u64], threads: usize, run: impl Fn(u64) -> T + Sync) -> Vec<(u64, T)> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let out = (*seed, run(*seed));
                    if let Ok(mut done) = done.lock() {
                        done.push(out);
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(seed, _)| *seed);
    done
}

fn tell(seed: u64, outcome: &Outcome) {
    println!(
        "seed {seed}: {} events, {} facts, {:?}, {}",
        outcome.events, outcome.facts, outcome.seen, outcome.hash
    );
    for violation in &outcome.violations {
        println!("  {} {}: {}", violation.at.0, violation.invariant, violation.says);
    }
}

/// Nothing forbidden happens, a seed is the same night again, here and in another process, and all that can go wrong did.
fn sound(wish: &Wish) -> (u64, u64) {
    if wish.count == 1 {
        return alone(wish.first);
    }
    let (mut passed, mut failed) = (0, 0);
    let mut count = |ok: bool| if ok { passed += 1 } else { failed += 1 };
    let ran = nights(wish, |seed| {
        let outcome = night(seed, false);
        let again = (seed % AGAIN_EVERY == 0).then(|| night(seed, false).hash);
        let same = again.is_none_or(|hash| hash == outcome.hash);
        (outcome, same)
    });
    let (mut faults, mut started, mut proven, mut further) = (Faults::default(), 0, 0, 0);
    for (seed, (outcome, same)) in &ran {
        if !same {
            println!("seed {seed}: another night the second time");
        }
        if !outcome.violations.is_empty() {
            tell(*seed, outcome);
        }
        count(*same && outcome.violations.is_empty());
        faults.add(&outcome.faults);
        started += outcome.seen.started;
        proven += outcome.seen.proven;
        further += outcome.seen.further;
    }
    count(same_elsewhere(
        wish,
        &ran.iter().map(|(seed, (outcome, _))| (*seed, &*outcome.hash)).collect::<Vec<_>>(),
    ));
    println!("{started} plans were started, {proven} hosts proven, {further} further outages used");
    for fault in Fault::ALL {
        println!("{fault:?}: {}", faults.count(fault));
        if wish.count >= MANY {
            count(faults.count(fault) > 0);
        }
    }
    if wish.count >= MANY {
        // A night in which nothing is ever begun or proven would be sound as well.
        count(u64::from(started) >= wish.count && proven > 0 && further > 0);
    }
    (passed, failed)
}

fn alone(seed: u64) -> (u64, u64) {
    let outcome = night(seed, true);
    outcome.lines.iter().for_each(|line| print!("{line}"));
    println!("{:#?}", of_seed(seed).troubles);
    tell(seed, &outcome);
    if outcome.violations.is_empty() { (1, 0) } else { (0, 1) }
}

/// Another process makes the same nights of the first seeds.
fn same_elsewhere(wish: &Wish, here: &[(u64, &str)]) -> bool {
    let count = wish.count.min(ELSEWHERE_MAX);
    let output = std::env::current_exe().and_then(|program| {
        Command::new(program).args(["hashes", &wish.first.to_string(), &count.to_string()]).output()
    });
    let there = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => {
            println!("the other process did not start: {error}");
            return false;
        }
    };
    let compared =
        here.iter().zip(there.lines()).take_while(|((seed, hash), line)| **line == format!("{seed} {hash}"));
    let same = compared.count() as u64;
    println!("{same} of {count} seeds are the same night in another process");
    same == count
}

#[cfg(feature = "planted")]
fn planted(wish: &Wish) -> (u64, u64) {
    let (mut passed, mut failed) = (0, 0);
    for plant in sim::plant::PLANTS.iter().filter(|plant| plant.name.contains(&wish.only)) {
        match finds(wish, plant) {
            Some((seed, invariant)) => {
                println!("found by seed {seed}: {} ({invariant})", plant.name);
                passed += 1;
            }
            None => {
                println!("NOT FOUND: {}", plant.name);
                failed += 1;
            }
        }
    }
    (passed, failed)
}

/// The first seed that brings a planted bug to light, and which invariant it breaks.
#[cfg(feature = "planted")]
fn finds(wish: &Wish, plant: &sim::plant::Plant) -> Option<(u64, &'static str)> {
    let seeds: Vec<u64> = (wish.first..wish.first + wish.count).collect();
    let run = |seed: u64| World::new(seed, of_seed(seed), plant.options()).run().violations;
    seeds.chunks(wish.threads.max(1)).find_map(|few| {
        let found = in_parallel(few, wish.threads, run);
        found.into_iter().find_map(|(seed, violations)| Some((seed, violations.first()?.invariant)))
    })
}

#[cfg(not(feature = "planted"))]
fn planted(wish: &Wish) -> (u64, u64) {
    println!("planted bugs ({:?}) exist with the feature `planted` only", wish.only);
    (0, 1)
}
