//! Orders and reports (chapters 4 and 7; IHE Radiology, Scheduled Workflow): which examination, how far it is, how urgent.

use archive::circumstances::{Order, Says, Stage};
use archive::{Patient, StudyUid, Uid};

use crate::PARTS_MAX;
use crate::message::{Message, Segment};
use crate::read::Reader;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ORM, OMI, OMG.
    Order,
    /// ORU: something was found, so something was done.
    Report,
}

/// Sections (OBR-24, table 0074) that make no images: laboratories, pharmacy, wards.
const WITHOUT_IMAGES: [&str; 22] = [
    "AU", "BG", "BLB", "CG", "CH", "CP", "HM", "ICU", "IMM", "LAB", "MB", "MCB", "MYC", "NRS", "OSL", "PAR",
    "PHR", "PHY", "RC", "SR", "TX", "VR",
];

/// The segments of one order.
#[derive(Default)]
struct Group<'a> {
    orc: Option<Segment<'a>>,
    obr: Option<Segment<'a>>,
    others: Vec<Segment<'a>>,
}

impl<'a> Group<'a> {
    fn all(&self) -> impl Iterator<Item = &Segment<'a>> {
        self.orc.iter().chain(&self.obr).chain(&self.others)
    }

    fn value(&self, name: &str, field: usize, component: usize) -> String {
        let mut values = self
            .all()
            .filter(|segment| segment.name() == name)
            .map(|segment| segment.value(field, component));
        values.find(|value| !value.is_empty()).unwrap_or_default()
    }
}

impl Reader<'_, '_> {
    pub(crate) fn orders(&mut self, message: &Message<'_>, kind: Kind) {
        let pid = message.first("PID");
        let patient = pid.map_or_else(Patient::default, |pid| self.patient(&pid, 3));
        let groups = groups(message);
        if groups.is_empty() {
            return self.error(
                1,
                "OBR",
                None,
                "there is no order in it",
                "an ORC or an OBR segment for each order",
            );
        }
        if groups.len() > PARTS_MAX {
            let problem = format!("the message has {} orders", groups.len());
            return self.error(1, "OBR", None, &problem, &format!("at most {PARTS_MAX}"));
        }
        for group in &groups {
            if WITHOUT_IMAGES.contains(&&*group.value("OBR", 24, 1)) {
                continue;
            }
            self.order(group, &patient, kind);
        }
    }

    fn order(&mut self, group: &Group<'_>, patient: &Patient, kind: Kind) {
        let value = |name: &str, field: usize| group.value(name, field, 1);
        let or = |first: String, second: String| if first.is_empty() { second } else { first };
        let filler = or(value("ORC", 3), value("OBR", 3));
        let number = or(filler, or(value("ORC", 2), value("OBR", 2)));
        let stage = self.stage(group, kind);
        let is_stat = self.is_stat(group);
        let mut named: Vec<(String, Option<StudyUid>)> = Vec::new();
        for (accession, study) in self.names(group) {
            if !named.contains(&(accession.clone(), study.clone())) {
                named.push((accession, study));
            }
        }
        for (accession, study) in named {
            if accession.is_empty() && study.is_none() && matches!(stage, Some(Stage::Done(_))) {
                let places: Vec<String> = self.terms.site.accession.iter().map(ToString::to_string).collect();
                let problem =
                    format!("an order that was done has no accession number in {}", places.join(" or "));
                let segment = group.all().next().map_or(1, |segment| segment.number);
                let expected = "the accession number there, or where this site puts it (settings)";
                self.error(segment, "OBR", Some(&number), &problem, expected);
            }
            self.says(Says::Order(Order {
                accession: accession.into(),
                number: number.as_str().into(),
                study,
                patient: patient.clone(),
                is_stat,
                stage,
            }));
        }
    }

    /// Accession number and examination, one for each procedure step that says its own (IPC).
    fn names(&mut self, group: &Group<'_>) -> Vec<(String, Option<StudyUid>)> {
        let steps: Vec<&Segment<'_>> =
            group.all().filter(|segment| segment.name() == "IPC").take(PARTS_MAX).collect();
        let zds = group.all().find(|segment| segment.name() == "ZDS");
        let of_zds = zds.and_then(|zds| self.uid(zds, 1));
        if steps.is_empty() {
            return vec![(self.accession(group, None), of_zds)];
        }
        let mut names = Vec::new();
        for step in steps {
            let study = self.uid(step, 3).or_else(|| of_zds.clone());
            names.push((self.accession(group, Some(step)), study));
        }
        names
    }

    fn accession(&self, group: &Group<'_>, step: Option<&Segment<'_>>) -> String {
        let at = |path: &crate::FieldPath| match step {
            Some(step) if *path.segment == *step.name() => step.value(path.field, path.component),
            Some(_) | None => group.value(&path.segment, path.field, path.component),
        };
        self.terms.site.accession.iter().map(at).find(|text| !text.is_empty()).unwrap_or_default()
    }

