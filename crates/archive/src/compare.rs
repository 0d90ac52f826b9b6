//! Two holdings into a verdict. Doubts come first: only what is left without any is a proof. Nothing is asked of an archive here.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;

use crate::content::Compared;
use crate::exam::{Instance, Patient};
use crate::holding::{Holding, Merge};
use crate::reason::{Reason, Side};
use crate::uid::{InstanceUid, StudyUid};
use crate::verdict::{
    Affected, ContentDiff, Held, InFlight, Missing, Moved, Proven, SetAside, Tier, Verdict,
};

/// How `a` and `b` compare at `cut`, an instant before both were listed. What came to one end after it is in flight; an object whose arrival
/// nobody knows counts as there before it.
pub fn compare(a: &Holding, b: &Holding, cut: Time, tier: Tier) -> Verdict {
    let mut reasons = doubts(a, Side::A);
    reasons.extend(doubts(b, Side::B));
    if tier == Tier::Content {
        reasons.extend(unread(a, b));
        reasons.extend(not_comparable(a, b));
    }
    Verdict::unproven(reasons).unwrap_or_else(|| Verdict::Proven(Box::new(differences(a, b, cut, tier))))
}

/// Why a holding is not all that its archive has, or not sound.
fn doubts(holding: &Holding, side: Side) -> Vec<Reason> {
    let mut reasons: Vec<Reason> =
        holding.gaps().iter().map(|gap| Reason::NotListed { side, gap: gap.clone() }).collect();
    let twice = holding.twice().iter();
    reasons.extend(twice.map(|instance| Reason::HeldTwice { side, instance: instance.clone() }));
    let strays = holding.instances().values().filter(|i| !holding.studies().contains_key(&i.study)).count();
    if strays > 0 {
        reasons.push(Reason::StudyNotListed { side, instances: strays as u64 });
    }
    reasons
}

/// Objects at both ends whose content was not read at one.
fn unread(a: &Holding, b: &Holding) -> Vec<Reason> {
    let unread = |one: &Holding, other: &Holding| {
        let both = one.instances().values().filter(|i| other.instances().contains_key(&i.uid));
        both.filter(|instance| instance.content.is_none()).count() as u64
    };
    [(Side::A, unread(a, b)), (Side::B, unread(b, a))]
        .into_iter()
        .filter(|(_, instances)| *instances > 0)
        .map(|(side, instances)| {
            let first = match side {
                Side::A => a.first_not_read(),
                Side::B => b.first_not_read(),
            };
            Reason::ContentNotRead { side, instances, first: first.map(ToOwned::to_owned) }
        })
        .collect()
}

/// Objects at both ends whose content was read and says nothing.
fn not_comparable(a: &Holding, b: &Holding) -> Option<Reason> {
    let (mut instances, mut differ, mut example) = (0, 0, None);
    for instance in a.instances().values() {
        match b.instances().get(&instance.uid).and_then(|other| compared(instance, other)) {
            Some(Compared::NotComparable) => {
                instances += 1;
                example.get_or_insert_with(|| instance.uid.clone());
            }
            Some(Compared::Other) => differ += 1,
            Some(Compared::Same) | None => {}
        }
    }
    example.map(|example| Reason::ContentNotComparable { instances, example, differ })
}

/// `None` where the content was not read at one end.
fn compared(one: &Instance, other: &Instance) -> Option<Compared> {
    Some(one.content?.against(&other.content?))
}

fn differences(a: &Holding, b: &Holding, cut: Time, tier: Tier) -> Proven {
    let (from_a, from_b) = (one_sided(a, b, Side::A, cut), one_sided(b, a, Side::B, cut));
    let mut moved = under_other_patients(a, b);
    let elsewhere: BTreeSet<&StudyUid> = moved.iter().filter_map(study_of).collect();
    let (mut placed, mut content_diff, mut alike) = (Vec::new(), Vec::new(), 0);
    for (one, other) in a.instances().values().filter_map(|i| Some((i, b.instances().get(&i.uid)?))) {
        let place = other_place(one, other);
        // `compare` let nothing through that was not read or says nothing.
        let content = tier == Tier::Content && compared(one, other) != Some(Compared::Same);
        if place.is_none() && !content && !elsewhere.contains(&one.study) {
            alike += 1;
        }
        placed.extend(place);
        content_diff
            .extend(content.then(|| ContentDiff { instance: one.uid.clone(), study: one.study.clone() }));
    }
    moved.extend(placed);
    let exams = affected((a, b), &from_a.missing, &moved, &content_diff);
    let late = |at: Side, of: &[InFlight]| of.iter().filter(|flight| flight.at == at).count() as u64;
    let held = Held {
        a: a.instances().len() as u64 - late(Side::A, &from_a.in_flight),
        b: b.instances().len() as u64 - late(Side::B, &from_b.in_flight),
        alike,
    };
    Proven {
        a_only: from_a.missing,
        b_only: from_b.missing,
        moved,
        content_diff,
        exams,
        set_aside: [from_a.set_aside, from_b.set_aside].concat(),
        in_flight: [from_a.in_flight, from_b.in_flight].concat(),
        cut,
        tier,
        held,
    }
}

#[derive(Default)]
struct OneSided {
    missing: Vec<Missing>,
    set_aside: Vec<SetAside>,
    in_flight: Vec<InFlight>,
}

