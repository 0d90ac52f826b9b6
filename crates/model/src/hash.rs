//! What names a plan: the SHA-256 of its canonical JSON. An edited plan is another plan.

use std::fmt;

use serde::{Deserialize, Serialize};

/// SHA-256 of a plan's JSON, in hexadecimal where people or programs read it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanHash(pub [u8; 32]);

/// Why a text is no plan's hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not the hash of a plan; it has 64 hexadecimal digits")]
pub struct NotAHash(pub String);

impl PlanHash {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// The text is anything else.
    pub fn parse(text: &str) -> Result<PlanHash, NotAHash> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) => Ok(PlanHash(bytes)),
            Err(_) => Err(NotAHash(text.chars().take(80).collect())),
        }
    }

    /// The first twelve digits: enough for people to tell plans apart.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanHash({})", self.short())
    }
}

impl TryFrom<String> for PlanHash {
    type Error = NotAHash;
    fn try_from(text: String) -> Result<PlanHash, NotAHash> {
        PlanHash::parse(&text)
    }
}

impl From<PlanHash> for String {
    fn from(hash: PlanHash) -> String {
        hash.to_string()
    }
}
