//! What can be said without running anything: format, clippy, and the licences and sources of the dependencies.

use super::{BUILD_TIME_MAX_MINUTES, Shared, minutes};
use crate::count::Words;
use crate::report::Report;
use crate::run::on_path;

pub(super) fn run(shared: &Shared, report: &mut Report) {
    let place = shared.place;
    // Names of files only: the whole difference is thousands of lines, and `cargo fmt` is the answer to each.
    report.step(
        "format",
        Words::Step,
        minutes(2),
        &mut place.cargo(&["fmt", "--all", "--", "--check", "-l"]),
    );
    let mut clippy =
        place.cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    report.step("clippy", Words::Step, minutes(BUILD_TIME_MAX_MINUTES), &mut clippy);
    if on_path("cargo-deny") {
        // Not its advisory check: the database is fetched from a network that the CI does not have.
        let mut deny = place.cargo(&["deny", "check", "bans", "licenses", "sources"]);
        report.step("cargo deny", Words::Step, minutes(3), &mut deny);
    } else {
        println!(
            "\ncargo-deny is not installed: licences, sources and bans are checked by `house` in the unit suite \
             (`cargo install --locked cargo-deny` adds a second opinion)"
        );
    }
}
