//! The tests that need a real PostgreSQL: they start their own servers and, here, may not skip for want of one.

use super::unit::{DATABASE_WORD, runner};
use super::{Shared, minutes};
use crate::report::Report;

pub(super) fn run(shared: &Shared, report: &mut Report) {
    if !shared.build(report) {
        report.not_run("db", "it does not compile");
        return;
    }
    let (words, mut tests) = runner(shared, &format!("test({DATABASE_WORD})"), &[DATABASE_WORD]);
    tests.env("SEGUE_REQUIRE_POSTGRES", "1");
    report.step("db", words, minutes(20), &mut tests);
}
