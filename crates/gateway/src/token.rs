//! One-time tokens to enrol with: a secret, and the fingerprint of the site's authority, so that a host knows whom it speaks with
//! before it has anything of ours.
//!
//! Written as `SECRET.FINGERPRINT`: 40 hexadecimal digits (160 random bits) and the SHA-256 of the authority's certificate.

use sha2::{Digest, Sha256};

/// Random bytes of a token.
pub const SECRET_BYTES: usize = 20;

/// A token as it is given to a person, and what is recorded of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the person copies to the host.
    pub text: String,
    /// SHA-256 of that text, in hexadecimal: what the journal knows.
    pub sha256: String,
}

impl Token {
    /// Makes a token of random bytes.
    #[must_use]
    pub fn new(secret: [u8; SECRET_BYTES], authority_sha256: &str) -> Token {
        let text = format!("{}.{authority_sha256}", hex::encode(secret));
        let sha256 = hash(&text);
        Token { text, sha256 }
    }
}

/// What is recorded of a token.
#[must_use]
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.trim().as_bytes()))
}
