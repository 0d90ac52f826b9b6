//! Clinical services, who carries them, for which beds, and what stands in when they are dark (R12, R37).

use serde::{Deserialize, Serialize};

use crate::AssetTag;
use crate::ids::{BedId, ServiceId};

/// What a service does for care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Bedside monitors seen at a central station.
    CentralMonitoring,
    /// Alarms found and passed on.
    AlarmDetection,
    /// Telemetry transmitters received.
    TelemetryReceiving,
    /// Picture archiving and communication.
    Pacs,
    /// Radiology information.
    Ris,
    /// Electronic patient record.
    PatientRecord,
    /// Laboratory information.
    Laboratory,
    /// Infusion management.
    Infusion,
    /// Anything else; the service's name says what.
    Other,
}

/// A service for some beds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Short name, unique in the journal.
    pub id: ServiceId,
    /// What it does.
    pub kind: ServiceKind,
    /// Name in full.
    pub name: Box<str>,
    /// The beds it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beds: Vec<BedId>,
    /// The hosts that carry it and how many of them it needs.
    pub redundancy: Redundancy,
    /// The service that stands in while this one is dark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<ServiceId>,
}

/// A redundancy group: the service works while at least `needed` of `carriers` work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redundancy {
    /// Hosts that carry the service.
    pub carriers: Vec<AssetTag>,
    /// How many must work; at least 1 and at most the number of carriers.
    pub needed: u16,
}

impl Service {
    /// It needs every carrier it has: work on any one of them makes it dark, whatever the order.
    pub fn needs_all(&self) -> bool {
        usize::from(self.redundancy.needed) >= self.redundancy.carriers.len()
    }
}
