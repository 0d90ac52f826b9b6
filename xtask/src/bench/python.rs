//! Python packages that benches are compared with: each in a virtual environment of its own under the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The Python of a virtual environment with the pinned package (`name==version`) in it; made once.
pub(super) fn with_package(target: &Path, pinned: &str) -> Result<PathBuf> {
    let folder = target.join("bench-python").join(pinned.replace("==", "-"));
    let python = folder.join("bin/python");
    let complete = folder.join("complete");
    if !complete.is_file() {
        eprintln!("making a Python environment with {pinned}");
        succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        succeed(Command::new(&python).args(["-m", "pip", "install", "--quiet", pinned]))?;
        std::fs::write(&complete, "")?;
    }
    Ok(python)
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{:?} did not start", command.get_program()))?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(())
}
