//! The door: nothing but the public paths without a session, no change without the form token, no change by a reader.
//! It stands before every route, so that a new page is safe before its author has thought about it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use model::people::Role;
use tokio::time::timeout;

use super::Visitor;
use crate::AppState;
use crate::http::{FORM_SIZE_MAX_BYTES, Problem, REQUEST_TIME_MAX_SECONDS};

/// Paths that answer without a session.
pub const PUBLIC_PATHS: [&str; 3] = ["/sign-in", "/preferences", "/styleguide"];
/// Below this, a secret in the address stands for a session; whoever does not know one finds nothing.
const FEED_PATHS: &str = "/feeds/";
/// Paths where every signed-in person may post, because they change nothing but their own session or account.
pub const OWN_ACCOUNT_PATHS: [&str; 4] = ["/sign-in", "/sign-out", "/password", "/preferences"];

/// Below this, whoever answers for care units may post too: a unit's answer to a plan or a further outage, staff confirmed.
const WARD_PATHS: &str = "/ward/";
/// And here: a ward that cannot open an image since a failover says so itself.
const WARD_REPORTS: (&str, &str) = ("/archive/", "/report");

/// Here a secret in `Authorization` stands for a session: a place tells its own probes of an archive. Whose secret it is says the handler, before it reads anything. No
/// browser is made to send that header by another site, so that no form token is asked for.
const PLACE_PROBES: (&str, &str) = ("/api/v1/archives/", "/probes");

/// Does a place, and no person, send this?
fn is_of_place(request: &Request) -> bool {
    let path = request.uri().path();
    *request.method() == Method::POST
        && path.starts_with(PLACE_PROBES.0)
        && path.ends_with(PLACE_PROBES.1)
        && request.headers().contains_key(header::AUTHORIZATION)
}

/// The least role that may change something at `path`.
fn least_role(path: &str) -> Role {
    let reports = path.starts_with(WARD_REPORTS.0) && path.ends_with(WARD_REPORTS.1);
    if path.starts_with(WARD_PATHS) || reports { Role::Ward } else { Role::Engineer }
}

/// Middleware that refuses what must not pass.
pub(crate) async fn guard(State(app): State<AppState>, request: Request, next: Next) -> Response {
    match checked(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(response) => response,
    }
}

async fn checked(app: &AppState, request: Request) -> Result<Request, Response> {
    let path = request.uri().path().to_owned();
    let Some(visitor) = request.extensions().get::<Arc<Visitor>>().cloned() else {
        return Err(Problem::internal("a request reached the door without a visitor").into_response());
    };
    if is_of_place(&request) {
        return Ok(request);
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let request = if changes { with_form_token(&visitor, request).await? } else { request };
    match &visitor.signed_in {
        None if PUBLIC_PATHS.contains(&path.as_str()) => Ok(request),
        None if path.starts_with(FEED_PATHS) && !changes => Ok(request),
        None if path.starts_with("/api/") || path == "/events" || changes => {
            Err(Problem::SignedOut.into_response())
        }
        None => Err(to_sign_in(&request)),
        Some(person) if person.must_change && !OWN_ACCOUNT_PATHS.contains(&path.as_str()) => {
            if path.starts_with("/api/") || path == "/events" {
                Err(Problem::Refused(visitor.words().password_must().to_owned()).into_response())
            } else {
                Err(Redirect::to("/password").into_response())
            }
        }
        Some(person)
            if changes && person.role < least_role(&path) && !OWN_ACCOUNT_PATHS.contains(&path.as_str()) =>
        {
            app.metrics.refused_role();
            Err(Problem::Role(person.role).into_response())
        }
        Some(_) => Ok(request),
    }
}

fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
    if here == "/" {
        return Redirect::to("/sign-in").into_response();
    }
    let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
    Redirect::to(&format!("/sign-in?next={next}")).into_response()
}

fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Does the browser itself say that another site sent this? Without a word from it the form token alone decides:
/// `no-referrer` pages post with `Origin: null`, and programs send neither header.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin";
    }
    match (header_text(headers, "origin"), header_text(headers, "host")) {
        (None | Some("null"), _) => false,
        (Some(origin), Some(host)) => origin.split_once("://").is_none_or(|(_, from)| from != host),
        (Some(_), None) => true,
    }
}

/// Lets a changing request pass only with this visitor's form token: in the header `x-csrf-token`, in the field `csrf`
/// of a form, or for an upload (whose body is too large to be held) in the query as `csrf`.
async fn with_form_token(visitor: &Visitor, request: Request) -> Result<Request, Response> {
    let stale = || Problem::StaleForm.into_response();
    if from_elsewhere(request.headers()) {
        return Err(stale());
    }
    if let Some(token) = header_text(request.headers(), "x-csrf-token") {
        return if visitor.token.accepts(token) { Ok(request) } else { Err(stale()) };
    }
    let kind = header_text(request.headers(), "content-type");
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
    match kind.as_deref() {
        Some("application/x-www-form-urlencoded") => {
            let (parts, body) = request.into_parts();
            let reading = to_bytes(body, FORM_SIZE_MAX_BYTES);
            let bytes = match timeout(Duration::from_secs(REQUEST_TIME_MAX_SECONDS), reading).await {
                Ok(Ok(bytes)) => bytes,
                Ok(Err(_)) => return Err(Problem::TooLarge.into_response()),
                Err(_) => return Err(Problem::Timeout.into_response()),
            };
            let fits = form_urlencoded::parse(&bytes)
                .any(|(key, value)| key == "csrf" && visitor.token.accepts(&value));
            if fits { Ok(Request::from_parts(parts, Body::from(bytes))) } else { Err(stale()) }
        }
        Some("multipart/form-data") => {
            let query = request.uri().query().unwrap_or("").as_bytes();
            let fits = form_urlencoded::parse(query)
                .any(|(key, value)| key == "csrf" && visitor.token.accepts(&value));
            if fits { Ok(request) } else { Err(stale()) }
        }
        Some(_) | None => Err(stale()),
    }
}
