//! The pairs behind a cell or a filter: every device × vulnerability that an advisory speaks of, in an order, by pages.

use exposure::matcher::{Cell, DeviceIx, VulnerabilityIx};
use exposure::{GapKind, Verdict};
use hashbrown::HashMap;

use super::columns::places;
use super::counts::Counts;
use super::filter::Filter;
use super::rows::by_tag;
use super::selection::Selection;
use crate::fleet::{self, is_about_names};
use crate::state::State;

/// One device and one vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The device.
    pub device: DeviceIx,
    /// The vulnerability.
    pub vulnerability: VulnerabilityIx,
    /// The worst that any advisory says.
    pub verdict: Verdict,
}

/// The order of pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PairOrder {
    /// By the vulnerability's rank, then worst verdict first, then asset tag.
    #[default]
    Rank,
    /// Worst verdict first, then rank, then asset tag.
    Verdict,
    /// By asset tag, then worst verdict first, then rank.
    Device,
}

/// Some pairs, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairPage {
    /// The pairs asked for.
    pub pairs: Vec<Pair>,
    /// All pairs that pass.
    pub totals: Counts,
}

/// The pairs that pass, from `offset` on, `pairs_max` at most. `backwards` turns the first key of the order.
pub fn pairs(
    state: &State,
    filter: &Filter,
    order: PairOrder,
    backwards: bool,
    offset: u64,
    pairs_max: usize,
) -> PairPage {
    let selection = Selection::of(state, filter);
    let places = places(&selection, filter);
    let mut totals = Counts::default();
    places.iter().for_each(|place| totals.plus(&place.counts, 1));
    let positions = (0usize..).zip(&places).map(|(at, place)| (place.vulnerability, at));
    let rank_of: Vec<usize> = dense(state.matcher().vulnerabilities_len(), positions);
    let pairs = match order {
        PairOrder::Rank | PairOrder::Verdict => {
            let mut classes: Vec<(usize, Verdict, u64)> = (0usize..)
                .zip(&places)
                .flat_map(|(at, place)| Verdict::ALL.map(|verdict| (at, verdict, place.counts.of(verdict))))
                .filter(|(_, _, devices)| *devices > 0)
                .collect();
            match (order, backwards) {
                (PairOrder::Verdict, false) => classes.sort_by_key(|(_, verdict, _)| *verdict),
                (PairOrder::Verdict, true) => {
                    classes.sort_by_key(|(_, verdict, _)| std::cmp::Reverse(*verdict))
                }
                (PairOrder::Rank | PairOrder::Device, true) => {
                    classes.sort_by_key(|(at, _, _)| std::cmp::Reverse(*at))
                }
                (PairOrder::Rank | PairOrder::Device, false) => {}
            }
            let vulnerability = |at: usize| places.get(at).map_or(0, |place| place.vulnerability);
            by_class(&selection, &classes, &rank_of, vulnerability, offset, pairs_max)
        }
        PairOrder::Device => by_device(&selection, &rank_of, backwards, offset, pairs_max),
    };
    PairPage { pairs, totals }
}

/// `values` by number; `usize::MAX` where there is none.
fn dense(len: usize, values: impl Iterator<Item = (VulnerabilityIx, usize)>) -> Vec<usize> {
    let mut out = vec![usize::MAX; len];
    for (number, value) in values {
        if let Some(slot) = out.get_mut(number as usize) {
            *slot = value;
        }
    }
    out
}

/// Walks classes of one vulnerability and one verdict; only those that the page touches are opened.
fn by_class(
    selection: &Selection<'_>,
    classes: &[(usize, Verdict, u64)],
    rank_of: &[usize],
    vulnerability: impl Fn(usize) -> VulnerabilityIx,
    offset: u64,
    pairs_max: usize,
) -> Vec<Pair> {
    let (mut before, mut touched) = (0_u64, Vec::new());
    let end = offset.saturating_add(pairs_max as u64);
    for (at, verdict, devices) in classes {
        let from = before;
        before += devices;
        if before > offset && from < end {
            touched.push((*at, *verdict, *devices, offset.saturating_sub(from)));
        }
    }
    let mut groups: HashMap<(usize, Verdict), Vec<usize>> =
        touched.iter().map(|(at, verdict, _, _)| ((*at, *verdict), Vec::new())).collect();
    for (at, _) in selection.chosen() {
        for (vulnerability, verdict) in selection.pairs(at) {
            let rank = rank_of.get(vulnerability as usize).copied().unwrap_or(usize::MAX);
            if let Some(known) = groups.get_mut(&(rank, verdict)) {
                known.push(at);
            }
        }
    }
    let mut out = Vec::new();
    for (at, verdict, devices, skip) in touched {
        let known = groups.get(&(at, verdict)).map_or(&[][..], Vec::as_slice);
        let (devices, skip) =
            (usize::try_from(devices).unwrap_or(usize::MAX), usize::try_from(skip).unwrap_or(usize::MAX));
        let shown = by_tag(selection, known, devices, skip, pairs_max - out.len());
        out.extend(shown.into_iter().map(|device| Pair {
            device,
            vulnerability: vulnerability(at),
            verdict,
        }));
    }
    out
}

