//! The worklist of the modalities (PS3.4 K): which examinations are scheduled, for when, under which accession numbers, how urgent. `whole` says whether all of it was
//! told. Whether anything of it is missing is not said here.

mod whole;

use archive::circumstances::{Order, Says, Stage, Told};
use archive::{Patient, StudyUid, Uid};
use jiff::tz::TimeZone;
use model::{Date, Time};

use super::association::Association;
use super::failed::Failed;
use super::message::Status;
use super::when::{hms, instant, ymd};
use crate::element::{DataSet, Tag, Writing};
use crate::limits::SCHEDULED_MAX;
use crate::tags;

pub use whole::{NotWhole, UNSPLIT_MAX_STEPS, whole};

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
    /// Steps that begin on this day or later.
    pub from: Option<Date>,
    /// Steps that begin on this day or earlier.
    pub to: Option<Date>,
    /// Of one day, steps that begin in these seconds of it, both included.
    pub seconds: Option<(u32, u32)>,
    /// Steps of this kind of modality, such as `CT`; all where it is empty.
    pub modality: Box<str>,
}

impl Asked {
    /// Is the step one of those that are asked for? `None` where the step does not say when it begins.
    fn has(&self, step: &Scheduled) -> Option<bool> {
        let (day, second) = (step.day()?, step.second()?);
        let days = self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to);
        Some(days && self.seconds.is_none_or(|(from, to)| (from..=to).contains(&second)))
    }

    /// As ranges of DA and TM (PS3.4 C.2.2.2.5); empty where everything matches.
    fn ranges(&self) -> (String, String) {
        let day =
            |date: Option<Date>| date.map_or_else(String::new, |date| date.to_string().replace('-', ""));
        let days = match (self.from, self.to) {
            (None, None) => String::new(),
            (from, to) if from == to => day(from),
            (from, to) => format!("{}-{}", day(from), day(to)),
        };
        let time =
            |seconds: u32| format!("{:02}{:02}{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        (days, self.seconds.map_or_else(String::new, |(from, to)| format!("{}-{}", time(from), time(to))))
    }
}

/// A scheduled step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// When it begins, by the clocks of `zone`; of an hour that they show twice the first. `None` where the list does not say.
    pub fn begins(&self, zone: &TimeZone) -> Option<Time> {
        instant(&self.starts.0, &self.starts.1, zone)
    }

    fn day(&self) -> Option<Date> {
        let (year, month, day) = ymd(&self.starts.0)?;
        Date::parse(&format!("{year:04}-{month:02}-{day:02}")).ok()
    }

    /// Of its day.
    fn second(&self) -> Option<u32> {
        let (hour, minute, second) = hms(&self.starts.1);
        let within = |part: i8, below: u32| u32::try_from(part).ok().filter(|part| *part < below);
        Some(within(hour, 24)? * 3_600 + within(minute, 60)? * 60 + within(second, 60)?)
    }

    /// As something that was told of an order that is due at `due`, at the time at which the list was read.
    pub fn told(&self, at: Time, due: Time) -> Told {
        let number = if self.procedure.is_empty() { &self.step } else { &self.procedure };
        let order = Order {
            accession: self.accession.clone(),
            number: number.clone(),
            study: self.study.clone(),
            patient: self.patient.clone(),
            is_stat: self.is_stat,
            stage: Some(Stage::Scheduled(due)),
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
    /// Steps beyond those that are held.
    pub beyond: u64,
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
        let (days, times) = asked.ranges();
        let step = Writing::default()
            .text(tags::MODALITY, b"CS", &asked.modality)
            .text(STATION, b"AE", "")
            .text(START_DATE, b"DA", &days)
            .text(START_TIME, b"TM", &times)
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
        let (mut steps, mut unreadable, mut beyond) = (Vec::new(), 0, 0);
        let found = self.find_flat(keys, |row| match row.ok().and_then(|row| scheduled(&row)) {
            Some(all) if steps.len() + all.len() > SCHEDULED_MAX => beyond += all.len() as u64,
            Some(all) => steps.extend(all),
            None => unreadable += 1,
        })?;
        Ok(Listed { steps, unreadable, beyond, status: found.status, comment: found.comment })
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
