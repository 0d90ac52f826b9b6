//! Replays every seed on the stable compiler, then a fixed number of seeded mutations of them. Its last line counts.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use clap::Parser;
use fuzz_targets::mutate::{Draws, changed};
use fuzz_targets::{TARGETS, Target, corpus};
use sha2::{Digest, Sha256};

/// One input may take this long; the slowest seed takes a few milliseconds.
const INPUT_TIME_MAX_SECONDS: u64 = 20;
/// Only seeds up to this size are changed.
const MUTATED_SEED_MAX_BYTES: usize = 4 * 1024;

#[derive(Parser)]
#[command(about = "Replay the fuzz corpora and seeded mutations of them")]
struct Options {
    /// Only this target
    #[arg(long)]
    target: Option<String>,
    /// Mutations of each target
    #[arg(long, default_value_t = 20_000)]
    mutations: u64,
    /// Stop a target's mutations after this many seconds, whatever their number
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Where the draws start; the same number gives the same inputs
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write each input to fuzz/artifacts before it is read: for what ends the program itself, as a stack overflow does
    #[arg(long)]
    trace: bool,
    /// Replay only these files (with --target)
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for target in TARGETS {
        if options.target.as_ref().is_some_and(|name| name != target.name) {
            continue;
        }
        let (good, bad) = replay(target, &options);
        passed += good;
        failed += bad;
    }
    if passed + failed == 0 {
        println!("nothing was replayed: there is no such target or it has no seeds");
        failed = 1;
    }
    println!("replay result: {passed} passed; {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Replays one target; the seeds count one each, its mutations count one in all.
fn replay(target: &'static Target, options: &Options) -> (u64, u64) {
    let seeds = if options.files.is_empty() {
        corpus::seeds(target.name)
    } else {
        options.files.iter().map(|path| std::fs::read(path).map(|bytes| (path.clone(), bytes))).collect()
    };
    let seeds = match seeds {
        Ok(seeds) if !seeds.is_empty() => seeds,
        Ok(_) => {
            println!("{}: no seeds", target.name);
            return (0, 1);
        }
        Err(error) => {
            println!("{}: the seeds could not be read: {error}", target.name);
            return (0, 1);
        }
    };
    let (mut passed, mut failed) = (0, 0);
    let mut reader = Reader::new(target, options.trace);
    for (path, bytes) in &seeds {
        if reader.read(bytes, &path.display().to_string()) { passed += 1 } else { failed += 1 }
    }
    let seed_count = seeds.len();
    // A large seed is there for a limit; changing it would only be slow.
    let small = |bytes: &Vec<u8>| bytes.len() <= MUTATED_SEED_MAX_BYTES;
    let bodies: Vec<Vec<u8>> = seeds.into_iter().map(|(_, bytes)| bytes).filter(small).collect();
    let (started, mut draws, mut tried, mut broken) = (Instant::now(), Draws::new(options.seed), 0, 0);
    let wanted = if options.files.is_empty() { options.mutations } else { 0 };
    while tried < wanted && started.elapsed().as_secs() < options.seconds && broken < 5 {
        let input = changed(&mut draws, &bodies, target.words);
        tried += 1;
        if !reader.read(&input, &format!("mutation {tried} of seed {}", options.seed)) {
            broken += 1;
        }
    }
    println!(
        "{}: {} seeds, {tried} mutations (seed {}) in {:.1} s, slowest {:.3} s: {}; {} broken",
        target.name,
        seed_count,
        options.seed,
        started.elapsed().as_secs_f64(),
        reader.slowest.0.as_secs_f64(),
        reader.slowest.1,
        failed + broken
    );
    if wanted > 0 && broken == 0 {
        passed += 1;
    }
    (passed, failed + broken)
}

/// Feeds one target from a thread of its own, with the stack that a server's thread has.
struct Reader {
    target: &'static Target,
    trace: bool,
    inputs: Sender<Vec<u8>>,
    done: Receiver<()>,
    slowest: (Duration, String),
}

impl Reader {
    fn new(target: &'static Target, trace: bool) -> Reader {
        let (inputs, waiting) = channel::<Vec<u8>>();
        let (say_done, done) = channel();
        std::thread::spawn(move || {
            for input in waiting {
                (target.run)(&input);
                if say_done.send(()).is_err() {
                    return;
                }
            }
        });
        Reader { target, trace, inputs, done, slowest: (Duration::ZERO, String::new()) }
    }

    /// `true` when the target kept its promises on `input`, in time.
    fn read(&mut self, input: &[u8], what: &str) -> bool {
        if self.trace {
            keep(self.target, "current", input);
        }
        let started = Instant::now();
        // A send fails only when the thread has ended, which the answer below then says too.
        let _ = self.inputs.send(input.to_vec());
        let how = match self.done.recv_timeout(Duration::from_secs(INPUT_TIME_MAX_SECONDS)) {
            Ok(()) => {
                let took = started.elapsed();
                if took > self.slowest.0 {
                    self.slowest = (took, what.to_owned());
                }
                return true;
            }
            Err(RecvTimeoutError::Disconnected) => "it panicked",
            Err(RecvTimeoutError::Timeout) => "it did not end",
        };
        let name: String = hex::encode(Sha256::digest(input)).chars().take(16).collect();
        let path = keep(self.target, &name, input);
        println!("{}: {what}: {how}. The input is kept. Again:", self.target.name);
        println!("    cargo run -p fuzz-targets -- --target {} {}", self.target.name, path.display());
        *self = Reader::new(self.target, self.trace);
        false
    }
}

fn keep(target: &Target, name: &str, input: &[u8]) -> PathBuf {
    let folder = corpus::folder().join("artifacts");
    let path = folder.join(format!("{}-{name}", target.name));
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(Path::new(&path), input));
    if let Err(error) = written {
        eprintln!("{} could not be written: {error}", path.display());
    }
    path
}
