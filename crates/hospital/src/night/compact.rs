//! Observations of very many hosts in little memory: hosts of one kind have mostly the same packages, patches and readings, so
//! each distinct thing is kept once and a host keeps numbers. What must not live here: what an observation means.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashSet, HashTable};
use model::Time;
use model::host::{
    AvailablePatch, Boot, HostChanges, HostObservation, ProbeRun, Reading, Resources, SignalSource,
    SystemVersion,
};
use model::ids::ProbeId;
use model::patch::PackageVersion;

/// A pool is gone through for what nobody uses any more when it has grown to twice what was in use, and beyond this.
const POOL_KEPT_MIN_ITEMS: usize = 50_000;

/// Each distinct thing once, and each distinct set of things once.
pub(crate) struct Pool<T> {
    items: Vec<T>,
    index: HashTable<u32>,
    sets: HashSet<Arc<[u32]>>,
    hasher: DefaultHashBuilder,
    /// Look for what is no longer used when there are so many.
    look_at: usize,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        let hasher = DefaultHashBuilder::default();
        Pool {
            items: Vec::new(),
            index: HashTable::new(),
            sets: HashSet::new(),
            hasher,
            look_at: POOL_KEPT_MIN_ITEMS,
        }
    }
}

impl<T: Hash + Eq + Clone> Pool<T> {
    fn number(&mut self, item: &T) -> u32 {
        let hash = self.hasher.hash_one(item);
        let same = |number: &u32| self.items.get(*number as usize) == Some(item);
        if let Some(number) = self.index.find(hash, same) {
            return *number;
        }
        // A pool never comes near 2^32 things: it is cleared of what is unused long before.
        let number = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(item.clone());
        let (items, hasher) = (&self.items, &self.hasher);
        let rehash = |number: &u32| items.get(*number as usize).map_or(0, |item| hasher.hash_one(item));
        self.index.insert_unique(hash, number, rehash);
        number
    }

    /// The set of these things, the one that others have if there is one.
    pub(crate) fn set<'a>(&mut self, of: impl Iterator<Item = &'a T>) -> Arc<[u32]>
    where
        T: 'a,
    {
        let numbers: Vec<u32> = of.map(|item| self.number(item)).collect();
        self.share(numbers)
    }

    /// The set with these numbers.
    pub(crate) fn share(&mut self, numbers: Vec<u32>) -> Arc<[u32]> {
        if let Some(known) = self.sets.get(numbers.as_slice()) {
            return Arc::clone(known);
        }
        let set: Arc<[u32]> = numbers.into();
        self.sets.insert(Arc::clone(&set));
        set
    }

    /// A thing by its number.
    pub(crate) fn item(&self, number: u32) -> Option<&T> {
        self.items.get(number as usize)
    }

    /// The things of a set, in the order they were put.
    pub(crate) fn get<'a>(&'a self, set: &'a [u32]) -> impl Iterator<Item = &'a T> {
        set.iter().filter_map(|number| self.items.get(*number as usize))
    }

    /// Is it time to look for what nobody uses?
    fn is_due(&self) -> bool {
        self.items.len() + self.sets.len() > self.look_at
    }

    /// Keeps only what the given sets use.
    fn keep<'a>(&mut self, used: impl Iterator<Item = &'a mut Arc<[u32]>>) {
        let old = std::mem::take(self);
        for set in used {
            let items: Vec<u32> = old.get(set).map(|item| self.number(item)).collect();
            *set = self.share(items);
        }
        self.look_at = POOL_KEPT_MIN_ITEMS.max(2 * (self.items.len() + self.sets.len()));
    }
}

/// What hosts have in common.
#[derive(Default)]
pub(crate) struct Pools {
    pub(crate) packages: Pool<PackageVersion>,
    pub(crate) available: Pool<AvailablePatch>,
    signals: HashSet<Arc<Signals>>,
    systems: HashSet<Arc<SystemVersion>>,
}

type Signals = BTreeMap<SignalSource, Reading>;

fn shared<T: Hash + Eq>(known: &mut HashSet<Arc<T>>, value: T) -> Arc<T> {
    if let Some(same) = known.get(&value) {
        return Arc::clone(same);
    }
    if known.len() >= POOL_KEPT_MIN_ITEMS {
        known.retain(|value| Arc::strong_count(value) > 1);
    }
    let value = Arc::new(value);
    known.insert(Arc::clone(&value));
    value
}

