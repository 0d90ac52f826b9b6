//! What happened, as a hash over everything in its order: two runs of a seed are the same when theirs is. The newest lines are
//! kept for whoever must find out why.

use std::collections::VecDeque;
use std::fmt::Write as _;

use model::Time;
use sha2::{Digest, Sha256};

/// Lines kept.
const LINES_KEPT_MAX: usize = 400;

/// A trace.
#[derive(Clone, Default)]
pub struct Trace {
    hash: Sha256,
    lines: VecDeque<String>,
    keeps: bool,
    events: u64,
}

impl Trace {
    /// A trace; `keeps` lines where somebody will read them.
    pub fn new(keeps: bool) -> Trace {
        Trace { keeps, ..Trace::default() }
    }

    /// One event happened.
    pub fn event(&mut self, at: Time, line: &dyn std::fmt::Display) {
        self.events += 1;
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{} {line}", at.0);
        self.hash.update(text.as_bytes());
        if self.keeps {
            if self.lines.len() >= LINES_KEPT_MAX {
                self.lines.pop_front();
            }
            self.lines.push_back(text);
        }
    }

    /// Bytes that crossed the network or reached the journal.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    /// How many events happened.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The hash so far, in hexadecimal.
    pub fn hash(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    /// The newest lines, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }
}
