//! What the pages of a demonstration tell beside the night itself: where to look, and what a plain tool said of each host.

use std::sync::{Mutex, PoisonError};

use server::demonstration::{Demonstration, Plain, Tour};

use super::hosts::{LIAR, TWO_STAGES, WARD};
use super::id;
use super::plan::PLAN;

/// A plain tool's notes, kept by the invented machines' own plain tool.
#[derive(Debug, Default)]
pub(crate) struct Guide {
    plain: Mutex<Vec<Plain>>,
}

impl Guide {
    /// The plain tool says something of a host; what it said of it before is no longer shown.
    pub(super) fn says(&self, plain: Plain) {
        let mut notes = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        notes.retain(|known| known.host != plain.host);
        notes.push(plain);
    }

    /// What the plain tool says of a host.
    #[cfg(test)]
    pub(super) fn word_of(&self, host: &model::AssetTag) -> Option<server::demonstration::PlainWord> {
        self.plain().into_iter().find(|plain| plain.host == *host).map(|plain| plain.word)
    }
}

impl Demonstration for Guide {
    fn tour(&self) -> Tour {
        Tour { plan: id(PLAN), two_stages: id(TWO_STAGES), liar: id(LIAR), ward: id(WARD) }
    }

    fn plain(&self) -> Vec<Plain> {
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
