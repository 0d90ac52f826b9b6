//! The fuzz targets on the stable compiler: every seed is replayed, then a fixed number of seeded mutations is tried.

use super::{Shared, minutes};
use crate::count::Words;
use crate::report::Report;

/// Mutations of each target; about ten seconds each in a debug build.
const MUTATIONS_PER_TARGET: &str = "20000";

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("fuzz", "it does not compile");
        return;
    }
    let mut replay = shared.place.command(shared.place.target.join("debug/fuzz-replay"));
    replay.args(["--mutations", MUTATIONS_PER_TARGET, "--seconds", "20"]);
    report.step("fuzz", Words::Replay, minutes(12), &mut replay);
}