/// What `here` has and `there` lacks, told apart by why.
fn one_sided(here: &Holding, there: &Holding, side: Side, cut: Time) -> OneSided {
    let mut found = OneSided::default();
    let mut missing: BTreeMap<&StudyUid, Vec<InstanceUid>> = BTreeMap::new();
    let there_studies: BTreeSet<&StudyUid> = there.instances().values().map(|i| &i.study).collect();
    for instance in here.instances().values().filter(|i| !there.instances().contains_key(&i.uid)) {
        let (uid, study) = (instance.uid.clone(), instance.study.clone());
        let rejection = there.rejections().get(&uid).or_else(|| here.rejections().get(&uid));
        match (rejection, instance.arrived.filter(|arrived| *arrived > cut)) {
            (Some(rejection), _) => {
                let rejection = rejection.clone();
                found.set_aside.push(SetAside { instance: uid, study, shown_by: side, rejection });
            }
            (None, Some(arrived)) => {
                found.in_flight.push(InFlight { instance: uid, study, at: side, arrived });
            }
            (None, None) => missing.entry(&instance.study).or_default().push(uid),
        }
    }
    for (uid, instances) in missing {
        let Some(study) = here.studies().get(uid).cloned() else { continue }; // `doubts` let none through
        found.missing.push(Missing { study, instances, whole: !there_studies.contains(uid) });
    }
    found.missing.sort_by(|x, y| x.study.newest_first().cmp(&y.study.newest_first()));
    found
}

/// Every examination that is not at B as it is at A, newest first.
fn affected(
    (a, b): (&Holding, &Holding),
    missing: &[Missing],
    moved: &[Moved],
    content_diff: &[ContentDiff],
) -> Vec<Affected> {
    let mut exams: BTreeMap<&StudyUid, Affected> = BTreeMap::new();
    let mut with = |uid, change: &dyn Fn(&mut Affected)| {
        // `doubts` let no object through whose examination is not listed.
        if let Some(study) = a.studies().get(uid).or_else(|| b.studies().get(uid)) {
            let as_at_a = || Affected {
                study: study.clone(),
                of: 0,
                lacks: 0,
                moved: 0,
                content_diff: 0,
                patient_at_b: None,
            };
            change(exams.entry(uid).or_insert_with(as_at_a));
        }
    };
    for missing in missing {
        with(&missing.study.uid, &|exam| exam.lacks = missing.instances.len() as u64);
    }
    for moved in moved {
        match moved {
            Moved::Reidentified { study, b, .. } | Moved::Merged { study, b, .. } => {
                with(study, &|exam| exam.patient_at_b = Some(b.clone()));
            }
            Moved::Study { a, b, .. } => {
                [a, b].into_iter().for_each(|uid| with(uid, &|exam| exam.moved += 1))
            }
            Moved::Series { study, .. } => with(study, &|exam| exam.moved += 1),
        }
    }
    for differs in content_diff {
        with(&differs.study, &|exam| exam.content_diff += 1);
    }
    for instance in a.instances().values() {
        if let Some(exam) = exams.get_mut(&instance.study) {
            exam.of += 1;
        }
    }
    let mut exams: Vec<Affected> = exams.into_values().collect();
    exams.sort_by(|one, other| one.study.newest_first().cmp(&other.study.newest_first()));
    exams
}

/// Examinations at both ends under patients who do not agree.
fn under_other_patients(a: &Holding, b: &Holding) -> Vec<Moved> {
    let both = a.studies().values().filter_map(|one| Some((one, b.studies().get(&one.uid)?)));
    both.filter(|(one, other)| !one.patient.agrees_with(&other.patient))
        .map(|(one, other)| {
            let (study, in_a, in_b) = (one.uid.clone(), one.patient.clone(), other.patient.clone());
            let merges = || a.merges().iter().chain(b.merges());
            match behind(merges(), &in_a, &in_b) {
                Some(behind) => Moved::Merged { study, a: in_a, b: in_b, behind },
                None => Moved::Reidentified { study, a: in_a, b: in_b },
            }
        })
        .collect()
}

/// Which archive has the patient who was merged away into the other one's, directly or over several merges.
fn behind<'a>(merges: impl Iterator<Item = &'a Merge> + Clone, a: &Patient, b: &Patient) -> Option<Side> {
    let becomes = |from: &Patient, to: &Patient| {
        let (mut at, mut seen) = (from, Vec::new());
        while let Some(next) =
            merges.clone().find(|merge| merge.gone.agrees_with(at) && !seen.contains(merge))
        {
            seen.push(next);
            at = &next.stays;
            if at.agrees_with(to) {
                return true;
            }
        }
        false
    };
    if !a.is_known() || !b.is_known() {
        None
    } else if becomes(a, b) {
        Some(Side::A)
    } else if becomes(b, a) {
        Some(Side::B)
    } else {
        None
    }
}

fn study_of(moved: &Moved) -> Option<&StudyUid> {
    match moved {
        Moved::Reidentified { study, .. } | Moved::Merged { study, .. } => Some(study),
        Moved::Study { .. } | Moved::Series { .. } => None,
    }
}

fn other_place(a: &Instance, b: &Instance) -> Option<Moved> {
    let instance = a.uid.clone();
    if a.study != b.study {
        Some(Moved::Study { instance, a: a.study.clone(), b: b.study.clone() })
    } else if a.series != b.series {
        Some(Moved::Series { instance, study: a.study.clone(), a: a.series.clone(), b: b.series.clone() })
    } else {
        None
    }
}
