//! `vm-night`: Segue's promises kept on real machines that really restart. Run by `cargo xtask test vm`.
//! Everything it starts (machines, servers) it ends; everything it makes lies in the work folder.

// A command-line program speaks on its streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod beside;
mod guest;
mod machine;
mod night;
mod plan;
mod record;
mod repository;
mod rig;
mod site;
mod steps;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::beside::Patchman;
use crate::rig::{Paths, Rig};
use crate::steps::Steps;

#[derive(Parser)]
#[command(about = "Patch real (emulated) Debian machines and see what is said of them")]
struct Args {
    /// Where images, machines and logs lie; what is in it is used again
    #[arg(long)]
    work: PathBuf,
    /// This project's folder
    #[arg(long)]
    project: PathBuf,
    /// The folder of the built `segue` and `segue-agent`
    #[arg(long)]
    built: PathBuf,
    /// Run patchman beside it (needs PyPI once)
    #[arg(long)]
    patchman: bool,
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
    let paths = Paths {
        rig: args.project.join("tests/vm/rig"),
        agent: args.built.join("segue-agent"),
        unit: args.project.join("crates/agent/unit/segue-agent.service"),
    };
    let rig =
        steps.step("the image and the signed repository are made", || Rig::prepare(&paths, &args.work))?;
    let patchman = match args.patchman {
        true => Some(steps.step("patchman runs beside", || Patchman::start(&paths.rig, &rig.work))?),
        false => None,
    };
    night::run(&paths, &rig, &args.built.join("segue"), patchman, steps)
}
