//! What makes the content of two objects the same, other, or not comparable.

use adapter_dicom::element::{Coding, Tag, Writing};
use adapter_dicom::object::{NotAnObject, content};
use archive::{Compared, Content, InstanceUid, Pixels};

use crate::files::{EXPLICIT, IMPLICIT, JPEG_LS, UID, around, file, image, names, uid};

const PIXELS: Tag = Tag(0x7FE0, 0x0010);

fn read(bytes: &[u8]) -> Result<Content, NotAnObject> {
    content(bytes, &names().2)
}

fn of(set: &Writing) -> Content {
    read(&file(set)).unwrap()
}

fn against(set: &Writing) -> Compared {
    of(&image()).against(&of(set))
}

/// An element whose end is marked, in explicit notation.
fn marked(tag: Tag, vr: &[u8; 2], items: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(tag.0.to_le_bytes());
    out.extend(tag.1.to_le_bytes());
    out.extend(vr);
    out.extend([0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    out.extend(items);
    out.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    out
}

fn item(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFE, 0xFF, 0x00, 0xE0];
    out.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    out.extend(bytes);
    out
}

/// The image with compressed pixel data in these pieces.
fn compressed(pieces: &[&[u8]], syntax: &str) -> Vec<u8> {
    let plain = image().coded(Coding::Explicit);
    // The pixel data of ten bytes comes last, with a head of twelve.
    let mut data = plain[..plain.len() - 22].to_vec();
    let items: Vec<u8> = std::iter::once(&&[][..]).chain(pieces).flat_map(|piece| item(piece)).collect();
    data.extend(marked(PIXELS, b"OB", &items));
    around(&data, UID, syntax)
}

#[test]
fn one_object_in_implicit_notation_with_another_head_and_padding_is_the_same() {
    let implicit = around(&image().coded(Coding::Implicit), UID, IMPLICIT);
    assert_eq!(read(&implicit).unwrap(), of(&image()));
    let padded = image().bytes(Tag(0x0018, 0x1030), b"LO", b"Knee  ".to_vec()).bytes(
        PIXELS,
        b"OW",
        vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 99],
    );
    assert_eq!(against(&padded), Compared::Same);
}

#[test]
fn what_an_archive_may_rightly_write_by_itself_makes_no_difference() {
    let theirs = image()
        .text(Tag(0x0008, 0x0054), b"AE", "PACSB")
        .text(Tag(0x0008, 0x0080), b"LO", "Hospital")
        .text(Tag(0x0009, 0x0010), b"LO", "VENDOR")
        .bytes(Tag(0x0009, 0x1001), b"UN", vec![1, 2])
        .text(Tag(0x0010, 0x0020), b"LO", "P2")
        .text(Tag(0x0020, 0x000E), b"UI", "2.25.4711.1.7")
        .text(Tag(0x0020, 0x4000), b"LT", "")
        .items(
            Tag(0x0400, 0x0561),
            Coding::Explicit,
            &[Writing::default().text(Tag(0x0400, 0x0565), b"CS", "CORRECT")],
        )
        .bytes(Tag(0xFFFC, 0xFFFC), b"OB", vec![0; 8]);
    assert_eq!(against(&theirs), Compared::Same);
}

#[test]
fn other_pixels_or_another_way_to_show_them_are_other_content() {
    for other in [
        image().bytes(PIXELS, b"OW", vec![1, 2, 3, 4, 5, 6, 7, 8, 8, 0]),
        image().bytes(PIXELS, b"OW", vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0]),
        image().text(Tag(0x0020, 0x0020), b"CS", "R\\L"),
        image().text(Tag(0x0028, 0x1050), b"DS", "40"),
        image().text(Tag(0x0008, 0x0060), b"CS", "CR"),
        image().short(Tag(0x0028, 0x0010), 1),
        image().short(Tag(0x0028, 0x0103), 1),
        image().text(Tag(0x6000, 0x0022), b"LO", "left"),
    ] {
        assert_eq!(against(&other), Compared::Other, "{other:?}");
    }
    let without = image().coded(Coding::Explicit);
    let without = around(&without[..without.len() - 22], UID, EXPLICIT);
    let without = read(&without).unwrap();
    assert_eq!(without.pixels, Pixels::None);
    assert_eq!(without.against(&of(&image())), Compared::Other);
}

