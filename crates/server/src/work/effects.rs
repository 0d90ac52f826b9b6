//! What the last answers about names changed, by the entry that recorded each: shown once to whoever answered.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hospital::questions::Settled;
use model::alias::{AliasAnswer, AliasSubject};

/// How many effects are remembered.
pub const EFFECTS_KEPT_MAX: usize = 200;

/// What an answer, or taking one back, changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The entry in the journal.
    pub seq: u64,
    /// The question.
    pub subject: AliasSubject,
    /// The answer now in force; `None` when it was taken back.
    pub answer: Option<AliasAnswer>,
    /// What became of the pairs; `None` when there were too many devices to count at once.
    pub settled: Option<Settled>,
}

/// The last effects.
#[derive(Default)]
pub struct Effects(Mutex<VecDeque<Effect>>);

impl Effects {
    /// Remembers one.
    pub fn put(&self, effect: Effect) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= EFFECTS_KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(effect);
    }

    /// The effect of the entry `seq`, if it was made here and lately.
    pub fn of(&self, seq: u64) -> Option<Effect> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|effect| effect.seq == seq).cloned()
    }
}
