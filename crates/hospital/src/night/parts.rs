//! What a snapshot keeps of patch nights. Packages and patches on offer, of which there are millions, go into a compact table;
//! the rest is JSON.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use model::agreement::AgreedPlan;
use model::host::{AvailablePatch, Boot, ProbeRun, Reading, Resources, SignalSource, SystemVersion};
use model::ids::{IncidentId, OutageId, ProbeId};
use model::patch::PackageVersion;
use model::probe::Probe;
use model::{AssetTag, PlanHash, Time, Topology};
use rollout::{Progress, Rollout};
use serde::{Deserialize, Serialize};

use super::Night;
use super::compact::{Compact, Pool, Pools};
use super::hosts::{Certificate, HostRecord, Hosts, OrderRecord, Used};
use super::plans::PlanRecord;
use super::records::{Incident, Lease, Notice, Outage, RolloutEvent, Work};
use super::timeline::HostEvent;
use super::tokens::Tokens;
use crate::fact::night::EnrolmentOffered;

/// Packages and patches on offer, with the sets that hosts have of them.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Tables {
    packages: Table<PackageVersion>,
    available: Table<AvailablePatch>,
}

#[derive(Serialize, Deserialize)]
struct Table<T> {
    items: Vec<T>,
    sets: Vec<Vec<u32>>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { items: Vec::new(), sets: Vec::new() }
    }
}

/// Everything else.
#[derive(Serialize, Deserialize)]
pub(crate) struct NightParts {
    hosts: Vec<HostPart>,
    systems: Vec<SystemVersion>,
    signals: Vec<BTreeMap<SignalSource, Reading>>,
    offers: Tokens<EnrolmentOffered>,
    probes: BTreeMap<ProbeId, Probe>,
    plans: BTreeMap<PlanHash, PlanRecord>,
    logs: BTreeMap<PlanHash, Vec<RolloutEvent>>,
    outages: BTreeMap<OutageId, Outage>,
    incidents: BTreeMap<IncidentId, Incident>,
    notices: VecDeque<Notice>,
    work: BTreeMap<PlanHash, BTreeMap<AssetTag, Work>>,
    lease: Option<Lease>,
    rollouts: Vec<RolloutPart>,
    used: Tokens<Used>,
    probes_revision: u64,
    seq: u64,
}

#[derive(Serialize, Deserialize)]
struct RolloutPart {
    plan: PlanHash,
    topology: Topology,
    progress: Progress,
}

#[derive(Serialize, Deserialize)]
struct HostPart {
    tag: AssetTag,
    enrolled: Option<Time>,
    certificates: Vec<Certificate>,
    revoked: Option<(Time, Box<str>)>,
    number: u64,
    last_contact: Option<Time>,
    wants_full: bool,
    observation: Option<CompactPart>,
    orders: Vec<OrderRecord>,
    sequence: u64,
    events: VecDeque<HostEvent>,
}

#[derive(Serialize, Deserialize)]
struct CompactPart {
    observed_at: Time,
    boot: Boot,
    system: usize,
    packages: usize,
    available: usize,
    signals: usize,
    probes: BTreeMap<ProbeId, ProbeRun>,
    resources: Resources,
}

/// Numbers things as they come, each once.
struct Numbered<K, V> {
    known: HashMap<K, usize>,
    list: Vec<V>,
}

impl<K: Hash + Eq, V> Numbered<K, V> {
    fn new() -> Numbered<K, V> {
        Numbered { known: HashMap::new(), list: Vec::new() }
    }

    fn number(&mut self, key: K, value: impl FnOnce() -> V) -> usize {
        let list = &mut self.list;
        *self.known.entry(key).or_insert_with(|| {
            list.push(value());
            list.len() - 1
        })
    }
}

/// Writes sets of a pool into a table that holds only what is used.
struct Writer<'a, T> {
    pool: &'a Pool<T>,
    items: Numbered<u32, T>,
    sets: Numbered<Arc<[u32]>, Vec<u32>>,
}

