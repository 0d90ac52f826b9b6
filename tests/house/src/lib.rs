//! The rules of the house: checkers over `cargo metadata` and over the text of the repository's files.
//! Each checker is a pure function from what was read to a list of [`Breach`]es; reading is in `graph` and `files`.

pub mod dependencies;
pub mod files;
pub mod graph;
pub mod licences;
pub mod text;
pub mod words;

use std::fmt;

/// One rule that is not kept, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The file with its line, or the chain of packages.
    pub place: String,
    /// What the rule says.
    pub rule: String,
}

impl Breach {
    /// A breach at `place` of `rule`.
    pub fn new(place: impl Into<String>, rule: impl Into<String>) -> Breach {
        Breach { place: place.into(), rule: rule.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule)
    }
}

/// Why the repository could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// `cargo metadata` failed.
    #[error("cargo metadata failed")]
    Metadata(#[source] cargo_metadata::Error),
    /// `cargo metadata` resolved no dependencies.
    #[error("cargo metadata gave no resolved dependencies")]
    NotResolved,
    /// A file or folder could not be read.
    #[error("{path} could not be read")]
    File {
        /// Which one.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// `deny.toml` is not what it should be.
    #[error("deny.toml: {0}")]
    Deny(String),
}
