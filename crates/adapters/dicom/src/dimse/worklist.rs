//! The worklist of the modalities (PS3.4 K): which examinations are scheduled, under which accession numbers, how urgent. What stands on it is to be made, and
//! nothing of it is expected in an archive yet.

use archive::circumstances::{Order, Says, Stage, Told};
use archive::{Patient, StudyUid, Uid};
use model::{Date, Time};

use super::association::Association;
use super::failed::Failed;
use super::message::Status;
use crate::element::{DataSet, Tag, Writing};
use crate::tags;

const PATIENT_NAME: Tag = Tag(0x0010, 0x0010);
const PROCEDURE: Tag = Tag(0x0040, 0x1001);
const PRIORITY: Tag = Tag(0x0040, 0x1003);
const STEPS: Tag = Tag(0x0040, 0x0100);
const STATION: Tag = Tag(0x0040, 0x0001);
const START_DATE: Tag = Tag(0x0040, 0x0002);
const START_TIME: Tag = Tag(0x0040, 0x0003);
const STEP: Tag = Tag(0x0040, 0x0009);

/// What of the worklist is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Steps that begin on these days, both included; all where none is given.
    pub days: Option<(Date, Date)>,
    /// Steps of this kind of modality, such as `CT`; all where it is empty.
    pub modality: Box<str>,
}

/// A scheduled step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Its own number.
    pub step: Box<str>,
    /// The number of the procedure that it is part of.
    pub procedure: Box<str>,
    /// The accession number of its order; may be empty.
    pub accession: Box<str>,
    /// The examination that it will be; `None` where the list names none.
    pub study: Option<StudyUid>,
    /// Whose.
    pub patient: Patient,
    /// Is it urgent? `None` where the list does not say.
    pub is_stat: Option<bool>,
    /// Kind of modality.
    pub modality: Box<str>,
    /// Day and time at which it begins, as the list says it (DA and TM, local time).
    pub starts: (Box<str>, Box<str>),
}

impl Scheduled {
    /// As something that was told of an order, at the time at which the list was read.
    pub fn told(&self, at: Time) -> Told {
        let number = if self.procedure.is_empty() { &self.step } else { &self.procedure };
        let order = Order {
            accession: self.accession.clone(),
            number: number.clone(),
            study: self.study.clone(),
            patient: self.patient.clone(),
            is_stat: self.is_stat,
            stage: Some(Stage::Placed),
        };
        Told { at, says: Says::Order(order) }
    }
}

/// What a worklist answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Steps that could be read.
    pub steps: Vec<Scheduled>,
    /// Rows that could not.
    pub unreadable: u64,
    /// How it ended: only success says that this was all.
    pub status: Status,
    /// What the other end says of it.
    pub comment: Box<str>,
}

impl Association {
    /// Reads a worklist ([`super::Service::Worklist`]).
    ///
    /// # Errors
    /// The association broke: then nothing is known of the rest.
    pub fn worklist(&mut self, asked: &Asked) -> Result<Listed, Failed> {
        let day = |date: Date| date.to_string().replace('-', "");
        let days = asked.days.map_or_else(String::new, |(from, to)| format!("{}-{}", day(from), day(to)));
        let step = Writing::default()
            .text(tags::MODALITY, b"CS", &asked.modality)
            .text(STATION, b"AE", "")
            .text(START_DATE, b"DA", &days)
            .text(START_TIME, b"TM", "")
            .text(STEP, b"SH", "");
        let keys = Writing::default()
            .text(tags::ACCESSION_NUMBER, b"SH", "")
            .text(PATIENT_NAME, b"PN", "")
            .text(tags::PATIENT_ID, b"LO", "")
            .text(tags::ISSUER_OF_PATIENT_ID, b"LO", "")
            .text(tags::STUDY_INSTANCE_UID, b"UI", "")
            .items(STEPS, self.coding(), &[step])
            .text(PROCEDURE, b"SH", "")
            .text(PRIORITY, b"SH", "");
        let (mut steps, mut unreadable) = (Vec::new(), 0);
        let found = self.find_flat(keys, |row| match row.ok().and_then(|row| scheduled(&row)) {
            Some(all) => steps.extend(all),
            None => unreadable += 1,
        })?;
        Ok(Listed { steps, unreadable, status: found.status, comment: found.comment })
    }
}

/// The steps of a row, usually one; `None` where it holds none or names an examination by no UID.
fn scheduled(row: &DataSet<'_>) -> Option<Vec<Scheduled>> {
    let items = row.items(STEPS).ok().filter(|items| !items.is_empty())?;
    let study = row.text(tags::STUDY_INSTANCE_UID);
    let study = if study.is_empty() { None } else { Some(StudyUid(Uid::as_found(&study).ok()?.0)) };
    let is_stat = match &*row.text(PRIORITY) {
        // PS3.3 C.4.11: defined terms of Requested Procedure Priority.
        "STAT" | "HIGH" => Some(true),
        "ROUTINE" | "MEDIUM" | "LOW" => Some(false),
        _ => None,
    };
    let one = |item: &DataSet<'_>| Scheduled {
        step: item.text(STEP).into(),
        procedure: row.text(PROCEDURE).into(),
        accession: row.text(tags::ACCESSION_NUMBER).into(),
        study: study.clone(),
        patient: Patient::new(&row.text(tags::PATIENT_ID), &row.text(tags::ISSUER_OF_PATIENT_ID)),
        is_stat,
        modality: item.text(tags::MODALITY).into(),
        starts: (item.text(START_DATE).into(), item.text(START_TIME).into()),
    };
    Some(items.iter().map(one).collect())
}
