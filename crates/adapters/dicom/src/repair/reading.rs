//! Objects that went to B are read back from there, whole: of the most urgent examinations, because a reader will open those first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use archive::{Compared, StudyUid};

use super::{Doubt, Far, Given};
use crate::source::{NOT_READ_MAX, Pace, Reads};

/// Examinations that are read back: the first of those that something was sent of.
pub const READ_BACK_EXAMINATIONS_MAX: usize = 50;

/// What could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// Objects that were read whole, and were not found to be other than A gave them.
    pub read: u64,
    /// Objects of these examinations that went to B.
    pub of: u64,
    /// Of these, by examination, how many were read whole.
    pub whole: BTreeMap<StudyUid, u64>,
    /// Of these, by examination, how many were found to be the same as at A.
    pub same: BTreeMap<StudyUid, u64>,
    /// What could not be read, or is another.
    pub not_readable: Vec<Doubt>,
    /// Somebody stopped it: what was not tried is neither read nor named.
    pub is_stopped: bool,
}

/// Reads at A what was not carried from there just now and is asked for again, so that it can be held against what B gives. What A does not give stays unknown.
pub fn read_at_a(reads: &mut dyn Reads, given: &mut [Given], pace: Pace, go_on: &dyn Fn(Far) -> bool) {
    let again = || |one: &&mut Given| one.was_there && one.object.content.is_none();
    let of = given.iter_mut().filter(again()).count() as u64;
    for (number, one) in (0..).zip(given.iter_mut().filter(again())) {
        if !go_on(Far::Reading { objects: number, of }) {
            return;
        }
        let began = Instant::now();
        one.object.content = reads.content(&one.object).ok();
        if !pace.rest(began.elapsed(), || go_on(Far::Reading { objects: number, of })) {
            return;
        }
    }
}

/// Reads back what was given, in the order in which it was. After [`NOT_READ_MAX`] failures the rest is named without being tried.
pub fn read_back(
    reads: &mut dyn Reads,
    given: &[Given],
    pace: Pace,
    go_on: &dyn Fn(Far) -> bool,
) -> ReadBack {
    let mut urgent: BTreeSet<&StudyUid> = BTreeSet::new();
    let mut wanted = Vec::new();
    for one in given {
        if urgent.len() < READ_BACK_EXAMINATIONS_MAX {
            urgent.insert(&one.object.study);
        }
        if urgent.contains(&one.object.study) {
            wanted.push(one);
        }
    }
    let mut back = ReadBack { of: wanted.len() as u64, ..ReadBack::default() };
    for (number, Given { object, .. }) in (0..).zip(wanted) {
        if !go_on(Far::Reading { objects: number, of: back.of }) {
            back.is_stopped = true;
            break;
        }
        if back.not_readable.len() as u64 >= NOT_READ_MAX {
            let says = format!("not tried: {NOT_READ_MAX} others could not be read");
            back.not_readable.push(Doubt::of(object, says));
            continue;
        }
        let began = Instant::now();
        let there = reads.content(object);
        let compared = there.as_ref().ok().zip(object.content).map(|(there, sent)| there.against(&sent));
        match (there, compared) {
            (Ok(_), Some(Compared::Other)) => {
                back.not_readable.push(Doubt::of(object, "B has it with other content than A gave"));
            }
            (Ok(_), compared) => {
                back.read += 1;
                *back.whole.entry(object.study.clone()).or_default() += 1;
                if compared == Some(Compared::Same) {
                    *back.same.entry(object.study.clone()).or_default() += 1;
                }
            }
            (Err(says), _) => back.not_readable.push(Doubt::of(object, says)),
        }
        if !pace.rest(began.elapsed(), || go_on(Far::Reading { objects: number, of: back.of })) {
            back.is_stopped = true;
            break;
        }
    }
    back
}
