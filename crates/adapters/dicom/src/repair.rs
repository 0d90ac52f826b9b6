//! What one archive lacks is given to it, and what came of that is asked in every way there is: sent, committed to, read back. Nothing is believed of
//! it: whoever asks for it compares again. Begun anew it gives only what is still missing, so stopping it does no harm.
//!
//! `lacking` (what is missing now), `moving` (A sends by itself), `carrying` (Segue fetches and stores, one object after another), `hands` (who fetches and who
//! stores), `committing` (does B take responsibility?), `reading` (can it be read there?), `again` (how what was in doubt is found now).

mod again;
mod carrying;
mod committing;
mod hands;
mod lacking;
mod moving;
mod reading;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use archive::coverage::Limits;
use archive::{Instance, InstanceUid, StudyUid};

use crate::dimse::Failed;
use crate::peer::{AeTitle, Peer};
use crate::source::End;

pub use again::looked_again;
pub use carrying::{CARRIED_MAX_BYTES, Fetches, IN_VAIN_MAX, Stores};
pub use committing::{ASKED_AT_ONCE_MAX, Asks};
pub use hands::Storer;
pub use lacking::Lacking;
pub use reading::{READ_BACK_EXAMINATIONS_MAX, ReadBack, read_at_a, read_back};

/// How objects get from A to B.
pub enum Way {
    /// A sends whole examinations by itself (C-MOVE). It must know B.
    Move {
        /// The DICOM port of A.
        from: Peer,
        /// What A knows B by.
        to: AeTitle,
    },
    /// Segue fetches each missing object from A and stores it at B.
    Carry {
        /// Who fetches.
        from: Box<dyn Fetches + Send>,
        /// Who stores.
        to: Box<dyn Stores + Send>,
    },
}

/// A repair that is ready to begin; nothing is asked yet.
pub struct Repair {
    /// The archive that has it.
    pub a: End,
    /// The one that lacks it.
    pub b: End,
    /// How objects get there.
    pub way: Way,
    /// How B is asked whether it keeps what it got; `None`: it is not asked.
    pub commitment: Option<Asks>,
}

/// What is to be given.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Examinations of which B lacks something, most urgent first.
    pub studies: &'a [StudyUid],
    /// Only these objects, where a comparison has named them: what B has in another examination is not missing. `None`: all that B does not list there.
    pub objects: Option<&'a BTreeSet<InstanceUid>>,
    /// Of these, what B lists already is asked for again as if it had just gone there: something of them is in doubt.
    pub again: &'a BTreeSet<StudyUid>,
    /// How much is asked at most.
    pub limits: Limits,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// Examinations of which it is known what is missing, of so many.
    Listing {
        /// Examinations.
        studies: u64,
        /// In all.
        of: u64,
    },
    /// Objects that were sent or given up.
    Sending {
        /// Objects.
        objects: u64,
        /// In all.
        of: u64,
    },
    /// Objects of which B was asked whether it keeps them.
    Asking {
        /// Objects.
        objects: u64,
        /// In all.
        of: u64,
    },
    /// Objects that were read back.
    Reading {
        /// Objects.
        objects: u64,
        /// In all.
        of: u64,
    },
}

impl Far {
    /// Done, and of how many.
    pub fn counts(self) -> (u64, u64) {
        match self {
            Far::Listing { studies: done, of }
            | Far::Sending { objects: done, of }
            | Far::Asking { objects: done, of }
            | Far::Reading { objects: done, of } => (done, of),
        }
    }
}

/// Something of which it is not known that it is well, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The examination.
    pub study: StudyUid,
    /// The object; `None` where it is about the examination.
    pub object: Option<InstanceUid>,
    /// What happened, as a sentence.
    pub says: Arc<str>,
}

impl Doubt {
    fn of(object: &Instance, says: impl Into<Arc<str>>) -> Doubt {
        Doubt { study: object.study.clone(), object: Some(object.uid.clone()), says: says.into() }
    }

    fn exam(study: &StudyUid, says: impl Into<Arc<str>>) -> Doubt {
        Doubt { study: study.clone(), object: None, says: says.into() }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Some(object) => write!(f, "{object} of {}: {}", self.study, self.says),
            None => write!(f, "{}: {}", self.study, self.says),
        }
    }
}

/// An object that went to B, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which; with its content as A gave it, where it went through our hands and could be read.
    pub object: Instance,
    /// SOP Class UID; `None` where nobody says.
    pub class: Option<Box<str>>,
    /// B listed it before, and it was not sent: it is asked for again.
    pub was_there: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// What went to B, in the order of the examinations; before that, what B listed already and is asked for again.
    pub given: Vec<Given>,
    /// Examinations that are asked for again of which A lists nothing any more, for sure.
    pub gone: BTreeSet<StudyUid>,
    /// What did not, or is not known to have gone.
    pub not_sent: Vec<Doubt>,
    /// What B says that it has changed.
    pub changed: Vec<Doubt>,
    /// Objects that B takes responsibility for; `None` where it was not asked.
    pub committed: Option<u64>,
    /// What B does not take responsibility for. It is not believed to be there, whatever a list says.
    pub not_committed: Vec<Doubt>,
    /// Somebody stopped it.
    pub is_stopped: bool,
}

impl Repaired {
    /// Objects that went to B.
    pub fn sent(&self) -> u64 {
        self.given.iter().filter(|given| !given.was_there).count() as u64
    }
}

impl Repair {
    /// Gives B what it lacks of these examinations, and asks it to take responsibility. `go_on` hears how far it is, and says whether to go on: what went until
    /// then stays, and the rest is answered as not sent.
    ///
    /// # Errors
    /// A cannot be reached, or does not send to others.
    pub fn run(mut self, wanted: Wanted<'_>, go_on: &dyn Fn(Far) -> bool) -> Result<Repaired, Failed> {
        let mut repaired = Repaired::default();
        let lacking = lacking::lacking(&mut self.a, &mut self.b, wanted, &mut repaired, go_on);
        let pace = (self.a.pace, self.b.pace);
        if !lacking.is_empty() {
            match &mut self.way {
                Way::Move { from, to } => {
                    moving::send(from, to, &lacking, self.a.pace, &mut repaired, go_on)?;
                }
                Way::Carry { from, to } => {
                    carrying::carry((&mut **from, &mut **to), &lacking, pace, &mut repaired, go_on);
                }
            }
        }
        if let Some(asks) = &mut self.commitment {
            if !repaired.is_stopped {
                committing::learn_classes(&mut self.a, &mut repaired, go_on);
            }
            committing::commit(asks, self.b.pace, &mut repaired, go_on);
        }
        Ok(repaired)
    }
}
