//! For machines that watch us: alive, ready, counters. None of it names a device or a person.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Problem;
use crate::AppState;

const PLAIN: (header::HeaderName, &str) = (header::CONTENT_TYPE, "text/plain; charset=utf-8");

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> Response {
    ([PLAIN], "alive\n").into_response()
}

/// `GET /readyz`: may readers be sent here?
pub(crate) async fn readyz(State(app): State<AppState>) -> Response {
    if *app.closing.borrow() {
        (StatusCode::SERVICE_UNAVAILABLE, [PLAIN], "closing\n").into_response()
    } else if *app.ready.borrow() {
        ([PLAIN], "ready\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, [PLAIN], "not ready: the journal is still being read\n")
            .into_response()
    }
}

/// `GET /metrics`: for loopback without a proxy in between, or with the bearer token of the settings.
pub(crate) async fn metrics_page(State(app): State<AppState>, request: Request) -> Response {
    if !may_read(&app, &request) {
        return Problem::NotFound.into_response();
    }
    let text = app.metrics.text(app.throttle.entries());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn may_read(app: &AppState, request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let local = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let headers = request.headers();
    let proxied = app.settings.behind_proxy
        || headers.contains_key("x-forwarded-for")
        || headers.contains_key("forwarded");
    let given =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    let known = match (&app.settings.metrics_token, given) {
        (Some(token), Some(given)) => digest(token).ct_eq(&digest(given)).into(),
        (Some(_) | None, _) => false,
    };
    known || (local && !proxied)
}
