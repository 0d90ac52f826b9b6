//! Rows of the DICOM JSON model (PS3.18 F.2), read one after another: a long answer is never held twice.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::element::Tag;
use crate::limits::{ELEMENTS_MAX, ROWS_MAX};

/// Longest beginning of a reader's message that is repeated, in characters.
const SAID_MAX_CHARACTERS: usize = 160;

/// A row: the first value of each attribute as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonRow {
    values: BTreeMap<Tag, Vec<Box<str>>>,
}

/// Why a body holds no rows.
#[derive(Debug, thiserror::Error)]
#[error("not an array of DICOM JSON objects, at row {row}: {says}")]
pub struct NotRows {
    /// The row in which it goes wrong, counted from 1.
    pub row: u64,
    /// What is wrong, with line and column.
    pub says: Box<str>,
}

impl JsonRow {
    /// The first value of an attribute; empty where it has none.
    pub fn text(&self, tag: Tag) -> &str {
        self.values.get(&tag).and_then(|values| values.first()).map_or("", |value| value)
    }

    /// A whole number from 0.
    pub fn count(&self, tag: Tag) -> Option<u64> {
        self.text(tag).trim().parse().ok()
    }
}

/// Hands each row over as it is read. An empty body has none.
///
/// # Errors
/// The body is no array of objects, or has more than [`ROWS_MAX`] rows. What was handed over until then is not the whole answer.
pub fn read_rows(body: &[u8], row: impl FnMut(JsonRow)) -> Result<u64, NotRows> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(0);
    }
    let mut rows = Rows { row, seen: 0 };
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = reader.deserialize_seq(&mut rows).and_then(|()| reader.end());
    match read {
        Ok(()) => Ok(rows.seen),
        Err(error) => Err(NotRows { row: rows.seen + 1, says: said(&error) }),
    }
}

/// What is wrong and where. The library repeats what it found, however long: only its beginning is kept.
pub(crate) fn said(error: &serde_json::Error) -> Box<str> {
    let text: String = error.to_string().chars().take(SAID_MAX_CHARACTERS).collect();
    format!("{text} (line {}, column {})", error.line(), error.column()).into()
}

struct Rows<F> {
    row: F,
    seen: u64,
}

impl<'de, F: FnMut(JsonRow)> Visitor<'de> for &mut Rows<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element::<JsonRow>()? {
            if self.seen >= ROWS_MAX as u64 {
                return Err(serde::de::Error::custom(format_args!("more than {ROWS_MAX} rows")));
            }
            self.seen += 1;
            (self.row)(row);
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for JsonRow {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<JsonRow, D::Error> {
        reader.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = JsonRow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object whose names are tags such as \"0020000D\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonRow, A::Error> {
        let (mut row, mut seen) = (JsonRow::default(), 0usize);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            seen += 1;
            if seen > ELEMENTS_MAX {
                return Err(serde::de::Error::custom(format_args!("more than {ELEMENTS_MAX} attributes")));
            }
            let Some(tag) = tag(&name) else {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            };
            let element: Element = map.next_value()?;
            if row.values.insert(tag, element.values()).is_some() {
                return Err(serde::de::Error::custom(format_args!("attribute {tag} stands there twice")));
            }
        }
        Ok(row)
    }
}

/// `0020000D` as a tag.
fn tag(name: &str) -> Option<Tag> {
    let hex = name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = hex.then(|| u32::from_str_radix(name, 16).ok()).flatten()?;
    let [a, b, c, d] = number.to_be_bytes();
    Some(Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
}

#[derive(Deserialize)]
struct Element {
    #[serde(rename = "Value", default)]
    values: Vec<Value>,
}

impl Element {
    /// Texts and numbers as text; sequences have none here.
    fn values(self) -> Vec<Box<str>> {
        let text = |value: Value| match value {
            Value::Text(text) => Some(text.trim_matches(['\0', ' ']).into()),
            Value::Whole(number) => Some(number.to_string().into()),
            Value::Name { alphabetic } => Some(alphabetic.into()),
            Value::Other(_) => None,
        };
        self.values.into_iter().filter_map(text).collect()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Whole(i64),
    Name {
        #[serde(rename = "Alphabetic")]
        alphabetic: String,
    },
    Other(serde::de::IgnoredAny),
}
