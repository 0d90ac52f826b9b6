//! Proofs, checked by a small verifier of its own that shares no code with the journal's Merkle trees.

use crate::support::*;
use journal::{Hash, InclusionProof, Seq};
use sha2::{Digest, Sha256};

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// An outsider's check, written from RFC 6962 section 2.1.1 by recursion: consumes the path from its end.
fn outsider_accepts(proof: &InclusionProof) -> bool {
    fn root(leaf: [u8; 32], index: u64, size: u64, path: &[Hash]) -> Option<[u8; 32]> {
        if size == 1 {
            return path.is_empty().then_some(leaf);
        }
        let (sibling, below) = path.split_last()?;
        let left =
            (1..64).map(|bit| 1u64 << bit).find(|power| power * 2 >= size).filter(|_| size > 2).unwrap_or(1);
        if index < left {
            Some(sha256(&[&[1], &root(leaf, index, left, below)?, &sibling.0]))
        } else {
            Some(sha256(&[&[1], &sibling.0, &root(leaf, index - left, size - left, below)?]))
        }
    }
    proof.leaf_index < proof.tree_size
        && root(sha256(&[&[0], &proof.entry_hash.0]), proof.leaf_index, proof.tree_size, &proof.path)
            == Some(proof.root.0)
}

#[tokio::test]
async fn an_outsider_accepts_the_proof_of_every_entry_and_no_altered_one() {
    for place in [memory(), sqlite(), postgres()].into_iter().flatten() {
        let (journal, main) = (place.open().await, site("main"));
        append_notes(&journal, &main, 600).await;
        let entries = read_all(&journal, &main).await;
        for size in [1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 600] {
            for seq in [1, 2, size / 2, size - 1, size].into_iter().filter(|seq| (1..=size).contains(seq)) {
                let proof = journal.prove_inclusion(&main, Seq(seq), Some(Seq(size))).await.unwrap();
                assert_eq!(proof.entry_hash, entries[seq as usize - 1].hash);
                assert!(outsider_accepts(&proof) && proof.holds(), "{seq} of {size}");
                assert_altered_proofs_are_rejected(&proof);
            }
        }
        let head = journal.head(&main).await.unwrap();
        assert_eq!(journal.prove_inclusion(&main, Seq(9), None).await.unwrap().root, head.root);
        assert!(journal.prove_inclusion(&main, Seq(601), None).await.is_err());
        assert!(journal.prove_inclusion(&main, Seq(0), None).await.is_err());
    }
}

fn assert_altered_proofs_are_rejected(proof: &InclusionProof) {
    let mut altered = vec![];
    let mut alter = |change: &dyn Fn(&mut InclusionProof)| {
        let mut copy = proof.clone();
        change(&mut copy);
        altered.push(copy);
    };
    alter(&|proof| proof.entry_hash.0[5] ^= 1);
    alter(&|proof| proof.root.0[0] ^= 128);
    alter(&|proof| proof.path.push(Hash::of(b"more")));
    alter(&|proof| proof.tree_size = proof.leaf_index);
    for at in 0..proof.path.len() {
        alter(&|proof| proof.path[at].0[31] ^= 1);
        alter(&|proof| proof.path.truncate(at));
    }
    if proof.tree_size > 1 {
        alter(&|proof| proof.leaf_index ^= 1);
        alter(&|proof| proof.path.reverse());
    }
    for copy in altered.iter().filter(|copy| *copy != proof) {
        // A path of one hash reversed is the same path; swapping neighbours of a lone right leaf is no change.
        assert!(!outsider_accepts(copy), "{copy:?}");
        assert!(!copy.holds(), "{copy:?}");
    }
}

#[tokio::test]
async fn a_later_head_is_proven_to_continue_an_earlier_one() {
    for place in [memory(), sqlite(), postgres()].into_iter().flatten() {
        let (journal, main) = (place.open().await, site("main"));
        let mut heads = vec![journal.head(&main).await.unwrap()];
        for count in [1, 1, 5, 249, 1, 255, 10, 200] {
            heads.push(append_notes(&journal, &main, count).await);
        }
        for first in &heads {
            for second in heads.iter().filter(|second| second.seq >= first.seq && second.seq > Seq(0)) {
                let proof = journal.prove_consistency(&main, first.seq, Some(second.seq)).await.unwrap();
                assert_eq!((proof.first.root, proof.second.root), (first.root, second.root));
                assert!(proof.holds(), "{} to {}", first.seq, second.seq);
                let mut altered = proof.clone();
                altered.second.root.0[3] ^= 1;
                // Anything continues a tree without entries.
                assert!(first.seq == Seq(0) || !altered.holds());
                let mut altered = proof.clone();
                altered.first.root.0[3] ^= 1;
                assert!(!altered.holds());
                if !proof.path.is_empty() {
                    altered = proof.clone();
                    altered.path[0].0[0] ^= 1;
                    assert!(!altered.holds());
                }
            }
        }
        assert!(journal.prove_consistency(&main, Seq(9999), None).await.is_err());
    }
}