#[test]
fn the_order_of_values_and_where_one_ends_are_part_of_it() {
    let one = image().text(Tag(0x0018, 0x0022), b"CS", "A\\B").text(Tag(0x0018, 0x0024), b"SH", "C");
    for other in [
        image().text(Tag(0x0018, 0x0022), b"CS", "B\\A").text(Tag(0x0018, 0x0024), b"SH", "C"),
        image().text(Tag(0x0018, 0x0022), b"CS", "AB").text(Tag(0x0018, 0x0024), b"SH", "C"),
        image().text(Tag(0x0018, 0x0022), b"CS", "A").text(Tag(0x0018, 0x0024), b"SH", "BC"),
        image().text(Tag(0x0018, 0x0022), b"CS", "A\\B"),
    ] {
        assert_eq!(of(&one).against(&of(&other)), Compared::Other, "{other:?}");
    }
}

#[test]
fn a_text_recoded_into_another_character_set_says_the_same() {
    let latin = image().text(Tag(0x0008, 0x0005), b"CS", "ISO_IR 100").bytes(
        Tag(0x0018, 0x1030),
        b"LO",
        b"Kn\xE4 ".to_vec(),
    );
    let unicode =
        image().text(Tag(0x0008, 0x0005), b"CS", "ISO_IR 192").text(Tag(0x0018, 0x1030), b"LO", "Knä");
    assert_eq!(of(&latin).against(&of(&unicode)), Compared::Same);
    assert_eq!(of(&latin).against(&of(&image())), Compared::Other);
}

#[test]
fn a_text_in_several_character_sets_is_compared_as_it_stands() {
    let japanese = |bytes: &[u8]| {
        of(&image().text(Tag(0x0008, 0x0005), b"CS", "\\ISO 2022 IR 87").bytes(
            Tag(0x0018, 0x1030),
            b"LO",
            bytes.to_vec(),
        ))
    };
    let knee = japanese(b"\x1B$BI(\x1B(B");
    assert_eq!(knee.against(&japanese(b"\x1B$BI(\x1B(B ")), Compared::Same);
    assert_eq!(knee.against(&japanese(b"\x1B$BI)\x1B(B")), Compared::Other);
}

#[test]
fn what_a_report_states_is_content_however_its_sequences_are_written() {
    const CONTENT: Tag = Tag(0x0040, 0xA730);
    let says = |text| {
        let inner = Writing::default().text(Tag(0x0008, 0x0100), b"SH", "121071");
        Writing::default().items(Tag(0x0040, 0xA043), Coding::Explicit, &[inner]).text(
            Tag(0x0040, 0xA160),
            b"UT",
            text,
        )
    };
    let report = |text| {
        let set = Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID);
        set.items(CONTENT, Coding::Explicit, &[says(text)])
    };
    let one = of(&report("no fracture"));
    assert_eq!(one.pixels, Pixels::None);
    assert_eq!(one.against(&of(&report("fracture"))), Compared::Other);
    let mut open = vec![0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
    let inner = Writing::default().text(Tag(0x0008, 0x0100), b"SH", "121071").coded(Coding::Explicit);
    open.extend(marked(Tag(0x0040, 0xA043), b"SQ", &item(&inner)));
    open.extend(Writing::default().text(Tag(0x0040, 0xA160), b"UT", "no fracture").coded(Coding::Explicit));
    open.extend([0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
    let mut data = Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID).coded(Coding::Explicit);
    data.extend(marked(CONTENT, b"SQ", &open));
    assert_eq!(read(&around(&data, UID, EXPLICIT)).unwrap(), one);
    // An archive that has lost the representation writes it so (PS3.5 §6.2.2).
    let implicit = {
        let inner = Writing::default().text(Tag(0x0008, 0x0100), b"SH", "121071");
        Writing::default()
            .items(Tag(0x0040, 0xA043), Coding::Implicit, &[inner])
            .text(Tag(0x0040, 0xA160), b"UT", "no fracture")
            .coded(Coding::Implicit)
    };
    let unknown =
        Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID).bytes(CONTENT, b"UN", item(&implicit));
    assert_eq!(of(&unknown), one);
    // Private elements within are nobody's content.
    let private = says("no fracture").bytes(Tag(0x0041, 0x1001), b"LO", b"x ".to_vec());
    let set = Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID);
    assert_eq!(of(&set.items(CONTENT, Coding::Explicit, &[private])), one);
}

