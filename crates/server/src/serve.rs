//! The server on a socket: serves until told to stop, then lets what has begun be finished.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::{AppState, router};

/// How long requests that have begun may go on after the server was told to stop.
pub const SHUTDOWN_GRACE_SECONDS: u64 = 10;

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
        let closing = self.app.closing.clone();
        let service = router(self.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let mut told = closing.subscribe();
        let signal = async move {
            stop.await;
            closing.send_replace(true);
        };
        let serving = axum::serve(listener, service).with_graceful_shutdown(signal);
        let overdue = async move {
            drop(told.wait_for(|closing| *closing).await);
            tokio::time::sleep(Duration::from_secs(SHUTDOWN_GRACE_SECONDS)).await;
        };
        tokio::select! {
            done = serving => done?,
            () = overdue => tracing::warn!("requests were still running when the grace period ended"),
        }
        Ok(())
    }
}
