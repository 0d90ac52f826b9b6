//! Sites, buildings, care units, beds, services: which host carries which service for which beds (R12, R37).

use std::collections::BTreeMap;

use model::ids::{BedId, BuildingId, ServiceId, SiteId, UnitId};
use model::place::{Bed, Building, CareUnit, Site};
use model::probe::{PATTERN_MAX_BYTES, PROBE_TIMEOUT_MAX_SECONDS, Probe, ProbeKind};
use model::service::Service;
use serde::{Deserialize, Serialize};

/// How the name begins that what a device does for its own bed has among services. Nobody may describe one of that name.
pub(crate) const BEDSIDE: &str = "bedside ";

/// The hospital as described.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Sites by id.
    pub sites: BTreeMap<SiteId, Site>,
    /// Buildings by id.
    pub buildings: BTreeMap<BuildingId, Building>,
    /// Care units by id.
    pub units: BTreeMap<UnitId, CareUnit>,
    /// Beds by id.
    pub beds: BTreeMap<BedId, Bed>,
    /// Services by id.
    pub services: BTreeMap<ServiceId, Service>,
}

/// A description of (a part of) a hospital, as one import brings it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Sites.
    #[serde(default)]
    pub sites: Vec<Site>,
    /// Buildings.
    #[serde(default)]
    pub buildings: Vec<Building>,
    /// Care units.
    #[serde(default)]
    pub units: Vec<CareUnit>,
    /// Beds.
    #[serde(default)]
    pub beds: Vec<Bed>,
    /// Services.
    #[serde(default)]
    pub services: Vec<Service>,
    /// Function probes of services.
    #[serde(default)]
    pub probes: Vec<Probe>,
}

impl Places {
    /// The services that a host carries.
    pub fn services_of<'a>(&'a self, asset_tag: &'a str) -> impl Iterator<Item = &'a Service> {
        let carries =
            move |service: &&Service| service.redundancy.carriers.iter().any(|tag| tag.as_str() == asset_tag);
        self.services.values().filter(carries)
    }

    /// The units that have a bed served by a service, in order, each once.
    pub fn units_of(&self, service: &Service) -> Vec<&CareUnit> {
        let mut ids: Vec<&UnitId> =
            service.beds.iter().filter_map(|bed| self.beds.get(bed)).map(|bed| &bed.unit).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|unit| self.units.get(unit)).collect()
    }

    /// What a description refers to that neither it nor the hospital has; every problem, not only the first.
    pub fn problems(&self, new: &Description) -> Vec<String> {
        let mut after = self.clone();
        after.put(new.clone());
        let mut out = Vec::new();
        for building in &new.buildings {
            if !after.sites.contains_key(&building.site) {
                out.push(format!(
                    "building {} is on site {}, which nobody has described",
                    building.id, building.site
                ));
            }
        }
        for unit in &new.units {
            if !after.buildings.contains_key(&unit.building) {
                out.push(format!(
                    "unit {} is in building {}, which nobody has described",
                    unit.id, unit.building
                ));
            }
        }
        for bed in &new.beds {
            if !after.units.contains_key(&bed.unit) {
                out.push(format!("bed {} is in unit {}, which nobody has described", bed.id, bed.unit));
            }
        }
        for service in &new.services {
            after.service_problems(service, &mut out);
        }
        for probe in &new.probes {
            after.probe_problems(probe, &mut out);
        }
        out
    }

    fn probe_problems(&self, probe: &Probe, out: &mut Vec<String>) {
        let id = &probe.id;
        if !self.services.contains_key(&probe.service) {
            out.push(format!("probe {id} is of service {}, which nobody has described", probe.service));
        }
        if probe.timeout_seconds == 0 || probe.timeout_seconds > PROBE_TIMEOUT_MAX_SECONDS {
            let timeout = probe.timeout_seconds;
            out.push(format!(
                "probe {id} may take {timeout} s; it must be 1 to {PROBE_TIMEOUT_MAX_SECONDS} s"
            ));
        }
        let pattern = match &probe.tries {
            ProbeKind::Http { pattern, .. }
            | ProbeKind::Command { pattern, .. }
            | ProbeKind::LogLine { pattern, .. } => pattern.len(),
            ProbeKind::Tcp { .. }
            | ProbeKind::Process { .. }
            | ProbeKind::DicomEcho { .. }
            | ProbeKind::Hl7Heartbeat { .. } => 0,
        };
        if pattern > PATTERN_MAX_BYTES {
            out.push(format!(
                "the pattern of probe {id} has {pattern} bytes; it has at most {PATTERN_MAX_BYTES}"
            ));
        }
        if let ProbeKind::Command { argv, .. } = &probe.tries
            && argv.first().is_none_or(|program| !program.starts_with('/'))
        {
            out.push(format!(
                "probe {id} starts no program by its whole path; its argv begins with a path such as /usr/bin/true"
            ));
        }
    }

    fn service_problems(&self, service: &Service, out: &mut Vec<String>) {
        let id = &service.id;
        if id.as_str().starts_with(BEDSIDE) {
            out.push(format!(
                "service {id} begins with \"{BEDSIDE}\", which stands for what a device does for its own bed; give it another name"
            ));
        }
        for bed in service.beds.iter().filter(|bed| !self.beds.contains_key(*bed)) {
            out.push(format!("service {id} serves bed {bed}, which nobody has described"));
        }
        let carriers = service.redundancy.carriers.len();
        if service.redundancy.needed == 0 || usize::from(service.redundancy.needed) > carriers {
            let needed = service.redundancy.needed;
            out.push(format!("service {id} needs {needed} of {carriers} carriers; it must need at least 1 and at most {carriers}"));
        }
        let Some(fallback) = &service.fallback else { return };
        if !self.services.contains_key(fallback) {
            out.push(format!("service {id} falls back on {fallback}, which nobody has described"));
        }
        let mut seen = vec![id];
        let mut next = Some(fallback);
        while let Some(service) = next {
            if seen.contains(&service) {
                out.push(format!("service {id} falls back on itself, by way of {fallback}"));
                break;
            }
            seen.push(service);
            next = self.services.get(service).and_then(|service| service.fallback.as_ref());
        }
    }

    /// Takes a description in.
    pub fn put(&mut self, new: Description) {
        self.sites.extend(new.sites.into_iter().map(|site| (site.id.clone(), site)));
        self.buildings.extend(new.buildings.into_iter().map(|building| (building.id.clone(), building)));
        self.units.extend(new.units.into_iter().map(|unit| (unit.id.clone(), unit)));
        self.beds.extend(new.beds.into_iter().map(|bed| (bed.id.clone(), bed)));
        self.services.extend(new.services.into_iter().map(|service| (service.id.clone(), service)));
    }
}
