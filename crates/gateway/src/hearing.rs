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

#[cfg(test)]
mod tests {
    use hospital::command::ImportOrigin;
    use hospital::fact::night::{CertificateIssued, HeardItem};
    use journal::{Location, StreamName, open};
    use model::host::HostReport;
    use model::ids::ImportId;
    use model::{AssetTag, Time};

    use super::*;

    const NOW: Time = Time(1_790_000_000_000_000);

    fn tag(at: u64) -> AssetTag {
        AssetTag::new(&format!("SRV-{at}")).unwrap()
    }

    async fn site(hosts: u64) -> Arc<Node> {
        let journal = open(&Location::Memory).await.unwrap();
        let node = Node::open(journal, StreamName::new("main").unwrap(), false).await.unwrap().node;
        let device =
            |at| serde_json::json!({"asset_tag": tag(at), "manufacturer": "Acme", "model": "Server"});
        let devices = (0..hosts).map(|at| serde_json::from_value(device(at)).unwrap()).collect();
        let id = ImportId::new("i").unwrap();
        let origin = ImportOrigin { id, source: "list".into(), sha256: None, remarks: Vec::new() };
        let import = Command::ImportInventory { devices, complete: false, origin };
        node.command(import, "test", NOW).await.unwrap();
        let expires = NOW.plus_seconds(3_600);
        for at in 0..hosts {
            let (host, token_sha256) = (tag(at), Box::<str>::from(format!("{at:064}")));
            let offer =
                Command::OfferEnrolment { host: host.clone(), token_sha256: token_sha256.clone(), expires };
            node.command(offer, "test", NOW).await.unwrap();
            let issued = CertificateIssued {
                host,
                key_sha256: "k".into(),
                serial: "s".into(),
                expires,
                token_sha256: Some(token_sha256),
            };
            node.command(Command::IssueCertificate(issued), "test", NOW).await.unwrap();
        }
        node
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_come_together_share_an_entry_and_who_comes_alone_is_not_held_up() {
        let node = site(5).await;
        let hearing = Hearing::start(Arc::clone(&node), Arc::new(|| NOW));
        let deliver = async |at: u64, number: u64, after_milliseconds: u64| {
            tokio::time::sleep(Duration::from_millis(after_milliseconds)).await;
            let items = vec![HeardItem::Report(HostReport::Same { observed_at: NOW })];
            assert!(hearing.deliver(vec![Heard { host: tag(at), number, items }], 100).await);
        };
        let before = node.version();
        tokio::join!(deliver(0, 1, 0), deliver(1, 1, 0), deliver(2, 1, 0));
        assert_eq!(node.version(), before + 1, "three at once");
        tokio::join!(deliver(0, 2, 1), deliver(3, 1, 7), deliver(4, 1, 15));
        assert_eq!(node.version(), before + 2, "and three soon after that, one by one");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let begun = Instant::now();
        for number in 3..6 {
            deliver(0, number, 0).await;
        }
        assert_eq!(node.version(), before + 5);
        assert!(begun.elapsed() < Duration::from_millis(ENTRIES_APART_MIN_MILLISECONDS), "nobody else comes");
    }
}
