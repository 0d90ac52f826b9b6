//! Proofs for someone outside: that an entry is in a stream, and that a longer stream continues a shorter one.
//! A proof is a plain value; checking it needs no journal.

use crate::entry::Seq;
use crate::hash::Hash;
use crate::merkle::{leaf_hash, node_hash};
use serde::{Deserialize, Serialize};

/// That an entry is the leaf at an index of the tree with a head (RFC 6962, 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// Index of the leaf, counted from 0: the entry's sequence less one.
    pub leaf_index: u64,
    /// How many entries the tree has.
    pub tree_size: u64,
    /// Hash of the entry; the leaf's data.
    pub entry_hash: Hash,
    /// Head of the tree.
    pub root: Hash,
    /// Hashes of the neighbours, from the leaf upwards.
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// Whether the path leads from the entry to the root (RFC 9162, 2.1.3.2).
    pub fn holds(&self) -> bool {
        if self.leaf_index >= self.tree_size {
            return false;
        }
        let (mut index, mut last) = (self.leaf_index, self.tree_size - 1);
        let mut node = leaf_hash(&self.entry_hash);
        for neighbour in &self.path {
            if last == 0 {
                return false;
            }
            if index & 1 == 1 || index == last {
                node = node_hash(neighbour, &node);
                while index & 1 == 0 && index != 0 {
                    index >>= 1;
                    last >>= 1;
                }
            } else {
                node = node_hash(&node, neighbour);
            }
            index >>= 1;
            last >>= 1;
        }
        last == 0 && node == self.root
    }
}

/// That the tree of a smaller size is the beginning of the tree of a larger size (RFC 6962, 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// Head of the stream's Merkle tree when it had this many entries.
    pub first: TreeHead,
    /// The later head.
    pub second: TreeHead,
    /// The hashes that connect them.
    pub path: Vec<Hash>,
}

/// The Merkle tree head at a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeHead {
    /// How many entries: the sequence of the newest.
    pub size: Seq,
    /// The head's hash.
    pub root: Hash,
}

impl ConsistencyProof {
    /// Whether the path connects both heads (RFC 9162, 2.1.4.2).
    pub fn holds(&self) -> bool {
        let (first, second) = (self.first.size.0, self.second.size.0);
        if first > second {
            return false;
        }
        if first == second {
            return self.path.is_empty() && self.first.root == self.second.root;
        }
        if first == 0 {
            return self.path.is_empty() && self.first.root == crate::merkle::empty_root();
        }
        let mut nodes = self.path.iter();
        let start = if first.is_power_of_two() { Some(&self.first.root) } else { nodes.next() };
        let Some(start) = start else { return false };
        let (mut index, mut last) = (first - 1, second - 1);
        while index & 1 == 1 {
            index >>= 1;
            last >>= 1;
        }
        let (mut first_root, mut second_root) = (*start, *start);
        for node in nodes {
            if last == 0 {
                return false;
            }
            if index & 1 == 1 || index == last {
                first_root = node_hash(node, &first_root);
                second_root = node_hash(node, &second_root);
                while index & 1 == 0 && index != 0 {
                    index >>= 1;
                    last >>= 1;
                }
            } else {
                second_root = node_hash(&second_root, node);
            }
            index >>= 1;
            last >>= 1;
        }
        last == 0 && first_root == self.first.root && second_root == self.second.root
    }
}
