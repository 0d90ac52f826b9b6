//! Where things are: the workspace, its target folder, and the cargo that started us.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The checkout that commands work on.
pub(crate) struct Place {
    /// Folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder (`CARGO_TARGET_DIR` is respected).
    pub(crate) target: PathBuf,
}

impl Place {
    /// Asks cargo where the workspace and its target folder are.
    pub(crate) fn find() -> Result<Place> {
        #[derive(serde::Deserialize)]
        struct Metadata {
            workspace_root: PathBuf,
            target_directory: PathBuf,
        }
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"])
            .arg(manifest)
            .output()
            .context("cargo metadata did not start")?;
        let found: Metadata = serde_json::from_slice(&output.stdout).with_context(|| {
            format!("cargo metadata answered: {}", String::from_utf8_lossy(&output.stderr).trim())
        })?;
        Ok(Place { root: found.workspace_root, target: found.target_directory })
    }

    /// A cargo command that runs in the workspace.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command(cargo());
        command.args(args);
        command
    }

    /// Any program, run in the workspace.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}
