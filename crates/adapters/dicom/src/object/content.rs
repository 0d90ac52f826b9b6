//! The content of an object as digests, in one go over its file. The same object written implicitly or explicitly, with other padding, in another
//! character set, with sequences of known or unknown length has the same digests.

use std::io::Read;

use archive::{Content, InstanceUid, Pixels, Sum};
use sha2::{Digest as _, Sha256};

use super::chosen::{
    ALLOCATED, CHARACTER_SET, COLUMNS, FRAMES, HIGH_BIT, INSTANCE, PHOTOMETRIC, PIXELS, PLANAR, PROVIDER_URL,
    ROWS, SAMPLES, is_content, is_content_inside, is_pixels,
};
use super::meta::Meta;
use super::reading::{Head, ITEM, ITEM_ENDS, NotAnObject, Reading, SEQUENCE_ENDS, UNDEFINED, inner};
use super::text::{Charset, Kind, kind, plain};
use crate::element::{Coding, Tag};
use crate::limits::{DEPTH_MAX, TEXT_MAX_BYTES};

/// Other rules make other digests, which never meet these.
const PURPOSE: &[u8] = b"segue object content, version 1";
/// Longest value of an attribute that says how pixels are written, in bytes.
const SMALL_MAX_BYTES: u32 = 128;

/// Reads an object and makes digests of what it holds. `asked` is the one that must come.
///
/// # Errors
/// Another object came, or it cannot be read to its end: nothing is known of its content then.
pub fn content(from: impl Read, asked: &InstanceUid) -> Result<Content, NotAnObject> {
    let mut reading = Reading::new(from);
    let meta = Meta::take(&mut reading)?;
    let coding = coding(&meta.syntax)?;
    let is = |is: &str| match is == asked.0.as_str() {
        true => Ok(()),
        false => Err(NotAnObject::Another { asked: asked.0.as_str().into(), is: is.into() }),
    };
    is(&meta.uid)?;
    let mut making = Making {
        reading,
        attributes: Sha256::new_with_prefix(PURPOSE),
        written: Written::default(),
        charset: Charset::read(b""),
        pixels: None,
        syntax: meta.syntax,
        uid: String::new(),
    };
    making.outermost(coding)?;
    is(&making.uid)?;
    let attributes = Sum(making.attributes.finalize().into());
    Ok(Content { attributes, pixels: making.pixels.unwrap_or(Pixels::None) })
}

/// How a data set in this transfer syntax is written (PS3.5 A): compressed ones are explicit.
fn coding(syntax: &str) -> Result<Coding, NotAnObject> {
    // JPIP refers to pixel data that lies on another server.
    if matches!(syntax, "1.2.840.10008.1.2.4.94" | "1.2.840.10008.1.2.4.95") {
        return Err(NotAnObject::Elsewhere);
    }
    let is_compressed = syntax.starts_with("1.2.840.10008.1.2.4.")
        || matches!(syntax, "1.2.840.10008.1.2.5" | "1.2.840.10008.1.2.1.98");
    match Coding::of(syntax) {
        Some(coding) => Ok(coding),
        None if is_compressed => Ok(Coding::Explicit),
        None => Err(NotAnObject::Syntax(syntax.into())),
    }
}

/// How pixels are written, and how many there should be. Other numbers than the standard allows make no harm: they only say where padding begins.
#[derive(Default)]
struct Written {
    photometric: Vec<u8>,
    planar: u16,
    samples: u16,
    frames: Option<u64>,
    rows: u16,
    columns: u16,
    allocated: u16,
    high_bit: u16,
}

impl Written {
    fn form(&self, syntax: &str, head: Head) -> Sum {
        let is_plain = Coding::of(syntax).is_some() && head.length != UNDEFINED;
        let mut hash = Sha256::new_with_prefix(PURPOSE);
        hash.update(if is_plain { "plain" } else { syntax });
        hash.update([0]);
        hash.update(&self.photometric);
        hash.update([0]);
        // With one sample a pixel there is no order of colours.
        hash.update(if self.samples > 1 { self.planar } else { 0 }.to_le_bytes());
        hash.update(self.allocated.to_le_bytes());
        hash.update(self.high_bit.to_le_bytes());
        Sum(hash.finalize().into())
    }

