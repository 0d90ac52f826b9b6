//! The real agent and the real gateway, over real TLS, on a host that is invented.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on stops

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::core::{Ended, Found};
use agent::shell::{EnrolOptions, Folder, Host, RunOptions, Trust, enrol, run};
use gateway::{Gateway, Settings, SiteKeys, token::Token};
use hospital::Command;
use hospital::command::ImportOrigin;
use journal::{Location, StreamName, open};
use model::host::{
    Boot, HostObservation, Power, Reading, Resources, SignalSource, SystemFamily, SystemVersion,
};
use model::ids::ImportId;
use model::order::{Action, Order};
use model::probe::Probe;
use model::{AssetTag, Time};
use node::Node;

#[allow(clippy::disallowed_methods)] // a test is the shell of what it tests
fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time(i64::try_from(since.as_micros()).unwrap())
}

/// A host on which one package has the version that the test says.
struct Invented(Mutex<&'static str>);

impl Host for Invented {
    fn boot(&self) -> Result<Boot, String> {
        Ok(Boot { id: "boot-1".into(), began_at: Time(1) })
    }
    fn refresh(&self) {}
    fn observe(&self, began: Time) -> Result<HostObservation, String> {
        Ok(HostObservation {
            observed_at: began,
            boot: self.boot()?,
            system: SystemVersion {
                family: SystemFamily::Debian,
                name: "Debian GNU/Linux 12 (bookworm)".into(),
                kernel_running: "6.1.0-25".into(),
                kernel_installed: None,
            },
            packages: BTreeMap::from([("viewer".into(), (*self.0.lock().unwrap()).into())]),
            available: Vec::new(),
            signals: BTreeMap::from([(SignalSource::Kernel, Reading::Unknown("invented".into()))]),
            probes: BTreeMap::new(),
            resources: Resources { disk_free_bytes: None, power: Power::Unknown, clock_offset_ms: None },
        })
    }
    fn look(&self, _order: &Order) -> Found {
        Found {
            boot: "boot-1".into(),
            packages: BTreeMap::new(),
            services: BTreeMap::new(),
            disk_free_bytes: None,
            power: Power::Unknown,
            cannot: Some("nothing is ordered here".into()),
        }
    }
    fn act(&self, _action: &Action) -> Ended {
        Ended::Failed { says: "nothing is ordered here".into() }
    }
    fn set_probes(&self, _probes: Vec<Probe>) {}
}

async fn site(folder: &std::path::Path) -> (Arc<Node>, String, String, Token) {
    let journal = open(&Location::Memory).await.unwrap();
    let node = Node::open(journal, StreamName::new("main").unwrap(), true).await.unwrap().node;
    let device = serde_json::json!({"asset_tag": "CM-07", "manufacturer": "Nordpuls", "model": "Vakta 60"});
    let origin = ImportOrigin {
        id: ImportId::new("i").unwrap(),
        source: "list".into(),
        sha256: None,
        remarks: Vec::new(),
    };
    let devices = vec![serde_json::from_value(device).unwrap()];
    node.command(Command::ImportInventory { devices, complete: false, origin }, "anna", now()).await.unwrap();
    let token = Token::new([7; gateway::token::SECRET_BYTES]);
    let offer = Command::OfferEnrolment {
        host: AssetTag::new("CM-07").unwrap(),
        token_sha256: token.sha256.as_str().into(),
        expires: now().plus_seconds(3_600),
    };
    node.command(offer, "anna", now()).await.unwrap();
    let keys = SiteKeys::open(folder, &["127.0.0.1".to_owned()], now()).unwrap();
    let fingerprint = keys.authority().sha256();
    let settings = Settings { check_in_seconds: 1, ..Settings::default() };
    let gateway = Gateway::new(Arc::clone(&node), keys, Arc::new(now), settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(gateway.serve(listener, std::future::pending()));
    (node, url, fingerprint, token)
}

/// Waits until the server knows this version of the package.
async fn known(node: &Node, version: &str) {
    let tag = AssetTag::new("CM-07").unwrap();
    let knows = || {
        node.read(|state| {
            let observation = state.night().host(&tag).and_then(|host| host.observation());
            observation.is_some_and(|seen| seen.packages.get("viewer").is_some_and(|is| &**is == version))
        })
    };
    for _ in 0..6_000 {
        if knows() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server never heard of version {version}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_enrols_by_fingerprint_and_token_and_is_heard_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let (node, server, fingerprint, token) = site(&folder.path().join("keys")).await;
    let state = Folder::new(PathBuf::from(folder.path()).join("agent"));
    let options = EnrolOptions {
        server: server.clone(),
        token: token.text.clone(),
        trust: Trust::Sha256(fingerprint.clone()),
        again: false,
    };
    let here = state.clone();
    let enrolled = tokio::task::spawn_blocking(move || enrol(&here, &options)).await.unwrap().unwrap();
    assert_eq!(enrolled.host.as_str(), "CM-07");

    // The token is used up: nobody else becomes this host.
    let other = Folder::new(folder.path().join("other"));
    let options = EnrolOptions { server, token: token.text, trust: Trust::Sha256(fingerprint), again: false };
    let refused = tokio::task::spawn_blocking(move || enrol(&other, &options)).await.unwrap().unwrap_err();
    assert!(refused.to_string().contains("the server refuses"), "{refused}");

    let host = Arc::new(Invented(Mutex::new("1.0")));
    let stop = Arc::new(AtomicBool::new(false));
    let options = RunOptions {
        observe_every_seconds: 1,
        refresh_every_seconds: 0,
        stop: Arc::clone(&stop),
        say: |_| {},
    };
    let there: Arc<dyn Host> = Arc::<Invented>::clone(&host);
    let running = tokio::task::spawn_blocking(move || run(&state, there, options));
    known(&node, "1.0").await;
    *host.0.lock().unwrap() = "2.0";
    known(&node, "2.0").await;
    let tag = AssetTag::new("CM-07").unwrap();
    let observed = node.read(|state| state.night().host(&tag).unwrap().observed_at().unwrap());
    assert!(observed <= now(), "nothing was observed later than now");
    stop.store(true, Ordering::Relaxed);
    running.await.unwrap().unwrap();
}
