//! A small hospital with something of everything, in memory: 60 devices, 8 advisories (one in two revisions), KEV, EPSS
//! and SSVC, two sites with beds and services, open questions about names. Every name is made up.
//!
//! `filled_hospital()` is the house of `support`, filled. The clock stands at `FILLED_AT`; all was imported an hour before.
#![allow(dead_code)] // each page's tests use the part they need

use hospital::Command;
use hospital::command::ImportOrigin;
use hospital::places::Description;
use model::device::{Access, Criticality, Device, Installer, Location, Network, Support, SupportStatus};
use model::ids::{BedId, BuildingId, ImportId, ServiceId, SiteId, UnitId};
use model::place::{Bed, Building, CareUnit, Site};
use model::service::{Redundancy, Service, ServiceKind};
use model::threat::{EpssScore, KevEntry, SsvcAssessment};
use model::{AssetTag, Date, Time};

pub(crate) use crate::filled_advisories::{advisories, document, newer_revisions};
use crate::support::{House, house};

/// Where the clock of the house stands: Sunday 2026-11-22 01:13:20 UTC.
pub(crate) const FILLED_AT: Time = Time(1_795_310_000_000_000);
/// Who imported everything.
pub(crate) const ACTOR: &str = "erik";

/// The filled hospital, with anna (admin), erik (engineer), lisa (reader) and novo (must change the password).
pub(crate) async fn filled_hospital() -> House {
    let house = house().await;
    fill(&house).await;
    house
}

/// Fills a house that knows nothing yet.
pub(crate) async fn fill(house: &House) {
    let [first, second] = [advisories(), newer_revisions()].map(|advisories| Command::ImportAdvisories {
        read: advisories.len() as u64,
        advisories,
        origin: origin("advisories"),
    });
    let commands = [
        Command::DescribeHospital(places(), origin("hospital.toml")),
        first,
        second,
        Command::ImportInventory { devices: devices(), complete: false, origin: origin("devices.csv") },
        Command::ImportKev { catalogue: "2026.11.20".into(), entries: kev(), origin: origin("kev.json") },
        Command::ImportEpss {
            model: "v2026.01.01".into(),
            day: day("2026-11-20"),
            scores: epss(),
            origin: origin("epss.csv"),
        },
        Command::ImportSsvc { assessments: ssvc(), origin: origin("vulnrichment") },
    ];
    let revisions = advisories().into_iter().chain(newer_revisions());
    let documents: Vec<_> = revisions.map(|one| document(&one.key.tracking_id, &one.version)).collect();
    house.app.domain.node.journal().put_blobs(&documents).await.unwrap();
    for (at, command) in commands.into_iter().enumerate() {
        let time = FILLED_AT.plus_seconds(-3_600 + at as i64);
        house.app.domain.node.command(command, ACTOR, time).await.unwrap();
    }
}

