//! The invented hospital: wards, services and who carries them, machines and what their packages do.

use std::collections::BTreeMap;

use model::AssetTag;
use model::host::SignalSource;
use model::ids::{BedId, BuildingId, ProbeId, ServiceId, SiteId, UnitId};
use model::place::{Bed, Building, CareUnit, Site};
use model::probe::{Probe, ProbeKind};
use model::service::{Redundancy, Service, ServiceKind};

use super::{HostSpec, ZONE, id};
use crate::machine::{Nature, Twist};
use crate::rng::Rng;

/// What every host is, unless it is said to be something else.
const MODEL: &str = "Central station";

pub(super) fn host(tag: &AssetTag, trouble: bool, rng: &mut Rng) -> HostSpec {
    let mut packages: BTreeMap<Box<str>, Box<str>> =
        (1..=20).map(|number| (format!("lib-{number}").into(), "1.0".into())).collect();
    let mut natures = BTreeMap::new();
    for (package, restarts, services) in
        [("fonts", false, None), ("relay", false, Some("relay")), ("base", true, None)]
    {
        packages.insert(package.into(), "1.0".into());
        let shows_in = [SignalSource::RebootRequired, SignalSource::Kernel, SignalSource::NeedrestartKernel];
        let twist = if trouble { twist(restarts, rng) } else { Twist::Honest };
        // A second stage that no source ever shows cannot be known; a first one is known from the plan.
        // A restart that is only said to have happened and that a source shows as pending is caught by that source alone.
        let hides = if twist == Twist::SaysRestarted { 700 } else { 250 };
        let hidden = trouble && rng.chance(hides) && !matches!(twist, Twist::Arms(_));
        let shows_in = rng.pick(&shows_in).copied().filter(|_| !hidden);
        natures.insert(
            package.into(),
            Nature {
                host: restarts,
                services: services.map(Into::into).into_iter().collect(),
                twist,
                shows_in,
            },
        );
    }
    let skew_ms =
        if trouble && rng.chance(300) { rng.between(-7_200_000, 7_200_000) } else { rng.between(-900, 900) };
    HostSpec { tag: tag.clone(), model: MODEL.into(), packages, natures, skew_ms, pace: None }
}

fn twist(restarts: bool, rng: &mut Rng) -> Twist {
    let late = [0, 60, 1_200, 5_400, 14_400, 28_800];
    match rng.below(100) {
        0..56 => Twist::Honest,
        56..62 if restarts => Twist::SaysRestarted,
        62..67 => Twist::Lies,
        67..70 => Twist::Fails,
        70..74 => Twist::BreaksFunction,
        74..76 if restarts => Twist::NeverComesBack,
        76..92 if restarts => Twist::Arms(*rng.pick(&late).unwrap_or(&0)),
        92..97 => Twist::Surfaces(rng.between(60, 30_000)),
        _ => Twist::Honest,
    }
}

/// How many wards so many hosts serve.
pub(super) fn groups(hosts: usize) -> usize {
    (hosts / 3).clamp(1, 400)
}

pub(super) fn places(tags: &[AssetTag], rng: &mut Rng) -> hospital::places::Description {
    let site = Site { id: id!(SiteId, "site"), name: "Invented hospital".into(), time_zone: ZONE.into() };
    let building = Building { id: id!(BuildingId, "A"), site: site.id.clone(), name: "A".into() };
    let mut out =
        hospital::places::Description { sites: vec![site], buildings: vec![building], ..Default::default() };
    let groups = groups(tags.len());
    for group in 0..groups {
        let unit = id!(UnitId, "U{group}");
        out.units.push(CareUnit {
            id: unit.clone(),
            building: id!(BuildingId, "A"),
            name: format!("Ward {group}").into(),
            phone: None,
        });
        let beds: Vec<BedId> = (0..4).map(|bed| id!(BedId, "U{group}-{bed}")).collect();
        out.beds.extend(beds.iter().map(|bed| Bed { id: bed.clone(), unit: unit.clone(), telemetry: false }));
        let carriers: Vec<AssetTag> = tags.iter().skip(group).step_by(groups).cloned().collect();
        let needed = rng.between(1, i64::try_from(carriers.len()).unwrap_or(1));
        let fallback = (group > 0 && rng.chance(500)).then(|| id!(ServiceId, "monitoring-{}", group - 1));
        out.services.push(Service {
            id: id!(ServiceId, "monitoring-{group}"),
            kind: ServiceKind::CentralMonitoring,
            name: format!("Central monitoring {group}").into(),
            beds,
            redundancy: Redundancy { carriers: carriers.clone(), needed: u16::try_from(needed).unwrap_or(1) },
            fallback,
        });
        out.probes.extend(carriers.iter().map(|host| Probe {
            id: id!(ProbeId, "answers-{host}"),
            service: id!(ServiceId, "monitoring-{group}"),
            host: host.clone(),
            tries: ProbeKind::Tcp { address: "127.0.0.1".into(), port: 104 },
            timeout_seconds: 10,
        }));
    }
    out
}

/// What the register says of a host.
pub fn device(host: &HostSpec) -> model::Device {
    model::Device {
        asset_tag: host.tag.clone(),
        manufacturer: "Invented".into(),
        model: host.model.clone(),
        model_number: None,
        software_version: Some("1.0".into()),
        hardware_version: None,
        operating_system: Some("Debian 12".into()),
        serial_number: None,
        udi: None,
        manufactured: None,
        identifiers: model::device::Identifiers::default(),
        kind: None,
        location: model::device::Location::default(),
        owner: None,
        support: model::device::Support { status: model::device::SupportStatus::Supported, end: None },
        installer: model::device::Installer::Staff,
        access: model::device::Access::Remote,
        network: model::device::Network::Hospital,
        criticality: model::device::Criticality::High,
    }
}
