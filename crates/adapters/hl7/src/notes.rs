//! What could not be read or is odd about a file. Errors have room of their own: however many oddities there are, none of them hides an error.

use adapter_input::Findings;
use model::finding::{Finding, Place, Severity};

/// Findings about one file.
pub(crate) struct Notes {
    errors: Findings,
    others: Findings,
    /// Errors, those that are not listed included.
    error_count: u64,
}

impl Notes {
    pub(crate) fn new(source: &str) -> Notes {
        Notes { errors: Findings::new(source), others: Findings::new(source), error_count: 0 }
    }

    pub(crate) fn error(&mut self, place: Place, value: Option<&str>, problem: &str, expected: &str) {
        self.error_count += 1;
        self.errors.add(Severity::Error, place, value, problem, expected);
    }

    pub(crate) fn warning(&mut self, place: Place, value: Option<&str>, problem: &str, expected: &str) {
        self.others.add(Severity::Warning, place, value, problem, expected);
    }

    /// How many errors there are, and what is listed of everything.
    pub(crate) fn finish(self) -> (u64, Vec<Finding>) {
        let mut all = self.errors.finish();
        all.extend(self.others.finish());
        (self.error_count, all)
    }
}
