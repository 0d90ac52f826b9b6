//! Following the journal: entries become facts, facts become state, and whoever listens is told what changed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hospital::{Fact, Stamp, Topic};
use journal::{Entry, Snapshot};

use crate::{Change, Folded, Node, NodeError};

/// Entries folded under one lock: pages wait no longer than these take.
const CHUNK_ENTRIES_MAX: usize = 2_000;
/// How long one wait for news lasts before it is begun again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait after the journal could not be read.
const RETRY: Duration = Duration::from_secs(1);
/// Entries after which a new snapshot is worth its cost.
pub(crate) const SNAPSHOT_EVERY_ENTRIES: u64 = 100_000;

impl Node {
    /// Folds everything that the journal has beyond the state. Returns the sequence reached.
    pub async fn catch_up(&self) -> Result<u64, NodeError> {
        let mut folded = self.folding.lock().await;
        loop {
            let entries = self.journal.read(&self.stream, folded.seq, CHUNK_ENTRIES_MAX).await?;
            if entries.is_empty() {
                return Ok(folded.seq.0);
            }
            let topics = self.fold(entries, &mut folded)?;
            self.folded.send_replace(folded.seq.0);
            for topic in topics {
                // No listener is no error.
                let _ = self.changes.send(Change { topic, version: folded.seq.0 });
            }
        }
    }

    fn fold(&self, entries: Vec<Entry>, folded: &mut Folded) -> Result<BTreeSet<Topic>, NodeError> {
        let mut decoded = Vec::with_capacity(entries.len());
        for entry in entries {
            let fact: Fact = serde_json::from_slice(&entry.payload).map_err(|cause| {
                NodeError::UnknownFact { seq: entry.seq.0, kind: entry.kind.clone(), cause }
            })?;
            let stamp = Stamp { seq: entry.seq.0, time: entry.time, actor: entry.actor };
            decoded.push((entry.seq, entry.hash, stamp, fact));
        }
        let mut topics = BTreeSet::new();
        #[allow(clippy::expect_used)]
        let mut state = self.state.write().expect("folding never panics half-way");
        for (seq, hash, stamp, fact) in decoded {
            topics.extend(state.apply(stamp, fact));
            folded.seq = seq;
            folded.entry_hash = hash;
        }
        Ok(topics)
    }

    /// Follows the journal until the task is aborted; takes a snapshot now and then.
    pub async fn follow(self: Arc<Node>) {
        loop {
            let version = journal::Seq(self.version());
            let news = self.journal.wait_beyond(&self.stream, version, PATIENCE).await;
            let followed = match news {
                Ok(seq) if seq > version => self.catch_up().await.map(drop),
                Ok(_) => Ok(()),
                Err(cause) => Err(cause.into()),
            };
            if let Err(cause) = followed {
                tracing::warn!(%cause, "the journal cannot be followed; trying again");
                tokio::time::sleep(RETRY).await;
            }
            if let Err(cause) = self.snapshot_if_older_than(SNAPSHOT_EVERY_ENTRIES).await {
                tracing::warn!(%cause, "no snapshot was taken; the next start reads more of the journal");
            }
        }
    }

    /// Sequence at which the newest snapshot was taken; 0 when there is none.
    pub async fn snapshot_seq(&self) -> u64 {
        self.folding.lock().await.snapshot.0
    }

    /// Takes a snapshot, if the newest one is at least `entries` old.
    pub async fn snapshot_if_older_than(&self, entries: u64) -> Result<bool, NodeError> {
        let mut folded = self.folding.lock().await;
        if folded.seq.0.saturating_sub(folded.snapshot.0) < entries.max(1) {
            return Ok(false);
        }
        let bytes = self.read(hospital::snapshot::save)?;
        let format = hospital::snapshot::SNAPSHOT_FORMAT.to_owned();
        let snapshot = Snapshot { at: folded.seq, entry_hash: folded.entry_hash, format, bytes };
        self.journal.save_snapshot(&self.stream, snapshot).await?;
        folded.snapshot = folded.seq;
        Ok(true)
    }
}
