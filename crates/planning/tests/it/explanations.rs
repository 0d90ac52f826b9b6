//! Every host of a plan can be asked why it is where it is and what it waits for.

use model::Time;
use model::ids::*;
use planning::draft::{Wishes, rings};
use planning::explain::{Here, WaitsFor, explain};
use proptest::prelude::*;

use crate::drafts::{build, hospital};
use crate::hospital::*;

#[test]
fn the_first_host_waits_for_its_window_alone_and_the_second_ring_for_the_soak_of_the_first() {
    let (plan, topology) = (night(), wards());
    let first = explain(&plan, &topology, &tag("CMS-5A"), NOON).unwrap();
    assert_eq!((first.ring, first.wave), ((1, 2), (1, 1)));
    assert_eq!(first.here, [Here::FirstWave]);
    assert_eq!(first.waits, [WaitsFor::Window { window: WindowId::new("first").unwrap(), opens: EVENING }]);
    assert!(first.dark.is_empty(), "the other station of ward 5 goes on: {:?}", first.dark);
    let second = explain(&plan, &topology, &tag("CMS-5B"), NOON).unwrap();
    assert!(
        second.waits.contains(&WaitsFor::Ring { ring: 1, wanted: 1, hosts: 1, soak_minutes: 60 }),
        "{:?}",
        second.waits
    );
}

#[test]
fn a_host_that_the_checker_blocks_is_explained_with_what_the_checker_says_and_which_beds_go_dark() {
    let (mut plan, topology) = (night(), wards());
    plan.cover.clear();
    plan.windows[1].not_after = Time(plan.windows[1].not_before.0 + 10 * MINUTE);
    plan.windows[1].latest_start = plan.windows[1].not_before;
    let six = explain(&plan, &topology, &tag("CMS-6"), NOON).unwrap();
    assert_eq!(six.dark.len(), 1);
    assert_eq!(six.dark[0].units, [UnitId::new("ward-6").unwrap()]);
    assert!(six.findings.iter().any(|finding| &*finding.rule == "begins-too-late"), "{:?}", six.findings);
    assert!(six.waits.contains(&WaitsFor::Wave { wave: 1, hosts: 1 }), "{:?}", six.waits);
    let declared = six.declared.unwrap();
    assert!(declared.begins.0 < declared.begins.1 && declared.dark.0 < declared.ends.0);
}

#[test]
fn both_stations_of_a_ward_are_kept_apart_by_what_the_ward_can_spare() {
    let (mut plan, topology) = (night(), wards());
    plan.items = vec![item("CMS-6", 1, 1), item("CMS-5A", 2, 1), item("CMS-5B", 2, 2)];
    let second = explain(&plan, &topology, &tag("CMS-5B"), NOON).unwrap();
    let Here::Spare { wave: 1, service, spare: 1, hosts, count: 1 } = &second.here[0] else {
        panic!("{:?}", second.here)
    };
    assert_eq!((service.as_str(), hosts.as_slice()), ("cm-5", &[tag("CMS-5A")][..]));
    plan.items = vec![item("CMS-6", 1, 1), item("LOC-5", 2, 1), item("CMS-5B", 2, 2)];
    let second = explain(&plan, &topology, &tag("CMS-5B"), NOON).unwrap();
    assert!(matches!(&second.here[0], Here::StandsIn { wave: 1, .. }), "{:?}", second.here);
    plan.items = vec![item("CMS-5A", 1, 1), item("CMS-6", 2, 1), item("CMS-5B", 2, 2)];
    let second = explain(&plan, &topology, &tag("CMS-5B"), NOON).unwrap();
    assert_eq!(second.here, [Here::Chosen { wave: 1 }], "nothing it carries keeps it back: people did");
}

#[test]
fn a_host_that_the_plan_does_not_have_is_not_explained() {
    assert_eq!(explain(&night(), &wards(), &tag("LOC-5"), NOON), None);
}

proptest! {
    #[test]
    fn a_draft_puts_no_host_later_than_what_it_carries_demands((hosts, services) in hospital(), at_once_max in 1u32..5) {
        let (plan, topology) = build(hosts, &services);
        let wishes = Wishes {
            first_window: WindowId::new("first").unwrap(),
            rest_window: WindowId::new("second").unwrap(),
            soak_minutes: 60,
            at_once_max,
        };
        let plan = rings(plan, &topology, &wishes);
        for item in &plan.items {
            let explained = explain(&plan, &topology, &item.host, NOON).unwrap();
            prop_assert!(!explained.here.iter().any(|here| matches!(here, Here::Chosen { .. })), "{:?}", explained);
            prop_assert_eq!(explained.here.len(), usize::from(item.wave.max(2) - 1));
        }
    }
}
