//! The head of a file (PS3.10 §7.1): which object it holds, and how that is written.

use std::io::Read;

use archive::Uid;

use super::reading::{NotAnObject, Reading};
use crate::element::{Coding, DataSet, Tag};
use crate::limits::META_MAX_BYTES;

const CLASS: Tag = Tag(0x0002, 0x0002);
const INSTANCE: Tag = Tag(0x0002, 0x0003);
const SYNTAX: Tag = Tag(0x0002, 0x0010);
/// (0002,0000) UL of four bytes: every head begins with its length.
const LENGTH_HEAD: [u8; 8] = [0x02, 0x00, 0x00, 0x00, b'U', b'L', 4, 0];
const PREAMBLE_BYTES: u64 = 128;

/// What the head of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Media Storage SOP Class UID.
    pub class: Box<str>,
    /// Media Storage SOP Instance UID.
    pub uid: Box<str>,
    /// Transfer Syntax UID: how the data set behind it is written.
    pub syntax: Box<str>,
}

impl Meta {
    /// Reads a head; what follows it is the data set.
    ///
    /// # Errors
    /// It is no file of DICOM, or does not say what it holds.
    pub(super) fn take<R: Read>(reading: &mut Reading<R>) -> Result<Meta, NotAnObject> {
        reading.pass(PREAMBLE_BYTES, |_| {})?;
        if reading.exact::<4>()? != *b"DICM" || reading.exact::<8>()? != LENGTH_HEAD {
            return Err(NotAnObject::NotAFile);
        }
        let length = u32::from_le_bytes(reading.exact()?);
        if length > META_MAX_BYTES {
            return Err(NotAnObject::MetaTooLarge(length));
        }
        let bytes = reading.bytes(length)?;
        let set = DataSet::read(&bytes, Coding::Explicit).map_err(NotAnObject::Meta)?;
        let uid = |tag| match Uid::as_found(&set.text(tag)) {
            Ok((uid, _odd)) => Ok(Box::<str>::from(uid.as_str())),
            Err(_) => Err(NotAnObject::Lacks(tag)),
        };
        Ok(Meta { class: uid(CLASS)?, uid: uid(INSTANCE)?, syntax: uid(SYNTAX)? })
    }
}

/// A file in memory, to be sent as it is.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// What its head says.
    pub meta: Meta,
    /// All of it.
    pub bytes: &'a [u8],
    /// The data set behind the head.
    pub data: &'a [u8],
}

impl<'a> File<'a> {
    /// Reads the head.
    ///
    /// # Errors
    /// It is no file of DICOM, or does not say what it holds.
    pub fn read(bytes: &'a [u8]) -> Result<File<'a>, NotAnObject> {
        let mut reading = Reading::new(bytes);
        let meta = Meta::take(&mut reading)?;
        let at = usize::try_from(reading.at()).unwrap_or(usize::MAX);
        Ok(File { meta, bytes, data: bytes.get(at..).unwrap_or(&[]) })
    }
}
