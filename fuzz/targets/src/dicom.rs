//! Data sets and commands of DIMSE: whatever the bytes, values that lie in them, or a refusal with its place. The first byte says which coding.

use adapter_dicom::dimse::Command;
use adapter_dicom::element::{Coding, DataSet, Tag};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "\0",
    "\u{1}",
    "\u{8}\0P\0",
    "\u{10}\0 \0",
    " \0\r\0",
    "UI",
    "LO",
    "SQ",
    "UN",
    "OB",
    "\u{4}\0\0\0",
    "\u{7f}\0\0\0",
    "1.2.840.10008.1.2",
    "ISO_IR 100",
    "ISO 2022 IR 87\\",
    "\\",
];

const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
const PATIENT: Tag = Tag(0x0010, 0x0020);
const SEQUENCE: Tag = Tag(0x0008, 0x1199);

/// Reads `data`.
pub fn target(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let coding = if first % 2 == 0 { Coding::Implicit } else { Coding::Explicit };
    let read = DataSet::read(bytes, coding);
    match &read {
        Ok(set) => {
            for tag in [CHARACTER_SET, PATIENT, SEQUENCE] {
                assert!(set.bytes(tag).unwrap_or(&[]).len() <= bytes.len(), "a value lies in what arrived");
                // A character of one byte becomes at most one of three.
                assert!(set.text(tag).len() <= bytes.len() * 3);
            }
            if let Ok(items) = set.items(SEQUENCE) {
                assert!(items.len() <= bytes.len() / 8, "an item has a head of eight bytes");
            }
        }
        Err(error) => assert!(error.to_string().len() < 256, "a message stays readable"),
    }
    assert_eq!(read, DataSet::read(bytes, coding), "the same bytes give the same answer");
    if let Ok(command) = Command::read(bytes) {
        assert!(command.comment.len() <= bytes.len() * 3);
        let pending = command.status.is_some_and(|status| status.is_pending());
        assert!(!(pending && command.status.is_some_and(|status| status.is_success())));
    }
}
