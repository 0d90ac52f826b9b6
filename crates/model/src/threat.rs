//! What is known about a vulnerability beyond the advisories: exploited, likely to be, how urgent (KEV, EPSS, SSVC).
//! Every record carries its source's date, because these age.

use serde::{Deserialize, Serialize};

use crate::Date;

/// An entry of CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KevEntry {
    /// CVE id.
    pub cve: Box<str>,
    /// Day it was added.
    pub added: Date,
    /// Day by which US federal agencies must act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Known to be used by ransomware.
    pub ransomware: bool,
}

/// EPSS of one CVE. Millionths, so that nothing is rounded: the feeds give at most nine decimals, cut (not rounded) here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpssScore {
    /// Probability of exploitation in the next 30 days, in millionths.
    pub probability_millionths: u32,
    /// Share of CVEs scored the same or lower, in millionths.
    pub percentile_millionths: u32,
}

/// CISA's SSVC decision points for one CVE (the ADP container of a CVE record).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsvcAssessment {
    /// CVE id.
    pub cve: Box<str>,
    /// `none`, `poc` or `active`.
    pub exploitation: Box<str>,
    /// `yes` or `no`.
    pub automatable: Box<str>,
    /// `partial` or `total`.
    pub technical_impact: Box<str>,
    /// When CISA assessed it, RFC 3339 as written.
    pub assessed: Box<str>,
}
