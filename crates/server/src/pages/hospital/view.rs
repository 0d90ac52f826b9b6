//! The hospital in words: cards of units, bed maps with their twins, services with their carriers.

use model::service::ServiceKind;

use super::data::{BedData, CarrierData, Hospital, ServiceData, UnitData};
use crate::pages::devices::{href, segment};
use crate::pages::overview::view::query;
use crate::parts::{Mark, Status};
use crate::words::Words;

/// A carrier in words.
pub(super) struct CarrierView {
    pub(super) tag: String,
    pub(super) href: String,
    pub(super) status: Option<Status>,
    pub(super) quiet: String,
}

/// A service in words.
pub(super) struct ServiceView {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) beds: String,
    pub(super) redundancy: String,
    pub(super) no_spare: bool,
    pub(super) spare: String,
    pub(super) carriers: Vec<CarrierView>,
    pub(super) fallback: Vec<String>,
}

/// A bed in words.
pub(super) struct BedView {
    pub(super) id: String,
    pub(super) short: String,
    pub(super) mark: Mark,
    pub(super) says: &'static str,
    pub(super) telemetry: bool,
    pub(super) services: String,
}

/// A unit's card.
pub(super) struct UnitView {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) devices: String,
    pub(super) devices_href: String,
    pub(super) beds_text: String,
    pub(super) beds: Vec<BedView>,
    pub(super) services: Vec<ServiceView>,
}

pub(super) struct BuildingView {
    pub(super) name: String,
    pub(super) units: Vec<UnitView>,
}

pub(super) struct SiteView {
    pub(super) name: String,
    pub(super) buildings: Vec<BuildingView>,
}

pub(super) struct View {
    pub(super) counts: Vec<String>,
    pub(super) warnings: Vec<(Mark, String)>,
    pub(super) sites: Vec<SiteView>,
    pub(super) everywhere: Vec<ServiceView>,
    pub(super) undescribed: Vec<(String, String, String)>,
}

impl View {
    pub(super) fn new(w: Words, hospital: &Hospital) -> View {
        let buildings = || hospital.sites.iter().flat_map(|site| &site.buildings);
        let units = buildings().map(|building| building.units.len() as u64).sum();
        let beds = buildings().flat_map(|building| &building.units).map(|unit| unit.beds.len() as u64).sum();
        let mut warnings = Vec::new();
        if hospital.services_exploited > 0 {
            warnings.push((Mark::Affected, w.hospital_exploited_count(hospital.services_exploited)));
        }
        if hospital.services_without_spare > 0 {
            warnings.push((Mark::Undecided, w.hospital_no_spare_count(hospital.services_without_spare)));
        }
        let sites = hospital.sites.iter().map(|site| SiteView {
            name: site.name.clone(),
            buildings: site
                .buildings
                .iter()
                .map(|building| BuildingView {
                    name: building.name.clone(),
                    units: building.units.iter().map(|unit| unit_view(w, unit)).collect(),
                })
                .collect(),
        });
        let undescribed = hospital.undescribed.iter().map(|one| {
            let name = if one.unit.is_empty() { w.hospital_no_unit().to_owned() } else { one.unit.clone() };
            let href =
                if one.unit.is_empty() { String::new() } else { query("/devices", &[("unit", &one.unit)]) };
            (name, href, w.hospital_devices(one.devices))
        });
        View {
            counts: vec![
                w.hospital_units(units),
                w.hospital_beds(beds),
                w.hospital_services(hospital.services_total),
            ],
            warnings,
            sites: sites.collect(),
            everywhere: hospital
                .everywhere
                .iter()
                .map(|service| service_view(w, service, service.beds))
                .collect(),
            undescribed: undescribed.collect(),
        }
    }
}

