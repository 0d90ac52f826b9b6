//! Stays and merges (ADT, chapter 3): who came, went, moved, and what of it was cancelled.

use archive::circumstances::{Class, Says, Step};

use crate::message::{Message, Segment};
use crate::read::Reader;

/// Does this event say something of a stay or a merge?
pub(crate) fn says(event: &str) -> bool {
    matches!(
        event,
        "A01"
            | "A02"
            | "A03"
            | "A04"
            | "A06"
            | "A07"
            | "A08"
            | "A11"
            | "A12"
            | "A13"
            | "A18"
            | "A34"
            | "A36"
            | "A40"
    )
}

impl Reader<'_, '_> {
    pub(crate) fn stay(&mut self, message: &Message<'_>, event: &str) {
        if matches!(event, "A18" | "A34" | "A36" | "A40") {
            return self.merges(message);
        }
        let Some(pid) = message.first("PID") else {
            return self.error(
                1,
                "PID",
                None,
                "the segment is missing",
                "a PID segment with the patient's number",
            );
        };
        let patient = self.patient(&pid, 3);
        if !patient.is_known() {
            let text = pid.value(3, 1);
            let expected = "the patient's number, of the authority that counts at this site";
            return self.error(
                pid.number,
                "PID-3.1",
                Some(&text),
                "whose stay this is cannot be read",
                expected,
            );
        }
        let pv1 = message.first("PV1");
        let (class, since, left) = match &pv1 {
            Some(pv1) => (self.class(pv1), self.time(pv1, 44, 1), self.time(pv1, 45, 1)),
            None => (None, None, None),
        };
        // Who is admitted later than the message was written is not there yet, but will be: the stay goes from now on.
        let since = since.map(|since| since.min(self.at));
        let step = match event {
            "A01" | "A04" => Step::In { class, since },
            "A02" | "A06" | "A07" => Step::Moved { class },
            "A03" => Step::Out,
            "A11" => Step::NeverIn,
            "A12" => Step::NotMoved { class },
            "A13" => Step::NotOut { class },
            _ => Step::Changed { class, since, has_left: left.is_some_and(|left| left <= self.at) },
        };
        let visit = pv1.map(|pv1| pv1.value(19, 1)).filter(|number| !number.is_empty());
        let visit = visit.unwrap_or_else(|| pid.value(18, 1));
        self.says(Says::Stay { patient, visit: visit.into(), step });
    }

    fn class(&mut self, pv1: &Segment<'_>) -> Option<Class> {
        let text = pv1.value(2, 1);
        if let Some(class) = self.terms.site.classes.get(&*text) {
            return Some(*class);
        }
        match &*text {
            "E" => Some(Class::Emergency),
            "I" => Some(Class::Inpatient),
            "O" | "P" | "R" => Some(Class::Other),
            // Obstetrics with or without a bed, commercial accounts, not applicable, unknown.
            "" | "B" | "C" | "N" | "U" => None,
            _ => {
                let expected =
                    "a class of table 0004 (E, I, O, P, R), or one that the site's settings explain";
                self.warn(pv1, "PV1-2", &text, "which kind of patient this means is not known", expected);
                None
            }
        }
    }

    fn merges(&mut self, message: &Message<'_>) {
        let mut stays = None;
        let mut has_any = false;
        for segment in message.segments() {
            match segment.name() {
                "PID" => stays = Some(self.patient(&segment, 3)),
                "MRG" => {
                    has_any = true;
                    self.merge(&segment, stays.clone().unwrap_or_default());
                }
                _ => {}
            }
        }
        if !has_any {
            self.error(
                1,
                "MRG",
                None,
                "the segment is missing",
                "an MRG segment with the number that is no longer",
            );
        }
    }

    fn merge(&mut self, mrg: &Segment<'_>, stays: archive::Patient) {
        let gone = self.patient(mrg, 1);
        if !gone.is_known() || !stays.is_known() {
            let expected = "in PID-3 the number that stays and in MRG-1 the one that is no longer";
            return self.error(
                mrg.number,
                "MRG-1",
                None,
                "who was merged into whom cannot be read",
                expected,
            );
        }
        self.says(Says::Merged { gone, stays });
    }
}
