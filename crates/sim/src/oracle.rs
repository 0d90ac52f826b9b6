//! The oracle: knows what is really on every host and what stands in the journal, and asserts the invariants of the design after
//! every event. It shares no reasoning with `rollout`: verdicts are compared with the truth, never worked out again.

mod book;
mod issued;
mod kept;
mod on_hosts;
mod said;
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use hospital::Fact;
use model::ids::{OrderId, UnitId};
use model::order::Order;
use model::patch::{PackageVersion, RestartNeed};
use model::plan::Plan;
use model::{AssetTag, PlanHash, Time};

use self::book::Book;
use self::kept::ActedOn;
use self::truth::Truth;
use crate::host::Host;
use crate::scenario::Scenario;
use crate::site::Site;

/// Something that must never be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Time,
    /// Which invariant.
    pub invariant: &'static str,
    /// What was seen.
    pub says: String,
}

/// What happened in a night, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Orders issued.
    pub orders: u32,
    /// Programs that changed or restarted something.
    pub acts: u32,
    /// Restarts of hosts by order.
    pub restarts: u32,
    /// Further outages that were agreed and used.
    pub further: u32,
    /// Hosts that were rightly proven.
    pub proven: u32,
    /// Entries of the incident list.
    pub incidents: u32,
    /// Rollouts started.
    pub started: u32,
}

/// Where a host stands in the plans: which plan, its number in the scenario, its ring and its wave.
#[derive(Clone, Copy, Debug)]
struct Place {
    plan: usize,
    number: usize,
    ring: u16,
    wave: u16,
}

/// The oracle.
pub struct Oracle {
    scenario: Scenario,
    hashes: Vec<PlanHash>,
    wanted: Vec<Vec<PackageVersion>>,
    item: BTreeMap<AssetTag, Place>,
    truths: Vec<Truth>,
    /// When each host was done in truth: at its versions, restarted, and working.
    done_at: Vec<Option<Time>>,
    book: Book,
    /// Every order there ever was, also one of a journal that was put back.
    orders: BTreeMap<OrderId, Vec<(Time, Order)>>,
    /// What each agent must still know when it starts again.
    acted_on: ActedOn,
    /// How often each order really took effect.
    effects: BTreeMap<(AssetTag, OrderId), u32>,
    ring_good_at: BTreeMap<(usize, u16), Time>,
    /// Hosts with an order beyond fetching packages.
    begun: BTreeSet<AssetTag>,
    /// The newest call when the journal was put back: what was said before may be gone.
    put_back_at_call: Option<u64>,
    /// And when that was.
    put_back_at: Option<Time>,
    violations: Vec<Violation>,
    seen: Seen,
}

impl Oracle {
    /// An oracle for a scenario.
    pub fn new(scenario: &Scenario) -> Oracle {
        let wanted = |spec: &crate::scenario::HostSpec| {
            let items = scenario.plans.iter().filter_map(|plan| Some((plan, plan.item(&spec.tag)?)));
            let patches = items.flat_map(|(plan, item)| plan.patches_of(item));
            patches.flat_map(|patch| patch.packages.iter().cloned()).collect()
        };
        let number = |tag: &AssetTag| scenario.hosts.iter().position(|spec| spec.tag == *tag);
        let mut places = BTreeMap::new();
        for (plan, items) in scenario.plans.iter().map(|plan| &plan.items).enumerate() {
            for item in items {
                let Some(number) = number(&item.host) else { continue };
                places.insert(item.host.clone(), Place { plan, number, ring: item.ring, wave: item.wave });
            }
        }
        Oracle {
            hashes: scenario.hashes(),
            wanted: scenario.hosts.iter().map(wanted).collect(),
            item: places,
            truths: vec![Truth::default(); scenario.hosts.len()],
            done_at: vec![None; scenario.hosts.len()],
            book: Book::default(),
            orders: BTreeMap::new(),
            acted_on: ActedOn::default(),
            effects: BTreeMap::new(),
            ring_good_at: BTreeMap::new(),
            begun: BTreeSet::new(),
            put_back_at_call: None,
            put_back_at: None,
            violations: Vec::new(),
            seen: Seen::default(),
            scenario: scenario.clone(),
        }
    }

    /// Something was found.
    pub fn found(&mut self, at: Time, invariant: &'static str, says: String) {
        self.violations.push(Violation { at, invariant, says });
    }

    /// Has anything been found?
    pub fn has_found(&self) -> bool {
        !self.violations.is_empty()
    }

