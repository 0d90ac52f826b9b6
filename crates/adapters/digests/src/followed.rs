//! How an archive says what it has, and what came and went since.

use std::collections::{BTreeMap, BTreeSet};

use adapter_dicom::orthanc::Mark;
use adapter_dicom::source::Examination;
use archive::{Holding, StudyUid};

/// Why an archive could not be followed, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotFollowed(pub String);

/// An archive that an agent keeps track of.
pub trait Followed: Send {
    /// Everything that it has; `None` when somebody stopped it. What is not shown to be complete stands in the gaps.
    fn list(&mut self, go_on: &dyn Fn() -> bool) -> Option<Holding>;

    /// Where it stands. Two equal marks must mean that it holds the same.
    ///
    /// # Errors
    /// It does not say, or something came whenever it was asked.
    fn mark(&mut self) -> Result<Mark, NotFollowed>;

    /// The examinations that anything was stored to after a mark; `None` where the archive does not tell. Whatever it still has of what was stored must be
    /// named.
    ///
    /// # Errors
    /// It did not answer well.
    fn stored_since(&mut self, mark: Mark) -> Result<Option<BTreeSet<StudyUid>>, NotFollowed>;

    /// How many objects each series has, as the archive counts now.
    ///
    /// # Errors
    /// It did not answer well.
    fn sizes(&mut self) -> Result<BTreeMap<Box<str>, u64>, NotFollowed>;

    /// An examination as it is now.
    ///
    /// # Errors
    /// It did not answer well.
    fn examination(&mut self, study: &StudyUid) -> Result<Examination, NotFollowed>;
}
