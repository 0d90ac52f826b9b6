//! Pairs of image archives: what was compared, probed and looked at, and going over from one to the other. Facts and what they add up to; whether
//! the hospital may go over is never kept, `archive::gate` says it anew each time it is asked.
//!
//! `fact` (what can have happened), `fold` (what it adds up to), `incident` (an archive that became slower), `places` (which may tell their own probes, and which are probed
//! no more).

pub mod fact;
mod fold;
pub mod incident;
mod places;

use std::collections::BTreeMap;

use archive::gate::{Decision, FirstImage, GateRules, Known, Look, Speed, WayOut, decide};
use archive::kept::{Concerned, Kept, LookedFor};
use archive::{DoubtKind, Side, StudyUid, Tier};
use model::ids::{AccountId, PairId};
use model::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::fact::Stamp;
use fact::{
    BaselineSet, Ended, FailoverStep, PairProbed, PairSent, PlaceAdmitted, PlaceRetired, Step, WayOutSeen,
    Went,
};

pub use places::PLACES_RETIRED_REMEMBERED_MAX;

/// Comparisons of a pair that are remembered; the journal keeps all.
pub const COMPARISONS_REMEMBERED_MAX: usize = 500;
/// Places from which a pair's archives are probed.
pub const PROBE_PLACES_MAX: usize = 200;
/// Probes of one archive from one place that are remembered.
pub const PROBES_REMEMBERED_MAX: usize = 500;
/// Pairs that are remembered.
pub const PAIRS_MAX: usize = 100;
/// Examinations of a pair that can be in doubt; what would be more is refused, for a doubt is never forgotten.
pub const DOUBTFUL_MAX: usize = 20_000;
/// Reports about one failover that are remembered.
pub const REPORTS_REMEMBERED_MAX: usize = 1_000;
/// After a failover it is watched for so long for reports of what does not work (R59).
pub const WATCHED_AFTER_SECONDS: i64 = 24 * 3_600;

/// Every pair by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archives {
    pub(crate) pairs: BTreeMap<PairId, Pair>,
}

impl Archives {
    /// Every pair, by name.
    pub fn pairs(&self) -> &BTreeMap<PairId, Pair> {
        &self.pairs
    }

    /// The pair of this name.
    pub fn pair(&self, id: &PairId) -> Option<&Pair> {
        self.pairs.get(id)
    }
}

/// An archive in use and one that stands in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The archive in use, as the configuration names it; empty until they were compared.
    pub a: Box<str>,
    /// The one that stands in.
    pub b: Box<str>,
    /// Comparisons, newest last. Only the newest still names examinations.
    pub comparisons: Vec<Comparison>,
    /// Examinations that went to B and are not believed to be there as they are at A.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    doubts: BTreeMap<StudyUid, InDoubt>,
    /// Probes by archive and place, newest last.
    probes: Vec<Probed>,
    /// How fast the first image may come, by archive and place.
    baselines: Vec<(Stamp, BaselineSet)>,
    /// Places that may tell their own probes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    admitted: Vec<(Stamp, PlaceAdmitted)>,
    /// Places that are probed no more, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<(Stamp, PlaceRetired)>,
    /// The last look at each way out.
    ways_out: BTreeMap<WayOut, (Stamp, WayOutSeen)>,
    /// Failovers, newest last.
    pub failovers: Vec<Failover>,
}

/// A comparison as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// When, and by whom.
    pub stamp: Stamp,
    /// Examinations from this day on, and those without one; all where there is none.
    pub since: Option<Date>,
    /// What it showed.
    pub compared: Kept,
    /// What was expected, and looked for.
    pub looked_for: Option<LookedFor>,
    /// SHA-256 of its document, in hexadecimal: everything by name.
    pub document_sha256: Option<Box<str>>,
}

impl Comparison {
    /// The instant for which it holds: its cut; when it proved nothing, when it was recorded.
    pub fn at(&self) -> Time {
        match &self.compared {
            Kept::Proven(shown) => shown.cut,
            Kept::Unproven { .. } => self.stamp.time,
        }
    }

    /// What was compared, where something was.
    pub fn tier(&self) -> Option<Tier> {
        match &self.compared {
            Kept::Proven(shown) => Some(shown.tier),
            Kept::Unproven { .. } => None,
        }
    }
}

