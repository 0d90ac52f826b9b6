//! A first draft: who is in which ring and wave, worked out from what each host carries. One host first, then the rest; in a wave
//! no service loses more carriers than it can spare, and never one beside what stands in for it; a wave's hosts stand in the order in
//! which it ends soonest. People change it as they like; the checker looks at the result, not at how it came about.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::WindowId;
use model::plan::{Item, Plan, Ring};
use model::service::Service;
use model::{AssetTag, Time, Topology};

use crate::schedule::{Effort, of_window};

/// Most schedules tried for the order in which the hosts of a wave begin.
const ORDER_SCHEDULES_MAX: u64 = 3_000;
/// Most hosts placed in all of them together: a second or so.
const ORDER_PLACED_MAX: u64 = 3_000_000;

/// What a draft's rings are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// Window of the first ring, which has one host.
    pub first_window: WindowId,
    /// Window of the second ring, which has the rest.
    pub rest_window: WindowId,
    /// Minutes that the first ring must run well before the second starts.
    pub soak_minutes: u32,
    /// Most hosts worked on at once in the second ring.
    pub at_once_max: u32,
}

/// Puts the items of a plan into two rings, and the second into waves. What the plan had of rings and waves is replaced.
///
/// The first ring is the host whose darkness reaches the fewest beds; ties go to the host first in the alphabet.
pub fn rings(mut plan: Plan, topology: &Topology, wishes: &Wishes) -> Plan {
    let beds = |host: &AssetTag| {
        topology.carried_by(host).flat_map(|service| &service.beds).collect::<BTreeSet<_>>().len()
    };
    plan.items.sort_by_cached_key(|item| (beds(&item.host), item.host.clone()));
    let mut waves: Vec<Vec<AssetTag>> = Vec::new();
    for (place, item) in plan.items.iter_mut().enumerate() {
        (item.ring, item.wave) = if place == 0 { (1, 1) } else { (2, wave_for(item, topology, &mut waves)) };
    }
    plan.items.sort_by(|a, b| (a.ring, a.wave, &a.host).cmp(&(b.ring, b.wave, &b.host)));
    let count = |ring: u16| {
        u32::try_from(plan.items.iter().filter(|item| item.ring == ring).count()).unwrap_or(u32::MAX)
    };
    let ring = |title: &str, number: u16, window: &WindowId, at_once_max: u32| Ring {
        title: title.into(),
        window: window.clone(),
        success_min: count(number),
        failures_stop: 1,
        soak_minutes: wishes.soak_minutes,
        at_once_max,
    };
    plan.rings = vec![ring("First host", 1, &wishes.first_window, 1)];
    if count(2) > 0 {
        plan.rings.push(ring("The rest", 2, &wishes.rest_window, wishes.at_once_max.max(1)));
    }
    in_good_order(plan, topology, &wishes.rest_window)
}

/// Puts the items of each ring into waves, in the order in which they stand; what the plan had of waves is replaced.
pub fn waves(mut plan: Plan, topology: &Topology) -> Plan {
    let mut rings: BTreeMap<u16, Vec<Vec<AssetTag>>> = BTreeMap::new();
    for item in &mut plan.items {
        item.wave = wave_for(item, topology, rings.entry(item.ring).or_default());
    }
    plan
}

/// Items of a wave in the order in which the wave ends soonest: the rollout begins them as they stand in the plan. Where the window has
/// no schedule the order stays as it is; the checker says what does not fit.
fn in_good_order(mut plan: Plan, topology: &Topology, window: &WindowId) -> Plan {
    let hosts = u64::try_from(plan.items.len()).unwrap_or(u64::MAX).max(1);
    let effort = Effort { schedules_max: (ORDER_PLACED_MAX / hosts).min(ORDER_SCHEDULES_MAX), seed: 1 };
    let times = of_window(&plan, topology, window, Time(i64::MIN), effort, &mut || false);
    let hosts = times.map(|times| times.hosts).unwrap_or_default();
    let place: BTreeMap<AssetTag, usize> = hosts.into_iter().map(|time| time.host).zip(0..).collect();
    // Sorting keeps what is equal as it was.
    plan.items.sort_by_key(|item| (item.ring, item.wave, place.get(&item.host).copied()));
    plan
}

/// The first wave in which the host takes from no service more than it can spare; a new one where there is none.
fn wave_for(item: &Item, topology: &Topology, waves: &mut Vec<Vec<AssetTag>>) -> u16 {
    let place = waves.iter().position(|wave| fits(&item.host, wave, topology)).unwrap_or(waves.len());
    match waves.get_mut(place) {
        Some(wave) => wave.push(item.host.clone()),
        None => waves.push(vec![item.host.clone()]),
    }
    u16::try_from(place + 1).unwrap_or(u16::MAX)
}

fn fits(host: &AssetTag, wave: &[AssetTag], topology: &Topology) -> bool {
    topology.carried_by(host).all(|service| {
        let out = lost(service, wave) + 1;
        let spare = service.redundancy.carriers.len().saturating_sub(usize::from(service.redundancy.needed));
        // A service without a spare goes dark anyway: then it has the wave to itself.
        let alone = out <= spare.max(1);
        let stands_in = |other: &Service| {
            other.fallback.as_ref() == Some(&service.id) || service.fallback.as_ref() == Some(&other.id)
        };
        let related = topology.services.iter().filter(|other| stands_in(other));
        alone && related.into_iter().all(|other| lost(other, wave) == 0)
    })
}

fn lost(service: &Service, wave: &[AssetTag]) -> usize {
    wave.iter().filter(|host| service.redundancy.carriers.contains(host)).count()
}
