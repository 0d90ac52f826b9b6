//! Hosts at the gateway: who is let in, what is durable before it is answered, what is handed out.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use gateway::{Gateway, Settings, SiteKeys, token::Token};
use hospital::Command;
use hospital::command::ImportOrigin;
use journal::{Location, StreamName, open};
use model::ids::ImportId;
use model::{AssetTag, Device, Time};
use node::Node;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A site with a gateway on a port of its own, and a clock that the test moves.
struct Site {
    node: Arc<Node>,
    address: SocketAddr,
    ca_pem: String,
    clock: Arc<AtomicI64>,
    close: oneshot::Sender<()>,
    folder: tempfile::TempDir,
}

/// A gateway on a port of its own, until what comes with it is dropped.
async fn serve(
    node: &Arc<Node>,
    keys: SiteKeys,
    clock: &Arc<AtomicI64>,
    settings: Settings,
) -> (SocketAddr, oneshot::Sender<()>) {
    let read = Arc::clone(clock);
    let clock = Arc::new(move || Time(read.load(Ordering::SeqCst)));
    let gateway = Gateway::new(Arc::clone(node), keys, clock, settings);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (close, closed) = oneshot::channel::<()>();
    tokio::spawn(
        async move { gateway.serve(listener, async move { closed.await.unwrap_or(()) }).await.unwrap() },
    );
    (address, close)
}

/// What a host has after enrolment.
struct Host {
    key_pem: String,
    certificate_pem: String,
}

impl Site {
    async fn new() -> Site {
        Site::with(Settings { check_ins_per_minute_max: 30, ..Settings::default() }).await
    }

    async fn with(settings: Settings) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&Location::Memory).await.unwrap();
        let node = Node::open(journal, StreamName::new("main").unwrap(), false).await.unwrap().node;
        let devices = ["SRV-1", "SRV-2"].map(|tag| {
            serde_json::from_value::<Device>(
                json!({"asset_tag": tag, "manufacturer": "Acme", "model": "Server"}),
            )
            .unwrap()
        });
        let origin = ImportOrigin {
            id: ImportId::new("i").unwrap(),
            source: "list".into(),
            sha256: None,
            remarks: Vec::new(),
        };
        // TLS looks at the machine's clock: the site's must not be far from it.
        #[allow(clippy::disallowed_methods, reason = "certificates are checked against the machine's clock")]
        let start = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
        let clock = Arc::new(AtomicI64::new(i64::try_from(start).unwrap()));
        let now = Time(clock.load(Ordering::SeqCst));
        let command = Command::ImportInventory { devices: devices.into(), complete: false, origin };
        node.command(command, "test", now).await.unwrap();
        let keys = SiteKeys::open(folder.path(), &["localhost".to_owned()], now).unwrap();
        let ca_pem = keys.authority().pem().to_owned();
        let (address, close) = serve(&node, keys, &clock, settings).await;
        Site { node, address, ca_pem, clock, close, folder }
    }

    /// The gateway ends, and another begins with the keys of this folder.
    async fn restarted(&mut self, keys: &Path) {
        let keys = SiteKeys::open(keys, &["localhost".to_owned()], self.now()).unwrap();
        (self.address, self.close) = serve(&self.node, keys, &self.clock, Settings::default()).await;
    }

    fn now(&self) -> Time {
        Time(self.clock.load(Ordering::SeqCst))
    }

    async fn offer(&self, host: &str) -> Token {
        self.offered_by(&self.node, host).await
    }

    async fn offered_by(&self, node: &Node, host: &str) -> Token {
        let token = Token::new(rand::random());
        let command = Command::OfferEnrolment {
            host: AssetTag::new(host).unwrap(),
            token_sha256: token.sha256.as_str().into(),
            expires: self.now().plus_seconds(3_600),
        };
        node.command(command, "test", self.now()).await.unwrap();
        token
    }

    /// What a host connects with, and what it keeps from one connection to the next.
    fn tls(&self, host: Option<&Host>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.ca_pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match host {
            None => config.with_no_client_auth(),
            Some(host) => {
                let own = CertificateDer::from_pem_slice(host.certificate_pem.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(host.key_pem.as_bytes()).unwrap();
                config.with_client_auth_cert(vec![own], key).unwrap()
            }
        })
    }

    /// Posts JSON; the status and what came back.
    async fn post(&self, host: Option<&Host>, path: &str, body: &Value) -> (u16, Value) {
        let (_, status, got) = self.post_over(&self.tls(host), path, body).await;
        (status, got)
    }

    /// Posts JSON on a connection of its own: was a session resumed, the status and what came back.
    async fn post_over(&self, tls: &Arc<ClientConfig>, path: &str, body: &Value) -> (bool, u16, Value) {
        self.send(tls, path, body, "connection: close\r\n").await
    }

    /// Posts JSON and reads until the connection ends, whichever side ends it.
    async fn send(
        &self,
        tls: &Arc<ClientConfig>,
        path: &str,
        body: &Value,
        more: &str,
    ) -> (bool, u16, Value) {
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(tls));
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = connector.connect(name, stream).await.unwrap();
        let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n{more}\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The server may end the connection without a word of TLS; what it said has arrived.
        let _end = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (resumed, status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// A handshake, and nothing more.
    async fn try_connect(&self, tls: &Arc<ClientConfig>) -> std::io::Result<()> {
        let stream = TcpStream::connect(self.address).await?;
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(tls));
        connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.map(drop)
    }

    async fn enrol(&self, token: &Token, key: &rcgen::KeyPair) -> (u16, Value) {
        let request = rcgen::CertificateParams::default().serialize_request(key).unwrap();
        let ask = json!({"version": 1, "token": token.text, "csr_pem": request.pem().unwrap()});
        self.post(None, "/agent/v1/enrol", &ask).await
    }

    async fn enrolled(&self, host: &str) -> Host {
        let token = self.offer(host).await;
        let key = rcgen::KeyPair::generate().unwrap();
        let (status, got) = self.enrol(&token, &key).await;
        assert_eq!((status, got["host"].as_str()), (200, Some(host)), "{got}");
        let certificate_pem = got["certificate_pem"].as_str().unwrap().to_owned();
        Host { key_pem: key.serialize_pem(), certificate_pem }
    }
}