/// An examination that went to B and is not believed to be there as it is at A.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InDoubt {
    /// What was known of it when it was sent; `None` where it had not been named.
    pub exam: Option<Concerned>,
    /// Since when, and why.
    pub doubts: BTreeMap<DoubtKind, (Time, Box<str>)>,
}

/// Probes of one archive from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// Which archive.
    pub side: Side,
    /// A workstation or a site.
    pub place: Box<str>,
    /// Newest last.
    pub probes: Vec<PairProbed>,
}

/// Going over from A to B, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// Who began it, and when.
    pub stamp: Stamp,
    /// The archive that was in use.
    #[serde(default)]
    pub a: Box<str>,
    /// The one that stood in.
    #[serde(default)]
    pub b: Box<str>,
    /// What the gate said at that moment.
    pub decision: Decision,
    /// In whose name although the gate said no.
    pub overridden: Option<archive::gate::Override>,
    /// Steps that were done.
    pub steps: Vec<(Stamp, FailoverStep)>,
    /// What people reported meanwhile and afterwards.
    pub reports: Vec<(Stamp, Box<str>)>,
    /// How it ended.
    pub ended: Option<(Stamp, Ended)>,
}

impl Failover {
    /// Is it being watched for reports at `now`: until it has ended and 24 hours more?
    pub fn is_watched(&self, now: Time) -> bool {
        self.ended.as_ref().is_none_or(|(stamp, _)| now.seconds_since(stamp.time) <= WATCHED_AFTER_SECONDS)
    }
}

impl Pair {
    /// Is it proven, as of an instant after senders were pointed to B, that nothing is missing there but what was named when going over was decided? What came
    /// to A between the proof for the gate and that instant would otherwise be missing unseen.
    pub fn is_proven_since_senders_moved(&self) -> bool {
        let Some(failover) = self.failover() else { return false };
        let moved = failover.steps.iter().find(|(_, done)| done.step == Step::SendersPointed);
        let (Some((moved, _)), Some(newest)) = (moved, self.newest()) else { return false };
        let Kept::Proven(shown) = &newest.compared else { return false };
        let is_named =
            |study: &StudyUid| failover.overridden.as_ref().is_some_and(|over| over.exams.contains(study));
        shown.cut > moved.time
            && shown.unnamed == 0
            && !newest.compared.is_empty()
            && shown.exams.iter().all(|one| is_named(&one.exam.study.uid))
            && self.doubts.keys().all(is_named)
    }

    /// The newest comparison, which alone counts: one that proved nothing is not made good by an older one that did.
    pub fn newest(&self) -> Option<&Comparison> {
        self.comparisons.last()
    }

    /// Examinations that went to B and are not believed to be there as they are at A, whatever a list says.
    pub fn doubts(&self) -> &BTreeMap<StudyUid, InDoubt> {
        &self.doubts
    }

    /// The failover that is under way, or being watched.
    pub fn failover(&self) -> Option<&Failover> {
        self.failovers.last()
    }

    /// Is a failover under way?
    pub fn is_going_over(&self) -> bool {
        self.failover().is_some_and(|failover| failover.ended.is_none())
    }

    /// Does the hospital work with B since the last failover? Then there is nothing to go over to, until the configuration names B as the archive in use.
    pub fn is_over(&self) -> bool {
        self.failover().is_some_and(|failover| {
            let went = failover.ended.as_ref().map(|(_, ended)| ended.went);
            went == Some(Went::Over) && (&failover.a, &failover.b) == (&self.a, &self.b)
        })
    }

    /// The last look at a way out.
    pub fn way_out(&self, way: WayOut) -> Option<&(Stamp, WayOutSeen)> {
        self.ways_out.get(&way)
    }

    /// Probes by archive and place.
    pub fn probes(&self) -> &[Probed] {
        &self.probes
    }

    /// Since when an archive has been slower at a place than its baseline allows, or images did not come, without a probe that was not so; `None` when the last one was not (R48, R53).
    pub fn slow_since(&self, side: Side, place: &str) -> Option<Time> {
        self.slow_probes(side, place).last().map(|speed| speed.at)
    }

