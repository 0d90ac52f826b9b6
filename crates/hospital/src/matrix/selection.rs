//! The devices that pass a filter, by group, worked out in one pass over the register. Devices of one group have the same
//! verdicts, so what is counted once for a group holds for all of its devices.

use exposure::Verdict;
use exposure::matcher::{DeviceIx, GroupView, VulnerabilityIx};
use exposure::rank::rank;

use super::counts::Counts;
use super::filter::{Filter, holds};
use crate::register::Shared;
use crate::state::State;

/// Stands for *no group*.
const NONE: u32 = u32::MAX;

/// A group with its devices that pass.
pub(super) struct Group<'s> {
    pub(super) view: GroupView<'s>,
    /// How many of its devices pass.
    pub(super) devices: u64,
    /// The pairs of one of its devices that pass, by verdict.
    pub(super) totals: Counts,
    /// Every device of it passes.
    whole: bool,
    /// Its maker, model or version holds the text asked for.
    named: bool,
}

/// The devices that pass a filter.
pub(super) struct Selection<'s> {
    pub(super) state: &'s State,
    pub(super) groups: Vec<Group<'s>>,
    /// Position in `groups` of each of the matcher's group numbers.
    at: Vec<u32>,
    /// Which rows of the register pass; `None` when every device does.
    passing: Option<Vec<bool>>,
    /// Which vulnerabilities pass; `None` when all do.
    included: Option<Vec<bool>>,
    verdict: Option<Verdict>,
    /// Pairs of each vulnerability over the devices that pass, whatever the verdict asked for.
    pub(super) by_vulnerability: Vec<Counts>,
}