pub(crate) fn origin(source: &str) -> ImportOrigin {
    let id = ImportId::new(&format!("filled-{source}")).unwrap();
    ImportOrigin { id, source: source.into(), sha256: None, remarks: Vec::new() }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A device of which only tag, maker and model are recorded.
pub(crate) fn device(tag: &str, maker: &str, model: &str) -> Device {
    Device {
        asset_tag: AssetTag::new(tag).unwrap(),
        manufacturer: maker.into(),
        model: model.into(),
        model_number: None,
        software_version: None,
        hardware_version: None,
        operating_system: None,
        serial_number: None,
        udi: None,
        manufactured: None,
        identifiers: model::device::Identifiers::default(),
        kind: None,
        location: Location::default(),
        owner: None,
        support: Support::default(),
        installer: Installer::Unknown,
        access: Access::Unknown,
        network: Network::Unknown,
        criticality: Criticality::Unknown,
    }
}

fn placed(mut device: Device, site: &str, building: &str, unit: &str) -> Device {
    device.location = Location {
        site: Some(site.into()),
        building: Some(building.into()),
        unit: Some(unit.into()),
        room: None,
    };
    device
}

fn run(prefix: &str, count: usize, maker: &str, model: &str, versions: &[Option<&str>]) -> Vec<Device> {
    let one = |n: usize| Device {
        software_version: versions[n % versions.len()].map(Box::from),
        serial_number: Some(format!("SN{prefix}{:05}", 1_000 + n).into()),
        ..device(&format!("{prefix}-{:04}", n + 1), maker, model)
    };
    (0..count).map(one).collect()
}

/// 60 devices: monitors, central stations, PACS, pumps, ventilators, analysers, and some of which little is recorded.
pub(crate) fn devices() -> Vec<Device> {
    let mut all = Vec::new();
    for (n, mut one) in run(
        "MON",
        20,
        "Brattvik Monitoring AS",
        "Skans 40",
        &[Some("4.1.0"), Some("4.2.1"), None, Some("4.0.3")],
    )
    .into_iter()
    .enumerate()
    {
        one.kind = Some("patient monitor".into());
        one.criticality = Criticality::LifeSupporting;
        one.network = Network::Isolated;
        one.support = match n % 4 {
            0 => Support { status: SupportStatus::Supported, end: Some(day("2029-12-31")) },
            1 => Support { status: SupportStatus::Supported, end: Some(day("2025-06-30")) },
            2 => Support { status: SupportStatus::Unsupported, end: None },
            _ => Support::default(),
        };
        all.push(placed(one, "north", "N-A", if n < 12 { "WARD-5" } else { "ICU" }));
    }
    // A slip of the pen in the maker's name: a question.
    for one in run("MOX", 4, "Bratvik Monitoring AS", "Skans 40", &[Some("4.1.0")]) {
        all.push(placed(one, "south", "S-A", "MED"));
    }
    for (tag, version, unit) in [
        ("CMS-5-A", "2.1", "WARD-5"),
        ("CMS-5-B", "2.1", "WARD-5"),
        ("CMS-5-C", "2.4", "WARD-5"),
        ("CMS-ICU-A", "2.0", "ICU"),
        ("CMS-ICU-B", "2.4", "ICU"),
        ("CMS-ED", "2.1", "ED"),
    ] {
        let mut one = device(tag, "Brattvik Monitoring AS", "Skans Central");
        one.software_version = Some(version.into());
        one.operating_system = Some("Windows 10 LTSC 2019".into());
        one.kind = Some("central station".into());
        one.criticality = Criticality::LifeSupporting;
        one.network = Network::Hospital;
        one.installer = Installer::Vendor;
        one.access = Access::HandsOn;
        one.owner = Some("Clinical engineering".into());
        one.support = Support { status: SupportStatus::Supported, end: None };
        all.push(placed(one, "north", if unit == "ED" { "N-B" } else { "N-A" }, unit));
    }
    for (tag, version) in [("PACS-1", "8.2"), ("PACS-2", "8.4"), ("PACS-CACHE", "8.3 SP1")] {
        let mut one = device(tag, "Oskarsro Imaging AB", "Linje PACS");
        one.software_version = Some(version.into());
        one.criticality = Criticality::High;
        one.network = Network::Hospital;
        one.installer = Installer::ThirdParty;
        one.access = Access::Remote;
        one.support = Support { status: SupportStatus::Supported, end: Some(day("2027-01-31")) };
        all.push(placed(one, "north", "N-B", "RAD"));
    }
    // Is a `Linje Viewer Pro 7` a `Linje Viewer`? A question.
    for one in run("VIEW", 3, "Oskarsro Imaging AB", "Linje Viewer Pro 7", &[Some("5.0")]) {
        all.push(placed(one, "north", "N-B", "RAD"));
    }
    for one in run(
        "PUMP",
        12,
        "Tallmark Infusion GmbH",
        "Droppe 3",
        &[Some("2.8"), Some("3.1.2"), Some("1.9"), None],
    ) {
        all.push(placed(one, "north", "N-A", "ICU"));
    }
    for one in run("VENT", 4, "Fjordlys Medical Oy", "Pust V5", &[Some("7.0")]) {
        all.push(placed(one, "north", "N-A", "ICU"));
    }
    // No advisory names these.
    for one in run("LAB", 5, "Kvarnby Analys AB", "Cellräknare 9", &[Some("11.3")]) {
        all.push(placed(one, "south", "S-A", "LAB"));
    }
    // Hardly anything is recorded of these; one is called like a piece of a page.
    all.push(device("ODD-1", "", "Skans 40"));
    all.push(device("ODD/2 ä", "Kvarnby Analys AB", "<b>Våg</b>"));
    all.push(device("ODD-3", "Unknown", ""));
    all
}

pub(crate) fn kev() -> Vec<KevEntry> {
    vec![KevEntry {
        cve: "CVE-2099-50001".into(),
        added: day("2026-10-20"),
        due: Some(day("2026-11-10")),
        ransomware: true,
    }]
}

pub(crate) fn epss() -> Vec<(Box<str>, EpssScore)> {
    [
        ("CVE-2099-50001", 912_000),
        ("CVE-2099-50002", 310_000),
        ("CVE-2099-50003", 41_000),
        ("CVE-2099-50006", 1_200),
    ]
    .map(|(cve, probability_millionths)| {
        (cve.into(), EpssScore { probability_millionths, percentile_millionths: 900_000 })
    })
    .to_vec()
}

pub(crate) fn ssvc() -> Vec<SsvcAssessment> {
    [("CVE-2099-50002", "active"), ("CVE-2099-50004", "poc"), ("CVE-2099-50006", "none")]
        .map(|(cve, exploitation)| SsvcAssessment {
            cve: cve.into(),
            exploitation: exploitation.into(),
            automatable: "no".into(),
            technical_impact: "total".into(),
            assessed: "2026-11-01T00:00:00Z".into(),
        })
        .to_vec()
}

fn service(
    id: &str,
    kind: ServiceKind,
    name: &str,
    beds: Vec<BedId>,
    carriers: &[&str],
    needed: u16,
    fallback: Option<&str>,
) -> Service {
    Service {
        id: ServiceId::new(id).unwrap(),
        kind,
        name: name.into(),
        beds,
        redundancy: Redundancy {
            carriers: carriers.iter().map(|tag| AssetTag::new(tag).unwrap()).collect(),
            needed,
        },
        fallback: fallback.map(|id| ServiceId::new(id).unwrap()),
    }
}

/// Two sites, three buildings, six units, 30 beds, six services: one needs 2 of 3, two have no spare, one falls back.
pub(crate) fn places() -> Description {
    let site = |id: &str, name: &str| Site {
        id: SiteId::new(id).unwrap(),
        name: name.into(),
        time_zone: "Europe/Stockholm".into(),
    };
    let building = |id: &str, site: &str, name: &str| Building {
        id: BuildingId::new(id).unwrap(),
        site: SiteId::new(site).unwrap(),
        name: name.into(),
    };
    let unit = |id: &str, building: &str, name: &str, phone: Option<&str>| CareUnit {
        id: UnitId::new(id).unwrap(),
        building: BuildingId::new(building).unwrap(),
        name: name.into(),
        phone: phone.map(Box::from),
    };
    let bed_ids = |unit: &str, count: u32| -> Vec<BedId> {
        (1..=count).map(|n| BedId::new(&format!("{unit}-{n:02}")).unwrap()).collect()
    };
    let mut beds = Vec::new();
    for (unit, count, telemetry) in
        [("WARD-5", 12, true), ("ICU", 8, false), ("ED", 6, false), ("MED", 4, false)]
    {
        let unit_id = UnitId::new(unit).unwrap();
        beds.extend(bed_ids(unit, count).into_iter().map(|id| Bed { id, unit: unit_id.clone(), telemetry }));
    }
    use ServiceKind::{CentralMonitoring, Pacs, TelemetryReceiving};
    let three = ["CMS-5-A", "CMS-5-B", "CMS-5-C"];
    Description {
        probes: Vec::new(),
        sites: vec![site("north", "Northgate Hospital"), site("south", "Southmoor Hospital")],
        buildings: vec![
            building("N-A", "north", "Building A, wards"),
            building("N-B", "north", "Building B, emergency"),
            building("S-A", "south", "Main building"),
        ],
        units: vec![
            unit("WARD-5", "N-A", "Ward 5, telemetry", Some("5505")),
            unit("ICU", "N-A", "Intensive care", Some("5510")),
            unit("ED", "N-B", "Emergency department", Some("5520")),
            unit("RAD", "N-B", "Radiology", None),
            unit("MED", "S-A", "Medicine", None),
            unit("LAB", "S-A", "Laboratory", None),
        ],
        beds,
        services: vec![
            service(
                "cm-5",
                CentralMonitoring,
                "Central monitoring, ward 5",
                bed_ids("WARD-5", 12),
                &three,
                2,
                None,
            ),
            service(
                "tele-5",
                TelemetryReceiving,
                "Telemetry, ward 5",
                bed_ids("WARD-5", 12),
                &["CMS-5-A", "CMS-5-B"],
                1,
                None,
            ),
            service(
                "cm-icu",
                CentralMonitoring,
                "Central monitoring, intensive care",
                bed_ids("ICU", 8),
                &["CMS-ICU-A", "CMS-ICU-B"],
                2,
                None,
            ),
            service(
                "cm-ed",
                CentralMonitoring,
                "Central monitoring, emergency",
                bed_ids("ED", 6),
                &["CMS-ED"],
                1,
                None,
            ),
            service("pacs", Pacs, "Image archive", Vec::new(), &["PACS-1", "PACS-2"], 1, Some("pacs-cache")),
            service(
                "pacs-cache",
                Pacs,
                "Image archive, read-only copy",
                Vec::new(),
                &["PACS-CACHE"],
                1,
                None,
            ),
        ],
    }
}

#[tokio::test]
async fn the_filled_hospital_has_something_of_everything() {
    let house = filled_hospital().await;
    house.app.domain.node.read(|state| {
        assert_eq!(state.register().len(), 60);
        assert_eq!(state.library().len(), 8);
        let mut counts = hospital::matrix::Counts::default();
        let mut gaps = std::collections::BTreeMap::new();
        for device in state.register().iter() {
            for (_, verdict) in state.matcher().pairs(device.ix()) {
                counts.add(*verdict, 1);
            }
            for cell in state.matcher().cells(device.ix()) {
                if let Some(gap) = cell.gap {
                    *gaps.entry(gap.word()).or_insert(0_u64) += 1;
                }
            }
        }
        println!("{counts:?} {gaps:?} {:?}", state.matcher().proposals());
        assert!(
            counts.affected > 0 && counts.undecided > 0 && counts.fixed > 0 && counts.not_affected > 0,
            "{counts:?}"
        );
        assert!(gaps.len() >= 4, "{gaps:?}");
        assert!(state.matcher().proposals().len() >= 2);
        assert_eq!(state.places().beds.len(), 30);
        assert!(
            state.threats().kev_source().is_some()
                && state.threats().epss_source().is_some()
                && state.threats().ssvc_source().is_some()
        );
    });
}
