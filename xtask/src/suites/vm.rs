//! The machines of `tests/vm`: its scripts are checked, then its program is run, which prints its steps as `cargo test` does.

use super::{Shared, minutes};
use crate::count::Words;
use crate::report::Report;

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("vm", "it does not compile");
        return;
    }
    let rig = shared.place.root.join("tests/vm/rig");
    let mut shellcheck = shared.place.command("shellcheck");
    shellcheck
        .arg("-x")
        .args(["lib.sh", "image.sh", "packages.sh", "plain-check", "patchman.sh"].map(|name| rig.join(name)));
    report.step("shellcheck", Words::Step, minutes(1), &mut shellcheck);
    let mut night = shared.place.command(shared.place.target.join("debug/vm-night"));
    night.arg("--work").arg(shared.place.target.join("vm"));
    night.arg("--project").arg(&shared.place.root);
    night.arg("--built").arg(shared.place.target.join("debug"));
    report.step("vm", Words::CargoTest, minutes(20), &mut night);
}
