//! Dark minutes of beds and units in each replay: a service is dark while more of its carriers are out than it can spare; a bed is
//! dark while any of its services is. A further restart comes after the night and is added.

use std::collections::BTreeMap;

use model::ids::{BedId, UnitId};
use model::service::Service;
use model::{AssetTag, Topology};

use super::prepare::Prepared;
use super::replay::{Done, Replay};
use super::sum::amount;
use super::{BedDarkness, UnitDarkness};

/// Carriers of a service that the plan works on, and how many of all it can spare.
struct Carried {
    items: Vec<usize>,
    spare: usize,
}

/// Beds of one unit that have the same services.
struct Class {
    beds: Vec<BedId>,
    services: Vec<usize>,
    /// Items that darken it alone.
    alone: Vec<usize>,
}

struct Unit {
    id: UnitId,
    classes: Vec<usize>,
}

/// Everything that can go dark, with what each replay made of it.
pub(super) struct Dark {
    carried: Vec<Carried>,
    classes: Vec<Class>,
    units: Vec<Unit>,
    /// Minutes of each class, replay after replay; then of each unit, minutes and minutes times beds.
    class_minutes: Vec<f32>,
    unit_minutes: Vec<(f32, f32)>,
    spans: Vec<Vec<(f32, f32)>>,
    /// Memory that is used again.
    edges: Vec<(f32, i32)>,
    merged: Vec<(f32, f32)>,
}

impl Dark {
    pub(super) fn new(prepared: &Prepared, topology: &Topology) -> Dark {
        let at: BTreeMap<&AssetTag, usize> =
            prepared.items.iter().enumerate().map(|(ix, work)| (&work.host, ix)).collect();
        let services: Vec<(&Service, Carried)> = topology
            .services
            .iter()
            .map(|service| (service, carried(service, &at)))
            .filter(|(_, carried)| carried.items.len() > carried.spare)
            .collect();
        let mut of_bed: BTreeMap<&BedId, Vec<usize>> = BTreeMap::new();
        for (ix, (service, _)) in services.iter().enumerate() {
            service.beds.iter().for_each(|bed| of_bed.entry(bed).or_default().push(ix));
        }
        let mut classes: BTreeMap<(&UnitId, Vec<usize>), Vec<BedId>> = BTreeMap::new();
        for (bed, services) in of_bed {
            // Beds of no known unit are the checker's business.
            if let Some(unit) = topology.beds.get(bed) {
                classes.entry((unit, services)).or_default().push(bed.clone());
            }
        }
        let mut dark = Dark {
            spans: vec![Vec::new(); services.len()],
            carried: services.into_iter().map(|(_, carried)| carried).collect(),
            classes: Vec::new(),
            units: Vec::new(),
            class_minutes: Vec::new(),
            unit_minutes: Vec::new(),
            edges: Vec::new(),
            merged: Vec::new(),
        };
        for ((unit, services), beds) in classes {
            if dark.units.last().is_none_or(|last| last.id != *unit) {
                dark.units.push(Unit { id: unit.clone(), classes: Vec::new() });
            }
            let own = services.iter().filter_map(|ix| dark.carried.get(*ix));
            let mut alone: Vec<usize> =
                own.filter(|carried| carried.spare == 0).flat_map(|carried| carried.items.clone()).collect();
            alone.sort_unstable();
            alone.dedup();
            let (unit, class) = (dark.units.len() - 1, dark.classes.len());
            dark.units[unit].classes.push(class);
            dark.classes.push(Class { beds, services, alone });
        }
        dark
    }

