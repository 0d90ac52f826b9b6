//! Security advisories in the form Segue reasons about: what a CSAF document says, flattened and without judgement.
//!
//! Texts are the document's own. Nothing here is normalised, parsed as a version or left out because it looks odd:
//! that is `exposure`'s work and can be redone. Sources: CSAF 2.0 and 2.1 (OASIS), sections 3.1 and 3.2.

use serde::{Deserialize, Serialize};

/// What makes an advisory the same advisory over its revisions: the publisher's namespace and the tracking id.
///
/// The tracking id keeps its prefix: a medical and an industrial advisory may share the number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AdvisoryKey {
    /// `/document/publisher/namespace`.
    pub namespace: Box<str>,
    /// `/document/tracking/id`.
    pub tracking_id: Box<str>,
}

/// One revision of an advisory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Publisher and tracking id.
    pub key: AdvisoryKey,
    /// `/document/tracking/version` (integer or semantic version, as text).
    pub version: Box<str>,
    /// `/document/tracking/status`.
    pub status: AdvisoryStatus,
    /// `/document/tracking/current_release_date`, RFC 3339 text as written.
    pub released: Box<str>,
    /// `/document/tracking/initial_release_date`, as written.
    pub first_released: Box<str>,
    /// `/document/title`.
    pub title: Box<str>,
    /// `/document/publisher/name`.
    pub publisher: Box<str>,
    /// `/document/category`.
    pub category: Box<str>,
    /// TLP label, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tlp: Option<Box<str>>,
    /// Where the publisher keeps it: the first `self` reference, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
    /// Every full product name of the product tree, flattened, in document order.
    pub products: Vec<Product>,
    /// The vulnerabilities, in document order.
    pub vulnerabilities: Vec<Vulnerability>,
    /// SHA-256 of the document's bytes: the blob it is kept under.
    pub document_sha256: Box<str>,
    /// Bytes of the document.
    pub document_bytes: u64,
    /// What a third party's validator remarked; never a reason to refuse the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// How the document proved where it is from when it was imported; `None` when nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// How a document proved, when it was imported, that it is what its publisher wrote (CSAF 2.1 §7.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// A checksum stood beside it and was right: it was not damaged on its way.
    pub checksum_right: bool,
    /// Its signature.
    pub signature: SignatureStanding,
}

/// How a document's signature stood. A document whose signature is wrong is refused and stands nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum SignatureStanding {
    /// No signature stood beside the document.
    Absent,
    /// The signature is of this document, by the key with this fingerprint.
    Verified {
        /// Fingerprint of the primary key, in capitals.
        fingerprint: Box<str>,
        /// Where the key came from.
        origin: KeyOrigin,
    },
    /// There is a signature, and nothing is proven by it.
    NotVerified {
        /// Fingerprint or 16-digit id of the key, in capitals, when the signature names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Box<str>>,
        /// Why not.
        why: NotVerified,
    },
}

/// Where a public key came from: whoever brings a forged tree can bring a key with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOrigin {
    /// A person gave it.
    Given,
    /// The provider's own metadata names it, and it lay in the same tree as the document.
    Provider,
}

/// Why a signature was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotVerified {
    /// The key was not at hand.
    KeyNotGiven,
    /// The key was revoked.
    KeyRevoked,
    /// The key is not meant for signing documents.
    KeyNotForSigning,
    /// The signature was made while the key was not valid, is no longer valid itself, or says it is of the future.
    OutOfTime,
    /// Its algorithm is not read, or too weak to prove anything.
    NotSupported,
    /// It is no signature that can be read.
    Unreadable,
}

/// Publication state of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdvisoryStatus {
    /// Not yet meant to be relied on.
    Draft,
    /// Published; changes are possible soon.
    Interim,
    /// Published.
    Final,
}

/// A remark of a validator: the test's id and where in the document it points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Test id such as `6.1.7`.
    pub test: Box<str>,
    /// JSON pointer into the document, or empty.
    pub pointer: Box<str>,
    /// What the validator said.
    pub message: Box<str>,
}

