//! Changes that stack: several of them on one service at once or within some days, and several layers of it in one (R52, R66). Told
//! from plans as they are drawn; what is changed without a plan is not known here.

use std::collections::{BTreeMap, BTreeSet};

use model::hash::PlanHash;
use model::ids::ServiceId;
use model::patch::Patch;
use model::plan::{Hands, Plan};
use model::{Time, Topology};
use serde::Serialize;

/// What a patch changes, as far as its packages' names and its hands tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// A device, worked on by hand: firmware, hardware.
    Device,
    /// Kernel, C library, service manager, cryptographic library.
    OperatingSystem,
    /// A database.
    Database,
    /// Anything else.
    Software,
}

impl Layer {
    /// The word in files and the API.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Device => "device",
            Layer::OperatingSystem => "operating_system",
            Layer::Database => "database",
            Layer::Software => "software",
        }
    }
}

/// Beginnings of the names of packages that are the operating system's, as Debian and Red Hat name them.
const OPERATING_SYSTEM: [&str; 12] = [
    "linux-image",
    "linux-headers",
    "linux-modules",
    "kernel",
    "libc6",
    "libc-bin",
    "glibc",
    "systemd",
    "libssl",
    "openssl",
    "grub",
    "firmware-",
];
/// Beginnings of the names of packages that are a database's.
const DATABASES: [&str; 9] =
    ["postgresql", "mysql", "mariadb", "oracle", "mssql", "mongodb", "iris", "cache-server", "db2"];

/// The layers that a patch changes when these hands install it.
pub fn layers_of(patch: &Patch, by: &Hands) -> BTreeSet<Layer> {
    if matches!(by, Hands::Person(_)) {
        return BTreeSet::from([Layer::Device]);
    }
    let layer = |package: &str| {
        let package = package.to_ascii_lowercase();
        let begins = |names: &[&str]| names.iter().any(|name| package.starts_with(name));
        match (begins(&OPERATING_SYSTEM), begins(&DATABASES)) {
            (true, _) => Layer::OperatingSystem,
            (false, true) => Layer::Database,
            (false, false) => Layer::Software,
        }
    };
    patch.packages.iter().map(|package| layer(&package.package)).collect()
}

/// What one plan changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub plan: PlanHash,
    /// Every service that a host of it carries.
    pub touched: BTreeMap<ServiceId, Touched>,
}

/// What a plan does to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The first window in which one of its hosts may be worked on opens.
    pub from: Time,
    /// The last one closes.
    pub to: Time,
    /// Hosts of it.
    pub hosts: u32,
    /// What is changed on them.
    pub layers: BTreeSet<Layer>,
}

/// What a plan changes. Hosts whose ring names no window are left out (the checker finds them).
pub fn change(plan: &Plan, topology: &Topology) -> Change {
    let by_host = topology.by_host();
    let mut touched: BTreeMap<ServiceId, Touched> = BTreeMap::new();
    for item in &plan.items {
        let Some(window) = plan.ring(item.ring).and_then(|ring| plan.window_of(ring)) else { continue };
        let layers: BTreeSet<Layer> =
            plan.patches_of(item).flat_map(|patch| layers_of(patch, &item.by)).collect();
        for service in by_host.carried_by(&item.host) {
            let known = touched.entry(service.id.clone()).or_insert_with(|| Touched {
                from: window.not_before,
                to: window.not_after,
                hosts: 0,
                layers: BTreeSet::new(),
            });
            known.from = known.from.min(window.not_before);
            known.to = known.to.max(window.not_after);
            known.hosts += 1;
            known.layers.extend(&layers);
        }
    }
    Change { plan: plan.hash(), touched }
}

/// Changes that stack on a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stack {
    /// Which.
    pub service: ServiceId,
    /// The plans, in the order in which they begin; one alone when it changes several layers.
    pub plans: Vec<PlanHash>,
    /// What is changed in all.
    pub layers: BTreeSet<Layer>,
    /// The shortest time between the end of one and the beginning of the next, in seconds: 0 when two overlap; `None` for one plan.
    pub apart_seconds: Option<i64>,
}

/// Every service on which several changes follow one another within so many seconds, or one change touches several layers; sorted by
/// service, then time.
pub fn stacks(changes: &[Change], within_seconds: i64) -> Vec<Stack> {
    let mut by_service: BTreeMap<&ServiceId, Vec<(&PlanHash, &Touched)>> = BTreeMap::new();
    for change in changes {
        for (service, touched) in &change.touched {
            by_service.entry(service).or_default().push((&change.plan, touched));
        }
    }
    let mut out = Vec::new();
    for (service, mut touched) in by_service {
        touched.sort_by_key(|(plan, touched)| (touched.from, touched.to, **plan));
        let mut group: Vec<(&PlanHash, &Touched)> = Vec::new();
        let mut ends = Time(i64::MIN);
        for one in touched {
            if !group.is_empty() && one.1.from.seconds_since(ends) > within_seconds {
                out.extend(stack(service, &group));
                group.clear();
            }
            ends = if group.is_empty() { one.1.to } else { ends.max(one.1.to) };
            group.push(one);
        }
        out.extend(stack(service, &group));
    }
    out
}

fn stack(service: &ServiceId, group: &[(&PlanHash, &Touched)]) -> Option<Stack> {
    let layers: BTreeSet<Layer> =
        group.iter().flat_map(|(_, touched)| touched.layers.iter().copied()).collect();
    if group.len() < 2 && layers.len() < 2 {
        return None;
    }
    let mut ends = Time(i64::MIN);
    let mut apart: Option<i64> = None;
    for (number, (_, touched)) in group.iter().enumerate() {
        if number > 0 {
            let gap = touched.from.seconds_since(ends).max(0);
            apart = Some(apart.map_or(gap, |known| known.min(gap)));
        }
        ends = ends.max(touched.to);
    }
    Some(Stack {
        service: service.clone(),
        plans: group.iter().map(|(plan, _)| **plan).collect(),
        layers,
        apart_seconds: apart,
    })
}
