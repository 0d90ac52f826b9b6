//! A multipart body (RFC 2046 §5.1), read part by part in bounded memory: whatever its parts claim, no more than one buffer is held. A body without
//! its closing delimiter was cut short; how many parts there should have been is for whoever asked to judge.

use std::io::Read;

use super::http::Headers;
use super::media::{Boundary, Media, NotMultipart as NotMedia};
use crate::limits::{PART_HEAD_MAX_BYTES, PARTS_MAX, PREAMBLE_MAX_BYTES};

/// What is held of a body at one time, in bytes.
const HELD_BYTES: usize = 65_536;
/// Blanks that may stand after a delimiter (RFC 2046 §5.1.1), in bytes.
const PADDING_MAX_BYTES: usize = 256;

/// Why a body has no further part. Places are counted in bytes from its beginning.
#[derive(Debug, thiserror::Error)]
pub enum NotMultipart {
    /// The answer is of another kind.
    #[error(transparent)]
    Media(#[from] NotMedia),
    /// The connection broke.
    #[error("the answer broke off at byte {at}: {error}")]
    Network {
        /// Where.
        at: u64,
        /// What happened.
        #[source]
        error: std::io::Error,
    },
    /// It ends without the closing delimiter.
    #[error("the answer was cut short at byte {at}: it ends without its closing delimiter")]
    CutShort {
        /// Where.
        at: u64,
    },
    /// No delimiter came.
    #[error("no part begins in the first {PREAMBLE_MAX_BYTES} bytes of the answer")]
    NoDelimiter,
    /// The headers of a part are too long or none.
    #[error("the headers of part {part} are not headers of at most {PART_HEAD_MAX_BYTES} bytes")]
    Head {
        /// Which, from 1.
        part: u64,
    },
    /// A part is not as long as its own headers say.
    #[error("part {part} says that it has {says} bytes, and has {has}")]
    Length {
        /// Which, from 1.
        part: u64,
        /// What its headers say.
        says: u64,
        /// What came.
        has: u64,
    },
    /// More parts than Segue takes.
    #[error("more than {PARTS_MAX} parts; ask for less at a time")]
    TooMany,
}

/// A body that is being read.
pub struct Multipart<R> {
    from: R,
    held: Box<[u8]>,
    /// What is held and not yet handed over: from, to.
    start: usize,
    end: usize,
    is_drained: bool,
    /// Where `start` lies in the body.
    at: u64,
    boundary: Boundary,
    /// Before a line of the boundary: CR LF, or LF alone where the first line ended so.
    newline: &'static [u8],
    state: State,
    parts: u64,
    /// What the part at hand says of its length, and what came of it.
    claims: Option<u64>,
    came: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    /// In the body of a part.
    Part,
    /// After a delimiter, before the head of a part.
    Head,
    /// After the closing delimiter.
    Ended,
    /// After an error, after which nothing is known.
    Broken,
}

/// One part: its headers, and its body to read.
pub struct Part<'a, R> {
    /// Every header, as it came.
    pub headers: Headers,
    of: &'a mut Multipart<R>,
}

impl<R: Read> Multipart<R> {
    /// Nothing is read yet. `content_type` is that of the answer.
    ///
    /// # Errors
    /// It is no multipart, not of this type, or names no boundary.
    pub fn new(from: R, content_type: &str, wanted: &str) -> Result<Multipart<R>, NotMultipart> {
        let boundary = Media::read(content_type).and_then(|media| media.boundary(wanted))?;
        Ok(Multipart {
            from,
            held: vec![0; HELD_BYTES].into(),
            start: 0,
            end: 0,
            is_drained: false,
            at: 0,
            boundary,
            newline: b"\r\n",
            state: State::Preamble,
            parts: 0,
            claims: None,
            came: 0,
        })
    }

