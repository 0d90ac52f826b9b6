//! What the facts about a pair add up to. Decided already: nothing here judges.

use archive::kept::Kept;

use super::fact::{
    BaselineSet, Ended, FailoverBegun, FailoverReported, FailoverStep, PairCompared, PairProbed, WayOutSeen,
};
use super::{
    Archives, COMPARISONS_REMEMBERED_MAX, Comparison, Failover, PROBES_REMEMBERED_MAX, Pair, Probed,
    REPORTS_REMEMBERED_MAX,
};
use crate::fact::Stamp;
use crate::state::Topic;

const CHANGED: &[Topic] = &[Topic::Archives];

impl Archives {
    pub(crate) fn compared(&mut self, stamp: Stamp, is: PairCompared) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair).or_default();
        (pair.a, pair.b) = (is.a, is.b);
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

    pub(crate) fn probed(&mut self, is: PairProbed) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair.clone()).or_default();
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
        let failover = Failover { stamp, decision, overridden, steps, reports, ended: None };
        self.pairs.entry(is.pair).or_default().failovers.push(failover);
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

fn keep_newest<T>(list: &mut Vec<T>, most: usize) {
    let over = list.len().saturating_sub(most);
    list.drain(..over);
}
