//! Enrolment and renewal. The key is made here and never leaves; a server is believed only when its certificate leads to the
//! authority that the person named, by file or by fingerprint.

use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};
use sha2::{Digest, Sha256};
use wire::{Enrol, Enrolled, PATH_ENROL, PATH_RENEW, Renew, Renewed, VERSION};

use super::Failed;
use super::folder::{Folder, Known};
use super::link::{Link, NotSent};

/// What a person says to enrol a host.
#[derive(Clone, Debug)]
pub struct EnrolOptions {
    /// The server's address, `https://HOST:PORT`.
    pub server: String,
    /// The one-time token.
    pub token: String,
    /// How the server is known.
    pub trust: Trust,
    /// Enrol though the host is enrolled.
    pub again: bool,
}

/// How the site's authority is known before the first contact.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Its certificate, as a PEM file.
    File(PathBuf),
    /// The SHA-256 of its certificate, 64 hexadecimal digits; colons may stand between.
    Sha256(String),
}

/// Enrols this host, and remembers who it is.
///
/// # Errors
/// The folder cannot be used, the server is not the one that is trusted, or it refuses.
pub fn enrol(folder: &Folder, options: &EnrolOptions) -> Result<Known, Failed> {
    folder.make()?;
    let _alone = folder.lock()?;
    let before = match folder.known() {
        Ok(known) if !options.again => {
            return Err(Failed::Usage(format!(
                "this host is enrolled already, as {known}; `--again` enrols it anew"
            )));
        }
        Ok(known) => Some(known),
        Err(Failed::NotEnrolled(_)) => None,
        Err(error) => return Err(error),
    };
    let ca_pem = match &options.trust {
        Trust::File(path) => {
            std::fs::read_to_string(path).map_err(|source| Failed::Folder { path: path.clone(), source })?
        }
        Trust::Sha256(digits) => authority(&options.server, digits)?,
    };
    let (key_pem, csr_pem) = key_and_request()?;
    let ask = Enrol { version: VERSION, token: options.token.trim().into(), csr_pem: csr_pem.into() };
    let got: Enrolled = Link::stranger(&options.server, &ca_pem)?.post(PATH_ENROL, &ask, 0)?;
    let known = Known {
        server: options.server.trim_end_matches('/').into(),
        host: got.host,
        signing_key: got.signing_key,
        ca_pem: got.ca_pem,
        certificate_pem: got.certificate_pem,
        key_pem: key_pem.into(),
    };
    Link::known(&known)?; // What cannot be used is not kept.
    if before.is_some_and(|before| before.host != known.host || before.signing_key != known.signing_key) {
        set_log_aside(folder)?;
    }
    folder.remember(&known)?;
    Ok(known)
}

/// Terms and numbers of another site's orders mean nothing here.
fn set_log_aside(folder: &Folder) -> Result<(), Failed> {
    let (path, aside) = (folder.path().join("log"), folder.path().join("log.before"));
    match std::fs::rename(&path, aside) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(Failed::Folder { path, source }),
    }
}

/// Gets a new certificate for a new key, and remembers both.
///
/// # Errors
/// The server cannot be reached or refuses.
pub(super) fn renew(folder: &Folder, known: &Known) -> Result<Known, Failed> {
    let (key_pem, csr_pem) = key_and_request()?;
    let ask = Renew { version: VERSION, csr_pem: csr_pem.into() };
    let got: Renewed = Link::known(known)?.post(PATH_RENEW, &ask, 0)?;
    let renewed = Known {
        ca_pem: got.ca_pem,
        certificate_pem: got.certificate_pem,
        key_pem: key_pem.into(),
        ..known.clone()
    };
    Link::known(&renewed)?;
    folder.remember(&renewed)?;
    Ok(renewed)
}

/// A new key, and a request for a certificate with it. The server gives the names.
fn key_and_request() -> Result<(String, String), Failed> {
    let failed = |error: rcgen::Error| Failed::Key(error.to_string());
    let key = rcgen::KeyPair::generate().map_err(failed)?;
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    let request = params.serialize_request(&key).map_err(failed)?;
    Ok((key.serialize_pem(), request.pem().map_err(failed)?))
}

/// The certificate with this fingerprint among those that the server shows. Nothing is sent before it is found.
fn authority(server: &str, digits: &str) -> Result<String, Failed> {
    let wanted: String = digits.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
    let wanted = hex::decode(wanted).ok().filter(|bytes| bytes.len() == 32);
    let usage =
        || Failed::Usage(format!("\"{digits}\" is no SHA-256 of a certificate: 64 hexadecimal digits"));
    let wanted = wanted.ok_or_else(usage)?;
    let shown = shown_chain(server)?;
    let found =
        shown.iter().find(|der| Sha256::digest(der)[..] == wanted[..]).ok_or_else(|| NotSent::Unreached {
            url: server.to_owned(),
            says: format!("none of the {} certificates that it shows has the SHA-256 {digits}", shown.len()),
        })?;
    let text = base64::engine::general_purpose::STANDARD.encode(found);
    let lines: Vec<&str> =
        (0..text.len()).step_by(64).filter_map(|at| text.get(at..(at + 64).min(text.len()))).collect();
    Ok(format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n")))
}

/// Host and port of an address.
fn host_and_port(server: &str) -> Result<(String, u16), Failed> {
    let no = || Failed::Usage(format!("\"{server}\" is no server's address: https://HOST:PORT"));
    let rest = server.strip_prefix("https://").ok_or_else(no)?;
    let place = rest.split('/').next().unwrap_or(rest);
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| no())?),
        _ => (place, 443),
    };
    let host = host.trim_matches(['[', ']']);
    if host.is_empty() { Err(no()) } else { Ok((host.to_owned(), port)) }
}

/// The certificates that the server shows. Nobody is believed yet.
fn shown_chain(server: &str) -> Result<Vec<Vec<u8>>, Failed> {
    let (host, port) = host_and_port(server)?;
    let unreached = |says: String| NotSent::Unreached { url: server.to_owned(), says };
    let name = ServerName::try_from(host.clone()).map_err(|error| unreached(error.to_string()))?;
    let shown = Arc::new(Shown::default());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unreached(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&shown) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let mut connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| unreached(error.to_string()))?;
    let mut socket = TcpStream::connect((&*host, port)).map_err(|error| unreached(error.to_string()))?;
    let limit = Some(Duration::from_secs(20));
    let limits = socket.set_read_timeout(limit).and_then(|()| socket.set_write_timeout(limit));
    limits.map_err(|error| unreached(error.to_string()))?;
    while connection.is_handshaking() {
        match connection.complete_io(&mut socket) {
            Ok(_) => {}
            // The server may end it, as we have no certificate: what it showed is what we want.
            Err(_) if shown.0.lock().is_ok_and(|shown| !shown.is_empty()) => break,
            Err(error) => return Err(unreached(error.to_string()).into()),
        }
    }
    let chain = shown.0.lock().map(|shown| shown.clone()).unwrap_or_default();
    Ok(chain)
}

/// Writes down what a server shows, and believes nothing: only the fingerprint decides.
#[derive(Debug, Default)]
struct Shown(Mutex<Vec<Vec<u8>>>);

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(mut shown) = self.0.lock() {
            *shown = std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
