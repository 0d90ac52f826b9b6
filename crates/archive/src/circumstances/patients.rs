//! The fold of what was told, and its answers. The order in which it is told makes no difference: what was recorded later counts.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;

use super::orders::Orders;
use super::stay::{Stay, stay};
use super::told::{Appointment, Class, Says, Step, Told};
use crate::exam::{Patient, StudyDate};
use crate::expected::Expected;
use crate::holding::Merge;
use crate::uid::StudyUid;
use crate::urgency::{Circumstances, THEATRE_AHEAD_SECONDS};

/// An operation counts for so long after its hour: it may have begun late or go on. Nobody tells when it is over.
pub const THEATRE_BEHIND_SECONDS: i64 = 24 * 3_600;

/// What is known of patients, stays, theatres and orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patients {
    of: BTreeMap<Patient, OfPatient>,
    by_id: BTreeMap<Box<str>, BTreeSet<Patient>>,
    /// Into whom each patient was merged, and when that was said.
    merged: BTreeMap<Patient, (Time, Patient)>,
    orders: Orders,
    has_whole_theatre_list: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfPatient {
    /// By the number of the stay.
    stays: BTreeMap<Box<str>, BTreeSet<(Time, Step)>>,
    /// The last word on each operation.
    theatre: BTreeMap<Box<str>, (Time, Appointment)>,
    /// Who became part of this patient.
    gone: BTreeSet<Patient>,
}

/// Of which examination something is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Whose it is, as the archive or whoever expects it says. One who is not known is looked for in the order.
    pub patient: &'a Patient,
    /// Its accession number; may be empty.
    pub accession: &'a str,
    /// Which one, where that is known.
    pub study: Option<&'a StudyUid>,
    /// The latest instant at which it may have been made; `None` where nobody knows.
    pub latest: Option<Time>,
}

/// The latest instant that belongs to an examination's day anywhere on earth: half a day after it has ended in Greenwich.
pub fn latest_of(date: &StudyDate) -> Option<Time> {
    date.day().map(|day| Time((day.days() + 1) * 86_400_000_000).plus_seconds(12 * 3_600))
}

impl Patients {
    /// Nothing yet.
    pub fn new() -> Patients {
        Patients::default()
    }

    /// Takes what a message says. Told twice, or in another order, it makes no difference.
    pub fn told(&mut self, told: Told) {
        let Told { at, says } = told;
        match says {
            Says::Stay { patient, visit, step } => {
                if let Some(of) = self.of(patient) {
                    of.stays.entry(visit).or_default().insert((at, step));
                }
            }
            Says::Theatre { patient, number, appointment } => {
                if let Some(of) = self.of(patient) {
                    let last = of.theatre.entry(number).or_insert((at, appointment));
                    *last = (at, appointment).max(*last);
                }
            }
            Says::Merged { gone, stays } => self.merge(at, gone, stays),
            Says::Order(order) => self.orders.told(at, order),
        }
    }

    /// Somebody vouches that all of the theatre list was told: who is not on it has no operation.
    pub fn has_whole_theatre_list(&mut self) {
        self.has_whole_theatre_list = true;
    }

    /// Every examination of which an order is done, and what a worklist has scheduled to begin at or before `by`: whatever was to begin later is not missing yet.
    pub fn expected(&self, by: Time) -> Vec<Expected> {
        self.orders.expected(by)
    }

    /// Patients who were merged, for the comparison of archives.
    pub fn merges(&self) -> Vec<Merge> {
        let merge = |(gone, (_, stays)): (&Patient, &(Time, Patient))| Merge {
            gone: gone.clone(),
            stays: stays.clone(),
        };
        self.merged.iter().map(merge).collect()
    }

    /// What is known of an examination, seen at `now`. What nobody has told is `None`; of a patient whose number fits several nothing is known.
    pub fn circumstances(&self, asked: Asked<'_>, now: Time) -> Circumstances {
        let ordered = self.orders.ordered(asked.accession, asked.study);
        let patient = match &ordered {
            Some(ordered) if !asked.patient.is_known() => &ordered.patient,
            Some(_) | None => asked.patient,
        };
        let mut circumstances = Circumstances {
            is_stat: ordered.as_ref().and_then(|ordered| ordered.is_stat),
            ..Circumstances::default()
        };
        let Ok(everyone) = self.everyone(patient) else { return circumstances };
        circumstances.theatre = self.theatre(&everyone, now);
        let stays = stays(&everyone);
        let open: Vec<&Stay> = stays.iter().filter(|stay| stay.is_open).collect();
        if stays.is_empty() {
            return circumstances;
        }
        let is = |class: Class| {
            if open.iter().any(|stay| stay.class == Some(class)) {
                Some(true)
            } else if open.iter().any(|stay| stay.class.is_none()) {
                None
            } else {
                Some(false)
            }
        };
        circumstances.in_emergency = is(Class::Emergency);
        circumstances.is_inpatient = is(Class::Inpatient);
        // A stay of which nobody knows when it began might have begun before the examination.
        let begun: Option<Vec<Time>> = open.iter().map(|stay| stay.since).collect();
        let begun = begun.and_then(|all| all.into_iter().min());
        circumstances.is_prior = begun.zip(asked.latest).map(|(begun, latest)| latest < begun);
        circumstances
    }