#[test]
fn compressed_pixels_are_the_same_in_other_pieces_and_not_comparable_otherwise() {
    let one = read(&compressed(&[b"ABCD", b"EF"], JPEG_LS)).unwrap();
    assert!(matches!(one.pixels, Pixels::Compressed { .. }));
    assert_eq!(one.against(&read(&compressed(&[b"ABCDEF"], JPEG_LS)).unwrap()), Compared::Same);
    for other in [
        read(&compressed(&[b"ABCDEG"], JPEG_LS)).unwrap(),
        read(&compressed(&[b"ABCDEF"], "1.2.840.10008.1.2.4.90")).unwrap(),
        of(&image()),
        of(&image().text(Tag(0x0028, 0x0004), b"CS", "MONOCHROME1")),
    ] {
        assert_eq!(one.against(&other), Compared::NotComparable, "{other:?}");
    }
    // Some write samples as they are and say that they are compressed.
    let said = |set: &Writing| read(&around(&set.coded(Coding::Explicit), UID, JPEG_LS)).unwrap();
    let other = image().bytes(PIXELS, b"OW", vec![9; 10]);
    assert_eq!(said(&image()).against(&said(&other)), Compared::NotComparable);
    let turned = of(&image().short(Tag(0x0028, 0x0100), 16));
    assert_eq!(
        of(&image()).against(&turned),
        Compared::NotComparable,
        "written in another way, it must be decoded"
    );
}

#[test]
fn an_object_is_content_only_when_it_is_read_to_its_end() {
    let whole = file(&image());
    let read_all = read(&whole).unwrap();
    let mut boundaries = 0;
    for end in 0..whole.len() {
        match read(&whole[..end]) {
            // Where an element ends nothing is known of what is missing: a difference is seen, and whoever carries the object says how long it is.
            Ok(part) => {
                boundaries += 1;
                assert_eq!(part.against(&read_all), Compared::Other, "{end}");
            }
            Err(error) => assert!(
                matches!(error, NotAnObject::CutShort { .. } | NotAnObject::Another { .. }),
                "{error}"
            ),
        }
    }
    assert!(boundaries < 20);
}

#[test]
fn what_is_written_in_another_way_or_lies_elsewhere_is_not_read() {
    let data = image().coded(Coding::Explicit);
    for syntax in ["1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.113619.5.2"] {
        assert!(matches!(read(&around(&data, UID, syntax)), Err(NotAnObject::Syntax(_))), "{syntax}");
    }
    assert!(matches!(read(&around(&data, UID, "1.2.840.10008.1.2.4.94")), Err(NotAnObject::Elsewhere)));
    let set = Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID).text(
        Tag(0x0028, 0x7FE0),
        b"UR",
        "http://x/",
    );
    assert!(matches!(read(&file(&set)), Err(NotAnObject::Elsewhere)));
}

#[test]
fn an_object_that_calls_itself_otherwise_than_its_file_is_not_the_one() {
    let inside = image().text(Tag(0x0008, 0x0018), b"UI", "2.25.4711.9");
    assert!(matches!(read(&file(&inside)), Err(NotAnObject::Another { .. })));
    let asked = InstanceUid(uid("2.25.4711.9"));
    assert!(matches!(content(&file(&image())[..], &asked), Err(NotAnObject::Another { .. })));
}

#[test]
fn garbage_lengths_and_nesting_are_refused_with_their_place() {
    let deep = |levels: usize| {
        let mut bytes = Vec::new();
        for _ in 0..levels {
            bytes.extend(b"\x40\x00\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
        }
        around(&bytes, UID, EXPLICIT)
    };
    assert!(matches!(read(&deep(10_000)), Err(NotAnObject::TooDeep(_))));
    let mut beyond = Writing::default().text(Tag(0x0008, 0x0018), b"UI", UID).coded(Coding::Explicit);
    // An item of eight bytes with an element of two hundred in it.
    beyond.extend(b"\x40\x00\x30\xA7SQ\0\0\x10\0\0\0\xFE\xFF\x00\xE0\x08\0\0\0\x40\x00\x60\xA1ST\xC8\0");
    beyond.extend([b'x'; 400]);
    assert!(matches!(read(&around(&beyond, UID, EXPLICIT)), Err(NotAnObject::Beyond { length: 200, .. })));
    let back = [image().coded(Coding::Explicit), image().coded(Coding::Explicit)].concat();
    assert!(matches!(read(&around(&back, UID, EXPLICIT)), Err(NotAnObject::Order { .. })));
    assert!(matches!(
        read(&around(b"\xFE\xFF\x00\xE0\0\0\0\0", UID, EXPLICIT)),
        Err(NotAnObject::Misplaced { .. })
    ));
}
