//! A tree of digests: for each prefix how many begin with it and their sum, kept as objects come and go.
//!
//! Digests lie sorted in one block, as they were built; what comes later lies beside it, leaf by leaf. So a hundred million take 16 bytes each, and
//! one more costs a search in its leaf and one addition on each level; building anew every night brings all into the block again. Nothing here is sent anywhere.

use crate::digests::digest::Digest;
use crate::digests::message::Prefix;

/// Levels of 16 branches each at most above the leaves: five are 1,048,576 leaves.
const LEVELS_MAX: u8 = 5;
/// A level more is worth it once its leaves would hold so many.
const LEAF_LEAST: usize = 16;

/// How many digests, and their sum modulo 2¹²⁸. Two different sets agree in it with probability 2⁻¹²⁸.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Their sum modulo 2¹²⁸.
    pub sum: u128,
}

impl Sum {
    /// With one more.
    #[must_use]
    pub fn plus(self, digest: Digest) -> Sum {
        Sum { count: self.count.wrapping_add(1), sum: self.sum.wrapping_add(digest.0) }
    }

    /// With one less.
    #[must_use]
    pub fn minus(self, digest: Digest) -> Sum {
        Sum { count: self.count.wrapping_sub(1), sum: self.sum.wrapping_sub(digest.0) }
    }
}

/// The digests of one prefix: a part of the common block, and what came since it was built.
#[derive(Clone, Debug)]
struct Leaf {
    /// Where in the block; a block of more than 2³² digests of 16 bytes is in no memory that this is made for.
    start: u32,
    length: u32,
    more: Vec<u128>,
}

/// The tree.
#[derive(Clone, Debug)]
pub struct Tree {
    base: Vec<u128>,
    leaves: Vec<Leaf>,
    /// From the root down to the leaves.
    levels: Vec<Vec<Sum>>,
    revision: u64,
}

impl Tree {
    /// An empty tree for about so many.
    pub fn new(expected: usize) -> Tree {
        Tree::of_sorted(Vec::new(), expected)
    }

    /// Digests that are sorted and of which none is there twice.
    pub(super) fn of_sorted(base: Vec<u128>, expected: usize) -> Tree {
        let mut depth = 0;
        while depth < LEVELS_MAX && expected >> (4 * u32::from(depth + 1)) >= LEAF_LEAST {
            depth += 1;
        }
        let mut levels: Vec<Vec<Sum>> =
            (0..=depth).map(|level| vec![Sum::default(); 1 << (4 * u32::from(level))]).collect();
        let mut leaves = Vec::with_capacity(1 << (4 * u32::from(depth)));
        let mut start = 0;
        for number in 0..1_usize << (4 * u32::from(depth)) {
            let ours =
                base.get(start..).unwrap_or(&[]).iter().take_while(|digest| index(**digest, depth) == number);
            let sum = ours.fold(Sum::default(), |sum, digest| sum.plus(Digest(*digest)));
            for level in 0..=depth {
                let above = number >> (4 * u32::from(depth - level));
                if let Some(node) = levels.get_mut(usize::from(level)).and_then(|nodes| nodes.get_mut(above))
                {
                    node.count += sum.count;
                    node.sum = node.sum.wrapping_add(sum.sum);
                }
            }
            let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            leaves.push(Leaf { start: narrow(start), length: sum.count as u32, more: Vec::new() });
            start += usize::try_from(sum.count).unwrap_or(usize::MAX);
        }
        Tree { base, leaves, levels, revision: 0 }
    }

    fn depth(&self) -> u8 {
        u8::try_from(self.levels.len().saturating_sub(1)).unwrap_or(LEVELS_MAX)
    }

