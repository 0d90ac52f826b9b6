//! What is not believed of an examination although a list shows it at B: a list says what an archive has noted down, not what it keeps and gives back.

use serde::{Deserialize, Serialize};

use crate::uid::StudyUid;

/// What is in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// B was asked and does not take responsibility for it (storage commitment, PS3.4 J).
    NotCommitted,
    /// B does not give it back whole, or not as A gave it.
    NotRead,
    /// B says that it changed it on the way in.
    Changed,
}

/// An examination in doubt, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubtful {
    /// Which.
    pub study: StudyUid,
    /// What is in doubt.
    pub kind: DoubtKind,
    /// The first reason, as a sentence, and of how many objects it is one.
    pub says: Box<str>,
}

/// How all of an examination that was in doubt was found when it was asked for again. Each is `false` where that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAgain {
    /// Which.
    pub study: StudyUid,
    /// B takes responsibility for every object that A lists of it.
    pub is_committed: bool,
    /// B gave every one of them back whole.
    pub is_read: bool,
    /// Every one of them was read at both ends, and is the same.
    pub is_same: bool,
}

impl LookedAgain {
    /// Does it remove such a doubt? What was read whole at both ends and is the same is kept, whatever else B says.
    pub fn removes(&self, kind: DoubtKind) -> bool {
        match kind {
            DoubtKind::NotCommitted => self.is_committed || self.is_same,
            DoubtKind::NotRead => self.is_read,
            DoubtKind::Changed => self.is_same,
        }
    }
}
