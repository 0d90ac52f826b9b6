//! Which attributes are content (docs/archive.md, "The content tier"). Chosen is what says how an object looks or what it states; left out is whose it is, where it lies, what was
//! ordered and what an archive writes by itself: that may rightly differ, and is compared otherwise or not at all.

use crate::element::Tag;

/// Groups of which everything is content: acquisition, place in space, image, structured report, encapsulated document, microscopy, nuclear
/// medicine, segmentation, presentation, radiotherapy, functional groups, waveforms, spectroscopy.
const WHOLE: [(u16, u16); 18] = [
    (0x0018, 0x0018),
    (0x0020, 0x0020),
    (0x0022, 0x0022),
    (0x0024, 0x0024),
    (0x0028, 0x0028),
    (0x0042, 0x0042),
    (0x0046, 0x0048),
    (0x0050, 0x0054),
    (0x0060, 0x0070),
    (0x0072, 0x0078),
    (0x2010, 0x2050),
    (0x3002, 0x3010),
    (0x4010, 0x4010),
    (0x5000, 0x50FF),
    (0x5200, 0x5200),
    (0x5400, 0x5400),
    (0x5600, 0x5600),
    (0x6000, 0x60FF),
];

/// Of group 0008, which also holds what was ordered and by whom, these are content: class, kind, times, references.
const OF_0008: [u16; 21] = [
    0x0008, 0x0016, 0x0022, 0x0023, 0x002A, 0x0032, 0x0033, 0x0060, 0x0064, 0x0068, 0x1115, 0x1140, 0x1199,
    0x2112, 0x2127, 0x2218, 0x2228, 0x9007, 0x9092, 0x9215, 0x9237,
];

/// Of group 0040, which also holds steps of the worklist: real-world values, specimens, structured reports.
const OF_0040: [(u16, u16); 5] =
    [(0x0512, 0x0710), (0x08EA, 0x08EA), (0x9094, 0x9225), (0xA000, 0xDB0D), (0xE001, 0xE001)];

/// Of the whole groups these are not: identifiers of study and series (compared by name), numbers that are kept by hand, counts of queries,
/// equipment that has touched it (archives add themselves), and how pixels are written, which is part of their form.
const NOT: [Tag; 27] = [
    Tag(0x0018, 0xA001),
    Tag(0x0020, 0x000D),
    Tag(0x0020, 0x000E),
    Tag(0x0020, 0x0010),
    Tag(0x0020, 0x0011),
    Tag(0x0020, 0x1000),
    Tag(0x0020, 0x1002),
    Tag(0x0020, 0x1004),
    Tag(0x0020, 0x1070),
    Tag(0x0020, 0x1200),
    Tag(0x0020, 0x1202),
    Tag(0x0020, 0x1204),
    Tag(0x0020, 0x1206),
    Tag(0x0020, 0x1208),
    Tag(0x0020, 0x1209),
    PHOTOMETRIC,
    PLANAR,
    ALLOCATED,
    HIGH_BIT,
    // Of lossy compression, which an archive may note on an object that it was sent so.
    Tag(0x0028, 0x2110),
    Tag(0x0028, 0x2112),
    Tag(0x0028, 0x2114),
    // Smallest and largest values, which some work out anew when they write.
    Tag(0x0028, 0x0106),
    Tag(0x0028, 0x0107),
    Tag(0x0028, 0x0108),
    Tag(0x0028, 0x0109),
    PROVIDER_URL,
];

/// At any depth: what an archive writes of itself, of how it may be asked, and of what it changed.
const ARCHIVES_OWN: [Tag; 9] = [
    Tag(0x0008, 0x0015),
    Tag(0x0008, 0x0054),
    Tag(0x0008, 0x0056),
    Tag(0x0008, 0x1190),
    Tag(0x0018, 0xA001),
    Tag(0x0040, 0xE010),
    Tag(0x0040, 0xE011),
    Tag(0x0088, 0x0130),
    Tag(0x0088, 0x0140),
];

pub(super) const CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
pub(super) const INSTANCE: Tag = Tag(0x0008, 0x0018);
pub(super) const SAMPLES: Tag = Tag(0x0028, 0x0002);
pub(super) const PHOTOMETRIC: Tag = Tag(0x0028, 0x0004);
pub(super) const PLANAR: Tag = Tag(0x0028, 0x0006);
pub(super) const FRAMES: Tag = Tag(0x0028, 0x0008);
pub(super) const ROWS: Tag = Tag(0x0028, 0x0010);
pub(super) const COLUMNS: Tag = Tag(0x0028, 0x0011);
pub(super) const ALLOCATED: Tag = Tag(0x0028, 0x0100);
pub(super) const HIGH_BIT: Tag = Tag(0x0028, 0x0102);
pub(super) const PROVIDER_URL: Tag = Tag(0x0028, 0x7FE0);
pub(super) const PIXELS: Tag = Tag(0x7FE0, 0x0010);

/// Pixel data: floating point, double, whole numbers (PS3.3 C.7.6.3, C.7.6.24).
pub(super) fn is_pixels(tag: Tag) -> bool {
    matches!(tag, Tag(0x7FE0, 0x0008 | 0x0009) | PIXELS)
}

/// Is it content, at the outermost level?
pub(super) fn is_content(tag: Tag) -> bool {
    let Tag(group, number) = tag;
    let is_in = match group {
        0x0008 => OF_0008.contains(&number),
        0x0040 => OF_0040.iter().any(|(from, to)| (*from..=*to).contains(&number)),
        _ => WHOLE.iter().any(|(from, to)| (*from..=*to).contains(&group)),
    };
    is_in && !NOT.contains(&tag) && is_content_inside(tag)
}

/// Is it content, within a sequence that is?
pub(super) fn is_content_inside(tag: Tag) -> bool {
    let Tag(group, number) = tag;
    // Private ones, lengths of groups, signatures and padding are nobody's content.
    group % 2 == 0
        && number != 0
        && !matches!(group, 0x0400 | 0x7FE0 | 0xFFFA..)
        && !ARCHIVES_OWN.contains(&tag)
}
