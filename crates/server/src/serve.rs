//! The server on a socket: serves until told to stop, then lets what has begun be finished. Slow and countless
//! connections are bounded here; what a request may do is bounded further in.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::routing::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::{AppState, router};

/// How long requests that have begun may go on after the server was told to stop.
pub const SHUTDOWN_GRACE_SECONDS: u64 = 10;
/// Longest a connection may take to send a request's head.
pub const HEAD_TIME_MAX_SECONDS: u64 = 10;
/// Most connections at once; further ones wait to be accepted.
pub const CONNECTIONS_MAX: usize = 8_192;
/// Pause after the operating system refused a connection (mostly: too many open files).
const ACCEPT_PAUSE_MILLISECONDS: u64 = 200;

/// Why the server could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket failed.
    #[error("the server's socket failed")]
    Socket(#[from] std::io::Error),
}

/// The server, ready to be put on a socket.
pub struct Server {
    app: AppState,
}

impl Server {
    /// A server of `app`.
    pub fn new(app: AppState) -> Server {
        Server { app }
    }

    /// Serves on `listener` until `stop` resolves; then takes no more connections, ends live streams, and returns when
    /// all requests are answered or [`SHUTDOWN_GRACE_SECONDS`] are over.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let router = router(self.app.clone());
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let open = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (place, accepted) = accepted => match accepted {
                    Ok((socket, peer)) => {
                        let connection = connection(&router, &open, socket, peer);
                        tokio::spawn(async move {
                            connection.await;
                            drop(place);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(what = %error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MILLISECONDS)).await;
                    }
                },
            }
        }
        drop(listener);
        self.app.closing.send_replace(true);
        if tokio::time::timeout(Duration::from_secs(SHUTDOWN_GRACE_SECONDS), open.shutdown()).await.is_err() {
            tracing::warn!("requests were still running when the grace period ended");
        }
        Ok(())
    }
}

/// One connection, until either side ends it.
fn connection(
    router: &Router,
    open: &GracefulShutdown,
    socket: TcpStream,
    peer: SocketAddr,
) -> impl Future<Output = ()> + Send + 'static {
    let router = router.clone();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    let head_time = Duration::from_secs(HEAD_TIME_MAX_SECONDS);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_time);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(head_time));
    let _less_delay = socket.set_nodelay(true);
    let serving =
        builder.serve_connection(TokioIo::new(socket), TowerToHyperService::new(service)).into_owned();
    let watched = open.watch(serving);
    async move {
        if let Err(error) = watched.await {
            tracing::debug!(what = %error, "a connection broke off");
        }
    }
}
