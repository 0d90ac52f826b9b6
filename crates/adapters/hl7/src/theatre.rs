//! Theatre lists (SIU, chapter 10): which patient is to be operated on, when, or no longer.

use archive::circumstances::{Appointment, Says};

use crate::message::Message;
use crate::read::Reader;

/// Does this event say something of an appointment?
pub(crate) fn says(event: &str) -> bool {
    matches!(event, "S12" | "S13" | "S14" | "S15" | "S16" | "S17" | "S26")
}

/// Where the beginning of an appointment may stand: of the service, the place, the appointment itself.
const STARTS: [(&str, usize, usize); 4] = [("AIS", 4, 1), ("AIL", 6, 1), ("SCH", 11, 4), ("TQ1", 7, 1)];

impl Reader<'_, '_> {
    pub(crate) fn theatre(&mut self, message: &Message<'_>, event: &str) {
        let Some(sch) = message.first("SCH") else {
            return self.error(
                1,
                "SCH",
                None,
                "the segment is missing",
                "an SCH segment with the appointment's number",
            );
        };
        let number =
            Some(sch.value(2, 1)).filter(|number| !number.is_empty()).unwrap_or_else(|| sch.value(1, 1));
        let status = sch.value(25, 1).to_lowercase();
        let is_over = matches!(&*status, "cancelled" | "complete" | "deleted" | "discontinued" | "noshow");
        let appointment =
            if matches!(event, "S15" | "S16" | "S17" | "S26") || is_over || self.is_elsewhere(message) {
                Appointment::Off
            } else {
                // Of several times the first: a patient is in theatre when the first service begins.
                let mut first = None;
                for segment in message.segments() {
                    for (name, field, component) in STARTS {
                        if segment.name() == name
                            && let Some(at) = self.time(&segment, field, component)
                        {
                            first = Some(first.map_or(at, |first: model::Time| first.min(at)));
                        }
                    }
                }
                first.map_or(Appointment::Sometime, Appointment::At)
            };
        let patients: Vec<_> = message.segments().filter(|segment| segment.name() == "PID").collect();
        let known: Vec<_> =
            patients.iter().map(|pid| self.patient(pid, 3)).filter(archive::Patient::is_known).collect();
        if known.is_empty() {
            let segment = patients.first().map_or(1, |pid| pid.number);
            let expected = "the number of the patient who is to be operated on";
            return self.error(
                segment,
                "PID-3.1",
                None,
                "whose appointment this is cannot be read",
                expected,
            );
        }
        for patient in known {
            self.says(Says::Theatre { patient, number: number.as_str().into(), appointment });
        }
    }

    /// Are all of its places known not to be theatres? Then an operation, if it was one, is off the list.
    fn is_elsewhere(&self, message: &Message<'_>) -> bool {
        let theatres = &self.terms.site.theatres;
        let mut places = message.segments().filter(|segment| segment.name() == "AIL").peekable();
        if theatres.is_empty() || places.peek().is_none() {
            return false;
        }
        places.all(|ail| {
            [1, 2, 4]
                .into_iter()
                .map(|component| ail.value(3, component))
                .all(|name| !theatres.iter().any(|known| **known == *name))
        })
    }
}