fn by_device(
    selection: &Selection<'_>,
    rank_of: &[usize],
    backwards: bool,
    offset: u64,
    pairs_max: usize,
) -> Vec<Pair> {
    let order = selection.state.register().order();
    let devices: Box<dyn Iterator<Item = DeviceIx>> =
        if backwards { Box::new(order.iter().rev().copied()) } else { Box::new(order.iter().copied()) };
    let (mut skip, mut out) = (offset, Vec::new());
    for device in devices {
        let Some(group) = selection.group_of(device) else { continue };
        let count = selection.groups.get(group).map_or(0, |group| group.totals.all());
        if skip >= count {
            skip -= count;
            continue;
        }
        let rank = |vulnerability: VulnerabilityIx| {
            rank_of.get(vulnerability as usize).copied().unwrap_or(usize::MAX)
        };
        let mut pairs: Vec<(VulnerabilityIx, Verdict)> = selection.pairs(group).collect();
        pairs.sort_unstable_by_key(|(vulnerability, verdict)| (*verdict, rank(*vulnerability)));
        let shown =
            pairs.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(pairs_max - out.len());
        out.extend(shown.map(|(vulnerability, verdict)| Pair { device, vulnerability, verdict }));
        skip = 0;
        if out.len() >= pairs_max {
            break;
        }
    }
    out
}

/// What stands behind a pair: the advisories that say its verdict, with the gap that an undecided pair is counted under
/// before any other and the surest first, then every other advisory that speaks of it.
pub fn said(state: &State, pair: &Pair) -> Vec<Cell> {
    let cells = state.matcher().cells(pair.device).iter();
    let mut said: Vec<Cell> =
        cells.filter(|cell| cell.vulnerability == pair.vulnerability).copied().collect();
    let gap = |cell: &Cell| (cell.gap.is_none(), cell.gap.map(|gap| (!is_about_names(gap), gap)));
    said.sort_by_key(|cell| (cell.verdict, gap(cell), std::cmp::Reverse(cell.confidence), cell.advisory));
    said
}

/// Devices that pass and of which no advisory speaks, by asset tag: those from `offset` on, `devices_max` at most, and how
/// many there are.
pub fn unmatched(state: &State, filter: &Filter, offset: usize, devices_max: usize) -> (Vec<DeviceIx>, u64) {
    let selection = Selection::of(state, filter);
    let silent = selection.chosen().filter(|(_, group)| group.view.pairs.is_empty());
    let (groups, counts): (Vec<usize>, Vec<u64>) = silent.map(|(at, group)| (at, group.devices)).unzip();
    let total: u64 = counts.iter().sum();
    let devices = usize::try_from(total).unwrap_or(usize::MAX);
    (by_tag(&selection, &groups, devices, offset, devices_max), total)
}

/// What the undecided pairs that pass are waiting for, most pairs first. The counts add up to all undecided pairs.
pub fn gaps(state: &State, filter: &Filter) -> Vec<(Option<GapKind>, u64)> {
    gaps_of(&Selection::of(state, filter))
}

pub(super) fn gaps_of(selection: &Selection<'_>) -> Vec<(Option<GapKind>, u64)> {
    let mut counts: HashMap<Option<GapKind>, u64> = HashMap::new();
    for (at, group) in selection.chosen().filter(|(_, group)| group.totals.undecided > 0) {
        let named: HashMap<VulnerabilityIx, GapKind> =
            fleet::gaps(group.view.cells, group.view.pairs).into_iter().collect();
        for (vulnerability, _) in selection.pairs(at).filter(|(_, verdict)| *verdict == Verdict::Undecided) {
            *counts.entry(named.get(&vulnerability).copied()).or_default() += group.devices;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(gap, count)| (std::cmp::Reverse(*count), *gap));
    counts
}
