//! The Merkle tree against the one in RFC 6962 and another implementation. Tests only.

use super::*;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2_for_ct_merkle::Sha256 as OtherSha256;

fn entry_hash(n: u64) -> Hash {
    Hash::of(&n.to_be_bytes())
}

/// Our hashes of the first `size` leaves, with every block opened.
fn hashes(size: u64) -> (Hashes, Frontier) {
    let mut frontier = Frontier::default();
    let mut hashes = Hashes::default();
    for n in 0..size {
        if let Some(block) = frontier.push(&entry_hash(n)) {
            assert_eq!(block.index, hashes.blocks.len() as u64);
            hashes.blocks.push(block.hash);
        }
        hashes.opened.entry(n / BLOCK_LEAVES).or_default().push(leaf_hash(&entry_hash(n)));
    }
    (hashes, frontier)
}

/// The other crate's tree over the same leaves.
fn other(size: u64) -> MemoryBackedTree<OtherSha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|n| tree.push(entry_hash(n).0.to_vec()));
    tree
}

#[test]
fn every_tree_head_up_to_1100_entries_is_the_other_implementations_head() {
    let mut frontier = Frontier::default();
    let mut tree = MemoryBackedTree::<OtherSha256, Vec<u8>>::new();
    for n in 0..1100 {
        assert_eq!(frontier.root().0.as_slice(), tree.root().as_bytes().as_slice(), "{n}");
        assert_eq!(Frontier::from_bytes(n, &frontier.to_bytes()).as_ref(), Some(&frontier));
        frontier.push(&entry_hash(n));
        tree.push(entry_hash(n).0.to_vec());
    }
    let (hashes, frontier) = hashes(1100);
    assert_eq!(hashes.range(0, 1100), Ok(frontier.root()));
}

#[test]
fn a_frontier_of_the_wrong_length_is_refused() {
    assert!(Frontier::from_bytes(3, &[0; 32]).is_none());
    assert!(Frontier::from_bytes(1, &[0; 31]).is_none());
    assert!(Frontier::from_bytes(0, &[]).is_some());
}

proptest! {
    #[test]
    fn proofs_are_those_of_the_other_implementation(size in 1u64..1500, at in any::<u64>(), earlier in any::<u64>()) {
        let (ours, theirs) = (hashes(size).0, other(size));
        let at = at % size;
        let path: Vec<u8> = ours.path(at, 0, size).unwrap().iter().flat_map(|h| h.0).collect();
        let their_path = theirs.prove_inclusion(at as usize);
        prop_assert_eq!(path.as_slice(), their_path.as_bytes());
        let first = 1 + earlier % size;
        if first < size {
            let proof: Vec<u8> = ours.consistency(first, size).unwrap().iter().flat_map(|h| h.0).collect();
            let their_proof = theirs.prove_consistency((size - first) as usize);
            prop_assert_eq!(proof.as_slice(), their_proof.as_bytes());
        }
    }
}
