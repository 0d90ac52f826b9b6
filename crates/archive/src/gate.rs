//! Go or no-go: may the hospital go over from A to B now (R56)? A pure judgement over what is proven, how old that is and how fast B answers; every
//! reason against it is named. Nothing here goes over.

use std::collections::BTreeSet;

use model::Time;
use serde::{Deserialize, Serialize};

use crate::reason::Reason;
use crate::uid::StudyUid;
use crate::verdict::{Differences, Moved, Proven, Verdict};

/// How fast an archive gives the first image of an examination, as probed (R48, R53).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstImage {
    /// The 95th percentile in milliseconds.
    pub p95_milliseconds: u64,
    /// Of how many probes.
    pub probes: u32,
    /// When the last of them was.
    pub at: Time,
}

/// What the gate asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRules {
    /// The proof's cut may be so old.
    pub proof_age_max_seconds: i64,
    /// The last probe of B may be so old.
    pub probe_age_max_seconds: i64,
    /// Probes that a percentile needs.
    pub probes_min: u32,
}

impl Default for GateRules {
    fn default() -> GateRules {
        GateRules { proof_age_max_seconds: 3_600, probe_age_max_seconds: 3_600, probes_min: 20 }
    }
}

/// What is known when the gate is asked.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// How A and B compare.
    pub verdict: &'a Verdict,
    /// Expected examinations that must be looked for (`expected`); `None` where nobody compared with what was expected.
    pub expected_missing: Option<u64>,
    /// How fast B is; `None` where it was not probed.
    pub first_image: Option<FirstImage>,
    /// How fast B may be at the 95th percentile, from its baseline, in milliseconds; `None` where there is none.
    pub baseline_p95_milliseconds: Option<u64>,
}

/// Why the answer is no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Nothing is proven.
    #[error("how the archives compare is not proven: {0}")]
    Unproven(Reason),
    /// B lacks something, or has it in another place or with other content.
    #[error("B lacks {} objects of {} examinations, {} are in another place and {} have other content", .0.a_only_instances, .0.a_only_studies, .0.moved, .0.content_diff)]
    Differs(Differences),
    /// The proof is too old.
    #[error("the proof is {age_seconds} s old, and at most {max_seconds} s are allowed")]
    ProofTooOld {
        /// Since its cut.
        age_seconds: i64,
        /// The rule.
        max_seconds: i64,
    },
    /// The proof is of an instant that has not come.
    #[error("the proof's cut lies ahead: a clock is wrong")]
    ProofFromTheFuture,
    /// Examinations were made and are not at both ends.
    #[error("{0} examinations were made and are not found at both ends")]
    ExpectedMissing(u64),
    /// Nobody probed B, or too seldom, or too long ago.
    #[error(
        "how fast B gives the first image is not known: {probes} probes, at least {probes_min} are needed within {max_seconds} s"
    )]
    NotProbed {
        /// Probes that count.
        probes: u32,
        /// The rule.
        probes_min: u32,
        /// The rule.
        max_seconds: i64,
    },
    /// There is nothing to hold B's speed to.
    #[error("B has no baseline of the time to first image: measure it in a quiet hour")]
    NoBaseline,
    /// B is slow.
    #[error(
        "B needs {p95_milliseconds} ms for the first image (95th percentile), its baseline allows {max_milliseconds} ms"
    )]
    Slow {
        /// Measured.
        p95_milliseconds: u64,
        /// The baseline.
        max_milliseconds: u64,
    },
}

/// What a person must know although it is no reason against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// On its way.
    #[error("{0} objects came after the cut and are at one end only")]
    InFlight(u64),
    /// B has what A lacks.
    #[error("B has {0} objects that A lacks")]
    OnlyInB(u64),
    /// B shows what must not be seen.
    #[error("B still shows {0} objects that A has rejected as unsafe or as of another patient")]
    ShowsRejected(u64),
    /// Nobody compared with what was expected.
    #[error("nobody compared with the orders and modality logs: what neither archive got is not known")]
    NotExpected,
}

/// The gate's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Every reason against; empty means go.
    pub against: Vec<Against>,
    /// What a person must know all the same.
    pub cautions: Vec<Caution>,
}

impl Decision {
    /// Go?
    pub fn is_go(&self) -> bool {
        self.against.is_empty()
    }
}

/// May the hospital go over to B at `now`?
pub fn decide(known: &Known<'_>, rules: &GateRules, now: Time) -> Decision {
    let (mut against, mut cautions) = (Vec::new(), Vec::new());
    match known.verdict {
        Verdict::Unproven { reason, others } => {
            against.extend(std::iter::once(reason).chain(others).cloned().map(Against::Unproven));
        }
        Verdict::Proven(proven) => {
            against.extend(lacking(proven));
            against.extend(age(proven.cut, rules, now));
            cautions.extend(told(proven));
        }
    }
    match known.expected_missing {
        None => cautions.push(Caution::NotExpected),
        Some(0) => {}
        Some(missing) => against.push(Against::ExpectedMissing(missing)),
    }
    against.extend(speed(known, rules, now));
    Decision { against, cautions }
}

