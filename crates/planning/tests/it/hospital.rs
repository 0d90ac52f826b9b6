//! A small hospital: two wards, each with two monitoring stations that stand in for each other, and a local view as fallback.

use model::agreement::PlanFinding;
use model::device::{Installer, SupportStatus};
use model::ids::*;
use model::patch::*;
use model::plan::*;
use model::resources::{Booking, Staffing};
use model::service::{Redundancy, Service, ServiceKind};
use model::topology::DeviceInfo;
use model::{AssetTag, Time, Topology};

pub(crate) const MINUTE: i64 = 60_000_000;
/// Ten in the evening, as the tests count.
pub(crate) const EVENING: Time = Time(22 * 60 * MINUTE);
/// When the plan is checked: noon.
pub(crate) const NOON: Time = Time(12 * 60 * MINUTE);

pub(crate) fn tag(name: &str) -> AssetTag {
    AssetTag::new(name).unwrap()
}

pub(crate) fn service(
    id: &str,
    beds: &[&str],
    carriers: &[&str],
    needed: u16,
    fallback: Option<&str>,
) -> Service {
    Service {
        id: ServiceId::new(id).unwrap(),
        kind: ServiceKind::CentralMonitoring,
        name: id.into(),
        beds: beds.iter().map(|bed| BedId::new(bed).unwrap()).collect(),
        redundancy: Redundancy { carriers: carriers.iter().map(|name| tag(name)).collect(), needed },
        fallback: fallback.map(|id| ServiceId::new(id).unwrap()),
    }
}

pub(crate) fn wards() -> Topology {
    let services = vec![
        service("cm-5", &["5-01", "5-02"], &["CMS-5A", "CMS-5B"], 1, Some("local-5")),
        service("local-5", &["5-01", "5-02"], &["LOC-5"], 1, None),
        service("cm-6", &["6-01"], &["CMS-6"], 1, None),
    ];
    let beds = [("5-01", "ward-5"), ("5-02", "ward-5"), ("6-01", "ward-6")]
        .map(|(bed, unit)| (BedId::new(bed).unwrap(), UnitId::new(unit).unwrap()));
    let device = DeviceInfo {
        installer: Installer::Staff,
        support: SupportStatus::Supported,
        has_agent: true,
        retired: false,
        labels: Vec::new(),
        manufacturer: "Vakta".into(),
        model: "Central 5".into(),
    };
    let devices = ["CMS-5A", "CMS-5B", "LOC-5", "CMS-6"].map(|name| (tag(name), device.clone()));
    Topology { services, beds: beds.into(), probes: Vec::new(), devices: devices.into() }
}

pub(crate) fn kernel() -> Patch {
    Patch {
        id: PatchId::new("kernel").unwrap(),
        title: "Kernel of October".into(),
        packages: vec![PackageVersion { package: "linux-image".into(), version: "6.1.2".into() }],
        restart: RestartNeed::Host,
        size_bytes: 70_000_000,
        declared: DeclaredMinutes {
            install: Minutes { p50: 5, p90: 8 },
            restart: Minutes { p50: 4, p90: 6 },
            back_out: Minutes { p50: 10, p90: 15 },
        },
        can_roll_back: true,
        closes: vec!["CVE-2099-0001".into()],
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    }
}

pub(crate) fn window(id: &str, opens: Time, minutes: i64) -> Window {
    Window {
        id: WindowId::new(id).unwrap(),
        not_before: opens,
        latest_start: Time(opens.0 + (minutes - 40) * MINUTE),
        not_after: Time(opens.0 + minutes * MINUTE),
    }
}

pub(crate) fn item(host: &str, ring: u16, wave: u16) -> Item {
    Item {
        host: tag(host),
        patches: vec![PatchId::new("kernel").unwrap()],
        ring,
        wave,
        by: Hands::Agent,
        owner: Owner::ClinicalEngineering,
    }
}

/// A sound plan: one station of ward 5 first, an hour's soak, then the other and ward 6.
pub(crate) fn night() -> Plan {
    let ring = |title: &str, window: &str, hosts: u32| Ring {
        title: title.into(),
        window: WindowId::new(window).unwrap(),
        success_min: hosts,
        failures_stop: 1,
        soak_minutes: 60,
        at_once_max: 2,
    };
    Plan {
        id: PlanId::new("autumn").unwrap(),
        title: "Monitoring, autumn".into(),
        parent: None,
        requester: AccountId::new("lind").unwrap(),
        patches: vec![kernel()],
        windows: vec![window("first", EVENING, 90), window("second", Time(EVENING.0 + 2 * 60 * MINUTE), 120)],
        rings: vec![ring("One station", "first", 1), ring("The rest", "second", 2)],
        items: vec![item("CMS-5A", 1, 1), item("CMS-5B", 2, 1), item("CMS-6", 2, 2)],
        cover: vec![Cover { unit: UnitId::new("ward-6").unwrap(), people: 1, task: "rounds".into() }],
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 3_600 }],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Roll back; call the on-call engineer, 5511.".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}

pub(crate) fn blocking(plan: &Plan, topology: &Topology) -> Vec<String> {
    let found = planning::check::check(plan, topology, NOON);
    let mut rules: Vec<String> =
        found.iter().filter(|finding| finding.blocks).map(|finding| finding.rule.to_string()).collect();
    rules.dedup();
    rules
}

pub(crate) fn findings(plan: &Plan, topology: &Topology) -> Vec<PlanFinding> {
    planning::check::check(plan, topology, NOON)
}

/// All three stations at once in one ring, each by hand for as long as it takes, with so many clinical engineers.
pub(crate) fn by_people(people: u32) -> Plan {
    let mut plan = night();
    plan.rings.truncate(1);
    plan.rings[0].at_once_max = 3;
    plan.rings[0].success_min = 3;
    let window = plan.rings[0].window.clone();
    let booking = |host: &AssetTag| Booking {
        host: host.clone(),
        window: window.clone(),
        from: EVENING,
        to: EVENING,
        by: Some("clinical engineering".into()),
        hands_on_minutes: 14,
        building: None,
        loaner: None,
    };
    plan.items.iter_mut().for_each(|item| (item.ring, item.wave) = (1, 1));
    plan.resources.bookings = plan.items.iter().map(|item| booking(&item.host)).collect();
    let staff = Staffing { window, skill: "clinical engineering".into(), people, person_minutes: 600 };
    plan.resources.staff = vec![staff];
    plan
}
