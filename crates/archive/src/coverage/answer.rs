//! What is asked and what comes back, without how it crosses the network.

use crate::coverage::query::{Query, Scope};
use crate::exam::{Instance, Study, StudyDate};
use crate::uid::Uid;

/// A row of an answer.
pub trait Listed: Clone + Eq {
    /// What names it.
    fn uid(&self) -> &Uid;
    /// Its examination's date, where rows bear one.
    fn date(&self) -> &StudyDate;
}

impl Listed for Study {
    fn uid(&self) -> &Uid {
        &self.uid.0
    }
    fn date(&self) -> &StudyDate {
        &self.date
    }
}

impl Listed for Instance {
    fn uid(&self) -> &Uid {
        &self.uid.0
    }
    fn date(&self) -> &StudyDate {
        &StudyDate::Empty
    }
}

/// What to ask the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The number that changes whenever anything does.
    Token,
    /// How many there are, in another way than by listing.
    Count(Scope),
    /// Rows.
    Rows {
        /// Of what.
        query: Query,
        /// After how many.
        offset: u64,
        /// At most how many; `None` asks for all.
        limit: Option<u32>,
    },
}

/// What the archive said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<R> {
    /// The number; `None` when it could not be had.
    Token(Option<u64>),
    /// The count; `None` when it could not be had.
    Count(Option<u64>),
    /// The rows.
    Rows(Rows<R>),
}

/// Rows, and how the answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<R> {
    /// What could be read.
    pub rows: Vec<R>,
    /// How many rows could not be read (no identifier, or none that is one).
    pub unreadable: u64,
    /// How it ended.
    pub end: End,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// C-FIND: final status 0000. DICOMweb: 200 or 204 and no Warning header.
    Success,
    /// C-FIND: Cancel (FE00). DICOMweb: a Warning header (299: not all results).
    Cut,
    /// Anything else, in words.
    Failed(Box<str>),
}

/// An answer that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the archive was not asked for this: an answer belongs to the question that was asked last")]
pub struct NotAsked;
