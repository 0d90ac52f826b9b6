//! Go or no-go: may the hospital go over from A to B now (R56)? A pure judgement over what is proven, how old that is and how fast B answers; every
//! reason against it is named. Nothing here goes over.

use std::collections::BTreeSet;

use model::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::kept::{Kept, LookedFor, Shown, Untold};
use crate::reason::Reason;
use crate::uid::StudyUid;
use crate::verdict::Differences;

/// How fast an archive gives the first image of an examination, as probed (R48, R53).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstImage {
    /// The median in milliseconds.
    pub p50_milliseconds: u64,
    /// The 95th percentile in milliseconds.
    pub p95_milliseconds: u64,
    /// Of how many probes that brought an image.
    pub probes: u32,
    /// Probes of which no image came: they are slower than any.
    #[serde(default)]
    pub failed: u32,
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
    /// A look at whether people could work without B, or go back, may be so old.
    pub look_age_max_seconds: i64,
}

impl Default for GateRules {
    fn default() -> GateRules {
        GateRules {
            proof_age_max_seconds: 3_600,
            probe_age_max_seconds: 3_600,
            probes_min: 20,
            look_age_max_seconds: 24 * 3_600,
        }
    }
}

/// Somebody looked whether a way out is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Was it?
    pub is_ready: bool,
    /// When.
    pub at: Time,
}

/// A way out when B does not do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// A viewer that works without either archive's own, approved, and people are trained in it (R49).
    FallbackViewer,
    /// Going back to A.
    RollBack,
}

/// What is known when the gate is asked.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// How A and B compared last; `None` where nobody compared them.
    pub compared: Option<&'a Kept>,
    /// What was expected, and looked for with that comparison; `None` where nobody did.
    pub looked_for: Option<&'a LookedFor>,
    /// Examinations that went to B and are not believed to be there as they are at A.
    pub doubtful: u64,
    /// The last look at the fall-back viewer.
    pub fallback_viewer: Option<Look>,
    /// The last look at the way back.
    pub roll_back: Option<Look>,
    /// How fast B is, from each place where people read images; from none where nobody probed it.
    pub speeds: &'a [Speed<'a>],
}

/// How fast B gives the first image at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed<'a> {
    /// A workstation or a site.
    pub place: &'a str,
    /// The last probe from there.
    pub first_image: Option<FirstImage>,
    /// How fast it may be at the 95th percentile, from its baseline, in milliseconds; `None` where there is none.
    pub baseline_p95_milliseconds: Option<u64>,
}

