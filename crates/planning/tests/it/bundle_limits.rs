//! Questions so large, or so made, that an answer would take for ever: what is said then comes soon, and is *undecided*, never a guess.
//! And what a patch could meet on a device of which nobody has said what is on it.

use model::Date;
use model::device::Installer;
use model::ids::PatchId;
use model::patch::*;
use model::terms::*;
use planning::bundle::*;

use crate::hospital::{kernel, tag};

fn id(name: &str) -> PatchId {
    PatchId::new(name).unwrap()
}

fn patch(name: &str, terms: Terms) -> Patch {
    Patch { id: id(name), packages: Vec::new(), terms, ..kernel() }
}

fn station(installed: Option<Vec<PatchId>>) -> Subject {
    Subject {
        device: tag("CMS-5A"),
        manufacturer: "Vakta".into(),
        model: "Central 5".into(),
        by: Installer::Staff,
        installed,
        treatment: Treatment::Free,
        on: Date::parse("2026-11-26").unwrap(),
    }
}

fn of(patches: Vec<Patch>) -> Catalogue {
    Catalogue { patches, rules: Vec::new(), holidays: Vec::new() }
}

#[track_caller]
fn is_undecided(found: Resolution, because: &str) {
    match found {
        Resolution::Undecided { says } => assert!(says.contains(because), "{says}"),
        Resolution::Bundle(_) | Resolution::Conflict(_) => panic!("{found:?}"),
    }
}

fn rules(found: Resolution) -> Vec<String> {
    match found {
        Resolution::Conflict(conflict) => {
            conflict.reasons.into_iter().map(|reason| reason.rule.to_string()).collect()
        }
        Resolution::Bundle(_) => Vec::new(),
        Resolution::Undecided { says } => panic!("{says}"),
    }
}

/// Is the first patch kept off a device of which nobody has said what is on it, because of the others; and put on where nothing is?
fn waits_for_word(patches: Vec<Patch>) -> bool {
    let wanted = [patches[0].id.clone()];
    let catalogue = of(patches);
    let way = |installed| rules(resolve(&station(installed), &wanted, &catalogue));
    assert_eq!(way(Some(Vec::new())), [""; 0]);
    let found = way(None);
    assert!(found.is_empty() || found == ["wanted", "installed-unknown"], "{found:?}");
    !found.is_empty()
}

#[test]
fn while_nobody_says_what_is_on_a_device_nothing_goes_on_that_others_supersede_or_bear_ill() {
    let plain = || patch("october", Terms::default());
    let newer = || Terms { supersedes: vec![id("october")], ..Terms::default() };
    assert!(!waits_for_word(vec![plain()]));
    assert!(!waits_for_word(vec![plain(), patch("other", Terms::default())]));
    assert!(waits_for_word(vec![
        plain(),
        patch("other", Terms { conflicts: vec![id("october")], ..Terms::default() })
    ]));
    let with_package = |name: &str, terms| Patch {
        packages: vec![PackageVersion { package: "alarm".into(), version: name.into() }],
        ..patch(name, terms)
    };
    let one = || with_package("october", Terms::default());
    assert!(waits_for_word(vec![one(), with_package("other", Terms::default())]));
    // What it supersedes itself is in nobody's way.
    assert!(!waits_for_word(vec![with_package("november", newer()), one()]));
    let for_others = Terms {
        made_for: vec![DeviceModel { manufacturer: "Skanna".into(), model: None }],
        ..Terms::default()
    };
    assert!(!waits_for_word(vec![one(), with_package("other", for_others)]));
    // So many that not all are looked at: it may meet one.
    let made_for = || Terms {
        made_for: vec![DeviceModel { manufacturer: "Skanna".into(), model: None }],
        ..Terms::default()
    };
    let many = (0..600).map(|n| with_package(&format!("other-{n}"), made_for()));
    assert!(waits_for_word([one()].into_iter().chain(many).collect()));
}

#[test]
fn a_patch_is_not_put_on_in_place_of_a_newer_one_that_may_be_there() {
    // November supersedes October, is forbidden here, and may be on the device already: October would take it back.
    let newer = Terms { supersedes: vec![id("october")], ..Terms::default() };
    let mut catalogue = of(vec![patch("november", newer), patch("october", Terms::default())]);
    catalogue.rules = vec![VendorRule {
        id: "7".into(),
        owner: model::plan::Owner::Vendor,
        says: "not November".into(),
        devices: Vec::new(),
        patches: PatchScope::Named(vec![id("november")]),
        demand: Demand::Forbidden,
        kept_by: None,
    }];
    let way = |installed| rules(resolve(&station(installed), &[id("october")], &catalogue));
    assert_eq!(way(Some(Vec::new())), [""; 0]);
    assert_eq!(way(None), ["wanted", "forbidden", "installed-unknown"]);
}

#[test]
fn a_chain_of_twenty_thousand_needs_is_said_to_be_too_long() {
    let needs = |n: usize| Requirement { patch: id(&format!("p{}", n + 1)), in_force: false };
    let chain = |n: usize| patch(&format!("p{n}"), Terms { requires: vec![needs(n)], ..Terms::default() });
    let catalogue = of((0..20_000).map(chain).collect());
    is_undecided(resolve(&station(Some(Vec::new())), &[id("p0")], &catalogue), "patches matter");
    let newer = |n: usize| {
        patch(&format!("p{n}"), Terms { supersedes: vec![id(&format!("p{}", n + 1))], ..Terms::default() })
    };
    let catalogue = of((0..20_000).map(newer).collect());
    is_undecided(resolve(&station(Some(Vec::new())), &[id("p19000")], &catalogue), "patches matter");
    assert_eq!(catalogue.newest_for(&station(None)), [id("p0")]);
}

#[test]
fn a_hundred_thousand_wishes_are_too_many_and_so_many_patches_on_a_device_are_not() {
    let names: Vec<PatchId> = (0..100_000).map(|n| id(&format!("n{n}"))).collect();
    let catalogue = of(vec![patch("one", Terms::default())]);
    is_undecided(resolve(&station(Some(Vec::new())), &names, &catalogue), "are wanted; at most");
    match resolve(&station(Some(names)), &[id("one")], &catalogue) {
        Resolution::Bundle(bundle) => assert_eq!(bundle.steps.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn patches_that_all_hinder_one_another_are_said_to_be_too_much() {
    // Sixteen that must be apart, each superseded by seven that must be apart: the ways to end a conflict are past counting.
    let mut patches = Vec::new();
    let apart =
        |not: &str| (0..16).map(|n| format!("p{n}")).filter(|name| name != not).map(|n| id(&n)).collect();
    for n in 0..16 {
        let name = format!("p{n}");
        patches.push(patch(&name, Terms { conflicts: apart(&name), ..Terms::default() }));
        for newer in 0..6 {
            let terms = Terms {
                supersedes: vec![id(&name)],
                components: vec!["Alarm server".into()],
                ..Terms::default()
            };
            patches.push(patch(&format!("q{n}-{newer}"), terms));
        }
    }
    let wanted: Vec<PatchId> = (0..16).map(|n| id(&format!("p{n}"))).collect();
    is_undecided(resolve(&station(Some(Vec::new())), &wanted, &of(patches)), "more ways to choose");
}
