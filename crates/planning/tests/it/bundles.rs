//! Which patches go onto a device together: compared with an oracle that walks through everything, and as sentences of a hospital.

use std::collections::BTreeSet;

use model::Date;
use model::device::Installer;
use model::ids::PatchId;
use model::patch::*;
use model::plan::Owner;
use model::terms::*;
use planning::bundle::*;
use proptest::prelude::*;

use crate::bundle_oracle::{Rule, World};
use crate::hospital::{kernel, tag};

fn id(name: &str) -> PatchId {
    PatchId::new(name).unwrap()
}

fn patch(name: &str, terms: Terms) -> Patch {
    Patch { id: id(name), packages: Vec::new(), terms, ..kernel() }
}

fn without_restart(name: &str, terms: Terms) -> Patch {
    Patch { restart: RestartNeed::None, ..patch(name, terms) }
}

fn station() -> Subject {
    Subject {
        device: tag("CMS-5A"),
        manufacturer: "Vakta".into(),
        model: "Central 5".into(),
        by: Installer::Staff,
        installed: Some(Vec::new()),
        treatment: Treatment::Free,
        on: Date::parse("2026-11-26").unwrap(),
    }
}

fn of(patches: Vec<Patch>) -> Catalogue {
    Catalogue { patches, rules: Vec::new(), holidays: Vec::new() }
}

fn rule(name: &str, owner: Owner, patches: PatchScope, demand: Demand) -> VendorRule {
    let says = format!("{name} of the maker's handbook").into();
    VendorRule { id: name.into(), owner, says, devices: Vec::new(), patches, demand, kept_by: None }
}

fn rules_in_the_way(subject: &Subject, wanted: &[&str], catalogue: &Catalogue) -> Vec<(String, Owner)> {
    let wanted: Vec<PatchId> = wanted.iter().map(|name| id(name)).collect();
    match resolve(subject, &wanted, catalogue) {
        Resolution::Conflict(conflict) => {
            assert!(conflict.smallest);
            conflict.reasons.into_iter().map(|reason| (reason.rule.to_string(), reason.owner)).collect()
        }
        Resolution::Bundle(_) => Vec::new(),
        Resolution::Undecided { says } => panic!("{says}"),
    }
}

fn bundle(subject: &Subject, wanted: &[&str], catalogue: &Catalogue) -> Bundle {
    let wanted: Vec<PatchId> = wanted.iter().map(|name| id(name)).collect();
    match resolve(subject, &wanted, catalogue) {
        Resolution::Bundle(bundle) => bundle,
        other => panic!("{other:?}"),
    }
}

fn names(step: &BundleStep) -> Vec<&str> {
    step.install.iter().map(PatchId::as_str).collect()
}

#[test]
fn what_is_needed_comes_first_and_one_restart_does_for_all_unless_something_must_be_in_force() {
    let needs = |name: &str, in_force| Terms {
        requires: vec![Requirement { patch: id(name), in_force }],
        ..Terms::default()
    };
    let catalogue = of(vec![
        patch("agent", needs("library", false)),
        patch("library", Terms::default()),
        patch("viewer", needs("agent", true)),
    ]);
    let found = bundle(&station(), &["agent"], &catalogue);
    assert_eq!((found.restarts, found.fewest), (1, true));
    assert_eq!(names(&found.steps[0]), ["library", "agent"]);
    assert_eq!(found.steps[0].restart, [RestartKind::Machine]);
    let found = bundle(&station(), &["viewer"], &catalogue);
    assert_eq!(found.restarts, 2);
    assert_eq!(found.steps.iter().map(names).collect::<Vec<_>>(), [vec!["library", "agent"], vec!["viewer"]]);
}

#[test]
fn a_newer_patch_stands_for_what_it_supersedes_and_what_is_there_is_not_put_on_again() {
    let newer = Terms { supersedes: vec![id("october")], ..Terms::default() };
    let catalogue = of(vec![patch("november", newer), patch("october", Terms::default())]);
    let subject = Subject { installed: Some(vec![id("november")]), ..station() };
    let found = bundle(&subject, &["october", "november"], &catalogue);
    assert!(found.steps.is_empty());
    assert_eq!(found.instead, [(id("october"), id("november")), (id("november"), id("november"))]);
    // Wanted by name, the older one goes on before the newer one and never after it.
    let found = bundle(&station(), &["november"], &catalogue);
    assert_eq!(names(&found.steps[0]), ["november"]);
}

