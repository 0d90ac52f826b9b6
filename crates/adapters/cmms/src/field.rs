//! The canonical columns of a device list.

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A canonical column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Field { $($(#[$doc])* #[serde(rename = $name)] $variant),+ }

        impl Field {
            /// Every column, in the order in which lists are written.
            pub const ALL: &'static [Field] = &[$(Field::$variant),+];
            /// The canonical column name.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),+ }
            }
            /// The column with exactly this canonical name.
            pub fn from_name(name: &str) -> Option<Field> {
                match name { $($name => Some(Field::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    /// The hospital's own number; required, unique.
    AssetTag = "asset_tag",
    /// Maker; the column is required, a cell may be empty.
    Manufacturer = "manufacturer",
    /// Model or product name; the column is required, a cell may be empty.
    Model = "model",
    /// The maker's model or catalogue number.
    ModelNumber = "model_number",
    /// Software or firmware version.
    SoftwareVersion = "software_version",
    /// Hardware revision.
    HardwareVersion = "hardware_version",
    /// Operating system with its version.
    OperatingSystem = "operating_system",
    /// The maker's serial number.
    SerialNumber = "serial_number",
    /// UDI as scanned or printed.
    Udi = "udi",
    /// Day of manufacture.
    Manufactured = "manufactured",
    /// CPE.
    Cpe = "cpe",
    /// Package URL.
    Purl = "purl",
    /// What sort of device it is.
    DeviceType = "device_type",
    /// Hospital or campus.
    Site = "site",
    /// Building.
    Building = "building",
    /// Care unit.
    Unit = "unit",
    /// Room or bed.
    Room = "room",
    /// Who is responsible for it.
    Owner = "owner",
    /// Does the maker still support it?
    SupportStatus = "support_status",
    /// Last day of support.
    EndOfSupport = "end_of_support",
    /// Who may install on it.
    Installer = "installer",
    /// How an update reaches it.
    Access = "access",
    /// What it can be reached from.
    Network = "network",
    /// What its failure means for patients.
    Criticality = "criticality",
}

impl Field {
    /// The columns without which nothing can be imported.
    pub const REQUIRED: [Field; 3] = [Field::AssetTag, Field::Manufacturer, Field::Model];

    /// Its place in [`Field::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// Its value tells one device from all others, so that no default can stand for it.
    pub(crate) fn is_individual(self) -> bool {
        matches!(self, Field::AssetTag | Field::SerialNumber | Field::Udi)
    }
}

/// How many fields there are.
pub(crate) const FIELDS: usize = Field::ALL.len();
