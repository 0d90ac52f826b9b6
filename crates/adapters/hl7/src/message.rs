//! One message: segments, and in them fields, repetitions, components and subcomponents, read in place (HL7 2.5.1, chapter 2.6).

use crate::charset::Charset;
use crate::escape::unescape;
use crate::{PARTS_MAX, SEGMENTS_MAX};

/// The characters that separate what stands in a message (MSH-1 and MSH-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// Between fields, usually `|`.
    pub field: char,
    /// Between components, usually `^`.
    pub component: char,
    /// Between repetitions, usually `~`.
    pub repetition: char,
    /// Around escape sequences, usually `\`.
    pub escape: char,
    /// Between subcomponents, usually `&`.
    pub subcomponent: char,
    /// Where a value was cut (from version 2.7 on), usually `#`.
    pub truncation: Option<char>,
}

impl Default for Separators {
    fn default() -> Separators {
        Separators {
            field: '|',
            component: '^',
            repetition: '~',
            escape: '\\',
            subcomponent: '&',
            truncation: None,
        }
    }
}

impl Separators {
    /// Those that the first segment names; an error with what is wrong with MSH-2.
    pub(crate) fn of(first: &str) -> Result<Separators, &'static str> {
        let mut chars = first.chars().skip(3);
        let field = chars.next().filter(|c| is_separator(*c)).ok_or("no field separator stands after MSH")?;
        let named: Vec<char> = chars.take_while(|c| *c != field).take(6).collect();
        let (component, repetition, escape, subcomponent, truncation) = match named[..] {
            // Written by programs that escape the escape character once more; found in messages of two of them.
            [a, b, c, again, d] if c == again => (a, b, c, d, None),
            [a, b, c, d] => (a, b, c, d, None),
            [a, b, c, d, e] => (a, b, c, d, Some(e)),
            _ => return Err("it has not four or five characters"),
        };
        let mut all = vec![field, component, repetition, escape, subcomponent];
        all.extend(truncation);
        if !all.iter().all(|c| is_separator(*c)) {
            return Err("letters, digits, blanks and control characters separate nothing");
        }
        all.sort_unstable();
        all.dedup();
        if all.len() < 5 + usize::from(truncation.is_some()) {
            return Err("two of its characters are the same, or the field separator");
        }
        Ok(Separators { field, component, repetition, escape, subcomponent, truncation })
    }
}

fn is_separator(c: char) -> bool {
    c.is_ascii_punctuation()
}

/// A message, read in place.
#[derive(Clone, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) separators: Separators,
    pub(crate) charset: Charset,
    segments: Vec<&'a str>,
}

/// Why a text is no message: the segment (from 1), the field, what is wrong, what would be right.
#[derive(Debug)]
pub(crate) struct NotAMessage {
    pub(crate) segment: u64,
    pub(crate) field: &'static str,
    pub(crate) problem: String,
    pub(crate) expected: &'static str,
}

impl<'a> Message<'a> {
    pub(crate) fn read(text: &'a str, charset: Charset) -> Result<Message<'a>, NotAMessage> {
        let mut segments: Vec<&str> = Vec::new();
        let first = text.split(['\r', '\n']).find(|line| !line.is_empty()).unwrap_or("");
        let separators = Separators::of(first).map_err(|problem| NotAMessage {
            segment: 1,
            field: "MSH-2",
            problem: problem.to_owned(),
            expected: "five different characters in MSH-1 and MSH-2, usually |^~\\&",
        })?;
        for line in text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()) {
            if is_segment(line, separators.field) {
                if segments.len() == SEGMENTS_MAX {
                    let problem = format!("the message has more than {SEGMENTS_MAX} segments");
                    return Err(NotAMessage {
                        segment: SEGMENTS_MAX as u64,
                        field: "the message",
                        problem,
                        expected: "one message",
                    });
                }
                segments.push(line);
            } else if !segments.last().is_some_and(|last| last.starts_with("OBX") || last.starts_with("NTE"))
            {
                // Texts of results go over several lines, and nothing is read out of them.
                return Err(NotAMessage {
                    segment: segments.len() as u64 + 1,
                    field: "the segment",
                    problem: format!("it begins with {:?}", line.chars().take(12).collect::<String>()),
                    expected: "three capital letters or digits and the field separator; a line that goes on stands \
                               behind OBX and NTE only",
                });
            }
        }
        Ok(Message { separators, charset, segments })
    }