fn same(number: u64, now: Time) -> Value {
    json!({"number": number, "at": now, "item": {"report": {"same": {"observed_at": now}}}})
}

fn full(number: u64, now: Time) -> Value {
    json!({"number": number, "at": now, "item": {"report": {"full": {
        "observed_at": now, "boot": {"id": "b0", "began_at": 0},
        "system": {"family": "debian", "name": "Debian 12", "kernel_running": "6.1", "kernel_installed": null},
        "packages": {"vakta": "1.0-1"}, "available": [], "signals": {"kernel": "clear"},
        "resources": {"disk_free_bytes": null, "power": "mains", "clock_offset_ms": null},
    }}}})
}

fn check_in(now: Time, numbered: &[Value], wait: u32) -> Value {
    json!({"version": 1, "agent_now": now, "numbered": numbered, "wait_seconds": wait, "order_seen": 0})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_enrols_once_delivers_once_and_is_answered_when_it_is_durable() {
    let site = Site::new().await;
    let host = site.enrolled("SRV-1").await;
    let now = site.now();
    // The host's clock is an hour ahead; what it says happened five seconds before it says so.
    let ahead = now.plus_seconds(3_600);
    let (status, got) = site
        .post(Some(&host), "/agent/v1/check-in", &check_in(ahead, &[full(1, ahead.plus_seconds(-5))], 0))
        .await;
    assert_eq!((status, &got["acked"], &got["want_full"]), (200, &json!(1), &json!(false)), "{got}");
    let entries = site.node.version();
    let seen = |site: &Site| {
        let tag = AssetTag::new("SRV-1").unwrap();
        site.node.read(|state| state.night().host(&tag).unwrap().observed_at().unwrap())
    };
    assert_eq!(seen(&site), now.plus_seconds(-5));
    let (status, got) =
        site.post(Some(&host), "/agent/v1/check-in", &check_in(ahead, &[full(1, ahead)], 0)).await;
    assert_eq!((status, &got["acked"]), (200, &json!(1)), "{got}");
    assert_eq!(site.node.version(), entries, "delivered again, nothing is recorded");
    let (_, got) = site.post(Some(&host), "/agent/v1/check-in", &check_in(now, &[same(5, now)], 0)).await;
    assert_eq!(
        (&got["acked"], &got["want_full"]),
        (&json!(5), &json!(true)),
        "a gap asks for everything: {got}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_offered_elsewhere_this_very_moment_is_good_before_the_server_has_heard_of_it() {
    let site = Site::new().await;
    // The command line on the same journal. Nothing tells this server's node of it: it is not following.
    let journal = Arc::clone(site.node.journal());
    let desk = Node::open(journal, site.node.stream().clone(), false).await.unwrap().node;
    let token = site.offered_by(&desk, "SRV-1").await;
    let (status, got) = site.enrol(&token, &rcgen::KeyPair::generate().unwrap()).await;
    assert_eq!(status, 200, "{got}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_good_for_one_key_and_the_same_key_may_ask_again() {
    let site = Site::new().await;
    let token = site.offer("SRV-1").await;
    let key = rcgen::KeyPair::generate().unwrap();
    assert_eq!(site.enrol(&token, &key).await.0, 200);
    assert_eq!(site.enrol(&token, &key).await.0, 200, "the first answer may have been lost");
    let (status, got) = site.enrol(&token, &rcgen::KeyPair::generate().unwrap()).await;
    assert_eq!(status, 403, "{got}");
    let never = Token::new([7; 20]);
    assert_eq!(site.enrol(&never, &key).await.0, 403);
    let ask = json!({"version": 1, "token": site.offer("SRV-2").await.text, "csr_pem": "no request"});
    let (status, got) = site.post(None, "/agent/v1/enrol", &ask).await;
    assert_eq!(status, 403);
    assert!(got["says"].as_str().unwrap().contains("request for a certificate"), "{got}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_revoked_or_shows_no_certificate_or_says_too_much_is_refused_with_a_sentence() {
    let site = Site::new().await;
    let host = site.enrolled("SRV-1").await;
    let now = site.now();
    let (status, got) = site.post(None, "/agent/v1/check-in", &check_in(now, &[], 0)).await;
    assert_eq!(status, 401, "{got}");
    let many: Vec<Value> = (1..=65).map(|number| same(number, now)).collect();
    let (status, got) = site.post(Some(&host), "/agent/v1/check-in", &check_in(now, &many, 0)).await;
    assert_eq!(status, 422, "{got}");
    assert!(got["says"].as_str().unwrap().contains("at most 64"), "{got}");
    let long = json!({"version": 1, "csr_pem": "x".repeat(100_000)});
    let (status, got) = site.post(Some(&host), "/agent/v1/renew", &long).await;
    assert_eq!(status, 413, "{got}");
    let revoke = Command::RevokeHost { host: AssetTag::new("SRV-1").unwrap(), reason: "stolen".into() };
    site.node.command(revoke, "test", now).await.unwrap();
    let (status, got) =
        site.post(Some(&host), "/agent/v1/check-in", &check_in(now, &[full(1, now)], 0)).await;
    assert_eq!(status, 403);
    assert!(got["says"].as_str().unwrap().contains("stolen"), "{got}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_renews_and_both_certificates_hold_until_the_new_one_has_arrived() {
    let site = Site::new().await;
    let host = site.enrolled("SRV-1").await;
    let key = rcgen::KeyPair::generate().unwrap();
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap();
    let ask = json!({"version": 1, "csr_pem": request.pem().unwrap()});
    let (status, got) = site.post(Some(&host), "/agent/v1/renew", &ask).await;
    assert_eq!(status, 200, "{got}");
    let newer = Host {
        key_pem: key.serialize_pem(),
        certificate_pem: got["certificate_pem"].as_str().unwrap().to_owned(),
    };
    for host in [&host, &newer] {
        let (status, got) = site.post(Some(host), "/agent/v1/check-in", &check_in(site.now(), &[], 0)).await;
        assert_eq!(status, 200, "{got}");
    }
    let again = site.enrolled("SRV-1").await;
    assert_eq!(site.post(Some(&again), "/agent/v1/check-in", &check_in(site.now(), &[], 0)).await.0, 200);
    let (status, got) = site.post(Some(&newer), "/agent/v1/check-in", &check_in(site.now(), &[], 0)).await;
    assert_eq!(status, 403, "who enrolled anew has no other certificate: {got}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_comes_back_resumes_its_session_and_is_looked_at_anew_each_time() {
    let site = Site::new().await;
    let (one, two) = (site.enrolled("SRV-1").await, site.enrolled("SRV-2").await);
    let (one, two) = (site.tls(Some(&one)), site.tls(Some(&two)));
    let deliver = async |tls: &Arc<ClientConfig>, number: u64| {
        let body = check_in(site.now(), &[full(number, site.now())], 0);
        let (resumed, status, got) = site.post_over(tls, "/agent/v1/check-in", &body).await;
        (resumed, status, got["says"].as_str().unwrap_or_default().to_owned())
    };
    let number = |tag: &str| {
        let tag = AssetTag::new(tag).unwrap();
        site.node.read(|state| state.night().host(&tag).map_or(0, |view| view.number()))
    };
    assert_eq!(deliver(&one, 1).await, (false, 200, String::new()));
    assert_eq!(deliver(&two, 1).await, (false, 200, String::new()));
    assert_eq!(deliver(&one, 2).await, (true, 200, String::new()), "nothing is signed a second time");
    assert_eq!((number("SRV-1"), number("SRV-2")), (2, 1), "it is still known who speaks");

    let revoke = Command::RevokeHost { host: AssetTag::new("SRV-1").unwrap(), reason: "stolen".into() };
    site.node.command(revoke, "test", site.now()).await.unwrap();
    let (resumed, status, says) = deliver(&one, 3).await;
    assert_eq!((resumed, status, number("SRV-1")), (true, 403, 2), "a session outlives no revocation");
    assert!(says.contains("stolen"), "{says}");

    let anew = site.enrolled("SRV-2").await;
    let (resumed, status, says) = deliver(&two, 2).await;
    assert_eq!((resumed, status), (true, 403), "who enrolled anew has no other certificate: {says}");
    let anew = site.tls(Some(&anew));
    assert_eq!(deliver(&anew, 2).await, (false, 200, String::new()));
    assert_eq!(deliver(&anew, 3).await, (true, 200, String::new()));

    let hours = |hours: i64| site.clock.fetch_add(hours * 3_600_000_000, Ordering::SeqCst);
    hours(29 * 24 + 18);
    assert_eq!(deliver(&anew, 4).await, (false, 200, String::new()), "no ticket holds for so long");
    hours(7);
    let (resumed, status, says) = deliver(&anew, 5).await;
    assert_eq!(
        (resumed, status, number("SRV-2")),
        (true, 403, 4),
        "nor does it outlive its certificate: {says}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_resumes_its_session_with_a_restarted_server_and_never_with_another_site() {
    let mut site = Site::new().await;
    let host = site.enrolled("SRV-1").await;
    let tls = site.tls(Some(&host));
    let check_in = async |site: &Site, tls: &Arc<ClientConfig>| {
        let body = check_in(site.now(), &[], 0);
        let (resumed, status, _) = site.post_over(tls, "/agent/v1/check-in", &body).await;
        (resumed, status)
    };
    assert_eq!(check_in(&site, &tls).await, (false, 200));
    let keys = site.folder.path().to_owned();
    site.restarted(&keys).await;
    assert_eq!(check_in(&site, &tls).await, (true, 200), "a site's hosts come back at once after a restart");

    let revoke = Command::RevokeHost { host: AssetTag::new("SRV-1").unwrap(), reason: "stolen".into() };
    site.node.command(revoke, "test", site.now()).await.unwrap();
    site.restarted(&keys).await;
    assert_eq!(check_in(&site, &tls).await, (true, 403), "and are looked at as before");

    let other = tempfile::tempdir().unwrap();
    site.restarted(other.path()).await;
    let stranger = site.try_connect(&tls).await;
    assert!(stranger.is_err(), "another site's authority is none, ticket or not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_without_a_certificate_never_becomes_a_hosts() {
    let site = Site::new().await;
    let (body, stranger) = (check_in(site.now(), &[], 0), site.tls(None));
    for resumed in [false, true] {
        let (was, status, got) = site.post_over(&stranger, "/agent/v1/check-in", &body).await;
        assert_eq!((was, status), (resumed, 401), "{got}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_outnumber_the_connections_take_turns_and_none_is_shut_out() {
    let site = Arc::new(Site::with(Settings { connections_max: 3, ..Settings::default() }).await);
    let (one, two) = (site.enrolled("SRV-1").await, site.enrolled("SRV-2").await);
    let (one, two) = (site.tls(Some(&one)), site.tls(Some(&two)));
    let wait = check_in(site.now(), &[], 300);
    for tls in [&one, &two] {
        let first = check_in(site.now(), &[full(1, site.now())], 0);
        assert_eq!(site.post_over(tls, "/agent/v1/check-in", &first).await.1, 200);
    }
    // One connection, one place for who comes next, and one is free: the first host may wait for an order, once the
    // connections before are quite gone.
    let held = loop {
        let (site, one, wait) = (Arc::clone(&site), Arc::clone(&one), wait.clone());
        let mut waits = tokio::spawn(async move { site.send(&one, "/agent/v1/check-in", &wait, "").await });
        if tokio::time::timeout(Duration::from_millis(500), &mut waits).await.is_err() {
            break waits;
        }
    };
    // No further place is free: the second host is answered at once, and its connection is ended for it, every time.
    for _ in 0..3 {
        let turn = site.send(&two, "/agent/v1/check-in", &wait, "");
        let (_, status, got) = tokio::time::timeout(Duration::from_secs(60), turn).await.unwrap();
        assert_eq!((status, &got["acked"]), (200, &json!(1)), "{got}");
    }
    assert!(!held.is_finished(), "and who waited before goes on waiting");
    held.abort();
}

#[tokio::test]
async fn hosts_that_come_all_at_once_are_kept_until_the_server_gets_round_to_them() {
    let listener = gateway::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody accepts yet. With the usual queue of 128 the next ones would try again after a second, then after two, after four.
    let come = |_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(900)).unwrap();
    let all: Vec<_> = (0..400).map(come).collect();
    for _ in &all {
        listener.accept().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_hosts_at_once_share_entries_and_nothing_is_lost() {
    let site = Arc::new(Site::new().await);
    let host = Arc::new(site.enrolled("SRV-1").await);
    let other = Arc::new(site.enrolled("SRV-2").await);
    let before = site.node.version();
    let now = site.now();
    let mut all = tokio::task::JoinSet::new();
    for number in 1..=20 {
        for host in [&host, &other] {
            let (site, host) = (Arc::clone(&site), Arc::clone(host));
            all.spawn(async move {
                let (status, got) = site
                    .post(Some(&host), "/agent/v1/check-in", &check_in(now, &[full(number, now)], 0))
                    .await;
                assert_eq!(status, 200, "{got}");
                assert!(got["acked"].as_u64().unwrap() >= number, "answered before it was taken: {got}");
            });
        }
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    let entries = site.node.version() - before;
    assert!((1..=40).contains(&entries), "{entries}");
    for tag in ["SRV-1", "SRV-2"] {
        let tag = AssetTag::new(tag).unwrap();
        assert_eq!(site.node.read(|state| state.night().host(&tag).unwrap().number()), 20);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sites_keys_are_made_once_and_nobody_else_may_read_them() {
    let site = Site::new().await;
    let again = SiteKeys::open(site.folder.path(), &[], site.now()).unwrap();
    assert_eq!(again.authority().pem(), site.ca_pem, "the same authority after a restart");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| {
            std::fs::metadata(site.folder.path().join(name)).unwrap().permissions().mode() & 0o777
        };
        for key in ["authority.key.pem", "server.key.pem", "orders.key", "tickets.key"] {
            assert_eq!(mode(key), 0o600, "{key}");
        }
        let orders: &Path = &site.folder.path().join("orders.key");
        std::fs::set_permissions(orders, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = SiteKeys::open(site.folder.path(), &[], site.now()).err().unwrap();
        assert!(error.to_string().contains("can be read by others"), "{error}");
    }
}
