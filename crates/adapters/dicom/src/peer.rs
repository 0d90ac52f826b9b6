//! Whom an association is made with, and as whom.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// Longest application entity title (PS3.5 §6.2, AE), in characters.
pub const AE_TITLE_LENGTH_MAX_CHARACTERS: usize = 16;

/// An archive's DICOM port.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Name or address of the computer.
    pub host: Box<str>,
    /// Port; usually 104, 2762 with TLS or 11112.
    pub port: u16,
    /// Its application entity title.
    pub called: AeTitle,
    /// Ours. Many archives only speak with titles that they know.
    pub calling: AeTitle,
    /// TLS as the archive wants it (PS3.15 B.12); `None` speaks openly.
    pub tls: Option<Arc<ClientConfig>>,
}

/// An application entity title.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AeTitle(Box<str>);

/// Why a text is no title.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an application entity title has 1 to {AE_TITLE_LENGTH_MAX_CHARACTERS} characters of ASCII, no backslash and not blanks alone (PS3.5 §6.2); \
     {0:?} has not"
)]
pub struct NotATitle(Box<str>);

impl AeTitle {
    /// Reads a title; blanks around it mean nothing.
    ///
    /// # Errors
    /// It is none.
    pub fn new(text: &str) -> Result<AeTitle, NotATitle> {
        let title = text.trim_matches(' ');
        let fits = !title.is_empty() && title.len() <= AE_TITLE_LENGTH_MAX_CHARACTERS;
        let plain = title.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\');
        if fits && plain {
            Ok(AeTitle(title.into()))
        } else {
            Err(NotATitle(text.chars().take(64).collect()))
        }
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AeTitle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotTls {
    /// A file is no PEM, or lacks what it is for.
    #[error("{what}: {says}")]
    Pem {
        /// Which of them.
        what: &'static str,
        /// What is wrong.
        says: Box<str>,
    },
    /// They do not go together.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// TLS to an archive whose certificate comes from one of those in `trusted`; `own` is our certificate and key, all in PEM.
///
/// # Errors
/// The texts are no certificates, or do not go together.
pub fn tls(trusted: &str, own: Option<(&str, &str)>) -> Result<ClientConfig, NotTls> {
    let wrong = |what: &'static str, says: String| NotTls::Pem { what, says: says.into() };
    let certificates = |what: &'static str, pem: &str| {
        let all: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let all = all.map_err(|error| wrong(what, error.to_string()))?;
        if all.is_empty() { Err(wrong(what, "holds no certificate".into())) } else { Ok(all) }
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates("trusted certificates", trusted)? {
        roots.add(certificate)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let Some((certificate, key)) = own else { return Ok(config.with_no_client_auth()) };
    let key =
        PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| wrong("key", error.to_string()))?;
    Ok(config.with_client_auth_cert(certificates("certificate", certificate)?, key)?)
}
