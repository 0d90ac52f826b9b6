//! Two archives that can be asked, as the server asks real ones. What each holds is worked out of the clock, the seed and what was sent again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapter_dicom::source::Times;
use archive::kept::Kept;
use archive::urgency::Circumstances;
use archive::verdict::many;
use archive::{Holding, Instance, InstanceUid, Side, Study, StudyDate, StudyUid, Tier};
use jiff::tz::TimeZone;
use model::Time;
use model::ids::PairId;
use server::archives::{ImageArchives, Looked, NotAsked, OfExam, PairAsked, Probes, Sent, ToSend};
use server::clock::Clock;
use server::importer::Watch;
use sim::rng::Rng;

use super::exams::{Exam, SEED, STALLS_AFTER_SECONDS, exams};
use super::{A, B, PAIR, PLACE};
use crate::archives::PROBES;
use crate::archives::probes::measured;
use crate::demo::{LapseClock, id};

/// Compared and probed by themselves so often.
pub(super) const COMPARE_EVERY_MINUTES: u32 = 15;
/// See [`COMPARE_EVERY_MINUTES`].
pub(super) const PROBE_EVERY_MINUTES: u32 = 30;
/// Listing both takes so long, in the demonstration's time.
const LISTING_SECONDS: i64 = 30;
/// So does sending an object, or opening an examination.
const OBJECT_SECONDS: i64 = 2;
/// How long is waited for the clock in one go.
const TICK: Duration = Duration::from_millis(10);
/// Most ticks of a listing: whoever waits in real time does not wait for half a minute.
const LISTING_TICKS_MAX: u32 = 100;
/// Most ticks of an object.
const OBJECT_TICKS_MAX: u32 = 1;
/// Median and 90th percentile of the time to the first image, in milliseconds: of A, and of B, which is newer. None takes more than twice the latter.
const FIRST_IMAGE_MS: [(i64, i64); 2] = [(620, 900), (380, 560)];
/// An archive needs a millisecond more for so many objects that it holds.
const OBJECTS_A_MS: u64 = 400;

/// Two archives of which A hands on to B what it gets, until it does not.
pub(crate) struct InventedPair {
    exams: Vec<Exam>,
    clock: Arc<LapseClock>,
    /// From then on A hands nothing on.
    stalls: Time,
    /// The first object that A does not hand on: its queue hangs on that one.
    hangs_on: Option<InstanceUid>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What B got because somebody sent it, and when.
    given: BTreeMap<InstanceUid, Time>,
    /// From then on A hands on again: what its queue hung on is at B.
    goes_on: Option<Time>,
    /// The cut of a comparison that somebody at the browser asked for.
    asked: Option<Time>,
}

impl Seen {
    /// When B got an object that came to A then, if it did. A hands each on as it stores it, and what waits when it goes on.
    fn at_b(&self, object: &InstanceUid, came: Time, stalls: Time) -> Option<Time> {
        if came < stalls {
            return Some(came);
        }
        let given = self.given.get(object).copied();
        given.or_else(|| self.goes_on.map(|from| came.max(from)))
    }
}

