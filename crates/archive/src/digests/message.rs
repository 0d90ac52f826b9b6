//! What the two agents say to each other. One question and its answer are a round; an answer depends on nothing but its question and the tree.

use crate::digests::coded::Symbol;
use crate::digests::digest::Digest;
use crate::digests::tree::Sum;

/// Digits of 4 bits in a digest.
pub(super) const DIGITS: u8 = 32;

/// The first digits of a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    /// The digits, followed by zeros.
    first: u128,
    depth: u8,
}

impl Prefix {
    /// The prefix of everything.
    pub const ROOT: Prefix = Prefix { first: 0, depth: 0 };

    /// The first `depth` digits of a digest; all 32 when there are not so many.
    pub fn of(digest: Digest, depth: u8) -> Prefix {
        let depth = depth.min(DIGITS);
        Prefix { first: digest.0 & !rest(depth), depth }
    }

    /// How many digits.
    pub fn depth(self) -> u8 {
        self.depth
    }

    /// The first digest that begins with it.
    pub fn first(self) -> Digest {
        Digest(self.first)
    }

    /// The last digest that begins with it.
    pub fn last(self) -> Digest {
        Digest(self.first | rest(self.depth))
    }

    /// Does a digest begin with it?
    pub fn holds(self, digest: Digest) -> bool {
        digest.0 & !rest(self.depth) == self.first
    }

    /// The prefixes that are so many digits longer, in order.
    pub fn below(self, digits: u8) -> impl Iterator<Item = Prefix> {
        let depth = (self.depth + digits).min(DIGITS);
        let more = u32::from(depth - self.depth);
        (0..1_u128 << (4 * more)).map(move |number| {
            let shift = 128 - 4 * u32::from(depth);
            Prefix { first: self.first | number.checked_shl(shift).unwrap_or(0), depth }
        })
    }
}

/// The bits behind the first `depth` digits.
fn rest(depth: u8) -> u128 {
    u128::MAX.checked_shr(4 * u32::from(depth)).unwrap_or(0)
}

/// A question. Any part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Whose sums are wanted, so many digits further down; all of one depth, in order.
    pub nodes: Vec<Prefix>,
    /// How many digits further down: 1 or 2.
    pub deeper: u8,
    /// Are these there?
    pub have: Vec<Digest>,
    /// Coded symbols of all that begins with these, all of one depth, in order.
    pub coded: Vec<Prefix>,
    /// From which symbol.
    pub from: u32,
    /// Up to which, excluded.
    pub to: u32,
}

/// An answer, part for part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Of the tree that was asked. When it changes, the exchange begins anew.
    pub revision: u64,
    /// Everything.
    pub root: Sum,
    /// For each prefix of `nodes`.
    pub parts: Vec<Part>,
    /// For each digest of `have`.
    pub have: Vec<bool>,
    /// Symbols `from` to `to`.
    pub symbols: Vec<Symbol>,
}

/// What lies below a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The sums of the prefixes below, in order.
    Sums(Vec<Sum>),
    /// The digests themselves, in order, because they are few.
    Digests(Vec<Digest>),
}
