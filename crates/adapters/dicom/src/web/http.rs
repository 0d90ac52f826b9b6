//! One request to an archive's web server: within limits of size and time, with every header of the answer kept; what is large goes out and comes in
//! as it is read. A redirection is not followed: nobody but the archive is asked.

use std::io::Read;
use std::sync::Arc;

use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::limits::{
    ANSWER, ANSWER_MAX_BYTES, CONNECT, HEADERS_MAX_BYTES, OBJECTS, OBJECTS_MAX_BYTES, SILENCE,
};

/// Where an archive's web services are.
#[derive(Clone, Debug)]
pub struct Web {
    /// The address before `/studies`, such as `https://pacs.example/dicom-web`.
    pub root: Box<str>,
    /// What stands in `Authorization`, if the archive wants it.
    pub authorization: Option<Box<str>>,
    /// Certificates that are trusted, in PEM; those of the web where none are given.
    pub trusted: Option<Box<str>>,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum WebFailed {
    /// Certificates or the address cannot be used.
    #[error("{root}: {says}")]
    Setting {
        /// Whose.
        root: Box<str>,
        /// What is wrong.
        says: Box<str>,
    },
    /// Nobody answered, or the answer broke off.
    #[error("{url}: {says}")]
    Network {
        /// What was asked.
        url: Box<str>,
        /// What happened.
        says: Box<str>,
    },
    /// A status that is no answer to what was asked.
    #[error("{url} answered {status}: {says}")]
    Status {
        /// What was asked.
        url: Box<str>,
        /// How it was answered.
        status: u16,
        /// The beginning of what it said.
        says: Box<str>,
    },
    /// It is larger than Segue takes.
    #[error("{url} answered with more than {ANSWER_MAX_BYTES} bytes; ask for fewer rows at a time")]
    TooLarge {
        /// What was asked.
        url: Box<str>,
    },
}

/// The headers of an answer, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(Box<str>, Box<str>)>);

impl Headers {
    /// Every value of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

/// What came.
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// What comes: nothing of its body is held.
pub(crate) struct Coming {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) url: Box<str>,
    pub(crate) body: ureq::BodyReader<'static>,
}

/// Asks one archive.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    web: Arc<Web>,
}

/// All of it, or nothing of it.
const WHOLE: [u16; 2] = [200, 204];
/// Longest beginning of an error page that is repeated, in characters.
const SAYS_MAX_CHARACTERS: usize = 200;

