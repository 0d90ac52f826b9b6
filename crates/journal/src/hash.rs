//! The SHA-256 digest that names blobs and links entries. Here lives the value and how it is written; what is
//! hashed, and in which order, is decided where the thing itself lives.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many bytes a digest has.
pub const HASH_SIZE_BYTES: usize = 32;

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; HASH_SIZE_BYTES]);

/// Why a text is not a [`Hash`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a SHA-256 digest; it is written as 64 hexadecimal digits")]
pub struct NotAHash(String);

impl Hash {
    /// The digest of some bytes: the name of the blob that consists of them.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Hash, NotAHash> {
        let mut bytes = [0; HASH_SIZE_BYTES];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash(text.chars().take(80).collect()))?;
        Ok(Hash(bytes))
    }

    /// The digest in these bytes, if there are exactly [`HASH_SIZE_BYTES`] of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Hash {
    type Err = NotAHash;
    fn from_str(text: &str) -> Result<Hash, NotAHash> {
        Hash::parse(text)
    }
}

impl TryFrom<String> for Hash {
    type Error = NotAHash;
    fn try_from(text: String) -> Result<Hash, NotAHash> {
        Hash::parse(&text)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> String {
        hash.to_string()
    }
}
