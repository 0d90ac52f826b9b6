//! One-time tokens to enrol with. Only their SHA-256 is recorded. Whom a host speaks with it knows from the fingerprint of the site's
//! authority, which a person gives it beside the token.

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
    pub fn new(secret: [u8; SECRET_BYTES]) -> Token {
        let text = hex::encode(secret);
        let sha256 = hash(&text);
        Token { text, sha256 }
    }
}

/// What is recorded of a token.
#[must_use]
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.trim().as_bytes()))
}
