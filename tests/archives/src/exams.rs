//! Invented examinations: small objects, one frame of eight by eight, that any archive takes. The same number, the same bytes.

use adapter_dicom::element::{Coding, Tag, Writing};

/// Below this, every identifier is invented (PS3.5 B.2 leaves 2.25 to whoever makes numbers; nobody else makes these).
const ROOT: &str = "2.25.4711";
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
const DAYS: [&str; 9] =
    ["20260105", "20260106", "20260107", "20260219", "20260220", "20251231", "20260101", "", "20260230"];
const MODALITIES: [&str; 5] = ["CT", "MR", "DX", "US", "XA"];

/// One examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exam {
    /// Study Instance UID.
    pub study: String,
    /// Patient ID.
    pub patient: String,
    /// Study Date as it is written: some are empty, some are no day.
    pub date: &'static str,
    /// Study Time.
    pub time: String,
    /// Accession Number.
    pub accession: String,
    /// Modality.
    pub modality: &'static str,
    /// Its objects.
    pub objects: Vec<Object>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Series Instance UID.
    pub series: String,
    /// SOP Instance UID.
    pub uid: String,
    /// Number in its series, from 1.
    pub number: usize,
    /// Every pixel has this value.
    pub grey: u8,
}

/// Most objects of an examination where nothing else is said.
const OBJECTS_OF_ONE_MAX: usize = 40;

/// So many objects, in examinations of one to three series and of at most 40 objects.
pub fn invented(objects: usize) -> Vec<Exam> {
    invented_up_to(objects, OBJECTS_OF_ONE_MAX)
}

/// The same in examinations of at most so many objects.
pub fn invented_up_to(objects: usize, of_one_max: usize) -> Vec<Exam> {
    let mut exams = Vec::new();
    let mut left = objects;
    let mut number = 0usize;
    while left > 0 {
        number += 1;
        // So many or fewer, without a pattern that a query could follow.
        let wanted = (number * 7919 % of_one_max.max(1) + 1).min(left);
        left -= wanted;
        exams.push(exam(number, wanted));
    }
    exams
}

fn exam(number: usize, objects: usize) -> Exam {
    let study = format!("{ROOT}.{number}");
    let series = number % 3 + 1;
    let object = |ix: usize| {
        let lies_in = ix % series + 1;
        Object {
            series: format!("{study}.{lies_in}"),
            uid: format!("{study}.{lies_in}.{}", ix / series + 1),
            number: ix / series + 1,
            grey: u8::try_from((number + ix) % 251).unwrap_or(0),
        }
    };
    Exam {
        patient: format!("P{:05}", number % 977),
        // Most have a day; some bear none, some bear one that does not exist.
        date: DAYS
            .get(if number.is_multiple_of(50) { 7 + number / 50 % 2 } else { number % 7 })
            .copied()
            .unwrap_or(""),
        time: format!("{:02}{:02}{:02}", number % 24, number * 13 % 60, number * 29 % 60),
        accession: format!("A{number:08}"),
        modality: MODALITIES.get(number % MODALITIES.len()).copied().unwrap_or("OT"),
        objects: (0..objects).map(object).collect(),
        study,
    }
}

/// A data set as a file (PS3.10) of this class and name.
pub(crate) fn as_file(class: &str, uid: &str, set: &Writing) -> Vec<u8> {
    let head = Writing::default()
        .bytes(Tag(0x0002, 0x0001), b"OB", vec![0, 1])
        .text(Tag(0x0002, 0x0002), b"UI", class)
        .text(Tag(0x0002, 0x0003), b"UI", uid)
        .text(Tag(0x0002, 0x0010), b"UI", Coding::Explicit.uid())
        .text(Tag(0x0002, 0x0012), b"UI", ROOT)
        .coded(Coding::Explicit);
    let length = u32::try_from(head.len()).unwrap_or(0).to_le_bytes().to_vec();
    let group = Writing::default().bytes(Tag(0x0002, 0x0000), b"UL", length).coded(Coding::Explicit);
    let mut out = vec![0; 128];
    out.extend(b"DICM");
    out.extend(group);
    out.extend(head);
    out.extend(set.coded(Coding::Explicit));
    out
}

impl Exam {
    /// An object as a file (PS3.10).
    pub fn file(&self, object: &Object) -> Vec<u8> {
        as_file(SECONDARY_CAPTURE, &object.uid, &self.data_set(object))
    }

    fn data_set(&self, object: &Object) -> Writing {
        Writing::default()
            .text(Tag(0x0008, 0x0016), b"UI", SECONDARY_CAPTURE)
            .text(Tag(0x0008, 0x0018), b"UI", &object.uid)
            .text(Tag(0x0008, 0x0020), b"DA", self.date)
            .text(Tag(0x0008, 0x0030), b"TM", &self.time)
            .text(Tag(0x0008, 0x0050), b"SH", &self.accession)
            .text(Tag(0x0008, 0x0060), b"CS", self.modality)
            .text(Tag(0x0008, 0x0064), b"CS", "SYN")
            .text(Tag(0x0010, 0x0010), b"PN", &format!("Invented^{}", self.patient))
            .text(Tag(0x0010, 0x0020), b"LO", &self.patient)
            .text(Tag(0x0010, 0x0030), b"DA", "19500101")
            .text(Tag(0x0010, 0x0040), b"CS", "O")
            .text(Tag(0x0020, 0x000D), b"UI", &self.study)
            .text(Tag(0x0020, 0x000E), b"UI", &object.series)
            .text(Tag(0x0020, 0x0010), b"SH", &self.accession)
            .text(Tag(0x0020, 0x0011), b"IS", "1")
            .text(Tag(0x0020, 0x0013), b"IS", &object.number.to_string())
            .short(Tag(0x0028, 0x0002), 1)
            .text(Tag(0x0028, 0x0004), b"CS", "MONOCHROME2")
            .short(Tag(0x0028, 0x0010), 8)
            .short(Tag(0x0028, 0x0011), 8)
            .short(Tag(0x0028, 0x0100), 8)
            .short(Tag(0x0028, 0x0101), 8)
            .short(Tag(0x0028, 0x0102), 7)
            .short(Tag(0x0028, 0x0103), 0)
            .bytes(Tag(0x7FE0, 0x0010), b"OW", vec![object.grey; 64])
    }
}
