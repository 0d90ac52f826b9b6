//! One host's connection: TLS both ways, HTTP/1.1, wire messages.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use wire::{CheckIn, CheckInAnswer};

use crate::fleet::{self, Identity};
use crate::stream::{Stream, Trunk};

/// Addresses that hosts come from: one address has too few ports for all of them.
pub(crate) const SOURCES: usize = 16;
/// Longest head of an answer.
const HEAD_MAX_BYTES: usize = 16 * 1024;

/// How a host's connection begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    /// With both certificates and a signature at either end, always.
    Whole,
    /// As the agent does: it resumes its session when the server gave it a ticket that still holds.
    AsAgents,
}

/// Where hosts connect to, and with what.
pub(crate) struct Hosts {
    address: Mutex<SocketAddr>,
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    identities: Vec<Identity>,
    /// Each host's own, with its tickets, made when it comes first.
    configs: Vec<OnceLock<Arc<ClientConfig>>>,
}

impl Hosts {
    pub(crate) fn new(folder: &Path, address: SocketAddr) -> Hosts {
        let authority = std::fs::read(folder.join("keys/authority.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&authority).unwrap()).unwrap();
        let identities = fleet::identities(folder);
        Hosts {
            address: Mutex::new(address),
            roots: Arc::new(roots),
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            configs: identities.iter().map(|_| OnceLock::new()).collect(),
            identities,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.identities.len()
    }

    pub(crate) fn moved_to(&self, address: SocketAddr) {
        *self.address.lock().unwrap() = address;
    }

    fn make_config(&self, at: usize) -> ClientConfig {
        let Identity { certificate, key } = self.identities.get(at).unwrap();
        let key = PrivateKeyDer::try_from(key.clone()).unwrap();
        let chain = vec![CertificateDer::from(certificate.clone())];
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_client_auth_cert(chain, key)
            .unwrap();
        // A host knows one server.
        config.resumption = Resumption::in_memory_sessions(1);
        config
    }

    fn config(&self, at: usize, handshake: Handshake) -> Arc<ClientConfig> {
        let own = self.configs.get(at).unwrap().get_or_init(|| Arc::new(self.make_config(at)));
        match handshake {
            Handshake::AsAgents => Arc::clone(own),
            Handshake::Whole => {
                let mut whole = ClientConfig::clone(own);
                whole.resumption = Resumption::disabled();
                Arc::new(whole)
            }
        }
    }

    /// Connects as the host.
    pub(crate) async fn connect(&self, at: usize, handshake: Handshake) -> io::Result<Connection> {
        let stream = self.own_socket(at).await?;
        self.shake_hands(stream, at, handshake).await
    }

    /// Connects as the host, in a connection that it shares with others.
    pub(crate) async fn connect_in(
        &self,
        trunk: &Trunk,
        at: usize,
        handshake: Handshake,
    ) -> io::Result<Connection> {
        let stream = Stream::Shared(trunk.stream(u32::try_from(at).unwrap()));
        self.shake_hands(stream, at, handshake).await
    }

    async fn own_socket(&self, at: usize) -> io::Result<Stream> {
        let address = *self.address.lock().unwrap();
        let socket = TcpSocket::new_v4()?;
        let source = Ipv4Addr::new(127, 0, 1, u8::try_from(at % SOURCES).unwrap_or(0) + 1);
        socket.bind((source, 0).into())?;
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Stream::Own(stream))
    }

    async fn shake_hands(&self, stream: Stream, at: usize, handshake: Handshake) -> io::Result<Connection> {
        let connector = TlsConnector::from(self.config(at, handshake));
        let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?;
        Ok(Connection { stream })
    }
}

pub(crate) struct Connection {
    stream: TlsStream<Stream>,
}

impl Connection {
    /// Was an earlier session resumed?
    pub(crate) fn is_resumed(&self) -> bool {
        self.stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)
    }

    /// Sends a check-in and reads its answer.
    pub(crate) async fn check_in(&mut self, check_in: &CheckIn) -> io::Result<CheckInAnswer> {
        let body = wire::write(check_in).map_err(io::Error::other)?;
        let mut request = format!(
            "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            wire::PATH_CHECK_IN,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        self.stream.write_all(&request).await?;
        let (status, body) = self.answer().await?;
        if status != 200 {
            return Err(io::Error::other(format!("answered {status}: {}", String::from_utf8_lossy(&body))));
        }
        wire::read(&body).map_err(io::Error::other)
    }

    async fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let mut got = Vec::with_capacity(512);
        let ends = loop {
            if let Some(at) = got.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if got.len() > HEAD_MAX_BYTES || self.stream.read_buf(&mut got).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(got.get(..ends).unwrap_or_default()).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
        while got.len() < ends + length {
            if self.stream.read_buf(&mut got).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok((status, got.split_off(ends)))
    }
}
