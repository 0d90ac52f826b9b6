//! The fleet's side: devices collapsed to names and groups.

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use model::device::Identifiers;
use roaring::RoaringBitmap;
use std::hash::{BuildHasher, Hash};

use super::plan::Planned;
use super::{Cell, DeviceIx, Manufactured, VulnerabilityIx, count, hashed, slot, slot_mut};
use crate::product::{NameMatch, Named, ProductName, keys};
use crate::vendor::VendorName;
use crate::verdict::Verdict;
use crate::version::{ReadVersion, Subject};

/// What matching needs to know of a device, borrowed from wherever it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of model::Device, under the same names")]
pub struct DeviceFacts<'a> {
    pub manufacturer: &'a str,
    pub model: &'a str,
    pub model_number: Option<&'a str>,
    pub software_version: Option<&'a str>,
    pub hardware_version: Option<&'a str>,
    pub operating_system: Option<&'a str>,
    pub serial_number: Option<&'a str>,
    pub manufactured: Manufactured,
    pub cpe: Option<&'a str>,
    pub purl: Option<&'a str>,
}

/// Where the matcher finds a device's facts again when a change makes it look closer.
pub trait Fleet {
    /// The facts of a device that was put.
    fn facts(&self, device: DeviceIx) -> DeviceFacts<'_>;
}

/// The texts that make one name of the fleet distinct.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NameTexts {
    manufacturer: Box<str>,
    model: Box<str>,
    model_number: Option<Box<str>>,
    cpe: Option<Box<str>>,
    purl: Option<Box<str>>,
}

type NameKey<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

impl NameTexts {
    fn key(&self) -> NameKey<'_> {
        (
            &self.manufacturer,
            &self.model,
            self.model_number.as_deref(),
            self.cpe.as_deref(),
            self.purl.as_deref(),
        )
    }
}

fn name_key<'a>(facts: &DeviceFacts<'a>) -> NameKey<'a> {
    (facts.manufacturer, facts.model, facts.model_number, facts.cpe, facts.purl)
}

/// A distinct maker, model and number, with everything found about it.
pub(super) struct FleetName {
    texts: NameTexts,
    pub(super) named: Named,
    /// Product names of the advisories that it is, or may be.
    pub(super) candidates: Vec<(u32, NameMatch)>,
    /// What is to be judged, by advisory.
    pub(super) plan: Vec<Planned>,
    pub(super) groups: Vec<u32>,
    /// Must its devices be judged one by one?
    pub(super) individual: bool,
}

impl FleetName {
    pub(super) fn manufacturer(&self) -> &str {
        &self.texts.manufacturer
    }
    pub(super) fn model(&self) -> &str {
        &self.texts.model
    }
    pub(super) fn model_number(&self) -> Option<&str> {
        self.texts.model_number.as_deref()
    }
}

type GroupKey<'a> = (u32, Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>, Manufactured);

/// Devices that no advisory can tell apart.
pub(super) struct Group {
    pub(super) name: u32,
    version: Option<Box<str>>,
    /// The version text, read: the fleet's own number of it.
    pub(super) read: u32,
    hardware: Option<Box<str>>,
    system: Option<Box<str>>,
    serial: Option<Box<str>>,
    manufactured: Manufactured,
    pub(super) devices: RoaringBitmap,
    pub(super) cells: Vec<Cell>,
    /// The worst verdict for each vulnerability, whichever advisory says it; by vulnerability.
    pub(super) pairs: Vec<(VulnerabilityIx, Verdict)>,
}

impl Group {
    fn key(&self) -> GroupKey<'_> {
        (
            self.name,
            self.version.as_deref(),
            self.hardware.as_deref(),
            self.system.as_deref(),
            self.serial.as_deref(),
            self.manufactured,
        )
    }

    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    pub(super) fn subject<'a>(&'a self, name: &'a FleetName) -> Subject<'a> {
        Subject {
            version: self.version.as_deref(),
            serial: self.serial.as_deref(),
            model: name.model(),
            model_number: name.model_number(),
            manufactured: self.manufactured,
            hardware_version: self.hardware.as_deref(),
            operating_system: self.system.as_deref(),
        }
    }
}

fn group_key<'a>(name: u32, individual: bool, facts: &DeviceFacts<'a>) -> GroupKey<'a> {
    let serial = facts.serial_number.filter(|_| individual);
    let manufactured = facts.manufactured.filter(|_| individual);
    (name, facts.software_version, facts.hardware_version, facts.operating_system, serial, manufactured)
}

/// All names and groups, and which device is in which.
#[derive(Default)]
pub(super) struct FleetSide {
    pub(super) names: Vec<FleetName>,
    pub(super) groups: Vec<Group>,
    /// Group of each device; `u32::MAX` for none.
    group_of: Vec<u32>,
    name_table: HashTable<u32>,
    group_table: HashTable<u32>,
    /// Every version text, read once however many groups have it.
    versions: Vec<ReadVersion>,
    version_of: HashMap<Option<Box<str>>, u32>,
    hasher: DefaultHashBuilder,
    /// Hashed comparison keys, to the names that have them.
    pub(super) keys: HashMap<u64, Vec<u32>>,
}