    /// The probes from a place since the last that was well, newest first; none where there is no baseline to hold them to.
    fn slow_probes(&self, side: Side, place: &str) -> Vec<FirstImage> {
        let Some((_, baseline)) = self.baseline(side, place) else { return Vec::new() };
        let of = |probed: &&Probed| probed.side == side && *probed.place == *place;
        let probes = self.probes.iter().find(of).map_or(&[][..], |probed| &probed.probes);
        let newest_first = probes.iter().rev().map(|probe| probe.first_image);
        newest_first.take_while(|speed| is_slow(speed, baseline.p95_max_milliseconds)).collect()
    }

    /// How fast the first image may come from this archive at this place.
    pub fn baseline(&self, side: Side, place: &str) -> Option<&(Stamp, BaselineSet)> {
        self.baselines.iter().find(|(_, set)| set.side == side && *set.place == *place)
    }

    /// May the hospital go over to B at `now`?
    pub fn decision(&self, rules: &GateRules, now: Time) -> Decision {
        let of_b = self.probes.iter().filter(|probed| probed.side == Side::B);
        let speeds: Vec<Speed<'_>> = of_b
            .map(|probed| Speed {
                place: &probed.place,
                first_image: probed.probes.last().map(|probe| probe.first_image),
                baseline_p95_milliseconds: self
                    .baseline(Side::B, &probed.place)
                    .map(|(_, set)| set.p95_max_milliseconds),
            })
            .collect();
        let look =
            |way| self.way_out(way).map(|(stamp, seen)| Look { is_ready: seen.is_ready, at: stamp.time });
        let newest = self.newest();
        let known = Known {
            compared: newest.map(|comparison| &comparison.compared),
            looked_for: newest.and_then(|comparison| comparison.looked_for.as_ref()),
            doubtful: self.doubts.len() as u64,
            fallback_viewer: look(WayOut::FallbackViewer),
            roll_back: look(WayOut::RollBack),
            speeds: &speeds,
        };
        let mut decision = decide(&known, rules, now);
        // A proof of the last weeks says nothing of older examinations: an emergency patient's prior may be among them.
        if let Some(since) = newest.and_then(|comparison| comparison.since) {
            decision.cautions.push(archive::gate::Caution::Since(since));
        }
        decision
    }
}

/// Is it slower than that, or did images not come?
fn is_slow(speed: &FirstImage, p95_max_milliseconds: u64) -> bool {
    speed.failed > 0 || speed.p95_milliseconds > p95_max_milliseconds
}

/// What may be asked about pairs of archives.
#[derive(Clone, Debug)]
pub enum ArchiveCommand {
    /// Record what a comparison showed.
    Compared(Box<fact::PairCompared>),
    /// Record what came of giving B what it lacked.
    Sent(PairSent),
    /// Record how fast an archive gives the first image.
    Probed(PairProbed),
    /// Say how fast the first image may come.
    SetBaseline {
        /// The baseline.
        set: BaselineSet,
        /// Who says so.
        by: AccountId,
    },
    /// Let a place tell its own probes.
    AdmitPlace {
        /// Which, with the SHA-256 of its secret.
        admitted: PlaceAdmitted,
        /// Who says so.
        by: AccountId,
    },
    /// Say that a place is probed no more.
    RetirePlace {
        /// Which, and why.
        retired: PlaceRetired,
        /// Who says so.
        by: AccountId,
    },
    /// Say whether a way out is there.
    SeeWayOut {
        /// What was seen.
        seen: WayOutSeen,
        /// Who looked.
        by: AccountId,
    },
    /// Go over from A to B.
    Begin {
        /// The pair.
        pair: PairId,
        /// In whose name although the gate says no; not needed when it says go.
        overridden: Option<archive::gate::Override>,
        /// Who begins it.
        by: AccountId,
    },
    /// One step of a failover was done.
    Step {
        /// The step.
        step: FailoverStep,
        /// Who did it.
        by: AccountId,
    },
    /// Something does not work.
    Report {
        /// The pair.
        pair: PairId,
        /// What.
        says: Box<str>,
        /// Who says so.
        by: AccountId,
    },
    /// The failover is over.
    End {
        /// How.
        ended: Ended,
        /// Who says so.
        by: AccountId,
    },
}
