//! What the facts about a pair add up to. Decided already: nothing here judges.

use archive::kept::{Concerned, Kept};
use archive::{StudyUid, Tier};

use super::fact::{
    BaselineSet, Ended, FailoverBegun, FailoverReported, FailoverStep, PairCompared, PairProbed, PairSent,
    WayOutSeen,
};
use super::{
    Archives, COMPARISONS_REMEMBERED_MAX, Comparison, Failover, InDoubt, PROBES_REMEMBERED_MAX, Pair, Probed,
    REPORTS_REMEMBERED_MAX,
};
use crate::fact::Stamp;
use crate::state::Topic;

const CHANGED: &[Topic] = &[Topic::Archives];

impl Archives {
    pub(crate) fn compared(&mut self, stamp: Stamp, is: PairCompared) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair).or_default();
        if !pair.a.is_empty() && (&pair.a, &pair.b) != (&is.a, &is.b) {
            // What was seen of B was seen of another archive.
            pair.probes.clear();
            pair.baselines.clear();
            pair.ways_out.clear();
            pair.doubts.clear();
        }
        (pair.a, pair.b) = (is.a, is.b);
        forget_doubts(pair, &is.compared, is.since.is_none());
        if let Some(before) = pair.comparisons.last_mut() {
            forget_names(before);
        }
        pair.comparisons.push(Comparison {
            stamp,
            since: is.since,
            compared: is.compared,
            looked_for: is.looked_for,
            document_sha256: is.document_sha256,
        });
        keep_newest(&mut pair.comparisons, COMPARISONS_REMEMBERED_MAX);
        CHANGED
    }

    pub(crate) fn sent(&mut self, stamp: &Stamp, is: PairSent) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair).or_default();
        for again in &is.looked_again {
            if let Some(known) = pair.doubts.get_mut(&again.study) {
                known.doubts.retain(|kind, _| !again.removes(*kind));
            }
        }
        let exams = match pair.comparisons.last().map(|newest| &newest.compared) {
            Some(Kept::Proven(shown)) => &shown.exams[..],
            Some(Kept::Unproven { .. }) | None => &[],
        };
        for doubtful in is.doubtful {
            let exam = || exams.iter().find(|one: &&Concerned| one.exam.study.uid == doubtful.study).cloned();
            let known = pair.doubts.entry(doubtful.study.clone()).or_default();
            known.exam = known.exam.take().or_else(exam);
            known.doubts.insert(doubtful.kind, (stamp.time, doubtful.says));
        }
        pair.doubts.retain(|_, known| !known.doubts.is_empty());
        CHANGED
    }

    pub(crate) fn probed(&mut self, is: PairProbed) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair.clone()).or_default();
        pair.is_not_retired(&is.place);
        let of = |probed: &Probed| probed.side == is.side && probed.place == is.place;
        match pair.probes.iter_mut().find(|probed| of(probed)) {
            Some(probed) => {
                probed.probes.push(is);
                keep_newest(&mut probed.probes, PROBES_REMEMBERED_MAX);
            }
            None => {
                let (side, place) = (is.side, is.place.clone());
                pair.probes.push(Probed { side, place, probes: vec![is] });
            }
        }
        CHANGED
    }

    pub(crate) fn baseline(&mut self, stamp: Stamp, is: BaselineSet) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair.clone()).or_default();
        pair.baselines.retain(|(_, set)| (set.side, &set.place) != (is.side, &is.place));
        pair.baselines.push((stamp, is));
        CHANGED
    }

    pub(crate) fn way_out(&mut self, stamp: Stamp, is: WayOutSeen) -> &'static [Topic] {
        self.pairs.entry(is.pair.clone()).or_default().ways_out.insert(is.way, (stamp, is));
        CHANGED
    }

    pub(crate) fn begun(&mut self, stamp: Stamp, is: FailoverBegun) -> &'static [Topic] {
        let (decision, overridden) = (is.decision, is.overridden);
        let (steps, reports) = (Vec::new(), Vec::new());
        let pair = self.pairs.entry(is.pair).or_default();
        let (a, b) = (pair.a.clone(), pair.b.clone());
        pair.failovers.push(Failover { stamp, a, b, decision, overridden, steps, reports, ended: None });
        CHANGED
    }

    pub(crate) fn step(&mut self, stamp: Stamp, is: FailoverStep) -> &'static [Topic] {
        if let Some(failover) = self.newest(&is.pair) {
            failover.steps.push((stamp, is));
        }
        CHANGED
    }

    pub(crate) fn reported(&mut self, stamp: Stamp, is: FailoverReported) -> &'static [Topic] {
        if let Some(failover) = self.newest(&is.pair) {
            failover.reports.push((stamp, is.says));
            keep_newest(&mut failover.reports, REPORTS_REMEMBERED_MAX);
        }
        CHANGED
    }

    pub(crate) fn ended(&mut self, stamp: Stamp, is: Ended) -> &'static [Topic] {
        if let Some(failover) = self.newest(&is.pair) {
            failover.ended = Some((stamp, is));
        }
        CHANGED
    }

    fn newest(&mut self, pair: &model::ids::PairId) -> Option<&mut Failover> {
        self.pairs.get_mut(pair).and_then(|pair: &mut Pair| pair.failovers.last_mut())
    }
}

/// Who has read every object of both archives whole and found it to be the same doubts none of them any more; what such a comparison names stays.
fn forget_doubts(pair: &mut Pair, compared: &Kept, is_of_all: bool) {
    if let Kept::Proven(shown) = compared
        && shown.tier == Tier::Content
        && is_of_all
        && shown.unnamed == 0
        // What came just now was not read.
        && shown.in_flight == 0
    {
        let is_named = |study: &StudyUid| shown.exams.iter().any(|one| one.exam.study.uid == *study);
        let is_newer = |known: &InDoubt| known.doubts.values().any(|(at, _)| *at >= shown.cut);
        pair.doubts.retain(|study, known| is_named(study) || is_newer(known));
    }
}

/// An older comparison is remembered by its counts; its names are in the journal and in its document.
fn forget_names(comparison: &mut Comparison) {
    if let Kept::Proven(shown) = &mut comparison.compared {
        shown.unnamed += shown.exams.len() as u64;
        shown.exams = Vec::new();
    }
    if let Some(looked_for) = &mut comparison.looked_for {
        looked_for.named = Vec::new();
    }
}

pub(super) fn keep_newest<T>(list: &mut Vec<T>, most: usize) {
    let over = list.len().saturating_sub(most);
    list.drain(..over);
}