    /// Its segments, with their numbers from 1.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        let whole = |(number, text): (u64, &&'a str)| Segment { message: self, number, text };
        (1..).zip(&self.segments).map(whole)
    }

    /// The first segment of this name.
    pub(crate) fn first(&self, name: &str) -> Option<Segment<'_>> {
        self.segments().find(|segment| segment.name() == name)
    }
}

fn is_segment(line: &str, field: char) -> bool {
    let bytes = line.as_bytes();
    let name = bytes.get(..3).unwrap_or(&[]);
    let is_name = name.len() == 3
        && name[0].is_ascii_uppercase()
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_name && line.get(3..).is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with(field))
}

/// One segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<'a> {
    message: &'a Message<'a>,
    pub(crate) number: u64,
    text: &'a str,
}

impl<'a> Segment<'a> {
    pub(crate) fn name(&self) -> &'a str {
        self.text.get(..3).unwrap_or("")
    }

    /// A field as it stands, without blanks at its end; empty where it is not there or is to be deleted (`""`).
    fn field(&self, number: usize) -> &'a str {
        // MSH-1 is the separator itself.
        let at = if self.name() == "MSH" { number.saturating_sub(1) } else { number };
        let text = self.text.split(self.message.separators.field).nth(at).unwrap_or("").trim_end();
        if text == "\"\"" { "" } else { text }
    }

    /// The repetitions of a field.
    pub(crate) fn repetitions(&self, field: usize) -> impl Iterator<Item = Repetition<'a>> {
        let message = self.message;
        let whole = self.field(field).split(message.separators.repetition);
        whole.take(PARTS_MAX).map(move |text| Repetition { message, text })
    }

    /// The first repetition of a field.
    pub(crate) fn repetition(&self, field: usize) -> Repetition<'a> {
        let first = self.field(field).split(self.message.separators.repetition).next();
        Repetition { message: self.message, text: first.unwrap_or("") }
    }

    /// A component of a field's first repetition (its first subcomponent), as text; empty where it is not there.
    pub(crate) fn value(&self, field: usize, component: usize) -> String {
        self.repetition(field).component(component)
    }
}

/// One value of a field that may have several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repetition<'a> {
    message: &'a Message<'a>,
    text: &'a str,
}

impl Repetition<'_> {
    /// A component's first subcomponent, as text without blanks around it; empty where it is not there.
    pub(crate) fn component(&self, number: usize) -> String {
        let separators = &self.message.separators;
        let whole = self.text.split(separators.component).nth(number.saturating_sub(1)).unwrap_or("");
        let first = whole.split(separators.subcomponent).next().unwrap_or("");
        let text = unescape(first, separators, self.message.charset);
        let text = text.trim();
        if text == "\"\"" { String::new() } else { text.to_owned() }
    }
}

/// Where a value stands: `OBR-18`, `OBR-3.1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    pub(crate) segment: Box<str>,
    pub(crate) field: usize,
    pub(crate) component: usize,
}

/// Why a text names no field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no field; write a segment, its field and perhaps a component: OBR-18 or OBR-3.1")]
pub struct NotAPath(Box<str>);

impl FieldPath {
    /// Reads `OBR-18` or `OBR-3.1`; without a component the first is meant.
    ///
    /// # Errors
    /// The text is something else.
    pub fn parse(text: &str) -> Result<FieldPath, NotAPath> {
        let no = || NotAPath(text.chars().take(40).collect());
        let (segment, place) = text.split_once('-').ok_or_else(no)?;
        let (field, component) = place.split_once('.').unwrap_or((place, "1"));
        let number =
            |text: &str| text.parse().ok().filter(|number: &usize| (1..=999).contains(number)).ok_or_else(no);
        if !is_segment(segment, '|') || segment.len() != 3 {
            return Err(no());
        }
        Ok(FieldPath { segment: segment.into(), field: number(field)?, component: number(component)? })
    }
}

impl std::fmt::Display for FieldPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}.{}", self.segment, self.field, self.component)
    }
}