/// A host's newest observation, in numbers of the pools.
#[derive(Clone)]
pub(crate) struct Compact {
    pub(crate) observed_at: Time,
    pub(crate) boot: Boot,
    pub(crate) system: Arc<SystemVersion>,
    pub(crate) packages: Arc<[u32]>,
    pub(crate) available: Arc<[u32]>,
    pub(crate) signals: Arc<Signals>,
    /// Newest run of each probe; few hosts have any.
    pub(crate) probes: BTreeMap<ProbeId, ProbeRun>,
    pub(crate) resources: Resources,
}

impl Pools {
    /// Packs an observation.
    pub(crate) fn pack(&mut self, full: HostObservation) -> Compact {
        let packages: Vec<PackageVersion> =
            full.packages.into_iter().map(|(package, version)| PackageVersion { package, version }).collect();
        Compact {
            observed_at: full.observed_at,
            boot: full.boot,
            system: shared(&mut self.systems, full.system),
            packages: self.packages.set(packages.iter()),
            available: self.available.set(full.available.iter()),
            signals: shared(&mut self.signals, full.signals),
            probes: full.probes,
            resources: full.resources,
        }
    }

    /// Unpacks an observation.
    pub(crate) fn unpack(&self, compact: &Compact) -> HostObservation {
        HostObservation {
            observed_at: compact.observed_at,
            boot: compact.boot.clone(),
            system: (*compact.system).clone(),
            packages: self.packages(compact).map(|has| (has.package.clone(), has.version.clone())).collect(),
            available: self.available.get(&compact.available).cloned().collect(),
            signals: (*compact.signals).clone(),
            probes: compact.probes.clone(),
            resources: compact.resources.clone(),
        }
    }

    /// The packages of an observation, by name.
    pub(crate) fn packages<'a>(&'a self, compact: &'a Compact) -> impl Iterator<Item = &'a PackageVersion> {
        self.packages.get(&compact.packages)
    }

    /// The version of a package; `None` when it is not installed.
    pub(crate) fn version(&self, compact: &Compact, package: &str) -> Option<&str> {
        let name = |number: &u32| self.packages.item(*number).map_or("", |has| &has.package);
        let at = compact.packages.binary_search_by(|number| name(number).cmp(package)).ok()?;
        self.packages.item(*compact.packages.get(at)?).map(|has| &*has.version)
    }

    /// Takes in what changed; what did not change stays packed.
    pub(crate) fn apply(&mut self, compact: &mut Compact, changes: HostChanges) {
        compact.observed_at = compact.observed_at.max(changes.observed_at);
        if let Some(boot) = changes.boot {
            compact.boot = boot;
        }
        if let Some(system) = changes.system {
            compact.system = shared(&mut self.systems, system);
        }
        if !changes.packages.is_empty() {
            let known = self.packages.get(&compact.packages);
            let mut packages: BTreeMap<Box<str>, Box<str>> =
                known.map(|has| (has.package.clone(), has.version.clone())).collect();
            for (package, version) in changes.packages {
                match version {
                    Some(version) => packages.insert(package, version),
                    None => packages.remove(&package),
                };
            }
            let packages: Vec<PackageVersion> =
                packages.into_iter().map(|(package, version)| PackageVersion { package, version }).collect();
            compact.packages = self.packages.set(packages.iter());
        }
        if let Some(available) = changes.available {
            compact.available = self.available.set(available.iter());
        }
        if let Some(signals) = changes.signals {
            compact.signals = shared(&mut self.signals, signals);
        }
        compact.probes.extend(changes.probes);
        if let Some(resources) = changes.resources {
            compact.resources = resources;
        }
    }

    /// Forgets what no host has any more, when there may be much of it.
    pub(crate) fn tidy<'a>(&mut self, hosts: impl Iterator<Item = &'a mut Compact>) {
        if !self.packages.is_due() && !self.available.is_due() {
            return;
        }
        let (mut packages, mut available) = (Vec::new(), Vec::new());
        for host in hosts {
            packages.push(&mut host.packages);
            available.push(&mut host.available);
        }
        self.packages.keep(packages.into_iter());
        self.available.keep(available.into_iter());
    }

    /// The one copy of a system.
    pub(crate) fn system(&mut self, system: SystemVersion) -> Arc<SystemVersion> {
        shared(&mut self.systems, system)
    }

    /// The one copy of what sources say.
    pub(crate) fn readings(&mut self, signals: Signals) -> Arc<Signals> {
        shared(&mut self.signals, signals)
    }
}