impl Client {
    /// Makes ready; nothing is asked yet.
    ///
    /// # Errors
    /// The certificates are none.
    pub fn new(web: Web) -> Result<Client, WebFailed> {
        let wrong = |says: String| WebFailed::Setting { root: web.root.clone(), says: says.into() };
        if !web.root.starts_with("http://") && !web.root.starts_with("https://") {
            return Err(wrong("the address of web services begins with http:// or https://".into()));
        }
        let mut config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_global(Some(ANSWER))
            .max_redirects(0)
            .max_response_header_size(HEADERS_MAX_BYTES)
            .http_status_as_error(false);
        if let Some(pem) = &web.trusted {
            let items = parse_pem(pem.as_bytes()).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            });
            let certificates: Result<Vec<Certificate<'static>>, ureq::Error> = items.collect();
            let certificates =
                certificates.map_err(|error| wrong(format!("trusted certificates: {error}")))?;
            if certificates.is_empty() {
                return Err(wrong("trusted certificates: the file holds none".into()));
            }
            let roots = RootCerts::Specific(Arc::new(certificates));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(Client { agent: ureq::Agent::new_with_config(config.build()), web: Arc::new(web) })
    }

    /// Where it asks.
    pub fn root(&self) -> &str {
        self.web.root.trim_end_matches('/')
    }

    /// Gets what stands below the root. 204 is an answer without rows.
    pub(crate) fn get(&self, path: &str, accept: &str) -> Result<Came, WebFailed> {
        let url = format!("{}{path}", self.root());
        let request = self.allowed(self.agent.get(&url)).header("accept", accept);
        took(&url, request.call().map_err(|error| network(&url, &error))?, &WHOLE)
    }

    /// Gets what stands below the root, to be read as it comes. Any status but those in `good` is an error.
    pub(crate) fn get_coming(&self, path: &str, accept: &str, good: &[u16]) -> Result<Coming, WebFailed> {
        let url = format!("{}{path}", self.root());
        let request = self.allowed(self.agent.get(&url)).header("accept", accept);
        let request = request.config().timeout_global(Some(OBJECTS)).build();
        let answer = request.call().map_err(|error| network(&url, &error))?;
        if !good.contains(&answer.status().as_u16()) {
            // What it says of that is an error by this.
            return took(&url, answer, good).map(|came| Coming {
                status: came.status,
                headers: came.headers,
                url: url.into(),
                body: ureq::Body::builder().data(came.body).into_reader(),
            });
        }
        let (status, headers) = (answer.status().as_u16(), headers(&answer));
        let body = answer.into_body().into_with_config().limit(OBJECTS_MAX_BYTES).reader();
        Ok(Coming { status, headers, url: url.into(), body })
    }

    /// Hands something large in below the root, as it is read.
    pub(crate) fn post_reading(
        &self,
        path: &str,
        (body, bytes): (&mut dyn Read, u64),
        kind: &str,
        accept: &str,
        good: &[u16],
    ) -> Result<Came, WebFailed> {
        let url = format!("{}{path}", self.root());
        let request =
            self.allowed(self.agent.post(&url)).header("accept", accept).header("content-type", kind);
        // With its length: some archives take nothing in chunks.
        let request = request.header("content-length", bytes.to_string());
        let request = request.config().timeout_global(Some(OBJECTS)).build();
        let answer = request.send(ureq::SendBody::from_reader(body));
        took(&url, answer.map_err(|error| network(&url, &error))?, good)
    }

    /// Hands something in below the root.
    pub(crate) fn post(&self, path: &str, body: &[u8], kind: &str, accept: &str) -> Result<Came, WebFailed> {
        let url = format!("{}{path}", self.root());
        let request =
            self.allowed(self.agent.post(&url)).header("accept", accept).header("content-type", kind);
        took(&url, request.send(body).map_err(|error| network(&url, &error))?, &WHOLE)
    }

    fn allowed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.web.authorization {
            Some(authorization) => request.header("authorization", &**authorization),
            None => request,
        }
    }
}

fn network(url: &str, error: &ureq::Error) -> WebFailed {
    WebFailed::Network { url: url.into(), says: error.to_string().into() }
}

fn text(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into_owned().into_boxed_str()
}

fn headers(answer: &Response<ureq::Body>) -> Headers {
    let all = answer.headers().iter();
    Headers(all.map(|(name, value)| (name.as_str().into(), text(value.as_bytes()))).collect())
}

fn took(url: &str, mut answer: Response<ureq::Body>, good: &[u16]) -> Result<Came, WebFailed> {
    let (status, headers) = (answer.status().as_u16(), headers(&answer));
    let mut body = Vec::new();
    let most = u64::try_from(ANSWER_MAX_BYTES).unwrap_or(u64::MAX);
    let read = answer.body_mut().with_config().limit(most + 2).reader().take(most + 1).read_to_end(&mut body);
    read.map_err(|error| WebFailed::Network { url: url.into(), says: error.to_string().into() })?;
    if body.len() > ANSWER_MAX_BYTES {
        return Err(WebFailed::TooLarge { url: url.into() });
    }
    if good.contains(&status) {
        return Ok(Came { status, headers, body });
    }
    let says: String = text(&body).chars().take(SAYS_MAX_CHARACTERS).collect();
    let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(WebFailed::Status { url: url.into(), status, says: says.into() })
}
