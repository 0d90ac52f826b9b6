//! What was tried and how it ended: one line each, with the time since the start, and the totals in the words of `cargo test`,
//! which `xtask` counts.

use std::time::Instant;

use anyhow::{Result, bail};

/// The steps of a run. The first that fails ends it: what follows would be about a night that did not happen.
pub(crate) struct Steps {
    started: Instant,
    passed: u32,
    failed: u32,
}

impl Default for Steps {
    fn default() -> Steps {
        Steps { started: Instant::now(), passed: 0, failed: 0 }
    }
}

impl Steps {
    /// Does one step. `name` is a sentence about the hospital that holds when the step succeeds.
    pub(crate) fn step<T>(&mut self, name: &str, does: impl FnOnce() -> Result<T>) -> Result<T> {
        let began = Instant::now();
        let done = does()?;
        self.passed += 1;
        let (at, took) = (self.started.elapsed().as_secs(), began.elapsed());
        println!("{:>4} s  ok  {name} ({}.{} s)", at, took.as_secs(), took.subsec_millis() / 100);
        Ok(done)
    }

    /// A step ended the run.
    pub(crate) fn failed(&mut self, error: &anyhow::Error) {
        self.failed += 1;
        println!("{:>4} s  FAILED  {error:#}", self.started.elapsed().as_secs());
    }

    /// Prints the totals. `true` when nothing failed and something was tried.
    pub(crate) fn finish(&self) -> bool {
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        println!("test result: {word}. {} passed; {} failed;", self.passed, self.failed);
        self.failed == 0 && self.passed > 0
    }
}

/// Fails with both values unless they are equal.
pub(crate) fn expect_eq(what: &str, found: &str, wanted: &str) -> Result<()> {
    if found != wanted {
        bail!("{what}: expected {wanted:?}, found {found:?}");
    }
    Ok(())
}

/// Shows a page of a record.
pub(crate) fn print(page: &str) {
    println!("{page}");
}
