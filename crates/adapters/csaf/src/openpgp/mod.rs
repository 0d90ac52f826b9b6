//! Detached OpenPGP signatures beside documents (RFC 9580; CSAF 2.1 §7.1.19, §7.3): which key made one, and whether it
//! holds when that key is at hand. Only what CSAF providers need is read: version 4 keys and signatures with RSA,
//! ECDSA and Ed25519 over SHA-2; the arithmetic is ring's. Whatever else there is stays *not verified*, and is said so.

mod armour;
mod certificate;
mod check;
mod packet;
mod signature;

#[cfg(test)]
mod tests;

use adapter_input::{Reason, Refused};
use model::Time;
use model::advisory::{KeyOrigin, NotVerified, SignatureStanding};
use model::finding::Place;

use certificate::Certificate;
use signature::Signature;

/// Largest file of public keys, in bytes.
pub const KEYS_SIZE_MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Most keys that are held at once.
pub const KEYS_MAX_COUNT: usize = 4_096;

/// Most signatures of one signature file that are looked at.
const SIGNATURES_MAX_COUNT: usize = 16;

/// The public keys that signatures are verified with, and the time at which that is done.
#[derive(Clone, Debug)]
pub struct Keys {
    certificates: Vec<(KeyOrigin, Certificate)>,
    at: Time,
}

impl Default for Keys {
    /// No key; nothing can be verified.
    fn default() -> Keys {
        Keys::at(Time(i64::MAX))
    }
}

/// What came of looking at a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document may be read; this is recorded of it.
    Standing(SignatureStanding),
    /// A key at hand says that this signature is not of this document: fingerprint of that key.
    Wrong(Box<str>),
}

impl Keys {
    /// No key yet; signatures are verified as of `at`.
    #[must_use]
    pub fn at(at: Time) -> Keys {
        Keys { certificates: Vec::new(), at }
    }

    /// How many keys are held, subkeys not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// No key is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Takes the public keys of a file that a person gave, armoured or not, and says their fingerprints. `source` names
    /// it in messages.
    ///
    /// # Errors
    /// It holds no public key, or a key that cannot be used; nothing of it is taken then.
    pub fn add(&mut self, source: &str, bytes: &[u8]) -> Result<Vec<Box<str>>, Refused> {
        let found = parse(source, bytes)?;
        let fingerprints = found.iter().map(Certificate::fingerprint).collect();
        self.put(source, found, KeyOrigin::Given)?;
        Ok(fingerprints)
    }

    /// Takes, of a file from a provider's tree, the one key that the provider's metadata names.
    pub(crate) fn add_of_provider(
        &mut self,
        source: &str,
        bytes: &[u8],
        fingerprint: &str,
    ) -> Result<(), Refused> {
        let mut found = parse(source, bytes)?;
        found.retain(|certificate| certificate.fingerprint().eq_ignore_ascii_case(fingerprint));
        if found.is_empty() {
            let problem = "the file does not hold the key that provider-metadata.json names";
            let refused = Refused::new(Reason::Invalid, source, Place::Whole, problem, "that key");
            return Err(refused.showing(fingerprint));
        }
        self.put(source, found, KeyOrigin::Provider)
    }

    fn put(&mut self, source: &str, found: Vec<Certificate>, origin: KeyOrigin) -> Result<(), Refused> {
        if self.certificates.len() + found.len() > KEYS_MAX_COUNT {
            let problem = "there are too many keys";
            let expected = format!("at most {KEYS_MAX_COUNT}");
            return Err(Refused::new(Reason::Limit, source, Place::Whole, problem, &expected));
        }
        for certificate in found {
            let fingerprint = certificate.fingerprint();
            // The first stays: a key that a person gave is not replaced by what lies in a tree.
            if !self.certificates.iter().any(|(_, known)| known.fingerprint() == fingerprint) {
                self.certificates.push((origin, certificate));
            }
        }
        Ok(())
    }

