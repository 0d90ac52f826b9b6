//! Data sets: read as the reference implementation writes them, and never beyond what arrived.

use adapter_dicom::element::{Coding, DataSet, NotADataSet, Tag, Writing};
use dicom_core::header::Header;
use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries::{EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN};
use proptest::prelude::*;

const ACCESSION: Tag = Tag(0x0008, 0x0050);
const PATIENT: Tag = Tag(0x0010, 0x0020);
const STUDY: Tag = Tag(0x0020, 0x000D);
const CODINGS: [Coding; 2] = [Coding::Implicit, Coding::Explicit];

fn written(object: &InMemDicomObject, coding: Coding) -> Vec<u8> {
    let mut bytes = Vec::new();
    match coding {
        Coding::Implicit => object.write_dataset_with_ts(&mut bytes, &IMPLICIT_VR_LITTLE_ENDIAN.erased()),
        Coding::Explicit => object.write_dataset_with_ts(&mut bytes, &EXPLICIT_VR_LITTLE_ENDIAN.erased()),
    }
    .unwrap();
    bytes
}

fn text(tag: Tag, vr: VR, value: &str) -> DataElement<InMemDicomObject> {
    DataElement::new(dicom_core::Tag(tag.0, tag.1), vr, PrimitiveValue::from(value))
}

#[test]
fn what_is_written_is_read_again_in_both_codings() {
    for coding in CODINGS {
        let item = Writing::default().text(STUDY, b"UI", "1.2.3");
        let set = Writing::default()
            .text(STUDY, b"UI", "1.2.34")
            .text(PATIENT, b"LO", "19121212-1212")
            .short(Tag(0x0028, 0x0010), 512)
            .items(Tag(0x0008, 0x1199), coding, &[item.clone(), item]);
        let bytes = set.coded(coding);
        let read = DataSet::read(&bytes, coding).unwrap();
        assert_eq!(read.text(STUDY), "1.2.34");
        assert_eq!(read.text(PATIENT), "19121212-1212");
        assert_eq!(read.short(Tag(0x0028, 0x0010)), Some(512));
        assert_eq!(read.text(ACCESSION), "", "not there");
        let items = read.items(Tag(0x0008, 0x1199)).unwrap();
        assert_eq!(items.iter().map(|item| item.text(STUDY)).collect::<Vec<_>>(), ["1.2.3", "1.2.3"]);
    }
}

#[test]
fn an_answer_with_sequences_of_every_length_is_read_as_its_writer_meant_it() {
    let inner = InMemDicomObject::from_element_iter([text(STUDY, VR::UI, "9.9")]);
    let nested = InMemDicomObject::from_element_iter([
        text(ACCESSION, VR::SH, "inner"),
        DataElement::new(dicom_core::Tag(0x0040, 0x0275), VR::SQ, DataSetSequence::from(vec![inner])),
    ]);
    let object = InMemDicomObject::from_element_iter([
        text(ACCESSION, VR::SH, "A1"),
        DataElement::new(dicom_core::Tag(0x0008, 0x1110), VR::SQ, DataSetSequence::from(vec![nested])),
        text(PATIENT, VR::LO, "P1"),
        text(STUDY, VR::UI, "1.2.3"),
    ]);
    for coding in CODINGS {
        let bytes = written(&object, coding);
        let read = DataSet::read(&bytes, coding).unwrap();
        assert_eq!((&*read.text(ACCESSION), &*read.text(PATIENT), &*read.text(STUDY)), ("A1", "P1", "1.2.3"));
        let [nested] = &*read.items(Tag(0x0008, 0x1110)).unwrap() else { panic!("{read:?}") };
        assert_eq!(nested.text(ACCESSION), "inner");
        let [inner] = &*nested.items(Tag(0x0040, 0x0275)).unwrap() else { panic!("{nested:?}") };
        assert_eq!(inner.text(STUDY), "9.9");
    }
}

#[test]
fn a_name_is_read_in_its_character_set() {
    let named = |set: &str, bytes: &[u8]| {
        let mut all = Writing::default().text(Tag(0x0008, 0x0005), b"CS", set).coded(Coding::Implicit);
        all.extend([0x10, 0, 0x20, 0, u8::try_from(bytes.len()).unwrap(), 0, 0, 0]);
        all.extend(bytes);
        DataSet::read(&all, Coding::Implicit).unwrap().text(PATIENT)
    };
    assert_eq!(named("ISO_IR 100", b"\xc5KE "), "ÅKE");
    assert_eq!(named("ISO_IR 192", "ÅKE ".as_bytes()), "ÅKE");
}

#[test]
fn a_length_that_lies_is_refused_with_its_place_and_takes_no_memory() {
    let mut bytes = Writing::default().text(PATIENT, b"LO", "P1").coded(Coding::Implicit);
    bytes.extend([0x20, 0, 0x0D, 0, 0xF0, 0xFF, 0xFF, 0xFF, b'1', b'.']);
    let wrong = DataSet::read(&bytes, Coding::Implicit).unwrap_err();
    assert_eq!(wrong, NotADataSet::Beyond { tag: STUDY, at: 10, length: 0xFFFF_FFF0, left: 2 });
    assert_eq!(wrong.to_string(), "element (0020,000D) at byte 10 has 4294967280 bytes, but only 2 arrived");
}

#[test]
fn sequences_nested_without_end_are_refused() {
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        bytes.extend([0x08, 0, 0x10, 0x11, 0xFF, 0xFF, 0xFF, 0xFF]);
        bytes.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    assert!(matches!(DataSet::read(&bytes, Coding::Implicit), Err(NotADataSet::TooDeep(_))));
}

#[test]
fn elements_out_of_order_or_twice_are_refused_because_two_readers_would_differ() {
    let one = Writing::default().text(STUDY, b"UI", "1.2").coded(Coding::Implicit);
    let twice = [one.clone(), one].concat();
    assert!(matches!(DataSet::read(&twice, Coding::Implicit), Err(NotADataSet::Order { at: 12, .. })));
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for coding in CODINGS {
            if let Ok(set) = DataSet::read(&bytes, coding) {
                let _ = set.items(STUDY);
            }
        }
    }

    #[test]
    fn what_the_reference_writes_is_read_alike(
        values in proptest::collection::btree_map((0x0008u16..0x0040, 0x0001u16..0x2000), "[A-Z0-9.]{0,20}", 0..12),
    ) {
        let elements = values.iter().map(|((group, number), value)| text(Tag(*group, *number), VR::LO, value));
        let object = InMemDicomObject::from_element_iter(elements);
        // The implicit coding keeps no value representation: texts are texts there only by the dictionary.
        let bytes = written(&object, Coding::Explicit);
        let read = DataSet::read(&bytes, Coding::Explicit).unwrap();
        for element in object.iter() {
            let tag = Tag(element.tag().0, element.tag().1);
            let meant = element.to_str().unwrap();
            prop_assert_eq!(read.text(tag), meant.trim());
        }
    }
}