    fn of(&mut self, patient: Patient) -> Option<&mut OfPatient> {
        if !patient.is_known() {
            return None;
        }
        self.by_id.entry(patient.id().into()).or_default().insert(patient.clone());
        Some(self.of.entry(patient).or_default())
    }

    fn merge(&mut self, at: Time, gone: Patient, stays: Patient) {
        if !gone.is_known() || !stays.is_known() || gone == stays {
            return;
        }
        self.of(gone.clone());
        let before = self.merged.get(&gone);
        if before.is_some_and(|before| *before >= (at, stays.clone())) {
            return;
        }
        if let Some((_, before)) = self.merged.insert(gone.clone(), (at, stays.clone()))
            && let Some(of) = self.of.get_mut(&before)
        {
            of.gone.remove(&gone);
        }
        if let Some(of) = self.of(stays) {
            of.gone.insert(gone);
        }
    }

    /// Everything told of a patient, under all the names that this patient ever had; an error where the name fits several patients.
    fn everyone(&self, patient: &Patient) -> Result<Vec<&OfPatient>, Several> {
        let named = self.by_id.get(patient.id()).into_iter().flatten();
        let last: BTreeSet<&Patient> =
            named.filter(|known| known.agrees_with(patient)).map(|known| self.last(known)).collect();
        let mut left: Vec<&Patient> = match last.len() {
            0 => return Ok(Vec::new()),
            1 => last.into_iter().collect(),
            _ => return Err(Several),
        };
        let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
        while let Some(one) = left.pop() {
            if let Some(of) = self.of.get(one).filter(|_| seen.insert(one)) {
                all.push(of);
                left.extend(&of.gone);
            }
        }
        Ok(all)
    }

    /// Who a patient is in the end. Of a ring of merges, which no hospital means, its least name.
    fn last<'a>(&'a self, patient: &'a Patient) -> &'a Patient {
        let next = |at: &Patient| self.merged.get(at).map(|(_, next)| next);
        let (mut at, mut seen) = (patient, BTreeSet::new());
        while let Some(after) = next(at) {
            if !seen.insert(at) {
                let ring = std::iter::successors(next(at), |at| next(at)).take_while(|other| *other != at);
                return ring.fold(at, |least, other| least.min(other));
            }
            at = after;
        }
        at
    }

    fn theatre(&self, everyone: &[&OfPatient], now: Time) -> Option<Option<Time>> {
        let over = now.plus_seconds(-THEATRE_BEHIND_SECONDS);
        let (mut next, mut sometime): (Option<Time>, bool) = (None, false);
        for (_, appointment) in everyone.iter().flat_map(|of| of.theatre.values()) {
            match appointment {
                Appointment::At(at) if *at >= over => next = Some(next.map_or(*at, |next| next.min(*at))),
                Appointment::Sometime => sometime = true,
                Appointment::At(_) | Appointment::Off => {}
            }
        }
        let is_soon = next.is_some_and(|next| next <= now.plus_seconds(THEATRE_AHEAD_SECONDS));
        match next {
            Some(next) if is_soon || (!sometime && self.has_whole_theatre_list) => Some(Some(next)),
            None if !sometime && self.has_whole_theatre_list => Some(None),
            // There may be an earlier one of which nobody told.
            Some(_) | None => None,
        }
    }
}

/// The name fits several patients.
struct Several;

/// Stays by all names. One that was told of without its number may be any of the others: what ends it ends none of them while several are open.
fn stays(everyone: &[&OfPatient]) -> Vec<Stay> {
    let mut by_visit: BTreeMap<&str, BTreeSet<(Time, Step)>> = BTreeMap::new();
    for (visit, steps) in everyone.iter().flat_map(|of| &of.stays) {
        by_visit.entry(visit).or_default().extend(steps);
    }
    let mut unnumbered = by_visit.remove("").unwrap_or_default();
    if let [only] = &mut *by_visit.values_mut().collect::<Vec<_>>() {
        only.append(&mut unnumbered);
    }
    let numbered = by_visit.values().filter_map(|steps| stay(steps.iter()));
    numbered.chain(stay(unnumbered.iter())).collect()
}
