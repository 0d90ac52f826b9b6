//! An exhaustive oracle for bundles: every sequence of installing and restarting is walked through, by the terms alone and with none of
//! the resolver's notions. It knows patches by letters and rules by what they forbid.

use std::collections::{BTreeSet, VecDeque};

/// A rule that can be left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    Wanted(usize),
    Needs(usize, usize),
    Together(usize, usize),
    Apart(usize, usize),
    After(usize, usize),
    Barred(usize),
}

/// Patches 0 to `count`, with what stands of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) count: usize,
    /// Needs: who, what, in force?
    pub(crate) needs: Vec<(usize, usize, bool)>,
    pub(crate) supersedes: Vec<(usize, usize)>,
    pub(crate) conflicts: Vec<(usize, usize)>,
    pub(crate) together: Vec<(usize, usize)>,
    pub(crate) restarts: Vec<usize>,
    pub(crate) barred: Vec<usize>,
    pub(crate) installed: Vec<usize>,
    pub(crate) wanted: Vec<usize>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    there: u16,
    in_force: u16,
}

impl World {
    /// Does the first stand for the second: the same, or newer over any number of steps?
    pub(crate) fn stands(&self, newer: usize, older: usize) -> bool {
        let mut reached = BTreeSet::from([older]);
        let mut open = vec![older];
        while let Some(at) = open.pop() {
            for (above, below) in &self.supersedes {
                if *below == at && reached.insert(*above) {
                    open.push(*above);
                }
            }
        }
        reached.contains(&newer)
    }

