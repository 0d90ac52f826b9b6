//! Drafts are sound: whatever the hospital, the checker has nothing against the rings and waves they propose.

use model::ids::*;
use model::plan::*;
use model::{Time, Topology};
use planning::draft::{Wishes, rings};
use proptest::prelude::*;

use crate::hospital::*;

/// A service by the numbers of its carriers, how many it needs, and the number of its fallback.
pub(crate) type Carried = (Vec<usize>, u16, Option<usize>);

/// Hospitals of up to twelve stations and eight services, each with some spare, some with a fallback.
pub(crate) fn hospital() -> impl Strategy<Value = (usize, Vec<Carried>)> {
    (2usize..=12).prop_flat_map(|hosts| {
        let carriers = prop::collection::btree_set(0..hosts, 1..=hosts.min(4));
        let one = (carriers, 0u16..3, prop::option::of(0usize..8)).prop_map(|(carriers, spare, fallback)| {
            let carriers: Vec<usize> = carriers.into_iter().collect();
            let needed = u16::try_from(carriers.len()).unwrap().saturating_sub(spare).max(1);
            (carriers, needed, fallback)
        });
        (Just(hosts), prop::collection::vec(one, 1..8))
    })
}

pub(crate) fn build(hosts: usize, services: &[Carried]) -> (Plan, Topology) {
    let name = |n: usize| format!("H{n:02}");
    let mut topology = wards();
    let device = topology.devices[&tag("CMS-6")].clone();
    topology.devices = (0..hosts).map(|n| (tag(&name(n)), device.clone())).collect();
    topology.services = Vec::new();
    for (n, (carriers, needed, fallback)) in services.iter().enumerate() {
        let names: Vec<String> = carriers.iter().map(|host| name(*host)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        // A fallback is an earlier service that shares no host: one that does can never be planned.
        let apart =
            |other: &usize| *other < n && !services[*other].0.iter().any(|host| carriers.contains(host));
        let fallback = fallback.filter(apart).map(|other| format!("s{other}"));
        topology.services.push(service(&format!("s{n}"), &["6-01"], &names, *needed, fallback.as_deref()));
    }
    let mut plan = night();
    plan.items = (0..hosts).map(|n| item(&name(n), 1, 1)).collect();
    plan.windows =
        vec![window("first", EVENING, 90), window("second", Time(EVENING.0 + 3 * 60 * MINUTE), 600)];
    (plan, topology)
}

proptest! {
    #[test]
    fn a_draft_is_sound_in_any_hospital((hosts, services) in hospital(), at_once_max in 1u32..5) {
        let (plan, topology) = build(hosts, &services);
        let wishes = Wishes {
            first_window: WindowId::new("first").unwrap(),
            rest_window: WindowId::new("second").unwrap(),
            soak_minutes: 60,
            at_once_max,
        };
        let plan = rings(plan, &topology, &wishes);
        prop_assert_eq!(plan.items.len(), hosts);
        prop_assert_eq!(blocking(&plan, &topology), Vec::<String>::new());
    }
}

#[test]
fn a_draft_begins_the_longest_work_of_a_wave_first() {
    let (mut plan, topology) = build(6, &[]);
    let mut long = kernel();
    long.id = PatchId::new("long").unwrap();
    long.declared.install = model::patch::Minutes { p50: 30, p90: 40 };
    plan.items[5].patches = vec![long.id.clone()];
    plan.patches.push(long);
    let wishes = Wishes {
        first_window: WindowId::new("first").unwrap(),
        rest_window: WindowId::new("second").unwrap(),
        soak_minutes: 60,
        at_once_max: 2,
    };
    let plan = rings(plan, &topology, &wishes);
    let second: Vec<&str> =
        plan.items.iter().filter(|item| item.ring == 2).map(|item| item.host.as_str()).collect();
    assert_eq!(second[0], "H05", "{second:?}");
    let times = planning::timetable::timetable(&plan);
    // 46 minutes on one lane, four times 14 on the other; in the alphabet's order it would have been 28 + 46.
    assert_eq!(times.rings[1].ends.1, Time(times.rings[1].begins.1.0 + 56 * MINUTE));
}