    /// Bytes of pixel data without padding; `None` where that cannot be said.
    fn bytes(&self) -> Option<u64> {
        let pixels = u64::from(self.rows) * u64::from(self.columns) * u64::from(self.samples.max(1));
        let bits = pixels.checked_mul(self.frames.unwrap_or(1))?.checked_mul(u64::from(self.allocated))?;
        Some(bits.div_ceil(8))
    }
}

struct Making<R> {
    reading: Reading<R>,
    attributes: Sha256,
    written: Written,
    charset: Charset,
    pixels: Option<Pixels>,
    syntax: Box<str>,
    uid: String,
}

impl<R: Read> Making<R> {
    fn outermost(&mut self, coding: Coding) -> Result<(), NotAnObject> {
        let (mut before, mut is_elsewhere) = (Tag(0, 0), false);
        while !self.reading.is_over()? {
            let head = self.reading.head(coding)?;
            let tag = head.tag;
            if tag.0 == 0xFFFE {
                return Err(NotAnObject::Misplaced { tag, at: self.reading.at() });
            }
            if tag <= before {
                return Err(NotAnObject::Order { tag, at: self.reading.at(), before });
            }
            before = tag;
            is_elsewhere |= tag == PROVIDER_URL && head.length > 0;
            if is_pixels(tag) {
                self.pixel_data(head)?;
            } else if is_small(tag) && head.length <= SMALL_MAX_BYTES {
                let value = self.reading.bytes(head.length)?;
                self.learn(tag, &value);
                if is_content(tag) {
                    self.value(tag, &value);
                }
            } else if is_content(tag) {
                self.element(head, coding, 0)?;
            } else {
                self.reading.step_over(head, coding, 0)?;
            }
        }
        if is_elsewhere && self.pixels.is_none() { Err(NotAnObject::Elsewhere) } else { Ok(()) }
    }

    /// What says how the rest is written.
    fn learn(&mut self, tag: Tag, value: &[u8]) {
        let short = || value.first_chunk::<2>().map_or(0, |bytes| u16::from_le_bytes(*bytes));
        let text = || String::from_utf8_lossy(value).trim_matches([' ', '\0']).to_owned();
        let written = &mut self.written;
        match tag {
            CHARACTER_SET => self.charset = Charset::read(value),
            INSTANCE => self.uid = text(),
            SAMPLES => written.samples = short(),
            PHOTOMETRIC => written.photometric = text().into_bytes(),
            PLANAR => written.planar = short(),
            FRAMES => written.frames = text().parse().ok(),
            ROWS => written.rows = short(),
            COLUMNS => written.columns = short(),
            ALLOCATED => written.allocated = short(),
            HIGH_BIT => written.high_bit = short(),
            _ => {}
        }
    }

    /// An element that is content.
    fn element(&mut self, head: Head, coding: Coding, depth: usize) -> Result<(), NotAnObject> {
        match kind(head.tag) {
            Some(Kind::Items) => self.items(head, coding, depth + 1),
            // Something unknown with an end that is marked, or a picture beside the picture.
            Some(_) if head.length == UNDEFINED => self.reading.step_over(head, coding, depth + 1),
            Some(Kind::Text | Kind::Texts | Kind::Names) if head.length <= TEXT_MAX_BYTES => {
                let value = self.reading.bytes(head.length)?;
                self.value(head.tag, &value);
                Ok(())
            }
            Some(_) => {
                if head.length > 0 {
                    self.begin(head.tag, b'B', u64::from(head.length));
                }
                let hash = &mut self.attributes;
                self.reading.pass(u64::from(head.length), |part| hash.update(part))
            }
            // What the dictionary does not know cannot be put into one notation.
            None => self.reading.step_over(head, coding, depth + 1),
        }
    }

    /// A value that is held. An empty one says as much as none.
    fn value(&mut self, tag: Tag, value: &[u8]) {
        let (mark, plain) = match kind(tag) {
            Some(kind @ (Kind::Text | Kind::Texts | Kind::Names)) => {
                match plain(value, kind, &self.charset) {
                    (true, plain) => (b'T', plain),
                    (false, raw) => (b'R', raw),
                }
            }
            Some(Kind::Bytes | Kind::Items) | None => (b'B', value.to_vec()),
        };
        if !plain.is_empty() {
            self.begin(tag, mark, plain.len() as u64);
            self.attributes.update(&plain);
        }
    }

    /// Which attribute, what follows, and how long it is: no two lists of values give the same bytes.
    fn begin(&mut self, tag: Tag, mark: u8, length: u64) {
        self.attributes.update(tag.0.to_le_bytes());
        self.attributes.update(tag.1.to_le_bytes());
        self.attributes.update([mark]);
        self.attributes.update(length.to_le_bytes());
    }

