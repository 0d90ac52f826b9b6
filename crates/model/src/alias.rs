//! What a person has said about names: this spelling in our register is, or is not, that product of the advisories.
//! Asked once, kept as a fact, undone when wrong (R84).

use serde::{Deserialize, Serialize};

/// The question an alias answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum AliasSubject {
    /// Is the register's maker the advisories' vendor?
    Vendor {
        /// Maker as the register spells it.
        manufacturer: Box<str>,
        /// Vendor as the advisories spell it.
        vendor: Box<str>,
    },
    /// Is the register's model the advisories' product?
    Product {
        /// Maker as the register spells it.
        manufacturer: Box<str>,
        /// Model as the register spells it.
        model: Box<str>,
        /// Vendor as the advisories spell it.
        vendor: Box<str>,
        /// Product name as the advisories spell it.
        product: Box<str>,
    },
}

/// A person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasAnswer {
    /// The two names mean the same thing.
    Same,
    /// The two names mean different things.
    Different,
}

impl AliasAnswer {
    /// `same` or `different`.
    pub fn word(self) -> &'static str {
        match self {
            AliasAnswer::Same => "same",
            AliasAnswer::Different => "different",
        }
    }
}
