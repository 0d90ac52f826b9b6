//! Dark minutes of beds and units in each replay: a service is dark while more of its carriers are out than it can spare; a bed is
//! dark while any of its services is. A further restart comes after the night and is added.

use std::collections::BTreeMap;

use model::ids::{BedId, UnitId};
use model::service::Service;
use model::{AssetTag, Topology};

use super::luck::Drawn;
use super::prepare::Prepared;
use super::replay::Done;
use super::sum::amount;
use super::{BedDarkness, UnitDarkness};

/// Lists one after another in one piece of memory: each replay goes through all of them.
#[derive(Default)]
struct Lists {
    all: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn push(&mut self, list: impl IntoIterator<Item = usize>) {
        // Numbers of items, services and classes of one plan.
        self.all.extend(list.into_iter().map(|ix| ix as u32));
        self.ends.push(self.all.len() as u32);
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let to = *end as usize;
            // Ends rise, and the last is the length.
            let list = &self.all[from..to];
            from = to;
            list
        })
    }
}

/// Everything that can go dark, with what each replay made of it.
pub(super) struct Dark {
    /// For each service the items that carry it, and how many of all its carriers it can spare.
    carriers: Lists,
    spare: Vec<usize>,
    /// Classes: beds of one unit that have the same services; these services, and the items that darken the class alone.
    beds: Vec<Vec<BedId>>,
    services: Lists,
    alone: Lists,
    /// Units, and their classes.
    units: Vec<UnitId>,
    classes: Lists,
    /// Minutes of each class, replay after replay; then of each unit, minutes and minutes times beds.
    class_minutes: Vec<f32>,
    unit_minutes: Vec<(f32, f32)>,
    /// What one replay darkens of each service, and where it ends in the list.
    spans: Vec<(f32, f32)>,
    span_ends: Vec<usize>,
    /// Minutes of further restarts of each class.
    further: Vec<f32>,
    /// Memory that is used again.
    edges: Vec<(f32, i32)>,
    merged: Vec<(f32, f32)>,
}

impl Dark {
    pub(super) fn new(prepared: &Prepared, topology: &Topology) -> Dark {
        let at: BTreeMap<&AssetTag, usize> =
            prepared.items.iter().enumerate().map(|(ix, work)| (&work.host, ix)).collect();
        let services: Vec<(&Service, Vec<usize>, usize)> = topology
            .services
            .iter()
            .map(|service| carried(service, &at))
            .filter(|(_, items, spare)| items.len() > *spare)
            .collect();
        let mut of_bed: BTreeMap<&BedId, Vec<usize>> = BTreeMap::new();
        for (ix, (service, _, _)) in services.iter().enumerate() {
            service.beds.iter().for_each(|bed| of_bed.entry(bed).or_default().push(ix));
        }
        let mut classes: BTreeMap<(&UnitId, Vec<usize>), Vec<BedId>> = BTreeMap::new();
        for (bed, services) in of_bed {
            // Beds of no known unit are the checker's business.
            if let Some(unit) = topology.beds.get(bed) {
                classes.entry((unit, services)).or_default().push(bed.clone());
            }
        }
        let mut dark = Dark::empty();
        for (_, items, spare) in &services {
            dark.carriers.push(items.iter().copied());
            dark.spare.push(*spare);
        }
        let mut of_unit: BTreeMap<&UnitId, Vec<usize>> = BTreeMap::new();
        for (class, ((unit, own), beds)) in classes.into_iter().enumerate() {
            of_unit.entry(unit).or_default().push(class);
            let own_services = own.iter().filter_map(|ix| services.get(*ix));
            let mut alone: Vec<usize> = own_services
                .filter(|(_, _, spare)| *spare == 0)
                .flat_map(|(_, items, _)| items.iter().copied())
                .collect();
            alone.sort_unstable();
            alone.dedup();
            dark.alone.push(alone);
            dark.services.push(own);
            dark.beds.push(beds);
        }
        for (unit, classes) in of_unit {
            dark.units.push(unit.clone());
            dark.classes.push(classes);
        }
        dark
    }

    fn empty() -> Dark {
        Dark {
            carriers: Lists::default(),
            spare: Vec::new(),
            beds: Vec::new(),
            services: Lists::default(),
            alone: Lists::default(),
            units: Vec::new(),
            classes: Lists::default(),
            class_minutes: Vec::new(),
            unit_minutes: Vec::new(),
            spans: Vec::new(),
            span_ends: Vec::new(),
            further: Vec::new(),
            edges: Vec::new(),
            merged: Vec::new(),
        }
    }

