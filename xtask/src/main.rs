//! The commands people run on this repository: `cargo xtask test | ci | demo | bench`.
//! It only arranges other programs (cargo, node, apt-get); nothing that Segue needs at run time may live here.

// A command-line program speaks on its streams; the library crates do not.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod count;
mod demo;
mod needs;
mod place;
mod report;
mod run;
mod suites;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::place::Place;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Show, test and measure Segue")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the test suites, all of them or those named; installs what they need
    Test {
        /// Suites to run (see --list); none means all
        suites: Vec<String>,
        /// Name the suites and what they need, run nothing
        #[arg(long)]
        list: bool,
    },
    /// What the CI runs: every suite
    Ci,
    /// Build Segue in release and serve the sample hospital at http://127.0.0.1:7227
    Demo {
        /// Handed on to `segue demo`, for example `--port 8080` or `--fresh`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure, and compare with the targets of the design
    Bench {
        /// Which measurement (see --list)
        name: Option<String>,
        /// One JSON object a line on stdout
        #[arg(long)]
        json: bool,
        /// Exit 1 and name each target that was missed
        #[arg(long)]
        check: bool,
        /// Only every N-th instance (bench schedule)
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        sample: Option<u16>,
        /// So many instances side by side, each still on one thread (bench schedule)
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        threads: Option<u16>,
        /// Name the measurements and their targets, run nothing
        #[arg(long)]
        list: bool,
    },
}

fn main() -> ExitCode {
    match dispatch(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one command; `Ok(false)` means that it ran and something was not as it should be.
fn dispatch(cli: Cli) -> Result<bool> {
    match cli.command {
        Command::Test { suites: _, list: true } => {
            suites::list();
            Ok(true)
        }
        Command::Test { suites, list: false } => suites::run(&Place::find()?, &suites),
        Command::Ci => suites::run(&Place::find()?, &[]),
        Command::Demo { args } => demo::run(&Place::find()?, &args),
        Command::Bench { name: None, .. } | Command::Bench { list: true, .. } => {
            bench::list();
            Ok(true)
        }
        Command::Bench { name: Some(name), json, check, sample, threads, list: false } => {
            let part = (sample.is_some() || threads.is_some()).then(|| bench::Part {
                sample: sample.unwrap_or(1).into(),
                threads: threads.unwrap_or(1).into(),
            });
            bench::run(&Place::find()?, &name, bench::Wish { json, check, part })
        }
    }
}