    fn uid(&mut self, segment: &Segment<'_>, field: usize) -> Option<StudyUid> {
        let text = segment.value(field, 1);
        if text.is_empty() {
            return None;
        }
        match Uid::as_found(&text) {
            Ok((uid, _odd)) => Some(StudyUid(uid)),
            Err(error) => {
                let place = format!("{}-{field}.1", segment.name());
                let expected = "the Study Instance UID, or nothing";
                self.error(segment.number, &place, Some(&text), &error.to_string(), expected);
                None
            }
        }
    }

    /// How far it is: tables 0119 (ORC-1), 0038 (ORC-5) and 0123 (OBR-25). Where a message says both that it was done and that it was cancelled, it counts as
    /// done; where somebody only asks for it to be cancelled, nothing has happened yet.
    fn stage(&mut self, group: &Group<'_>, kind: Kind) -> Option<Stage> {
        let (control, status, result) =
            (group.value("ORC", 1, 1), group.value("ORC", 5, 1), group.value("OBR", 25, 1));
        let is_done = matches!(&*status, "CM" | "A")
            || matches!(&*result, "A" | "P" | "C" | "F" | "R")
            || (kind == Kind::Report && result.is_empty() && !matches!(&*status, "CA" | "DC"));
        if is_done {
            return Some(Stage::Done(self.done(group)));
        }
        let is_cancelled = matches!(&*control, "OC" | "CR" | "OD" | "DR")
            || matches!(&*status, "CA" | "DC")
            || result == "X";
        if is_cancelled {
            return Some(Stage::Cancelled);
        }
        let is_placed = matches!(&*control, "NW" | "SN") || !status.is_empty() || !result.is_empty();
        is_placed.then_some(Stage::Placed)
    }

    /// When the images were made: the end of the observation, its beginning, when it was reported. Never later than the message says so.
    fn done(&mut self, group: &Group<'_>) -> model::Time {
        let Some(obr) = &group.obr else { return self.at };
        let mut done = None;
        for field in [8, 7, 22] {
            done = done.or_else(|| self.time(obr, field, 1));
        }
        done.map_or(self.at, |done| done.min(self.at))
    }

    /// Is one of its priorities urgent (TQ1-9, and before version 2.5 OBR-27.6, ORC-7.6, OBR-5)?
    fn is_stat(&mut self, group: &Group<'_>) -> Option<bool> {
        let mut told: Vec<(Segment<'_>, &'static str, String)> = Vec::new();
        for segment in group.all() {
            let place = match segment.name() {
                "TQ1" => (9, 1, "TQ1-9"),
                "ORC" => (7, 6, "ORC-7.6"),
                "OBR" => (27, 6, "OBR-27.6"),
                _ => continue,
            };
            told.push((*segment, place.2, segment.value(place.0, place.1)));
            if segment.name() == "OBR" {
                told.push((*segment, "OBR-5", segment.value(5, 1)));
            }
        }
        told.retain(|(_, _, text)| !text.is_empty());
        let mut answers = Vec::new();
        for (segment, place, text) in told {
            let answer = self.urgent(&text);
            if answer.is_none() {
                let expected =
                    "a priority of table 0485 (S, A, R, …), or one that the site's settings explain";
                self.warn(&segment, place, &text, "how urgent this is is not known", expected);
            }
            answers.push(answer);
        }
        if answers.contains(&Some(true)) {
            Some(true)
        } else if answers.contains(&None) {
            None
        } else if answers.is_empty() {
            self.terms.site.no_priority_is_routine.then_some(false)
        } else {
            Some(false)
        }
    }

    /// Does a priority mean urgent? Callback, routine and as needed do not; before an operation says nothing of how soon it is.
    fn urgent(&self, text: &str) -> Option<bool> {
        let upper = text.to_uppercase();
        if self.terms.site.urgent.iter().any(|own| **own == *text) {
            return Some(true);
        }
        match &*upper {
            "S" | "STAT" | "A" | "ASAP" => Some(true),
            _ if upper.starts_with('T') && upper.len() <= 2 => Some(true),
            "R" | "ROUTINE" | "C" | "PRN" => Some(false),
            _ => None,
        }
    }
}

/// Orders of a message. A study of IHE's own segment (ZDS) counts for all orders since the one before: it stands once behind several.
fn groups<'a>(message: &'a Message<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut without_zds = 0;
    for segment in message.segments() {
        match segment.name() {
            "ORC" => groups.push(Group { orc: Some(segment), ..Group::default() }),
            "OBR" => match groups.last_mut().filter(|last| last.obr.is_none()) {
                Some(last) => last.obr = Some(segment),
                None => groups.push(Group { obr: Some(segment), ..Group::default() }),
            },
            "ZDS" => {
                groups.iter_mut().skip(without_zds).for_each(|group| group.others.push(segment));
                without_zds = groups.len();
            }
            "TQ1" | "IPC" => {
                if let Some(last) = groups.last_mut() {
                    last.others.push(segment);
                }
            }
            _ => {}
        }
    }
    groups
}
