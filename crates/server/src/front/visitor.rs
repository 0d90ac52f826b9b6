//! Who is asking, and how they like to read: found once per request from cookies, for everything after it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::ids::AccountId;
use model::people::Role;

use super::session::{secret_cookie, session_cookie_name, visit_cookie_name};
use super::{SESSION_ABSOLUTE_MAX_SECONDS, Token, TokenDigest};
use crate::AppState;
use crate::http::Problem;
use crate::words::{Language, Words};

/// Colours a reader has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    /// What the cookie and `data-theme` hold.
    pub fn tag(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The choice with this tag.
    pub fn from_tag(tag: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.tag() == tag)
    }
}

/// A person with a session that has not ended.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub name: AccountId,
    /// What they may do.
    pub role: Role,
    /// They must choose a password before anything else.
    pub must_change: bool,
    /// The session's digest.
    pub session: TokenDigest,
}

/// Whoever sent this request.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Language to answer in.
    pub language: Language,
    /// Colours to answer in.
    pub theme: Theme,
    /// Are single keys listened to?
    pub keys: bool,
    /// The secret that forms are tied to: the session's token, or before signing in the visit's.
    pub token: Token,
    /// Who, when signed in.
    pub signed_in: Option<SignedIn>,
    /// Address the request came from; `0.0.0.0` when not known.
    pub address: IpAddr,
}

impl Visitor {
    /// Texts in the visitor's language.
    pub fn words(&self) -> Words {
        Words::of(self.language)
    }
}

/// The value of the cookie `name`.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// The reader's address: the connection's, or behind our own proxy the last one that proxy added.
fn address_of(request: &Request, behind_proxy: bool) -> IpAddr {
    let forwarded = || {
        let values = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        values.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let connection =
        || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let proxied = if behind_proxy { forwarded() } else { None };
    proxied.or_else(connection).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

async fn signed_in(app: &AppState, token: &Token) -> Result<Option<SignedIn>, Problem> {
    let digest = token.digest();
    let now = app.clock.now();
    let Some(session) = app.accounts.session_of(&digest).await? else { return Ok(None) };
    if session.expired(now) {
        return Ok(None);
    }
    let Some(account) = app.accounts.find(&session.account).await? else { return Ok(None) };
    if session.seen_is_due(now) {
        app.accounts.session_seen(&digest, now).await?;
    }
    Ok(Some(SignedIn {
        name: account.name,
        role: account.role,
        must_change: account.must_change,
        session: digest,
    }))
}

/// Middleware: finds the [`Visitor`] and leaves it in the request; gives a stranger a visit cookie with the answer.
pub(crate) async fn recognise(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let tls = app.settings.tls;
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::from_accept);
    let language = cookie(headers, "segue-language").and_then(Language::from_tag).or_else(accepted);
    let theme = cookie(headers, "segue-theme").and_then(Theme::from_tag).unwrap_or_default();
    let keys = cookie(headers, "segue-keys") != Some("off");
    let session = cookie(headers, session_cookie_name(tls)).and_then(Token::parse);
    let found = match &session {
        Some(token) => signed_in(&app, token).await,
        None => Ok(None),
    };
    let visit = cookie(headers, visit_cookie_name(tls)).and_then(Token::parse);
    let (found, trouble) = match found {
        Ok(found) => (found, None),
        Err(problem) => (None, Some(problem)),
    };
    let (token, fresh) = match (&found, session, visit) {
        (Some(_), Some(token), _) => (token, false),
        (Some(_) | None, _, Some(token)) => (token, false),
        (Some(_) | None, _, None) => (Token::random(), true),
    };
    let page = !request.uri().path().starts_with("/api/");
    let cookie_text = (fresh && page)
        .then(|| secret_cookie(visit_cookie_name(tls), &token.reveal(), tls, SESSION_ABSOLUTE_MAX_SECONDS));
    let visitor = Visitor {
        language: language.unwrap_or(app.settings.language),
        theme,
        keys,
        token,
        signed_in: found,
        address: address_of(&request, app.settings.behind_proxy),
    };
    request.extensions_mut().insert(Arc::new(visitor));
    let mut response = match trouble {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    if let Some(value) = cookie_text.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
