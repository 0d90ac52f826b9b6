//! A list of patches with their terms, and the rules that go with it.

use std::collections::BTreeSet;

use model::Date;
use model::ids::PatchId;
use model::patch::Patch;
use model::terms::{Demand, RULES_MAX, TERMS_PER_LIST_MAX, VendorRule, WAIT_WORKING_DAYS_MAX};
use serde::{Deserialize, Serialize};

use super::Subject;
use super::bars::is_made_for_others;
use super::relations::Supersession;

/// Most patches of a catalogue.
pub const CATALOGUE_PATCHES_MAX: usize = 20_000;

/// What is known of patches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The patches.
    pub patches: Vec<Patch>,
    /// Rules of makers and of the hospital.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<VendorRule>,
    /// Days from Monday to Friday that are no working days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Date>,
}

impl Catalogue {
    /// The patches that may be meant for a device and that no other such patch supersedes.
    #[must_use]
    pub fn newest_for(&self, subject: &Subject) -> Vec<PatchId> {
        let here = || self.patches.iter().filter(|patch| !is_made_for_others(patch, subject));
        let supersession = Supersession::of(here());
        let newest = here().filter(|patch| !supersession.is_superseded(&patch.id));
        newest.map(|patch| patch.id.clone()).collect()
    }

    /// What is wrong with the catalogue itself, each with a JSON pointer to its place; empty when it holds together.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.patches.len() > CATALOGUE_PATCHES_MAX {
            let says = format!("{} patches; at most {CATALOGUE_PATCHES_MAX} fit", self.patches.len());
            found.push(("/patches".to_owned(), says));
        }
        let supersession = Supersession::of(self.patches.iter());
        let mut seen = BTreeSet::new();
        for (place, patch) in self.patches.iter().enumerate() {
            let mut fault = |part: &str, says: String| found.push((format!("/patches/{place}{part}"), says));
            if !seen.insert(&patch.id) {
                fault("/id", format!("{} is in the catalogue twice; once is right", patch.id));
            }
            for (part, says) in faults_of(patch) {
                fault(&format!("/terms/{part}"), says);
            }
            let over = match patch.terms.supersedes.is_empty() {
                true => BTreeSet::new(),
                false => supersession.over(&patch.id),
            };
            let is_over = |older: &&PatchId| **older == patch.id || over.contains(*older);
            if let Some(older) = patch.terms.supersedes.iter().find(is_over) {
                let says = format!("{} and {older} supersede each other; one of them is older", patch.id);
                fault("/terms/supersedes", says);
            }
        }
        found.extend(
            faults_of_rules(&self.rules).into_iter().map(|(place, says)| (format!("/rules{place}"), says)),
        );
        found
    }
}

/// What is wrong with the terms of one patch by themselves: the list, and a sentence.
pub(crate) fn faults_of(patch: &Patch) -> Vec<(&'static str, String)> {
    let terms = &patch.terms;
    let mut found = Vec::new();
    let lists: [(&str, Vec<&PatchId>); 5] = [
        ("requires", terms.requires.iter().map(|needed| &needed.patch).collect()),
        ("supersedes", terms.supersedes.iter().collect()),
        ("conflicts", terms.conflicts.iter().collect()),
        ("together_with", terms.together_with.iter().collect()),
        ("agrees_with", terms.agrees_with.iter().collect()),
    ];
    for (name, list) in &lists {
        if list.contains(&&patch.id) {
            found
                .push((*name, format!("{} names itself under {name}; it must name other patches", patch.id)));
        }
    }
    let sizes = lists.iter().map(|(name, list)| (*name, list.len())).chain([
        ("components", terms.components.len()),
        ("made_for", terms.made_for.len()),
        ("validations", terms.validations.len()),
    ]);
    for (name, count) in sizes.filter(|(_, count)| *count > TERMS_PER_LIST_MAX) {
        found.push((
            name,
            format!("{} has {count} entries under {name}; at most {TERMS_PER_LIST_MAX} fit", patch.id),
        ));
    }
    let against = |list: &[PatchId]| list.iter().find(|other| terms.conflicts.contains(other)).cloned();
    let needed: Vec<PatchId> = terms.requires.iter().map(|needed| needed.patch.clone()).collect();
    for (name, list) in
        [("together_with", &terms.together_with), ("requires", &needed), ("agrees_with", &terms.agrees_with)]
    {
        if let Some(other) = against(list) {
            let says = format!("{} has {other} under {name} and under conflicts; which is right?", patch.id);
            found.push((name, says));
        }
    }
    let says_nothing_restarts = patch.restart == model::patch::RestartNeed::None;
    if terms.restart.is_some_and(|kind| (kind == model::terms::RestartKind::None) != says_nothing_restarts) {
        let says = format!("{}: restart and terms.restart contradict each other; which is right?", patch.id);
        found.push(("restart", says));
    }
    found
}

/// What is wrong with rules by themselves: the place below their list, and a sentence.
pub(crate) fn faults_of_rules(rules: &[VendorRule]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if rules.len() > RULES_MAX {
        found.push((String::new(), format!("{} rules; at most {RULES_MAX} fit", rules.len())));
    }
    let mut seen = BTreeSet::new();
    for (place, rule) in rules.iter().enumerate() {
        if !seen.insert(&rule.id) {
            found.push((format!("/{place}/id"), format!("rule {} is there twice; once is right", rule.id)));
        }
        if rule.says.trim().is_empty() {
            let says = format!("rule {} does not say what it demands; write its owner's sentence", rule.id);
            found.push((format!("/{place}/says"), says));
        }
        if let Demand::WaitWorkingDays(days) = rule.demand
            && days > WAIT_WORKING_DAYS_MAX
        {
            let says = format!("rule {} waits {days} working days; at most {WAIT_WORKING_DAYS_MAX}", rule.id);
            found.push((format!("/{place}/demand"), says));
        }
    }
    found
}
