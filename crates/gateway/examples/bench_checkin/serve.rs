//! The real gateway on a real journal: what a site runs, less the pages.

use std::sync::Arc;
use std::time::Instant;

use gateway::{Gateway, Settings, SiteKeys, open_files};
use journal::{Location, StreamName, open};
use model::Time;
use node::Node;
use serde_json::json;
use tokio::net::TcpListener;

use crate::Args;
use crate::count::count;
use crate::fleet;
use crate::stream::Both;

#[allow(
    clippy::disallowed_methods,
    reason = "this is the outermost shell, and certificates need the present time"
)]
pub(crate) fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time(i64::try_from(since.as_micros()).unwrap())
}

pub(crate) async fn run(args: &Args) {
    let keys = SiteKeys::open(&args.folder.join("keys"), &["localhost".to_owned()], now()).unwrap();
    let started = Instant::now();
    let journal = open(&Location::Folder(args.folder.join("data"))).await.unwrap();
    let node = Node::open(journal, StreamName::new("main").unwrap(), true).await.unwrap().node;
    if node.version() == 0 {
        fleet::enrol(&node, &keys, &args.folder, args.agents()).await;
    }
    tokio::spawn(Arc::clone(&node).follow());
    // One host must be able to deliver without a pause.
    let settings = Settings {
        check_ins_per_minute_max: 60_000_000,
        connections_max: open_files::connections(open_files::wanted(args.agents())),
        ..Settings::default()
    };
    let gateway = Gateway::new(Arc::clone(&node), keys, Arc::new(now), settings);
    let own = gateway::listen(([127, 0, 0, 1], 0).into()).unwrap();
    let trunks = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, trunks_address) = (own.local_addr().unwrap(), trunks.local_addr().unwrap());
    let seconds = started.elapsed().as_secs_f64();
    let says =
        json!({"address": address, "trunks": trunks_address, "seconds": seconds, "entries": node.version()});
    println!("{says}");
    tokio::spawn(gateway.serve(Both::new(own, trunks), std::future::pending()));
    let handle = tokio::runtime::Handle::current();
    let answering = tokio::task::spawn_blocking(move || {
        for line in std::io::stdin().lines() {
            let acknowledged: Vec<u64> = serde_json::from_str(&line.unwrap()).unwrap();
            let counted = handle.block_on(count(&node, &acknowledged));
            println!("{}", serde_json::to_string(&counted).unwrap());
        }
    });
    answering.await.unwrap();
}
