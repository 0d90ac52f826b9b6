//! A small server that speaks the agent's side of the gateway over real TLS: an authority, enrolment, check-ins, one host.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::Time;
use model::host::HostReport;
use model::order::{Order, OrderEvent, OrderStep};
use model::probe::Probe;
use rcgen::{CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use wire::{CheckIn, CheckInAnswer, Enrol, Enrolled, Item, ProbeList, Renew, Renewed};

use crate::bench::{site, tag};

pub(crate) const TOKEN: &str = "one-time-token";

pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) ca_pem: String,
    pub(crate) ca_sha256: String,
    pub(crate) state: Arc<Mutex<State>>,
    ends: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

pub(crate) struct State {
    ca: Issuer<'static, KeyPair>,
    ca_pem: String,
    token_used: bool,
    /// How long the certificates that it gives are valid.
    pub(crate) valid_seconds: i64,
    pub(crate) renewals: u32,
    pub(crate) taken: u64,
    pub(crate) twice: u32,
    pub(crate) order: Option<Order>,
    pub(crate) probes: Vec<Probe>,
    pub(crate) reports: Vec<HostReport>,
    pub(crate) events: Vec<OrderEvent>,
    /// Every answer is this refusal.
    pub(crate) refuses: Option<u16>,
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Gateway {
    pub(crate) fn start() -> Gateway {
        let ca_key = KeyPair::generate().unwrap();
        let mut ca_params = named("Site authority");
        ca_params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca_cert = ca_params.self_signed(&ca_key).unwrap();
        let (ca_pem, ca_der) = (ca_cert.pem(), ca_cert.der().to_vec());
        let ca = Issuer::new(ca_params, ca_key);
        let key = KeyPair::generate().unwrap();
        let cert = named("gateway").signed_by(&key, &ca).unwrap();

        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(ca_der.clone())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .unwrap();
        let chain = vec![cert.der().clone(), CertificateDer::from(ca_der.clone())];
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            ca,
            ca_pem: ca_pem.clone(),
            token_used: false,
            valid_seconds: 86_400,
            renewals: 0,
            taken: 0,
            twice: 0,
            order: None,
            probes: Vec::new(),
            reports: Vec::new(),
            events: Vec::new(),
            refuses: None,
        }));
        let ends = Arc::new(AtomicBool::new(false));
        let (theirs, end, config) = (Arc::clone(&state), Arc::clone(&ends), Arc::new(config));
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let (state, config) = (Arc::clone(&theirs), Arc::clone(&config));
                        std::thread::spawn(move || serve(stream, config, &state));
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        let ca_sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&ca_der));
        Gateway { address, ca_pem, ca_sha256, state, ends, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Requests of one connection, until it ends.
fn serve(stream: TcpStream, config: Arc<ServerConfig>, state: &Mutex<State>) {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    while let Some((path, body)) = request(&mut tls) {
        let known = tls.conn.peer_certificates().is_some();
        let (status, answer) = state.lock().unwrap().answer(&path, &body, known);
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if tls.write_all(&[head.as_bytes(), &answer].concat()).is_err() {
            return;
        }
    }
}

fn request(tls: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        tls.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1)?.to_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())?;
    let mut body = vec![0; length];
    tls.read_exact(&mut body).ok()?;
    Some((path, body))
}

impl State {
    fn answer(&mut self, path: &str, body: &[u8], known: bool) -> (u16, Vec<u8>) {
        if let Some(status) = self.refuses {
            return (status, br#"{"title":"no","detail":"not tonight"}"#.to_vec());
        }
        match path {
            wire::PATH_ENROL => {
                let asks: Enrol = wire::read(body).unwrap();
                if &*asks.token != TOKEN || self.token_used {
                    return (403, br#"{"detail":"the token is not valid"}"#.to_vec());
                }
                self.token_used = true;
                let enrolled = Enrolled {
                    host: tag("CM-07"),
                    certificate_pem: self.certificate(&asks.csr_pem).into(),
                    ca_pem: self.ca_pem.clone().into(),
                    signing_key: site().key(),
                    check_in_seconds: 1,
                };
                (200, wire::write(&enrolled).unwrap())
            }
            _ if !known => (401, br#"{"detail":"a certificate is needed"}"#.to_vec()),
            wire::PATH_RENEW => {
                let asks: Renew = wire::read(body).unwrap();
                self.renewals += 1;
                self.valid_seconds = 86_400;
                let certificate_pem = self.certificate(&asks.csr_pem).into();
                (200, wire::write(&Renewed { certificate_pem, ca_pem: self.ca_pem.clone().into() }).unwrap())
            }
            wire::PATH_CHECK_IN => (200, self.check_in(&wire::read(body).unwrap())),
            _ => (404, Vec::new()),
        }
    }

    fn certificate(&self, csr_pem: &str) -> String {
        let mut request = CertificateSigningRequestParams::from_pem(csr_pem).unwrap();
        request.params.distinguished_name = DistinguishedName::new();
        request.params.distinguished_name.push(DnType::CommonName, "CM-07");
        let now = std::time::UNIX_EPOCH + Duration::from_micros(u64::try_from(server_now().0).unwrap());
        let life = Duration::from_secs(self.valid_seconds.unsigned_abs());
        // A short life is nearly over already.
        let age = if self.valid_seconds < 3_600 { life * 9 / 10 } else { Duration::from_secs(60) };
        request.params.not_before = (now - age).into();
        request.params.not_after = (now - age + life).into();
        request.signed_by(&self.ca).unwrap().pem()
    }

    fn check_in(&mut self, said: &CheckIn) -> Vec<u8> {
        for numbered in &said.numbered {
            if numbered.number <= self.taken {
                self.twice += 1;
                continue;
            }
            self.taken = numbered.number;
            match &numbered.item {
                Item::Report(report) => self.reports.push(report.clone()),
                Item::Order(event) => self.events.push(event.clone()),
            }
        }
        let orders = self.order.iter().filter(|order| order.sequence > said.order_seen);
        let list = ProbeList {
            host: tag("CM-07"),
            revision: 1 + self.probes.len() as u64,
            probes: self.probes.clone(),
        };
        let answer = CheckInAnswer {
            server_now: server_now(),
            acked: self.taken,
            want_full: false,
            orders: orders.map(|order| site().sign(order).unwrap()).collect(),
            probes: (said.probes_seen != list.revision).then(|| site().sign(&list).unwrap()),
            check_in_seconds: 1,
        };
        wire::write(&answer).unwrap()
    }

    /// What was heard of the order, as words.
    pub(crate) fn heard(&self) -> Vec<String> {
        let word = |event: &OrderEvent| match &event.what {
            OrderStep::Refused { code, says } => format!("{} ({says})", code.word()),
            OrderStep::Accepted => "accepted".to_owned(),
            OrderStep::Begun => "begun".to_owned(),
            OrderStep::Done { .. } => "done".to_owned(),
            OrderStep::Failed { says } => format!("failed ({says})"),
        };
        self.events.iter().map(word).collect()
    }

    pub(crate) fn ended(&self) -> bool {
        let is_end = |word: &String| word == "done" || (word.contains('(') && !word.starts_with("replayed"));
        self.heard().iter().any(is_end)
    }
}

#[allow(clippy::disallowed_methods)] // a test's server reads the clock as the real one does
pub(crate) fn server_now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time(i64::try_from(since.as_micros()).unwrap())
}
