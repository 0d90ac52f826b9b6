//! What was told of performed steps, and what of it is refused (PS3.4 F.7.2): a step is begun, told more of, and is over once; then it may not change.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use archive::expected::{Expected, Named, Source};
use archive::{InstanceUid, Patient, StudyUid, Uid};
use jiff::tz::TimeZone;
use model::Time;
use serde::{Deserialize, Serialize};

use crate::dimse::message::{Answer, Status};
use crate::dimse::when::instant;
use crate::element::{DataSet, Tag};
use crate::limits::{
    ACCESSION_MAX_CHARACTERS, OPEN_OBJECTS_MAX, STEP_OBJECTS_MAX, STEP_STUDIES_MAX, STEPS_MAX,
};
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

/// What changes of a step. It is kept before the modality is told that it was heard: what is not kept never happened.
#[derive(Clone, Debug)]
pub enum Change<'a> {
    /// It was begun, or more was told of it: this is all that is known.
    Open {
        /// Its name.
        about: &'a str,
        /// All of it.
        step: &'a Step,
    },
    /// It is over.
    Over {
        /// Its name.
        about: &'a str,
        /// What has come of it.
        heard: &'a Heard,
        /// When that was told.
        at: Time,
    },
}

/// Whoever keeps what changes, for good when it comes back without an error.
pub type Keep<'a> = dyn FnMut(&Change<'_>) -> std::io::Result<()> + Send + 'a;

/// Steps by the name that the modality gave them.
#[derive(Clone, Debug)]
pub struct Steps {
    zone: TimeZone,
    open: BTreeMap<Box<str>, Step>,
    /// Objects of all that are open.
    objects: usize,
    /// Names of those that are over, and in which order: the oldest are forgotten first.
    over: BTreeSet<Box<str>>,
    order: VecDeque<Box<str>>,
}

/// What is known of a step that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When it was begun, by our clock.
    pub begun: Time,
    /// Examinations, each with the accession number of its order.
    pub studies: BTreeSet<(Option<StudyUid>, Box<str>)>,
    /// Whose.
    pub patient: Patient,
    /// What it has made so far, as far as it was told.
    pub instances: BTreeSet<InstanceUid>,
}

pub(super) fn success() -> Answer {
    Answer { status: Status(0), error: None, comment: "".into() }
}

pub(super) fn refused(status: u16, comment: &str) -> Answer {
    Answer { status: Status(status), error: None, comment: comment.into() }
}

impl Steps {
    /// None yet but those that were kept, by their names; times are local times of `zone`.
    pub fn new(zone: TimeZone, open: BTreeMap<Box<str>, Step>) -> Steps {
        let objects = open.values().map(|step| step.instances.len()).sum();
        Steps { zone, open, objects, over: BTreeSet::new(), order: VecDeque::new() }
    }

    /// Steps that were begun and are not over.
    pub fn in_progress(&self) -> usize {
        self.open.len()
    }

    /// A step is begun (N-CREATE).
    pub fn create(&mut self, about: &str, set: &DataSet<'_>, now: Time, keep: &mut Keep<'_>) -> Answer {
        let step = match self.created(about, set, now) {
            Ok(step) => step,
            Err(answer) => return answer,
        };
        if keep(&Change::Open { about, step: &step }).is_err() {
            return not_kept();
        }
        self.objects += step.instances.len();
        self.open.insert(about.into(), step);
        success()
    }

