//! The packages of the workspace and all they depend on, as plain values. Built from `cargo metadata`, or by hand in tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand, TargetKind};

use crate::Unreadable;

/// One package.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Its name, without version.
    pub name: String,
    /// Is it ours?
    pub member: bool,
    /// Does it come from the public registry of crates (and from nowhere else)?
    pub from_registry: bool,
    /// Does it run in the compiler only?
    pub proc_macro: bool,
    /// Its licence expression, as its author wrote it.
    pub licence: Option<String>,
    /// Keys of the packages it is built with (normal dependencies).
    pub normal: BTreeSet<String>,
    /// Keys of the packages its tests and build script use.
    pub other: BTreeSet<String>,
}

/// Every package, by a key that is unique for name and version.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The packages.
    pub packages: BTreeMap<String, Package>,
}

impl Graph {
    /// Reads the workspace at `root`.
    ///
    /// # Errors
    /// `cargo metadata` failed.
    pub fn read(root: &Path) -> Result<Graph, Unreadable> {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .exec()
            .map_err(Unreadable::Metadata)?;
        let mut graph = Graph::default();
        for package in &metadata.packages {
            let proc_macro =
                package.targets.iter().any(|target| target.kind.contains(&TargetKind::ProcMacro));
            graph.packages.insert(
                package.id.repr.clone(),
                Package {
                    name: package.name.to_string(),
                    member: metadata.workspace_members.contains(&package.id),
                    from_registry: package.source.as_ref().is_some_and(cargo_metadata::Source::is_crates_io),
                    proc_macro,
                    licence: package.license.clone(),
                    ..Package::default()
                },
            );
        }
        for node in metadata.resolve.ok_or(Unreadable::NotResolved)?.nodes {
            let Some(package) = graph.packages.get_mut(&node.id.repr) else { continue };
            for dependency in node.deps {
                for kind in dependency.dep_kinds {
                    let into = match kind.kind {
                        DependencyKind::Normal => &mut package.normal,
                        _ => &mut package.other,
                    };
                    into.insert(dependency.pkg.repr.clone());
                }
            }
        }
        Ok(graph)
    }

    /// Our own packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.member)
    }

    /// Names of the packages behind `keys`.
    pub fn names<'a>(&'a self, keys: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
        keys.iter().filter_map(|key| self.packages.get(key)).map(|package| package.name.as_str())
    }

    /// Every package that `member` is built with, each with the chain of names that brings it in, shortest first.
    ///
    /// What a procedural macro itself is built with is left out: it runs in the compiler, not in the program.
    #[must_use]
    pub fn tree(&self, member: &str) -> BTreeMap<String, Vec<String>> {
        let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let start = self.packages.values().filter(|package| package.member && package.name == member);
        let mut round: Vec<(&Package, Vec<String>)> =
            start.map(|package| (package, vec![package.name.clone()])).collect();
        while !round.is_empty() {
            let mut next = Vec::new();
            for (package, chain) in round {
                if package.proc_macro {
                    continue;
                }
                for dependency in package.normal.iter().filter_map(|key| self.packages.get(key)) {
                    if chains.contains_key(&dependency.name) || dependency.name == member {
                        continue;
                    }
                    let mut chain = chain.clone();
                    chain.push(dependency.name.clone());
                    chains.insert(dependency.name.clone(), chain.clone());
                    next.push((dependency, chain));
                }
            }
            round = next;
        }
        chains
    }
}
