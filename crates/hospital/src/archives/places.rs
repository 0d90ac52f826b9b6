//! Places that may tell their own probes, each by a secret of its own, and places that are probed no more. A workstation that is scrapped would keep the gate closed for ever; one that is probed again is back, and needs
//! a baseline anew.

use model::Time;

use super::fact::{PlaceAdmitted, PlaceRetired};
use super::fold::keep_newest;
use super::{Archives, Pair};
use crate::fact::Stamp;
use crate::state::Topic;

/// Retired places of a pair that are remembered; the journal keeps all.
pub const PLACES_RETIRED_REMEMBERED_MAX: usize = 50;

impl Archives {
    pub(crate) fn place_admitted(&mut self, stamp: Stamp, is: PlaceAdmitted) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair.clone()).or_default();
        pair.admitted.retain(|(_, admitted)| admitted.place != is.place);
        pair.is_not_retired(&is.place);
        pair.admitted.push((stamp, is));
        &[Topic::Archives]
    }

    pub(crate) fn place_retired(&mut self, stamp: Stamp, is: PlaceRetired) -> &'static [Topic] {
        let pair = self.pairs.entry(is.pair.clone()).or_default();
        pair.probes.retain(|probed| probed.place != is.place);
        pair.baselines.retain(|(_, set)| set.place != is.place);
        pair.admitted.retain(|(_, admitted)| admitted.place != is.place);
        pair.is_not_retired(&is.place);
        pair.retired.push((stamp, is));
        keep_newest(&mut pair.retired, PLACES_RETIRED_REMEMBERED_MAX);
        &[Topic::Archives]
    }
}

impl Pair {
    /// Places that are probed no more, by whom and why, newest last.
    pub fn retired_places(&self) -> &[(Stamp, PlaceRetired)] {
        &self.retired
    }

    /// Places that may tell their own probes, and who let them.
    pub fn admitted_places(&self) -> &[(Stamp, PlaceAdmitted)] {
        &self.admitted
    }

    /// The place that has the secret of which this is the SHA-256, in hexadecimal.
    pub fn place_of(&self, token_sha256: &str) -> Option<&str> {
        let found = self.admitted.iter().find(|(_, admitted)| *admitted.token_sha256 == *token_sha256);
        found.map(|(_, admitted)| &*admitted.place)
    }

    /// When either archive was probed last from a place; `None` where it never was, or the place is retired.
    pub fn last_probed_from(&self, place: &str) -> Option<Time> {
        let from = self.probes.iter().filter(|probed| *probed.place == *place);
        from.filter_map(|probed| probed.probes.last()).map(|probe| probe.first_image.at).max()
    }

    /// It is not retired, or no more.
    pub(super) fn is_not_retired(&mut self, place: &str) {
        self.retired.retain(|(_, retired)| *retired.place != *place);
    }
}
