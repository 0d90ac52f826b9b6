//! Carrying check-ins into the journal: those that arrive while one entry is being written share the next.

use std::sync::Arc;

use hospital::Command;
use hospital::fact::night::Heard;
use node::Node;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, sleep_until};

use crate::Clock;
use crate::limits::{
    DELIVERIES_PER_ENTRY_MAX, DELIVERIES_WAITING_MAX, ENTRIES_APART_MIN_MILLISECONDS, ENTRY_SOFT_MAX_BYTES,
};

/// Who carries entries in, in the journal.
pub(crate) const ACTOR: &str = "gateway";

struct Delivery {
    heard: Vec<Heard>,
    bytes: usize,
    recorded: oneshot::Sender<bool>,
}

/// The way into the journal.
pub(crate) struct Hearing {
    deliveries: mpsc::Sender<Delivery>,
}

impl Hearing {
    pub(crate) fn start(node: Arc<Node>, clock: Clock) -> Hearing {
        let (deliveries, waiting) = mpsc::channel(DELIVERIES_WAITING_MAX);
        tokio::spawn(carry(node, clock, waiting));
        Hearing { deliveries }
    }

    /// Records what a host delivered; `true` once it is durable and the state shows it.
    pub(crate) async fn deliver(&self, heard: Vec<Heard>, bytes: usize) -> bool {
        let (recorded, answer) = oneshot::channel();
        if self.deliveries.send(Delivery { heard, bytes, recorded }).await.is_err() {
            return false;
        }
        answer.await.unwrap_or(false)
    }
}

async fn carry(node: Arc<Node>, clock: Clock, mut waiting: mpsc::Receiver<Delivery>) {
    let mut not_before = None;
    while let Some(first) = waiting.recv().await {
        if let Some(not_before) = not_before {
            sleep_until(not_before).await;
        }
        let begun = Instant::now();
        let mut bytes = first.bytes;
        let mut heard = first.heard;
        let mut told = vec![first.recorded];
        while bytes < ENTRY_SOFT_MAX_BYTES && told.len() < DELIVERIES_PER_ENTRY_MAX {
            let Ok(next) = waiting.try_recv() else { break };
            bytes += next.bytes;
            heard.extend(next.heard);
            told.push(next.recorded);
        }
        // Who comes alone is never held up; of those who come together the next ones are on their way.
        let together = told.len() > 1;
        not_before = together.then(|| begun + Duration::from_millis(ENTRIES_APART_MIN_MILLISECONDS));
        let recorded = match node.command(Command::Hear(heard), ACTOR, clock()).await {
            Ok(_) => true,
            Err(cause) => {
                tracing::warn!(%cause, check_ins = told.len(), "check-ins were not recorded; hosts deliver them again");
                false
            }
        };
        for teller in told {
            // A host that went away meanwhile delivers again and is told then.
            let _gone = teller.send(recorded);
        }
    }
}
