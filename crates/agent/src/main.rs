//! `segue-agent`: the command line of the agent, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    agent::shell::cli::main(std::env::args().skip(1))
}
