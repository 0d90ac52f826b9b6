//! What the messages of a file say, and what of it could not be read. A message that says nothing of patients, orders or theatres is passed over and counted.

use archive::Patient;
use archive::circumstances::{Says, Told};
use jiff::tz::TimeZone;
use model::Time;
use model::finding::{Finding, Place};

use crate::charset::Charset;
use crate::message::{Message, Repetition, Segment};
use crate::notes::Notes;
use crate::site::Site;
use crate::{CLOCKS_APART_MAX_SECONDS, MESSAGE_MAX_BYTES, file, orders, stays, theatre, time};

/// What a file is read against.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Its name, for findings.
    pub source: &'a str,
    /// Times without an offset are local times of this zone.
    pub zone: &'a TimeZone,
    /// Nothing was recorded later.
    pub now: Time,
    /// What differs between hospitals.
    pub site: &'a Site,
}

/// What came of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Read {
    /// What its messages say.
    pub told: Vec<Told>,
    /// What could not be read or is odd, errors first; at most some hundred of each kind are listed.
    pub findings: Vec<Finding>,
    /// Errors, those that are not listed included. After one, something was said that is not in `told`.
    pub errors: u64,
    /// Messages of the file.
    pub messages: u64,
    /// Of these, messages of other kinds, which say nothing that is asked here.
    pub passed_over: u64,
}

impl Read {
    /// Was everything read that the file says?
    pub fn is_whole(&self) -> bool {
        self.errors == 0
    }
}

/// Does a file hold messages of HL7 version 2, by how it begins?
pub fn is_hl7(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = bytes.trim_ascii_start();
    text.first() == Some(&0x0B) || ["MSH", "FHS", "BHS"].iter().any(|name| text.starts_with(name.as_bytes()))
}

/// Reads a file of one message or many.
pub fn read_messages(bytes: &[u8], terms: &Terms<'_>) -> Read {
    let mut findings = Notes::new(terms.source);
    let (bytes, has_mark) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let (mut told, mut passed_over) = (Vec::new(), 0);
    let messages = file::messages(bytes, &mut findings, |number, bytes, findings| {
        let mut reader = Reader { terms, findings, number, told: &mut told, at: Time(0), has_said: false };
        reader.message(bytes, has_mark);
        passed_over += u64::from(!reader.has_said);
    });
    if messages == 0 {
        let problem = "no message stands in it";
        findings.error(Place::Whole, None, problem, "at least one message, beginning with MSH");
    }
    let (errors, findings) = findings.finish();
    Read { told, findings, errors, messages, passed_over }
}

/// Of one message.
pub(crate) struct Reader<'r, 't> {
    pub(crate) terms: &'r Terms<'t>,
    findings: &'r mut Notes,
    number: u64,
    told: &'r mut Vec<Told>,
    /// When the message was recorded.
    pub(crate) at: Time,
    /// Was anything said of it or by it?
    has_said: bool,
}

impl Reader<'_, '_> {
    fn message(&mut self, bytes: &[u8], has_mark: bool) {
        if file::is_too_large(bytes) {
            let problem = format!("the message has {} bytes", bytes.len());
            self.error(1, "MSH", None, &problem, &format!("at most {MESSAGE_MAX_BYTES} bytes"));
            return;
        }
        let Some((text, charset)) = self.decoded(bytes, has_mark) else { return };
        let message = match Message::read(&text, charset) {
            Ok(message) => message,
            Err(not) => {
                self.error(not.segment, not.field, None, &not.problem, not.expected);
                return;
            }
        };
        let Some(head) = message.first("MSH") else { return };
        let event = head.value(9, 2);
        let event = match message.first("EVN") {
            Some(evn) if event.is_empty() => evn.value(1, 1),
            Some(_) | None => event,
        };
        match (&*head.value(9, 1), &*event) {
            ("ADT", event) if stays::says(event) => {
                self.recorded(&message, |reader| reader.stay(&message, event))
            }
            ("SIU", event) if theatre::says(event) => {
                self.recorded(&message, |reader| reader.theatre(&message, event));
            }
            ("ORM", "O01") | ("OMI", "O23") | ("OMG", "O19") => {
                self.recorded(&message, |reader| reader.orders(&message, orders::Kind::Order));
            }
            ("ORU", "R01") => self.recorded(&message, |reader| reader.orders(&message, orders::Kind::Report)),
            ("", _) => {
                let expected = "the type of the message, such as ORM^O01";
                self.error(1, "MSH-9", None, "it is empty", expected);
            }
            _ => {}
        }
    }

