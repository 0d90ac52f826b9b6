//! Data sets as flat lists of elements, read in place (PS3.5 §7): what queries and commands are made of. Sequences are stepped over by their
//! lengths or delimiters, never entered for values.
//!
//! Libraries for whole objects take as much memory as a length field claims; this reader takes none and never looks beyond what arrived.

use std::collections::BTreeMap;
use std::fmt;

use dicom_encoding::text::{SpecificCharacterSet, TextCodec};

use crate::limits::{DEPTH_MAX, ELEMENTS_MAX};

/// Names an element: group and number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16, pub u16);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:04X},{:04X})", self.0, self.1)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_ENDS: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_ENDS: Tag = Tag(0xFFFE, 0xE0DD);
const UNDEFINED: u32 = u32::MAX;

/// How elements are written (PS3.5 A.1, A.2); both with the least significant byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Without value representations.
    Implicit,
    /// With them.
    Explicit,
}

impl Coding {
    /// Its transfer syntax.
    pub fn uid(self) -> &'static str {
        match self {
            Coding::Implicit => "1.2.840.10008.1.2",
            Coding::Explicit => "1.2.840.10008.1.2.1",
        }
    }

    /// The coding that a transfer syntax means, if it is one of the two.
    pub fn of(uid: &str) -> Option<Coding> {
        [Coding::Implicit, Coding::Explicit]
            .into_iter()
            .find(|coding| coding.uid() == uid.trim_end_matches('\0'))
    }
}

/// Why bytes are no data set. Places are counted in bytes from its beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotADataSet {
    /// An element says that it is longer than what arrived.
    #[error("element {tag} at byte {at} has {length} bytes, but only {left} arrived")]
    Beyond {
        /// Which.
        tag: Tag,
        /// Where.
        at: usize,
        /// What it claims.
        length: u64,
        /// What there is.
        left: usize,
    },
    /// It ends in the middle of an element's head.
    #[error("the data set ends in the middle of an element, at byte {0}")]
    Ends(usize),
    /// Elements stand in rising order (PS3.5 §7.1).
    #[error("element {tag} at byte {at} comes after {before}; elements stand in rising order")]
    Order {
        /// Which.
        tag: Tag,
        /// Where.
        at: usize,
        /// The one before.
        before: Tag,
    },
    /// More than [`ELEMENTS_MAX`].
    #[error("the data set has more than {ELEMENTS_MAX} elements")]
    TooMany,
    /// Deeper than [`DEPTH_MAX`].
    #[error("sequences are nested more than {DEPTH_MAX} deep, at byte {0}")]
    TooDeep(usize),
    /// Something else than an item in a sequence, or an item outside one.
    #[error("{tag} at byte {at} does not belong there")]
    Misplaced {
        /// Which.
        tag: Tag,
        /// Where.
        at: usize,
    },
}

/// A data set, read in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSet<'a> {
    coding: Coding,
    elements: BTreeMap<Tag, &'a [u8]>,
}

