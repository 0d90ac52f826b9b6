//! A plan whose patches do not bear each other, or that the device does not bear, is blocked with a sentence that says whom to ask.

use std::collections::BTreeMap;

use model::Date;
use model::ids::PatchId;
use model::patch::*;
use model::plan::*;
use model::terms::*;

use crate::hospital::*;

fn id(name: &str) -> PatchId {
    PatchId::new(name).unwrap()
}

fn needs(name: &str, in_force: bool) -> Terms {
    Terms { requires: vec![Requirement { patch: id(name), in_force }], ..Terms::default() }
}

fn add(plan: &mut Plan, name: &str, terms: Terms) {
    let packages = vec![PackageVersion { package: name.into(), version: "2".into() }];
    plan.patches.push(Patch { id: id(name), packages, terms, ..kernel() });
}

/// The sound night with these patches on its hosts, in this order, and nothing on any host before.
fn with(patches: &[(&str, Terms)]) -> Plan {
    let mut plan = night();
    for (name, terms) in patches {
        add(&mut plan, name, terms.clone());
    }
    let order: Vec<PatchId> = patches.iter().map(|(name, _)| id(name)).collect();
    plan.items.iter_mut().for_each(|item| item.patches = order.clone());
    plan.premises.installed = plan.items.iter().map(|item| (item.host.clone(), Vec::new())).collect();
    // The nights of the other tests are short; here it is not about time.
    for window in &mut plan.windows {
        window.latest_start = Time(window.latest_start.0 + 600 * MINUTE);
        window.not_after = Time(window.not_after.0 + 600 * MINUTE);
    }
    plan
}

use model::Time;

#[track_caller]
fn is_blocked_by(plan: &Plan, rule: &str) {
    let found = findings(plan, &wards());
    let blocking: Vec<_> = found.iter().filter(|finding| finding.blocks).collect();
    let named: Vec<&str> = blocking.iter().map(|finding| &*finding.rule).collect();
    assert!(named.contains(&rule), "wanted {rule}, found {named:?}");
    assert!(named.iter().all(|name| *name == rule), "only {rule} was planted: {named:?}");
    let said = blocking.first().unwrap();
    assert!(rule == "terms-impossible" || said.says.contains("to be settled with"), "{}", said.says);
}

#[track_caller]
fn is_sound(plan: &Plan) {
    assert_eq!(blocking(plan, &wards()), [""; 0]);
}

#[test]
fn patches_go_on_in_the_order_that_they_need() {
    is_sound(&with(&[("library", Terms::default()), ("agent", needs("library", false))]));
    is_blocked_by(
        &with(&[("agent", needs("library", false)), ("library", Terms::default())]),
        "prerequisite-late",
    );
    is_blocked_by(&with(&[("agent", needs("library", false))]), "prerequisite-missing");
    // One restart at the end: what must be in force before belongs into an earlier plan.
    is_blocked_by(
        &with(&[("library", Terms::default()), ("agent", needs("library", true))]),
        "prerequisite-not-in-force",
    );
    let mut plan = with(&[("agent", needs("library", true))]);
    plan.premises.installed.values_mut().for_each(|installed| installed.push(id("library")));
    is_sound(&plan);
    // What supersedes it is as good.
    let newer = Terms { supersedes: vec![id("library")], ..Terms::default() };
    is_sound(&with(&[("library-3", newer.clone()), ("agent", needs("library", false))]));
    is_blocked_by(&with(&[("library-3", newer), ("library", Terms::default())]), "superseded");
}

#[test]
fn patches_that_do_not_bear_each_other_are_not_planned_together() {
    let conflicts = Terms { conflicts: vec![id("agent")], ..Terms::default() };
    is_blocked_by(&with(&[("agent", Terms::default()), ("viewer", conflicts.clone())]), "patch-conflict");
    is_blocked_by(&with(&[("viewer", conflicts.clone()), ("agent", Terms::default())]), "patch-conflict");
    let mut plan = with(&[("viewer", conflicts)]);
    plan.premises.installed.values_mut().for_each(|installed| installed.push(id("agent")));
    is_blocked_by(&plan, "patch-conflict");
    let changes = |agrees: &[&str]| Terms {
        components: vec!["Alarm server".into()],
        agrees_with: agrees.iter().map(|name| id(name)).collect(),
        ..Terms::default()
    };
    is_blocked_by(&with(&[("agent", changes(&[])), ("viewer", changes(&[]))]), "interplay-unknown");
    is_sound(&with(&[("agent", changes(&[])), ("viewer", changes(&["agent"]))]));
    let together = Terms { together_with: vec![id("agent")], ..Terms::default() };
    is_blocked_by(&with(&[("viewer", together.clone())]), "together-missing");
    is_sound(&with(&[("viewer", together), ("agent", Terms::default())]));
}

