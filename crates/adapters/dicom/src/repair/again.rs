//! How what was in doubt is found when it is asked for again: a doubt goes only when all that A lists of the examination was asked for and is well.

use std::collections::BTreeSet;

use archive::{LookedAgain, StudyUid};

use super::{Doubt, ReadBack, Repaired};

/// How each examination that was asked for again was found; one of which nothing could be asked is not among them. `back`: what was read back, where it was.
pub fn looked_again(
    again: &BTreeSet<StudyUid>,
    repaired: &Repaired,
    back: Option<&ReadBack>,
) -> Vec<LookedAgain> {
    let one = |study: &StudyUid| {
        if repaired.gone.contains(study) {
            // A has nothing of it that could be missing.
            return Some(LookedAgain {
                study: study.clone(),
                is_committed: true,
                is_read: true,
                is_same: true,
            });
        }
        let objects = repaired.given.iter().filter(|given| given.object.study == *study).count() as u64;
        let is_whole = objects > 0 && !has(&repaired.not_sent, study);
        let back = back.filter(|back| is_whole && !has(&back.not_readable, study));
        let is_same = back.is_some_and(|back| back.same.get(study) == Some(&objects));
        let is_read = back.is_some_and(|back| back.whole.get(study) == Some(&objects));
        let is_committed = is_whole && repaired.committed.is_some() && !has(&repaired.not_committed, study);
        is_whole.then(|| LookedAgain { study: study.clone(), is_committed, is_read, is_same })
    };
    again.iter().filter_map(one).collect()
}

fn has(doubts: &[Doubt], study: &StudyUid) -> bool {
    doubts.iter().any(|doubt| doubt.study == *study)
}