impl<'a> DataSet<'a> {
    /// Reads all of `bytes`.
    ///
    /// # Errors
    /// They are no data set in this coding, or go beyond a limit.
    pub fn read(bytes: &'a [u8], coding: Coding) -> Result<DataSet<'a>, NotADataSet> {
        let mut reader = Reader { bytes, at: 0, coding, seen: 0 };
        let mut elements: BTreeMap<Tag, &'a [u8]> = BTreeMap::new();
        while reader.at < bytes.len() {
            let at = reader.at;
            let head = reader.head()?;
            if head.tag.0 == 0xFFFE {
                return Err(NotADataSet::Misplaced { tag: head.tag, at });
            }
            if let Some((before, _)) = elements.last_key_value().filter(|(before, _)| **before >= head.tag) {
                return Err(NotADataSet::Order { tag: head.tag, at, before: *before });
            }
            let value = reader.value(head, at, 0)?;
            elements.insert(head.tag, value);
        }
        Ok(DataSet { coding, elements })
    }

    /// The items of a sequence; none where it is not there.
    ///
    /// # Errors
    /// It holds something else than items, or an item is no data set.
    pub fn items(&self, tag: Tag) -> Result<Vec<DataSet<'a>>, NotADataSet> {
        let bytes = self.bytes(tag).unwrap_or(&[]);
        let mut reader = Reader { bytes, at: 0, coding: self.coding, seen: 0 };
        let mut items = Vec::new();
        while reader.at < bytes.len() {
            let at = reader.at;
            let head = reader.head()?;
            match head.tag {
                SEQUENCE_ENDS => break,
                ITEM if head.length == UNDEFINED => {
                    let from = reader.at;
                    reader.item(1)?;
                    // The mark of its end has eight bytes.
                    let inner = bytes.get(from..reader.at.saturating_sub(8)).unwrap_or(&[]);
                    items.push(DataSet::read(inner, self.coding)?);
                }
                ITEM => items.push(DataSet::read(reader.value(head, at, 0)?, self.coding)?),
                tag => return Err(NotADataSet::Misplaced { tag, at }),
            }
        }
        Ok(items)
    }

    /// The bytes of an element, without padding; `None` where it is not there.
    pub fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        self.elements.get(&tag).copied()
    }

    /// An element's text, in its character set, without padding; empty where it has no value or is not there. What cannot be read in that
    /// character set is replaced: a name is then odd and not lost.
    pub fn text(&self, tag: Tag) -> String {
        let bytes = self.bytes(tag).unwrap_or(&[]);
        let plain = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii());
        let text = plain.map_or_else(|| self.decoded(bytes), ToOwned::to_owned);
        text.trim_matches(['\0', ' ']).to_owned()
    }

    fn decoded(&self, bytes: &[u8]) -> String {
        let named = self.bytes(CHARACTER_SET).map(String::from_utf8_lossy);
        // Of several (code extensions) the first says how the value begins; the rest of such a name may come out odd.
        let first = named.as_deref().and_then(|text| text.split('\\').next()).map(str::trim);
        let set = first.and_then(SpecificCharacterSet::from_code).unwrap_or_default();
        set.decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A number written in two bytes (US).
    pub fn short(&self, tag: Tag) -> Option<u16> {
        self.bytes(tag)?.try_into().ok().map(u16::from_le_bytes)
    }

    /// A number written as text (IS); `None` where it is no whole number from 0.
    pub fn count(&self, tag: Tag) -> Option<u64> {
        self.text(tag).trim().parse().ok()
    }
}

