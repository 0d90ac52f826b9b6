//! Licences, sources and bans, on the real tree and on planted packages.

use house::graph::{Graph, Package};
use house::licences::{Lists, check, is_allowed};

use crate::{found, none};

fn lists() -> Lists {
    Lists::parse(&std::fs::read_to_string(house::files::root().join("deny.toml")).unwrap()).unwrap()
}

#[test]
fn every_dependency_may_be_used_and_comes_from_the_public_registry() {
    let lists = lists();
    assert!(lists.licences.len() > 5 && lists.banned.len() > 3, "deny.toml was not understood: {lists:?}");
    none(&check(&Graph::read(&house::files::root()).unwrap(), &lists));
}

fn with(package: Package) -> Graph {
    Graph { packages: [(package.name.clone(), package)].into() }
}

fn fine() -> Package {
    Package {
        name: "x".to_owned(),
        from_registry: true,
        licence: Some("MIT OR Apache-2.0".to_owned()),
        ..Package::default()
    }
}

#[test]
fn a_copyleft_licence_is_found() {
    found(&check(&with(Package { licence: Some("AGPL-3.0-only".to_owned()), ..fine() }), &lists()), "x");
}

#[test]
fn a_package_without_licence_is_found() {
    found(&check(&with(Package { licence: None, ..fine() }), &lists()), "x");
}

#[test]
fn a_package_from_a_git_repository_is_found() {
    found(&check(&with(Package { from_registry: false, ..fine() }), &lists()), "x");
}

#[test]
fn a_banned_package_is_found() {
    found(&check(&with(Package { name: "openssl-sys".to_owned(), ..fine() }), &lists()), "openssl-sys");
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception", "ISC"].map(str::to_owned);
    for (expression, verdict) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("MIT AND ISC", true),
        ("(GPL-2.0 OR MIT) AND ISC", true),
        ("GPL-2.0 OR MIT AND GPL-3.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("MIT WITH Something", false),
        ("", false),
        ("(MIT", false),
        ("MIT ISC", false),
        ("MIT OR", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), verdict, "{expression:?}");
    }
}
