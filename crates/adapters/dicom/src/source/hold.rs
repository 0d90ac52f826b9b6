//! Everything that an archive has: its examinations, then the objects of each, then once more whatever changed meanwhile.

use std::collections::BTreeMap;

use archive::coverage::{Limits, Outcome, Scope};
use archive::{Gap, Holding, Instance, Study, Uid};

use super::{Ended, Pace, Source, instances, studies};

/// Times through an archive that changes while it is listed.
const ATTEMPTS_MAX: u32 = 4;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Examinations of which the objects are listed.
    pub studies: u64,
    /// Examinations in all, as far as is known.
    pub of: u64,
    /// Objects.
    pub instances: u64,
}

/// Lists the examinations that are wanted, and their objects; `None` when somebody stopped it. What is not shown to be complete stands in the
/// holding's gaps.
pub fn hold(
    source: &mut dyn Source,
    wanted: &dyn Fn(&Study) -> bool,
    limits: Limits,
    pace: Pace,
    mut go_on: impl FnMut(Held) -> bool,
) -> Option<Holding> {
    let mut gaps = Vec::new();
    let mut known: BTreeMap<Uid, (Study, Vec<Instance>)> = BTreeMap::new();
    let mut held = Held::default();
    for attempt in 1..=ATTEMPTS_MAX {
        let before = source.token();
        let mut list = ended(studies(source, Scope::Archive, limits, pace, |_| go_on(held)), &mut gaps)?;
        list.retain(|_, study| wanted(study));
        let has_changed = |known: &BTreeMap<Uid, (Study, Vec<Instance>)>, study: &Study| {
            known.get(&study.uid.0).is_none_or(|(before, _)| before != study || before.counted.is_none())
        };
        known.retain(|uid, _| list.contains_key(uid));
        held.of = list.len() as u64;
        for study in list.values() {
            // An examination whose objects are not counted in its own row is listed again whenever anything changed.
            if !has_changed(&known, study) {
                continue;
            }
            let scope = Scope::Study(study.uid.clone());
            let objects = ended(instances(source, scope, limits, pace, |_| go_on(held)), &mut gaps)?;
            known.insert(study.uid.0.clone(), (study.clone(), objects.into_values().collect()));
            held.studies = known.len() as u64;
            held.instances = known.values().map(|(_, objects)| objects.len() as u64).sum();
        }
        if !gaps.is_empty() || (before.is_some() && source.token() == before) {
            break;
        }
        let mut again = ended(studies(source, Scope::Archive, limits, pace, |_| go_on(held)), &mut gaps)?;
        again.retain(|_, study| wanted(study));
        let as_held = again.values().all(|study| !has_changed(&known, study)) && again.len() == known.len();
        if as_held && gaps.is_empty() {
            break;
        }
        if attempt == ATTEMPTS_MAX {
            gaps.push(Gap::Changing { times: attempt });
        }
    }
    let mut holding = Holding::new();
    for (study, objects) in known.into_values() {
        holding.study(study);
        objects.into_iter().for_each(|object| holding.instance(object));
    }
    gaps.into_iter().for_each(|gap| holding.gap(gap));
    Some(holding)
}

fn ended<R>(ended: Ended<R>, gaps: &mut Vec<Gap>) -> Option<BTreeMap<Uid, R>> {
    match ended {
        Ended::Listed(Outcome::Complete(rows)) => Some(rows),
        Ended::Listed(Outcome::Incomplete(rows, gap)) => {
            gaps.push(gap);
            Some(rows)
        }
        Ended::Stopped => None,
    }
}
