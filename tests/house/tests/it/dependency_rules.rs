//! Who may depend on whom, on the real workspace and on planted ones.

use house::dependencies::{between_members, pure_trees, reserved};
use house::graph::{Graph, Package};

use crate::{found, none};

#[test]
fn every_crate_uses_only_what_the_architecture_lets_it_use() {
    let graph = Graph::read(&house::files::root()).unwrap();
    none(&[between_members(&graph), reserved(&graph), pure_trees(&graph)].concat());
}

/// A graph of `name -> names`; a name in capitals comes from the registry.
fn planted(edges: &[(&str, &[&str])]) -> Graph {
    let mut graph = Graph::default();
    for (name, normal) in edges {
        let key = name.to_lowercase();
        let package = Package {
            name: key.clone(),
            member: key == *name,
            from_registry: key != *name,
            licence: Some("MIT".to_owned()),
            normal: normal.iter().map(|name| name.to_lowercase()).collect(),
            ..Package::default()
        };
        graph.packages.insert(key, package);
    }
    graph
}

#[test]
fn model_with_a_crate_of_the_workspace_is_found() {
    found(
        &between_members(&planted(&[("model", &["exposure"]), ("exposure", &["model"])])),
        "model -> exposure",
    );
}

#[test]
fn two_pure_crates_that_know_each_other_are_found() {
    let graph = planted(&[("model", &[]), ("exposure", &["model", "planning"]), ("planning", &["model"])]);
    found(&between_members(&graph), "exposure -> planning");
}

#[test]
fn a_journal_that_knows_what_its_entries_mean_is_found() {
    found(
        &between_members(&planted(&[("journal", &["hospital"]), ("hospital", &[])])),
        "journal -> hospital",
    );
}

#[test]
fn a_server_that_reaches_an_adapter_is_found() {
    let graph =
        planted(&[("server", &["adapter-csaf"]), ("adapter-csaf", &[]), ("segue", &["adapter-csaf"])]);
    found(&between_members(&graph), "server -> adapter-csaf");
}

#[test]
fn the_simulated_hospital_inside_the_product_is_found() {
    found(&between_members(&planted(&[("node", &["sim"]), ("sim", &["node"])])), "node -> sim");
}

#[test]
fn the_product_is_never_built_with_planted_bugs() {
    let manifest = |name: &str| {
        let file = house::files::root().join("crates").join(name).join("Cargo.toml");
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    for shipped in ["segue", "server", "node", "gateway", "agent"] {
        assert!(!manifest(shipped).contains("planted"), "{shipped} asks for planted bugs");
    }
    for named in ["sim", "hospital", "rollout"] {
        let features: Vec<String> = manifest(named).lines().map(|line| line.replace(' ', "")).collect();
        assert!(features.iter().any(|line| line.starts_with("planted=")), "{named} has the feature");
        assert!(
            !features.iter().any(|line| line.starts_with("default=")),
            "{named} turns nothing on by itself"
        );
    }
}

#[test]
fn a_crate_without_a_place_in_the_rules_is_found() {
    found(&between_members(&planted(&[("helpers", &[])])), "helpers");
}

#[test]
fn sql_libraries_outside_the_journal_are_found() {
    let graph = planted(&[("server", &["SQLX"]), ("journal", &["SQLX"]), ("SQLX", &[])]);
    found(&reserved(&graph), "server -> sqlx");
}

#[test]
fn a_runtime_deep_below_a_pure_crate_is_found_with_the_chain_that_brought_it_in() {
    let graph = planted(&[
        ("model", &[]),
        ("exposure", &["model", "SERDE"]),
        ("SERDE", &["FRIENDLY"]),
        ("FRIENDLY", &["TOKIO"]),
        ("TOKIO", &[]),
    ]);
    let chains: Vec<String> = pure_trees(&graph).into_iter().map(|breach| breach.place).collect();
    assert!(chains.contains(&"exposure -> serde -> friendly -> tokio".to_owned()), "{chains:?}");
}

#[test]
fn what_a_procedural_macro_is_built_with_is_not_in_the_program() {
    let mut graph = planted(&[("model", &["SERDE_DERIVE"]), ("SERDE_DERIVE", &["SYN"]), ("SYN", &[])]);
    graph.packages.get_mut("serde_derive").unwrap().proc_macro = true;
    assert!(!graph.tree("model").contains_key("syn"));
}
