//! `segue`: the one binary. It wires journal, core, adapters and server together and speaks with people on a terminal.

mod accounts;
mod archives;
mod args;
mod cmd;
mod config;
mod demo;
mod hl7;
mod imports;
mod out;
mod place;
mod telling;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    // The agent needs nothing of the server's world: no journal, no configuration, no runtime.
    if let args::Command::Agent { args } = &args.command {
        return agent::shell::cli::main(args.clone());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            out::say(&format!("segue: no threads can be started: {cause}"));
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(cmd::run(args)) {
        Ok(code) => code,
        Err(failed) => {
            out::say(&format!("segue: {}", failed.sentence()));
            ExitCode::from(failed.code())
        }
    }
}