    fn items(&mut self, head: Head, coding: Coding, depth: usize) -> Result<(), NotAnObject> {
        if depth > DEPTH_MAX {
            return Err(NotAnObject::TooDeep(self.reading.at()));
        }
        let coding = inner(head, coding);
        let outer = self.reading.enter(head.length)?;
        let end = end(head, self.reading.at());
        let mut items = 0u64;
        while end.is_none_or(|end| self.reading.at() < end) {
            let item = self.reading.head(coding)?;
            match item.tag {
                SEQUENCE_ENDS if end.is_none() => break,
                ITEM => {}
                tag => return Err(NotAnObject::Misplaced { tag, at: self.reading.at() }),
            }
            if items == 0 {
                self.begin(head.tag, b'S', 0);
            }
            items += 1;
            self.attributes.update(b"(");
            self.item(item, coding, depth)?;
            self.attributes.update(b")");
        }
        if items > 0 {
            self.attributes.update(b"]");
        }
        self.reading.leave(outer);
        Ok(())
    }

    fn item(&mut self, item: Head, coding: Coding, depth: usize) -> Result<(), NotAnObject> {
        let outer = self.reading.enter(item.length)?;
        let end = end(item, self.reading.at());
        while end.is_none_or(|end| self.reading.at() < end) {
            let head = self.reading.head(coding)?;
            match head.tag {
                ITEM_ENDS if end.is_none() => break,
                tag @ Tag(0xFFFE, _) => return Err(NotAnObject::Misplaced { tag, at: self.reading.at() }),
                tag if is_content_inside(tag) => self.element(head, coding, depth)?,
                _ => self.reading.step_over(head, coding, depth)?,
            }
        }
        self.reading.leave(outer);
        Ok(())
    }

    fn pixel_data(&mut self, head: Head) -> Result<(), NotAnObject> {
        if self.pixels.is_some() {
            return Err(NotAnObject::Misplaced { tag: head.tag, at: self.reading.at() });
        }
        let form = self.written.form(&self.syntax, head);
        let mut hash = Sha256::new_with_prefix(PURPOSE);
        hash.update(form.0);
        hash.update(head.tag.1.to_le_bytes());
        if head.length == UNDEFINED {
            self.fragments(&mut hash)?;
            self.pixels = Some(Pixels::Compressed { form, sum: Sum(hash.finalize().into()) });
            return Ok(());
        }
        let length = u64::from(head.length);
        // A byte that makes the length even is no pixel.
        let padding = u64::from(head.tag == PIXELS && self.written.bytes() == length.checked_sub(1));
        self.reading.pass(length - padding, |part| hash.update(part))?;
        self.reading.pass(padding, |_| {})?;
        let sum = Sum(hash.finalize().into());
        self.pixels = Some(match Coding::of(&self.syntax) {
            Some(_) => Pixels::Samples { form, sum },
            None => Pixels::Compressed { form, sum },
        });
        Ok(())
    }

    /// Compressed pixel data (PS3.5 A.4): a table of where frames begin, which is left out, and then the frames in pieces.
    fn fragments(&mut self, hash: &mut Sha256) -> Result<(), NotAnObject> {
        let mut pieces = 0u64;
        loop {
            let piece = self.reading.head(Coding::Explicit)?;
            match piece.tag {
                SEQUENCE_ENDS => return Ok(()),
                ITEM if piece.length != UNDEFINED => {}
                tag => return Err(NotAnObject::Misplaced { tag, at: self.reading.at() }),
            }
            let is_table = pieces == 0;
            pieces += 1;
            self.reading.pass(u64::from(piece.length), |part| {
                if !is_table {
                    hash.update(part);
                }
            })?;
        }
    }
}

/// Where what begins here ends; `None` where its end is marked.
fn end(head: Head, at: u64) -> Option<u64> {
    (head.length != UNDEFINED).then(|| at + u64::from(head.length))
}

/// What is needed to read the rest.
fn is_small(tag: Tag) -> bool {
    matches!(
        tag,
        CHARACTER_SET
            | INSTANCE
            | SAMPLES
            | PHOTOMETRIC
            | PLANAR
            | FRAMES
            | ROWS
            | COLUMNS
            | ALLOCATED
            | HIGH_BIT
    )
}