/// Why the answer is no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Nobody compared them.
    #[error("nobody has compared the archives: compare them first")]
    NeverCompared,
    /// There was nothing to compare.
    #[error("neither archive has an object of what was compared: nothing is shown by that")]
    NothingCompared,
    /// Nothing is proven.
    #[error("how the archives compare is not proven: {0}")]
    Unproven(Reason),
    /// B lacks something, or has it in another place or with other content.
    #[error("not everything of A is at B as it is at A: {0}")]
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
    /// Examinations were made, or should have been by now, and are not at both ends.
    #[error("{0} examinations were made or due and are not found at both ends")]
    ExpectedMissing(u64),
    /// What was to be there is not wholly known.
    #[error("of {0} files something could not be read: what they say was to be there is not known")]
    ExpectedUnread(u64),
    /// What was sent is not believed to be there, whatever a list says.
    #[error(
        "{0} examinations that went to B are in doubt: it does not take responsibility for them, changed them, or does not give them back as they are at A"
    )]
    Doubtful(u64),
    /// A worklist did not tell all that is scheduled.
    #[error("what was scheduled on the worklist {worklist} is not known: {why}")]
    ExpectedUntold {
        /// Which.
        worklist: Box<str>,
        /// Why.
        why: Box<str>,
    },
    /// Nobody probed B from anywhere.
    #[error("nobody has probed how fast B gives the first image")]
    NeverProbed,
    /// Nobody probed B from here, or too seldom, or too long ago.
    #[error(
        "how fast B gives the first image at {place} is not known: {probes} probes, at least {probes_min} are needed within {max_seconds} s"
    )]
    NotProbed {
        /// Where.
        place: Box<str>,
        /// Probes that count.
        probes: u32,
        /// The rule.
        probes_min: u32,
        /// The rule.
        max_seconds: i64,
    },
    /// Images of B did not come.
    #[error("at {place} {failed} images of B did not come, and {probes} did")]
    NotOpening {
        /// Where.
        place: Box<str>,
        /// That did not.
        failed: u32,
        /// That did.
        probes: u32,
    },
    /// There is nothing to hold B's speed to.
    #[error("B has no baseline of the time to first image at {place}: measure it in a quiet hour")]
    NoBaseline {
        /// Where.
        place: Box<str>,
    },
    /// B is slow.
    #[error(
        "B needs {p95_milliseconds} ms for the first image at {place} (95th percentile), its baseline allows {max_milliseconds} ms"
    )]
    Slow {
        /// Where.
        place: Box<str>,
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
    /// Only a part was compared.
    #[error(
        "only examinations from {0} on were compared, and those without a day: earlier ones may be missing at B"
    )]
    Since(Date),
    /// A way out is not ready, or nobody has looked lately.
    #[error("{}", no_way_out(*.way, *.look))]
    NoWayOut {
        /// Which.
        way: WayOut,
        /// The last look.
        look: Option<Look>,
    },
}

fn no_way_out(way: WayOut, look: Option<Look>) -> String {
    let way = match way {
        WayOut::FallbackViewer => "the fall-back viewer",
        WayOut::RollBack => "the way back to A",
    };
    match look {
        Some(Look { is_ready: false, .. }) => format!("{way} is not ready"),
        Some(Look { is_ready: true, .. }) => format!("the last look at {way} is too old"),
        None => format!("nobody has looked whether {way} is ready"),
    }
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
    match known.compared {
        None => against.push(Against::NeverCompared),
        Some(kept @ Kept::Unproven { .. }) => against.extend(kept.reasons().cloned().map(Against::Unproven)),
        Some(kept @ Kept::Proven(shown)) => {
            against.extend(kept.is_empty().then_some(Against::NothingCompared));
            against.extend(lacking(shown));
            against.extend(age(shown.cut, rules, now));
            cautions.extend(told(shown));
        }
    }
    match known.looked_for {
        None => cautions.push(Caution::NotExpected),
        Some(looked_for) => {
            // Nothing to look for is what a quiet night says, and a folder or list that is the wrong one.
            cautions.extend((looked_for.asked == 0).then_some(Caution::NotExpected));
            against.extend((looked_for.missing > 0).then_some(Against::ExpectedMissing(looked_for.missing)));
            against.extend((looked_for.unread > 0).then_some(Against::ExpectedUnread(looked_for.unread)));
            against.extend(looked_for.untold.iter().map(|Untold { worklist, why }| {
                Against::ExpectedUntold { worklist: worklist.clone(), why: why.clone() }
            }));
        }
    }
    against.extend((known.doubtful > 0).then_some(Against::Doubtful(known.doubtful)));
    against.extend(known.speeds.is_empty().then_some(Against::NeverProbed));
    against.extend(known.speeds.iter().filter_map(|one| speed(one, rules, now)));
    let ways = [(WayOut::FallbackViewer, known.fallback_viewer), (WayOut::RollBack, known.roll_back)];
    cautions.extend(ways.into_iter().filter_map(|(way, look)| {
        let counts = |look: &Look| look.at <= now && now.seconds_since(look.at) <= rules.look_age_max_seconds;
        let is_ready = look.filter(counts).is_some_and(|look| look.is_ready);
        (!is_ready).then_some(Caution::NoWayOut { way, look })
    }));
    Decision { against, cautions }
}

