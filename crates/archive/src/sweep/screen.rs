//! Screening: the examinations of both archives by what each says of them. It tells where to look first, and proves nothing.

use std::collections::BTreeMap;

use crate::exam::Study;
use crate::uid::{StudyUid, Uid};

/// What screening says of two complete lists of examinations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screened {
    /// Counts or patient differ, one archive lacks it, or does not count: its objects must be listed now. Newest first, undated ones before all.
    pub differing: Vec<StudyUid>,
    /// Counts agree: still to be listed, later.
    pub agreeing: Vec<StudyUid>,
}

/// Screens two complete lists of examinations.
pub fn screen(a: &BTreeMap<Uid, Study>, b: &BTreeMap<Uid, Study>) -> Screened {
    let mut differing: Vec<&Study> = Vec::new();
    let mut agreeing: Vec<&Study> = Vec::new();
    for (uid, one) in a {
        let agrees = b.get(uid).is_some_and(|other| {
            one.counted.is_some() && one.counted == other.counted && one.patient.agrees_with(&other.patient)
        });
        if agrees { agreeing.push(one) } else { differing.push(one) }
    }
    differing.extend(b.iter().filter(|(uid, _)| !a.contains_key(*uid)).map(|(_, study)| study));
    let sorted = |mut list: Vec<&Study>| {
        list.sort_by(|x, y| x.newest_first().cmp(&y.newest_first()));
        list.into_iter().map(|study| study.uid.clone()).collect()
    };
    Screened { differing: sorted(differing), agreeing: sorted(agreeing) }
}