impl<'a, T: Hash + Eq + Clone> Writer<'a, T> {
    fn new(pool: &'a Pool<T>) -> Writer<'a, T> {
        Writer { pool, items: Numbered::new(), sets: Numbered::new() }
    }

    fn set(&mut self, set: &Arc<[u32]>) -> usize {
        let Writer { pool, items, sets } = self;
        let of = |number: &u32| {
            let mut item = pool.get(std::slice::from_ref(number));
            let new = item.next().map(|item| items.number(*number, || item.clone()));
            new.and_then(|new| u32::try_from(new).ok())
        };
        sets.number(Arc::clone(set), || set.iter().filter_map(of).collect())
    }

    fn table(self) -> Table<T> {
        Table { items: self.items.list, sets: self.sets.list }
    }
}

/// Takes a state's nights apart.
pub(crate) fn take_apart(night: &Night, seq: u64) -> (Tables, NightParts) {
    let mut packages = Writer::new(&night.hosts.pools.packages);
    let mut available = Writer::new(&night.hosts.pools.available);
    let mut systems = Numbered::new();
    let mut signals = Numbered::new();
    let hosts = night.hosts.records.iter().map(|(tag, record)| HostPart {
        tag: tag.clone(),
        enrolled: record.enrolled,
        certificates: record.certificates.clone(),
        revoked: record.revoked.clone(),
        number: record.number,
        last_contact: record.last_contact,
        wants_full: record.wants_full,
        observation: record.observation.as_ref().map(|compact| CompactPart {
            observed_at: compact.observed_at,
            boot: compact.boot.clone(),
            system: systems.number(Arc::clone(&compact.system), || (*compact.system).clone()),
            packages: packages.set(&compact.packages),
            available: available.set(&compact.available),
            signals: signals.number(Arc::clone(&compact.signals), || (*compact.signals).clone()),
            probes: compact.probes.clone(),
            resources: compact.resources.clone(),
        }),
        orders: record.orders.clone(),
        sequence: record.sequence,
        events: record.events.clone(),
    });
    let hosts = hosts.collect();
    let rollouts = night.rollouts.values().map(|rollout| RolloutPart {
        plan: rollout.hash(),
        topology: rollout.topology().clone(),
        progress: rollout.progress().clone(),
    });
    let parts = NightParts {
        hosts,
        systems: systems.list,
        signals: signals.list,
        offers: night.hosts.offers.clone(),
        probes: night.probes.all().clone(),
        plans: night.plans.clone(),
        logs: night.logs.clone(),
        outages: night.outages.clone(),
        incidents: night.incidents.clone(),
        notices: night.notices.clone(),
        work: night.work.clone(),
        lease: night.lease.clone(),
        rollouts: rollouts.collect(),
        used: night.hosts.used.clone(),
        probes_revision: night.probes_revision,
        seq,
    };
    (Tables { packages: packages.table(), available: available.table() }, parts)
}

/// Puts them together again; `None` when the parts do not belong together.
pub(crate) fn put_together(tables: Tables, parts: NightParts) -> Option<Night> {
    let mut pools = Pools::default();
    let packages = read(&mut pools.packages, &tables.packages)?;
    let available = read(&mut pools.available, &tables.available)?;
    let mut records = BTreeMap::new();
    for part in parts.hosts {
        let observation = match part.observation {
            None => None,
            Some(known) => Some(Compact {
                observed_at: known.observed_at,
                boot: known.boot,
                system: pools.system(parts.systems.get(known.system)?.clone()),
                packages: Arc::clone(packages.get(known.packages)?),
                available: Arc::clone(available.get(known.available)?),
                signals: pools.readings(parts.signals.get(known.signals)?.clone()),
                probes: known.probes,
                resources: known.resources,
            }),
        };
        let record = HostRecord {
            enrolled: part.enrolled,
            certificates: part.certificates,
            revoked: part.revoked,
            number: part.number,
            last_contact: part.last_contact,
            wants_full: part.wants_full,
            observation,
            orders: part.orders,
            sequence: part.sequence,
            events: part.events,
        };
        records.insert(part.tag, record);
    }
    let mut rollouts = BTreeMap::new();
    for part in parts.rollouts {
        let plan = AgreedPlan::as_recorded((*parts.plans.get(&part.plan)?.plan).clone());
        rollouts.insert(part.plan, Rollout::restore(plan, part.topology, part.progress).ok()?);
    }
    Some(Night {
        rollouts,
        #[cfg(feature = "planted")]
        planted: None,
        hosts: Hosts { records, pools, offers: parts.offers, used: parts.used },
        probes: parts.probes.into_values().collect(),
        plans: parts.plans,
        logs: parts.logs,
        outages: parts.outages,
        incidents: parts.incidents,
        notices: parts.notices,
        work: parts.work,
        lease: parts.lease,
        probes_revision: parts.probes_revision,
        issued: VecDeque::new(),
        issued_from: parts.seq,
    })
}

fn read<T: Hash + Eq + Clone>(pool: &mut Pool<T>, table: &Table<T>) -> Option<Vec<Arc<[u32]>>> {
    let sets = table.sets.iter().map(|set| {
        let items: Option<Vec<&T>> = set.iter().map(|number| table.items.get(*number as usize)).collect();
        items.map(|items| pool.set(items.into_iter()))
    });
    sets.collect()
}
