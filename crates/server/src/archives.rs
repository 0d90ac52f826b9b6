//! What the server needs of whoever asks image archives. The binary implements it with the adapters; the server knows no protocol.

use std::collections::BTreeSet;

use archive::kept::{Kept, LookedFor};
use archive::{Doubtful, LookedAgain, StudyUid, Verdict};
use hospital::archives::fact::PairProbed;
use model::ids::PairId;
use model::{Date, Time};

use crate::importer::Watch;

/// Largest document of a comparison that is kept; of a larger one only its record is.
pub const DOCUMENT_MAX_BYTES: usize = 32 * 1024 * 1024;

/// A pair that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairAsked {
    /// Its name.
    pub id: PairId,
    /// The archive in use.
    pub a: Box<str>,
    /// The one that stands in.
    pub b: Box<str>,
    /// Can B be given what it lacks?
    pub sends: bool,
    /// Compared by itself so often, in minutes; `None` when only people ask.
    pub every_minutes: Option<u32>,
    /// What the place is called from which it is probed by itself.
    pub place: Box<str>,
    /// Probed by itself so often, in minutes; `None` when only people ask.
    pub probe_every_minutes: Option<u32>,
}

/// What came of a comparison.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Examinations from this day on, and those without one; all where there is none.
    pub since: Option<Date>,
    /// In short.
    pub compared: Kept,
    /// What was expected, and looked for.
    pub looked_for: Option<LookedFor>,
    /// Everything by name.
    pub verdict: Verdict,
}

/// An examination that did not go whole, and why.
pub type OfExam = (StudyUid, Box<str>);

/// What B is to be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToSend {
    /// Examinations, most urgent first.
    pub studies: Vec<StudyUid>,
    /// Those of them that are in doubt: what B lists of them is asked for again, too.
    pub again: BTreeSet<StudyUid>,
}

/// What came of sending, before a comparison says what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// How it was done and what came of it, as sentences with counts.
    pub says: Vec<String>,
    /// Objects that went to B.
    pub objects: u64,
    /// What was not sent whole.
    pub not_sent: Vec<OfExam>,
    /// What B got and changed, does not take responsibility for, or does not give back: it is not believed to be there, whatever a comparison says.
    pub doubtful: Vec<Doubtful>,
    /// How examinations were found that had been in doubt.
    pub looked_again: Vec<LookedAgain>,
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Somebody stopped it.
    #[error("stopped")]
    Stopped,
    /// It could not be done; the sentence says what is missing.
    #[error("{0}")]
    Failed(String),
}

/// What came of probing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probes {
    /// What was seen of each archive that was tried.
    pub taken: Vec<PairProbed>,
    /// Why an archive was not tried, or nothing came of it.
    pub failed: Option<NotAsked>,
}

/// Asks image archives. Every method takes its time: it is called on a thread of its own, and looks at its watch.
pub trait ImageArchives: Send + Sync {
    /// Every pair of the configuration.
    fn pairs(&self) -> Vec<PairAsked>;

    /// Compares a pair as of `cut`, the present.
    ///
    /// # Errors
    /// It was stopped, or the pair cannot be asked. That nothing is proven is no error.
    fn compare(&self, pair: &PairId, cut: Time, watch: &Watch) -> Result<Looked, NotAsked>;

    /// Gives B what it lacks of these examinations, in this order, and asks what came of it; of those in doubt, what B lists is asked for as well. What went until somebody stops it stays.
    ///
    /// # Errors
    /// A cannot be told to send, and nothing can be fetched from it.
    fn send(&self, pair: &PairId, wanted: &ToSend, watch: &Watch) -> Result<Sent, NotAsked>;

    /// Opens examinations of both archives as a reader would, and says how fast the first image came. An archive of which none came is told as such: what it did
    /// an hour ago says nothing any more.
    fn probe(&self, pair: &PairId, watch: &Watch) -> Probes;
}

/// A hospital whose configuration names no archives.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoArchives;

impl ImageArchives for NoArchives {
    fn pairs(&self) -> Vec<PairAsked> {
        Vec::new()
    }

    fn compare(&self, pair: &PairId, _: Time, _: &Watch) -> Result<Looked, NotAsked> {
        Err(unknown(pair))
    }

    fn send(&self, pair: &PairId, _: &ToSend, _: &Watch) -> Result<Sent, NotAsked> {
        Err(unknown(pair))
    }

    fn probe(&self, pair: &PairId, _: &Watch) -> Probes {
        Probes { taken: Vec::new(), failed: Some(unknown(pair)) }
    }
}

fn unknown(pair: &PairId) -> NotAsked {
    NotAsked::Failed(format!("the configuration names no pair of archives {pair}"))
}
