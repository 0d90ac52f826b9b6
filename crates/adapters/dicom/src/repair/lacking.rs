//! What B lacks of some examinations now, asked anew at both ends: so a repair that is begun again gives only what is still missing.

use std::collections::BTreeSet;

use archive::coverage::{Limits, Outcome, Scope};
use archive::{Gap, Instance, InstanceUid, StudyUid};

use super::{Doubt, Far, Given, Repaired, Wanted};
use crate::source::{End, Ended, instances};

/// Of one examination, what B lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The examination.
    pub study: StudyUid,
    /// Its objects that B does not list; never empty.
    pub objects: Vec<Instance>,
}

/// What is missing, in the order of the examinations. What is not known to be all of it is a doubt.
pub(super) fn lacking(
    a: &mut End,
    b: &mut End,
    wanted: Wanted<'_>,
    repaired: &mut Repaired,
    go_on: &dyn Fn(Far) -> bool,
) -> Vec<Lacking> {
    let of = wanted.studies.len() as u64;
    let mut all = Vec::new();
    let mut objects_in_all = 0;
    for (number, study) in (0..).zip(wanted.studies) {
        let far = || go_on(Far::Listing { studies: number, of });
        if objects_in_all >= wanted.limits.rows_max {
            repaired
                .not_sent
                .push(Doubt::exam(study, "not begun: too much is missing for one run; run it again"));
            continue;
        }
        let listed = (!repaired.is_stopped && far()).then(|| {
            Some((objects(a, study, wanted.limits, &far)?, objects(b, study, wanted.limits, &far)?))
        });
        let Some(Some(((of_a, gap), (of_b, _)))) = listed else {
            repaired.is_stopped = true;
            repaired.not_sent.push(Doubt::exam(study, STOPPED));
            continue;
        };
        let is_again = wanted.again.contains(study);
        if is_again && of_a.is_empty() && gap.is_none() {
            repaired.gone.insert(study.clone());
        }
        if let Some(gap) = gap {
            let says = format!("A does not list all of it ({gap}); only what it lists is sent");
            repaired.not_sent.push(Doubt::exam(study, says));
        }
        // What B does not list for sure goes there once more: that does no harm.
        let at_b: BTreeSet<InstanceUid> = of_b.into_iter().map(|object| object.uid).collect();
        let is_wanted = |object: &Instance| {
            !at_b.contains(&object.uid) && wanted.objects.is_none_or(|only| only.contains(&object.uid))
        };
        if is_again {
            let there = of_a.iter().filter(|object| at_b.contains(&object.uid));
            repaired.given.extend(there.map(|object| Given {
                object: object.clone(),
                class: None,
                was_there: true,
            }));
        }
        let objects: Vec<Instance> = of_a.into_iter().filter(is_wanted).collect();
        if !objects.is_empty() {
            objects_in_all += objects.len() as u64;
            all.push(Lacking { study: study.clone(), objects });
        }
    }
    all
}

/// Why something was not sent that somebody stopped.
pub(super) const STOPPED: &str = "it was stopped before";

/// The objects of an examination, and why these are not all; `None` when somebody stopped it.
fn objects(
    end: &mut End,
    study: &StudyUid,
    limits: Limits,
    go_on: &dyn Fn() -> bool,
) -> Option<(Vec<Instance>, Option<Gap>)> {
    match instances(&mut *end.source, Scope::Study(study.clone()), limits, end.pace, |_| go_on()) {
        Ended::Listed(Outcome::Complete(rows)) => Some((rows.into_values().collect(), None)),
        Ended::Listed(Outcome::Incomplete(rows, gap)) => Some((rows.into_values().collect(), Some(gap))),
        Ended::Stopped => None,
    }
}