    /// Every rule there is.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        let mut rules: BTreeSet<Rule> = BTreeSet::new();
        rules.extend(self.wanted.iter().map(|w| Rule::Wanted(*w)));
        rules.extend(self.needs.iter().map(|(who, what, _)| Rule::Needs(*who, *what)));
        rules.extend(self.together.iter().map(|(who, with)| Rule::Together(*who, *with)));
        rules.extend(self.conflicts.iter().map(|(a, b)| Rule::Apart(*a.min(b), *a.max(b))));
        let all = 0..self.count;
        rules.extend(
            all.clone()
                .flat_map(|a| all.clone().map(move |b| (a, b)))
                .filter(|(a, b)| a != b && self.stands(*a, *b))
                .map(|(a, b)| Rule::After(a, b)),
        );
        rules.extend(self.barred.iter().map(|patch| Rule::Barred(*patch)));
        rules.into_iter().collect()
    }

    /// The fewest restarts, and with them the fewest patches, when these rules hold; `None` when they cannot.
    pub(crate) fn best(&self, rules: &BTreeSet<Rule>) -> Option<(u32, u32)> {
        let start = self.installed.iter().fold(0_u16, |set, patch| set | 1 << patch);
        let first = Standing { there: start, in_force: start };
        let mut layer: BTreeSet<Standing> = BTreeSet::from([first]);
        let mut seen = layer.clone();
        // Restarts cost; installing does not: all that can be reached with so many restarts, then one restart more.
        for restarts in 0..=self.count {
            let mut open: VecDeque<Standing> = layer.iter().cloned().collect();
            let mut reached = layer.clone();
            while let Some(at) = open.pop_front() {
                for patch in 0..self.count {
                    if let Some(next) = self.install(&at, patch, rules)
                        && seen.insert(next.clone())
                    {
                        reached.insert(next.clone());
                        open.push_back(next);
                    }
                }
            }
            let done = reached.iter().filter(|at| self.is_done(at, rules));
            if let Some(patches) = done.map(|at| (at.there & !start).count_ones()).min() {
                return Some((u32::try_from(restarts).unwrap(), patches));
            }
            layer = reached
                .iter()
                .filter_map(|at| self.restart(at, rules))
                .filter(|at| seen.insert(at.clone()))
                .collect();
        }
        None
    }

    fn has(set: u16, patch: usize) -> bool {
        set >> patch & 1 == 1
    }

    fn gone(&self, there: u16, patch: usize) -> bool {
        (0..self.count).any(|newer| newer != patch && Self::has(there, newer) && self.stands(newer, patch))
    }

    fn install(&self, at: &Standing, patch: usize, rules: &BTreeSet<Rule>) -> Option<Standing> {
        let covered =
            |set: u16, what: usize| (0..self.count).any(|p| Self::has(set, p) && self.stands(p, what));
        if Self::has(at.there, patch) || rules.contains(&Rule::Barred(patch)) {
            return None;
        }
        if (0..self.count)
            .any(|newer| Self::has(at.there, newer) && rules.contains(&Rule::After(newer, patch)))
        {
            return None;
        }
        for (who, what, in_force) in &self.needs {
            let set = if *in_force { at.in_force } else { at.there };
            if *who == patch && rules.contains(&Rule::Needs(*who, *what)) && !covered(set, *what) {
                return None;
            }
        }
        let there = at.there | 1 << patch;
        for other in (0..self.count).filter(|other| *other != patch && Self::has(there, *other)) {
            let apart = rules.contains(&Rule::Apart(patch.min(other), patch.max(other)));
            let related = self.stands(patch, other) || self.stands(other, patch);
            if apart && !related && !self.gone(there, patch) && !self.gone(there, other) {
                return None;
            }
        }
        let at_once = if self.restarts.contains(&patch) { 0 } else { 1 << patch };
        Some(Standing { there, in_force: at.in_force | at_once })
    }

    fn halves(&self, there: u16, rules: &BTreeSet<Rule>) -> bool {
        let start = self.installed.iter().fold(0_u16, |set, patch| set | 1 << patch);
        self.together.iter().all(|(who, with)| {
            !rules.contains(&Rule::Together(*who, *with))
                || Self::has(start, *who)
                || !Self::has(there, *who)
                || (0..self.count).any(|p| Self::has(there, p) && self.stands(p, *with))
        })
    }

    fn restart(&self, at: &Standing, rules: &BTreeSet<Rule>) -> Option<Standing> {
        let useful = at.there != at.in_force && self.halves(at.there, rules);
        useful.then_some(Standing { there: at.there, in_force: at.there })
    }

    fn is_done(&self, at: &Standing, rules: &BTreeSet<Rule>) -> bool {
        let wanted = self.wanted.iter().filter(|want| rules.contains(&Rule::Wanted(**want)));
        at.in_force == at.there
            && self.halves(at.there, rules)
            && wanted
                .into_iter()
                .all(|want| (0..self.count).any(|p| Self::has(at.there, p) && self.stands(p, *want)))
    }

    /// Can these be installed one after another, with a restart after each stretch?
    pub(crate) fn can_walk(&self, steps: &[Vec<usize>], rules: &BTreeSet<Rule>) -> bool {
        let start = self.installed.iter().fold(0_u16, |set, patch| set | 1 << patch);
        let mut at = Standing { there: start, in_force: start };
        for step in steps {
            for patch in step {
                let Some(next) = self.install(&at, *patch, rules) else { return false };
                at = next;
            }
            at = self.restart(&at, rules).unwrap_or(at);
        }
        self.is_done(&at, rules)
    }

    /// The size of the smallest set of rules that cannot hold; `None` when all can.
    pub(crate) fn smallest_conflict(&self) -> Option<usize> {
        let rules = self.rules();
        let all: BTreeSet<Rule> = rules.iter().cloned().collect();
        if self.best(&all).is_some() {
            return None;
        }
        (1..=rules.len()).find(|size| subsets(&rules, *size).any(|subset| self.best(&subset).is_none()))
    }
}

fn subsets(rules: &[Rule], size: usize) -> impl Iterator<Item = BTreeSet<Rule>> + '_ {
    (0..1_u32 << rules.len()).filter(move |mask| mask.count_ones() as usize == size).map(move |mask| {
        (0..rules.len()).filter(|at| mask >> at & 1 == 1).map(|at| rules[at].clone()).collect()
    })
}
