//! What stands in the journal, as the oracle reads it: who agreed to what, what was ordered. Read from the facts alone.

use std::collections::{BTreeMap, BTreeSet};

use hospital::Fact;
use hospital::fact::night::{Heard, HeardItem};
use model::agreement::{CoverConfirmed, UnitAnswer};
use model::hash::PlanHash;
use model::host::{HostReport, Reading, RestartOf, SignalSource};
use model::ids::{AccountId, OrderId, OutageId, UnitId};
use model::order::{Action, Order, OrderStep, OrderWindow};
use model::plan::Plan;
use model::{AssetTag, Time};

/// A further outage.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) host: AssetTag,
    pub(super) units: Vec<UnitId>,
    pub(super) window: OrderWindow,
    pub(super) accepted: BTreeMap<UnitId, bool>,
    /// When the units were asked: they were told of what was known by then.
    pub(super) asked_at: Time,
    /// The restart that was ordered in it: an outage is good for one.
    pub(super) used_by: Option<OrderId>,
}

/// Does an order's window lie in one that was agreed?
pub(super) fn lies_within(order: &OrderWindow, from: Time, latest: Time, to: Time) -> bool {
    from <= order.not_before && order.latest_start <= latest && order.not_after <= to
}

/// What the server was told about a host, report by report.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    number: u64,
    /// A report is missing: nothing is understood until everything is told anew.
    gap: bool,
    boot: Box<str>,
    /// A source said in this boot that the host must restart.
    restart_in: Option<Box<str>>,
    /// When the newest report was appended.
    pub(super) heard_at: Option<Time>,
}

impl Told {
    /// The boot in which a source said that the host must restart, if one did in the newest boot that was heard of.
    pub(super) fn restart_pending_in(&self) -> Option<&str> {
        self.restart_in.as_deref().filter(|boot| **boot == *self.boot)
    }

    fn read(&mut self, heard: &Heard, at: Time) {
        let first = heard.number.saturating_sub(heard.items.len() as u64) + 1;
        self.gap |= first > self.number + 1;
        for (number, item) in (first..).zip(&heard.items) {
            let HeardItem::Report(report) = item else { continue };
            if number > self.number {
                self.heard_at = Some(at);
                self.report(report);
            }
        }
        self.number = self.number.max(heard.number);
    }

    fn report(&mut self, report: &HostReport) {
        let (boot, signals) = match report {
            HostReport::Full(full) => {
                self.gap = false;
                (Some(&full.boot), Some(&full.signals))
            }
            HostReport::Changes(changes) => (changes.boot.as_ref(), changes.signals.as_ref()),
            HostReport::Same { .. } => (None, None),
        };
        if self.gap {
            return;
        }
        if let Some(boot) = boot {
            self.boot.clone_from(&boot.id);
        }
        if signals.is_some_and(says_restart) {
            self.restart_in = Some(self.boot.clone());
        }
    }
}

fn says_restart(signals: &BTreeMap<SignalSource, Reading>) -> bool {
    let pending = |reading: &Reading| matches!(reading, Reading::Pending(of) if of.of == RestartOf::Host);
    signals.values().any(pending)
}

/// What stands in the journal of the orders to one host.
#[derive(Clone, Debug, Default)]
pub(super) struct Ordered {
    /// Orders that patients can notice, oldest first, without those that were refused.
    pub(super) disruptive: Vec<OrderId>,
    /// Restarts of the host among them.
    pub(super) restarts: Vec<OrderId>,
    begun: BTreeSet<OrderId>,
}

impl Asked {
    /// Has everybody whose beds go dark accepted this window?
    pub(super) fn is_agreed(&self) -> bool {
        let all = self.units.iter().all(|unit| self.accepted.get(unit) == Some(&true));
        all && !self.accepted.is_empty() && self.accepted.values().all(|accepts| *accepts)
    }
}

/// What stands in the journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) plans: BTreeMap<PlanHash, Plan>,
    pub(super) answers: BTreeMap<(PlanHash, UnitId), UnitAnswer>,
    pub(super) cover: BTreeMap<(PlanHash, UnitId), CoverConfirmed>,
    pub(super) approvals: BTreeMap<PlanHash, BTreeSet<AccountId>>,
    pub(super) started: BTreeSet<PlanHash>,
    pub(super) paused: BTreeSet<PlanHash>,
    pub(super) stopped: BTreeSet<PlanHash>,
    pub(super) outages: BTreeMap<OutageId, Asked>,
    /// Stopped in an emergency.
    pub(super) emergencies: BTreeSet<PlanHash>,
    /// Rings that were halted.
    pub(super) halted: BTreeSet<(PlanHash, u16)>,
    pub(super) incidents: u32,
    /// Hosts with an entry in the incident list.
    pub(super) of_hosts: BTreeSet<AssetTag>,
    /// Orders to each host.
    pub(super) ordered: BTreeMap<AssetTag, Ordered>,
    /// What each host told.
    pub(super) told: BTreeMap<AssetTag, Told>,
}

impl Book {
    /// Number of the last item that is recorded of a host.
    pub(super) fn number(&self, host: &AssetTag) -> u64 {
        self.told.get(host).map_or(0, |told| told.number)
    }

    /// The further outage in which an order restarts its host.
    pub(super) fn outage_of(&self, order: &Order) -> Option<&Asked> {
        self.outages.values().find(|asked| asked.used_by.as_ref() == Some(&order.id))
    }

