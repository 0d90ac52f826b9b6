//! What the plan means for wards: never a service and its fallback at once, staff where it gets dark, a unit for every bed
//! (design: invariant 2; R14, R15).

use std::collections::{BTreeMap, BTreeSet};

use model::ids::UnitId;
use model::plan::{Item, Plan};
use model::service::Service;
use model::{AssetTag, Topology};

use super::Findings;

pub(super) fn check(plan: &Plan, topology: &Topology, found: &mut Findings) {
    both_dark(plan, topology, found);
    let disruptive: Vec<&Item> = plan.items.iter().filter(|item| plan.is_disruptive(item)).collect();
    let mut dark: BTreeSet<UnitId> = BTreeSet::new();
    let mut services: BTreeMap<&str, &Service> = BTreeMap::new();
    let by_host = topology.by_host();
    for service in disruptive.iter().flat_map(|item| by_host.carried_by(&item.host)) {
        services.insert(service.id.as_str(), service);
    }
    for service in services.values().filter(|service| service.needs_all()) {
        dark.extend(topology.units_of(service));
    }
    for service in services.values() {
        for bed in service.beds.iter().filter(|bed| !topology.beds.contains_key(*bed)) {
            let says = format!(
                "service {} serves bed {bed}, which belongs to no known unit: nobody could sign off for it",
                service.id
            );
            found.block("bed-without-unit", bed, says);
        }
    }
    for unit in &dark {
        if !plan.cover.iter().any(|cover| cover.unit == *unit && cover.people > 0) {
            let says = format!(
                "{unit} goes dark and the plan names no staff for it; say how many people and for what"
            );
            found.block("cover-missing", unit, says);
        }
    }
    let mut seen = BTreeSet::new();
    for cover in &plan.cover {
        if !seen.insert(&cover.unit) {
            let says = format!("staff for {} is named twice; once is right", cover.unit);
            found.block("twice", &cover.unit, says);
        }
        if !dark.contains(&cover.unit) {
            let says = format!("staff is named for {}, where nothing goes dark", cover.unit);
            found.remark("cover-not-needed", &cover.unit, says);
        }
    }
}

/// A service and what stands in for it must never be able to be dark at once: not by one host, not by one wave.
fn both_dark(plan: &Plan, topology: &Topology, found: &mut Findings) {
    let mut waves: BTreeMap<(u16, u16), Vec<&AssetTag>> = BTreeMap::new();
    for item in plan.items.iter().filter(|item| plan.is_disruptive(item)) {
        waves.entry((item.ring, item.wave)).or_default().push(&item.host);
    }
    for ((ring, wave), hosts) in waves {
        let at_once = plan.ring(ring).map_or(1, |ring| ring.at_once_max.max(1));
        for service in &topology.services {
            let Some(fallback) = service.fallback.as_ref().and_then(|id| topology.service(id)) else {
                continue;
            };
            let (one, other) = (Loss::of(service, &hosts), Loss::of(fallback, &hosts));
            // Fewest hosts out of service at once that darken both: hosts that carry both count for both.
            if let Some(least) = one.together(&other).filter(|least| *least <= at_once) {
                let says = format!(
                    "wave {wave} of ring {ring} can make {} and {}, which stands in for it, dark at once ({least} of its \
                     hosts are enough); put their hosts into different waves",
                    service.id, fallback.id
                );
                found.block("service-and-fallback", &service.id, says);
            }
        }
    }
}

/// What a wave can take from a service.
struct Loss<'a> {
    /// Carriers in the wave.
    carriers: BTreeSet<&'a AssetTag>,
    /// So many of them must be out for the service to be dark.
    enough: usize,
}

impl<'a> Loss<'a> {
    fn of(service: &Service, hosts: &[&'a AssetTag]) -> Loss<'a> {
        let carriers = hosts.iter().copied().filter(|host| service.redundancy.carriers.contains(host));
        let spare = service.redundancy.carriers.len().saturating_sub(usize::from(service.redundancy.needed));
        Loss { carriers: carriers.collect(), enough: spare + 1 }
    }

    /// The fewest hosts that darken both; `None` when the wave cannot.
    fn together(&self, other: &Loss<'_>) -> Option<u32> {
        if self.carriers.len() < self.enough || other.carriers.len() < other.enough {
            return None;
        }
        let shared = self.carriers.iter().filter(|host| other.carriers.contains(*host)).count();
        let common = shared.min(self.enough).min(other.enough);
        u32::try_from(self.enough + other.enough - common).ok()
    }
}
