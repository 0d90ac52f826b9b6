//! RFC 6962 section 2.1 hashing over the entries' hashes: tree heads that grow by one leaf in O(log n), and the
//! proofs that an outsider checks. Nothing here reads or writes; where the hashes come from is the store's business.

use crate::hash::{HASH_SIZE_BYTES, Hash};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Leaves below one stored block: complete subtrees of this many leaves are kept so that a proof in a stream of
/// millions reads a few hundred entries' hashes instead of all.
pub(crate) const BLOCK_LEAVES: u64 = 1 << BLOCK_LEVEL;
const BLOCK_LEVEL: u32 = 8;

/// The tree head over nothing: the hash of no bytes.
pub fn empty_root() -> Hash {
    Hash::of(b"")
}

/// The hash of a leaf whose data is an entry's hash.
pub fn leaf_hash(entry_hash: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry_hash.0);
    Hash(hasher.finalize().into())
}

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left.0);
    hasher.update(right.0);
    Hash(hasher.finalize().into())
}

/// The right edge of a growing tree: one hash for each complete subtree, largest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// A complete subtree of [`BLOCK_LEAVES`] leaves, numbered from 0 at the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) index: u64,
    pub(crate) hash: Hash,
}

impl Frontier {
    /// How many leaves the tree has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf of one entry; returns the block that this leaf completed, if any.
    pub(crate) fn push(&mut self, entry_hash: &Hash) -> Option<Block> {
        let mut node = leaf_hash(entry_hash);
        let mut block = None;
        for level in 0..u64::BITS {
            if level == BLOCK_LEVEL {
                block = Some(Block { index: self.size >> BLOCK_LEVEL, hash: node });
            }
            if (self.size >> level) & 1 == 0 {
                break;
            }
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
        block
    }

    /// The tree head.
    pub(crate) fn root(&self) -> Hash {
        let mut from_the_right = self.peaks.iter().rev();
        let Some(last) = from_the_right.next() else { return empty_root() };
        from_the_right.fold(*last, |right, left| node_hash(left, &right))
    }

    /// As stored beside the head.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// As read back; `None` when the bytes cannot belong to a tree of `size` leaves.
    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let peaks: Vec<Hash> = bytes.chunks(HASH_SIZE_BYTES).map(Hash::from_slice).collect::<Option<_>>()?;
        (peaks.len() == size.count_ones() as usize).then_some(Frontier { size, peaks })
    }
}

/// What a proof is computed from: all complete blocks, and the leaves of those blocks that must be opened.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    /// Hash of each complete block, from the left.
    pub(crate) blocks: Vec<Hash>,
    /// Leaf hashes of opened blocks (and of the incomplete one at the right).
    pub(crate) opened: BTreeMap<u64, Vec<Hash>>,
}

/// A hash that a proof needs was not there: the store is damaged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MissingLeaf(pub(crate) u64);

impl Hashes {
    /// The head over leaves `begin..end`, where `begin` is where RFC 6962 splits.
    pub(crate) fn range(&self, begin: u64, end: u64) -> Result<Hash, MissingLeaf> {
        let count = end.saturating_sub(begin);
        if count == 0 {
            return Ok(empty_root());
        }
        let block = begin >> BLOCK_LEVEL;
        if count == BLOCK_LEAVES && begin.is_multiple_of(BLOCK_LEAVES) {
            return self.blocks.get(block as usize).copied().ok_or(MissingLeaf(begin));
        }
        if count == 1 {
            let leaf = self.opened.get(&block).and_then(|leaves| leaves.get((begin % BLOCK_LEAVES) as usize));
            return leaf.copied().ok_or(MissingLeaf(begin));
        }
        let middle = begin + split(count);
        Ok(node_hash(&self.range(begin, middle)?, &self.range(middle, end)?))
    }

    /// The audit path of leaf `index` among `begin..end` (RFC 6962, 2.1.1), from the leaf upwards.
    pub(crate) fn path(&self, index: u64, begin: u64, end: u64) -> Result<Vec<Hash>, MissingLeaf> {
        if end.saturating_sub(begin) <= 1 {
            return Ok(Vec::new());
        }
        let middle = begin + split(end - begin);
        let mut path;
        if index < middle {
            path = self.path(index, begin, middle)?;
            path.push(self.range(middle, end)?);
        } else {
            path = self.path(index, middle, end)?;
            path.push(self.range(begin, middle)?);
        }
        Ok(path)
    }

    /// The proof that the tree of `first` leaves is the beginning of the tree of `second` (RFC 6962, 2.1.2).
    pub(crate) fn consistency(&self, first: u64, second: u64) -> Result<Vec<Hash>, MissingLeaf> {
        if first == 0 || first >= second { Ok(Vec::new()) } else { self.subproof(first, 0, second, true) }
    }

    fn subproof(&self, first: u64, begin: u64, end: u64, whole: bool) -> Result<Vec<Hash>, MissingLeaf> {
        if first == end {
            return if whole { Ok(Vec::new()) } else { Ok(vec![self.range(begin, end)?]) };
        }
        let middle = begin + split(end - begin);
        let mut proof;
        if first <= middle {
            proof = self.subproof(first, begin, middle, whole)?;
            proof.push(self.range(middle, end)?);
        } else {
            proof = self.subproof(first, middle, end, false)?;
            proof.push(self.range(begin, middle)?);
        }
        Ok(proof)
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

#[cfg(test)]
#[path = "merkle_tests.rs"]
mod tests;