    fn ordered(&mut self, order: &Order) {
        if !order.action.is_disruptive() {
            return;
        }
        let ordered = self.ordered.entry(order.host.clone()).or_default();
        ordered.disruptive.push(order.id.clone());
        if order.action != Action::RestartHost {
            return;
        }
        ordered.restarts.push(order.id.clone());
        let fits = |asked: &&mut Asked| {
            let window = asked.window;
            let within = lies_within(&order.window, window.not_before, window.latest_start, window.not_after);
            asked.host == order.host && asked.used_by.is_none() && asked.is_agreed() && within
        };
        if let Some(asked) = self.outages.values_mut().find(fits) {
            asked.used_by = Some(order.id.clone());
        }
    }

    fn heard(&mut self, heard: &Heard, at: Time) {
        self.told.entry(heard.host.clone()).or_default().read(heard, at);
        for item in &heard.items {
            let HeardItem::Order(event) = item else { continue };
            let Some(ordered) = self.ordered.get_mut(&heard.host) else { continue };
            match event.what {
                // One that was begun and comes a second time is refused then: it was carried out all the same.
                OrderStep::Refused { .. } if !ordered.begun.contains(&event.order) => {
                    ordered.disruptive.retain(|id| *id != event.order);
                    ordered.restarts.retain(|id| *id != event.order);
                }
                OrderStep::Refused { .. } => {}
                OrderStep::Accepted
                | OrderStep::Begun
                | OrderStep::Done { .. }
                | OrderStep::Failed { .. } => {
                    ordered.begun.insert(event.order.clone());
                }
            }
        }
    }

    /// Reads one fact that was appended then.
    pub(super) fn read(&mut self, fact: &Fact, at: Time) {
        match fact {
            Fact::PlanDrafted(plan) => {
                self.plans.insert(plan.hash(), (**plan).clone());
            }
            Fact::PlanAnswered(answered) => {
                let key = (answered.plan, answered.is.unit.clone());
                self.answers.insert(key, answered.is.answer.clone());
            }
            Fact::PlanCovered(covered) => {
                self.cover.insert((covered.plan, covered.is.unit.clone()), covered.is.clone());
            }
            Fact::PlanApproved(approved) => {
                self.approvals.entry(approved.plan).or_default().insert(approved.is.by.clone());
            }
            Fact::RolloutStarted(started) => {
                self.started.insert(started.plan);
            }
            Fact::RolloutPaused(paused) => {
                self.paused.insert(paused.plan);
            }
            Fact::RolloutResumed(resumed) => {
                self.paused.remove(&resumed.plan);
            }
            Fact::RolloutStopped(stopped) => {
                self.stopped.insert(stopped.plan);
                if stopped.emergency {
                    self.emergencies.insert(stopped.plan);
                }
            }
            Fact::OutageAsked(asked) => {
                let (host, units, window) = (asked.host.clone(), asked.units.clone(), asked.window);
                let (accepted, asked_at, used_by) = (BTreeMap::new(), at, None);
                let known = Asked { host, units, window, accepted, asked_at, used_by };
                self.outages.insert(asked.id.clone(), known);
            }
            Fact::OutageAnswered(answered) => {
                if let Some(asked) = self.outages.get_mut(&answered.id) {
                    let accepts = answered.sign_off.answer == UnitAnswer::Accept;
                    asked.accepted.insert(answered.sign_off.unit.clone(), accepts);
                }
            }
            Fact::OutageMoved(moved) => {
                if let Some(asked) = self.outages.get_mut(&moved.id) {
                    asked.window = moved.window;
                    asked.accepted.clear();
                }
            }
            Fact::RingHalted(halted) => {
                self.halted.insert((halted.plan, halted.ring));
            }
            Fact::OrderIssued(order) => self.ordered(order),
            Fact::IncidentOpened(opened) => {
                self.incidents += 1;
                self.of_hosts.extend(opened.host.clone());
            }
            Fact::HostsHeard(heard) => heard.heard.iter().for_each(|heard| self.heard(heard, at)),
            // Nothing that is asserted follows from these.
            _ => {}
        }
    }

    /// What keeps a plan from being agreed, by the rules of the hospital as the oracle knows them.
    pub(super) fn not_agreed(&self, hash: &PlanHash, units: &BTreeSet<UnitId>) -> Option<String> {
        let plan = self.plans.get(hash)?;
        for unit in units {
            if self.answers.get(&(*hash, unit.clone())) != Some(&UnitAnswer::Accept) {
                return Some(format!("{unit} has not accepted"));
            }
        }
        for cover in &plan.cover {
            let people = self.cover.get(&(*hash, cover.unit.clone())).map_or(0, |cover| cover.people.len());
            if people < usize::from(cover.people) {
                return Some(format!("{} has too few people", cover.unit));
            }
        }
        let approvals = self.approvals.get(hash);
        let others = approvals.into_iter().flatten().filter(|by| **by != plan.requester).count();
        (others < 2).then(|| format!("{others} approve"))
    }
}

/// When the observations in a fact were made, as the server has it.
pub(super) fn observations(fact: &Fact) -> Vec<(AssetTag, Time)> {
    let Fact::HostsHeard(heard) = fact else { return Vec::new() };
    let reports = heard.heard.iter().flat_map(|heard| {
        heard.items.iter().filter_map(|item| match item {
            HeardItem::Report(report) => Some((heard.host.clone(), report.observed_at())),
            HeardItem::Order(_) => None,
        })
    });
    reports.collect()
}