impl FleetSide {
    fn hash<T: Hash>(&self, value: T) -> u64 {
        self.hasher.hash_one(value)
    }

    /// The group that a device is in.
    pub(super) fn group_of(&self, device: DeviceIx) -> Option<u32> {
        slot(&self.group_of, device).copied().filter(|group| *group != u32::MAX)
    }

    /// A group's version text, read.
    pub(super) fn version(&self, group: &Group) -> Option<&ReadVersion> {
        slot(&self.versions, group.read)
    }

    /// The name these facts go by; `true` when it is new and has no candidates yet.
    pub(super) fn name(&mut self, facts: &DeviceFacts<'_>) -> (u32, bool) {
        let key = name_key(facts);
        let hash = self.hash(key);
        let names = &self.names;
        let same = |ix: &u32| slot(names, *ix).is_some_and(|name| name.texts.key() == key);
        if let Some(ix) = self.name_table.find(hash, same) {
            return (*ix, false);
        }
        let ix = count(self.names.len());
        let (manufacturer, model, model_number, cpe, purl) = key;
        let owned = |text: Option<&str>| text.map(Box::from);
        let texts = NameTexts {
            manufacturer: manufacturer.into(),
            model: model.into(),
            model_number: owned(model_number),
            cpe: owned(cpe),
            purl: owned(purl),
        };
        let maker = VendorName::new(manufacturer);
        let model_numbers: Vec<Box<str>> = texts.model_number.iter().cloned().collect();
        let product = ProductName::new(model, &maker, &model_numbers);
        let identifiers = Identifiers { cpe: texts.cpe.clone(), purl: texts.purl.clone() };
        let named = Named { maker, product, model_numbers, identifiers };
        for key in keys(&named) {
            self.keys.entry(hashed(&key)).or_default().push(ix);
        }
        self.names.push(FleetName {
            texts,
            named,
            candidates: Vec::new(),
            plan: Vec::new(),
            groups: Vec::new(),
            individual: false,
        });
        let (names, hasher) = (&self.names, &self.hasher);
        let rehash = |ix: &u32| slot(names, *ix).map_or(0, |name| hasher.hash_one(name.texts.key()));
        self.name_table.insert_unique(hash, ix, rehash);
        (ix, true)
    }

    /// The group of these facts under a name; `true` when it is new and not judged yet.
    pub(super) fn group(&mut self, name: u32, facts: &DeviceFacts<'_>) -> (u32, bool) {
        let individual = slot(&self.names, name).is_some_and(|name| name.individual);
        let key = group_key(name, individual, facts);
        let hash = self.hash(key);
        let groups = &self.groups;
        if let Some(ix) =
            self.group_table.find(hash, |ix| slot(groups, *ix).is_some_and(|group| group.key() == key))
        {
            return (*ix, false);
        }
        let ix = count(self.groups.len());
        let (_, version, hardware, system, serial, manufactured) = key;
        let owned = |text: Option<&str>| text.map(Box::from);
        let read = *self.version_of.entry(owned(version)).or_insert_with(|| {
            self.versions.push(ReadVersion::read(version));
            count(self.versions.len() - 1)
        });
        self.groups.push(Group {
            name,
            version: owned(version),
            read,
            hardware: owned(hardware),
            system: owned(system),
            serial: owned(serial),
            manufactured,
            devices: RoaringBitmap::new(),
            cells: Vec::new(),
            pairs: Vec::new(),
        });
        let (groups, hasher) = (&self.groups, &self.hasher);
        let rehash = |ix: &u32| slot(groups, *ix).map_or(0, |group| hasher.hash_one(group.key()));
        self.group_table.insert_unique(hash, ix, rehash);
        if let Some(name) = slot_mut(&mut self.names, name) {
            name.groups.push(ix);
        }
        (ix, true)
    }

    /// Moves a device into a group, out of the one it was in.
    pub(super) fn assign(&mut self, device: DeviceIx, group: Option<u32>) {
        let before = self.group_of(device);
        if before == group {
            return;
        }
        if let Some(before) = before.and_then(|ix| slot_mut(&mut self.groups, ix)) {
            before.devices.remove(device);
        }
        let at = device as usize;
        if self.group_of.len() <= at {
            self.group_of.resize(at + 1, u32::MAX);
        }
        if let Some(slot) = self.group_of.get_mut(at) {
            *slot = group.unwrap_or(u32::MAX);
        }
        if let Some(group) = group.and_then(|ix| slot_mut(&mut self.groups, ix)) {
            group.devices.insert(device);
        }
    }
}
