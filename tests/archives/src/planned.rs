//! An entry of a worklist, as a file that Orthanc's plugin hands out.

use adapter_dicom::element::{Coding, Tag, Writing};

use crate::exams::as_file;

const WORKLIST: &str = "1.2.840.10008.5.1.4.31";

/// A step that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// Scheduled Procedure Step ID.
    pub step: &'a str,
    /// Accession Number.
    pub accession: &'a str,
    /// Study Instance UID.
    pub study: &'a str,
    /// Patient ID.
    pub patient: &'a str,
    /// Requested Procedure Priority.
    pub priority: &'a str,
    /// Modality.
    pub modality: &'a str,
    /// Day on which it begins.
    pub day: &'a str,
    /// Time at which it begins.
    pub time: &'a str,
}

impl Planned<'_> {
    pub(crate) fn file(&self) -> Vec<u8> {
        let step = Writing::default()
            .text(Tag(0x0008, 0x0060), b"CS", self.modality)
            .text(Tag(0x0040, 0x0001), b"AE", "CT1")
            .text(Tag(0x0040, 0x0002), b"DA", self.day)
            .text(Tag(0x0040, 0x0003), b"TM", self.time)
            .text(Tag(0x0040, 0x0009), b"SH", self.step);
        let set = Writing::default()
            .text(Tag(0x0008, 0x0050), b"SH", self.accession)
            .text(Tag(0x0010, 0x0010), b"PN", "Invented^Asta")
            .text(Tag(0x0010, 0x0020), b"LO", self.patient)
            .text(Tag(0x0020, 0x000D), b"UI", self.study)
            .items(Tag(0x0040, 0x0100), Coding::Explicit, &[step])
            .text(Tag(0x0040, 0x1001), b"SH", &format!("RP{}", self.step))
            .text(Tag(0x0040, 0x1003), b"SH", self.priority);
        as_file(WORKLIST, &format!("{}.9", self.study), &set)
    }
}
