//! `cargo xtask demo`: from a fresh checkout to a hospital in the browser, with one command.

use std::os::unix::process::CommandExt;

use anyhow::{Result, anyhow, bail};

use crate::needs;
use crate::place::Place;

/// Builds `segue` in release and becomes it, serving the sample hospital. Returns only when something went wrong.
///
/// # Errors
/// Something is missing on the machine, or `segue` does not compile or start.
pub(crate) fn run(place: &Place, args: &[String]) -> Result<bool> {
    needs::ensure(&[&needs::BUILD_TOOLS])?;
    eprintln!("building segue (release); the first time takes some minutes");
    let status =
        place.cargo(&["build", "--release", "--locked", "-p", "segue", "--bin", "segue"]).status()?;
    if !status.success() {
        bail!("segue does not compile; see the messages above");
    }
    let mut segue = place.command(place.target.join("release/segue"));
    segue.arg("demo");
    if !args.iter().any(|arg| arg == "--data" || arg.starts_with("--data=")) {
        segue.args(["--data", "segue-demo"]);
    }
    segue.args(args);
    // From here on this process is `segue`: Ctrl-C and the exit status are its own.
    Err(anyhow!("segue did not start: {}", segue.exec()))
}
