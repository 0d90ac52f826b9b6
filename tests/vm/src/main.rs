//! `vm-night`: Segue's promises kept on real machines that really restart. Run by `cargo xtask test vm`.
//! Everything it starts (machines, servers) it ends; everything it makes lies in the work folder.

// A command-line program speaks on its streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod guest;
mod incident;
mod machine;
mod repository;
mod rig;
mod steps;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::rig::Rig;
use crate::steps::Steps;

#[derive(Parser)]
#[command(about = "Patch real (emulated) Debian machines and see what is said of them")]
struct Args {
    /// Where images, machines and logs lie; what is in it is used again
    #[arg(long)]
    work: PathBuf,
    /// The folder of this project's `tests/vm/rig`
    #[arg(long)]
    rig: PathBuf,
    /// The built `segue`
    #[arg(long)]
    segue: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut steps = Steps::default();
    if let Err(error) = run(&args, &mut steps) {
        steps.failed(&error);
    }
    if steps.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(args: &Args, steps: &mut Steps) -> Result<()> {
    let rig = steps.step("the image and the signed repository are made", || {
        Rig::prepare(&args.rig, &args.work, &args.segue)
    })?;
    incident::run(&rig, steps)
}
