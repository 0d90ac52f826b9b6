//! What the work on a host means for the hospital around it, as plain input: which services it carries, which beds and units
//! they serve, how their function is probed, who may install (R12, R37, R97).
//!
//! `hospital` makes it from places and register; `planning`, `rollout` and `care` only read it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::AssetTag;
use crate::device::{Installer, SupportStatus};
use crate::ids::{BedId, ServiceId, UnitId};
use crate::probe::Probe;
use crate::service::Service;

/// The surroundings of a plan's hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// Every service that a host of the plan carries, and every service that is or has a fallback of such a one.
    pub services: Vec<Service>,
    /// The unit of each bed of those services.
    pub beds: BTreeMap<BedId, UnitId>,
    /// The function probes that are declared.
    pub probes: Vec<Probe>,
    /// What is known of each host or device of the plan. One that is missing here is not in the register.
    pub devices: BTreeMap<AssetTag, DeviceInfo>,
}

/// What planning and hands-on work need to know of a host or device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Who may install on it.
    pub installer: Installer,
    /// Does its maker still support it, on the day of planning?
    pub support: SupportStatus,
    /// Is an agent enrolled on it?
    pub has_agent: bool,
    /// Was it taken out of the register?
    pub retired: bool,
    /// What its label may read, beside the asset tag: serial number, UDI-DI.
    pub labels: Vec<Box<str>>,
    /// Its maker, as the register spells it; empty when that is not known.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub manufacturer: Box<str>,
    /// Its model, as the register spells it; empty when that is not known.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub model: Box<str>,
}

impl Topology {
    /// A service by its name.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// The services that a host carries.
    pub fn carried_by<'a>(&'a self, host: &'a AssetTag) -> impl Iterator<Item = &'a Service> {
        self.services.iter().filter(move |service| service.redundancy.carriers.contains(host))
    }

    /// The units with a bed that a service serves, sorted. Beds of no known unit are left out (the checker finds them).
    pub fn units_of(&self, service: &Service) -> BTreeSet<UnitId> {
        service.beds.iter().filter_map(|bed| self.beds.get(bed)).cloned().collect()
    }

    /// The same by host, for whoever goes through many hosts.
    pub fn by_host(&self) -> ByHost<'_> {
        let (mut services, mut probes) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for service in &self.services {
            let carriers: BTreeSet<&AssetTag> = service.redundancy.carriers.iter().collect();
            for carrier in carriers {
                services.entry(carrier).or_default().push(service);
            }
        }
        for probe in &self.probes {
            probes.entry(&probe.host).or_default().push(probe);
        }
        ByHost { topology: self, services, probes }
    }
}

/// The services and probes of each host of a [`Topology`], found without going through all of them.
#[derive(Clone, Debug)]
pub struct ByHost<'a> {
    topology: &'a Topology,
    services: BTreeMap<&'a AssetTag, Vec<&'a Service>>,
    probes: BTreeMap<&'a AssetTag, Vec<&'a Probe>>,
}

impl<'a> ByHost<'a> {
    /// The services that a host carries.
    pub fn carried_by(&self, host: &AssetTag) -> impl Iterator<Item = &'a Service> {
        self.services.get(host).into_iter().flatten().copied()
    }

    /// The units that must agree to work that disrupts this host: those with a bed of a service that it carries, sorted (R15). With or without a
    /// spare carrier: while one carrier is worked on, the next fault darkens the service.
    pub fn units_concerned_by(&self, host: &AssetTag) -> BTreeSet<UnitId> {
        self.carried_by(host).flat_map(|service| self.topology.units_of(service)).collect()
    }

    /// The units with a bed that goes dark when this host alone does not work, sorted.
    pub fn units_darkened_by(&self, host: &AssetTag) -> BTreeSet<UnitId> {
        let alone = self.carried_by(host).filter(|service| service.needs_all());
        alone.flat_map(|service| self.topology.units_of(service)).collect()
    }

    /// The probes that a host runs and that show the function of a service it carries, or that are named in `besides`.
    pub fn probes_of(&self, host: &AssetTag, besides: &[crate::ids::ProbeId]) -> Vec<Probe> {
        let shows = |probe: &&&Probe| {
            besides.contains(&probe.id) || self.carried_by(host).any(|service| service.id == probe.service)
        };
        self.probes.get(host).into_iter().flatten().filter(shows).map(|probe| (*probe).clone()).collect()
    }
}
