//! Sites, buildings, care units and beds.

use serde::{Deserialize, Serialize};

use crate::ids::{BedId, BuildingId, SiteId, UnitId};

/// A hospital or campus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Short name, unique.
    pub id: SiteId,
    /// Name in full.
    pub name: Box<str>,
    /// IANA time zone, such as `Europe/Stockholm`.
    pub time_zone: Box<str>,
}

/// A building of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Building {
    /// Short name, unique in the journal.
    pub id: BuildingId,
    /// The site it belongs to.
    pub site: SiteId,
    /// Name in full.
    pub name: Box<str>,
}

/// A care unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareUnit {
    /// Short name, unique in the journal; what `unit` in a device list refers to.
    pub id: UnitId,
    /// The building it is in.
    pub building: BuildingId,
    /// Name in full.
    pub name: Box<str>,
    /// Whom to call, as dialled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Box<str>>,
}

/// A bed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bed {
    /// Short name, unique in the journal.
    pub id: BedId,
    /// The unit it stands in.
    pub unit: UnitId,
    /// Is telemetry used here?
    pub telemetry: bool,
}