impl<'s> Selection<'s> {
    pub(super) fn of(state: &'s State, filter: &Filter) -> Selection<'s> {
        let mut selection = Selection {
            state,
            groups: Vec::new(),
            at: Vec::new(),
            passing: None,
            included: included(state, filter),
            verdict: filter.verdict,
            by_vulnerability: vec![Counts::default(); state.matcher().vulnerabilities_len()],
        };
        selection.take_groups(filter);
        if selection.groups.iter().any(|group| !group.whole) || !filter.all_devices() {
            selection.take_devices(filter);
        }
        selection.tally();
        selection
    }

    fn take_groups(&mut self, filter: &Filter) {
        let matcher = self.state.matcher();
        let is = |wanted: &Option<String>, got: &str| wanted.as_deref().is_none_or(|wanted| wanted == got);
        let text = filter.text.as_deref().map(str::to_lowercase);
        let each = filter.unit.is_some() || filter.site.is_some() || filter.device.is_some();
        for view in matcher.groups() {
            let number = view.devices.min().and_then(|device| matcher.group_of(device));
            let Some(number) =
                number.filter(|_| is(&filter.maker, view.manufacturer) && is(&filter.model, view.model))
            else {
                continue;
            };
            let holds = |field: &str| text.as_deref().is_none_or(|text| holds(field, text));
            let named = holds(view.manufacturer) || holds(view.model) || view.version.is_some_and(holds);
            let whole = named && !each;
            let slot = number as usize;
            if self.at.len() <= slot {
                self.at.resize(slot + 1, NONE);
            }
            if let Some(at) = self.at.get_mut(slot) {
                *at = u32::try_from(self.groups.len()).unwrap_or(NONE);
            }
            let devices = if whole { view.devices.len() } else { 0 };
            self.groups.push(Group { view, devices, totals: Counts::default(), whole, named });
        }
    }

    /// Looks at each device, column by column.
    fn take_devices(&mut self, filter: &Filter) {
        let register = self.state.register();
        let text = filter.text.as_deref().map(str::to_lowercase);
        let in_tags = text.as_deref().map(|text| register.rows_holding(text));
        let in_units: Option<Vec<bool>> = text.as_deref().map(|text| {
            let mut found = vec![false; register.numbers_len()];
            for unit in register.distinct(Shared::Unit) {
                let number = register.number_of(unit).unwrap_or(0) as usize;
                if let Some(found) = found.get_mut(number).filter(|_| holds(unit, text)) {
                    *found = true;
                }
            }
            found
        });
        let number = |wanted: &Option<String>| wanted.as_deref().map(|text| register.number_of(text));
        let (unit, site) = (number(&filter.unit), number(&filter.site));
        let device = filter.device.as_deref().map(|tag| register.by_tag(tag).map(|device| device.ix()));
        let mut passing = vec![false; register.rows_len()];
        let columns = register.shared(Shared::Unit).zip(register.shared(Shared::Site));
        for ((ix, slot), (of_unit, of_site)) in register.row_numbers().zip(&mut passing).zip(columns) {
            let Some(at) = position(self.state, &self.at, ix) else { continue };
            let Some(group) = self.groups.get_mut(at) else { continue };
            if group.whole {
                *slot = true;
                continue;
            }
            let found = group.named
                || in_tags.as_ref().is_some_and(|found| flag(found, ix))
                || in_units.as_ref().is_some_and(|found| flag(found, of_unit));
            if found
                && device.is_none_or(|wanted| wanted == Some(ix))
                && unit.is_none_or(|wanted| wanted == Some(of_unit))
                && site.is_none_or(|wanted| wanted == Some(of_site))
            {
                *slot = true;
                group.devices += 1;
            }
        }
        self.passing = Some(passing);
    }

    /// Counts pairs once for each group and vulnerability.
    fn tally(&mut self) {
        for group in self.groups.iter_mut().filter(|group| group.devices > 0) {
            for (vulnerability, verdict) in group.view.pairs {
                if self.included.as_ref().is_some_and(|included| !flag(included, *vulnerability)) {
                    continue;
                }
                if let Some(counts) = self.by_vulnerability.get_mut(*vulnerability as usize) {
                    counts.add(*verdict, group.devices);
                }
                if self.verdict.is_none_or(|wanted| wanted == *verdict) {
                    group.totals.add(*verdict, 1);
                }
            }
        }
    }

    /// The group of a device, as a position in `groups`, if the device passes.
    pub(super) fn group_of(&self, device: DeviceIx) -> Option<usize> {
        let passes = self.passing.as_ref().is_none_or(|passing| flag(passing, device));
        if passes { position(self.state, &self.at, device) } else { None }
    }

    /// The pairs of one of a group's devices that pass.
    pub(super) fn pairs(&self, group: usize) -> impl Iterator<Item = (VulnerabilityIx, Verdict)> {
        let pairs = self.groups.get(group).map_or(&[][..], |group| group.view.pairs);
        let passes = |vulnerability, verdict| {
            self.verdict.is_none_or(|wanted| wanted == verdict)
                && self.included.as_ref().is_none_or(|included| flag(included, vulnerability))
        };
        pairs.iter().copied().filter(move |(vulnerability, verdict)| passes(*vulnerability, *verdict))
    }

    /// The devices of a group that pass, in the register's own order.
    pub(super) fn devices(&self, group: usize) -> impl Iterator<Item = DeviceIx> {
        let devices = self.groups.get(group).into_iter().flat_map(|group| group.view.devices.iter());
        devices.filter(|device| self.passing.as_ref().is_none_or(|passing| flag(passing, *device)))
    }

    /// Groups of which a device passes, with their positions.
    pub(super) fn chosen(&self) -> impl Iterator<Item = (usize, &Group<'s>)> {
        self.groups.iter().enumerate().filter(|(_, group)| group.devices > 0)
    }
}

fn flag(flags: &[bool], at: u32) -> bool {
    flags.get(at as usize).copied().unwrap_or(false)
}

fn position(state: &State, at: &[u32], device: DeviceIx) -> Option<usize> {
    let number = state.matcher().group_of(device)?;
    let at = *at.get(number as usize).filter(|at| **at != NONE)?;
    usize::try_from(at).ok()
}

/// Which vulnerabilities pass; `None` when all do.
fn included(state: &State, filter: &Filter) -> Option<Vec<bool>> {
    let matcher = state.matcher();
    if filter.all_vulnerabilities() {
        return None;
    }
    let numbers = 0..u32::try_from(matcher.vulnerabilities_len()).unwrap_or(u32::MAX);
    let in_tier = |number: VulnerabilityIx| {
        filter.tier.is_none_or(|wanted| rank(&state.inputs(number), 0).tier() == wanted)
    };
    let passes = |number: VulnerabilityIx| {
        filter.passes_vulnerability(matcher.vulnerability_name(number)) && in_tier(number)
    };
    Some(numbers.map(passes).collect())
}