fn unit_view(w: Words, unit: &UnitData) -> UnitView {
    UnitView {
        anchor: format!("unit-{}", segment(&unit.id)),
        id: unit.id.clone(),
        name: unit.name.clone(),
        phone: unit.phone.as_deref().map_or(String::new(), |phone| w.hospital_phone(phone)),
        devices: w.hospital_devices(unit.devices),
        devices_href: query("/devices", &[("unit", &unit.id)]),
        beds_text: w.hospital_beds(unit.beds.len() as u64),
        beds: unit.beds.iter().map(|bed| bed_view(w, unit, bed)).collect(),
        services: unit.services.iter().map(|service| service_view(w, service, service.beds_here)).collect(),
    }
}

fn bed_view(w: Words, unit: &UnitData, bed: &BedData) -> BedView {
    let (mark, says) = match (bed.exploited, bed.services.is_empty()) {
        (true, _) => (Mark::Affected, w.hospital_bed_exploited()),
        (false, true) => (Mark::Unknown, w.hospital_bed_unserved()),
        (false, false) => (Mark::NotAffected, w.hospital_bed_fine()),
    };
    let names = unit.services.iter().filter(|service| bed.services.contains(&service.id));
    let names: Vec<&str> = names.map(|service| service.name.as_str()).collect();
    // The unit's name stands above: what follows it tells beds apart.
    let short =
        bed.id.strip_prefix(unit.id.as_str()).map(|rest| rest.trim_start_matches(['-', ' ', '/', '_']));
    BedView {
        short: short.filter(|rest| !rest.is_empty()).unwrap_or(&bed.id).to_owned(),
        id: bed.id.clone(),
        mark,
        says,
        telemetry: bed.telemetry,
        services: names.join("; "),
    }
}

fn service_view(w: Words, service: &ServiceData, beds: u64) -> ServiceView {
    let [needed, all] =
        [u64::from(service.needed), service.carriers.len() as u64].map(|count| w.number(count));
    let (first, rest) =
        service.fallback.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
    let fallback = first.map(|name| w.device_fallback(name)).into_iter();
    ServiceView {
        name: service.name.clone(),
        kind: w.service_kind(service.kind),
        beds: if beds == 0 { w.device_service_no_beds().to_owned() } else { w.hospital_beds(beds) },
        redundancy: w.hospital_needed(&needed, &all),
        no_spare: service.spare == 0,
        spare: w.hospital_spare(service.spare),
        carriers: service.carriers.iter().map(|carrier| carrier_view(w, carrier)).collect(),
        fallback: fallback.chain(rest.iter().map(|name| w.hospital_fallback_then(name))).collect(),
    }
}

fn carrier_view(w: Words, carrier: &CarrierData) -> CarrierView {
    let (status, quiet) = if !carrier.registered {
        (Some(Status::new(w, Mark::Unknown).detail(w.hospital_carrier_unknown())), String::new())
    } else if carrier.exploited > 0 {
        (
            Some(Status::new(w, Mark::Affected).detail(w.hospital_carrier_exploited(carrier.exploited))),
            String::new(),
        )
    } else if !carrier.named {
        (Some(Status::new(w, Mark::Unknown).detail(w.hospital_carrier_unmatched())), String::new())
    } else {
        (None, w.hospital_carrier_open(carrier.open))
    };
    CarrierView {
        href: if carrier.registered { href(&carrier.asset_tag) } else { String::new() },
        tag: carrier.asset_tag.clone(),
        status,
        quiet,
    }
}

/// The word of the API and of files.
pub(super) fn kind_word(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::CentralMonitoring => "central_monitoring",
        ServiceKind::AlarmDetection => "alarm_detection",
        ServiceKind::TelemetryReceiving => "telemetry_receiving",
        ServiceKind::Pacs => "pacs",
        ServiceKind::Ris => "ris",
        ServiceKind::PatientRecord => "patient_record",
        ServiceKind::Laboratory => "laboratory",
        ServiceKind::Infusion => "infusion",
        ServiceKind::Other => "other",
    }
}