impl InventedPair {
    /// Those of a demonstration that begins when the clock says so, in a hospital of that zone.
    pub(crate) fn new(clock: Arc<LapseClock>, zone: &TimeZone) -> InventedPair {
        let begun = clock.now();
        let stalls = begun.plus_seconds(STALLS_AFTER_SECONDS);
        let exams = exams(begun, zone);
        let waits = exams.iter().flat_map(|exam| &exam.objects).filter(|(.., came)| *came >= stalls);
        let hangs_on = waits.min_by_key(|(.., came)| *came).map(|(object, ..)| object.clone());
        InventedPair { exams, clock, stalls, hangs_on, seen: Mutex::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pair as the pages know it.
    pub(super) fn asked(&self) -> PairAsked {
        PairAsked {
            id: id(PAIR),
            a: A.into(),
            b: B.into(),
            sends: true,
            every_minutes: Some(COMPARE_EVERY_MINUTES),
            place: PLACE.into(),
            probe_every_minutes: Some(PROBE_EVERY_MINUTES),
        }
    }

    /// Somebody at the browser compares as of that cut, and what came of it is not recorded yet: it would be refused after a later one.
    pub(super) fn is_being_compared(&self, recorded: Option<Time>, now: Time) -> bool {
        let is_fresh = |cut: &Time| now.seconds_since(*cut) < i64::from(COMPARE_EVERY_MINUTES) * 60;
        let asked = self.seen().asked.filter(is_fresh);
        asked.is_some_and(|cut| recorded.is_none_or(|recorded| recorded < cut))
    }

    /// What both hold now, compared as of `cut`.
    pub(in crate::demo) fn look(&self, cut: Time) -> Looked {
        let listed = self.clock.now();
        let (a, b) = (self.holding(Side::A, listed), self.holding(Side::B, listed));
        let verdict = archive::compare(&a, &b, cut, Tier::Identity);
        let compared = Kept::new(&verdict, |exam| self.circumstances(&exam.study.uid));
        Looked { since: None, compared, looked_for: None, verdict }
    }

    /// What the hospital would say of an examination's patient and order; of one that it does not know, nothing.
    fn circumstances(&self, study: &StudyUid) -> Circumstances {
        let known = self.exams.iter().find(|exam| exam.study == *study);
        known.map(|exam| exam.circumstances).unwrap_or_default()
    }

    /// What an archive lists at an instant.
    fn holding(&self, side: Side, at: Time) -> Holding {
        let (seen, mut holding) = (self.seen(), Holding::new());
        for exam in &self.exams {
            let mut is_there = false;
            for (uid, series, came) in &exam.objects {
                let arrived = match side {
                    Side::A => Some(*came),
                    Side::B => seen.at_b(uid, *came, self.stalls),
                };
                if let Some(arrived) = arrived.filter(|arrived| *arrived <= at) {
                    is_there = true;
                    holding.instance(Instance {
                        uid: uid.clone(),
                        series: series.clone(),
                        study: exam.study.clone(),
                        arrived: Some(arrived),
                        content: None,
                    });
                }
            }
            if is_there {
                holding.study(Study {
                    uid: exam.study.clone(),
                    patient: exam.patient.clone(),
                    date: exam.day.map_or(StudyDate::Empty, StudyDate::Day),
                    accession: exam.accession.clone(),
                    counted: None,
                });
            }
        }
        holding
    }

    /// What B lacks now of what had come to A by then.
    fn lacking(&self, by: Time) -> Vec<(&StudyUid, &InstanceUid)> {
        let seen = self.seen();
        let objects = self
            .exams
            .iter()
            .flat_map(|exam| exam.objects.iter().map(move |(object, _, came)| (&exam.study, object, *came)));
        let lacks = objects
            .filter(|(_, object, came)| *came <= by && seen.at_b(object, *came, self.stalls).is_none());
        lacks.map(|(study, object, _)| (study, object)).collect()
    }

    /// Waits until so much of the demonstration's time has passed, at most so many ticks; not at all where it stands still.
    fn takes(&self, seconds: i64, ticks_max: u32, watch: &Watch) {
        let until = self.clock.now().plus_seconds(seconds);
        let passes = self.clock.lapse().is_some_and(|lapse| lapse.times > 0);
        for _ in 0..ticks_max {
            if !passes || self.clock.now() >= until || watch.is_stopped() {
                return;
            }
            std::thread::sleep(TICK);
        }
    }

    /// How long an archive takes now: drawn anew at each instant, and longer the more it holds.
    pub(super) fn times(&self, side: Side) -> Times {
        let at = self.clock.now();
        let more = i64::try_from(self.holding(side, at).instances().len() as u64 / OBJECTS_A_MS).unwrap_or(0);
        let mut dice = Rng::from_seed(SEED).split(&format!("{side} {}", at.0));
        let [of_a, of_b] = FIRST_IMAGE_MS;
        let (p50, p90) = match side {
            Side::A => of_a,
            Side::B => of_b,
        };
        let mut draw = |divided: i64| -> Vec<Duration> {
            let took = |_| dice.duration_ms(p50 / divided, p90 / divided) + more;
            (0..PROBES).map(took).map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0))).collect()
        };
        let (first_image, search, scroll, prior) = (draw(1), draw(3), draw(20), draw(1));
        Times { search, first_image, scroll, prior, failed: 0, first_failure: None }
    }

    /// Probes both, and tells of each examination that is opened.
    pub(super) fn probes(&self, opened: &dyn Fn(u64) -> bool) -> Probes {
        let mut probes = Probes::default();
        for (number, side) in (0..).zip([Side::A, Side::B]) {
            for one in 0..u64::from(PROBES) {
                if !opened(u64::from(PROBES) * number + one) {
                    return Probes { failed: Some(NotAsked::Stopped), ..probes };
                }
            }
            let measured = measured(&self.times(side), self.clock.now());
            probes.taken.push(measured.probed(id(PAIR), side, PLACE));
        }
        probes
    }
}

