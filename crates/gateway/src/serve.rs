//! The gateway on a socket. Slow and countless connections are bounded here.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::routing::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::certificates::{Peer, read_peer};
use crate::limits::{
    CONNECTIONS_TO_ACCEPT_MAX, HANDSHAKE_MAX_SECONDS, HANDSHAKES_AT_ONCE_MAX, REQUEST_MAX_SECONDS,
};
use crate::routes::{Shown, router};
use crate::tickets::Tickets;
use crate::{Clock, Gateway, SiteKeys};

/// Pause after the operating system refused a connection (mostly: too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// How long check-ins that have begun may go on after the gateway was told to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Why the gateway could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The keys do not make a TLS server.
    #[error("the site's keys cannot be used for TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Certificates of hosts cannot be verified with the authority.
    #[error("the site's authority cannot verify hosts: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// Listens for hosts. After a restart of the server, or of the network, they come all at once: whoever is not let in yet waits in the
/// system's queue. Were that short, their first bytes would be thrown away, and sent again ever more seldom.
///
/// # Errors
/// The address cannot be listened to.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restarted server takes its address over at once; on Windows the same word means something else.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(CONNECTIONS_TO_ACCEPT_MAX)
}

/// Where connections come from.
pub trait Arrivals: Send {
    /// What a connection's bytes run over.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and from where; may be given up and asked again.
    ///
    /// # Errors
    /// It could not be accepted; a later one may be.
    fn next(&mut self) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
}

impl Arrivals for TcpListener {
    type Stream = TcpStream;

    async fn next(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (socket, from) = self.accept().await?;
        let _less_delay = socket.set_nodelay(true);
        Ok((socket, from))
    }
}

impl Gateway {
    /// Serves on `listener` until `stop` resolves; then takes no more connections and lets what has begun end.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub async fn serve(
        self: Arc<Self>,
        mut listener: impl Arrivals,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeError> {
        let acceptor = TlsAcceptor::from(Arc::new(tls(&self.keys, &self.clock)?));
        let connections_max = self.settings.connections_max;
        let places = Arc::clone(&self.places);
        let (close, closing) = watch::channel(false);
        let handshakes = Semaphore::new(HANDSHAKES_AT_ONCE_MAX);
        let connections = Arc::new(Connections { acceptor, router: router(self), handshakes, closing });
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.next().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (place, accepted) = accepted => match accepted {
                    Ok((socket, from)) => {
                        let connections = Arc::clone(&connections);
                        tokio::spawn(async move {
                            connections.one(socket, from).await;
                            drop(place);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(what = %error, "a host's connection could not be accepted");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(listener);
        close.send_replace(true);
        let all = u32::try_from(connections_max).unwrap_or(u32::MAX);
        let ended = tokio::time::timeout(SHUTDOWN_GRACE, places.acquire_many(all)).await;
        if ended.is_err() {
            tracing::warn!(
                "check-ins were still running when the grace period ended; hosts deliver them again"
            );
        }
        Ok(())
    }
}

fn tls(keys: &SiteKeys, clock: &Clock) -> Result<ServerConfig, ServeError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(keys.authority.der().clone())?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(keys.chain.clone(), keys.server_key.clone_key())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A host that comes back resumes its session: nothing is signed or verified again, at either end. What TLS once verified is
    // sealed into its ticket; whether the certificate still holds (expired, revoked,
    // enrolled anew) is never left to TLS but asked of the state at every request.
    config.ticketer = Arc::new(Tickets::new(keys.tickets.clone(), Arc::clone(clock)));
    config.send_tls13_tickets = 1;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

struct Connections {
    acceptor: TlsAcceptor,
    router: Router,
    handshakes: Semaphore,
    closing: watch::Receiver<bool>,
}

impl Connections {
    /// One connection, until either side ends it.
    async fn one(&self, socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, from: SocketAddr) {
        let shaken = async {
            let _place = self.handshakes.acquire().await;
            self.acceptor.accept(socket).await
        };
        let stream = match tokio::time::timeout(Duration::from_secs(HANDSHAKE_MAX_SECONDS), shaken).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(what = %error, address = %from, "a handshake failed");
                return;
            }
            Err(_) => return,
        };
        let certificates = stream.get_ref().1.peer_certificates();
        let peer: Option<Peer> =
            certificates.and_then(|chain| chain.first()).and_then(|own| read_peer(own).ok());
        let router = self.router.clone();
        let service = tower::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(from));
            request.extensions_mut().insert(Shown(peer.clone()));
            router.clone().oneshot(request)
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(REQUEST_MAX_SECONDS));
        // Buffers of thousands of hosts that only wait: small until they are needed.
        builder.max_buf_size(64 * 1024);
        let serving = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let mut serving = std::pin::pin!(serving);
        let closing = self.closing.clone();
        let served = tokio::select! {
            served = serving.as_mut() => served,
            () = closed(closing) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = served {
            tracing::debug!(what = %error, address = %from, "a host's connection broke off");
        }
    }
}

/// Resolves when the gateway takes no more connections.
async fn closed(mut closing: watch::Receiver<bool>) {
    // The sender going away means the same.
    let _closing = closing.wait_for(|closing| *closing).await;
}
