//! One running copy of Segue: follows the journal, keeps the state in memory, carries commands to it and tells pages what
//! changed. It decides nothing (that is `hospital`) and stores nothing (that is `journal`).

mod command;
mod documents;
pub mod drive;
mod error;
mod fold;
mod open;

use std::sync::{Arc, RwLock};

use hospital::{State, Topic};
use journal::{Hash, Journal, Seq, StreamName};
use tokio::sync::{Mutex, broadcast, watch};

pub use command::Done;
pub use documents::documents_of;
pub use error::{CommandError, NodeError};
pub use open::{LoadProgress, OpenReport, Opened};

/// Changes that a slow listener may lag behind before it must read everything again.
pub const CHANGES_BUFFERED_MAX: usize = 256;

/// Something changed: pages that show `topic` should be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub topic: Topic,
    /// The sequence up to which the state has been folded.
    pub version: u64,
}

/// One running copy of Segue.
pub struct Node {
    journal: Arc<dyn Journal>,
    stream: StreamName,
    state: RwLock<State>,
    /// Held while entries are read and folded, so that each is folded once and in order.
    folding: Mutex<Folded>,
    /// Held while a command is decided and appended.
    deciding: Mutex<()>,
    folded: watch::Sender<u64>,
    changes: broadcast::Sender<Change>,
}

/// How far the journal has been folded.
struct Folded {
    seq: Seq,
    entry_hash: Hash,
    /// Where the newest snapshot was taken.
    snapshot: Seq,
}

impl Node {
    /// Looks at the state. Keep it short: nothing is folded while `look` runs.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        // A panic while folding would leave a half-applied fact: the process ends rather than show it.
        #[allow(clippy::expect_used)]
        let state = self.state.read().expect("folding never panics half-way");
        look(&state)
    }

    /// Sequence up to which the state has been folded.
    pub fn version(&self) -> u64 {
        *self.folded.borrow()
    }

    /// Told of every change from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// The journal, for what is no state: history, blobs, proofs, backups.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// The site's stream in the journal.
    pub fn stream(&self) -> &StreamName {
        &self.stream
    }
}
