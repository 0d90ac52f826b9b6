//! What is examined: the days before the night and what comes after the evening, from a seed; the evening itself as it is written here. Each examination is
//! known from the beginning and arrives when its time has come. None of them is anybody's.

use archive::urgency::Circumstances;
use archive::{InstanceUid, Patient, SeriesUid, StudyUid};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{Date, Time};
use sim::rng::Rng;

use crate::demo::id;

/// Everything here comes of it.
pub(super) const SEED: u64 = 2_245;
/// After the demonstration's beginning: from then on A hands nothing on to B.
pub(super) const STALLS_AFTER_SECONDS: i64 = 55 * 60;
/// The objects of an examination arrive so far apart.
const OBJECTS_APART_SECONDS: i64 = 1;

/// Examinations that both archives hold when the demonstration begins.
const EARLIER_EXAMS: i64 = 90;
/// One of them about so often.
const EARLIER_APART_SECONDS: i64 = 80 * 60;
/// Examinations after the written ones: enough until the morning after the second night. Then nothing more comes.
const LATER_EXAMS: u32 = 120;
/// The first of them comes so long after the demonstration's beginning.
const LATER_AFTER_SECONDS: i64 = 112 * 60;
/// Least and most time from one of them to the next, in minutes.
const LATER_APART_MINUTES: (i64, i64) = (10, 30);
/// An operation of the next day begins so many hours later, at least and at most.
const THEATRE_AFTER_HOURS: (i64, i64) = (6, 20);
/// Who numbers the patients.
const ISSUER: &str = "NORDVIK";
/// Objects of one series, at most.
const SERIES_OBJECTS_MAX: usize = 60;

/// Why somebody waits for an examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// The patient is in the emergency department.
    Emergency,
    /// The order is urgent.
    Urgent,
    /// The patient is in theatre the next day.
    Theatre,
    /// The patient lies in a bed.
    Inpatient,
    /// It is an earlier one of somebody in a bed.
    Prior,
    /// Nobody has said of which order it is.
    Untold,
    /// The patient has gone home.
    Home,
}

/// One examination of the evening.
struct Written {
    /// After the demonstration's beginning.
    after_seconds: i64,
    objects: usize,
    who: Who,
}

const fn written(minutes: i64, seconds: i64, objects: usize, who: Who) -> Written {
    Written { after_seconds: minutes * 60 + seconds, objects, who }
}

/// The evening. The demonstration begins at 21:50; the third one is on its way when A stops handing on, 17 of its 48 objects are through.
const EVENING: [Written; 8] = [
    written(14, 0, 2, Who::Inpatient),
    written(31, 0, 60, Who::Home),
    written(54, 43, 48, Who::Inpatient),
    written(62, 0, 64, Who::Emergency),
    written(71, 0, 2, Who::Inpatient),
    written(78, 0, 88, Who::Urgent),
    written(84, 0, 3, Who::Theatre),
    written(97, 0, 40, Who::Home),
];

/// One examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exam {
    pub(super) study: StudyUid,
    pub(super) patient: Patient,
    pub(super) day: Option<Date>,
    pub(super) accession: Box<str>,
    pub(super) circumstances: Circumstances,
    /// When each object arrives at A.
    pub(super) objects: Vec<(InstanceUid, SeriesUid, Time)>,
}

/// Every examination of a demonstration that begins then, in the order in which they begin.
pub(super) fn exams(begun: Time, zone: &TimeZone) -> Vec<Exam> {
    let mut dice = Rng::from_seed(SEED);
    let mut exams = Vec::new();
    let mut add = |dice: &mut Rng, at: Time, objects: usize, who: Who| {
        let number = exams.len();
        exams.push(exam(dice, number, at, objects, who, zone));
    };
    for before in (1..=EARLIER_EXAMS).rev() {
        let at = begun.plus_seconds(-before * EARLIER_APART_SECONDS + dice.between(0, 1_800));
        let (objects, who) = (size(&mut dice), who(&mut dice));
        add(&mut dice, at, objects, who);
    }
    for one in &EVENING {
        add(&mut dice, begun.plus_seconds(one.after_seconds), one.objects, one.who);
    }
    let mut at = begun.plus_seconds(LATER_AFTER_SECONDS);
    for _ in 0..LATER_EXAMS {
        let (objects, who) = (size(&mut dice), who(&mut dice));
        add(&mut dice, at, objects, who);
        let (least, most) = LATER_APART_MINUTES;
        at = at.plus_seconds(dice.between(least * 60, most * 60));
    }
    exams
}

