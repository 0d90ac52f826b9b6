//! What is known of each vulnerability beyond the advisories, with the day each source spoke.

use std::collections::BTreeMap;

use exposure::rank::Inputs;
use model::Date;
use model::threat::{EpssScore, KevEntry, SsvcAssessment};
use serde::{Deserialize, Serialize};

use crate::fact::{EpssReceived, KevReceived, SsvcReceived, Stamp};

/// KEV, EPSS and SSVC by CVE id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Threats {
    kev: BTreeMap<Box<str>, KevEntry>,
    kev_source: Option<(Stamp, Box<str>)>,
    epss: BTreeMap<Box<str>, EpssScore>,
    epss_source: Option<(Stamp, Date)>,
    ssvc: BTreeMap<Box<str>, SsvcAssessment>,
    ssvc_source: Option<Stamp>,
}

impl Threats {
    /// A catalogue replaces the one before.
    pub fn put_kev(&mut self, stamp: Stamp, received: KevReceived) {
        self.kev = received.entries.into_iter().map(|entry| (entry.cve.clone(), entry)).collect();
        self.kev_source = Some((stamp, received.catalogue));
    }

    /// A day's scores replace the ones before.
    pub fn put_epss(&mut self, stamp: Stamp, received: EpssReceived) {
        self.epss = received.scores.into_iter().collect();
        self.epss_source = Some((stamp, received.day));
    }

    /// Assessments are added to the ones before.
    pub fn put_ssvc(&mut self, stamp: Stamp, received: SsvcReceived) {
        self.ssvc
            .extend(received.assessments.into_iter().map(|assessment| (assessment.cve.clone(), assessment)));
        self.ssvc_source = Some(stamp);
    }

    /// The catalogue's entry for a CVE.
    pub fn kev(&self, cve: &str) -> Option<&KevEntry> {
        self.kev.get(cve)
    }
    /// The EPSS score of a CVE.
    pub fn epss(&self, cve: &str) -> Option<EpssScore> {
        self.epss.get(cve).copied()
    }
    /// CISA's assessment of a CVE.
    pub fn ssvc(&self, cve: &str) -> Option<&SsvcAssessment> {
        self.ssvc.get(cve)
    }
    /// When the catalogue came, and its version.
    pub fn kev_source(&self) -> Option<&(Stamp, Box<str>)> {
        self.kev_source.as_ref()
    }
    /// When the scores came, and the day they are of.
    pub fn epss_source(&self) -> Option<&(Stamp, Date)> {
        self.epss_source.as_ref()
    }
    /// When assessments last came.
    pub fn ssvc_source(&self) -> Option<&Stamp> {
        self.ssvc_source.as_ref()
    }

    /// What ranking needs to know of a vulnerability; `base_tenths` is the highest CVSS base score that advisories give.
    pub fn inputs(&self, name: &str, base_tenths: Option<u8>) -> Inputs {
        Inputs {
            known_exploited: self.kev_source.as_ref().map(|_| self.kev.contains_key(name)),
            exploitation: self
                .ssvc(name)
                .and_then(|assessment| exposure::rank::Exploitation::from_word(&assessment.exploitation)),
            epss_millionths: self.epss(name).map(|score| score.probability_millionths),
            base_tenths,
        }
    }
}
