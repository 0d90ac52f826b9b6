//! The register of devices, kept compactly: texts that many devices share are stored once. A million devices fit.

mod index;

use hashbrown::{DefaultHashBuilder, HashTable};
use model::device::{Access, Criticality, Identifiers, Installer, Location, Network, Support, Udi};
use model::{AssetTag, Date, Device, Time};
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;
use std::sync::OnceLock;

use exposure::matcher::{DeviceFacts, DeviceIx, Fleet};
use index::Index;

pub use index::Shared;

/// A text stored once; 0 stands for *not recorded*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sym(u32);

/// Texts stored once.
#[derive(Default, Serialize, Deserialize)]
#[serde(from = "Vec<Box<str>>", into = "Vec<Box<str>>")]
struct Texts {
    list: Vec<Box<str>>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Clone for Texts {
    fn clone(&self) -> Texts {
        self.list.clone().into()
    }
}

impl From<Vec<Box<str>>> for Texts {
    fn from(list: Vec<Box<str>>) -> Texts {
        let mut texts = Texts::default();
        for text in list {
            texts.intern(&text);
        }
        texts
    }
}

impl From<Texts> for Vec<Box<str>> {
    fn from(texts: Texts) -> Vec<Box<str>> {
        texts.list
    }
}

impl Texts {
    fn find(&self, text: &str) -> Option<Sym> {
        let hash = self.hasher.hash_one(text);
        let same = |ix: &u32| self.list.get(*ix as usize).is_some_and(|known| **known == *text);
        self.table.find(hash, same).map(|ix| Sym(ix + 1))
    }

    fn intern(&mut self, text: &str) -> Sym {
        if let Some(sym) = self.find(text) {
            return sym;
        }
        let ix = u32::try_from(self.list.len()).unwrap_or(u32::MAX - 1);
        self.list.push(text.into());
        let (list, hasher) = (&self.list, &self.hasher);
        let rehash = |ix: &u32| list.get(*ix as usize).map_or(0, |text| hasher.hash_one(&**text));
        self.table.insert_unique(hasher.hash_one(text), ix, rehash);
        Sym(ix + 1)
    }

    fn get(&self, sym: Sym) -> Option<&str> {
        sym.0.checked_sub(1).and_then(|ix| self.list.get(ix as usize)).map(|text| &**text)
    }
}

/// One device, with shared texts as symbols.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Row {
    tag: Box<str>,
    manufacturer: Sym,
    model: Sym,
    model_number: Sym,
    software_version: Sym,
    hardware_version: Sym,
    operating_system: Sym,
    serial_number: Option<Box<str>>,
    #[serde(with = "as_json")]
    udi: Option<Box<Udi>>,
    manufactured: Option<Date>,
    cpe: Sym,
    purl: Sym,
    kind: Sym,
    site: Sym,
    building: Sym,
    unit: Sym,
    room: Sym,
    owner: Sym,
    #[serde(with = "as_json")]
    support: Support,
    installer: Installer,
    access: Access,
    network: Network,
    criticality: Criticality,
    changed: Time,
    retired: bool,
}

/// Values whose serde form needs a self-describing format, carried as JSON text.
mod as_json {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serde_json::to_string(value).map_err(S::Error::custom)?.serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Every device there is, or was.
#[derive(Default, Serialize, Deserialize)]
pub struct Register {
    texts: Texts,
    rows: Vec<Row>,
    #[serde(skip)]
    by_tag: HashTable<u32>,
    #[serde(skip)]
    hasher: DefaultHashBuilder,
    #[serde(skip)]
    order: OnceLock<Vec<DeviceIx>>,
    #[serde(skip)]
    index: OnceLock<Index>,
}

impl Register {
    /// Enters a device, or replaces its entry. Says which row it is.
    pub fn put(&mut self, device: &Device, at: Time) -> DeviceIx {
        self.index = OnceLock::new();
        let row = self.row_of(device, at);
        if let Some(ix) = self.find(device.asset_tag.as_str()) {
            if let Some(place) = self.rows.get_mut(ix as usize) {
                if place.retired {
                    self.order = OnceLock::new();
                }
                *place = row;
            }
            return ix;
        }
        let ix = u32::try_from(self.rows.len()).unwrap_or(u32::MAX - 1);
        self.rows.push(row);
        self.enter(ix);
        self.order = OnceLock::new();
        ix
    }