/// One product of the product tree: the names on the path from the root to it, by branch category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// `product_id`: unique in its document.
    pub id: Box<str>,
    /// The full product name's text.
    pub full_name: Box<str>,
    /// Nearest `vendor` branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Box<str>>,
    /// Nearest `product_family` branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Box<str>>,
    /// Nearest `product_name` branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The version branch, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionText>,
    /// Other branches on the path (`architecture`, `host_name`, `language`, `legacy`, `patch_level`, `platform`,
    /// `service_pack`, `specification`), as (category, name), outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<(Box<str>, Box<str>)>,
    /// `product_identification_helper`.
    #[serde(default, skip_serializing_if = "Helpers::is_empty")]
    pub helpers: Helpers,
    /// For a product made by a relationship: the component's `product_id` and the product it is in, on or with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combination: Option<Combination>,
}

/// A version branch's text, as written, with the category that held it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionText {
    /// `product_version`: meant to be one version.
    Version(Box<str>),
    /// `product_version_range`: meant to be a range.
    Range(Box<str>),
}

impl VersionText {
    /// The text itself.
    pub fn text(&self) -> &str {
        match self {
            VersionText::Version(text) | VersionText::Range(text) => text,
        }
    }
}

/// A relationship of the product tree (CSAF 3.2.3.4): `component` is `kind` of `host`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combination {
    /// `installed_on`, `default_component_of`, …
    pub kind: Box<str>,
    /// `product_reference`: a `product_id`.
    pub component: Box<str>,
    /// `relates_to_product_reference`: a `product_id`.
    pub host: Box<str>,
}

/// `product_identification_helper`: other ways to recognise a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpers {
    /// CPE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpe: Option<Box<str>>,
    /// Package URLs (2.0 has one, 2.1 a list).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purls: Vec<Box<str>>,
    /// Model numbers; `*` and `?` are wildcards unless escaped with a backslash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub model_numbers: Vec<Box<str>>,
    /// Serial numbers, same wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serial_numbers: Vec<Box<str>>,
    /// Stock keeping units, same wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<Box<str>>,
}

impl Helpers {
    /// Nothing is given.
    pub fn is_empty(&self) -> bool {
        self.cpe.is_none()
            && self.purls.is_empty()
            && self.model_numbers.is_empty()
            && self.serial_numbers.is_empty()
            && self.skus.is_empty()
    }
}

/// One vulnerability of an advisory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// CVE id, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cve: Option<Box<str>>,
    /// Other ids, as (system name, text).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<(Box<str>, Box<str>)>,
    /// Title, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// CWE ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwes: Vec<Box<str>>,
    /// The `summary`, `description` and `general` notes that mention products or versions, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Box<str>>,
    /// `product_status`: what is said of which product, as (status, product ids).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<(ProductStatus, Vec<Box<str>>)>,
    /// Remediations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// CVSS scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
}

impl Vulnerability {
    /// The name people use: the CVE id, else the first other id, else the title, else `unnamed`.
    pub fn name(&self) -> &str {
        let other = || self.ids.first().map(|(_, text)| &**text).or(self.title.as_deref());
        self.cve.as_deref().or_else(other).unwrap_or("unnamed")
    }
}

/// `product_status` groups (CSAF 2.0 §3.2.3.9, 2.1 §3.2.4.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// First release known to be affected.
    FirstAffected,
    /// Known to be affected.
    KnownAffected,
    /// Last release known to be affected.
    LastAffected,
    /// First release that contains a fix.
    FirstFixed,
    /// Contains a fix.
    Fixed,
    /// The publisher's recommended release.
    Recommended,
    /// Known not to be affected.
    KnownNotAffected,
    /// Not yet known.
    UnderInvestigation,
    /// 2.1: the publisher does not know and will not find out.
    Unknown,
}

/// A remediation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Category, as written: `vendor_fix`, `mitigation`, `workaround`, `no_fix_planned`, `none_available`, `fix_planned`, …
    pub category: Box<str>,
    /// The text, as written.
    pub details: Box<str>,
    /// Products it is for, with product groups resolved; empty means the document does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Box<str>>,
    /// Where to get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
    /// `restart_required/category`, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Box<str>>,
    /// Day of availability, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Box<str>>,
}

/// A CVSS score as the document gives it. Tenths, so that nothing is ever rounded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// CVSS version: `2.0`, `3.0`, `3.1`, `4.0`.
    pub version: Box<str>,
    /// Vector string.
    pub vector: Box<str>,
    /// Base score in tenths: 98 is 9.8.
    pub base_tenths: u8,
    /// Products it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Box<str>>,
}
