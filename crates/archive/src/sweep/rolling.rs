//! The rolling sweep: which examination's objects to list next, and how old the oldest part of the proof is.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;

use crate::exam::Study;
use crate::reason::{Reason, Side};
use crate::sweep::screen::{Screened, screen};
use crate::uid::{InstanceUid, StudyUid, Uid};
use crate::verdict::{Affected, Held, Missing, Moved, Proven, Tier, Verdict};

/// What both archives said of an examination when it was screened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    a: Option<Study>,
    b: Option<Study>,
}

/// One examination of the sweep.
#[derive(Clone, Debug)]
struct Part {
    face: Face,
    /// Counts or patient differ: looked at before all others.
    differs: bool,
    /// Its place, newest first.
    rank: u64,
    swept: Option<Swept>,
}

/// When the objects of an examination were compared, what was seen of it then, and what came of it.
#[derive(Clone, Debug)]
struct Swept {
    at: Time,
    face: Face,
    found: Result<Proven, Reason>,
}

/// How far the sweep is, in whole counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Examinations that either archive lists.
    pub studies: u64,
    /// Whose objects were never compared.
    pub never: u64,
    /// Whose counts or patient changed since.
    pub changed: u64,
    /// Whose lists proved nothing.
    pub unproven: u64,
    /// Since when the oldest comparison stands; `None` while there is one that was never made, or nothing to compare.
    pub oldest: Option<Time>,
}

/// The sweep over all examinations of two archives.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    parts: BTreeMap<StudyUid, Part>,
    screened: Option<Time>,
}

impl Sweep {
    /// Nothing was looked at yet.
    pub fn new() -> Sweep {
        Sweep::default()
    }

    /// Takes two complete lists of examinations in, made from `at` on. An examination that neither lists any more leaves the sweep.
    pub fn screened(&mut self, at: Time, a: &BTreeMap<Uid, Study>, b: &BTreeMap<Uid, Study>) -> Screened {
        let screened = screen(a, b);
        let differing: BTreeSet<&StudyUid> = screened.differing.iter().collect();
        let mut before = std::mem::take(&mut self.parts);
        for (rank, uid) in screened.differing.iter().chain(&screened.agreeing).enumerate() {
            let face = Face { a: a.get(&uid.0).cloned(), b: b.get(&uid.0).cloned() };
            let swept = before.remove(uid).and_then(|part| part.swept);
            let part = Part { face, differs: differing.contains(uid), rank: rank as u64, swept };
            self.parts.insert(uid.clone(), part);
        }
        self.screened = Some(at);
        screened
    }

    /// Whose objects to list now: never or not since a change, those that differ and the newest first; else the one that was looked at longest ago.
    pub fn next(&self) -> Option<&StudyUid> {
        let order = |part: &Part| match &part.swept {
            Some(swept) if swept.face == part.face => (true, swept.at, !part.differs, part.rank),
            Some(_) | None => (false, Time(0), !part.differs, part.rank),
        };
        self.parts.iter().min_by_key(|(_, part)| order(part)).map(|(uid, _)| uid)
    }

    /// Takes in what came of comparing the objects of one examination, begun at `at`. What nobody screened is passed over.
    pub fn swept(&mut self, study: &StudyUid, at: Time, verdict: Verdict) {
        if let Some(part) = self.parts.get_mut(study) {
            let found = match verdict {
                Verdict::Proven(proven) => Ok(*proven),
                Verdict::Unproven { reason, .. } => Err(reason),
            };
            part.swept = Some(Swept { at, face: part.face.clone(), found });
        }
    }

    /// How far it is.
    pub fn standing(&self) -> Standing {
        let mut standing = Standing { studies: self.parts.len() as u64, ..Standing::default() };
        for part in self.parts.values() {
            match &part.swept {
                None => standing.never += 1,
                Some(swept) if swept.face != part.face => standing.changed += 1,
                Some(swept) => standing.unproven += u64::from(swept.found.is_err()),
            }
        }
        let times = self.parts.values().map(|part| part.swept.as_ref().map(|swept| swept.at));
        standing.oldest = times.min().flatten();
        standing
    }

