//! Which orders are done or due, out of all that was said of each. Done stays done until whoever fills the order confirms that it was cancelled: a message that
//! only changes it, or asks for it to be cancelled, does not make an examination less expected.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;

use super::told::{Order, Stage};
use crate::exam::Patient;
use crate::expected::{Expected, Named, Source};
use crate::uid::StudyUid;

/// Orders by what names the examination.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    by_name: BTreeMap<Name, BTreeSet<(Time, Order)>>,
    /// Accession numbers under which an examination was named.
    of_study: BTreeMap<StudyUid, BTreeSet<Name>>,
}

/// An accession number where there is one, else an examination, else nothing but the order's own number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Accession(Box<str>),
    Study(StudyUid),
    Number(Box<str>),
}

/// What the orders of one examination say of it.
pub(super) struct Ordered {
    /// Is one of them urgent? `None` where nobody says of each.
    pub(super) is_stat: Option<bool>,
    /// Whose it is, where all of them agree.
    pub(super) patient: Patient,
}

impl Orders {
    pub(super) fn told(&mut self, at: Time, order: Order) {
        let name = if !order.accession.is_empty() {
            Name::Accession(order.accession.clone())
        } else if let Some(study) = &order.study {
            Name::Study(study.clone())
        } else {
            Name::Number(order.number.clone())
        };
        if let Some(study) = &order.study {
            self.of_study.entry(study.clone()).or_default().insert(name.clone());
        }
        self.by_name.entry(name).or_default().insert((at, order));
    }

    /// What is said of an examination; `None` where no order of it is known.
    pub(super) fn ordered(&self, accession: &str, study: Option<&StudyUid>) -> Option<Ordered> {
        let mut names: BTreeSet<Name> =
            study.and_then(|study| self.of_study.get(study)).cloned().unwrap_or_default();
        if !accession.is_empty() {
            names.insert(Name::Accession(accession.into()));
        }
        let told: Vec<&(Time, Order)> =
            names.iter().filter_map(|name| self.by_name.get(name)).flatten().collect();
        let each = last_words(told.iter().copied());
        let mut patients = each.values().map(|word| word.patient);
        let first = patients.next()?;
        let patient = if patients.all(|other| other == first) { first.clone() } else { Patient::new("", "") };
        let is_stat = if each.values().any(|word| word.is_stat == Some(true)) {
            Some(true)
        } else if each.values().any(|word| word.is_stat.is_none()) {
            None
        } else {
            Some(false)
        };
        Some(Ordered { is_stat, patient })
    }

    /// Every examination of which an order is done, or was scheduled to begin at or before `by`, in the order of their names.
    pub(super) fn expected(&self, by: Time) -> Vec<Expected> {
        let mut expected = Vec::new();
        for (name, told) in &self.by_name {
            let each = last_words(told.iter());
            let due = each.values().filter_map(|word| match word.stage {
                Some(Stage::Done(at)) => Some((at, Source::Order, word.patient)),
                Some(Stage::Scheduled(at)) if at <= by => Some((at, Source::Worklist, word.patient)),
                Some(Stage::Scheduled(_) | Stage::Placed | Stage::Cancelled) | None => None,
            });
            // Who says that it was done knows more than a list on which it still stands; then the earliest: only what was done after the cut may be on its way.
            let Some((done, source, patient)) = due.min_by_key(|(at, source, _)| (*source, *at)) else {
                continue;
            };
            let studies: BTreeSet<&StudyUid> =
                each.values().flat_map(|word| word.studies.iter().copied()).collect();
            let one = |named| Expected {
                named,
                patient: patient.clone(),
                source,
                done,
                instances: Vec::new(),
                counted: None,
            };
            match name {
                _ if !studies.is_empty() => {
                    expected.extend(studies.into_iter().map(|study| one(Named::Study(study.clone()))));
                }
                Name::Accession(text) => expected.push(one(Named::Accession(text.clone()))),
                Name::Study(_) | Name::Number(_) => expected.push(one(Named::Accession("".into()))),
            }
        }
        expected
    }
}

/// What was last said of one order.
struct Word<'a> {
    patient: &'a Patient,
    is_stat: Option<bool>,
    stage: Option<Stage>,
    studies: BTreeSet<&'a StudyUid>,
}

/// Of each order, by its number; what was said is given in the order of its times.
fn last_words<'a>(told: impl Iterator<Item = &'a (Time, Order)>) -> BTreeMap<&'a str, Word<'a>> {
    let mut words: BTreeMap<&str, Word<'_>> = BTreeMap::new();
    for (_, order) in told {
        let word = words.entry(&order.number).or_insert(Word {
            patient: &order.patient,
            is_stat: None,
            stage: None,
            studies: BTreeSet::new(),
        });
        if order.patient.is_known() {
            word.patient = &order.patient;
        }
        word.is_stat = order.is_stat.or(word.is_stat);
        word.studies.extend(&order.study);
        word.stage = match (word.stage, order.stage) {
            (Some(Stage::Done(at)), Some(Stage::Placed | Stage::Scheduled(_)) | None) => {
                Some(Stage::Done(at))
            }
            (Some(Stage::Scheduled(at)), Some(Stage::Placed) | None) => Some(Stage::Scheduled(at)),
            // Several steps of one procedure: the examination is due with the first.
            (Some(Stage::Scheduled(at)), Some(Stage::Scheduled(again))) => {
                Some(Stage::Scheduled(at.min(again)))
            }
            // The first time that it was done: a report that is corrected later is of the same images.
            (Some(Stage::Done(at)), Some(Stage::Done(again))) => Some(Stage::Done(at.min(again))),
            (before, now) => now.or(before),
        };
    }
    words
}
