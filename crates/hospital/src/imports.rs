//! Imports: what came in, from which file, and what it changed.

use model::Device;
use model::ids::ImportId;
use serde::{Deserialize, Serialize};

use crate::register::{DeviceView, Register};

/// What was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// A device list.
    Inventory,
    /// Advisories.
    Advisories,
    /// Known exploited vulnerabilities.
    Kev,
    /// EPSS scores.
    Epss,
    /// SSVC assessments.
    Vulnrichment,
    /// Sites, units, beds and services.
    Hospital,
    /// Past nights, for the forecast.
    Nights,
}

impl ImportKind {
    /// The word in the API and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            ImportKind::Inventory => "inventory",
            ImportKind::Advisories => "advisories",
            ImportKind::Kev => "kev",
            ImportKind::Epss => "epss",
            ImportKind::Vulnrichment => "vulnrichment",
            ImportKind::Hospital => "hospital",
            ImportKind::Nights => "nights",
        }
    }
}

/// One import, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Made when the import began.
    pub id: ImportId,
    /// What was imported.
    pub kind: ImportKind,
    /// The file or folder, as the person named it.
    pub source: Box<str>,
    /// SHA-256 of the file, for single files; the file itself is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Box<str>>,
    /// Records read.
    pub read: u64,
    /// Records that were new.
    pub new: u64,
    /// Records that changed an earlier one.
    pub changed: u64,
    /// Records that were known already.
    pub unchanged: u64,
    /// Devices taken out of the register, or feed records that concern nothing we know.
    pub left_out: u64,
    /// Remarks that did not stop the import, cut to [`REMARKS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Box<str>>,
    /// How many remarks there were in all.
    pub remarks_total: u64,
}

/// How many remarks of an import are kept in the journal.
pub const REMARKS_MAX: usize = 200;

/// What an inventory import would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryDiff {
    /// Positions in the list of devices that are new.
    pub new: Vec<usize>,
    /// Positions of devices that differ from the register, with the names of the fields that do.
    pub changed: Vec<(usize, Vec<&'static str>)>,
    /// How many are as the register has them.
    pub unchanged: u64,
    /// Asset tags that the register has and the list has not.
    pub gone: Vec<Box<str>>,
}

impl InventoryDiff {
    /// Compares a device list with the register.
    pub fn between(register: &Register, devices: &[Device]) -> InventoryDiff {
        let mut diff = InventoryDiff::default();
        let mut listed = vec![false; register.rows_len()];
        for (at, device) in devices.iter().enumerate() {
            match register.by_tag(device.asset_tag.as_str()) {
                None => diff.new.push(at),
                Some(known) => {
                    if let Some(seen) = listed.get_mut(known.ix() as usize) {
                        *seen = true;
                    }
                    let fields = changed_fields(&known, device);
                    match (fields.is_empty(), known.is_retired()) {
                        (true, false) => diff.unchanged += 1,
                        (_, true) => diff.new.push(at),
                        (false, false) => diff.changed.push((at, fields)),
                    }
                }
            }
        }
        let gone = register.iter().filter(|known| !listed.get(known.ix() as usize).copied().unwrap_or(false));
        diff.gone = gone.map(|known| known.asset_tag().into()).collect();
        diff
    }
}

/// The names of the fields in which a device list differs from the register.
fn changed_fields(known: &DeviceView<'_>, device: &Device) -> Vec<&'static str> {
    let before = known.to_device();
    let mut fields = Vec::new();
    macro_rules! compare {
        ($($name:literal: $field:ident $(. $inner:ident)?),+ $(,)?) => { $(
            if before.$field $(.$inner)? != device.$field $(.$inner)? { fields.push($name); }
        )+ };
    }
    compare! {
        "manufacturer": manufacturer, "model": model, "model_number": model_number, "software_version": software_version,
        "hardware_version": hardware_version, "operating_system": operating_system, "serial_number": serial_number,
        "udi": udi, "manufactured": manufactured, "cpe": identifiers.cpe, "purl": identifiers.purl, "device_type": kind,
        "site": location.site, "building": location.building, "unit": location.unit, "room": location.room, "owner": owner,
        "support_status": support.status, "end_of_support": support.end, "installer": installer, "access": access,
        "network": network, "criticality": criticality,
    }
    fields
}
