//! How patches stand to each other: what supersedes what, over any number of steps, and which two must not be on a device together or
//! have not been said to go together.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::PatchId;
use model::patch::Patch;

use super::bars::plain;

/// What supersedes what.
pub(crate) struct Supersession<'a> {
    over: BTreeMap<&'a PatchId, BTreeSet<&'a PatchId>>,
}

impl<'a> Supersession<'a> {
    pub(crate) fn of(patches: impl Iterator<Item = &'a Patch>) -> Supersession<'a> {
        let mut over: BTreeMap<&PatchId, BTreeSet<&PatchId>> = BTreeMap::new();
        for patch in patches {
            for older in &patch.terms.supersedes {
                over.entry(older).or_default().insert(&patch.id);
            }
        }
        Supersession { over }
    }

    /// Everything that supersedes this, directly or not.
    pub(crate) fn over(&self, id: &PatchId) -> BTreeSet<&'a PatchId> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&PatchId> = vec![id];
        while let Some(next) = open.pop() {
            for newer in self.over.get(next).into_iter().flatten() {
                if *newer != id && found.insert(*newer) {
                    open.push(newer);
                }
            }
        }
        found
    }

    /// Does any other patch supersede this one?
    pub(crate) fn is_superseded(&self, id: &PatchId) -> bool {
        self.over.get(id).is_some_and(|newer| newer.iter().any(|newer| *newer != id))
    }

    /// Everything that one of these supersedes, directly or not.
    pub(crate) fn under(&self, these: &BTreeSet<&PatchId>) -> BTreeSet<&'a PatchId> {
        let mut below: BTreeMap<&PatchId, Vec<&'a PatchId>> = BTreeMap::new();
        for (older, newer) in &self.over {
            for newer in newer.iter().filter(|newer| *newer != older) {
                below.entry(newer).or_default().push(older);
            }
        }
        let mut found = BTreeSet::new();
        let mut open: Vec<&PatchId> = these.iter().copied().collect();
        while let Some(next) = open.pop() {
            for older in below.get(next).into_iter().flatten() {
                if found.insert(*older) {
                    open.push(older);
                }
            }
        }
        found
    }

    /// Is `newer` the same as `older`, or does it supersede it?
    pub(crate) fn stands_for(&self, newer: &PatchId, older: &PatchId) -> bool {
        newer == older || self.over(older).contains(newer)
    }
}

/// Why two patches must not be on a device together.
pub(crate) enum Interplay {
    /// One of them says so.
    Conflict,
    /// Both change this, and neither says that it bears the other.
    Unclear(Box<str>),
}

/// How two patches bear each other; `None` when they do. Whether one supersedes the other is for the caller to ask.
pub(crate) fn interplay(a: &Patch, b: &Patch) -> Option<Interplay> {
    if a.terms.conflicts.contains(&b.id) || b.terms.conflicts.contains(&a.id) {
        return Some(Interplay::Conflict);
    }
    let speaks = |of: &Patch, to: &PatchId| {
        let terms = &of.terms;
        terms.agrees_with.contains(to)
            || terms.together_with.contains(to)
            || terms.requires.iter().any(|needed| needed.patch == *to)
    };
    if speaks(a, &b.id) || speaks(b, &a.id) {
        return None;
    }
    let theirs: BTreeSet<String> = b.terms.components.iter().map(|component| plain(component)).collect();
    let shared = a.terms.components.iter().find(|component| theirs.contains(&plain(component)));
    let apart = || {
        let mut pairs = a.packages.iter().flat_map(|one| b.packages.iter().map(move |other| (one, other)));
        pairs.find(|(one, other)| one.package == other.package && one.version != other.version)
    };
    let shared = shared.cloned().or_else(|| apart().map(|(one, _)| one.package.clone()));
    shared.map(Interplay::Unclear)
}