#[test]
fn a_restart_of_the_machine_does_for_its_services_and_not_for_what_is_connected() {
    let kind = |kind| Terms { restart: Some(kind), ..Terms::default() };
    let catalogue = of(vec![
        patch("a", kind(RestartKind::Service)),
        patch("b", kind(RestartKind::Machine)),
        patch("c", kind(RestartKind::Connected)),
        without_restart("d", Terms::default()),
    ]);
    let found = bundle(&station(), &["a", "b", "c", "d"], &catalogue);
    assert_eq!(found.steps.len(), 1);
    assert_eq!(found.steps[0].restart, [RestartKind::Connected, RestartKind::Machine]);
}

#[test]
fn each_rule_that_stands_in_the_way_is_named_with_its_owner() {
    let component = |extra: Terms| Terms { components: vec!["Alarm server".into()], ..extra };
    let catalogue = of(vec![
        patch("one", component(Terms::default())),
        patch("two", component(Terms::default())),
        patch("three", component(Terms { agrees_with: vec![id("one")], ..Terms::default() })),
        patch("four", Terms { conflicts: vec![id("one")], ..Terms::default() }),
        patch(
            "ct",
            Terms {
                made_for: vec![DeviceModel { manufacturer: "Skanna".into(), model: None }],
                ..Terms::default()
            },
        ),
        patch(
            "alone",
            Terms { requires: vec![Requirement { patch: id("lost"), in_force: false }], ..Terms::default() },
        ),
    ]);
    let way = |wanted: &[&str]| rules_in_the_way(&station(), wanted, &catalogue);
    let named = |rules: &[(&str, Owner)]| {
        rules.iter().map(|(rule, owner)| ((*rule).to_owned(), *owner)).collect::<Vec<_>>()
    };
    let wanted = ("wanted", Owner::It);
    assert_eq!(way(&["one", "three"]), []);
    assert_eq!(
        way(&["one", "two"]),
        named(&[wanted, wanted, ("interplay-unknown", Owner::ClinicalEngineering)])
    );
    assert_eq!(way(&["one", "four"]), named(&[wanted, wanted, ("conflicts", Owner::Vendor)]));
    assert_eq!(way(&["ct"]), named(&[wanted, ("made-for-others", Owner::Vendor)]));
    assert_eq!(way(&["alone"]), named(&[wanted, ("requires", Owner::Vendor)]));
    assert_eq!(way(&["nobody-knows-it", "one", "two"]), named(&[wanted]));
    let unknown = Subject { installed: None, ..station() };
    assert_eq!(
        rules_in_the_way(&unknown, &["one"], &catalogue),
        named(&[wanted, ("installed-unknown", Owner::ClinicalEngineering)])
    );
    let unclear = Subject { manufacturer: "Skanna Medical".into(), ..station() };
    assert_eq!(
        rules_in_the_way(&unclear, &["ct"], &catalogue),
        named(&[wanted, ("model-unclear", Owner::ClinicalEngineering)])
    );
}

