//! What was told of performed steps, and what of it is refused (PS3.4 F.7.2): a step is begun, told more of, and is over once; then it may not change.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use archive::expected::{Expected, Named, Source};
use archive::{InstanceUid, Patient, StudyUid, Uid};
use jiff::civil;
use jiff::tz::TimeZone;
use model::Time;

use crate::dimse::message::{Answer, Status};
use crate::element::{DataSet, Tag};
use crate::limits::{STEP_OBJECTS_MAX, STEPS_MAX};
use crate::tags;

const STATUS: Tag = Tag(0x0040, 0x0252);
const END_DATE: Tag = Tag(0x0040, 0x0250);
const END_TIME: Tag = Tag(0x0040, 0x0251);
const SCHEDULED: Tag = Tag(0x0040, 0x0270);
const SERIES: Tag = Tag(0x0040, 0x0340);
const IMAGES: Tag = Tag(0x0008, 0x1140);
const OTHERS: Tag = Tag(0x0040, 0x0220);
const OBJECT: Tag = Tag(0x0008, 0x1155);

/// The step is over, and may no longer be updated (PS3.4 F.7.2.2.2: status 0110 with this Error ID).
const MAY_NOT_CHANGE: u16 = 0xA710;

/// What has come of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was completed; this is what the archives must have, one for each examination that it is part of.
    Completed(Vec<Expected>),
    /// It was given up. What it had made by then it names, and that was sent as well.
    Discontinued(Vec<Expected>),
}

/// Steps by the name that the modality gave them.
#[derive(Clone, Debug)]
pub struct Steps {
    zone: TimeZone,
    open: BTreeMap<Box<str>, Step>,
    /// Names of those that are over, and in which order: the oldest are forgotten first.
    over: BTreeSet<Box<str>>,
    order: VecDeque<Box<str>>,
}

#[derive(Clone, Debug, Default)]
struct Step {
    /// Examinations, each with the accession number of its order.
    studies: BTreeMap<Option<StudyUid>, Box<str>>,
    patient: Patient,
    instances: BTreeSet<InstanceUid>,
}

pub(super) fn success() -> Answer {
    Answer { status: Status(0), error: None, comment: "".into() }
}

pub(super) fn refused(status: u16, comment: &str) -> Answer {
    Answer { status: Status(status), error: None, comment: comment.into() }
}

impl Steps {
    /// None yet; times are local times of `zone`.
    pub fn new(zone: TimeZone) -> Steps {
        Steps { zone, open: BTreeMap::new(), over: BTreeSet::new(), order: VecDeque::new() }
    }

    /// Steps that were begun and are not over.
    pub fn in_progress(&self) -> usize {
        self.open.len()
    }

    /// A step is begun (N-CREATE).
    pub fn create(&mut self, about: &str, set: &DataSet<'_>) -> Answer {
        match self.created(about, set) {
            Ok(step) => {
                self.open.insert(about.into(), step);
                success()
            }
            Err(answer) => answer,
        }
    }

    fn created(&self, about: &str, set: &DataSet<'_>) -> Result<Step, Answer> {
        name(about)?;
        if self.open.contains_key(about) || self.over.contains(about) {
            return Err(refused(0x0111, "this step was begun before"));
        }
        if self.open.len() >= STEPS_MAX {
            return Err(refused(0x0213, "too many steps are in progress"));
        }
        match &*set.text(STATUS) {
            "IN PROGRESS" => {}
            "" => return Err(refused(0x0120, "(0040,0252) is missing")),
            _ => return Err(refused(0x0106, "(0040,0252) is IN PROGRESS when a step is begun")),
        }
        let mut step = Step {
            patient: Patient::new(&set.text(tags::PATIENT_ID), &set.text(tags::ISSUER_OF_PATIENT_ID)),
            ..Step::default()
        };
        for item in items(set, SCHEDULED)? {
            let text = item.text(tags::STUDY_INSTANCE_UID);
            let study = if text.is_empty() { None } else { Some(StudyUid(uid(&text)?)) };
            step.studies.insert(study, item.text(tags::ACCESSION_NUMBER).into());
        }
        if step.studies.is_empty() {
            return Err(refused(0x0120, "(0040,0270) names no examination"));
        }
        if set.bytes(SERIES).is_some() {
            step.instances = instances(set)?;
        }
        Ok(step)
    }

