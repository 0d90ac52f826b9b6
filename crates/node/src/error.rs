//! What can go wrong between a command and the journal.

use hospital::Refusal;
use journal::{AppendError, OpenError, StoreError};

/// Why a node cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The journal cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry holds a fact that this program does not know.
    #[error(
        "entry {seq} holds a fact \"{kind}\" that this program cannot read ({cause}); use the newer program that wrote it"
    )]
    UnknownFact {
        /// The entry.
        seq: u64,
        /// Its kind.
        kind: Box<str>,
        /// What the reader says.
        cause: serde_json::Error,
    },
    /// The state cannot be written as a snapshot.
    #[error(transparent)]
    Snapshot(#[from] hospital::snapshot::SnapshotError),
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It was refused; the sentence says why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal did not take it; nothing was recorded, or it is not known.
    #[error(transparent)]
    Journal(#[from] AppendError),
    /// The state could not be brought up to date.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A fact could not be written as JSON.
    #[error("a fact cannot be written: {0}")]
    Encode(#[source] serde_json::Error),
    /// Others kept changing the hospital; nothing was recorded.
    #[error("others changed the hospital {0} times while this was decided; nothing was recorded, try again")]
    Contended(usize),
}
