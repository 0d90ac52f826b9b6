//! Elements out of a stream (PS3.5 §7): one head or value after another, never more memory than one small value.

use std::io::{BufReader, ErrorKind, Read};

use crate::element::{Coding, NotADataSet, Tag, is_long};
use crate::limits::{DEPTH_MAX, META_MAX_BYTES, OBJECT_ELEMENTS_MAX, OBJECT_MAX_BYTES};

/// What is held of a stream at one time, in bytes.
const HELD_BYTES: usize = 65_536;
/// The length that says that an end is marked.
pub(super) const UNDEFINED: u32 = u32::MAX;
pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(super) const ITEM_ENDS: Tag = Tag(0xFFFE, 0xE00D);
pub(super) const SEQUENCE_ENDS: Tag = Tag(0xFFFE, 0xE0DD);

/// Why the content of an object was not read. Places are counted in bytes from its beginning.
#[derive(Debug, thiserror::Error)]
pub enum NotAnObject {
    /// Something else came.
    #[error(
        "it is no file of DICOM (PS3.10 §7.1): 128 bytes, DICM and the length of its head do not stand there"
    )]
    NotAFile,
    /// A head of absurd length.
    #[error("the head of the file claims {0} bytes; at most {META_MAX_BYTES} are read")]
    MetaTooLarge(u32),
    /// The head is no data set.
    #[error("the head of the file: {0}")]
    Meta(NotADataSet),
    /// It does not say what it must.
    #[error("{0} is missing or no identifier")]
    Lacks(Tag),
    /// It ends in the middle.
    #[error("the object was cut short at byte {at}")]
    CutShort {
        /// Where.
        at: u64,
    },
    /// It could not be read any further.
    #[error("the object broke off at byte {at}: {error}")]
    Network {
        /// Where.
        at: u64,
        /// What happened.
        #[source]
        error: std::io::Error,
    },
    /// Something in it is longer than what it lies in, or than Segue reads.
    #[error("what begins at byte {at} has {length} bytes and goes beyond what it lies in")]
    Beyond {
        /// Where.
        at: u64,
        /// What it claims.
        length: u64,
    },
    /// Elements stand in rising order (PS3.5 §7.1).
    #[error("element {tag} before byte {at} comes after {before}; elements stand in rising order")]
    Order {
        /// Which.
        tag: Tag,
        /// Where.
        at: u64,
        /// The one before.
        before: Tag,
    },
    /// An item outside of a sequence, or something else in one.
    #[error("{tag} before byte {at} does not belong there")]
    Misplaced {
        /// Which.
        tag: Tag,
        /// Where.
        at: u64,
    },
    /// More than [`OBJECT_ELEMENTS_MAX`].
    #[error("the object has more than {OBJECT_ELEMENTS_MAX} elements")]
    TooMany,
    /// Deeper than [`DEPTH_MAX`].
    #[error("sequences are nested more than {DEPTH_MAX} deep, at byte {0}")]
    TooDeep(u64),
    /// Written in a way that is not read.
    #[error("it is written in transfer syntax {0}, which is not read for its content")]
    Syntax(Box<str>),
    /// Its pixel data lies somewhere else.
    #[error("its pixel data is not in it but referred to (Pixel Data Provider URL)")]
    Elsewhere,
    /// Another object came.
    #[error("{asked} was asked for, and {is} came")]
    Another {
        /// Which was asked for.
        asked: Box<str>,
        /// Which came.
        is: Box<str>,
    },
}

/// The head of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) tag: Tag,
    /// As it is written; `None` where it is not.
    pub(super) vr: Option<[u8; 2]>,
    pub(super) length: u32,
}

/// A stream that is being read.
pub(super) struct Reading<R> {
    from: BufReader<R>,
    at: u64,
    /// Nothing is read beyond this place.
    limit: u64,
    seen: u64,
}

