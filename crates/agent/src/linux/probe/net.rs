//! Probes over the network: a connection that opens, a page that answers.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::probe::ProbeResult;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::core::cut;

/// So much of a page is searched for the pattern.
const BODY_MAX_BYTES: u64 = 1024 * 1024;
/// Where systems keep the certificates that they trust.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Opens a connection to the first address that answers.
///
/// # Errors
/// None did within the time; says what the last one said.
pub(super) fn connect(address: &str, port: u16, timeout: Duration) -> Result<TcpStream, String> {
    let until = Instant::now() + timeout;
    let mut says = format!("{address} has no address");
    let found =
        (address, port).to_socket_addrs().map_err(|error| format!("{address} is not known: {error}"))?;
    for one in found {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(format!("{address} port {port} did not answer within {} s", timeout.as_secs()));
        }
        match TcpStream::connect_timeout(&one, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => says = format!("{one}: {error}"),
        }
    }
    Err(says)
}

/// A connection opens.
pub(super) fn tcp(address: &str, port: u16, timeout: Duration) -> ProbeResult {
    match connect(address, port, timeout) {
        Ok(_) => ProbeResult::Passed(cut(format!("{address} port {port} is open"))),
        Err(says) => ProbeResult::Failed(cut(says)),
    }
}

/// A page answers with a status below 400 and has the pattern.
pub(super) fn http(url: &str, pattern: &str, timeout: Duration) -> ProbeResult {
    let trusted = TRUSTED.iter().find_map(|path| std::fs::read(path).ok()).unwrap_or_default();
    let certificates: Vec<Certificate<'static>> = parse_pem(&trusted)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(certificates))).build();
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(5)
        .tls_config(tls)
        .build();
    match ureq::Agent::new_with_config(config).get(url).call() {
        Err(error) => ProbeResult::Failed(cut(format!("{url}: {error}"))),
        Ok(answer) if answer.status().as_u16() >= 400 => {
            ProbeResult::Failed(cut(format!("{url} answers with status {}", answer.status().as_u16())))
        }
        Ok(mut answer) => {
            use std::io::Read;
            let mut body = Vec::new();
            // A longer page is searched as far as it is read.
            match answer.body_mut().as_reader().take(BODY_MAX_BYTES).read_to_end(&mut body) {
                Ok(_) => super::matches(pattern, &String::from_utf8_lossy(&body), "the page"),
                Err(error) => ProbeResult::Failed(cut(format!("{url} broke off: {error}"))),
            }
        }
    }
}