    /// Is there a key that a signature by `issuer`, a fingerprint or an id, may be of?
    pub(crate) fn may_know(&self, issuer: Option<&str>) -> bool {
        let mut keys = self.certificates.iter().flat_map(|(_, certificate)| certificate.keys());
        keys.any(|key| issuer.is_none_or(|issuer| hex::encode_upper(&key.fingerprint).ends_with(issuer)))
    }

    /// What an armoured detached signature says of `document`.
    #[must_use]
    pub fn verify(&self, armoured: &str, document: &[u8]) -> Outcome {
        let not_verified = |key, why| Outcome::Standing(SignatureStanding::NotVerified { key, why });
        let signatures = match read(armoured) {
            Ok(signatures) => signatures,
            Err(_) => return not_verified(None, NotVerified::Unreadable),
        };
        let mut standing = None;
        for signature in &signatures {
            match self.verify_one(signature, document) {
                wrong @ Outcome::Wrong(_) => return wrong,
                found @ Outcome::Standing(SignatureStanding::Verified { .. }) => standing = Some(found),
                found @ Outcome::Standing(_) => {
                    standing.get_or_insert(found);
                }
            }
        }
        standing.unwrap_or_else(|| not_verified(None, NotVerified::Unreadable))
    }

    fn verify_one(&self, signature: &Signature, document: &[u8]) -> Outcome {
        let named = signature.issuer_text();
        let mut verdict = Err(NotVerified::KeyNotGiven);
        for (origin, certificate) in &self.certificates {
            for key in certificate.keys().filter(|key| signature.may_be_of(key)) {
                let fingerprint = certificate.fingerprint();
                match check::document(signature, key, document) {
                    check::Holds::Yes => {
                        return Outcome::Standing(match certificate.objection(key, signature, self.at) {
                            None => SignatureStanding::Verified { fingerprint, origin: *origin },
                            Some(why) => SignatureStanding::NotVerified { key: Some(fingerprint), why },
                        });
                    }
                    check::Holds::NotSupported => verdict = verdict.or(Err(NotVerified::NotSupported)),
                    // A signature that names no key may be of any: that one key denies it says nothing.
                    check::Holds::No if named.is_some() => verdict = Ok(fingerprint),
                    check::Holds::No => {}
                }
            }
        }
        match verdict {
            Ok(fingerprint) => Outcome::Wrong(fingerprint),
            Err(why) => Outcome::Standing(SignatureStanding::NotVerified { key: named, why }),
        }
    }
}

fn parse(source: &str, bytes: &[u8]) -> Result<Vec<Certificate>, Refused> {
    const EXPECTED: &str = "public keys as `gpg --export --armor` writes them: version 4 with RSA, ECDSA (P-256, P-384) or \
                            Ed25519, and SHA-2";
    let refuse = |problem: &str| Refused::new(Reason::Invalid, source, Place::Whole, problem, EXPECTED);
    let plain = match armour::is_armoured(bytes) {
        true => armour::read_all("PUBLIC KEY BLOCK", &String::from_utf8_lossy(bytes))
            .map_err(|error| refuse(&format!("the keys cannot be read: {error}")))?,
        false => bytes.to_vec(),
    };
    certificate::read_all(&plain).map_err(|problem| refuse(&problem))
}

/// Who made the signatures in an armoured text, as they say: fingerprints in capitals, or 16-digit key ids.
pub(crate) fn issuers(armoured: &str) -> Result<Vec<Option<Box<str>>>, armour::NotASignature> {
    Ok(read(armoured)?.iter().map(Signature::issuer_text).collect())
}

fn read(armoured: &str) -> Result<Vec<Signature>, armour::NotASignature> {
    let plain = armour::read_all("SIGNATURE", armoured)?;
    let mut signatures = Vec::new();
    for found in packet::Packets::new(&plain).take(SIGNATURES_MAX_COUNT) {
        let found = found.map_err(|_| armour::NotASignature::NotAPacket)?;
        if found.tag == packet::SIGNATURE {
            signatures.push(Signature::read(found.body).ok_or(armour::NotASignature::NotAPacket)?);
        }
    }
    if signatures.is_empty() { Err(armour::NotASignature::NotAPacket) } else { Ok(signatures) }
}
