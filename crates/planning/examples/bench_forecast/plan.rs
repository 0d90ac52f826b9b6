//! A plan of many devices for the campaign's bench: rings of waves, pairs of stations that stand in for each other, single ones that do not.

use std::collections::BTreeMap;

use model::ids::{AccountId, BedId, PatchId, PlanId, ServiceId, UnitId, WindowId};
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::plan::{Hands, Item, LocalOffset, Owner, Plan, ProofPolicy, Ring, Window};
use model::service::{Redundancy, Service, ServiceKind};
use model::{AssetTag, Time, Topology};
use planning::forecast::Whereabouts;

const MINUTE: i64 = 60_000_000;
const RINGS: usize = 5;
const WAVES: usize = 2;
const BEDS_PER_SERVICE: usize = 4;
const SERVICES_PER_UNIT: usize = 5;

/// A plan, its surroundings and where its devices are; models and sites as `laws` names them.
pub(crate) fn plan(devices: usize) -> (Plan, Topology, BTreeMap<AssetTag, Whereabouts>) {
    let host = |ix: usize| AssetTag::new(&format!("H{ix:05}")).unwrap_or_else(|_| unreachable!());
    let window = |ix: usize| WindowId::new(&format!("w{ix}")).unwrap_or_else(|_| unreachable!());
    let items = (0..devices).map(|ix| Item {
        host: host(ix),
        patches: vec![patch(ix % 2).id],
        ring: (ix * RINGS / devices) as u16 + 1,
        // One of a pair in each wave.
        wave: (ix % WAVES) as u16 + 1,
        by: Hands::Agent,
        owner: Owner::It,
    });
    let rings = (0..RINGS).map(|ix| Ring {
        title: format!("ring {ix}").into(),
        window: window(ix),
        success_min: (devices / RINGS * 9 / 10) as u32,
        failures_stop: (devices / RINGS) as u32,
        soak_minutes: 60,
        at_once_max: 60,
    });
    let windows = (0..RINGS).map(|ix| {
        let opens = Time(ix as i64 * 1_440 * MINUTE);
        Window {
            id: window(ix),
            not_before: opens,
            latest_start: Time(opens.0 + 700 * MINUTE),
            not_after: Time(opens.0 + 800 * MINUTE),
        }
    });
    let plan = Plan {
        id: PlanId::new("bench").unwrap_or_else(|_| unreachable!()),
        title: "Bench".into(),
        parent: None,
        requester: AccountId::new("bench").unwrap_or_else(|_| unreachable!()),
        patches: vec![patch(0), patch(1)],
        windows: windows.collect(),
        rings: rings.collect(),
        items: items.collect(),
        cover: Vec::new(),
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 0 }],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Roll back.".into(),
        premises: Default::default(),
        resources: Default::default(),
    };
    let whereabouts = (0..devices).map(|ix| {
        let place = Whereabouts {
            model: format!("model {:02}", ix % 6).into(),
            site: format!("site {}", ix % 3).into(),
        };
        (host(ix), place)
    });
    (plan, topology(devices, host), whereabouts.collect())
}

fn patch(family: usize) -> Patch {
    let minutes = |p50: u32| Minutes { p50, p90: p50 * 2 };
    Patch {
        id: PatchId::new(&format!("patch-{family}")).unwrap_or_else(|_| unreachable!()),
        title: "Patch".into(),
        packages: vec![PackageVersion { package: format!("family {family}").into(), version: "2".into() }],
        restart: RestartNeed::Host,
        size_bytes: 50_000_000,
        declared: DeclaredMinutes { install: minutes(8), restart: minutes(5), back_out: minutes(10) },
        can_roll_back: true,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    }
}

/// Every second pair shares a service that needs one of the two; all others carry one alone.
fn topology(devices: usize, host: impl Fn(usize) -> AssetTag) -> Topology {
    let mut topology = Topology::default();
    let mut first = 0;
    while first < devices {
        let pair = first % 4 == 0 && first + 1 < devices;
        let carriers = if pair { vec![host(first), host(first + 1)] } else { vec![host(first)] };
        first += carriers.len();
        let number = topology.services.len();
        let unit =
            UnitId::new(&format!("unit {}", number / SERVICES_PER_UNIT)).unwrap_or_else(|_| unreachable!());
        let beds: Vec<BedId> = (0..BEDS_PER_SERVICE)
            .map(|bed| BedId::new(&format!("{number}-{bed}")).unwrap_or_else(|_| unreachable!()))
            .collect();
        topology.beds.extend(beds.iter().map(|bed| (bed.clone(), unit.clone())));
        topology.services.push(Service {
            id: ServiceId::new(&format!("service {number}")).unwrap_or_else(|_| unreachable!()),
            kind: ServiceKind::CentralMonitoring,
            name: "Monitoring".into(),
            beds,
            redundancy: Redundancy { carriers, needed: 1 },
            fallback: None,
        });
    }
    topology
}