fn known(pair: &PairId) -> Result<(), NotAsked> {
    let unknown = || NotAsked::Failed(format!("the demonstration has no pair of archives {pair}"));
    (pair.as_str() == PAIR).then_some(()).ok_or_else(unknown)
}

impl ImageArchives for InventedPair {
    fn pairs(&self) -> Vec<PairAsked> {
        vec![self.asked()]
    }

    fn compare(&self, pair: &PairId, cut: Time, watch: &Watch) -> Result<Looked, NotAsked> {
        known(pair)?;
        self.seen().asked = Some(cut);
        self.takes(LISTING_SECONDS, LISTING_TICKS_MAX, watch);
        if watch.is_stopped() {
            self.seen().asked = None;
            return Err(NotAsked::Stopped);
        }
        Ok(self.look(cut))
    }

    fn send(&self, pair: &PairId, wanted: &ToSend, watch: &Watch) -> Result<Sent, NotAsked> {
        known(pair)?;
        let lacking = self.lacking(self.clock.now());
        let wanted = wanted.studies.iter().map(|study| {
            let objects = lacking.iter().filter(|(of, _)| *of == study).map(|(_, object)| *object);
            (study, objects.collect())
        });
        let wanted: Vec<(&StudyUid, Vec<&InstanceUid>)> = wanted.collect();
        let total: u64 = wanted.iter().map(|(_, objects)| objects.len() as u64).sum();
        let (mut went, mut not_sent): (u64, Vec<OfExam>) = (0, Vec::new());
        for (study, objects) in wanted {
            let mut left = objects.len() as u64;
            for object in objects {
                if watch.is_stopped() {
                    break;
                }
                self.takes(OBJECT_SECONDS, OBJECT_TICKS_MAX, watch);
                let at = self.clock.now();
                self.seen().given.insert(object.clone(), at);
                (went, left) = (went + 1, left - 1);
                watch.report(went, total);
            }
            if left > 0 {
                not_sent.push((study.clone(), format!("stopped before {}", many(left, "object")).into()));
            }
        }
        let mut seen = self.seen();
        if self.hangs_on.as_ref().is_some_and(|object| seen.given.contains_key(object)) {
            seen.goes_on = seen.goes_on.or(Some(self.clock.now()));
        }
        drop(seen);
        let says = vec![
            "Both archives are invented: objects go from one to the other in this program's memory."
                .to_owned(),
            format!("{} went to {B}.", many(went, "object")),
        ];
        Ok(Sent { says, objects: went, not_sent, ..Sent::default() })
    }

    fn probe(&self, pair: &PairId, watch: &Watch) -> Probes {
        if let Err(unknown) = known(pair) {
            return Probes { failed: Some(unknown), ..Probes::default() };
        }
        self.probes(&|opened| {
            self.takes(OBJECT_SECONDS, OBJECT_TICKS_MAX, watch);
            watch.report(opened, u64::from(PROBES) * 2);
            !watch.is_stopped()
        })
    }
}