    /// Takes a device out of the register; its row stays, so that history can name it.
    pub fn retire(&mut self, tag: &str, at: Time) -> Option<DeviceIx> {
        let ix = self.find(tag)?;
        self.index = OnceLock::new();
        let row = self.rows.get_mut(ix as usize)?;
        row.retired = true;
        row.changed = at;
        self.order = OnceLock::new();
        Some(ix)
    }

    /// Rebuilds what a snapshot does not carry.
    pub(crate) fn reindex(&mut self) {
        self.index = OnceLock::new();
        self.by_tag = HashTable::with_capacity(self.rows.len());
        for ix in 0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX) {
            self.enter(ix);
        }
        self.order = OnceLock::new();
    }

    fn enter(&mut self, ix: DeviceIx) {
        let (rows, hasher) = (&self.rows, &self.hasher);
        let rehash = |ix: &u32| rows.get(*ix as usize).map_or(0, |row| hasher.hash_one(&*row.tag));
        self.by_tag.insert_unique(rehash(&ix), ix, rehash);
    }

    fn find(&self, tag: &str) -> Option<DeviceIx> {
        let same = |ix: &u32| self.rows.get(*ix as usize).is_some_and(|row| *row.tag == *tag);
        self.by_tag.find(self.hasher.hash_one(tag), same).copied()
    }

    fn row_of(&mut self, device: &Device, changed: Time) -> Row {
        let texts = &mut self.texts;
        let mut one =
            |text: &Option<Box<str>>| text.as_deref().map_or(Sym::default(), |text| texts.intern(text));
        let location = &device.location;
        Row {
            tag: device.asset_tag.as_str().into(),
            model_number: one(&device.model_number),
            software_version: one(&device.software_version),
            hardware_version: one(&device.hardware_version),
            operating_system: one(&device.operating_system),
            serial_number: device.serial_number.clone(),
            udi: device.udi.clone().map(Box::new),
            manufactured: device.manufactured,
            cpe: one(&device.identifiers.cpe),
            purl: one(&device.identifiers.purl),
            kind: one(&device.kind),
            site: one(&location.site),
            building: one(&location.building),
            unit: one(&location.unit),
            room: one(&location.room),
            owner: one(&device.owner),
            manufacturer: texts.intern(&device.manufacturer),
            model: texts.intern(&device.model),
            support: device.support,
            installer: device.installer,
            access: device.access,
            network: device.network,
            criticality: device.criticality,
            changed,
            retired: false,
        }
    }

    /// Devices in the register, without retired ones.
    pub fn len(&self) -> usize {
        self.order().len()
    }

    /// No device yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows in all, retired devices included: one more than the greatest [`DeviceIx`].
    pub fn rows_len(&self) -> usize {
        self.rows.len()
    }

    /// The devices in order of asset tag, without retired ones.
    pub fn order(&self) -> &[DeviceIx] {
        self.order.get_or_init(|| {
            let mut order: Vec<(&str, u32)> = (0u32..)
                .zip(&self.rows)
                .filter(|(_, row)| !row.retired)
                .map(|(ix, row)| (&*row.tag, ix))
                .collect();
            order.sort_unstable();
            order.into_iter().map(|(_, ix)| ix).collect()
        })
    }

    /// Every device in order of asset tag, without retired ones.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = DeviceView<'_>> + ExactSizeIterator {
        self.order().iter().map(|ix| DeviceView { register: self, ix: *ix })
    }

    /// A device by row.
    pub fn get(&self, ix: DeviceIx) -> Option<DeviceView<'_>> {
        self.rows.get(ix as usize).map(|_| DeviceView { register: self, ix })
    }

    /// A device by asset tag, retired ones included.
    pub fn by_tag(&self, tag: &str) -> Option<DeviceView<'_>> {
        self.find(tag).map(|ix| DeviceView { register: self, ix })
    }
}

impl Fleet for Register {
    fn facts(&self, device: DeviceIx) -> DeviceFacts<'_> {
        self.get(device).map_or(DeviceFacts::default(), |view| view.facts())
    }
}

/// One device, looked at.
#[derive(Clone, Copy)]
pub struct DeviceView<'a> {
    register: &'a Register,
    ix: DeviceIx,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        pub fn $name(&self) -> Option<&'a str> {
            self.register.texts.get(self.row()?.$name)
        }
    )+ };
}

