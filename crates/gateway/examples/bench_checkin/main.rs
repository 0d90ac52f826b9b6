//! Measures check-ins: simulated agents with certificates and wire messages of their own against the real gateway on a real
//! journal, in a process of its own. Prints one JSON object a line.
//!
//! Run it through `cargo xtask bench checkin`, or by itself: `cargo run --release -p gateway --example bench_checkin`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod agents;
mod client;
mod count;
mod figures;
mod fleet;
mod loads;
mod process;
mod reports;
mod serve;
mod stream;

use std::path::PathBuf;

use clap::Parser;
use gateway::open_files;

#[derive(Parser, Clone)]
pub(crate) struct Args {
    /// Where the journal is made; removed at the end.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Hosts with an agent.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=999_999))]
    agents: u32,
    /// How often each checks in, and how long each load lasts.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: u64,
    /// Packages on each host.
    #[arg(long, default_value_t = 300)]
    packages: usize,
    /// Be the server (the bench starts itself so).
    #[arg(long, hide = true)]
    serve: bool,
}

impl Args {
    fn agents(&self) -> usize {
        self.agents as usize
    }
}

fn main() {
    let args = Args::parse();
    // Both ends hold a connection of every agent.
    let files = open_files::raise(open_files::wanted(args.agents()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if args.serve {
        runtime.block_on(serve::run(&args));
    } else {
        runtime.block_on(loads::measure(args, files));
    }
}
