//! The connection to the server: HTTPS that trusts the site's authority only, with the host's certificate.

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};
use wire::{Message, Unfit};

use super::Known;

/// Beyond what a check-in waits, an answer must come within so much.
const ANSWER_MAX_SECONDS: u64 = 60;
/// So much of a refusal is read.
const REFUSAL_MAX_BYTES: u64 = 16 * 1024;

/// Why something did not arrive, or was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// Our message is beyond its limits.
    #[error("{0}")]
    Unfit(#[from] Unfit),
    /// The server cannot be reached, or is not the one that we trust.
    #[error("{url}: {says}")]
    Unreached {
        /// Where.
        url: String,
        /// What went wrong.
        says: String,
    },
    /// The server refused.
    #[error("the server refuses ({status}): {says}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it says.
        says: String,
    },
    /// A certificate or key of ours cannot be used.
    #[error("{0} cannot be used as a certificate or key")]
    Pem(&'static str),
}

/// The connection.
#[derive(Clone, Debug)]
pub struct Link {
    server: String,
    agent: ureq::Agent,
}

impl Link {
    /// With the host's certificate.
    ///
    /// # Errors
    /// A certificate or the key cannot be read.
    pub fn known(known: &Known) -> Result<Link, NotSent> {
        let chain = certificates(&known.certificate_pem);
        let key = parse_pem(known.key_pem.as_bytes()).find_map(|item| match item {
            Ok(PemItem::PrivateKey(key)) => Some(key),
            _ => None,
        });
        let key: PrivateKey<'static> = key.ok_or(NotSent::Pem("the key"))?;
        if chain.is_empty() {
            return Err(NotSent::Pem("the host's certificate"));
        }
        Link::new(&known.server, &known.ca_pem, Some(ClientCert::new_with_certs(&chain, key)))
    }

    /// Without a certificate of its own, as for enrolment.
    ///
    /// # Errors
    /// The authority's certificate cannot be read.
    pub fn stranger(server: &str, ca_pem: &str) -> Result<Link, NotSent> {
        Link::new(server, ca_pem, None)
    }

    fn new(server: &str, ca_pem: &str, client: Option<ClientCert>) -> Result<Link, NotSent> {
        let trusted = certificates(ca_pem);
        if trusted.is_empty() {
            return Err(NotSent::Pem("the authority's certificate"));
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(trusted)))
            .client_cert(client)
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .https_only(true)
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(20)))
            .build();
        Ok(Link {
            server: server.trim_end_matches('/').to_owned(),
            agent: ureq::Agent::new_with_config(config),
        })
    }

    /// Sends a message and reads the answer, which may take `wait_seconds` longer than usual.
    ///
    /// # Errors
    /// It did not arrive, was refused, or the answer is not one.
    pub fn post<A: Message>(
        &self,
        path: &str,
        message: &impl Message,
        wait_seconds: u32,
    ) -> Result<A, NotSent> {
        let url = format!("{}{path}", self.server);
        let body = wire::write(message)?;
        let unreached =
            |error: &dyn std::fmt::Display| NotSent::Unreached { url: url.clone(), says: error.to_string() };
        let limit = Duration::from_secs(ANSWER_MAX_SECONDS + u64::from(wait_seconds));
        let request = self.agent.post(&url).header("content-type", "application/json");
        let request = request.config().timeout_global(Some(limit)).build();
        let mut answer = request.send(&body[..]).map_err(|error| unreached(&error))?;
        let status = answer.status().as_u16();
        if status != 200 {
            let text =
                answer.body_mut().with_config().limit(REFUSAL_MAX_BYTES).read_to_string().unwrap_or_default();
            return Err(NotSent::Refused { status, says: readable(&text) });
        }
        let bytes = answer.body_mut().with_config().limit(A::MAX_BYTES as u64 + 1).read_to_vec();
        Ok(wire::read(&bytes.map_err(|error| unreached(&error))?)?)
    }
}

/// What a refusal says: the server's own sentence, detail or title where it is a problem document (RFC 9457), else the text.
fn readable(text: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Problem {
        says: Option<String>,
        title: Option<String>,
        detail: Option<String>,
    }
    let said = match serde_json::from_str::<Problem>(text) {
        Ok(problem) => problem.says.or(problem.detail).or(problem.title).unwrap_or_default(),
        Err(_) => text.to_owned(),
    };
    let said: String = said.trim().chars().take(600).collect();
    if said.is_empty() { "without a word".to_owned() } else { said }
}

fn certificates(pem: &str) -> Vec<Certificate<'static>> {
    parse_pem(pem.as_bytes())
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_servers_own_words() {
        assert_eq!(readable("{\"says\": \"this token has expired\"}"), "this token has expired");
        assert_eq!(readable("{\"title\": \"Too large\", \"detail\": \"at most 1 MiB\"}"), "at most 1 MiB");
        assert_eq!(readable("bad gateway\n"), "bad gateway");
        assert_eq!(readable("{}"), "without a word");
    }
}
