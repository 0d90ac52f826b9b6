//! Questions and answers as bytes: numbers of variable length (LEB128), digests of 16 bytes. What is read was written by a machine that may be broken or
//! not ours: every count has a limit before anything is kept, and a message ends where it says.

use crate::digests::coded::Symbol;
use crate::digests::digest::Digest;
use crate::digests::message::{DIGITS, Part, Prefix, Reply, Request};
use crate::digests::tree::Sum;

/// Prefixes whose sums are asked for at once.
pub(super) const NODES_MAX: usize = 4_096;
/// Prefixes whose coded symbols are asked for at once.
pub(super) const CODED_PREFIXES_MAX: usize = 65_536;
/// Digests that are asked for at once.
pub(super) const HAVE_MAX: usize = 65_536;
/// Symbols that are asked for at once.
pub(super) const SYMBOLS_MAX: u32 = 262_144;
/// Sums, digests or both in one answer.
const ENTRIES_MAX: usize = NODES_MAX * 16;

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAMessage {
    /// It ends too early.
    #[error("the message ends after {0} bytes, in the middle of {1}")]
    Short(usize, &'static str),
    /// Something is left over.
    #[error("{0} bytes are left behind the end of the message")]
    Long(usize),
    /// More than is allowed.
    #[error("{what}: at most {most}, the message says {said}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: u64,
        /// What stands there.
        said: u64,
    },
    /// A value that means nothing.
    #[error("{0} has a value that means nothing")]
    Value(&'static str),
}

fn number(to: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        // The lower seven bits.
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

fn count(to: &mut Vec<u8>, length: usize) {
    number(to, length as u128);
}

fn sum(to: &mut Vec<u8>, sum: Sum) {
    number(to, u128::from(sum.count));
    if sum.count > 0 {
        to.extend(sum.sum.to_be_bytes());
    }
}

/// Prefixes in order of their depth and first digits: each as the distance from the one before.
fn prefixes(to: &mut Vec<u8>, list: &[Prefix]) {
    count(to, list.len());
    for run in list.chunk_by(|a, b| a.depth() == b.depth()) {
        let depth = run.first().map_or(0, |prefix| prefix.depth());
        to.push(depth);
        count(to, run.len());
        let mut before = 0;
        for prefix in run {
            let digits = prefix.first().0.checked_shr(128 - 4 * u32::from(depth)).unwrap_or(0);
            number(to, digits.wrapping_sub(before));
            before = digits;
        }
    }
}

impl Request {
    /// As bytes. Prefixes must stand in order of depth, then of digits.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Vec::new();
        prefixes(&mut to, &self.nodes);
        to.push(self.deeper);
        count(&mut to, self.have.len());
        self.have.iter().for_each(|digest| to.extend(digest.0.to_be_bytes()));
        prefixes(&mut to, &self.coded);
        number(&mut to, u128::from(self.from));
        number(&mut to, u128::from(self.to));
        to
    }

    /// Reads a question.
    ///
    /// # Errors
    /// It is none, or asks for more than is answered at once.
    pub fn read(bytes: &[u8]) -> Result<Request, NotAMessage> {
        let mut from = Reader { bytes, at: 0 };
        let nodes = from.prefixes("prefixes", NODES_MAX)?;
        let deeper = from.byte("depth")?;
        let has_sums = nodes.is_empty() || deeper == 1 || (deeper == 2 && nodes.len() * 16 <= NODES_MAX);
        if !has_sums {
            return Err(NotAMessage::Value("how much deeper"));
        }
        let have = from.count("digests asked for", HAVE_MAX)?;
        let have = (0..have).map(|_| from.digest()).collect::<Result<_, _>>()?;
        let coded = from.prefixes("prefixes of symbols", CODED_PREFIXES_MAX)?;
        let first = from.number32("first symbol")?;
        let end = from.number32("last symbol")?;
        let most = u64::from(SYMBOLS_MAX);
        match end.checked_sub(first) {
            Some(symbols) if symbols <= SYMBOLS_MAX && end <= 16 * SYMBOLS_MAX => {}
            Some(symbols) => {
                return Err(NotAMessage::TooMany { what: "symbols", most, said: symbols.into() });
            }
            None => return Err(NotAMessage::Value("last symbol")),
        }
        from.end()?;
        Ok(Request { nodes, deeper, have, coded, from: first, to: end })
    }
}

impl Reply {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Vec::new();
        number(&mut to, u128::from(self.revision));
        sum(&mut to, self.root);
        count(&mut to, self.parts.len());
        for part in &self.parts {
            match part {
                Part::Sums(sums) => {
                    to.push(0);
                    count(&mut to, sums.len());
                    sums.iter().for_each(|below| sum(&mut to, *below));
                }
                Part::Digests(digests) => {
                    to.push(1);
                    count(&mut to, digests.len());
                    digests.iter().for_each(|digest| to.extend(digest.0.to_be_bytes()));
                }
            }
        }
        count(&mut to, self.have.len());
        for eight in self.have.chunks(8) {
            to.push(eight.iter().rev().fold(0, |bits, is_there| bits << 1 | u8::from(*is_there)));
        }
        count(&mut to, self.symbols.len());
        for symbol in &self.symbols {
            to.extend(symbol.sum.to_be_bytes());
            to.extend(symbol.check.to_be_bytes());
            // Small numbers of either sign stay short (zigzag).
            number(&mut to, u128::from((symbol.count << 1 ^ symbol.count >> 63) as u64));
        }
        to
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// It is none, or longer than any question asks for.
    pub fn read(bytes: &[u8]) -> Result<Reply, NotAMessage> {
        let mut from = Reader { bytes, at: 0 };
        let revision = from.number64("revision")?;
        let root = from.sum()?;
        let mut entries = ENTRIES_MAX;
        let parts = from.count("parts", NODES_MAX)?;
        let parts = (0..parts).map(|_| from.part(&mut entries)).collect::<Result<_, _>>()?;
        let length = from.count("digests looked for", HAVE_MAX)?;
        let bits = from.take(length.div_ceil(8), "digests looked for")?;
        let bit = |place: usize| bits.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1);
        let have = (0..length).map(bit).collect();
        let symbols = from.count("symbols", SYMBOLS_MAX as usize)?;
        let symbols = (0..symbols).map(|_| from.symbol()).collect::<Result<_, _>>()?;
        from.end()?;
        Ok(Reply { revision, root, parts, have, symbols })
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], NotAMessage> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(NotAMessage::Short(self.bytes.len(), what))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], NotAMessage> {
        self.take(N, what)?.try_into().map_err(|_| NotAMessage::Value(what))
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, NotAMessage> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    fn number(&mut self, what: &'static str) -> Result<u128, NotAMessage> {
        let mut value = 0_u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte(what)?;
            let bits = u128::from(byte & 0x7F);
            if shift > 0 && bits.leading_zeros() < shift {
                return Err(NotAMessage::Value(what));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(NotAMessage::Value(what))
    }

    fn number64(&mut self, what: &'static str) -> Result<u64, NotAMessage> {
        u64::try_from(self.number(what)?).map_err(|_| NotAMessage::Value(what))
    }

    fn number32(&mut self, what: &'static str) -> Result<u32, NotAMessage> {
        u32::try_from(self.number(what)?).map_err(|_| NotAMessage::Value(what))
    }

    fn count(&mut self, what: &'static str, most: usize) -> Result<usize, NotAMessage> {
        let said = self.number64(what)?;
        match usize::try_from(said) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(NotAMessage::TooMany { what, most: most as u64, said }),
        }
    }

    fn digest(&mut self) -> Result<Digest, NotAMessage> {
        self.array("a digest").map(|bytes| Digest(u128::from_be_bytes(bytes)))
    }

    fn sum(&mut self) -> Result<Sum, NotAMessage> {
        let count = self.number64("a count")?;
        let sum = if count > 0 { u128::from_be_bytes(self.array("a sum")?) } else { 0 };
        Ok(Sum { count, sum })
    }

    fn part(&mut self, entries: &mut usize) -> Result<Part, NotAMessage> {
        let kind = self.byte("a part")?;
        let length = self.count("entries of the parts", *entries)?;
        *entries -= length;
        match kind {
            0 => (0..length).map(|_| self.sum()).collect::<Result<_, _>>().map(Part::Sums),
            1 => (0..length).map(|_| self.digest()).collect::<Result<_, _>>().map(Part::Digests),
            _ => Err(NotAMessage::Value("a part")),
        }
    }

    fn symbol(&mut self) -> Result<Symbol, NotAMessage> {
        let sum = u128::from_be_bytes(self.array("a symbol")?);
        let check = u64::from_be_bytes(self.array("a symbol")?);
        let zigzag = self.number64("a symbol's count")?;
        let count = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
        Ok(Symbol { sum, check, count })
    }

    fn prefixes(&mut self, what: &'static str, most: usize) -> Result<Vec<Prefix>, NotAMessage> {
        let total = self.count(what, most)?;
        let mut list: Vec<Prefix> = Vec::with_capacity(total);
        while list.len() < total {
            let depth = self.byte(what)?;
            let deeper = list.last().is_none_or(|before| before.depth() < depth);
            let run = self.count(what, total - list.len())?;
            if depth > DIGITS || run == 0 || !deeper {
                return Err(NotAMessage::Value(what));
            }
            let mut digits = 0_u128;
            for place in 0..run {
                let distance = self.number(what)?;
                digits = digits.checked_add(distance).ok_or(NotAMessage::Value(what))?;
                let is_long = digits.checked_shr(4 * u32::from(depth)).is_some_and(|rest| rest > 0);
                if is_long || (place > 0 && distance == 0) {
                    return Err(NotAMessage::Value(what));
                }
                let first = digits.checked_shl(128 - 4 * u32::from(depth)).unwrap_or(0);
                list.push(Prefix::of(Digest(first), depth));
            }
        }
        Ok(list)
    }

    fn end(&self) -> Result<(), NotAMessage> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            left => Err(NotAMessage::Long(left)),
        }
    }
}
