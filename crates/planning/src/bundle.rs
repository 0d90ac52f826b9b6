//! Which patches go onto one device together, in which order and with which restarts (R24, R97): an ordered bundle with the fewest
//! restarts, or the smallest set of rules that cannot all hold, each with its owner and its sentence.
//!
//! `bars` asks of one patch whether the device may have it; `meetings` what it could meet there; `relations` how two patches stand to each
//! other; `reach` collects the patches that matter; `laws` makes of them the rules that are in play; `order` finds the fewest restarts of a
//! choice; `solve` chooses; `smallest` explains why nothing can be chosen.
//! What must not live here: clocks, files, and a friendly guess about anything that nobody has said.

mod bars;
mod catalogue;
mod laws;
mod meetings;
mod order;
mod reach;
mod relations;
mod smallest;
mod solve;

use model::device::Installer;
use model::ids::PatchId;
use model::plan::Owner;
use model::terms::RestartKind;
use model::{AssetTag, Date};
use serde::Serialize;

pub(crate) use bars::{Demands, bars};
pub use catalogue::{CATALOGUE_PATCHES_MAX, Catalogue};
pub(crate) use catalogue::{faults_of, faults_of_rules};
pub(crate) use meetings::Meetings;
pub(crate) use relations::{Interplay, Supersession, interplay};

/// Most patches of a catalogue that can matter to one question: wanted, needed, or in conflict.
pub const RELEVANT_MAX: usize = 128;
/// Most steps of the search for one question: ways to go on, and orders tried.
pub const CHOICES_MAX: u64 = 200_000;
/// Most patches that can be wanted at once.
pub const WANTED_MAX: usize = 1_000;
/// Most laws that can be in play in one question.
pub const LAWS_MAX: usize = 10_000;

/// The device that is asked about, as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its asset tag.
    pub device: AssetTag,
    /// Its maker; empty when that is not known.
    pub manufacturer: Box<str>,
    /// Its model; empty when that is not known.
    pub model: Box<str>,
    /// Who would install; `Unknown` when nobody has said.
    pub by: Installer,
    /// The patches that are on it; `None` when nobody has said.
    pub installed: Option<Vec<PatchId>>,
    /// Is a patient treated with it at that time?
    pub treatment: Treatment,
    /// The day of installing.
    pub on: Date,
}

/// Is a patient treated with a device?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Treatment {
    /// Nobody has said.
    #[default]
    Unknown,
    /// It is out of care.
    Free,
    /// Somebody is.
    InUse,
}

/// What can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Resolution {
    /// It can be done, so.
    Bundle(Bundle),
    /// It cannot be done, because.
    Conflict(Conflict),
    /// It is too much to be worked out; nothing is said.
    Undecided {
        /// Why, as a sentence.
        says: Box<str>,
    },
}

/// What is installed, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// Stretches between restarts. Empty when everything wanted is there already.
    pub steps: Vec<BundleStep>,
    /// How often something restarts.
    pub restarts: u32,
    /// Is it proven that no bundle has fewer restarts, and none with as many has fewer patches?
    pub fewest: bool,
    /// What was wanted and is there already, or comes with a patch that supersedes it: wanted, and the one that stands for it.
    pub instead: Vec<(PatchId, PatchId)>,
    /// What should be looked at, as sentences.
    pub remarks: Vec<Box<str>>,
}

/// Patches that are installed one after another, and the restart that puts them into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BundleStep {
    /// In this order.
    pub install: Vec<PatchId>,
    /// Then these restart: the fewest kinds that do what all patches of the step ask for; empty for no restart.
    pub restart: Vec<RestartKind>,
}

/// Rules that cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The rules; without any one of them the others could hold.
    pub reasons: Vec<Reason>,
    /// Is it proven that there is no smaller such set?
    pub smallest: bool,
}

/// One rule that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable name of the sort of rule.
    pub rule: Box<str>,
    /// Who can change it, or answer what is not known.
    pub owner: Owner,
    /// The patches that it speaks of.
    pub patches: Vec<PatchId>,
    /// The rule as a sentence, with what would help where that is known.
    pub says: Box<str>,
}

impl Reason {
    pub(crate) fn new(rule: &str, owner: Owner, patches: &[&PatchId], says: String) -> Reason {
        let patches = patches.iter().map(|patch| (*patch).clone()).collect();
        Reason { rule: rule.into(), owner, patches, says: says.into() }
    }
}

/// Works out what goes onto a device so that everything `wanted` (or what supersedes it) is on it.
#[must_use]
pub fn resolve(subject: &Subject, wanted: &[PatchId], catalogue: &Catalogue) -> Resolution {
    let laws = match laws::of(subject, wanted, catalogue) {
        Ok(laws) => laws,
        Err(says) => return Resolution::Undecided { says },
    };
    let mut effort = CHOICES_MAX;
    let all = vec![true; laws.list.len()];
    match solve::best(&laws, &all, &mut effort) {
        solve::Outcome::Found { steps, proven } => {
            Resolution::Bundle(laws.bundle(&steps, proven, subject, wanted))
        }
        solve::Outcome::None => match smallest::conflict(&laws) {
            Some(conflict) => Resolution::Conflict(conflict),
            None => Resolution::Undecided { says: too_much() },
        },
        solve::Outcome::TooMuch => Resolution::Undecided { says: too_much() },
    }
}

fn too_much() -> Box<str> {
    format!(
        "there are more ways to choose than can be tried ({CHOICES_MAX} steps), and none was found that works; ask for fewer patches at once"
    )
    .into()
}