fn lacking(shown: &Shown) -> Option<Against> {
    let found = shown.differences?;
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

fn told(shown: &Shown) -> Vec<Caution> {
    let (in_flight, rejected) = (shown.in_flight, shown.shows_rejected);
    let only_in_b = shown.differences.map_or(0, |found| found.b_only_instances);
    let cautions = [
        (in_flight, Caution::InFlight(in_flight)),
        (only_in_b, Caution::OnlyInB(only_in_b)),
        (rejected, Caution::ShowsRejected(rejected)),
    ];
    cautions.into_iter().filter(|(count, _)| *count > 0).map(|(_, caution)| caution).collect()
}

fn speed(at: &Speed<'_>, rules: &GateRules, now: Time) -> Option<Against> {
    let (probes_min, max_seconds) = (rules.probes_min, rules.probe_age_max_seconds);
    let place = || Box::from(at.place);
    let counts = |probed: &FirstImage| probed.at <= now && now.seconds_since(probed.at) <= max_seconds;
    let probed = at.first_image.filter(counts);
    match (probed, at.baseline_p95_milliseconds) {
        // One that does not come may be the one that somebody waits for in theatre.
        (Some(FirstImage { failed, probes, .. }), _) if failed > 0 => {
            Some(Against::NotOpening { place: place(), failed, probes })
        }
        (Some(probed), Some(max_milliseconds)) if probed.probes >= probes_min => {
            let p95_milliseconds = probed.p95_milliseconds;
            (p95_milliseconds > max_milliseconds).then(|| Against::Slow {
                place: place(),
                p95_milliseconds,
                max_milliseconds,
            })
        }
        (Some(probed), None) if probed.probes >= probes_min => Some(Against::NoBaseline { place: place() }),
        (probed, _) => {
            let probes = probed.map_or(0, |probed| probed.probes);
            Some(Against::NotProbed { place: place(), probes, probes_min, max_seconds })
        }
    }
}

/// Going over although the answer is no: in whose name, and knowing of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Two people who answer for it.
    pub people: (Box<str>, Box<str>),
    /// Every examination that is not at B as it is at A, or is in doubt.
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
    #[error("what is missing is not proven, so that nobody can name it: compare the archives first")]
    Unproven,
    /// More than anybody reads.
    #[error("{0} examinations are missing, more than anybody has read: send them again first")]
    TooMany(u64),
    /// An examination is named that is not missing: the list is of another time.
    #[error("{} examinations are named that do not differ: read the present list", .0.len())]
    OtherList(Vec<StudyUid>),
}

impl Override {
    /// Does it count for what a comparison showed, and for the examinations that are in doubt?
    ///
    /// # Errors
    /// The first thing that it lacks.
    pub fn check<'a>(
        &self,
        compared: Option<&'a Kept>,
        doubtful: impl Iterator<Item = &'a StudyUid>,
    ) -> Result<(), NoOverride> {
        let (one, other) = (self.people.0.trim().to_lowercase(), self.people.1.trim().to_lowercase());
        if one.is_empty() || other.is_empty() || one == other {
            return Err(NoOverride::People);
        }
        if self.because.trim().is_empty() {
            return Err(NoOverride::NoReason);
        }
        let Some(Kept::Proven(shown)) = compared else { return Err(NoOverride::Unproven) };
        if shown.unnamed > 0 {
            return Err(NoOverride::TooMany(shown.unnamed + shown.exams.len() as u64));
        }
        let missing = shown.exams.iter().map(|one| &one.exam.study.uid).chain(doubtful);
        let missing: BTreeSet<StudyUid> = missing.cloned().collect();
        let unnamed: Vec<StudyUid> = missing.difference(&self.exams).cloned().collect();
        if !unnamed.is_empty() {
            return Err(NoOverride::NotNamed(unnamed));
        }
        let others: Vec<StudyUid> = self.exams.difference(&missing).cloned().collect();
        if others.is_empty() { Ok(()) } else { Err(NoOverride::OtherList(others)) }
    }
}
