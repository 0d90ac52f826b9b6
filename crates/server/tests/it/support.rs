//! A hospital's front with three people in memory, a clock in the test's hands, and a browser that keeps cookies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::Router;
use http_body_util::BodyExt;
use model::Time;
use model::ids::AccountId;
use model::people::Role;
use server::archives::NoArchives;
use server::clock::Clock;
use server::front::{Account, Accounts, MemoryAccounts, NewAccount, hash};
use server::importer::{ImportError, Imported, Importer, Preview, Upload, Watch};
use server::{AppState, Domain, Routes, Settings, router_with};
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "a quiet night on ward 5";
static HASH: LazyLock<Box<str>> = LazyLock::new(|| hash(PASSWORD).unwrap());

pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

impl HandClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

pub(crate) struct House {
    pub(crate) app: AppState,
    pub(crate) accounts: Arc<MemoryAccounts>,
    pub(crate) clock: Arc<HandClock>,
    router: Router,
}

/// A hospital in memory of which nothing is known yet.
pub(crate) async fn empty_hospital() -> Domain {
    let journal = journal::open(&journal::Location::Memory).await.unwrap();
    let stream = journal::StreamName::new("main").unwrap();
    let opened = node::Node::open(journal, stream, false).await.unwrap();
    Domain { node: opened.node, importer: Arc::new(NoReaders), archives: Arc::new(NoArchives) }
}

/// Reads no file: what uploads do is the binary's business and tested there.
struct NoReaders;

#[async_trait::async_trait]
impl Importer for NoReaders {
    async fn preview(&self, _: Upload, _: Time, _: Watch) -> Result<Preview, ImportError> {
        Ok(Preview::default())
    }

    async fn import(&self, _: Upload, _: String, _: Time, _: Watch) -> Result<Imported, ImportError> {
        Err(ImportError::Failed("there is no reader here".to_owned()))
    }
}

pub(crate) async fn house() -> House {
    house_with(Settings::default(), Routes::new()).await
}

pub(crate) async fn house_with(settings: Settings, more: Routes) -> House {
    house_on(settings, more, empty_hospital().await).await
}

/// A house front before this hospital.
pub(crate) async fn house_on(settings: Settings, more: Routes, domain: Domain) -> House {
    let accounts = Arc::new(MemoryAccounts::default());
    for (name, role, must_change) in [
        ("anna", Role::Admin, false),
        ("erik", Role::Engineer, false),
        ("lisa", Role::Reader, false),
        ("novo", Role::Admin, true),
    ] {
        let name = AccountId::new(name).unwrap();
        let account = Account { name, password_hash: HASH.clone(), role, must_change };
        accounts.create(NewAccount { account, at: Time(0) }).await.unwrap();
    }
    let clock = Arc::new(HandClock(AtomicI64::new(1_795_310_000_000_000)));
    let app = AppState::with_clock(settings, accounts.clone(), domain, clock.clone()).unwrap();
    House { router: router_with(app.clone(), more), app, accounts, clock }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The form token of the first form on the page.
    pub(crate) fn csrf(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect("a form on the page");
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A browser: keeps cookies, says where it comes from.
pub(crate) struct Browser<'a> {
    house: &'a House,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: [u8; 4],
}

impl House {
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { house: self, cookies: BTreeMap::new(), address: [10, 1, 2, 3] }
    }

    pub(crate) async fn signed_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }

    /// Sends a request as it is, and returns the answer with its body unread.
    pub(crate) async fn raw(&self, mut request: Request<Body>, address: [u8; 4]) -> Response {
        let peer = SocketAddr::from((address, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

impl Browser<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path).header(header::HOST, "segue.test");
        if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies.join("; ")) }
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.house.raw(request, self.address).await;
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, headers, body }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Posts a form as it is.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded(fields);
        let request = self.request(Method::POST, path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Posts a form with the form token of `page`.
    pub(crate) async fn post_from(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.csrf();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.post_bare(path, &fields).await
    }

    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.post_from("/sign-in", "/sign-in", &[("name", name), ("password", password)]).await
    }
}

pub(crate) fn serde_urlencoded(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish()
}

/// A page's words, without its tags and with single spaces.
pub(crate) fn text_of(html: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a page that must be there.
pub(crate) async fn page(browser: &mut Browser<'_>, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    text_of(&answer.text())
}