#[derive(Clone, Copy)]
struct Head {
    tag: Tag,
    /// Explicitly a sequence, or unknown with items inside.
    nested: bool,
    length: u32,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    coding: Coding,
    seen: usize,
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], NotADataSet> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let taken = rest.first_chunk::<N>().ok_or(NotADataSet::Ends(self.at))?;
        self.at += N;
        Ok(*taken)
    }

    fn head(&mut self) -> Result<Head, NotADataSet> {
        self.seen += 1;
        if self.seen > ELEMENTS_MAX {
            return Err(NotADataSet::TooMany);
        }
        let [g0, g1, e0, e1] = self.take()?;
        let tag = Tag(u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]));
        if self.coding == Coding::Implicit || tag.0 == 0xFFFE {
            let length = u32::from_le_bytes(self.take()?);
            return Ok(Head { tag, nested: length == UNDEFINED, length });
        }
        let vr: [u8; 2] = self.take()?;
        let length = if is_long(vr) {
            let _reserved: [u8; 2] = self.take()?;
            u32::from_le_bytes(self.take()?)
        } else {
            u32::from(u16::from_le_bytes(self.take()?))
        };
        Ok(Head { tag, nested: length == UNDEFINED, length })
    }

    /// The value that follows, which is stepped over.
    fn value(&mut self, head: Head, at: usize, depth: usize) -> Result<&'a [u8], NotADataSet> {
        let from = self.at;
        if head.nested {
            self.items(depth + 1)?;
            return Ok(self.bytes.get(from..self.at).unwrap_or(&[]));
        }
        let left = self.bytes.len() - from;
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        let value = from.checked_add(length).and_then(|to| self.bytes.get(from..to));
        let beyond = || NotADataSet::Beyond { tag: head.tag, at, length: u64::from(head.length), left };
        let value = value.ok_or_else(beyond)?;
        self.at = from + length;
        Ok(value)
    }

    /// The items of a sequence whose end is marked.
    fn items(&mut self, depth: usize) -> Result<(), NotADataSet> {
        if depth > DEPTH_MAX {
            return Err(NotADataSet::TooDeep(self.at));
        }
        loop {
            let at = self.at;
            let head = self.head()?;
            match head.tag {
                SEQUENCE_ENDS => return Ok(()),
                ITEM if head.length == UNDEFINED => self.item(depth)?,
                ITEM => {
                    self.value(head, at, depth)?;
                }
                tag => return Err(NotADataSet::Misplaced { tag, at }),
            }
        }
    }

    /// The elements of an item whose end is marked.
    fn item(&mut self, depth: usize) -> Result<(), NotADataSet> {
        loop {
            let at = self.at;
            let head = self.head()?;
            match head.tag {
                ITEM_ENDS => return Ok(()),
                tag @ Tag(0xFFFE, _) => return Err(NotADataSet::Misplaced { tag, at }),
                _ => {
                    self.value(head, at, depth)?;
                }
            }
        }
    }
}

/// Value representations whose length has four bytes (PS3.5 §7.1.2).
pub(crate) fn is_long(vr: [u8; 2]) -> bool {
    matches!(
        &vr,
        b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV"
    )
}

/// A data set that is being written. Elements are put into their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    elements: BTreeMap<Tag, ([u8; 2], Vec<u8>)>,
}

impl Writing {
    /// Puts a text; a value of odd length is padded as its representation wants it (PS3.5 §6.2).
    #[must_use]
    pub fn text(self, tag: Tag, vr: &[u8; 2], text: &str) -> Writing {
        let mut bytes = text.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(if vr == b"UI" { 0 } else { b' ' });
        }
        self.bytes(tag, vr, bytes)
    }

    /// Puts a number of two bytes.
    #[must_use]
    pub fn short(self, tag: Tag, number: u16) -> Writing {
        self.bytes(tag, b"US", number.to_le_bytes().to_vec())
    }

    /// Puts a sequence of items, each a whole data set.
    #[must_use]
    pub fn items(self, tag: Tag, coding: Coding, items: &[Writing]) -> Writing {
        let mut bytes = Vec::new();
        for item in items {
            let inner = item.coded(coding);
            put_head(&mut bytes, ITEM, None, inner.len());
            bytes.extend(inner);
        }
        self.bytes(tag, b"SQ", bytes)
    }

    /// Puts bytes of even length.
    #[must_use]
    pub fn bytes(mut self, tag: Tag, vr: &[u8; 2], bytes: Vec<u8>) -> Writing {
        self.elements.insert(tag, (*vr, bytes));
        self
    }

    /// The data set in this coding.
    pub fn coded(&self, coding: Coding) -> Vec<u8> {
        let mut out = Vec::new();
        for (tag, (vr, value)) in &self.elements {
            put_head(&mut out, *tag, (coding == Coding::Explicit).then_some(*vr), value.len());
            out.extend_from_slice(value);
        }
        out
    }
}

fn put_head(out: &mut Vec<u8>, tag: Tag, vr: Option<[u8; 2]>, length: usize) {
    out.extend(tag.0.to_le_bytes());
    out.extend(tag.1.to_le_bytes());
    match vr {
        Some(vr) if is_long(vr) => {
            out.extend(vr);
            out.extend([0, 0]);
            out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
        Some(vr) => {
            out.extend(vr);
            out.extend(u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
        }
        None => out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()),
    }
}
