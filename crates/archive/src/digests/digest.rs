//! What stands for an object in the exchange: 128 bits of SHA-256 under a key that only the two agents share.
//!
//! Why keyed: sums of digests say that two sets are alike. Without the key nobody can make objects whose digests cancel out, and each comparison
//! of two different sets goes wrong with probability 2⁻¹²⁸, because the digests are as good as random to whoever chose the objects. Why SHA-256:
//! archives are old, keyed hashes of the shelf are young, and with the processor's instructions it costs less than the access to memory.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::exam::{Instance, Patient};
use crate::uid::InstanceUid;

/// The digest of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub u128);

/// What both agents know and nobody else: 32 random bytes for each pair of archives.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Says what the digests are made of, so that another kind never meets them. 32 bytes: with the key one block of SHA-256.
const PURPOSE: &[u8; 32] = b"segue archive digest, version 1\0";

/// Makes digests under one key.
#[derive(Clone, Debug)]
pub struct Keyed {
    /// After the block of purpose and key.
    begun: Sha256,
}

impl Keyed {
    /// Digests under `key`.
    pub fn new(key: &Key) -> Keyed {
        let mut begun = Sha256::new();
        begun.update(PURPOSE);
        begun.update(key.0);
        Keyed { begun }
    }

    /// An object by its name alone: two archives with the same sums hold the same names.
    pub fn of_name(&self, instance: &InstanceUid) -> Digest {
        self.of_text(instance.0.as_str())
    }

    /// The same for an identifier that was read elsewhere.
    pub fn of_text(&self, uid: &str) -> Digest {
        let mut hash = self.begun.clone();
        hash.update(uid.as_bytes());
        cut(hash)
    }

    /// An object with the place where it lies, whose it is, and its content where that is known: what is moved or has other content has
    /// another digest.
    pub fn of_object(&self, object: &Instance, patient: &Patient) -> Digest {
        let mut hash = self.begun.clone();
        let parts = [object.uid.0.as_str(), object.series.0.as_str(), object.study.0.as_str(), patient.id()];
        for part in parts {
            hash.update(part.as_bytes());
            // No part holds this byte: where one ends is part of what is hashed.
            hash.update([0xFF]);
        }
        if let Some(content) = &object.content {
            hash.update(content.bytes());
        }
        cut(hash)
    }
}

/// The first 128 bits.
fn cut(hash: Sha256) -> Digest {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    Digest(u128::from_be_bytes(bytes))
}

/// Turns digests back into what they stand for, by going through an archive's own records once.
#[derive(Clone, Debug)]
pub struct Resolver<T> {
    open: BTreeMap<Digest, Option<T>>,
}

impl<T> Resolver<T> {
    /// These are to be named.
    pub fn new(digests: &[Digest]) -> Resolver<T> {
        Resolver { open: digests.iter().map(|digest| (*digest, None)).collect() }
    }

    /// A record of the archive with its digest.
    pub fn offer(&mut self, digest: Digest, record: impl FnOnce() -> T) {
        if let Some(place) = self.open.get_mut(&digest) {
            *place = Some(record());
        }
    }

    /// What was named, and what the archive does not know any more.
    pub fn into_named(self) -> (Vec<T>, Vec<Digest>) {
        let (mut named, mut unknown) = (Vec::new(), Vec::new());
        for (digest, record) in self.open {
            match record {
                Some(record) => named.push(record),
                None => unknown.push(digest),
            }
        }
        (named, unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_or_another_name_is_another_digest() {
        let (one, other) = (Keyed::new(&Key([1; 32])), Keyed::new(&Key([2; 32])));
        assert_eq!(one.of_text("1.2.3"), one.of_text("1.2.3"));
        assert_ne!(one.of_text("1.2.3"), other.of_text("1.2.3"));
        assert_ne!(one.of_text("1.2.3"), one.of_text("1.2.30"));
        // SHA-256 of purpose, key and name, worked out with sha256sum.
        assert_eq!(format!("{:032x}", one.of_text("1.2.3").0), EXPECTED);
        assert_eq!(format!("{:?}", Key([1; 32])), "Key(…)", "a key is never written down by mistake");
    }

    const EXPECTED: &str = "eb54ed1b8d074542c70f3e70a84d78b8";
}
