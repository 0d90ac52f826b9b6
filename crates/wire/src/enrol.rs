//! How a host becomes known: a one-time token and a request for a certificate; and how the certificate is renewed.
//! The key never leaves the host.

use model::AssetTag;
use serde::{Deserialize, Serialize};

use crate::limit::{CHECK_IN_EVERY_MAX_SECONDS, ENROL_MAX_BYTES, PEM_MAX_BYTES, TOKEN_MAX_BYTES};
use crate::read::{Limits, Message, Unfit};
use crate::signed::OrderKey;

/// A host asks to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// [`crate::VERSION`].
    pub version: u32,
    /// The one-time token that says which host it is.
    pub token: Box<str>,
    /// Certificate signing request (PKCS #10) as PEM; only its key is used, the server gives the names.
    pub csr_pem: Box<str>,
}

/// What an enrolled host gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Who it is from now on.
    pub host: AssetTag,
    /// Its certificate, as PEM.
    pub certificate_pem: Box<str>,
    /// The certificate of the site's authority, as PEM: the only one that the host trusts from now on.
    pub ca_pem: Box<str>,
    /// The key with which the site signs orders.
    pub signing_key: OrderKey,
    /// How often to check in.
    pub check_in_seconds: u32,
}

/// A host asks for a new certificate; the old one says who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    /// [`crate::VERSION`].
    pub version: u32,
    /// As in [`Enrol`].
    pub csr_pem: Box<str>,
}

/// What a host gets that renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// Its new certificate, as PEM.
    pub certificate_pem: Box<str>,
    /// The certificate of the site's authority, as PEM.
    pub ca_pem: Box<str>,
}

impl Message for Enrol {
    const WHAT: &'static str = "enrolment";
    const MAX_BYTES: usize = ENROL_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.version(self.version)?;
        limits.text("token", &self.token, TOKEN_MAX_BYTES)?;
        limits.text("csr_pem", &self.csr_pem, PEM_MAX_BYTES)
    }
}

impl Message for Enrolled {
    const WHAT: &'static str = "answer to an enrolment";
    const MAX_BYTES: usize = ENROL_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.text("certificate_pem", &self.certificate_pem, PEM_MAX_BYTES)?;
        limits.text("ca_pem", &self.ca_pem, PEM_MAX_BYTES)?;
        limits.between("check_in_seconds", self.check_in_seconds, 1, CHECK_IN_EVERY_MAX_SECONDS)
    }
}

impl Message for Renew {
    const WHAT: &'static str = "renewal";
    const MAX_BYTES: usize = ENROL_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.version(self.version)?;
        limits.text("csr_pem", &self.csr_pem, PEM_MAX_BYTES)
    }
}

impl Message for Renewed {
    const WHAT: &'static str = "answer to a renewal";
    const MAX_BYTES: usize = ENROL_MAX_BYTES;
    fn check(&self) -> Result<(), Unfit> {
        let limits = Limits(Self::WHAT);
        limits.text("certificate_pem", &self.certificate_pem, PEM_MAX_BYTES)?;
        limits.text("ca_pem", &self.ca_pem, PEM_MAX_BYTES)
    }
}
