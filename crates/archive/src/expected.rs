//! Three sources: what was to be there (orders done, performed steps, modalities' logs, worklists) against A against B. Two archives that agree both lack what neither got.
//! What must not live here: how orders or logs are read.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;
use serde::{Deserialize, Serialize};

use crate::exam::{Patient, Study};
use crate::holding::Holding;
use crate::reason::{Reason, Side};
use crate::uid::{InstanceUid, StudyUid};

/// Who says that an examination was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An order that was done (HL7 ORM, OMI, ORU).
    Order,
    /// A performed procedure step that was completed (DICOM MPPS).
    PerformedStep,
    /// The modality's own log of what it sent.
    ModalityLog,
    /// A step that a worklist has scheduled, and whose time has passed (DICOM MWL). Nobody says that it was made, nor that it was not.
    Worklist,
}

/// How an examination is named where it was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// By its identifier.
    Study(StudyUid),
    /// By its accession number alone, as most orders do. An empty one names nothing.
    Accession(Box<str>),
}

/// What one source says was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Which examination.
    pub named: Named,
    /// Whose it is, where the source says so.
    pub patient: Patient,
    /// Who says so.
    pub source: Source,
    /// When it was done, or was to begin. What was done after the cut may still be on its way.
    pub done: Time,
    /// Its objects, where the source names them (performed steps and logs do).
    pub instances: Vec<InstanceUid>,
    /// How many objects, where the source only counts.
    pub counted: Option<u64>,
}

/// Where an expected examination is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// Every object that was named is at both ends.
    Both,
    /// The examination is at both ends; whether all of it is, the source does not say.
    BothAsFarAsNamed,
    /// Something that was named is at one end only.
    OneOnly {
        /// Where it is.
        at: Side,
        /// What the other end lacks; empty when it lacks the whole examination and no object was named.
        instances: Vec<InstanceUid>,
    },
    /// Something that was named is at neither end: comparing the archives would never show it.
    Neither {
        /// What; empty when the examination itself is nowhere and no object was named.
        instances: Vec<InstanceUid>,
    },
    /// Fewer objects are at both ends together than the source counted.
    Fewer {
        /// At either end.
        there: u64,
        /// Counted where it was made.
        counted: u64,
    },
    /// Done after the cut, and at neither end yet.
    InFlight,
    /// It bears no name by which it can be found, or the name fits several examinations.
    NotTold {
        /// How many examinations it fits.
        fits: u64,
    },
}

impl Whereabouts {
    /// Must somebody look for it?
    pub fn is_missing(&self) -> bool {
        match self {
            Whereabouts::OneOnly { .. } | Whereabouts::Neither { .. } | Whereabouts::Fewer { .. } => true,
            Whereabouts::NotTold { .. } => true,
            Whereabouts::Both | Whereabouts::BothAsFarAsNamed | Whereabouts::InFlight => false,
        }
    }
}

/// Where each expected examination is, in the order given.
///
/// # Errors
/// A list has a gap: what is not listed cannot be told from what is not there.
pub fn whereabouts(
    expected: &[Expected],
    a: &Holding,
    b: &Holding,
    cut: Time,
) -> Result<Vec<Whereabouts>, Vec<Reason>> {
    let gaps = |holding: &Holding, side: Side| {
        holding.gaps().iter().map(|gap| Reason::NotListed { side, gap: gap.clone() }).collect::<Vec<_>>()
    };
    let reasons = [gaps(a, Side::A), gaps(b, Side::B)].concat();
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut by_accession: BTreeMap<&str, BTreeSet<&StudyUid>> = BTreeMap::new();
    for study in a.studies().values().chain(b.studies().values()).filter(|study| !study.accession.is_empty())
    {
        by_accession.entry(&study.accession).or_default().insert(&study.uid);
    }
    let mut objects: BTreeMap<&StudyUid, BTreeSet<&InstanceUid>> = BTreeMap::new();
    for instance in a.instances().values().chain(b.instances().values()) {
        objects.entry(&instance.study).or_default().insert(&instance.uid);
    }
    let one = |expected: &Expected| {
        let studies: Vec<&StudyUid> = match &expected.named {
            Named::Study(uid) => vec![uid],
            Named::Accession(text) if text.is_empty() => return Whereabouts::NotTold { fits: 0 },
            Named::Accession(text) => by_accession.get(&**text).into_iter().flatten().copied().collect(),
        };
        match studies[..] {
            [] => nowhere(expected, cut),
            [study] => {
                let there = objects.get(study).map_or(0, |objects| objects.len() as u64);
                found(expected, (a, b), (a.studies().get(study), b.studies().get(study)), there, cut)
            }
            _ => Whereabouts::NotTold { fits: studies.len() as u64 },
        }
    };
    Ok(expected.iter().map(one).collect())
}

