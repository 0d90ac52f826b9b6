//! Texts in one notation: archives pad, trim and recode them, and that changes nothing of what they say.

use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _, VirtualVr};
use dicom_core::{Tag as StandardTag, VR};
use dicom_dictionary_std::StandardDataDictionary;
use dicom_encoding::text::{SpecificCharacterSet, TextCodec};

use crate::element::Tag;

/// What an attribute's value is, by the data dictionary (PS3.6): what stands there in explicit notation may be lost on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text of one value.
    Text,
    /// A text of several values, parted by backslashes.
    Texts,
    /// Names of persons: as texts, with parts that may be left empty at the end.
    Names,
    /// Bytes that are compared as they stand.
    Bytes,
    /// A sequence of items.
    Items,
}

/// `None` where the dictionary does not know it.
pub(super) fn kind(tag: Tag) -> Option<Kind> {
    let entry = StandardDataDictionary.by_tag(StandardTag(tag.0, tag.1))?;
    Some(match entry.vr() {
        VirtualVr::Exact(VR::SQ) => Kind::Items,
        VirtualVr::Exact(VR::PN) => Kind::Names,
        VirtualVr::Exact(VR::LT | VR::ST | VR::UT | VR::UR) => Kind::Text,
        VirtualVr::Exact(
            VR::AE
            | VR::AS
            | VR::CS
            | VR::DA
            | VR::DS
            | VR::DT
            | VR::IS
            | VR::LO
            | VR::SH
            | VR::TM
            | VR::UC
            | VR::UI,
        ) => Kind::Texts,
        _ => Kind::Bytes,
    })
}

/// How texts of an object are written (PS3.3 C.12.1.1.2).
pub(super) enum Charset {
    /// In one character set.
    One(SpecificCharacterSet),
    /// In several at a time, or in one that is not known: texts beyond ASCII are compared as they stand.
    Other,
}

impl Charset {
    pub(super) fn read(value: &[u8]) -> Charset {
        let text = String::from_utf8_lossy(value);
        let text = text.trim_matches([' ', '\0']);
        match text {
            "" => Charset::One(SpecificCharacterSet::default()),
            one => SpecificCharacterSet::from_code(one)
                .filter(|_| !one.contains('\\'))
                .map_or(Charset::Other, Charset::One),
        }
    }

    /// The text in UTF-8, if that can be said.
    fn decoded(&self, bytes: &[u8]) -> Option<String> {
        let ascii =
            std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii() && !text.contains('\u{1b}'));
        match (ascii, self) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Charset::One(set)) => set.decode(bytes).ok(),
            (None, Charset::Other) => None,
        }
    }
}

/// A value in one notation, and whether it could be decoded; empty where it says nothing.
pub(super) fn plain(bytes: &[u8], kind: Kind, charset: &Charset) -> (bool, Vec<u8>) {
    let Some(text) = charset.decoded(bytes) else {
        let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |at| at + 1);
        return (false, bytes.get(..end).unwrap_or(bytes).to_vec());
    };
    let padding = [' ', '\0'];
    let text = match kind {
        // What stands before the first word of a longer text may be meant.
        Kind::Text => text.trim_end_matches(padding).to_owned(),
        Kind::Names => joined(&text, |one| one.trim_matches(padding).trim_end_matches(['^', '=', ' '])),
        Kind::Texts | Kind::Bytes | Kind::Items => joined(&text, |one| one.trim_matches(padding)),
    };
    (true, text.into_bytes())
}

fn joined(text: &str, each: impl Fn(&str) -> &str) -> String {
    text.split('\\').map(each).collect::<Vec<_>>().join("\\")
}
