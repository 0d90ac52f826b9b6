//! The site's authority: certificates for hosts and for ourselves, and what a certificate that is shown to us says.

use std::net::IpAddr;
use std::time::Duration;

use model::{AssetTag, Time};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber,
};
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_parser::prelude::FromDer;

use crate::limits::{
    AUTHORITY_VALID_SECONDS, CERTIFICATE_VALID_SECONDS, CLOCKS_DIFFER_MAX_SECONDS,
    SERVER_CERTIFICATE_VALID_SECONDS,
};

/// What the certificates of hosts call the organisation: a host's certificate is none of ourselves.
const HOST_ORGANISATION: &str = "Segue host";

/// Why a certificate cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The request is none, or its signature does not hold.
    #[error("this is no request for a certificate with a key that it proves to have: {0}")]
    Request(#[source] rcgen::Error),
    /// It cannot be made.
    #[error("a certificate cannot be made: {0}")]
    Make(#[source] rcgen::Error),
    /// A name is none.
    #[error("\"{0}\" is neither a host name nor an address")]
    Name(String),
    /// What is shown to us cannot be read.
    #[error("the certificate cannot be read")]
    Unreadable,
}

/// The site's authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// A certificate that was made for a host.
pub struct Issued {
    /// As PEM.
    pub pem: String,
    /// Serial number, in hexadecimal.
    pub serial: String,
    /// SHA-256 of the public key, in hexadecimal.
    pub key_sha256: String,
    /// From then on it is no longer valid.
    pub expires: Time,
}

/// Whom a certificate is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) host: AssetTag,
    /// Serial number, in hexadecimal.
    pub(crate) serial: Box<str>,
}

impl Authority {
    /// The certificate of a new authority, as PEM.
    pub(crate) fn new_certificate(
        key: &KeyPair,
        serial: [u8; 16],
        now: Time,
    ) -> Result<String, CertificateError> {
        let mut params = params(serial, now, AUTHORITY_VALID_SECONDS);
        params.distinguished_name.push(DnType::CommonName, "Segue hosts");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(params.self_signed(key).map_err(CertificateError::Make)?.pem())
    }

    /// The authority with this key and certificate.
    pub(crate) fn new(key: KeyPair, pem: String) -> Result<Authority, CertificateError> {
        use rustls::pki_types::pem::PemObject;
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateError::Unreadable)?;
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(CertificateError::Make)?;
        Ok(Authority { issuer, pem, der })
    }

    /// Its certificate, as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate, as DER.
    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// SHA-256 of its certificate, in hexadecimal: what a token names.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.der))
    }

    /// A certificate for ourselves, by these names.
    pub(crate) fn server(
        &self,
        key: &KeyPair,
        names: &[String],
        serial: [u8; 16],
        now: Time,
    ) -> Result<CertificateDer<'static>, CertificateError> {
        let mut params = params(serial, now, SERVER_CERTIFICATE_VALID_SECONDS);
        params.distinguished_name.push(DnType::CommonName, "Segue");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        for name in names {
            let none = || CertificateError::Name(name.clone());
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => {
                    let dns = rustls::pki_types::DnsName::try_from(name.as_str()).map_err(|_| none())?;
                    SanType::DnsName(dns.as_ref().try_into().map_err(|_| none())?)
                }
            });
        }
        let made = params.signed_by(key, &self.issuer).map_err(CertificateError::Make)?;
        Ok(made.der().clone())
    }

    /// A certificate for a host. Of its request only the key is used, and only when the request proves that the host has it.
    ///
    /// # Errors
    /// The request is none.
    pub fn issue(
        &self,
        host: &AssetTag,
        request_pem: &str,
        serial: [u8; 16],
        now: Time,
    ) -> Result<Issued, CertificateError> {
        let request =
            CertificateSigningRequestParams::from_pem(request_pem).map_err(CertificateError::Request)?;
        let mut params = params(serial, now, CERTIFICATE_VALID_SECONDS);
        params.distinguished_name.push(DnType::OrganizationName, HOST_ORGANISATION);
        params.distinguished_name.push(DnType::CommonName, host.as_str());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let made = params.signed_by(&request.public_key, &self.issuer).map_err(CertificateError::Make)?;
        Ok(Issued {
            pem: made.pem(),
            serial: serial_text(&positive(serial)),
            key_sha256: hex::encode(Sha256::digest(request.public_key.der_bytes())),
            expires: now.plus_seconds(CERTIFICATE_VALID_SECONDS),
        })
    }
}

fn params(serial: [u8; 16], now: Time, valid_seconds: i64) -> CertificateParams {
    let at = |seconds: i64| {
        let since_1970 = now.plus_seconds(seconds).0.div_euclid(1_000_000);
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(since_1970).unwrap_or(0))
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.serial_number = Some(SerialNumber::from_slice(&positive(serial)));
    params.not_before = at(-CLOCKS_DIFFER_MAX_SECONDS);
    params.not_after = at(valid_seconds);
    params.use_authority_key_identifier_extension = true;
    params
}

/// A serial number is a positive number (RFC 5280 §4.1.2.2), and here never begins with a zero byte, so that it is written alike by
/// whoever writes it.
fn positive(mut serial: [u8; 16]) -> [u8; 16] {
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    serial
}

fn serial_text(serial: &[u8]) -> String {
    hex::encode(serial)
}

/// Whom a certificate is of that TLS has found to be signed by our authority and in time.
pub(crate) fn read_peer(der: &CertificateDer<'_>) -> Result<Peer, CertificateError> {
    let (_, certificate) =
        x509_parser::certificate::X509Certificate::from_der(der).map_err(|_| CertificateError::Unreadable)?;
    let subject = certificate.subject();
    let text = |mut values: Box<dyn Iterator<Item = &x509_parser::x509::AttributeTypeAndValue<'_>> + '_>| {
        values.next().and_then(|value| value.as_str().ok()).map(str::to_owned)
    };
    let organisation = text(Box::new(subject.iter_organization()));
    let name = text(Box::new(subject.iter_common_name()));
    let (Some(HOST_ORGANISATION), Some(name)) = (organisation.as_deref(), name) else {
        return Err(CertificateError::Unreadable);
    };
    let host = AssetTag::new(&name).map_err(|_| CertificateError::Unreadable)?;
    Ok(Peer { host, serial: serial_text(certificate.raw_serial()).into() })
}
