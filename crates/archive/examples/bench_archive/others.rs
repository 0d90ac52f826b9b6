//! The same by other means: lists sent whole and merged, and the crate `negentropy` (range-based set reconciliation), which is a package of its own.

use archive::digests::{Key, Keyed, Prefix, Tree};
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use serde_json::json;

use crate::process::cpu_seconds;
use crate::{digest, print};

/// One side sends all digests, the other merges.
pub(crate) fn sort_merge(ours: &Tree, theirs: &Tree) {
    let clock = cpu_seconds();
    let (mut here, mut there) =
        (ours.digests(Prefix::ROOT).peekable(), theirs.digests(Prefix::ROOT).peekable());
    let mut differences = 0_u64;
    loop {
        match (here.peek(), there.peek()) {
            (Some(one), Some(other)) if one == other => {
                here.next();
                there.next();
            }
            (Some(one), Some(other)) => {
                differences += 1;
                if one < other {
                    here.next()
                } else {
                    there.next()
                };
            }
            (Some(_), None) | (None, Some(_)) => {
                differences += 1;
                here.next();
                there.next();
            }
            (None, None) => break,
        }
    }
    let more = json!({ "differences": differences });
    print("sort_merge_seconds", cpu_seconds() - clock, "s", more);
    print("sort_merge_bytes", ours.root().count as f64 * 16.0, "B", json!({}));
}

/// Everything at one time of arrival, as where nobody knows it; both ends share nothing.
pub(crate) fn negentropy(objects: u64, differences: u64) {
    let keyed = Keyed::new(&Key([9; 32]));
    let storage = |is_there: &dyn Fn(u64) -> bool| {
        let mut storage = NegentropyStorageVector::with_capacity(usize::try_from(objects).expect("64 bit"));
        for number in (0..objects).filter(|number| is_there(*number)) {
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&digest(&keyed, number).0.to_be_bytes());
            storage.insert(0, Id::from_byte_array(bytes)).expect("not sealed");
        }
        storage.seal().expect("not sealed");
        storage
    };
    let apart = objects / 40_000;
    let missing = |number: u64| number.is_multiple_of(apart) && number / apart < differences;
    let half = differences / 2;
    let here = storage(&|number| !(missing(number) && number / apart >= half));
    let there = storage(&|number| !(missing(number) && number / apart < half));
    let clock = cpu_seconds();
    let mut asking = Negentropy::borrowed(&here, 0).expect("no limit");
    let (mut have, mut need) = (Vec::new(), Vec::new());
    let mut question = asking.initiate().expect("sealed");
    let (mut rounds, mut bytes) = (0_u32, 0);
    loop {
        let mut answering = Negentropy::borrowed(&there, 0).expect("no limit");
        let reply = answering.reconcile(&question).expect("its own question");
        rounds += 1;
        bytes += question.len() + reply.len();
        match asking.reconcile_with_ids(&reply, &mut have, &mut need).expect("its own answer") {
            Some(next) => question = next,
            None => break,
        }
    }
    let seconds = cpu_seconds() - clock;
    let more = json!({ "objects": objects, "rounds": rounds, "found": have.len() + need.len() });
    print(&format!("negentropy_compute_seconds_{differences}"), seconds, "s", more);
    print(&format!("negentropy_bytes_{differences}"), bytes as f64, "B", json!({ "objects": objects }));
}