/// Says whose examination each is, where its source does not and both archives that have it agree.
pub fn name_patients(expected: &mut [Expected], a: &Holding, b: &Holding) {
    let mut by_accession: BTreeMap<&str, BTreeSet<&Patient>> = BTreeMap::new();
    for study in a.studies().values().chain(b.studies().values()) {
        by_accession.entry(&study.accession).or_default().insert(&study.patient);
    }
    for one in expected.iter_mut().filter(|one| !one.patient.is_known()) {
        let patients: BTreeSet<&Patient> = match &one.named {
            Named::Study(uid) => {
                [a, b].iter().filter_map(|end| end.studies().get(uid)).map(|study| &study.patient).collect()
            }
            Named::Accession(text) if text.is_empty() => BTreeSet::new(),
            Named::Accession(text) => by_accession.get(&**text).cloned().unwrap_or_default(),
        };
        if let [patient] = patients.into_iter().collect::<Vec<_>>()[..] {
            one.patient = patient.clone();
        }
    }
}

fn nowhere(expected: &Expected, cut: Time) -> Whereabouts {
    if expected.done > cut {
        Whereabouts::InFlight
    } else {
        Whereabouts::Neither { instances: expected.instances.clone() }
    }
}

fn found(
    expected: &Expected,
    (a, b): (&Holding, &Holding),
    studies: (Option<&Study>, Option<&Study>),
    there: u64,
    cut: Time,
) -> Whereabouts {
    // What an archive has rejected it has got.
    let has = |holding: &Holding, uid: &InstanceUid| {
        holding.instances().contains_key(uid) || holding.rejections().contains_key(uid)
    };
    let lacks = |holding: &Holding| -> Vec<InstanceUid> {
        expected.instances.iter().filter(|uid| !has(holding, uid)).cloned().collect()
    };
    let (not_in_a, not_in_b) = (lacks(a), lacks(b));
    let neither: Vec<InstanceUid> = not_in_a.iter().filter(|uid| not_in_b.contains(uid)).cloned().collect();
    let one_only = match studies {
        (None, None) if expected.instances.is_empty() || !neither.is_empty() => {
            return nowhere(expected, cut);
        }
        (Some(_), None) if expected.instances.is_empty() => Some((Side::A, Vec::new())),
        (None, Some(_)) if expected.instances.is_empty() => Some((Side::B, Vec::new())),
        _ if !not_in_b.is_empty() => Some((Side::A, not_in_b)),
        _ if !not_in_a.is_empty() => Some((Side::B, not_in_a)),
        _ => None,
    };
    match (one_only, expected.counted) {
        _ if !neither.is_empty() && expected.done > cut => Whereabouts::InFlight,
        _ if !neither.is_empty() => Whereabouts::Neither { instances: neither },
        (Some((at, instances)), _) => Whereabouts::OneOnly { at, instances },
        (None, Some(counted)) if there < counted => Whereabouts::Fewer { there, counted },
        (None, _) if expected.instances.is_empty() => Whereabouts::BothAsFarAsNamed,
        (None, _) => Whereabouts::Both,
    }
}
