//! How much an archive may answer. Whatever is larger is refused with what was found, before memory is taken for it.

use std::time::Duration;

/// Largest PDU that is taken, in bytes; archives are told so when an association begins (PS3.8 D.1).
pub const PDU_MAX_BYTES: u32 = 65_536;
/// Largest command set, in bytes: a dozen short elements.
pub const COMMAND_MAX_BYTES: usize = 65_536;
/// Largest data set of one answer of a query, in bytes.
pub const IDENTIFIER_MAX_BYTES: usize = 1_048_576;
/// Most elements of one data set, nested ones included: a performed step names each of its images, as an item of two elements.
pub const ELEMENTS_MAX: usize = 65_536;
/// Deepest nesting of sequences.
pub const DEPTH_MAX: usize = 16;
/// Most rows of one query; further ones are cancelled, and the answer counts as cut.
pub const ROWS_MAX: usize = 1_000_000;
/// Most steps of a worklist that are held; one that has more is not known.
pub const SCHEDULED_MAX: usize = 100_000;
/// Most performed steps that are remembered, those that are over included; further ones are refused until earlier ones are over.
pub const STEPS_MAX: usize = 20_000;
/// Most calls of modalities at a time; further ones wait.
pub const CALLS_MAX: usize = 16;
/// Most objects of all steps together that are begun and not over.
pub const OPEN_OBJECTS_MAX: usize = 1_000_000;
/// Most examinations of one performed step.
pub const STEP_STUDIES_MAX: usize = 20;
/// Longest accession number that is kept (PS3.5 §6.2, SH, and those who do not keep to it), in characters.
pub const ACCESSION_MAX_CHARACTERS: usize = 64;
/// Most objects that one performed step names.
pub const STEP_OBJECTS_MAX: usize = 20_000;
/// Most messages of one call.
pub const MESSAGES_OF_CALL_MAX: u32 = 1_000;
/// Most messages that an archive may send beside what was asked, before the association is given up.
pub const STRAY_MESSAGES_MAX: u32 = 16;

/// A connection is made in this time.
pub const CONNECT_MAX_SECONDS: u64 = 10;
/// An archive says something in this time.
pub const SILENCE_MAX_SECONDS: u64 = 30;

pub(crate) const CONNECT: Duration = Duration::from_secs(CONNECT_MAX_SECONDS);
pub(crate) const SILENCE: Duration = Duration::from_secs(SILENCE_MAX_SECONDS);

/// Largest answer of a web server, in bytes.
pub const ANSWER_MAX_BYTES: usize = 64 * 1_048_576;
/// Largest head of an answer, in bytes.
pub const HEADERS_MAX_BYTES: usize = 65_536;
/// A whole answer of a web server comes in this time.
pub const ANSWER_MAX_SECONDS: u64 = 120;
pub(crate) const ANSWER: Duration = Duration::from_secs(ANSWER_MAX_SECONDS);

/// Most bytes of one retrieval of objects; they are read as they come and not held.
pub const OBJECTS_MAX_BYTES: u64 = 64 * 1_073_741_824;
/// Whole examinations of thousands of objects come in this time; what takes longer is asked for in parts.
pub const OBJECTS_MAX_SECONDS: u64 = 900;
pub(crate) const OBJECTS: Duration = Duration::from_secs(OBJECTS_MAX_SECONDS);
/// Most parts of one answer.
pub const PARTS_MAX: u64 = 1_000_000;
/// Longest headers of a part, in bytes.
pub const PART_HEAD_MAX_BYTES: usize = 16_384;
/// What may stand before the first part, in bytes.
pub const PREAMBLE_MAX_BYTES: u64 = 65_536;

/// Largest head of a file (PS3.10 §7.1), in bytes.
pub const META_MAX_BYTES: u32 = 65_536;
/// Largest object that is read, in bytes; it is read as it comes.
pub const OBJECT_MAX_BYTES: u64 = 16 * 1_073_741_824;
/// Most elements of one object, nested ones included: an image of ten thousand frames has a hundred for each.
pub const OBJECT_ELEMENTS_MAX: u64 = 4_000_000;
/// Longest text that is put into one notation before it is compared, in bytes; longer ones are compared as they stand.
pub const TEXT_MAX_BYTES: u32 = 1_048_576;
