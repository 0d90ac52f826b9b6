//! The columns: every vulnerability of which an advisory says something here, in rank order (R101).

use exposure::matcher::VulnerabilityIx;
use exposure::rank::{Rank, Tier, rank};

use super::counts::Counts;
use super::filter::Filter;
use super::selection::Selection;
use crate::state::State;

/// A vulnerability as a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its number.
    pub vulnerability: VulnerabilityIx,
    /// Its name.
    pub name: Box<str>,
    /// Its place in the order, and the rule that put it there.
    pub rank: Rank,
    /// Is any device that passes affected or undecided? What nobody is open to comes after everything that somebody is.
    pub is_open: bool,
    /// Over all devices that pass, of the verdict asked for.
    pub counts: Counts,
}

/// One rule of the order with all that it ranks. The tiers' counts add up to the totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierTotal {
    /// The rule.
    pub tier: Tier,
    /// Vulnerabilities.
    pub vulnerabilities: u64,
    /// Pairs.
    pub counts: Counts,
}

/// A column before its name is written down.
pub(super) struct Place {
    pub(super) vulnerability: VulnerabilityIx,
    pub(super) rank: Rank,
    pub(super) is_open: bool,
    pub(super) counts: Counts,
}

/// The columns of a selection, in order.
pub(super) fn places(selection: &Selection<'_>, filter: &Filter) -> Vec<Place> {
    let (matcher, state) = (selection.state.matcher(), selection.state);
    let mut places: Vec<Place> = (0u32..)
        .zip(&selection.by_vulnerability)
        .map(|(vulnerability, all)| (vulnerability, all, all.only(filter.verdict)))
        .filter(|(_, _, counts)| counts.all() > 0)
        .map(|(vulnerability, all, counts)| Place {
            vulnerability,
            rank: rank(&state.inputs(vulnerability), all.open()),
            is_open: all.open() > 0,
            counts,
        })
        .collect();
    places.sort_unstable_by(|a, b| {
        let key = |place: &Place| (!place.is_open, place.rank);
        let name = |place: &Place| matcher.vulnerability_name(place.vulnerability);
        key(a).cmp(&key(b)).then_with(|| name(b).cmp(name(a)))
    });
    places
}

/// Writes the name down.
pub(super) fn column(state: &State, place: &Place) -> Column {
    Column {
        vulnerability: place.vulnerability,
        name: state.matcher().vulnerability_name(place.vulnerability).into(),
        rank: place.rank,
        is_open: place.is_open,
        counts: place.counts,
    }
}

/// Adds the columns up by tier.
pub(super) fn tiers(places: &[Place]) -> [TierTotal; 4] {
    let mut totals = [Tier::Exploited, Tier::ProofOfConcept, Tier::Scored, Tier::Unranked]
        .map(|tier| TierTotal { tier, vulnerabilities: 0, counts: Counts::default() });
    for place in places {
        if let Some(total) = totals.iter_mut().find(|total| total.tier == place.rank.tier()) {
            total.vulnerabilities += 1;
            total.counts.plus(&place.counts, 1);
        }
    }
    totals
}

/// Every vulnerability of which an advisory says something about a device that passes, in rank order.
pub fn ranked_columns(state: &State, filter: &Filter) -> Vec<Column> {
    let selection = Selection::of(state, filter);
    places(&selection, filter).iter().map(|place| column(state, place)).collect()
}