    fn created(&self, about: &str, set: &DataSet<'_>, now: Time) -> Result<Step, Answer> {
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
            begun: now,
            studies: BTreeSet::new(),
            patient: Patient::new(&set.text(tags::PATIENT_ID), &set.text(tags::ISSUER_OF_PATIENT_ID)),
            instances: BTreeSet::new(),
        };
        for item in items(set, SCHEDULED)? {
            let text = item.text(tags::STUDY_INSTANCE_UID);
            let study = if text.is_empty() { None } else { Some(StudyUid(uid(&text)?)) };
            let accession = accession(&item)?;
            if study.is_none() && accession.is_empty() {
                return Err(refused(0x0120, "an item of (0040,0270) names no examination"));
            }
            step.studies.insert((study, accession));
            if step.studies.len() > STEP_STUDIES_MAX {
                return Err(refused(0x0213, "the step is part of too many examinations"));
            }
        }
        if step.studies.is_empty() {
            return Err(refused(0x0120, "(0040,0270) names no examination"));
        }
        if set.bytes(SERIES).is_some() {
            step.instances = instances(set)?;
            self.has_room(0, step.instances.len())?;
        }
        Ok(step)
    }

    /// Is there room for so many objects of a step that had so many?
    fn has_room(&self, before: usize, now: usize) -> Result<(), Answer> {
        let is_over = (self.objects - before).saturating_add(now) > OPEN_OBJECTS_MAX;
        if is_over { Err(refused(0x0213, "steps in progress name too many objects")) } else { Ok(()) }
    }

    /// More is told of a step (N-SET), or that it is over.
    pub fn set(&mut self, about: &str, set: &DataSet<'_>, now: Time, keep: &mut Keep<'_>) -> Answer {
        let (step, end) = match self.told(about, set) {
            Ok(told) => told,
            Err(answer) => return answer,
        };
        let Some(end) = end else {
            if keep(&Change::Open { about, step: &step }).is_err() {
                return not_kept();
            }
            self.objects += step.instances.len();
            if let Some(before) = self.open.insert(about.into(), step) {
                self.objects -= before.instances.len();
            }
            return success();
        };
        let done = ended(set, &self.zone).map_or(now, |ended| ended.min(now));
        let heard = match end {
            End::Completed => Heard::Completed(step.expected(done)),
            // What made nothing is part of no archive.
            End::Discontinued if step.instances.is_empty() => Heard::Discontinued(Vec::new()),
            End::Discontinued => Heard::Discontinued(step.expected(done)),
        };
        if keep(&Change::Over { about, heard: &heard, at: now }).is_err() {
            return not_kept();
        }
        if let Some(before) = self.open.remove(about) {
            self.objects -= before.instances.len();
        }
        self.is_over(about);
        success()
    }

    /// What is known of a step when this is told of it, and whether it is over then.
    fn told(&self, about: &str, set: &DataSet<'_>) -> Result<(Step, Option<End>), Answer> {
        name(about)?;
        if self.over.contains(about) {
            return Err(Answer {
                status: Status(0x0110),
                error: Some(MAY_NOT_CHANGE),
                comment: "Performed Procedure Step Object may no longer be updated".into(),
            });
        }
        let step = self.open.get(about).ok_or_else(|| refused(0x0112, "no such step was begun here"))?;
        let mut step = step.clone();
        if set.bytes(SERIES).is_some() {
            let named = instances(set)?;
            self.has_room(step.instances.len(), named.len())?;
            step.instances = named;
        }
        match &*set.text(STATUS) {
            "" | "IN PROGRESS" => Ok((step, None)),
            "DISCONTINUED" => Ok((step, Some(End::Discontinued))),
            // PS3.4 F.7.2.2.2: whatever is final names its series, and may leave out which objects are in them; a step that made nothing is discontinued.
            "COMPLETED" if step.instances.is_empty() && items(set, SERIES)?.is_empty() => {
                Err(refused(0x0121, "(0040,0340) names no series of a completed step"))
            }
            "COMPLETED" => Ok((step, Some(End::Completed))),
            _ => Err(refused(0x0106, "(0040,0252) is none of its terms")),
        }
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

/// How a step ended.
#[derive(Clone, Copy)]
enum End {
    Completed,
    Discontinued,
}

impl Step {
    /// Which objects belong to which of several examinations the step does not say: each names all.
    fn expected(self, done: Time) -> Vec<Expected> {
        let instances: Vec<InstanceUid> = self.instances.into_iter().collect();
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

fn not_kept() -> Answer {
    refused(0x0110, "it could not be kept")
}

/// An accession number as others can be told of it.
fn accession(item: &DataSet<'_>) -> Result<Box<str>, Answer> {
    let text = item.text(tags::ACCESSION_NUMBER);
    let fits = text.chars().count() <= ACCESSION_MAX_CHARACTERS && !text.chars().any(char::is_control);
    if fits { Ok(text.into()) } else { Err(refused(0x0106, "(0008,0050) is no accession number")) }
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

/// When the step ended. `None` where it does not say.
fn ended(set: &DataSet<'_>, zone: &TimeZone) -> Option<Time> {
    instant(&set.text(END_DATE), &set.text(END_TIME), zone)
}
