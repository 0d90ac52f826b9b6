//! The tests that need two real Orthancs: they start their own and, here, may not skip for want of one.

use super::unit::{ARCHIVE_WORD, runner};
use super::{Shared, minutes};
use crate::report::Report;

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("archive", "it does not compile");
        return;
    }
    let (words, mut tests) = runner(shared, &format!("test({ARCHIVE_WORD})"), &[ARCHIVE_WORD]);
    tests.env("SEGUE_REQUIRE_ORTHANC", "1");
    report.step("archive", words, minutes(15), &mut tests);
}
