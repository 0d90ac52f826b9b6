//! A tree of many digests at once: sorted in place, so that a hundred million need no second block.

use crate::digests::digest::Digest;
use crate::digests::tree::Tree;

/// First bits by which digests are thrown into buckets. 2,048 places to write at once stay in the processor's caches.
const BUCKET_BITS: u32 = 11;

impl Tree {
    /// A tree of these digests, in any order; one that is there twice counts once.
    pub fn build(mut digests: Vec<u128>) -> Tree {
        throw(&mut digests);
        let mut from = 0;
        while let Some(first) = digests.get(from).copied() {
            let length = digests
                .get(from..)
                .unwrap_or(&[])
                .iter()
                .take_while(|d| bucket(**d) == bucket(first))
                .count();
            if let Some(bucket) = digests.get_mut(from..from + length) {
                bucket.sort_unstable();
            }
            from += length;
        }
        digests.dedup();
        let expected = digests.len();
        Tree::of_sorted(digests, expected)
    }
}

impl FromIterator<Digest> for Tree {
    fn from_iter<I: IntoIterator<Item = Digest>>(digests: I) -> Tree {
        Tree::build(digests.into_iter().map(|digest| digest.0).collect())
    }
}

fn bucket(digest: u128) -> usize {
    // Eleven bits.
    (digest >> (128 - BUCKET_BITS)) as usize
}

/// Brings digests into the order of their buckets by swapping (McIlroy, Bostic, McIlroy, *Engineering Radix Sort*, 1993).
#[allow(clippy::indexing_slicing)] // every index is a bucket below 2^11, or a place counted from the digests themselves
fn throw(digests: &mut [u128]) {
    let mut ends = vec![0_usize; 1 << BUCKET_BITS];
    digests.iter().for_each(|digest| ends[bucket(*digest)] += 1);
    let mut total = 0;
    for end in &mut ends {
        total += *end;
        *end = total;
    }
    let mut next: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
    for home in 0..ends.len() {
        while next[home] < ends[home] {
            let mut digest = digests[next[home]];
            loop {
                let to = bucket(digest);
                let place = next[to];
                next[to] += 1;
                if to == home {
                    digests[place] = digest;
                    break;
                }
                std::mem::swap(&mut digest, &mut digests[place]);
            }
        }
    }
}
