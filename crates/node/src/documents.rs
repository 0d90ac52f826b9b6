//! Which documents an entry rests on: the journal keeps them, and does not know which entry needs which.

use hospital::Fact;
use journal::{Entry, Hash};

/// The documents that an entry's fact refers to, for [`journal::Journal::verify`].
///
/// # Errors
/// A sentence when the entry is no fact of this program, or names a document by something that is no digest: then it is
/// not known what it rests on.
pub fn documents_of(entry: &Entry) -> Result<Vec<Hash>, String> {
    let fact: Fact = serde_json::from_slice(&entry.payload).map_err(|cause| {
        format!("it holds a fact {:?} that this program cannot read ({cause})", entry.kind)
    })?;
    let digest =
        |text: &str| Hash::parse(text).map_err(|cause| format!("{text:?} names no document: {cause}"));
    fact.documents().into_iter().map(digest).collect()
}
