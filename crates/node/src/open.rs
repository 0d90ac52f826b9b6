//! Starting: the newest snapshot, then what the journal has beyond it.

use std::sync::{Arc, RwLock};

use hospital::State;
use hospital::snapshot::SNAPSHOT_FORMAT;
use journal::{Hash, Journal, Seq, StreamName};
use tokio::sync::{Mutex, broadcast, watch};

use crate::{CHANGES_BUFFERED_MAX, Folded, Node, NodeError};

/// A node, with how it came to its state.
pub struct Opened {
    /// The node, caught up.
    pub node: Arc<Node>,
    /// How.
    pub report: OpenReport,
}

/// Where a node's state came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Entries that a snapshot stood for.
    pub from_snapshot: u64,
    /// Entries folded one by one.
    pub folded: u64,
}

/// How a start gets on: entries folded so far, of how many.
pub type LoadProgress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

impl Node {
    /// Opens a site's stream and folds it, from the newest usable snapshot when `use_snapshot` allows one.
    pub async fn open(
        journal: Arc<dyn Journal>,
        stream: StreamName,
        use_snapshot: bool,
    ) -> Result<Opened, NodeError> {
        let mut state = State::new();
        let mut folded =
            Folded { seq: Seq(0), entry_hash: Hash([0; journal::HASH_SIZE_BYTES]), snapshot: Seq(0) };
        let snapshot =
            if use_snapshot { journal.load_snapshot(&stream, SNAPSHOT_FORMAT).await? } else { None };
        if let Some(snapshot) = snapshot {
            match hospital::snapshot::load(&snapshot.bytes) {
                Ok(loaded) if loaded.seq() == snapshot.at.0 => {
                    state = loaded;
                    folded =
                        Folded { seq: snapshot.at, entry_hash: snapshot.entry_hash, snapshot: snapshot.at };
                }
                Ok(_) => tracing::warn!(
                    "a snapshot disagrees with its own label; reading the journal from its start"
                ),
                Err(cause) => {
                    tracing::warn!(%cause, "a snapshot cannot be read; reading the journal from its start")
                }
            }
        }
        let from_snapshot = folded.seq.0;
        let node = Arc::new(Node {
            journal,
            stream,
            state: RwLock::new(state),
            folded: watch::Sender::new(from_snapshot),
            folding: Mutex::new(folded),
            deciding: Mutex::new(()),
            changes: broadcast::Sender::new(CHANGES_BUFFERED_MAX),
        });
        let reached = node.catch_up().await?;
        Ok(Opened { node, report: OpenReport { from_snapshot, folded: reached - from_snapshot } })
    }
}