    /// More is told of a step (N-SET); what has come of it when it is over.
    ///
    /// # Errors
    /// It is refused; nothing has changed then.
    pub fn set(&mut self, about: &str, set: &DataSet<'_>, now: Time) -> Result<Option<Heard>, Answer> {
        name(about)?;
        if self.over.contains(about) {
            return Err(Answer {
                status: Status(0x0110),
                error: Some(MAY_NOT_CHANGE),
                comment: "Performed Procedure Step Object may no longer be updated".into(),
            });
        }
        let step = self.open.get_mut(about).ok_or_else(|| refused(0x0112, "no such step was begun here"))?;
        let named = if set.bytes(SERIES).is_some() { Some(instances(set)?) } else { None };
        let status = set.text(STATUS);
        let objects = named.as_ref().unwrap_or(&step.instances);
        match &*status {
            "" | "IN PROGRESS" | "DISCONTINUED" => {}
            // PS3.4 F.7.2.2.2: whatever is final names its series; a step that made nothing is discontinued.
            "COMPLETED" if objects.is_empty() => {
                return Err(refused(0x0121, "(0040,0340) names no object of a completed step"));
            }
            "COMPLETED" => {}
            _ => return Err(refused(0x0106, "(0040,0252) is none of its terms")),
        }
        if let Some(named) = named {
            step.instances = named;
        }
        if !matches!(&*status, "COMPLETED" | "DISCONTINUED") {
            return Ok(None);
        }
        let done = ended(set, &self.zone).map_or(now, |ended| ended.min(now));
        let Some(step) = self.open.remove(about) else { return Ok(None) };
        self.is_over(about);
        let expected = step.expected(done);
        Ok(Some(if status == "COMPLETED" {
            Heard::Completed(expected)
        } else {
            Heard::Discontinued(expected)
        }))
    }

    fn is_over(&mut self, about: &str) {
        self.over.insert(about.into());
        self.order.push_back(about.into());
        while self.order.len() > STEPS_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.over.remove(&oldest);
            }
        }
    }
}

impl Step {
    /// Which objects belong to which of several examinations the step does not say: each names all.
    fn expected(self, done: Time) -> Vec<Expected> {
        let instances: Vec<InstanceUid> = self.instances.into_iter().collect();
        if instances.is_empty() {
            return Vec::new();
        }
        let one = |(study, accession): (Option<StudyUid>, Box<str>)| Expected {
            named: study.map_or(Named::Accession(accession), Named::Study),
            patient: self.patient.clone(),
            source: Source::PerformedStep,
            done,
            instances: instances.clone(),
            counted: None,
        };
        self.studies.into_iter().map(one).collect()
    }
}

fn name(about: &str) -> Result<(), Answer> {
    match uid(about) {
        Ok(_) => Ok(()),
        Err(_) if about.is_empty() => Err(refused(0x0120, "the request names no step")),
        Err(_) => Err(refused(0x0117, "the step's name is no UID")),
    }
}

fn uid(text: &str) -> Result<Uid, Answer> {
    Uid::as_found(text).map(|(uid, _odd)| uid).map_err(|error| refused(0x0106, &error.to_string()))
}

fn items<'a>(set: &DataSet<'a>, tag: Tag) -> Result<Vec<DataSet<'a>>, Answer> {
    set.items(tag).map_err(|error| refused(0x0106, &error.to_string()))
}

/// All objects of all series, images and others.
fn instances(set: &DataSet<'_>) -> Result<BTreeSet<InstanceUid>, Answer> {
    let mut all = BTreeSet::new();
    for series in items(set, SERIES)? {
        for tag in [IMAGES, OTHERS] {
            for object in items(&series, tag)? {
                all.insert(InstanceUid(uid(&object.text(OBJECT))?));
                if all.len() > STEP_OBJECTS_MAX {
                    return Err(refused(0x0213, "the step names too many objects"));
                }
            }
        }
    }
    Ok(all)
}

/// When the step ended (DA and TM, local time); of an hour that the clocks show twice the first. `None` where it does not say.
fn ended(set: &DataSet<'_>, zone: &TimeZone) -> Option<Time> {
    let (day, time) = (set.text(END_DATE), set.text(END_TIME));
    let part = |text: &str, from: usize, to: usize| -> Option<i8> { text.get(from..to)?.parse().ok() };
    let date = civil::Date::new(day.get(..4)?.parse().ok()?, part(&day, 4, 6)?, part(&day, 6, 8)?).ok()?;
    // What is not said of the time is its beginning.
    let time = civil::Time::new(
        part(&time, 0, 2).unwrap_or(0),
        part(&time, 2, 4).unwrap_or(0),
        part(&time, 4, 6).unwrap_or(0),
        0,
    );
    let at = zone.to_ambiguous_zoned(date.to_datetime(time.ok()?)).earlier().ok()?;
    Some(Time(at.timestamp().as_microsecond()))
}