#[test]
fn what_makers_demand_bars_a_patch_and_what_nobody_has_said_bars_it_too() {
    let vakta =
        |model: Option<&str>| DeviceModel { manufacturer: "VAKTA".into(), model: model.map(Into::into) };
    let said = |on: DeviceModel, answer| Validation { on, answer, source: "bulletin 7".into() };
    let windows = |validations: Vec<Validation>| Patch {
        terms: Terms {
            kind: Some(PatchKind::OperatingSystem),
            validations,
            released: Date::parse("2026-11-18").ok(),
            ..Terms::default()
        },
        ..patch("os", Terms::default())
    };
    let way = |patch: &Patch, subject: &Subject, rules: Vec<VendorRule>, holidays: &[&str]| {
        let holidays = holidays.iter().map(|day| Date::parse(day).unwrap()).collect();
        let found =
            rules_in_the_way(subject, &["os"], &Catalogue { patches: vec![patch.clone()], rules, holidays });
        found.into_iter().map(|(rule, _)| rule).filter(|rule| rule != "wanted").collect::<Vec<_>>()
    };
    let validated =
        || vec![rule("7.1", Owner::Vendor, PatchScope::Kind(PatchKind::OperatingSystem), Demand::Validated)];
    let yes = windows(vec![said(vakta(Some("central-5")), ValidationAnswer::Validated)]);
    assert_eq!(way(&yes, &station(), validated(), &[]), [""; 0]);
    assert_eq!(way(&windows(Vec::new()), &station(), validated(), &[]), ["validation-unknown"]);
    // Validated for a sister model is not validated for this one; a maker's *no* needs no rule.
    let sister = windows(vec![said(vakta(Some("Central 6")), ValidationAnswer::Validated)]);
    assert_eq!(way(&sister, &station(), validated(), &[]), ["validation-unknown"]);
    let no = windows(vec![said(vakta(None), ValidationAnswer::Rejected)]);
    assert_eq!(way(&no, &station(), Vec::new(), &[]), ["rejected"]);
    // Of which kind it is, nobody has said: the rule counts.
    let kindless = patch("os", Terms::default());
    assert_eq!(way(&kindless, &station(), validated(), &[]), ["validation-unknown"]);

    // Wednesday the 18th; Thursday, Friday, Monday, Tuesday, Wednesday lie between: Thursday the 26th at the earliest.
    let wait =
        |days| vec![rule("7.2", Owner::ClinicalEngineering, PatchScope::All, Demand::WaitWorkingDays(days))];
    assert_eq!(way(&yes, &station(), wait(5), &[]), [""; 0]);
    assert_eq!(way(&yes, &station(), wait(6), &[]), ["too-early"]);
    assert_eq!(way(&yes, &station(), wait(5), &["2026-11-20"]), ["too-early"]);
    assert_eq!(way(&kindless, &station(), wait(1), &[]), ["release-unknown"]);

    let treatment = |kept: Option<&str>| {
        let rule = rule("7.3", Owner::Vendor, PatchScope::All, Demand::NotDuringTreatment);
        vec![VendorRule { kept_by: kept.map(Into::into), ..rule }]
    };
    let during = |treatment| Subject { treatment, ..station() };
    assert_eq!(way(&yes, &during(Treatment::Free), treatment(None), &[]), [""; 0]);
    assert_eq!(way(&yes, &during(Treatment::InUse), treatment(Some("the ward")), &[]), ["in-treatment"]);
    assert_eq!(way(&yes, &during(Treatment::Unknown), treatment(None), &[]), ["treatment-unknown"]);
    assert_eq!(
        way(&yes, &during(Treatment::Unknown), treatment(Some("ward 5 moves patients")), &[]),
        [""; 0]
    );

    let only =
        vec![rule("7.4", Owner::Vendor, PatchScope::All, Demand::InstalledOnlyBy(vec![Installer::Vendor]))];
    assert_eq!(way(&yes, &station(), only.clone(), &[]), ["not-by-them"]);
    assert_eq!(way(&yes, &Subject { by: Installer::Vendor, ..station() }, only.clone(), &[]), [""; 0]);
    assert_eq!(way(&yes, &Subject { by: Installer::Unknown, ..station() }, only, &[]), ["installer-unknown"]);

    let forbidden = rule("7.5", Owner::Vendor, PatchScope::Named(vec![id("os")]), Demand::Forbidden);
    assert_eq!(way(&yes, &station(), vec![forbidden.clone()], &[]), ["forbidden"]);
    // A rule for others is not this device's; one whose maker's name is only like this one's is, to be safe.
    let of = |maker: &str| VendorRule {
        devices: vec![DeviceModel { manufacturer: maker.into(), model: None }],
        ..forbidden.clone()
    };
    assert_eq!(way(&yes, &station(), vec![of("Skanna")], &[]), [""; 0]);
    assert_eq!(way(&yes, &station(), vec![of("Vakta AB")], &[]), ["forbidden"]);
    assert_eq!(
        way(&yes, &Subject { manufacturer: "".into(), ..station() }, vec![of("Skanna")], &[]),
        ["forbidden"]
    );
}

#[test]
fn two_hundred_patches_with_chains_are_put_in_order_at_once() {
    let name = |n: usize| format!("p{n:03}");
    let needs = |n: usize| match n % 10 {
        0 => Vec::new(),
        _ => vec![Requirement { patch: id(&name(n - 1)), in_force: n.is_multiple_of(5) }],
    };
    let patches =
        (0..2_000).map(|n| patch(&name(n), Terms { requires: needs(n), ..Terms::default() })).collect();
    let wanted: Vec<String> = (0..12).map(|chain| name(chain * 10 + 9)).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let found = bundle(&station(), &wanted, &of(patches));
    assert_eq!((found.restarts, found.fewest), (2, true));
    assert_eq!(found.steps.iter().map(|step| step.install.len()).collect::<Vec<_>>(), [60, 60]);
}

const PATCHES: usize = 5;

fn pairs(most: usize) -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0..PATCHES, 0..PATCHES), 0..=most)
}

fn some(most: usize) -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::btree_set(0..PATCHES, 0..=most).prop_map(|set| set.into_iter().collect())
}

