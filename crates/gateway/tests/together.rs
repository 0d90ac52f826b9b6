//! Hosts that come together share an entry of the journal.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use gateway::{Gateway, Settings, SiteKeys, limits::ENTRIES_APART_MIN_MILLISECONDS};
use hospital::Command;
use hospital::command::ImportOrigin;
use hospital::fact::night::CertificateIssued;
use journal::{Location, StreamName, open};
use model::ids::ImportId;
use model::{AssetTag, Time};
use node::Node;
use serde_json::json;
use tokio::time::Instant;

const NOW: Time = Time(1_790_000_000_000_000);

fn tag(at: u64) -> AssetTag {
    AssetTag::new(&format!("SRV-{at}")).unwrap()
}

/// A site with so many hosts that have enrolled.
async fn site(hosts: u64) -> Arc<Node> {
    let journal = open(&Location::Memory).await.unwrap();
    let node = Node::open(journal, StreamName::new("main").unwrap(), false).await.unwrap().node;
    let device = |at| json!({"asset_tag": tag(at), "manufacturer": "Acme", "model": "Server"});
    let devices = (0..hosts).map(|at| serde_json::from_value(device(at)).unwrap()).collect();
    let id = ImportId::new("i").unwrap();
    let origin = ImportOrigin { id, source: "list".into(), sha256: None, remarks: Vec::new() };
    node.command(Command::ImportInventory { devices, complete: false, origin }, "test", NOW).await.unwrap();
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
    let folder = tempfile::tempdir().unwrap();
    let keys = SiteKeys::open(folder.path(), &["localhost".to_owned()], NOW).unwrap();
    let gateway = Gateway::new(Arc::clone(&node), keys, Arc::new(|| NOW), Settings::default());
    let deliver = async |at: u64, number: u64, after_milliseconds: u64| {
        tokio::time::sleep(Duration::from_millis(after_milliseconds)).await;
        let item = json!({"report": {"same": {"observed_at": NOW}}});
        let check_in = json!({"version": 1, "agent_now": NOW, "wait_seconds": 0, "order_seen": 0,
            "numbered": [{"number": number, "at": NOW, "item": item}]});
        gateway.hear(&tag(at), "s", check_in.to_string().as_bytes()).await.unwrap();
        let known = node.read(|state| state.night().host(&tag(at)).map(|view| view.number()));
        assert_eq!(known, Some(number), "answered only once it is recorded");
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
