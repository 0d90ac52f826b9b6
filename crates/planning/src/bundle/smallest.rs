//! Why nothing can be chosen: the smallest set of laws that cannot all hold.
//!
//! Every set of laws whose absence lets the rest hold is hit by every conflict; the smallest set that hits all known ones either is a
//! conflict, and then none is smaller, or teaches a further one (Ignatiev, Previti, Liffiton, Marques-Silva: *Smallest MUS extraction with
//! minimal hitting set dualization*, CP 2015).

use std::collections::BTreeSet;

use super::laws::Laws;
use super::solve::can_hold;
use super::{CHOICES_MAX, Conflict};

/// Most steps of each of the two methods, over all questions that they ask.
const EFFORT_MAX: u64 = 10 * CHOICES_MAX;
/// Most rounds of the exact method.
const ROUNDS_MAX: usize = 500;
/// Most sets looked at when one that hits all others is looked for, over all rounds.
const HITS_MAX: u64 = 20_000_000;

/// The smallest conflict of laws that cannot all hold; one without which nothing can be left out when the smallest is too much to find;
/// `None` when not even that can be said.
pub(super) fn conflict(laws: &Laws) -> Option<Conflict> {
    let mut effort = EFFORT_MAX;
    let (found, smallest) = match smallest(laws, &mut effort) {
        Some(found) => (found, true),
        None => (without_spare(laws)?, false),
    };
    let reasons = found.into_iter().filter_map(|law| laws.reasons.get(law).cloned()).collect();
    Some(Conflict { reasons, smallest })
}

fn smallest(laws: &Laws, effort: &mut u64) -> Option<BTreeSet<usize>> {
    let count = laws.list.len();
    let mut to_hit: Vec<BTreeSet<usize>> = Vec::new();
    let mut tries = HITS_MAX;
    for _ in 0..ROUNDS_MAX {
        let hits = fewest_hits(&to_hit, &mut tries)?;
        let mut active: Vec<bool> = (0..count).map(|law| hits.contains(&law)).collect();
        if !can_hold(laws, &active, effort)? {
            return Some(hits);
        }
        for law in 0..count {
            if active.get(law) == Some(&false) {
                set(&mut active, law, true);
                if !can_hold(laws, &active, effort)? {
                    set(&mut active, law, false);
                }
            }
        }
        to_hit.push((0..count).filter(|law| active.get(*law) == Some(&false)).collect());
    }
    None
}

/// Leaves one law after another out, and keeps it out while the rest still cannot hold.
fn without_spare(laws: &Laws) -> Option<BTreeSet<usize>> {
    let (mut active, mut effort) = (vec![true; laws.list.len()], EFFORT_MAX);
    for law in 0..laws.list.len() {
        set(&mut active, law, false);
        if can_hold(laws, &active, &mut effort)? {
            set(&mut active, law, true);
        }
    }
    Some(active.iter().enumerate().filter(|(_, active)| **active).map(|(law, _)| law).collect())
}

fn set(active: &mut [bool], law: usize, to: bool) {
    if let Some(place) = active.get_mut(law) {
        *place = to;
    }
}

/// The fewest laws that meet each of the sets.
fn fewest_hits(sets: &[BTreeSet<usize>], tries: &mut u64) -> Option<BTreeSet<usize>> {
    for size in 0..=sets.len() {
        let mut hits = BTreeSet::new();
        if hit(sets, size, &mut hits, tries)? {
            return Some(hits);
        }
    }
    None
}

/// Can all sets be met with so many more? `None` when the tries are used up.
fn hit(sets: &[BTreeSet<usize>], size: usize, hits: &mut BTreeSet<usize>, tries: &mut u64) -> Option<bool> {
    let missed = sets.iter().position(|set| set.is_disjoint(hits));
    *tries = tries.checked_sub(1 + missed.unwrap_or(sets.len()) as u64)?;
    let Some(missed) = missed.and_then(|at| sets.get(at)) else { return Some(true) };
    if size == 0 {
        return Some(false);
    }
    for law in missed {
        hits.insert(*law);
        if hit(sets, size - 1, hits, tries)? {
            return Some(true);
        }
        hits.remove(law);
    }
    Some(false)
}
