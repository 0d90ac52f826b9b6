//! What one archive has, as far as it was listed: examinations, objects, what it has rejected, which patients it has merged. Nothing is judged here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::exam::{Instance, Patient, Study};
use crate::reason::Gap;
use crate::uid::{InstanceUid, StudyUid};

/// Longest sentence that is kept of why an object was not read, in characters: archives write into it.
pub const NOT_READ_MAX_CHARACTERS: usize = 400;

/// What one archive has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    studies: BTreeMap<StudyUid, Study>,
    instances: BTreeMap<InstanceUid, Instance>,
    rejected: BTreeMap<InstanceUid, Rejection>,
    merges: Vec<Merge>,
    twice: Vec<InstanceUid>,
    gaps: Vec<Gap>,
    unread: Option<Box<str>>,
}

/// Why an object was taken out of use: the title of the rejection note (DICOM PS3.16, CID 7011), which names the objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Why.
    pub kind: RejectionKind,
    /// The note that says so.
    pub note: InstanceUid,
}

/// Why objects are rejected (IHE Imaging Object Change Management; codes of DICOM PS3.16 Annex D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionKind {
    /// 113001, rejected for quality reasons.
    Quality,
    /// 113037, rejected for patient safety reasons: nobody may see it again.
    PatientSafety,
    /// 113038, incorrect modality worklist entry: it is of somebody else.
    WrongWorklistEntry,
    /// 113039, data retention policy expired.
    RetentionExpired,
}

impl RejectionKind {
    /// The kind that a code value of scheme DCM means; `None` for any other title, which rejects nothing.
    pub fn of_code(code: &str) -> Option<RejectionKind> {
        match code.trim_end_matches([' ', '\0']) {
            "113001" => Some(RejectionKind::Quality),
            "113037" => Some(RejectionKind::PatientSafety),
            "113038" => Some(RejectionKind::WrongWorklistEntry),
            "113039" => Some(RejectionKind::RetentionExpired),
            _ => None,
        }
    }

    /// Does harm come of it when a reader sees the object?
    pub fn must_not_be_seen(self) -> bool {
        match self {
            RejectionKind::PatientSafety | RejectionKind::WrongWorklistEntry => true,
            RejectionKind::Quality | RejectionKind::RetentionExpired => false,
        }
    }
}

/// One patient became part of another (HL7 ADT A40, or said by a person).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// The patient who is no longer.
    pub gone: Patient,
    /// The patient who stays.
    pub stays: Patient,
}

impl Holding {
    /// Nothing yet.
    pub fn new() -> Holding {
        Holding::default()
    }

    /// An examination that the archive lists.
    pub fn study(&mut self, study: Study) {
        self.studies.insert(study.uid.clone(), study);
    }

    /// An object that the archive lists. Listed a second time and not alike, it is kept as a doubt.
    pub fn instance(&mut self, instance: Instance) {
        match self.instances.entry(instance.uid.clone()) {
            Entry::Vacant(place) => {
                place.insert(instance);
            }
            Entry::Occupied(there) if *there.get() == instance => {}
            Entry::Occupied(there) => self.twice.push(there.key().clone()),
        }
    }

    /// An object that the archive has taken out of use.
    pub fn rejected(&mut self, instance: InstanceUid, rejection: Rejection) {
        self.rejected.insert(instance, rejection);
    }

    /// Patients whom the archive, or its hospital, has merged.
    pub fn merge(&mut self, merge: Merge) {
        self.merges.push(merge);
    }

    /// What was read of an object that is listed.
    pub fn content(&mut self, instance: &InstanceUid, content: Content) {
        if let Some(listed) = self.instances.get_mut(instance) {
            listed.content = Some(content);
        }
    }

    /// Why an object could not be read. The first one is kept: often it is that of all.
    pub fn not_read(&mut self, says: &str) {
        self.unread.get_or_insert_with(|| says.chars().take(NOT_READ_MAX_CHARACTERS).collect());
    }

    /// Why this is not all that the archive has.
    pub fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// Examinations by name.
    pub fn studies(&self) -> &BTreeMap<StudyUid, Study> {
        &self.studies
    }

    /// Objects by name.
    pub fn instances(&self) -> &BTreeMap<InstanceUid, Instance> {
        &self.instances
    }

    /// Objects that are out of use, by name.
    pub fn rejections(&self) -> &BTreeMap<InstanceUid, Rejection> {
        &self.rejected
    }

    /// Merged patients.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// Why the first object that could not be read was not, if that was tried.
    pub fn first_not_read(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// Objects that were listed twice and not alike.
    pub fn twice(&self) -> &[InstanceUid] {
        &self.twice
    }

    /// Why this is not all that the archive has; empty when it is.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
