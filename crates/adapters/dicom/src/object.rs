//! Whole objects as files (PS3.10), read as they come: what names them, and digests of what they hold. Neither the object nor its pixel data is
//! ever held in memory.
//!
//! `meta` (the head of a file), `reading` (elements out of a stream), `chosen` (which attributes are content), `text` (one notation for texts), `content` (the digests).

mod chosen;
mod content;
mod meta;
mod reading;
mod text;

pub use content::content;
pub use meta::{File, Meta};
pub use reading::NotAnObject;