    /// Takes a replay in.
    pub(super) fn add(&mut self, replay: &Replay) {
        let dark_of = |ix: usize| replay.items[ix].filter(|done| done.ends > done.dark);
        for (carried, spans) in self.carried.iter().zip(&mut self.spans) {
            spans.clear();
            spans_of(carried, dark_of, &mut self.edges, spans);
        }
        let first = self.class_minutes.len();
        // The indices of services, classes and items were given here and in `prepare`.
        for class in &self.classes {
            self.merged.clear();
            self.merged.extend(class.services.iter().flat_map(|ix| self.spans[*ix].iter().copied()));
            let further = |ix: &usize| replay.items[*ix].map_or(0.0, |done| done.further_minutes);
            let further: f32 = class.alone.iter().map(further).sum();
            self.class_minutes.push(merged_minutes(&mut self.merged) + further);
        }
        for unit in &self.units {
            self.merged.clear();
            let (mut alone, mut bed_minutes) = (0.0f32, 0.0);
            for ix in unit.classes.iter().copied() {
                let class = &self.classes[ix];
                self.merged.extend(class.services.iter().flat_map(|ix| self.spans[*ix].iter().copied()));
                bed_minutes += self.class_minutes[first + ix] * class.beds.len() as f32;
                // Further restarts of one host darken its classes at the same time: the longest counts.
                let further = |ix: &usize| replay.items[*ix].map_or(0.0, |done| done.further_minutes);
                alone = alone.max(class.alone.iter().map(further).sum());
            }
            self.unit_minutes.push((merged_minutes(&mut self.merged) + alone, bed_minutes));
        }
    }

    /// Units and beds that went dark in any replay.
    pub(super) fn sum(self) -> (Vec<UnitDarkness>, Vec<BedDarkness>) {
        let any = |minutes: &[f32]| minutes.iter().any(|minutes| *minutes > 0.0);
        let mut units = Vec::new();
        let each = self.units.len().max(1);
        for (ix, unit) in self.units.into_iter().enumerate() {
            let column = || self.unit_minutes.iter().skip(ix).step_by(each);
            let mut minutes: Vec<f32> = column().map(|(minutes, _)| *minutes).collect();
            let mut bed_minutes: Vec<f32> = column().map(|(_, bed_minutes)| *bed_minutes).collect();
            if any(&minutes) {
                let (minutes, bed_minutes) = (amount(&mut minutes), amount(&mut bed_minutes));
                units.push(UnitDarkness { unit: unit.id, minutes, bed_minutes });
            }
        }
        let mut beds: Vec<BedDarkness> = Vec::new();
        let each = self.classes.len().max(1);
        for (ix, class) in self.classes.into_iter().enumerate() {
            let mut minutes: Vec<f32> = self.class_minutes.iter().skip(ix).step_by(each).copied().collect();
            if any(&minutes) {
                let minutes = amount(&mut minutes);
                beds.extend(class.beds.into_iter().map(|bed| BedDarkness { bed, minutes }));
            }
        }
        beds.sort_by(|a, b| a.bed.cmp(&b.bed));
        (units, beds)
    }
}

fn carried(service: &Service, at: &BTreeMap<&AssetTag, usize>) -> Carried {
    let carriers = &service.redundancy.carriers;
    let mut items: Vec<usize> = carriers.iter().filter_map(|carrier| at.get(carrier).copied()).collect();
    items.sort_unstable();
    items.dedup();
    Carried { items, spare: carriers.len().saturating_sub(usize::from(service.redundancy.needed)) }
}

/// The times at which more carriers are out than can be spared.
fn spans_of(
    carried: &Carried,
    dark_of: impl Fn(usize) -> Option<Done>,
    edges: &mut Vec<(f32, i32)>,
    spans: &mut Vec<(f32, f32)>,
) {
    if let ([only], 0) = (carried.items.as_slice(), carried.spare) {
        spans.extend(dark_of(*only).map(|done| (done.dark, done.ends)));
        return;
    }
    edges.clear();
    for done in carried.items.iter().filter_map(|ix| dark_of(*ix)) {
        edges.push((done.dark, 1));
        edges.push((done.ends, -1));
    }
    edges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut out, mut since) = (0, None);
    for (at, by) in edges.iter().copied() {
        out += by;
        let is_dark = usize::try_from(out).is_ok_and(|out| out > carried.spare);
        match (since, is_dark) {
            (None, true) => since = Some(at),
            (Some(from), false) => {
                spans.push((from, at));
                since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
}

/// Minutes that lie in any of the spans.
fn merged_minutes(spans: &mut [(f32, f32)]) -> f32 {
    if let [(from, to)] = spans {
        return *to - *from;
    }
    spans.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut until) = (0.0, f32::NEG_INFINITY);
    for (from, to) in spans.iter().copied() {
        sum += (to - from.max(until)).max(0.0);
        until = until.max(to);
    }
    sum
}