    /// Takes a replay in.
    pub(super) fn add(&mut self, done: &Done<'_>, drawn: &Drawn) {
        self.spans.clear();
        self.span_ends.clear();
        for (items, spare) in self.carriers.iter().zip(&self.spare) {
            spans_of(items, *spare, done, &mut self.edges, &mut self.spans);
            self.span_ends.push(self.spans.len());
        }
        // The numbers of services, classes and items were given here and in `prepare`.
        let spans = |service: &u32| {
            let service = *service as usize;
            let from = service.checked_sub(1).map_or(0, |before| self.span_ends[before]);
            &self.spans[from..self.span_ends[service]]
        };
        let further = |ix: &u32| {
            let ix = *ix as usize;
            if done.was_begun(ix) { drawn.further_minutes[ix] } else { 0.0 }
        };
        let first = self.class_minutes.len();
        self.further.clear();
        for (services, alone) in self.services.iter().zip(self.alone.iter()) {
            self.merged.clear();
            services.iter().for_each(|service| self.merged.extend_from_slice(spans(service)));
            let further: f32 = alone.iter().map(further).sum();
            self.class_minutes.push(merged_minutes(&mut self.merged) + further);
            self.further.push(further);
        }
        let services: Vec<&[u32]> = self.services.iter().collect();
        for classes in self.classes.iter() {
            self.merged.clear();
            let (mut alone, mut bed_minutes) = (0.0f32, 0.0);
            for class in classes.iter().map(|class| *class as usize) {
                services[class].iter().for_each(|service| self.merged.extend_from_slice(spans(service)));
                bed_minutes += self.class_minutes[first + class] * self.beds[class].len() as f32;
                // Further restarts of one host darken its classes at the same time: the longest counts.
                alone = alone.max(self.further[class]);
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
            let minutes: Vec<f32> = column().map(|(minutes, _)| *minutes).collect();
            let bed_minutes: Vec<f32> = column().map(|(_, bed_minutes)| *bed_minutes).collect();
            if any(&minutes) {
                let (minutes, bed_minutes) = (amount(&minutes), amount(&bed_minutes));
                units.push(UnitDarkness { unit, minutes, bed_minutes });
            }
        }
        let mut beds: Vec<BedDarkness> = Vec::new();
        let each = self.beds.len().max(1);
        for (ix, class) in self.beds.into_iter().enumerate() {
            let minutes: Vec<f32> = self.class_minutes.iter().skip(ix).step_by(each).copied().collect();
            if any(&minutes) {
                let minutes = amount(&minutes);
                beds.extend(class.into_iter().map(|bed| BedDarkness { bed, minutes }));
            }
        }
        beds.sort_by(|a, b| a.bed.cmp(&b.bed));
        (units, beds)
    }
}

/// A service, the items that carry it, and how many of all its carriers it can spare.
fn carried<'a>(service: &'a Service, at: &BTreeMap<&AssetTag, usize>) -> (&'a Service, Vec<usize>, usize) {
    let carriers = &service.redundancy.carriers;
    let mut items: Vec<usize> = carriers.iter().filter_map(|carrier| at.get(carrier).copied()).collect();
    items.sort_unstable();
    items.dedup();
    (service, items, carriers.len().saturating_sub(usize::from(service.redundancy.needed)))
}

/// The times at which more carriers are out than can be spared.
fn spans_of(
    items: &[u32],
    spare: usize,
    done: &Done<'_>,
    edges: &mut Vec<(f32, i32)>,
    spans: &mut Vec<(f32, f32)>,
) {
    let dark_of = |ix: &u32| done.dark_of(*ix as usize);
    match (items, spare) {
        ([only], 0) => spans.extend(dark_of(only)),
        // Two that stand in for each other: while both are out.
        ([one, other], 1) => {
            let both = dark_of(one).zip(dark_of(other));
            let both = both.map(|(one, other)| (one.0.max(other.0), one.1.min(other.1)));
            spans.extend(both.filter(|(from, to)| from < to));
        }
        (_, _) => swept(items, spare, done, edges, spans),
    }
}

/// The same by going through all times at which a carrier goes or comes back.
fn swept(
    items: &[u32],
    spare: usize,
    done: &Done<'_>,
    edges: &mut Vec<(f32, i32)>,
    spans: &mut Vec<(f32, f32)>,
) {
    edges.clear();
    for (from, to) in items.iter().filter_map(|ix| done.dark_of(*ix as usize)) {
        edges.push((from, 1));
        edges.push((to, -1));
    }
    edges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut out, mut since) = (0, None);
    for (at, by) in edges.iter().copied() {
        out += by;
        let is_dark = usize::try_from(out).is_ok_and(|out| out > spare);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::random::Stream;

    #[test]
    fn one_station_and_two_that_stand_in_for_each_other_are_dark_as_going_through_all_times_says() {
        let luck = Stream::of(1, &["spans"]);
        let mut seen = 0;
        for round in 0..4_000 {
            // Few different minutes: many meet, and some come back before they go.
            let at = |ix: u64| (luck.bits(round * 4 + ix) % 8) as f32;
            let (dark, ends) = (&mut [at(0), at(1)], &mut [at(2), at(3)]);
            let done = Done { begins: &mut [0.0, 0.0], dark, ends };
            for (items, spare) in [(&[0][..], 0), (&[0, 1][..], 1)] {
                let (mut quick, mut slow) = (Vec::new(), Vec::new());
                spans_of(items, spare, &done, &mut Vec::new(), &mut quick);
                swept(items, spare, &done, &mut Vec::new(), &mut slow);
                assert_eq!(quick, slow, "round {round}");
                seen += quick.len();
            }
        }
        assert!(seen > 2_000, "{seen}");
    }
}