    /// What was found.
    pub fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        Seen {
            incidents: self.book.incidents,
            started: u32::try_from(self.book.started.len()).unwrap_or(0),
            ..self.seen
        }
    }

    fn plan_of(&self, place: Place) -> Option<&Plan> {
        self.scenario.plans.get(place.plan)
    }

    // --- what people and server do

    /// Facts were appended.
    pub fn recorded(&mut self, facts: &[Fact], now: Time) {
        for fact in facts {
            self.book.read(fact, now);
            self.heard(fact);
            match fact {
                Fact::RolloutStarted(started) => {
                    let units = self.units_concerned(&started.plan);
                    if let Some(why) = self.book.not_agreed(&started.plan, &units) {
                        self.found(now, "8: started only when agreed by everybody concerned", why);
                    }
                }
                Fact::OrderIssued(order) => self.issued(order, now),
                _ => {}
            }
        }
    }

    fn heard(&mut self, fact: &Fact) {
        for (tag, observed_at) in book::observations(fact) {
            if let Some(truth) = self.truth_of(&tag) {
                truth.recorded(observed_at);
            }
        }
    }

    fn truth_of(&mut self, tag: &AssetTag) -> Option<&mut Truth> {
        let place = self.item.get(tag)?;
        self.truths.get_mut(place.number)
    }

    /// Units with a bed that a host of the plan serves when something on it restarts. A unit that only lends people says so by naming
    /// them.
    fn units_concerned(&self, hash: &PlanHash) -> BTreeSet<UnitId> {
        let Some(number) = self.hashes.iter().position(|known| known == hash) else { return BTreeSet::new() };
        let places = &self.scenario.places;
        let Some(plan) = self.scenario.plans.get(number) else { return BTreeSet::new() };
        // Only what restarts something can darken a bed.
        let restarts = |host: &AssetTag| {
            let mut patches = plan.item(host).into_iter().flat_map(|item| plan.patches_of(item));
            patches.any(|patch| patch.restart != RestartNeed::None)
        };
        let in_plan = |carrier: &AssetTag| {
            self.item.get(carrier).is_some_and(|place| place.plan == number) && restarts(carrier)
        };
        let carries = |service: &&model::service::Service| service.redundancy.carriers.iter().any(in_plan);
        let beds = places.services.iter().filter(carries).flat_map(|service| &service.beds);
        let units = beds.filter_map(|bed| places.beds.iter().find(|known| known.id == *bed));
        units.map(|bed| bed.unit.clone()).collect()
    }

    /// The journal was put back to an older state when so many calls had been made: what stands in it is read anew.
    pub fn put_back(&mut self, site: &Site, calls: u64, now: Time) {
        self.book = Book::default();
        (self.put_back_at_call, self.put_back_at) = (Some(calls), Some(now));
        for truth in &mut self.truths {
            truth.heard.clear();
            truth.told_at = None;
        }
        for entry in site.journal() {
            match serde_json::from_slice::<Fact>(&entry.payload) {
                Ok(fact) => {
                    self.book.read(&fact, entry.time);
                    self.heard(&fact);
                }
                Err(error) => {
                    self.found(now, "4: what was acknowledged is in the journal", error.to_string())
                }
            }
        }
        for asked in self.book.outages.values().filter(|asked| asked.used_by.is_some()) {
            let place = self.item.get(&asked.host);
            if let Some(truth) = place.and_then(|place| self.truths.get_mut(place.number)) {
                truth.told_at = truth.told_at.max(Some(asked.asked_at));
            }
        }
    }

    /// A host was told, in answer to this call, that everything up to `number` is recorded. What a call was answered before the
    /// journal was put back to an older state is gone with it: that is what putting back means.
    pub fn was_acked(&mut self, host: usize, call: u64, number: u64, site: &Site, now: Time) {
        let Some(tag) = self.scenario.hosts.get(host).map(|spec| spec.tag.clone()) else { return };
        let journaled = self.book.number(&tag);
        let before_put_back = self.put_back_at_call.is_some_and(|newest| call <= newest);
        if number > journaled && !before_put_back {
            let says = format!(
                "{tag} was told {number}, and the journal has {journaled} of {}",
                site.journal().len()
            );
            self.found(now, "4: what was acknowledged is in the journal", says);
        }
    }

    // --- what is so

    /// Looks at everything, or at what concerns one host.
    pub fn look(&mut self, hosts: &[Host], site: &Site, now: Time, only: Option<usize>) {
        let whom = only.map_or(0..hosts.len(), |only| only..only + 1);
        let changed = whom.filter(|number| self.look_at(hosts, *number, now)).count();
        if changed > 0 {
            self.rings();
        }
        self.said(hosts, site, now, only);
        if only.is_none() {
            self.is_heard(hosts, now);
        }
    }

    /// Looks at one host. Has it become done, or is it so no longer?
    fn look_at(&mut self, hosts: &[Host], number: usize, now: Time) -> bool {
        let (Some(host), Some(wanted)) = (hosts.get(number), self.wanted.get(number)) else { return false };
        if let Some(truth) = self.truths.get_mut(number) {
            truth.update(host, wanted, now);
        }
        let machine = &host.machine;
        let good = machine.is_restarted() && machine.works() && machine.has(wanted);
        let done = good.then_some(machine.changed_at);
        self.done_at.get_mut(number).is_some_and(|known| std::mem::replace(known, done) != done)
    }

    /// When each ring had, in truth, as many hosts done as it needs.
    fn rings(&mut self) {
        for (plan, planned) in self.scenario.plans.iter().enumerate() {
            for (ring, number) in planned.rings.iter().zip(1u16..) {
                if self.ring_good_at.contains_key(&(plan, number)) {
                    continue;
                }
                let members = self.item.values().filter(|place| place.plan == plan && place.ring == number);
                let done = members.filter_map(|place| self.done_at.get(place.number).copied().flatten());
                let mut done: Vec<Time> = done.collect();
                done.sort_unstable();
                let last = usize::try_from(ring.success_min).ok().and_then(|wanted| wanted.checked_sub(1));
                if let Some(at) = last.and_then(|last| done.get(last)) {
                    self.ring_good_at.insert((plan, number), *at);
                }
            }
        }
    }
}
