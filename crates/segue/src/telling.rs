//! Telling the server what this computer saw: one request over HTTPS, with the secret of this place from a file. The secret goes to nobody else: no redirection is followed
//! and no proxy asked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::ids::PairId;
use serde::Serialize;
use serde_json::Value;
use ureq::http::Uri;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::archives::probes::Measured;
use crate::cmd::Failed;

/// The server answers within this.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Largest answer that is read.
const ANSWER_MAX_BYTES: u64 = 64 * 1024;
/// A secret's hexadecimal digits.
const SECRET_LENGTH_BYTES: usize = 64;
/// Largest file with a secret.
const SECRET_MAX_BYTES: u64 = 4_096;

/// What goes to the server.
#[derive(Serialize)]
struct Told<'a> {
    archive: &'a str,
    place: &'a str,
    #[serde(flatten)]
    measured: &'a Measured,
}

/// A server that is told.
pub(crate) struct Telling {
    agent: ureq::Agent,
    root: String,
    secret: String,
}

impl Telling {
    /// Makes ready; nothing is sent yet.
    ///
    /// # Errors
    /// The address would let others read the secret, or a file cannot be used.
    pub(crate) fn new(url: &str, token_file: &Path, trusted: Option<&Path>) -> Result<Telling, Failed> {
        let root = root(url)?;
        let secret = secret(token_file)?;
        let mut config = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_MAX))
            .max_redirects(0)
            .proxy(None)
            .http_status_as_error(false);
        if let Some(path) = trusted {
            let roots = RootCerts::Specific(Arc::new(certificates(path)?));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(Telling { agent: ureq::Agent::new_with_config(config.build()), root, secret })
    }

    /// Tells of a probe; what the server recorded. It takes its time.
    ///
    /// # Errors
    /// It was not recorded; the sentence says why.
    pub(crate) fn probed(
        &self,
        pair: &PairId,
        archive: &str,
        place: &str,
        measured: &Measured,
    ) -> Result<Value, Failed> {
        let body = Told { archive, place, measured };
        let body = serde_json::to_string(&body).map_err(Failed::from_error)?;
        let url = format!("{}/api/v1/archives/{}/probes", self.root, escaped(pair.as_str()));
        let lost = |error: ureq::Error| Failed::Refused(format!("{url}: {error}; nothing is recorded"));
        let request = self.agent.post(&url).header("authorization", format!("Bearer {}", self.secret));
        let request = request.header("content-type", "application/json").header("accept-language", "en");
        let mut answer = request.send(body).map_err(lost)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_string().map_err(lost)?;
        let said: Value = serde_json::from_str(&text).unwrap_or_default();
        let says = said.get("detail").and_then(Value::as_str).unwrap_or("it does not say why");
        match status {
            200 => Ok(said),
            401 => Err(Failed::Refused(format!(
                "{} knows no such secret of a place of {}: make another at {}",
                self.root,
                pair,
                self.page(pair)
            ))),
            404 => Err(Failed::Refused(format!("{} knows no pair of archives {pair}", self.root))),
            _ => Err(Failed::Refused(format!("{url} answered {status}, nothing is recorded: {says}"))),
        }
    }

    /// Where the gate of a pair is shown.
    pub(crate) fn page(&self, pair: &PairId) -> String {
        format!("{}/archive/{}", self.root, escaped(pair.as_str()))
    }
}

/// A name as one segment of an address (RFC 3986 §2.3).
fn escaped(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}

/// The address without a path. Over plain HTTP only on this computer: whoever listens would have the secret.
fn root(url: &str) -> Result<String, Failed> {
    let wrong = |why: &str| Failed::Refused(format!("--tell {url}: {why}"));
    let uri: Uri =
        url.parse().map_err(|_| wrong("it is no address such as https://segue.hospital.example"))?;
    let host = uri.host().unwrap_or_default();
    let is_here = host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse().is_ok_and(|at: std::net::IpAddr| at.is_loopback());
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_here => {}
        Some("http") => return Err(wrong("write https://, so that nobody on the way reads the secret")),
        Some(_) | None => return Err(wrong("it begins with https://")),
    }
    if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
        return Err(wrong("it names a computer, and no account"));
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(wrong("it ends with the name of the computer and its port"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// The secret in a file that nobody else can read.
fn secret(path: &Path) -> Result<String, Failed> {
    let wrong = |why: &str| Failed::Refused(format!("--token-file {}: {why}", path.display()));
    let about = std::fs::metadata(path).map_err(|error| wrong(&error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o007 != 0 {
            return Err(wrong(
                "every account of this computer may read or change it: chmod 600 it, and make another secret",
            ));
        }
    }
    if about.len() > SECRET_MAX_BYTES {
        return Err(wrong("it holds more than a secret"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
    let secret = text.trim();
    // Never the content itself: it may be another secret.
    if secret.len() != SECRET_LENGTH_BYTES || !secret.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong(
            "it holds no secret of a place: 64 hexadecimal digits, as the gate's page showed them",
        ));
    }
    Ok(secret.to_owned())
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, Failed> {
    let wrong = |why: &str| Failed::Refused(format!("--trusted {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(&error.to_string()))?;
    let items = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    let certificates: Result<Vec<Certificate<'static>>, ureq::Error> = items.collect();
    let certificates = certificates.map_err(|error| wrong(&error.to_string()))?;
    if certificates.is_empty() { Err(wrong("it holds no certificate")) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_over_plain_http_to_nobody_but_this_computer() {
        for url in [
            "https://segue.example",
            "https://segue.example:7443/",
            "http://127.0.0.1:7227",
            "http://[::1]:1",
            "http://localhost:7227/",
        ] {
            assert_eq!(root(url).unwrap(), url.trim_end_matches('/'));
        }
        let refused = |url: &str| root(url).unwrap_err().sentence();
        assert!(refused("http://segue.example").contains("write https://"));
        assert!(refused("http://127.0.0.1.example").contains("write https://"));
        assert!(refused("ftp://segue.example").contains("begins with https://"));
        assert!(refused("segue.example").contains("begins with https://"));
        assert!(refused("https://localhost@segue.example").contains("no account"));
        assert!(refused("http://localhost@segue.example").contains("write https://"));
        assert!(refused("https://segue.example/archive").contains("ends with the name"));
    }

    #[test]
    fn a_file_that_is_no_secret_is_refused_and_never_repeated() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hunter2\n").unwrap();
        let said = secret(file.path()).unwrap_err().sentence();
        assert!(said.contains("64 hexadecimal digits") && !said.contains("hunter2"), "{said}");
        std::fs::write(file.path(), format!("{}\r\n", "ab".repeat(32))).unwrap();
        assert_eq!(secret(file.path()).unwrap(), "ab".repeat(32));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_that_every_account_may_read_is_none() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "ab".repeat(32)).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(secret(file.path()).unwrap_err().sentence().contains("chmod 600"));
    }

    #[test]
    fn a_pair_with_odd_letters_is_one_segment_of_the_address() {
        assert_eq!(escaped("röntgen/a b"), "r%C3%B6ntgen%2Fa%20b");
    }
}