fn worlds() -> impl Strategy<Value = World> {
    let needs = proptest::collection::vec((0..PATCHES, 0..PATCHES, any::<bool>()), 0..=4);
    let lists = (needs, pairs(3), pairs(2), pairs(2));
    let sets = (some(3), some(1), some(1), proptest::collection::btree_set(0..PATCHES, 1..=3));
    (lists, sets).prop_map(
        |((needs, supersedes, conflicts, together), (restarts, barred, installed, wanted))| {
            let apart = |pairs: Vec<(usize, usize)>| {
                let pairs: BTreeSet<(usize, usize)> = pairs.into_iter().filter(|(a, b)| a != b).collect();
                pairs.into_iter().collect::<Vec<_>>()
            };
            let mut seen = BTreeSet::new();
            World {
                count: PATCHES,
                needs: needs.into_iter().filter(|(a, b, _)| a != b && seen.insert((*a, *b))).collect(),
                // The higher number is newer: nothing supersedes itself.
                supersedes: apart(supersedes.into_iter().map(|(a, b)| (a.max(b), a.min(b))).collect()),
                conflicts: apart(conflicts),
                together: apart(together),
                restarts,
                barred,
                installed,
                wanted: wanted.into_iter().collect(),
            }
        },
    )
}

fn letter(n: usize) -> PatchId {
    id(&format!("p{n}"))
}

fn number(id: &PatchId) -> usize {
    id.as_str()[1..].parse().unwrap()
}

fn catalogue(world: &World) -> Catalogue {
    let of = |pairs: &[(usize, usize)], n: usize| {
        pairs.iter().filter(|(who, _)| *who == n).map(|(_, what)| letter(*what)).collect()
    };
    let patches = (0..world.count).map(|n| {
        let terms = Terms {
            requires: world
                .needs
                .iter()
                .filter(|(who, _, _)| *who == n)
                .map(|(_, what, in_force)| Requirement { patch: letter(*what), in_force: *in_force })
                .collect(),
            supersedes: of(&world.supersedes, n),
            conflicts: of(&world.conflicts, n),
            together_with: of(&world.together, n),
            ..Terms::default()
        };
        let name = format!("p{n}");
        if world.restarts.contains(&n) { patch(&name, terms) } else { without_restart(&name, terms) }
    });
    let barred = PatchScope::Named(world.barred.iter().map(|n| letter(*n)).collect());
    let rules = vec![rule("forbidden", Owner::Vendor, barred, Demand::Forbidden)];
    Catalogue { patches: patches.collect(), rules, holidays: Vec::new() }
}

/// The rules that reasons speak of.
fn of_reasons(reasons: &[Reason]) -> BTreeSet<Rule> {
    let rule = |reason: &Reason| {
        let numbers: Vec<usize> = reason.patches.iter().map(number).collect();
        match (&*reason.rule, numbers.as_slice()) {
            ("wanted", [one]) => Rule::Wanted(*one),
            ("requires", [one, other]) => Rule::Needs(*one, *other),
            ("together", [one, other]) => Rule::Together(*one, *other),
            ("conflicts", [one, other]) => Rule::Apart(*one.min(other), *one.max(other)),
            ("supersedes", [one, other]) => Rule::After(*one, *other),
            ("forbidden", [one]) => Rule::Barred(*one),
            other => panic!("{other:?}"),
        }
    };
    reasons.iter().map(rule).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bundle_has_the_fewest_restarts_and_a_conflict_is_the_smallest(world in worlds()) {
        let catalogue = catalogue(&world);
        let subject = Subject { installed: Some(world.installed.iter().map(|n| letter(*n)).collect()), ..station() };
        let wanted: Vec<PatchId> = world.wanted.iter().map(|n| letter(*n)).collect();
        let all: BTreeSet<Rule> = world.rules().into_iter().collect();
        let found = resolve(&subject, &wanted, &catalogue);
        prop_assert_eq!(&found, &resolve(&subject, &wanted, &catalogue));
        match found {
            Resolution::Bundle(bundle) => {
                let patches: usize = bundle.steps.iter().map(|step| step.install.len()).sum();
                prop_assert_eq!(world.best(&all), Some((bundle.restarts, u32::try_from(patches).unwrap())));
                prop_assert!(bundle.fewest);
                let steps: Vec<Vec<usize>> = bundle.steps.iter().map(|step| step.install.iter().map(number).collect()).collect();
                prop_assert!(world.can_walk(&steps, &all), "{:?}", bundle);
            }
            Resolution::Conflict(conflict) => {
                prop_assert!(conflict.smallest);
                let rules = of_reasons(&conflict.reasons);
                prop_assert_eq!(world.best(&rules), None, "these could hold: {:?}", rules);
                prop_assert_eq!(world.smallest_conflict(), Some(rules.len()), "{:?}", rules);
            }
            Resolution::Undecided { says } => prop_assert!(false, "{}", says),
        }
    }
}