impl<'a> DeviceView<'a> {
    fn row(&self) -> Option<&'a Row> {
        self.register.rows.get(self.ix as usize)
    }

    /// Its row in the register.
    pub fn ix(&self) -> DeviceIx {
        self.ix
    }

    /// Asset tag.
    pub fn asset_tag(&self) -> &'a str {
        self.row().map_or("", |row| &row.tag)
    }

    /// Maker as written; empty when not recorded.
    pub fn manufacturer(&self) -> &'a str {
        self.row().and_then(|row| self.register.texts.get(row.manufacturer)).unwrap_or("")
    }

    /// Model as written; empty when not recorded.
    pub fn model(&self) -> &'a str {
        self.row().and_then(|row| self.register.texts.get(row.model)).unwrap_or("")
    }

    texts! {
        /// Model number.
        model_number,
        /// Software version.
        software_version,
        /// Hardware version.
        hardware_version,
        /// Operating system.
        operating_system,
        /// CPE.
        cpe,
        /// Package URL.
        purl,
        /// What sort of device it is.
        kind,
        /// Site.
        site,
        /// Building.
        building,
        /// Care unit.
        unit,
        /// Room or bed.
        room,
        /// Owner.
        owner,
    }

    /// Serial number.
    pub fn serial_number(&self) -> Option<&'a str> {
        self.row()?.serial_number.as_deref()
    }

    /// UDI.
    pub fn udi(&self) -> Option<&'a Udi> {
        self.row()?.udi.as_deref()
    }

    /// Day of manufacture.
    pub fn manufactured(&self) -> Option<Date> {
        self.row()?.manufactured
    }

    /// Support by its maker.
    pub fn support(&self) -> Support {
        self.row().map_or(Support::default(), |row| row.support)
    }

    /// Who may install.
    pub fn installer(&self) -> Installer {
        self.row().map_or(Installer::default(), |row| row.installer)
    }

    /// How an update reaches it.
    pub fn access(&self) -> Access {
        self.row().map_or(Access::default(), |row| row.access)
    }

    /// What it can be reached from.
    pub fn network(&self) -> Network {
        self.row().map_or(Network::default(), |row| row.network)
    }

    /// What its failure means.
    pub fn criticality(&self) -> Criticality {
        self.row().map_or(Criticality::default(), |row| row.criticality)
    }

    /// When its entry was last written.
    pub fn changed(&self) -> Time {
        self.row().map_or(Time::default(), |row| row.changed)
    }

    /// Has it left the register?
    pub fn is_retired(&self) -> bool {
        self.row().is_none_or(|row| row.retired)
    }

    /// What matching needs to know.
    pub fn facts(&self) -> DeviceFacts<'a> {
        DeviceFacts {
            manufacturer: self.manufacturer(),
            model: self.model(),
            model_number: self.model_number(),
            software_version: self.software_version(),
            hardware_version: self.hardware_version(),
            operating_system: self.operating_system(),
            serial_number: self.serial_number(),
            manufactured: self.manufactured(),
            cpe: self.cpe(),
            purl: self.purl(),
        }
    }

    /// The whole entry.
    pub fn to_device(&self) -> Device {
        let own = |text: Option<&str>| text.map(Box::from);
        // A row's tag was an asset tag when it was entered.
        #[allow(clippy::expect_used)]
        let asset_tag =
            AssetTag::new(self.asset_tag()).expect("a row's tag was an asset tag when it was entered");
        Device {
            asset_tag,
            manufacturer: self.manufacturer().into(),
            model: self.model().into(),
            model_number: own(self.model_number()),
            software_version: own(self.software_version()),
            hardware_version: own(self.hardware_version()),
            operating_system: own(self.operating_system()),
            serial_number: own(self.serial_number()),
            udi: self.udi().cloned(),
            manufactured: self.manufactured(),
            identifiers: Identifiers { cpe: own(self.cpe()), purl: own(self.purl()) },
            kind: own(self.kind()),
            location: Location {
                site: own(self.site()),
                building: own(self.building()),
                unit: own(self.unit()),
                room: own(self.room()),
            },
            owner: own(self.owner()),
            support: self.support(),
            installer: self.installer(),
            access: self.access(),
            network: self.network(),
            criticality: self.criticality(),
        }
    }
}
