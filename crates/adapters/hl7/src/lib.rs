//! HL7 version 2 as hospitals send it: orders, reports, stays, merges and theatre lists, out of single messages, files of many and batches.
//!
//! `file` (a file into messages: line ends, MLLP, batches), `charset`, `message` (segments and fields of one), `escape`, `time`, `notes` (what is wrong); `site` (what differs
//! between hospitals); `read` (what each message says, with `stays`, `orders`, `theatre`). What follows from it is said in `archive::circumstances`.
//!
//! Everything that comes is taken as hostile: sizes and counts have limits, and what cannot be read is a finding that says message, segment and field.

mod charset;
mod escape;
mod file;
mod message;
mod notes;
mod orders;
mod read;
mod site;
mod stays;
mod theatre;
mod time;

pub use charset::Charset;
pub use escape::{escape, unescape};
pub use message::{FieldPath, NotAPath, Separators};
pub use read::{Read, Terms, is_hl7, read_messages};
pub use site::Site;

/// Largest file, in bytes.
pub const FILE_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Largest message, in bytes: reports carry whole documents.
pub const MESSAGE_MAX_BYTES: usize = 32 * 1024 * 1024;
/// Most messages of one file.
pub const MESSAGES_MAX: u64 = 1_000_000;
/// Most segments of one message.
pub const SEGMENTS_MAX: usize = 20_000;
/// Most orders, patients, repetitions or components of one kind that are read out of one message.
pub const PARTS_MAX: usize = 1_000;
/// Clocks of two systems go so far apart; what lies further in the future is refused.
pub const CLOCKS_APART_MAX_SECONDS: i64 = 300;