    /// What the sweep says of the whole at `tier`. Its cut is the beginning of the oldest comparison: all that both archives had then and still
    /// have was compared since. Counts alone are never enough.
    pub fn verdict(&self, tier: Tier) -> Verdict {
        let Some(screened) = self.screened else {
            return Verdict::Unproven { reason: Reason::NeverListed { side: Side::A }, others: Vec::new() };
        };
        let standing = self.standing();
        let mut reasons = Vec::new();
        if standing.never > 0 {
            reasons.push(Reason::OnlyCounted { studies: standing.never });
        }
        if standing.changed > 0 {
            reasons.push(Reason::ChangedSince { studies: standing.changed });
        }
        let mut whole = nothing(standing.oldest.unwrap_or(screened), tier);
        for swept in self.parts.values().filter_map(|part| part.swept.as_ref()) {
            match &swept.found {
                Ok(proven) if proven.tier < tier => {
                    reasons.push(Reason::OtherTier { asked: tier, compared: proven.tier })
                }
                Ok(proven) => add(&mut whole, proven),
                Err(reason) => reasons.push(reason.clone()),
            }
        }
        reasons.dedup();
        pair(&mut whole);
        whole.a_only.sort_by(|x, y| x.study.newest_first().cmp(&y.study.newest_first()));
        whole.exams.sort_by(|x, y| x.study.newest_first().cmp(&y.study.newest_first()));
        whole.b_only.sort_by(|x, y| x.study.newest_first().cmp(&y.study.newest_first()));
        Verdict::unproven(reasons).unwrap_or_else(|| Verdict::Proven(Box::new(whole)))
    }
}

fn nothing(cut: Time, tier: Tier) -> Proven {
    Proven {
        a_only: Vec::new(),
        b_only: Vec::new(),
        moved: Vec::new(),
        content_diff: Vec::new(),
        exams: Vec::new(),
        set_aside: Vec::new(),
        in_flight: Vec::new(),
        cut,
        tier,
        held: Held::default(),
    }
}

fn add(whole: &mut Proven, part: &Proven) {
    whole.a_only.extend(part.a_only.iter().cloned());
    whole.b_only.extend(part.b_only.iter().cloned());
    whole.moved.extend(part.moved.iter().cloned());
    whole.content_diff.extend(part.content_diff.iter().cloned());
    whole.exams.extend(part.exams.iter().cloned());
    whole.set_aside.extend(part.set_aside.iter().cloned());
    whole.in_flight.extend(part.in_flight.iter().cloned());
    whole.held.a += part.held.a;
    whole.held.b += part.held.b;
    whole.held.alike += part.held.alike;
}

/// Examinations were compared one by one: an object that one archive has in another examination was missing twice, and has moved.
fn pair(whole: &mut Proven) {
    let places = |list: &[Missing]| -> BTreeMap<InstanceUid, StudyUid> {
        let places = |missing: &Missing| {
            let study = missing.study.uid.clone();
            missing.instances.iter().map(|uid| (uid.clone(), study.clone())).collect::<Vec<_>>()
        };
        list.iter().flat_map(places).collect()
    };
    let (in_a, in_b) = (places(&whole.a_only), places(&whole.b_only));
    for (instance, a) in &in_a {
        if let Some(b) = in_b.get(instance) {
            has_moved(whole, a, b);
            whole.moved.push(Moved::Study { instance: instance.clone(), a: a.clone(), b: b.clone() });
        }
    }
    for list in [&mut whole.a_only, &mut whole.b_only] {
        for missing in list.iter_mut() {
            missing.instances.retain(|uid| !(in_a.contains_key(uid) && in_b.contains_key(uid)));
        }
        list.retain(|missing| !missing.instances.is_empty());
    }
}

/// One object less that B lacks of the examination in which it lies at A; it has moved into the one in which it lies at B.
fn has_moved(whole: &mut Proven, a: &StudyUid, b: &StudyUid) {
    for exam in whole.exams.iter_mut().filter(|exam| exam.study.uid == *a) {
        exam.lacks = exam.lacks.saturating_sub(1);
        exam.moved += 1;
    }
    if let Some(exam) = whole.exams.iter_mut().find(|exam| exam.study.uid == *b) {
        exam.moved += 1;
    } else if let Some(missing) = whole.b_only.iter().find(|missing| missing.study.uid == *b) {
        let study = missing.study.clone();
        whole.exams.push(Affected { study, of: 0, lacks: 0, moved: 1, content_diff: 0, patient_at_b: None });
    }
}
