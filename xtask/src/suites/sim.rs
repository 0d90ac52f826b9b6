//! The simulated hospital: a fixed set of seeds in which nothing forbidden may happen, then planted bugs that must all be found.

use std::process::Command;

use super::{Shared, minutes};
use crate::count::Words;
use crate::report::Report;

/// Nights in every run.
const NIGHTS: &str = "500";
/// Nights in one of which each planted bug must show.
const PLANTED_NIGHTS: &str = "600";

pub(super) fn run(shared: &Shared, report: &mut Report) {
    // A profile of its own: optimised, for the nights are many, and in a folder in which nothing is ever shipped from, for its
    // rollouts can have bugs planted.
    let options =
        ["--profile", "sim", "--locked", "-p", "sim", "--example", "seeds", "--features", "sim/planted"];
    let mut build = shared.place.cargo(&["build"]);
    build.args(options);
    if !report.step("build sim", Words::Step, minutes(15), &mut build) {
        report.not_run("sim", "it does not compile");
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from).to_string();
    let nights = |args: &[&str]| -> Command {
        let mut seeds = shared.place.command(shared.place.target.join("sim/examples/seeds"));
        seeds.args(args).args(["--threads", &threads]);
        seeds
    };
    report.step("sim nights", Words::CargoTest, minutes(12), &mut nights(&["1", NIGHTS]));
    let mut planted = nights(&["planted", "1", PLANTED_NIGHTS]);
    report.step("sim planted bugs", Words::CargoTest, minutes(12), &mut planted);
}