impl<R: Read> Reading<R> {
    pub(super) fn new(from: R) -> Reading<R> {
        Reading { from: BufReader::with_capacity(HELD_BYTES, from), at: 0, limit: OBJECT_MAX_BYTES, seen: 0 }
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    fn claim(&self, length: u64) -> Result<(), NotAnObject> {
        match self.at.checked_add(length) {
            Some(end) if end <= self.limit => Ok(()),
            _ => Err(NotAnObject::Beyond { at: self.at, length }),
        }
    }

    pub(super) fn exact<const N: usize>(&mut self) -> Result<[u8; N], NotAnObject> {
        self.claim(N as u64)?;
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(|error| self.broke(error))?;
        self.at += N as u64;
        Ok(bytes)
    }

    /// A small value. Memory is taken for what comes, not for what is claimed.
    pub(super) fn bytes(&mut self, length: u32) -> Result<Vec<u8>, NotAnObject> {
        let mut all = Vec::new();
        self.pass(u64::from(length), |part| all.extend_from_slice(part))?;
        Ok(all)
    }

    /// Reads so many bytes, handing them over as they come.
    pub(super) fn pass(&mut self, length: u64, mut part: impl FnMut(&[u8])) -> Result<(), NotAnObject> {
        use std::io::BufRead as _;
        self.claim(length)?;
        let end = self.at + length;
        while self.at < end {
            let taken = match self.from.fill_buf() {
                Ok([]) => return Err(NotAnObject::CutShort { at: self.at }),
                Ok(held) => {
                    let taken = held.len().min(usize::try_from(end - self.at).unwrap_or(usize::MAX));
                    part(held.get(..taken).unwrap_or(held));
                    taken
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.broke(error)),
            };
            self.from.consume(taken);
            self.at += taken as u64;
        }
        Ok(())
    }

    fn broke(&self, error: std::io::Error) -> NotAnObject {
        match error.kind() {
            ErrorKind::UnexpectedEof => NotAnObject::CutShort { at: self.at },
            _ => NotAnObject::Network { at: self.at, error },
        }
    }

    /// Is this the end of the stream?
    pub(super) fn is_over(&mut self) -> Result<bool, NotAnObject> {
        use std::io::BufRead as _;
        loop {
            match self.from.fill_buf() {
                Ok(held) => return Ok(held.is_empty()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broke(error)),
            }
        }
    }

    pub(super) fn head(&mut self, coding: Coding) -> Result<Head, NotAnObject> {
        self.seen += 1;
        if self.seen > OBJECT_ELEMENTS_MAX {
            return Err(NotAnObject::TooMany);
        }
        let [g0, g1, e0, e1] = self.exact()?;
        let tag = Tag(u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]));
        if coding == Coding::Implicit || tag.0 == 0xFFFE {
            return Ok(Head { tag, vr: None, length: u32::from_le_bytes(self.exact()?) });
        }
        let vr: [u8; 2] = self.exact()?;
        let length = if is_long(vr) {
            let _reserved: [u8; 2] = self.exact()?;
            u32::from_le_bytes(self.exact()?)
        } else {
            u32::from(u16::from_le_bytes(self.exact()?))
        };
        Ok(Head { tag, vr: Some(vr), length })
    }

    /// Nothing is read beyond the next so many bytes, until [`Reading::leave`] with what this answers.
    pub(super) fn enter(&mut self, length: u32) -> Result<u64, NotAnObject> {
        let outer = self.limit;
        if length != UNDEFINED {
            self.claim(u64::from(length))?;
            self.limit = self.at + u64::from(length);
        }
        Ok(outer)
    }

    pub(super) fn leave(&mut self, outer: u64) {
        self.limit = outer;
    }

    /// Steps over a value. Items of known length are not looked into: they may be data sets or pieces of compressed images.
    pub(super) fn step_over(&mut self, head: Head, coding: Coding, depth: usize) -> Result<(), NotAnObject> {
        if head.length != UNDEFINED {
            return self.pass(u64::from(head.length), |_| {});
        }
        if depth > DEPTH_MAX {
            return Err(NotAnObject::TooDeep(self.at));
        }
        let inner = inner(head, coding);
        loop {
            let item = self.head(inner)?;
            match item.tag {
                SEQUENCE_ENDS => return Ok(()),
                ITEM if item.length != UNDEFINED => self.pass(u64::from(item.length), |_| {})?,
                ITEM => loop {
                    let element = self.head(inner)?;
                    match element.tag {
                        ITEM_ENDS => break,
                        tag @ Tag(0xFFFE, _) => return Err(NotAnObject::Misplaced { tag, at: self.at }),
                        _ => self.step_over(element, inner, depth + 1)?,
                    }
                },
                tag => return Err(NotAnObject::Misplaced { tag, at: self.at }),
            }
        }
    }
}

/// How the items of a sequence are written: one of unknown representation is implicit (PS3.5 §6.2.2).
pub(super) fn inner(head: Head, coding: Coding) -> Coding {
    if head.vr == Some(*b"UN") { Coding::Implicit } else { coding }
}
