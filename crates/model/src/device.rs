//! Devices and hosts as a hospital's register knows them (R84–R87, R97, R105). What the register does not say is
//! `None` or `Unknown`, never a friendly default (R87).

use serde::{Deserialize, Serialize};

use crate::{AssetTag, Date};

/// One device or host, as one row of the hospital's register describes it.
///
/// Texts are kept as the register spells them; matching normalises copies. `None` means *not recorded*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The hospital's own number, unique in its register.
    pub asset_tag: AssetTag,
    /// Maker, as written in the register.
    pub manufacturer: Box<str>,
    /// Model or product name, as written in the register.
    pub model: Box<str>,
    /// The maker's model number, catalogue number or SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_number: Option<Box<str>>,
    /// Version of the software or firmware; `None` also for `unknown`, `N/A`, `?` and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<Box<str>>,
    /// Revision of the hardware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware_version: Option<Box<str>>,
    /// Operating system with its version, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<Box<str>>,
    /// The maker's serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<Box<str>>,
    /// What the UDI carrier says, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udi: Option<Udi>,
    /// Day of manufacture, from the register or from the UDI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufactured: Option<Date>,
    /// CPE 2.3 name or purl, where the register has one.
    #[serde(default, skip_serializing_if = "Identifiers::is_empty")]
    pub identifiers: Identifiers,
    /// What sort of device it is, in the register's words (*patient monitor*, *CT scanner*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Where it stands.
    #[serde(default)]
    pub location: Location,
    /// Who is responsible for it (R19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Box<str>>,
    /// Does the maker still support it (R85)?
    #[serde(default)]
    pub support: Support,
    /// Who may install on it (R97)?
    #[serde(default)]
    pub installer: Installer,
    /// Can it be updated over the network, or must somebody handle it (R96)?
    #[serde(default)]
    pub access: Access,
    /// What it can be reached from.
    #[serde(default)]
    pub network: Network,
    /// What its failure means for patients.
    #[serde(default)]
    pub criticality: Criticality,
}

/// Where a device stands, in the register's words. Units and sites need not be described yet for a device to name them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Hospital or campus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Box<str>>,
    /// Building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub building: Option<Box<str>>,
    /// Care unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Box<str>>,
    /// Room or bed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Box<str>>,
}

/// Machine-readable product names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifiers {
    /// CPE 2.3 formatted string (NISTIR 7695) or CPE 2.2 URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpe: Option<Box<str>>,
    /// Package URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<Box<str>>,
}

impl Identifiers {
    /// Neither is given.
    pub fn is_empty(&self) -> bool {
        self.cpe.is_none() && self.purl.is_none()
    }
}

/// A parsed unique device identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Udi {
    /// Who issued it.
    pub agency: UdiAgency,
    /// The device identifier (UDI-DI): for GS1 the 14-digit GTIN; for HIBCC labeller code, product number and unit of
    /// measure digit, without the leading `+` and the check character.
    pub di: Box<str>,
    /// Lot or batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<Box<str>>,
    /// Serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Box<str>>,
    /// Day of manufacture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufactured: Option<Date>,
    /// Last day of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// Issuing agencies accredited by the FDA and the EU whose carriers Segue reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UdiAgency {
    /// GS1 element strings.
    Gs1,
    /// Health Industry Business Communications Council.
    Hibcc,
}

/// Is the device supported by its maker? The first gate (R85); unknown is a valid answer (R87).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// What the register says.
    #[serde(default)]
    pub status: SupportStatus,
    /// Last day of support, when known; from the day after, the device counts as unsupported whatever `status` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
}

impl Support {
    /// The status on `today`: an end of support that has passed outweighs a register that still says *supported*.
    pub fn on(self, today: Date) -> SupportStatus {
        match self.end {
            Some(end) if end < today => SupportStatus::Unsupported,
            _ => self.status,
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word that stands for it in registers, the API and CSV.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
            /// The value for a word of [`Self::word`], exactly.
            pub fn from_word(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Whether the maker still supports a device.
    SupportStatus {
        /// The register does not say.
        #[default] Unknown = "unknown",
        /// The maker supports it.
        Supported = "supported",
        /// The maker no longer supports it.
        Unsupported = "unsupported",
    }
}

words! {
    /// Who may install software on a device (R97).
    Installer {
        /// The register does not say.
        #[default] Unknown = "unknown",
        /// The hospital's own staff.
        Staff = "staff",
        /// Only the maker's engineer.
        Vendor = "vendor",
        /// A third-party service company.
        ThirdParty = "third_party",
    }
}

words! {
    /// How an update reaches a device (R96).
    Access {
        /// The register does not say.
        #[default] Unknown = "unknown",
        /// Over the network.
        Remote = "remote",
        /// Somebody must stand in front of it.
        HandsOn = "hands_on",
    }
}

words! {
    /// What a device can be reached from.
    Network {
        /// The register does not say.
        #[default] Unknown = "unknown",
        /// Not connected.
        None = "none",
        /// A segment of its own.
        Isolated = "isolated",
        /// The hospital's network.
        Hospital = "hospital",
        /// Reachable from the internet.
        Internet = "internet",
    }
}

words! {
    /// What a device's failure means for patients.
    Criticality {
        /// The register does not say.
        #[default] Unknown = "unknown",
        /// Inconvenience.
        Low = "low",
        /// Care is delayed.
        Medium = "medium",
        /// Care is endangered.
        High = "high",
        /// Keeps a patient alive, or is what warns that a patient is dying.
        LifeSupporting = "life_supporting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_of_support_that_has_passed_outweighs_a_register_that_says_supported() {
        let end = Date::new(2025, 12, 31);
        let support = Support { status: SupportStatus::Supported, end };
        assert_eq!(support.on(Date::new(2025, 12, 31).unwrap()), SupportStatus::Supported);
        assert_eq!(support.on(Date::new(2026, 1, 1).unwrap()), SupportStatus::Unsupported);
        assert_eq!(Support::default().on(Date::new(2026, 1, 1).unwrap()), SupportStatus::Unknown);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for value in Criticality::ALL {
            assert_eq!(Criticality::from_word(value.word()), Some(*value));
        }
        assert_eq!(Installer::from_word("Vendor"), None);
    }
}