#[test]
fn what_nobody_has_said_of_a_host_is_not_taken_for_nothing() {
    let mut plan = with(&[("library", Terms::default()), ("agent", needs("library", false))]);
    plan.premises.installed = BTreeMap::new();
    is_blocked_by(&plan, "installed-unknown");
}

#[test]
fn a_makers_rules_hold_for_the_plan_and_are_asked_on_the_day_of_its_window() {
    let rule = |demand| VendorRule {
        id: "7.1".into(),
        owner: Owner::Vendor,
        says: "as the handbook has it".into(),
        devices: vec![DeviceModel { manufacturer: "Vakta".into(), model: None }],
        patches: PatchScope::All,
        demand,
        kept_by: None,
    };
    let under = |demand, terms: Terms| {
        let mut plan = with(&[("agent", terms)]);
        plan.premises.rules = vec![rule(demand)];
        plan
    };
    is_blocked_by(&under(Demand::Forbidden, Terms::default()), "forbidden");
    is_blocked_by(&under(Demand::Validated, Terms::default()), "validation-unknown");
    let on = DeviceModel { manufacturer: "vakta".into(), model: Some("central 5".into()) };
    let validated = Validation { on, answer: ValidationAnswer::Validated, source: "bulletin 7".into() };
    is_sound(&under(Demand::Validated, Terms { validations: vec![validated], ..Terms::default() }));
    is_blocked_by(&under(Demand::NotDuringTreatment, Terms::default()), "treatment-unknown");
    let mut kept = under(Demand::NotDuringTreatment, Terms::default());
    kept.premises.rules[0].kept_by = Some("ward 5 moves its patients to the local view first".into());
    is_sound(&kept);
    is_blocked_by(
        &under(Demand::InstalledOnlyBy(vec![model::device::Installer::Vendor]), Terms::default()),
        "not-by-them",
    );
    // The windows open on Thursday 1970-01-01 at 22:00 and 24:00 UTC: 23:00 and, for the second, Friday 01:00 local time.
    let released = |day: &str| Terms { released: Some(Date::parse(day).unwrap()), ..Terms::default() };
    let found = findings(&under(Demand::WaitWorkingDays(1), released("1969-12-31")), &wards());
    let late: Vec<&str> =
        found.iter().filter(|one| *one.rule == *"too-early").map(|one| &*one.about).collect();
    assert_eq!(late, ["CMS-5A"], "Thursday itself must pass; on Friday it has");
    is_sound(&under(Demand::WaitWorkingDays(1), released("1969-12-30")));
}

#[test]
fn terms_that_contradict_themselves_are_named() {
    is_blocked_by(
        &with(&[("agent", Terms { restart: Some(RestartKind::None), ..Terms::default() })]),
        "terms-impossible",
    );
    let both = Terms { conflicts: vec![id("old")], agrees_with: vec![id("old")], ..Terms::default() };
    is_blocked_by(&with(&[("agent", both)]), "terms-impossible");
}

#[test]
fn a_plan_that_says_nothing_of_terms_is_written_and_checked_as_before() {
    let json = serde_json::to_string(&night()).unwrap();
    assert!(!json.contains("terms") && !json.contains("premises"), "{json}");
    is_sound(&night());
    let plan = with(&[("agent", needs("library", true))]);
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
}

#[test]
fn a_plan_that_takes_more_as_given_than_can_be_gone_through_is_refused_soon() {
    let names = |count: usize| (0..count).map(|n| id(&format!("n{n}"))).collect::<Vec<_>>();
    let with_installed = |count: usize| {
        let mut plan = with(&[("agent", Terms { components: vec!["Alarm".into()], ..Terms::default() })]);
        plan.premises.installed.values_mut().for_each(|installed| *installed = names(count));
        plan
    };
    is_sound(&with_installed(2_000));
    is_blocked_by(&with_installed(100_000), "terms-impossible");
    let mut plan = with(&[("agent", Terms::default())]);
    plan.premises.holidays = (0..100_000).filter_map(|day| Date::of_days(day % 2_500)).collect();
    is_blocked_by(&plan, "terms-impossible");
    plan.premises.holidays.truncate(2_000);
    is_sound(&plan);
}
