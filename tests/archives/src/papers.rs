//! Certificates for two archives and for whoever asks them, all of one authority that is made for the occasion.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

/// What both sides of a connection show and trust, in PEM.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The authority.
    pub trusted: String,
    /// The certificate of an archive on this computer, and its key.
    pub archive: (String, String),
    /// The certificate of whoever asks, and its key.
    pub own: (String, String),
}

/// The same as files.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) trusted: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Papers {
    /// Makes them.
    ///
    /// # Errors
    /// No key can be made.
    pub fn made() -> Result<Papers> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "Invented authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);
        let issued = |names: &[&str], usage| -> Result<(String, String)> {
            let all: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let mut params = CertificateParams::new(all)?;
            params.distinguished_name.push(DnType::CommonName, names.first().copied().unwrap_or_default());
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate()?;
            Ok((params.signed_by(&key, &issuer)?.pem(), key.serialize_pem()))
        };
        Ok(Papers {
            trusted: certificate.pem(),
            archive: issued(&["localhost", "127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth)?,
            own: issued(&["segue"], ExtendedKeyUsagePurpose::ClientAuth)?,
        })
    }

    pub(crate) fn put(&self, folder: &Path) -> Result<Files> {
        let put = |name: &str, text: &str| -> Result<PathBuf> {
            let path = folder.join(name);
            fs::write(&path, text)?;
            Ok(path)
        };
        let (certificate, key) = &self.archive;
        Ok(Files {
            trusted: put("trusted.pem", &self.trusted)?,
            certificate: put("archive.pem", certificate)?,
            key: put("archive.key", key)?,
        })
    }
}