    /// Parts that have begun.
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// The next part; what was not read of the one before is passed over. `None` after the closing delimiter: only then the body is whole.
    ///
    /// # Errors
    /// The body is none, was cut short, or goes beyond a limit. Nothing can be read of it afterwards.
    pub fn next_part(&mut self) -> Result<Option<Part<'_, R>>, NotMultipart> {
        match self.advance() {
            Ok(Some(headers)) => Ok(Some(Part { headers, of: self })),
            Ok(None) => Ok(None),
            Err(error) => {
                self.state = State::Broken;
                Err(error)
            }
        }
    }

    fn advance(&mut self) -> Result<Option<Headers>, NotMultipart> {
        if self.state == State::Preamble {
            self.preamble()?;
        }
        while self.state == State::Part {
            let length = self.chunk(HELD_BYTES)?.len();
            self.take(length);
        }
        match self.state {
            State::Ended => Ok(None),
            State::Broken => Err(NotMultipart::CutShort { at: self.at }),
            State::Preamble | State::Part | State::Head => {
                if self.parts >= PARTS_MAX {
                    return Err(NotMultipart::TooMany);
                }
                self.parts += 1;
                self.head().map(Some)
            }
        }
    }

    /// Holds more, if there is room and more comes; says whether it does.
    fn fill(&mut self) -> Result<bool, NotMultipart> {
        if self.is_drained {
            return Ok(false);
        }
        if self.start > 0 {
            self.held.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let Some(room) = self.held.get_mut(self.end..).filter(|room| !room.is_empty()) else {
            return Ok(false);
        };
        let length = loop {
            match self.from.read(room) {
                Ok(length) => break length,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(NotMultipart::Network { at: self.at, error }),
            }
        };
        self.end += length;
        self.is_drained = length == 0;
        Ok(length > 0)
    }

    fn rest(&self) -> &[u8] {
        self.held.get(self.start..self.end).unwrap_or(&[])
    }

    fn pass(&mut self, length: usize) {
        self.start += length;
        self.at += length as u64;
    }

    /// So much of the part at hand.
    fn take(&mut self, length: usize) {
        self.came += length as u64;
        self.pass(length);
    }

    /// A whole line with its end, which is not passed over; `None` where it is longer.
    fn line(&mut self, bytes_max: usize) -> Result<Option<usize>, NotMultipart> {
        loop {
            let rest = self.rest();
            if let Some(at) = memchr::memchr(b'\n', rest.get(..bytes_max.min(rest.len())).unwrap_or(&[])) {
                return Ok(Some(at + 1));
            }
            if rest.len() >= bytes_max {
                return Ok(None);
            }
            if !self.fill()? {
                return Err(NotMultipart::CutShort { at: self.at + (self.end - self.start) as u64 });
            }
        }
    }

    /// To the first delimiter, which also says how lines end.
    fn preamble(&mut self) -> Result<(), NotMultipart> {
        while self.at <= PREAMBLE_MAX_BYTES {
            // A closing delimiter need not end in a line of its own.
            while self.rest().len() < self.boundary.closing().len() && self.fill()? {}
            if self.rest().starts_with(self.boundary.closing()) {
                self.state = State::Ended;
                return Ok(());
            }
            let Some(length) = self.line(HELD_BYTES / 2)? else { return Err(NotMultipart::NoDelimiter) };
            let line = self.rest().get(..length).unwrap_or(&[]);
            let after = line.strip_prefix(self.boundary.dashed());
            if after.is_some_and(|after| after.iter().all(u8::is_ascii_whitespace)) {
                self.newline = if line.ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
                self.state = State::Head;
                self.pass(length);
                return Ok(());
            }
            self.pass(length);
        }
        Err(NotMultipart::NoDelimiter)
    }

    /// The headers of a part, to the empty line.
    fn head(&mut self) -> Result<Headers, NotMultipart> {
        let mut headers = Headers::default();
        let mut left = PART_HEAD_MAX_BYTES;
        let part = self.parts;
        loop {
            let Some(length) = self.line(left)? else { return Err(NotMultipart::Head { part }) };
            left -= length;
            let line = String::from_utf8_lossy(self.rest().get(..length).unwrap_or(&[])).into_owned();
            self.pass(length);
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            match (line.starts_with([' ', '\t']), headers.0.last_mut(), line.split_once(':')) {
                // A line that goes on with the one before.
                (true, Some((_, value)), _) => *value = format!("{value} {}", line.trim()).into(),
                (false, _, Some((name, value))) => headers.0.push((name.trim().into(), value.trim().into())),
                _ => return Err(NotMultipart::Head { part }),
            }
        }
        let claims = headers.all("content-length").next().map(str::parse).transpose();
        self.claims = claims.map_err(|_| NotMultipart::Head { part })?;
        self.came = 0;
        self.state = State::Part;
        // The empty line before may be all that parts an empty body from its delimiter.
        while self.rest().len() < self.boundary.closing().len() && self.fill()? {}
        if self.rest().starts_with(self.boundary.dashed()) {
            self.delimited(0)?;
        }
        Ok(headers)
    }

    /// At most so much of what is held of the part at hand; empty at its end.
    fn chunk(&mut self, most: usize) -> Result<&[u8], NotMultipart> {
        let newline = self.newline.len();
        loop {
            if self.state != State::Part {
                return Ok(&[]);
            }
            // No further than is wanted: whoever takes a few bytes at a time does not have everything searched each time.
            let needle = if newline == 2 { &self.boundary.with_crlf } else { &self.boundary.with_lf };
            let length = needle.needle().len();
            let rest = self.rest();
            let seen = rest.len().min(most.saturating_add(length - 1));
            let found = needle.find(rest.get(..seen).unwrap_or(&[]));
            match found {
                Some(0) => {
                    if !self.delimited(newline)? {
                        // The boundary is the beginning of something else, which belongs to the part.
                        return Ok(self.held.get(self.start..=self.start).unwrap_or(&[]));
                    }
                }
                Some(to) => {
                    return Ok(self.held.get(self.start..self.start + to.min(most)).unwrap_or(&[]));
                }
                None => {
                    // The end of what is held may be the beginning of a delimiter.
                    let to = seen.saturating_sub(length - 1);
                    if to > 0 {
                        return Ok(self.held.get(self.start..self.start + to).unwrap_or(&[]));
                    }
                    if !self.fill()? {
                        return Err(NotMultipart::CutShort { at: self.at + (self.end - self.start) as u64 });
                    }
                }
            }
        }
    }

    /// What is held begins with a newline of so many bytes and the boundary: is it a delimiter? It is passed over then.
    fn delimited(&mut self, newline: usize) -> Result<bool, NotMultipart> {
        let after = newline + self.boundary.dashed().len();
        loop {
            let rest = self.rest().get(after..).unwrap_or(&[]);
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if blanks > PADDING_MAX_BYTES {
                return Ok(false);
            }
            let (is_closing, end) = match rest.get(blanks..).unwrap_or(&[]) {
                _ if rest.starts_with(b"--") => (true, Some(2)),
                [b'\r', b'\n', ..] => (false, Some(blanks + 2)),
                [b'\n', ..] => (false, Some(blanks + 1)),
                // What follows is not here yet.
                [] | [b'\r'] => (false, None),
                [b'-'] if blanks == 0 => (false, None),
                _ => return Ok(false),
            };
            match end {
                Some(end) => {
                    self.pass(after + end);
                    self.state = if is_closing { State::Ended } else { State::Head };
                    return self.measured().map(|()| true);
                }
                None => {
                    if !self.fill()? {
                        return Err(NotMultipart::CutShort { at: self.at + (self.end - self.start) as u64 });
                    }
                }
            }
        }
    }

    fn measured(&mut self) -> Result<(), NotMultipart> {
        match self.claims.take().filter(|says| *says != self.came) {
            Some(says) => Err(NotMultipart::Length { part: self.parts, says, has: self.came }),
            None => Ok(()),
        }
    }
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let of = &mut *self.of;
        if into.is_empty() {
            return Ok(0);
        }
        if of.state == State::Broken {
            return Err(std::io::Error::other(NotMultipart::CutShort { at: of.at }));
        }
        let length = match of.chunk(into.len()) {
            Ok(chunk) => {
                into.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
                chunk.len()
            }
            Err(error) => {
                of.state = State::Broken;
                return Err(std::io::Error::other(error));
            }
        };
        of.take(length);
        Ok(length)
    }
}