    /// Goes on if it is known when the message was recorded.
    fn recorded(&mut self, message: &Message<'_>, go_on: impl FnOnce(&mut Self)) {
        let evn = message.first("EVN").filter(|evn| !evn.value(2, 1).is_empty());
        let (segment, field, name) = match (evn, message.first("MSH")) {
            (Some(evn), _)
                if time::read(&evn.value(2, 1), self.terms.zone).is_some_and(|read| read.has_minute) =>
            {
                (evn, 2, "EVN-2")
            }
            (_, Some(head)) => (head, 7, "MSH-7"),
            (_, None) => return,
        };
        let text = segment.value(field, 1);
        let Some(read) = time::read(&text, self.terms.zone).filter(|read| read.has_minute) else {
            let problem = "it does not say to the minute when this was recorded, and EVN-2 does not either";
            return self.error(segment.number, name, Some(&text), problem, time::EXPECTED);
        };
        if read.at > self.terms.now.plus_seconds(CLOCKS_APART_MAX_SECONDS) {
            let expected =
                "the time at which the message was recorded; whoever sends it has a clock that is wrong";
            return self.error(segment.number, name, Some(&text), "it lies in the future", expected);
        }
        if read.is_ambiguous {
            let problem = "the clocks show this time twice or leave it out; the earlier one is taken";
            self.warn(&segment, name, &text, problem, "a time with its offset");
        }
        self.at = read.at.min(self.terms.now);
        go_on(self);
    }

    fn decoded(&mut self, bytes: &[u8], has_mark: bool) -> Option<(String, Charset)> {
        let first = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or(&[]);
        // What separates stands before anything that is not ASCII could: read byte by byte it is the same in both.
        let head: String = first.iter().map(|byte| char::from(*byte)).collect();
        let head = Message::read(&head, Charset::Latin1);
        let named =
            head.as_ref().ok().and_then(|head| Some(head.first("MSH")?.value(18, 1))).unwrap_or_default();
        let charset = match &*named {
            _ if has_mark => Charset::Utf8,
            "" => self.terms.site.charset,
            name => match Charset::named(name) {
                Some(charset) => charset,
                None => {
                    let problem = "messages in this character set are not read";
                    let expected = "UNICODE UTF-8 or 8859/1; the interface engine can convert them";
                    self.error(1, "MSH-18", Some(name), problem, expected);
                    return None;
                }
            },
        };
        match charset.decode(bytes) {
            Ok(text) => Some((text, charset)),
            Err(at) => {
                let segment = 1 + bytes
                    .get(..at)
                    .unwrap_or(&[])
                    .split(|byte| matches!(byte, b'\r' | b'\n'))
                    .filter(|line| !line.trim_ascii().is_empty())
                    .count()
                    .saturating_sub(1) as u64;
                let problem =
                    format!("byte {at} of the message is not UTF-8, and MSH-18 names no other character set");
                let expected = "8859/1 in MSH-18 if that is what it is, or text in UTF-8";
                self.error(segment, "MSH-18", Some(&named), &problem, expected);
                None
            }
        }
    }

    pub(crate) fn says(&mut self, says: Says) {
        self.has_said = true;
        self.told.push(Told { at: self.at, says });
    }

    /// The patient of a field with numbers of patients (CX), by the authority that counts here.
    pub(crate) fn patient(&self, segment: &Segment<'_>, field: usize) -> Patient {
        let numbers: Vec<Repetition<'_>> =
            segment.repetitions(field).filter(|number| !number.component(1).is_empty()).collect();
        let of_kind = |kind: &str| numbers.iter().find(|number| number.component(5) == kind);
        let chosen = match &self.terms.site.patient_authority {
            Some(authority) => numbers.iter().find(|number| number.component(4) == **authority),
            None => of_kind("MR").or_else(|| of_kind("PI")).or(numbers.first()),
        };
        chosen
            .map_or_else(Patient::default, |number| Patient::new(&number.component(1), &number.component(4)))
    }

    /// A time of a field, if it holds one; what is none is said.
    pub(crate) fn time(&mut self, segment: &Segment<'_>, field: usize, component: usize) -> Option<Time> {
        let text = segment.value(field, component);
        if text.is_empty() {
            return None;
        }
        let read = time::read(&text, self.terms.zone);
        if read.is_none() {
            let place = format!("{}-{field}.{component}", segment.name());
            self.warn(segment, &place, &text, "this is no time, and was passed over", time::EXPECTED);
        }
        read.map(|read| read.at)
    }

    /// Something that is said cannot be read.
    pub(crate) fn error(
        &mut self,
        segment: u64,
        field: &str,
        value: Option<&str>,
        problem: &str,
        expected: &str,
    ) {
        self.has_said = true;
        let place = self.place(segment, field);
        self.findings.error(place, value.filter(|value| !value.is_empty()), problem, expected);
    }

    /// Something is odd, and was passed over or taken as it most likely is meant.
    pub(crate) fn warn(
        &mut self,
        segment: &Segment<'_>,
        field: &str,
        value: &str,
        problem: &str,
        expected: &str,
    ) {
        self.has_said = true;
        let place = self.place(segment.number, field);
        self.findings.warning(place, Some(value), problem, expected);
    }

    fn place(&self, segment: u64, field: &str) -> Place {
        Place::Field { message: self.number, segment, field: field.into() }
    }
}
