//! In which order, and with how few restarts, a set of patches can be installed. Installing earlier never hurts what comes later, save
//! for two that must not be there together; for those every way round is tried.

use super::laws::{Law, Laws, Set, each, one};

/// Patches between two restarts, in order.
pub(super) type Step = Vec<usize>;

/// Most pairs that must be apart and are both chosen; each doubles the orders to try.
const PAIRS_MAX: usize = 8;

/// What an order found.
pub(super) enum Ordered {
    /// These stretches; the last one's restart comes at the end.
    Steps(Vec<Step>),
    /// There is no order.
    None,
    /// Too many pairs to try.
    TooMuch,
}

/// `waits`: the first is put on only when the second is superseded.
struct Waits {
    who: usize,
    until_gone: usize,
}

/// The order with the fewest restarts; of those the first found, by number.
/// Every turn is taken from the `effort`.
pub(super) fn order(laws: &Laws, active: &[bool], chosen: Set, effort: &mut u64) -> Ordered {
    let mut fixed = Vec::new();
    let mut pairs = Vec::new();
    for law in held(laws, active) {
        if let Law::Apart { a, b } = *law {
            match (has(chosen, a), has(chosen, b)) {
                (true, true) => pairs.push((a, b)),
                (true, false) if has(laws.installed, b) => fixed.push((a, b)),
                (false, true) if has(laws.installed, a) => fixed.push((b, a)),
                (true | false, false) | (false, true) => {}
            }
        }
    }
    if pairs.len() > PAIRS_MAX {
        return Ordered::TooMuch;
    }
    let patches = u64::from(chosen.count_ones());
    let each = 1 + patches * patches * laws.list.len() as u64 / 16_384;
    let mut best: Option<(usize, Vec<Step>)> = None;
    for turn in 0..1_u32 << pairs.len() {
        let Some(left) = effort.checked_sub(each) else {
            *effort = 0;
            return Ordered::TooMuch;
        };
        *effort = left;
        let turned = pairs
            .iter()
            .enumerate()
            .map(|(place, (a, b))| if turn >> place & 1 == 0 { (*a, *b) } else { (*b, *a) });
        let waits =
            turned.chain(fixed.iter().copied()).map(|(who, until_gone)| Waits { who, until_gone }).collect();
        let Some(steps) = (Run { laws, active, chosen, waits }).steps() else { continue };
        let restarts = restarts(laws, &steps);
        if best.as_ref().is_none_or(|(fewest, _)| restarts < *fewest) {
            best = Some((restarts, steps));
        }
    }
    best.map_or(Ordered::None, |(_, steps)| Ordered::Steps(steps))
}

/// How many of the stretches end with a restart.
pub(super) fn restarts(laws: &Laws, steps: &[Step]) -> usize {
    steps.iter().filter(|step| step.iter().any(|patch| has(laws.restarting, *patch))).count()
}

fn held<'a>(laws: &'a Laws, active: &'a [bool]) -> impl Iterator<Item = &'a Law> {
    laws.list.iter().zip(active).filter(|(_, active)| **active).map(|(law, _)| law)
}

fn has(set: Set, patch: usize) -> bool {
    set & one(patch) != 0
}

struct Run<'a> {
    laws: &'a Laws,
    active: &'a [bool],
    chosen: Set,
    waits: Vec<Waits>,
}

impl Run<'_> {
    fn steps(&self) -> Option<Vec<Step>> {
        let (mut there, mut steps) = (self.laws.installed, Vec::new());
        while self.chosen & !there != 0 {
            let step = self.step(there);
            if step.is_empty() {
                return None;
            }
            there |= step.iter().fold(0, |set, patch| set | one(*patch));
            steps.push(step);
        }
        Some(steps)
    }

    /// All that can be installed before the next restart: what would lack its other half is left for later.
    fn step(&self, before: Set) -> Step {
        let mut later: Set = 0;
        loop {
            let step = self.stretch(before, later);
            let there = step.iter().fold(before, |set, patch| set | one(*patch));
            let alone = held(self.laws, self.active).filter_map(|law| match law {
                Law::Together { patch, with } if step.contains(patch) && with & there == 0 => {
                    Some(one(*patch))
                }
                _ => None,
            });
            let alone = alone.fold(0, |set, patch| set | patch);
            if alone == 0 {
                return step;
            }
            later |= alone;
        }
    }

    fn stretch(&self, before: Set, later: Set) -> Step {
        let (mut there, mut in_force, mut step) = (before, before, Vec::new());
        let can = |patch: &usize, there, in_force| self.may(*patch, there, in_force);
        while let Some(patch) = each(self.chosen & !there & !later).find(|patch| can(patch, there, in_force))
        {
            there |= one(patch);
            if !has(self.laws.restarting, patch) {
                in_force |= one(patch);
            }
            step.push(patch);
        }
        step
    }

    fn may(&self, patch: usize, there: Set, in_force: Set) -> bool {
        let lawful = held(self.laws, self.active).all(|law| match law {
            Law::Needs { patch: who, by, in_force: must } if *who == patch => {
                by & if *must { in_force } else { there } != 0
            }
            // What this one supersedes and is still to come must come first.
            Law::After { newer, older } if *newer == patch => !has(self.chosen & !there, *older),
            Law::Needs { .. }
            | Law::After { .. }
            | Law::Wanted(_)
            | Law::Together { .. }
            | Law::Apart { .. }
            | Law::Barred { .. } => true,
        });
        let is_replaced = |who: usize| self.laws.over.get(who).is_some_and(|over| over & there != 0);
        let may_meet = |waits: &Waits| {
            is_replaced(patch) || (has(there, waits.until_gone) && is_replaced(waits.until_gone))
        };
        lawful && self.waits.iter().filter(|waits| waits.who == patch).all(may_meet)
    }
}