fn lacking(proven: &Proven) -> Option<Against> {
    let found = proven.differences()?;
    let is_lacking = found.a_only_instances > 0 || found.moved > 0 || found.content_diff > 0;
    is_lacking.then_some(Against::Differs(found))
}

fn age(cut: Time, rules: &GateRules, now: Time) -> Option<Against> {
    let (age_seconds, max_seconds) = (now.seconds_since(cut), rules.proof_age_max_seconds);
    if cut > now {
        Some(Against::ProofFromTheFuture)
    } else if age_seconds > max_seconds {
        Some(Against::ProofTooOld { age_seconds, max_seconds })
    } else {
        None
    }
}

fn told(proven: &Proven) -> Vec<Caution> {
    let in_flight = proven.in_flight.len() as u64;
    let only_in_b = proven.differences().map_or(0, |found| found.b_only_instances);
    let is_shown = |aside: &&crate::verdict::SetAside| {
        aside.shown_by == crate::reason::Side::B && aside.rejection.kind.must_not_be_seen()
    };
    let shown = proven.set_aside.iter().filter(is_shown).count() as u64;
    let cautions = [
        (in_flight, Caution::InFlight(in_flight)),
        (only_in_b, Caution::OnlyInB(only_in_b)),
        (shown, Caution::ShowsRejected(shown)),
    ];
    cautions.into_iter().filter(|(count, _)| *count > 0).map(|(_, caution)| caution).collect()
}

fn speed(known: &Known<'_>, rules: &GateRules, now: Time) -> Option<Against> {
    let (probes_min, max_seconds) = (rules.probes_min, rules.probe_age_max_seconds);
    let counts = |probed: &FirstImage| probed.at <= now && now.seconds_since(probed.at) <= max_seconds;
    let probed = known.first_image.filter(counts);
    match (probed, known.baseline_p95_milliseconds) {
        (Some(probed), Some(max_milliseconds)) if probed.probes >= probes_min => {
            let p95_milliseconds = probed.p95_milliseconds;
            (p95_milliseconds > max_milliseconds)
                .then_some(Against::Slow { p95_milliseconds, max_milliseconds })
        }
        (Some(probed), None) if probed.probes >= probes_min => Some(Against::NoBaseline),
        (probed, _) => {
            let probes = probed.map_or(0, |probed| probed.probes);
            Some(Against::NotProbed { probes, probes_min, max_seconds })
        }
    }
}

/// Going over although the answer is no: in whose name, and knowing of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Two people who answer for it.
    pub people: (Box<str>, Box<str>),
    /// Every examination that is not at B as it is at A.
    pub exams: BTreeSet<StudyUid>,
    /// Why it cannot wait.
    pub because: Box<str>,
}

/// Why an override does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NoOverride {
    /// One person twice, or nobody.
    #[error("two different people must answer for it")]
    People,
    /// No reason.
    #[error("say why it cannot wait")]
    NoReason,
    /// Not every examination is named.
    #[error("{} examinations are not named: whoever goes over without them must have read their names", .0.len())]
    NotNamed(Vec<StudyUid>),
    /// What is missing is not known, so nobody can name it.
    #[error("what is missing is not proven, so that nobody can name it: {0}")]
    Unproven(Reason),
    /// An examination is named that is not missing: the list is of another time.
    #[error("{} examinations are named that do not differ: read the present list", .0.len())]
    OtherList(Vec<StudyUid>),
}

impl Override {
    /// Does it count for this verdict?
    ///
    /// # Errors
    /// The first thing that it lacks.
    pub fn check(&self, verdict: &Verdict) -> Result<(), NoOverride> {
        let (one, other) = (self.people.0.trim().to_lowercase(), self.people.1.trim().to_lowercase());
        if one.is_empty() || other.is_empty() || one == other {
            return Err(NoOverride::People);
        }
        if self.because.trim().is_empty() {
            return Err(NoOverride::NoReason);
        }
        let proven = match verdict {
            Verdict::Proven(proven) => proven,
            Verdict::Unproven { reason, .. } => return Err(NoOverride::Unproven(reason.clone())),
        };
        let missing = affected(proven);
        let unnamed: Vec<StudyUid> = missing.difference(&self.exams).cloned().collect();
        if !unnamed.is_empty() {
            return Err(NoOverride::NotNamed(unnamed));
        }
        let others: Vec<StudyUid> = self.exams.difference(&missing).cloned().collect();
        if others.is_empty() { Ok(()) } else { Err(NoOverride::OtherList(others)) }
    }
}

/// Every examination that is not at B as it is at A.
pub fn affected(proven: &Proven) -> BTreeSet<StudyUid> {
    let missing = proven.a_only.iter().map(|missing| missing.study.uid.clone());
    let moved = proven.moved.iter().flat_map(|moved| match moved {
        Moved::Reidentified { study, .. } | Moved::Merged { study, .. } => vec![study.clone()],
        Moved::Study { a, b, .. } => vec![a.clone(), b.clone()],
        Moved::Series { study, .. } => vec![study.clone()],
    });
    let content = proven.content_diff.iter().map(|differs| differs.study.clone());
    missing.chain(moved).chain(content).collect()
}
