//! Findings as they are gathered: listed up to a limit, counted exactly beyond it.

use model::Finding;
use model::finding::{Place, Severity};
use std::fmt::Display;

/// Most findings listed for one list; the rest is counted.
pub const FINDINGS_MAX: usize = 1_000;
/// Longest value shown in a finding, in characters.
const VALUE_LENGTH_MAX_CHARS: usize = 60;

/// Errors and everything else apart, so that no flood of warnings hides an error.
#[derive(Debug)]
pub(crate) struct Gathered {
    source: Box<str>,
    errors: Vec<Finding>,
    others: Vec<Finding>,
    pub(crate) error_count: u64,
    pub(crate) warning_count: u64,
    pub(crate) note_count: u64,
}

impl Gathered {
    pub(crate) fn new(source: &str) -> Self {
        Gathered {
            source: source.into(),
            errors: Vec::new(),
            others: Vec::new(),
            error_count: 0,
            warning_count: 0,
            note_count: 0,
        }
    }

    /// Takes a finding that is already made.
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.count(finding.severity) {
            self.list(finding.severity).push(finding);
        }
    }

    /// Makes a finding, unless the list of its severity is full.
    pub(crate) fn add(
        &mut self,
        severity: Severity,
        place: impl FnOnce() -> Place,
        value: Option<&str>,
        problem: &dyn Display,
        expected: &dyn Display,
    ) {
        if !self.count(severity) {
            return;
        }
        let finding = Finding {
            source: self.source.clone(),
            place: place(),
            value: value.map(cut),
            problem: problem.to_string().into(),
            expected: expected.to_string().into(),
            severity,
        };
        self.list(severity).push(finding);
    }

    fn count(&mut self, severity: Severity) -> bool {
        match severity {
            Severity::Error => self.error_count += 1,
            Severity::Warning => self.warning_count += 1,
            Severity::Note => self.note_count += 1,
        }
        self.list(severity).len() < FINDINGS_MAX
    }

    fn list(&mut self, severity: Severity) -> &mut Vec<Finding> {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning | Severity::Note => &mut self.others,
        }
    }

    /// At most [`FINDINGS_MAX`], errors before all others when there are too many, in the order of the rows.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let left = FINDINGS_MAX.saturating_sub(self.errors.len());
        let mut findings = self.errors;
        findings.extend(self.others.into_iter().take(left));
        findings.sort_by_key(|finding| match finding.place {
            Place::Cell { row, .. } | Place::Row { row } => row,
            Place::Whole | Place::Pointer(_) | Place::Byte(_) | Place::Field { .. } => 0,
        });
        findings
    }
}

/// Cut to a readable length; control characters are shown, not sent to a terminal.
fn cut(value: &str) -> Box<str> {
    let mut shown = String::new();
    for (count, char) in value.chars().enumerate() {
        if count == VALUE_LENGTH_MAX_CHARS {
            shown.push('…');
            break;
        }
        if char.is_control() {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown.into()
}