/// Objects of an examination: X-rays mostly, then ultrasound, CT and MR.
fn size(dice: &mut Rng) -> usize {
    let objects = match dice.below(10) {
        0..5 => dice.between(1, 4),
        5..7 => dice.between(6, 24),
        7..9 => dice.between(40, 120),
        _ => dice.between(80, 200),
    };
    usize::try_from(objects).unwrap_or(1)
}

/// Nobody of the emergency department: its two patients are written.
fn who(dice: &mut Rng) -> Who {
    match dice.below(20) {
        0..8 => Who::Inpatient,
        8..10 => Who::Theatre,
        10..13 => Who::Prior,
        13 => Who::Untold,
        _ => Who::Home,
    }
}

fn exam(dice: &mut Rng, number: usize, at: Time, objects: usize, who: Who, zone: &TimeZone) -> Exam {
    let patient = Patient::new(&format!("N{:06}", dice.between(100_000, 999_999)), ISSUER);
    let study = StudyUid(uid(dice));
    let mut series = SeriesUid(uid(dice));
    let mut arrives = at;
    let objects = (0..objects).map(|object| {
        if object > 0 && object % SERIES_OBJECTS_MAX == 0 {
            series = SeriesUid(uid(dice));
        }
        let one = (InstanceUid(uid(dice)), series.clone(), arrives);
        arrives = arrives.plus_seconds(OBJECTS_APART_SECONDS);
        one
    });
    let objects = objects.collect();
    let circumstances = circumstances(dice, who, at);
    let accession = format!("RX{:06}", 204_311 + number * 7).into();
    Exam { study, patient, day: day(at, zone), accession, circumstances, objects }
}

/// An identifier as anybody may make one: below 2.25 stands a number of 128 bits (PS3.5 §B.2).
fn uid(dice: &mut Rng) -> archive::Uid {
    let number = (u128::from(dice.draw()) << 64) | u128::from(dice.draw());
    id(&format!("2.25.{number}"))
}

/// The day in the hospital.
fn day(at: Time, zone: &TimeZone) -> Option<Date> {
    let local = Timestamp::from_microsecond(at.0).ok()?.to_zoned(zone.clone()).date();
    let (month, day) = (u8::try_from(local.month()).ok()?, u8::try_from(local.day()).ok()?);
    Date::new(local.year(), month, day)
}

fn circumstances(dice: &mut Rng, who: Who, at: Time) -> Circumstances {
    let (least, most) = THEATRE_AFTER_HOURS;
    let theatre = at.plus_seconds(dice.between(least, most) * 3_600);
    let home = Circumstances {
        in_emergency: Some(false),
        is_stat: Some(false),
        theatre: Some(None),
        is_inpatient: Some(false),
        is_prior: Some(false),
    };
    let lies = Circumstances { is_inpatient: Some(true), ..home };
    match who {
        Who::Emergency => Circumstances { in_emergency: Some(true), ..home },
        Who::Urgent => Circumstances { is_stat: Some(true), ..home },
        Who::Theatre => Circumstances { theatre: Some(Some(theatre)), ..lies },
        Who::Inpatient => lies,
        Who::Prior => Circumstances { is_prior: Some(true), ..lies },
        Who::Untold => Circumstances { is_stat: None, ..home },
        Who::Home => home,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_evening_brings_the_same_examinations_and_no_name_comes_twice() {
        let (begun, zone) = (Time(1_795_640_000_000_000), TimeZone::get("Europe/Stockholm").unwrap());
        let all = exams(begun, &zone);
        assert_eq!(all, exams(begun, &zone));
        let objects: Vec<&InstanceUid> =
            all.iter().flat_map(|exam| exam.objects.iter().map(|(object, ..)| object)).collect();
        assert!((4_000..10_000).contains(&objects.len()), "a few thousand: {}", objects.len());
        assert_eq!(objects.iter().collect::<BTreeSet<_>>().len(), objects.len());
        assert_eq!(all.iter().map(|exam| &exam.study).collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().all(|exam| exam.day.is_some()));
        let emergencies = all.iter().filter(|exam| {
            let known = exam.circumstances;
            known.in_emergency == Some(true) || known.is_stat == Some(true)
        });
        assert_eq!(emergencies.count(), 2, "the two patients of the story, and no other in either night");
    }
}
