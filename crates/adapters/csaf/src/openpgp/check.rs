//! Does a signature hold? What is signed is put together as RFC 9580 §5.2.4 says; ring does the arithmetic.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey,
};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::certificate::{Key, Public};
use super::packet::Fields;
use super::signature::{OF_BYTES, OF_TEXT, Signature};

/// Whether a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    /// An algorithm, version or kind that is not read, or too weak to prove anything.
    NotSupported,
}

/// Hash algorithms that still prove something (§9.5).
#[derive(Clone, Copy, PartialEq, Eq)]
enum HashKind {
    Sha256,
    Sha384,
    Sha512,
}

/// Is `document` what was signed?
pub(super) fn document(signature: &Signature, key: &Key, document: &[u8]) -> Holds {
    match signature.kind {
        OF_BYTES => holds(signature, key, document.to_vec()),
        OF_TEXT => holds(signature, key, with_line_ends(document)),
        _ => Holds::NotSupported,
    }
}

/// Text is signed with CR LF at the end of each line (§5.2.1.2).
fn with_line_ends(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = 0;
    for byte in text {
        if *byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        before = *byte;
    }
    out
}

/// Does `signature` by `key` hold over `signed`?
pub(super) fn holds(signature: &Signature, key: &Key, mut signed: Vec<u8>) -> Holds {
    let hash = match signature.hash_algorithm {
        8 => HashKind::Sha256,
        9 => HashKind::Sha384,
        10 => HashKind::Sha512,
        _ => return Holds::NotSupported,
    };
    let usable = signature.version == 4 && !signature.has_unknown_critical && signature.made.is_some();
    let Ok(hashed_bytes) = u32::try_from(signature.hashed.len()) else { return Holds::NotSupported };
    if !usable {
        return Holds::NotSupported;
    }
    signed.extend_from_slice(&signature.hashed);
    signed.extend_from_slice(&[4, 0xFF]);
    signed.extend_from_slice(&hashed_bytes.to_be_bytes());
    match arithmetic(signature, key, hash, &signed) {
        Some(true) => Holds::Yes,
        Some(false) => Holds::No,
        None => Holds::NotSupported,
    }
}

/// `None` when the combination is not supported.
fn arithmetic(signature: &Signature, key: &Key, hash: HashKind, signed: &[u8]) -> Option<bool> {
    let mut numbers = Fields(&signature.numbers);
    match (&key.public, signature.key_algorithm) {
        (Public::Rsa { modulus, exponent }, 1 | 3) => {
            let parameters = match hash {
                HashKind::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
                HashKind::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
                HashKind::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
            };
            // Shorter ones are no proof, longer ones are not calculated: neither says that the document is altered.
            if !(256..=1024).contains(&modulus.len()) {
                return None;
            }
            let number = numbers.integer().and_then(|number| padded(number, modulus.len()));
            let key = RsaPublicKeyComponents { n: modulus, e: exponent };
            Some(number.is_some_and(|number| key.verify(parameters, signed, &number).is_ok()))
        }
        (Public::P256(point), 19) if hash == HashKind::Sha256 => {
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            Some(pair(&mut numbers, 32).is_some_and(|pair| key.verify(signed, &pair).is_ok()))
        }
        (Public::P384(point), 19) if hash == HashKind::Sha384 => {
            let key = UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point);
            Some(pair(&mut numbers, 48).is_some_and(|pair| key.verify(signed, &pair).is_ok()))
        }
        (Public::Ed25519(point), 22 | 27) => {
            let numbers = match signature.key_algorithm {
                22 => pair(&mut numbers, 32),
                _ => numbers.take(64).map(<[u8]>::to_vec),
            };
            let digest = match hash {
                HashKind::Sha256 => Sha256::digest(signed).to_vec(),
                HashKind::Sha384 => Sha384::digest(signed).to_vec(),
                HashKind::Sha512 => Sha512::digest(signed).to_vec(),
            };
            let key = UnparsedPublicKey::new(&ED25519, point);
            Some(numbers.is_some_and(|numbers| key.verify(&digest, &numbers).is_ok()))
        }
        _ => None,
    }
}

/// Two integers, each brought to `bytes`.
fn pair(numbers: &mut Fields<'_>, bytes: usize) -> Option<Vec<u8>> {
    let mut pair = padded(numbers.integer()?, bytes)?;
    pair.extend(padded(numbers.integer()?, bytes)?);
    Some(pair)
}

/// An integer with leading zeros; `None` when it is too long.
fn padded(number: &[u8], bytes: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; bytes.checked_sub(number.len())?];
    out.extend_from_slice(number);
    Some(out)
}