    /// How many, and their sum.
    pub fn root(&self) -> Sum {
        self.levels.first().and_then(|root| root.first()).copied().unwrap_or_default()
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Is it there?
    pub fn contains(&self, digest: Digest) -> bool {
        let (built, more) = self.leaf(index(digest.0, self.depth()));
        built.binary_search(&digest.0).is_ok() || more.binary_search(&digest.0).is_ok()
    }

    /// Puts a digest in; `false` when it is there already.
    pub fn insert(&mut self, digest: Digest) -> bool {
        let number = index(digest.0, self.depth());
        let (built, more) = self.leaf(number);
        let (Err(_), Err(place)) = (built.binary_search(&digest.0), more.binary_search(&digest.0)) else {
            return false;
        };
        if let Some(leaf) = self.leaves.get_mut(number) {
            leaf.more.insert(place, digest.0);
        }
        self.change(digest, Sum::plus);
        true
    }

    /// Takes a digest out; `false` when it is not there.
    pub fn remove(&mut self, digest: Digest) -> bool {
        let number = index(digest.0, self.depth());
        let (built, more) = self.leaf(number);
        let (in_built, in_more) = (built.binary_search(&digest.0), more.binary_search(&digest.0));
        let Some(leaf) = self.leaves.get_mut(number) else { return false };
        match (in_built, in_more) {
            (Ok(place), _) => {
                // What follows in the leaf moves up; the place behind it is left unused until the tree is built anew.
                let (start, end) = (leaf.start as usize, leaf.start as usize + leaf.length as usize);
                self.base.copy_within(start + place + 1..end, start + place);
                leaf.length -= 1;
            }
            (Err(_), Ok(place)) => {
                leaf.more.remove(place);
            }
            (Err(_), Err(_)) => return false,
        }
        self.change(digest, Sum::minus);
        true
    }

    fn change(&mut self, digest: Digest, by: fn(Sum, Digest) -> Sum) {
        for (level, nodes) in (0..).zip(&mut self.levels) {
            if let Some(node) = nodes.get_mut(index(digest.0, level)) {
                *node = by(*node, digest);
            }
        }
        self.revision += 1;
    }

    /// How many begin with a prefix, and their sum.
    pub fn sum(&self, prefix: Prefix) -> Sum {
        match self.levels.get(usize::from(prefix.depth())) {
            Some(nodes) => nodes.get(index(prefix.first().0, prefix.depth())).copied().unwrap_or_default(),
            None => self.digests(prefix).fold(Sum::default(), Sum::plus),
        }
    }

    /// All that begin with a prefix, in order.
    pub fn digests(&self, prefix: Prefix) -> impl Iterator<Item = Digest> + '_ {
        let (first, last) = (prefix.first().0, prefix.last().0);
        let leaves = index(first, self.depth())..=index(last, self.depth());
        leaves.flat_map(move |number| {
            let (built, more) = self.leaf(number);
            merged(between(built, first, last), between(more, first, last))
        })
    }

    fn leaf(&self, number: usize) -> (&[u128], &[u128]) {
        let Some(leaf) = self.leaves.get(number) else { return (&[], &[]) };
        let start = leaf.start as usize;
        (self.base.get(start..start + leaf.length as usize).unwrap_or(&[]), &leaf.more)
    }
}

/// The part of a sorted list from `first` to `last`, both included.
fn between(sorted: &[u128], first: u128, last: u128) -> &[u128] {
    let from = sorted.partition_point(|digest| *digest < first);
    let to = sorted.partition_point(|digest| *digest <= last);
    sorted.get(from..to).unwrap_or(&[])
}

/// Two sorted lists as one.
fn merged<'a>(mut one: &'a [u128], mut other: &'a [u128]) -> impl Iterator<Item = Digest> + 'a {
    std::iter::from_fn(move || {
        let from = match (one.first(), other.first()) {
            (Some(a), Some(b)) if b < a => &mut other,
            (Some(_), _) => &mut one,
            (None, _) => &mut other,
        };
        let (first, rest) = from.split_first()?;
        *from = rest;
        Some(Digest(*first))
    })
}

/// The node of a level to which a digest belongs: its first digits of 4 bits.
fn index(digest: u128, level: u8) -> usize {
    // At most 20 bits are left.
    digest.checked_shr(128 - 4 * u32::from(level)).unwrap_or(0) as usize
}
