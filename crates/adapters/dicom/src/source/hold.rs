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
    let mut holdings = Holdings { limits, pace, known: BTreeMap::new(), held: Held::default() };
    let mut gaps = Vec::new();
    for attempt in 1..=ATTEMPTS_MAX {
        gaps.clear();
        let before = source.token();
        let list = holdings.list(source, wanted, &mut gaps, &mut go_on)?;
        holdings.objects(source, &list, &mut gaps, &mut go_on)?;
        let is_still = before.is_some() && source.token() == before;
        if gaps.is_empty() && !is_still {
            let again = holdings.list(source, wanted, &mut gaps, &mut go_on)?;
            if !holdings.are(&again) && gaps.is_empty() {
                gaps.push(Gap::Changing { times: attempt });
            }
        }
        if !gaps.iter().any(Gap::may_pass) {
            break;
        }
    }
    Some(holdings.into_holding(gaps))
}

/// Examinations with their objects, as far as they are listed.
struct Holdings {
    limits: Limits,
    pace: Pace,
    known: BTreeMap<Uid, (Study, Vec<Instance>)>,
    held: Held,
}

impl Holdings {
    /// The wanted examinations, as the archive lists them now.
    fn list(
        &self,
        source: &mut dyn Source,
        wanted: &dyn Fn(&Study) -> bool,
        gaps: &mut Vec<Gap>,
        go_on: &mut impl FnMut(Held) -> bool,
    ) -> Option<BTreeMap<Uid, Study>> {
        let listed = studies(source, Scope::Archive, self.limits, self.pace, |_| go_on(self.held));
        let mut list = ended(listed, gaps)?;
        list.retain(|_, study| wanted(study));
        Some(list)
    }

    /// Lists the objects of those that are not held as they are now.
    fn objects(
        &mut self,
        source: &mut dyn Source,
        list: &BTreeMap<Uid, Study>,
        gaps: &mut Vec<Gap>,
        go_on: &mut impl FnMut(Held) -> bool,
    ) -> Option<()> {
        let gone: Vec<Uid> = self.known.keys().filter(|uid| !list.contains_key(uid)).cloned().collect();
        gone.iter().for_each(|uid| self.forget(uid));
        self.held.of = list.len() as u64;
        for study in list.values() {
            if self.has(study) {
                continue;
            }
            self.forget(&study.uid.0);
            let scope = Scope::Study(study.uid.clone());
            let listed = instances(source, scope, self.limits, self.pace, |_| go_on(self.held));
            let objects = ended(listed, gaps)?;
            let (listed, counted) = (objects.len() as u64, study.counted.map(|counted| counted.instances));
            // Every examination has an object: one without is half deleted or half sent.
            if listed == 0 || counted.is_some_and(|counted| counted != listed) {
                gaps.push(Gap::CountDiffers { listed, counted: counted.unwrap_or(1) });
            }
            self.held.studies += 1;
            self.held.instances += listed;
            self.known.insert(study.uid.0.clone(), (study.clone(), objects.into_values().collect()));
            if self.held.instances > self.limits.rows_max {
                gaps.push(Gap::TooManyRows { rows: self.limits.rows_max });
                break;
            }
        }
        Some(())
    }

    /// Is it held as it is listed now? One whose own row does not count its objects is listed again whenever anything changed.
    fn has(&self, study: &Study) -> bool {
        self.known.get(&study.uid.0).is_some_and(|(held, objects)| {
            held == study
                && study.counted.is_some_and(|counted| counted.instances == objects.len() as u64)
                && !objects.is_empty()
        })
    }

    /// Is this what is held, no more and no less?
    fn are(&self, list: &BTreeMap<Uid, Study>) -> bool {
        list.len() == self.known.len() && list.values().all(|study| self.has(study))
    }

    fn forget(&mut self, uid: &Uid) {
        if let Some((_, objects)) = self.known.remove(uid) {
            self.held.studies -= 1;
            self.held.instances -= objects.len() as u64;
        }
    }

    fn into_holding(self, gaps: Vec<Gap>) -> Holding {
        let mut holding = Holding::new();
        for (study, objects) in self.known.into_values() {
            holding.study(study);
            objects.into_iter().for_each(|object| holding.instance(object));
        }
        gaps.into_iter().for_each(|gap| holding.gap(gap));
        holding
    }
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
