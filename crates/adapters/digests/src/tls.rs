//! TLS both ways: an agent and whoever asks it show each other certificates of an authority that both are told to trust, and of no other.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// What one end shows and trusts, in PEM.
#[derive(Clone)]
pub struct Papers {
    /// The authority that the other end's certificate must come from. Whoever it gives a certificate to may ask: it must be there for the agents alone.
    pub trusted: String,
    /// Our certificate, with those between it and the authority.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotTls {
    /// A text is no PEM, or lacks what it is for.
    #[error("{what}: {says}")]
    Pem {
        /// Which of them.
        what: &'static str,
        /// What is wrong.
        says: String,
    },
    /// They do not go together.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Nobody can be verified with them.
    #[error("TLS: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

impl Papers {
    /// TLS of an agent: whoever does not show a certificate of the authority is not let in.
    ///
    /// # Errors
    /// The texts are no certificates, or do not go together.
    pub fn agent(&self) -> Result<Arc<ServerConfig>, NotTls> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = Arc::new(self.roots()?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider)).build()?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain()?, self.key()?)?;
        Ok(Arc::new(config))
    }

    /// TLS of whoever asks.
    ///
    /// # Errors
    /// The texts are no certificates, or do not go together.
    pub fn asking(&self) -> Result<Arc<ClientConfig>, NotTls> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(self.roots()?)
            .with_client_auth_cert(self.chain()?, self.key()?)?;
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, NotTls> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates("trusted", &self.trusted)? {
            roots.add(certificate)?;
        }
        Ok(roots)
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, NotTls> {
        certificates("certificate", &self.certificate)
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, NotTls> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .map_err(|error| NotTls::Pem { what: "key", says: error.to_string() })
    }
}

fn certificates(what: &'static str, pem: &str) -> Result<Vec<CertificateDer<'static>>, NotTls> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let all = all.map_err(|error| NotTls::Pem { what, says: error.to_string() })?;
    if all.is_empty() {
        return Err(NotTls::Pem { what, says: "holds no certificate".to_owned() });
    }
    Ok(all)
}
