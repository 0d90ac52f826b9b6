//! The refusal of an input and the list of what was odd about one that was taken.

use model::finding::{Finding, Place, Severity};

use crate::FINDINGS_MAX_COUNT;

/// Longest piece of an input repeated in a message, in characters.
const VALUE_LENGTH_MAX_CHARS: usize = 80;

/// An input that was not taken: why, where, and what would be right. Nothing of it was imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{finding}")]
pub struct Refused {
    /// The kind of reason, for callers that treat some of them differently.
    pub reason: Reason,
    /// Where, what stands there, and what would be right.
    pub finding: Box<Finding>,
}

/// Kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It could not be read from where it lies.
    Unreadable,
    /// It is larger than the limit.
    TooLarge,
    /// It is not UTF-8.
    Encoding,
    /// It breaks the rules of its notation: cut off, something after the end, a wrong character.
    Syntax,
    /// It goes beyond a limit other than its size: nesting, counts, lengths, numbers.
    Limit,
    /// An object has a key twice.
    DuplicateKey,
    /// It is something else than what was asked for.
    OtherKind,
    /// It is of a version that is not read.
    UnknownVersion,
    /// Something mandatory is missing.
    Missing,
    /// A value is of the wrong type.
    WrongType,
    /// A value is of the right type and cannot be right.
    Invalid,
    /// Its checksum differs from the one beside it.
    Hash,
    /// The signature beside it is not of this document.
    Signature,
}

impl Refused {
    /// A refusal of `source` at `place`.
    pub fn new(reason: Reason, source: &str, place: Place, problem: &str, expected: &str) -> Refused {
        let finding = Finding {
            source: source.into(),
            place,
            value: None,
            problem: problem.into(),
            expected: expected.into(),
            severity: Severity::Error,
        };
        Refused { reason, finding: Box::new(finding) }
    }

    /// The same refusal, showing what stands there, cut short.
    pub fn showing(mut self, value: &str) -> Refused {
        self.finding.value = Some(cut_short(value));
        self
    }
}

/// `text` without control characters, cut to a length that fits a message.
pub fn cut_short(text: &str) -> Box<str> {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let mut chars = text.chars();
    let mut cut: String = chars.by_ref().take(VALUE_LENGTH_MAX_CHARS).map(visible).collect();
    if chars.next().is_some() {
        cut.push('…');
    }
    cut.into()
}

/// Findings about one source, at most [`FINDINGS_MAX_COUNT`]; the rest is counted, never kept.
#[derive(Debug)]
pub struct Findings {
    source: Box<str>,
    list: Vec<Finding>,
    left_out: u64,
}

impl Findings {
    /// No finding yet about `source`.
    pub fn new(source: &str) -> Findings {
        Findings { source: source.into(), list: Vec::new(), left_out: 0 }
    }

    /// The name of what the findings are about.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Is there room for one more? Lets callers skip the work of writing what would only be counted.
    pub fn has_room(&self) -> bool {
        self.list.len() < FINDINGS_MAX_COUNT
    }

    /// Adds a finding, or counts it when there are too many.
    pub fn add(
        &mut self,
        severity: Severity,
        place: Place,
        value: Option<&str>,
        problem: &str,
        expected: &str,
    ) {
        if !self.has_room() {
            self.left_out += 1;
            return;
        }
        self.list.push(Finding {
            source: self.source.clone(),
            place,
            value: value.map(cut_short),
            problem: problem.into(),
            expected: expected.into(),
            severity,
        });
    }

    /// The findings, with a last one that says how many were left out.
    pub fn finish(mut self) -> Vec<Finding> {
        if self.left_out > 0 {
            self.list.push(Finding {
                source: self.source.clone(),
                place: Place::Whole,
                value: None,
                problem: format!("{} more findings are not listed", self.left_out).into(),
                expected: "mend the ones above first".into(),
                severity: Severity::Note,
            });
        }
        self.list
    }
}
