//! The browser tests: node's own runner drives Debian's Chromium against the `segue` that the other suites built.

use super::{Shared, minutes};
use crate::count::Words;
use crate::needs;
use crate::report::Report;

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("browser", "it does not compile");
        return;
    }
    let folder = shared.place.root.join("tests/e2e");
    let mut npm = shared.place.command("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
    if !report.step("npm packages", Words::Step, minutes(8), &mut npm) {
        report.not_run("browser", "its npm packages could not be installed");
        return;
    }
    let mut files = match test_files(&folder.join("tests")) {
        Ok(files) => files,
        Err(error) => return report.not_run("browser", &format!("no tests could be listed: {error}")),
    };
    files.sort();
    let mut node = shared.place.command("node");
    // One file at a time: each starts a server and a browser, and the machine may have two cores.
    node.args(["--test", "--test-concurrency=1", "--test-reporter=tap"])
        .args(files)
        .current_dir(&folder)
        .env("SEGUE_BIN", shared.place.target.join("debug/segue"));
    if let Some(chromium) = needs::chromium() {
        node.env("SEGUE_CHROMIUM", chromium);
    }
    report.step("browser", Words::Node, minutes(20), &mut node);
}

fn test_files(folder: &std::path::Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let files = entries.into_iter().map(|entry| entry.path());
    Ok(files.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect())
}
