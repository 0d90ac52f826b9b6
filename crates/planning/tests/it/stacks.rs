//! Changes that stack on a service are found, whatever plan they are in.

use std::collections::BTreeSet;

use model::Time;
use model::ids::*;
use model::patch::PackageVersion;
use model::plan::Plan;
use planning::stack::{Layer, change, stacks};

use crate::hospital::*;

const DAY: i64 = 86_400;

/// The night, so many days later, with this package.
fn later(days: i64, package: &str) -> Plan {
    let mut plan = night();
    plan.id = PlanId::new(&format!("after-{days}-{package}")).unwrap();
    for window in &mut plan.windows {
        for time in [&mut window.not_before, &mut window.latest_start, &mut window.not_after] {
            *time = time.plus_seconds(days * DAY);
        }
    }
    plan.patches[0].packages = vec![PackageVersion { package: package.into(), version: "2".into() }];
    plan
}

#[test]
fn a_kernel_today_and_the_database_three_days_later_stack_on_the_wards_central_view() {
    let topology = wards();
    let plans = [later(0, "linux-image-amd64"), later(3, "postgresql-15")];
    let changes: Vec<_> = plans.iter().map(|plan| change(plan, &topology)).collect();
    let found = stacks(&changes, 7 * DAY);
    let services: BTreeSet<&str> = found.iter().map(|stack| stack.service.as_str()).collect();
    assert_eq!(services, BTreeSet::from(["cm-5", "cm-6"]), "what no host of them carries is left alone");
    for stack in &found {
        assert_eq!(stack.plans, [plans[0].hash(), plans[1].hash()], "in the order in which they begin");
        assert_eq!(stack.layers, BTreeSet::from([Layer::OperatingSystem, Layer::Database]));
        let apart = stack.apart_seconds.unwrap();
        assert!(
            (2 * DAY..3 * DAY).contains(&apart),
            "from the end of one to the beginning of the next: {apart}"
        );
    }
    assert!(stacks(&changes, DAY).is_empty(), "a day apart is wanted, and they are almost three");
}

#[test]
fn two_plans_of_one_night_are_apart_by_nothing_and_a_third_later_one_is_said_once_with_them() {
    let topology = wards();
    let plans = [later(0, "vakta"), later(0, "linux-image-amd64"), later(5, "mariadb-server")];
    let changes: Vec<_> = plans.iter().map(|plan| change(plan, &topology)).collect();
    let found = stacks(&changes, 7 * DAY);
    let six = found.iter().find(|stack| stack.service.as_str() == "cm-6").unwrap();
    assert_eq!((six.plans.len(), six.apart_seconds), (3, Some(0)));
    assert_eq!(six.layers.len(), 3);
    assert_eq!(found.iter().filter(|stack| stack.service.as_str() == "cm-6").count(), 1);
}

#[test]
fn one_plan_stacks_by_itself_when_it_changes_two_layers_at_once_and_one_layer_alone_does_not() {
    let topology = wards();
    assert!(stacks(&[change(&later(0, "linux-image-amd64"), &topology)], 30 * DAY).is_empty());
    let mut both = later(0, "linux-image-amd64");
    both.patches[0].packages.push(PackageVersion { package: "postgresql-15".into(), version: "15.4".into() });
    let found = stacks(&[change(&both, &topology)], 0);
    assert!(!found.is_empty() && found.iter().all(|stack| stack.apart_seconds.is_none()), "{found:?}");
    both.items
        .iter_mut()
        .for_each(|item| item.by = model::plan::Hands::Person(model::device::Installer::Vendor));
    assert!(stacks(&[change(&both, &topology)], 0).is_empty(), "by hand all of it is the device");
}

#[test]
fn the_end_of_a_long_change_counts_and_not_that_of_the_last_to_begin() {
    let topology = wards();
    let mut long = later(0, "vakta");
    long.windows[1].not_after = Time(long.windows[1].not_before.0 + 20 * DAY * 1_000_000);
    let plans = [long, later(1, "vakta"), later(10, "vakta")];
    let changes: Vec<_> = plans.iter().map(|plan| change(plan, &topology)).collect();
    let found = stacks(&changes, 0);
    let six = found.iter().find(|stack| stack.service.as_str() == "cm-6").unwrap();
    assert_eq!(six.plans.len(), 3, "the long one runs through both others: {found:?}");
}
