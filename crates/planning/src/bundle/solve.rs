//! Which patches are installed: every way to meet what is wanted and what that needs in turn, the fewest restarts first, then the
//! fewest patches.

use std::collections::BTreeSet;

use super::laws::{Law, Laws, Set, each, one};
use super::order::{Ordered, Step, order, restarts};

/// What came of it.
pub(super) enum Outcome {
    /// The best there is if `proven`, else the best that was tried.
    Found {
        /// Stretches between restarts.
        steps: Vec<Step>,
        /// Was every way tried?
        proven: bool,
    },
    /// There is no way: proven.
    None,
    /// Nothing was found in the ways that were tried.
    TooMuch,
}

/// The best choice while only the `active` laws hold. `effort` is the number of steps that may still be made.
pub(super) fn best(laws: &Laws, active: &[bool], effort: &mut u64) -> Outcome {
    let mut search = Search::new(laws, active, effort, false);
    search.run();
    match (search.best, search.gave_up) {
        (Some((_, _, steps)), gave_up) => Outcome::Found { steps, proven: !gave_up },
        (None, false) => Outcome::None,
        (None, true) => Outcome::TooMuch,
    }
}

/// Can the `active` laws all hold? `None` when it is too much to say.
pub(super) fn can_hold(laws: &Laws, active: &[bool], effort: &mut u64) -> Option<bool> {
    let mut search = Search::new(laws, active, effort, true);
    search.run();
    match (search.best.is_some(), search.gave_up) {
        (true, _) => Some(true),
        (false, false) => Some(false),
        (false, true) => None,
    }
}

struct Search<'a> {
    laws: &'a Laws,
    active: &'a [bool],
    effort: &'a mut u64,
    is_any_enough: bool,
    barred: Set,
    /// Choices that were gone into, with the laws still to be met.
    seen: BTreeSet<(Set, Vec<usize>)>,
    tried: BTreeSet<Set>,
    /// Restarts, patches, and the stretches.
    best: Option<(usize, u32, Vec<Step>)>,
    gave_up: bool,
}

impl<'a> Search<'a> {
    fn new(laws: &'a Laws, active: &'a [bool], effort: &'a mut u64, is_any_enough: bool) -> Search<'a> {
        let held = laws.list.iter().zip(active).filter(|(_, active)| **active);
        let barred = held.fold(0, |set, (law, _)| match law {
            Law::Barred { patch } => set | one(*patch),
            Law::Wanted(_)
            | Law::Needs { .. }
            | Law::Together { .. }
            | Law::Apart { .. }
            | Law::After { .. } => set,
        });
        let (seen, tried) = (BTreeSet::new(), BTreeSet::new());
        Search { laws, active, effort, is_any_enough, barred, seen, tried, best: None, gave_up: false }
    }

    /// Takes so much from what may still be tried; false, and the search is over, when it is used up.
    fn spend(&mut self, effort: u64) -> bool {
        match self.effort.checked_sub(effort) {
            Some(left) => *self.effort = left,
            None => (*self.effort, self.gave_up) = (0, true),
        }
        !self.gave_up
    }

    fn run(&mut self) {
        if !self.spend(self.laws.list.len() as u64 / 256) {
            return;
        }
        let wanted: Vec<usize> =
            self.held().filter(|(_, law)| matches!(law, Law::Wanted(_))).map(|(at, _)| at).collect();
        // A stack of our own: the depth of a choice must not be that of the machine's.
        let mut open: Vec<(Set, Vec<usize>)> = vec![(0, wanted)];
        while let Some((chosen, mut to_do)) = open.pop() {
            if self.is_any_enough && self.best.is_some() {
                return;
            }
            if !self.spend(1) {
                return;
            }
            let Some(law) = to_do.pop() else {
                self.try_order(chosen);
                continue;
            };
            // The last pushed is looked at first: pushing from the last to the first keeps the order of the numbers.
            let mut ways: Vec<(Set, Vec<usize>)> = self.ways(chosen, law, &to_do);
            ways.reverse();
            for way in ways {
                // What is kept of a way grows with what it leaves to do.
                if !self.spend(1 + way.1.len() as u64 / 32 + self.laws.list.len() as u64 / 256) {
                    return;
                }
                if self.seen.insert(way.clone()) {
                    open.push(way);
                }
            }
        }
    }

    fn held(&self) -> impl Iterator<Item = (usize, &'a Law)> + use<'a> {
        let (laws, active) = (self.laws, self.active);
        laws.list
            .iter()
            .zip(active)
            .enumerate()
            .filter(|(_, (_, active))| **active)
            .map(|(at, (law, _))| (at, law))
    }

    /// Every way to meet a law: nothing more to do, or one more patch with what it brings along.
    fn ways(&self, chosen: Set, law: usize, to_do: &[usize]) -> Vec<(Set, Vec<usize>)> {
        let as_it_is = || (chosen, to_do.to_vec());
        let by = match self.laws.list.get(law) {
            Some(Law::Wanted(by) | Law::Needs { by, .. } | Law::Together { with: by, .. }) => {
                if by & self.laws.installed != 0 {
                    return vec![as_it_is()];
                }
                *by
            }
            Some(Law::Apart { a, b }) => {
                let over = |patch: &usize| self.laws.over.get(*patch).copied().unwrap_or(0);
                over(a) | over(b)
            }
            Some(Law::After { .. } | Law::Barred { .. }) | None => return vec![as_it_is()],
        };
        let candidates = by & !self.barred & !self.laws.installed;
        let mut ways: Vec<(Set, Vec<usize>)> = Vec::new();
        if candidates & chosen != 0 {
            ways.push(as_it_is());
        }
        ways.extend(each(candidates & !chosen).map(|patch| self.with(chosen, patch, to_do)));
        ways
    }

    fn with(&self, chosen: Set, patch: usize, to_do: &[usize]) -> (Set, Vec<usize>) {
        let now = chosen | one(patch);
        let there = chosen | self.laws.installed;
        let brings = self.held().filter(|(_, law)| match law {
            Law::Needs { patch: who, .. } | Law::Together { patch: who, .. } => *who == patch,
            Law::Apart { a, b } => {
                (*a == patch && there & one(*b) != 0) || (*b == patch && there & one(*a) != 0)
            }
            Law::Wanted(_) | Law::After { .. } | Law::Barred { .. } => false,
        });
        let mut to_do: Vec<usize> = to_do.iter().copied().chain(brings.map(|(at, _)| at)).collect();
        to_do.sort_unstable();
        to_do.dedup();
        (now, to_do)
    }

    fn try_order(&mut self, chosen: Set) {
        if !self.tried.insert(chosen) {
            return;
        }
        match order(self.laws, self.active, chosen, self.effort) {
            Ordered::TooMuch => self.gave_up = true,
            Ordered::None => {}
            Ordered::Steps(steps) => {
                let cost = (restarts(self.laws, &steps), chosen.count_ones());
                if self.best.as_ref().is_none_or(|(restarts, patches, _)| cost < (*restarts, *patches)) {
                    self.best = Some((cost.0, cost.1, steps));
                }
            }
        }
    }
}
