//! Every test of the workspace that needs no server: with `cargo nextest` where it is installed, else `cargo test`.

use std::process::Command;

use super::{Shared, minutes};
use crate::count::Words;
use crate::report::Report;

/// Tests with this in their name belong to the `db` suite.
pub(super) const DATABASE_WORD: &str = "postgres";
/// Tests with this in their name belong to the `archive` suite.
pub(super) const ARCHIVE_WORD: &str = "orthanc_";

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("unit", "it does not compile");
        return;
    }
    let (words, mut tests) = runner(
        shared,
        &format!("not test({DATABASE_WORD}) and not test({ARCHIVE_WORD})"),
        &["--skip", DATABASE_WORD, "--skip", ARCHIVE_WORD],
    );
    report.step("unit", words, minutes(35), &mut tests);
    let mut docs = shared.place.cargo(&["test", "--doc", "--workspace", "--locked"]);
    docs.env("CARGO_TERM_PROGRESS_WHEN", "never");
    // A house without examples in its documentation has none to fail, so this is a step and not a count.
    report.step("doc tests", Words::Step, minutes(15), &mut docs);
}

/// The workspace's tests, chosen by a filter in the words of each of the two runners.
pub(super) fn runner(shared: &Shared, nextest_filter: &str, test_args: &[&str]) -> (Words, Command) {
    if shared.nextest {
        let mut command =
            shared.place.cargo(&["nextest", "run", "--workspace", "--locked", "--profile", "ci"]);
        command.args(["-E", nextest_filter]);
        return (Words::Nextest, command);
    }
    let mut command = shared.place.cargo(&[
        "test",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
    ]);
    command.arg("--").args(test_args);
    (Words::CargoTest, command)
}
