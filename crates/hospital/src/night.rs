//! What the facts of patch nights add up to: hosts and what is heard of them, plans and who agreed, rollouts, further outages,
//! incidents, notices, work by hand, and who drives.
//!
//! What must not live here: verdicts (they are `rollout`'s, from evidence and the present time), and anything decided.

mod compact;
mod fold;
mod heard;
pub mod hosts;
pub(crate) mod parts;
pub mod plans;
mod probes;
pub mod records;
pub mod rollouts;
pub mod timeline;
pub(crate) mod tokens;

use std::collections::{BTreeMap, VecDeque};

use model::hash::PlanHash;
use model::ids::{IncidentId, OutageId, PlanId, ProbeId};
use model::order::Order;
use model::probe::Probe;
use model::{AssetTag, Time};

use crate::fact::night::{EnrolmentOffered, Happened, IncidentOpened};
use hosts::{HostView, Hosts, NotAdmitted};
use plans::PlanRecord;
use probes::Probes;
use records::{Incident, Lease, Notice, Outage, RolloutEvent, RolloutEventKind, RunState, Work};
use rollout::Rollout;
use rollout::decision::IncidentKind;

/// How many newest orders are remembered by the sequence of their fact.
const ISSUED_REMEMBERED_MAX: usize = 20_000;

/// How many notices are remembered; the journal keeps all.
pub const NOTICES_REMEMBERED_MAX: usize = 20_000;

/// Everything about patch nights.
#[derive(Default)]
pub struct Night {
    pub(crate) hosts: Hosts,
    pub(crate) probes: Probes,
    pub(crate) plans: BTreeMap<PlanHash, PlanRecord>,
    pub(crate) rollouts: BTreeMap<PlanHash, Rollout>,
    /// Rules that rollouts are started without: the simulator's planted bugs.
    #[cfg(feature = "planted")]
    pub(crate) planted: Option<rollout::Rules>,
    pub(crate) logs: BTreeMap<PlanHash, Vec<RolloutEvent>>,
    pub(crate) outages: BTreeMap<OutageId, Outage>,
    pub(crate) incidents: BTreeMap<IncidentId, Incident>,
    pub(crate) notices: VecDeque<Notice>,
    pub(crate) work: BTreeMap<PlanHash, BTreeMap<AssetTag, Work>>,
    pub(crate) lease: Option<Lease>,
    /// Sequence of the newest declaration of probes.
    pub(crate) probes_revision: u64,
    /// Hosts that were given an order, with the sequence of the fact; the newest only.
    pub(crate) issued: VecDeque<(u64, AssetTag)>,
    /// Sequence up to which `issued` is no longer whole.
    pub(crate) issued_from: u64,
}

impl Night {
    /// A host that has enrolled, or was offered to.
    pub fn host(&self, tag: &AssetTag) -> Option<HostView<'_>> {
        self.hosts.view(tag)
    }
    /// Every such host, by asset tag.
    pub fn hosts(&self) -> impl DoubleEndedIterator<Item = HostView<'_>> {
        self.hosts.iter()
    }
    /// How many such hosts there are.
    pub fn hosts_len(&self) -> usize {
        self.hosts.records.len()
    }
    /// The open offer with this token, by its SHA-256, if it is still valid.
    pub fn offer(&self, token_sha256: &str, now: Time) -> Option<&EnrolmentOffered> {
        self.hosts.offers.get(token_sha256).filter(|offer| now < offer.expires)
    }

    /// May whoever shows a certificate with this serial number speak for the host?
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, tag: &AssetTag, serial: &str, now: Time) -> Result<(), NotAdmitted> {
        let record = self.hosts.records.get(tag).filter(|record| record.enrolled.is_some());
        let record = record.ok_or_else(|| NotAdmitted::Unknown(tag.clone()))?;
        if let Some((_, reason)) = &record.revoked {
            return Err(NotAdmitted::Revoked(tag.clone(), reason.clone()));
        }
        let in_force = |known: &hosts::Certificate| *known.serial == *serial && now < known.expires;
        if record.certificates.iter().any(in_force) {
            Ok(())
        } else {
            Err(NotAdmitted::OldCertificate(tag.clone()))
        }
    }

    /// The orders that must still be handed to a host which has seen those up to `seen`, in rising order.
    pub fn orders_due(&self, tag: &AssetTag, seen: u64, now: Time) -> Vec<&Order> {
        let Some(record) = self.hosts.records.get(tag) else { return Vec::new() };
        let due = record.orders.iter().filter(|known| known.is_due(seen, now));
        let mut orders: Vec<&Order> = due.map(|known| &*known.order).collect();
        orders.sort_by_key(|order| order.sequence);
        orders
    }

    /// Hosts that were given an order after the fact with this sequence; `None` when that is too long ago to be remembered.
    pub fn orders_since(&self, seq: u64) -> Option<impl Iterator<Item = &AssetTag>> {
        let from = self.issued.partition_point(|(at, _)| *at <= seq);
        (seq >= self.issued_from).then(|| self.issued.iter().skip(from).map(|(_, host)| host))
    }

    /// Names the declared probes as they are: grows with each declaration. From 1 once there is one.
    pub fn probes_revision(&self) -> u64 {
        self.probes_revision
    }

    /// The host that may enrol with this token: it is offered, or it is the very token that the host has just enrolled with, whose
    /// answer may have been lost.
    pub fn token_is_for(&self, token_sha256: &str, now: Time) -> Option<&AssetTag> {
        if let Some(offer) = self.offer(token_sha256, now) {
            return Some(&offer.host);
        }
        let used = self.hosts.used.get(token_sha256).filter(|used| now < used.expires)?;
        Some(&used.host)
    }

    /// Declared function probes.
    pub fn probes(&self) -> &BTreeMap<ProbeId, Probe> {
        self.probes.all()
    }
    /// The probes that a host runs.
    pub fn probes_of(&self, tag: &AssetTag) -> impl Iterator<Item = &Probe> {
        self.probes.of(tag)
    }

    /// A plan.
    pub fn plan(&self, hash: &PlanHash) -> Option<&PlanRecord> {
        self.plans.get(hash)
    }
    /// Every revision of every plan, by hash.
    pub fn plans(&self) -> impl Iterator<Item = &PlanRecord> {
        self.plans.values()
    }
    /// The newest revision of a plan.
    pub fn newest_revision(&self, id: &PlanId) -> Option<&PlanRecord> {
        let mine = self.plans.values().filter(|record| record.plan.id == *id);
        mine.max_by_key(|record| record.drafted.seq)
    }

    /// The life of a rollout, oldest first; empty for a plan that was never started.
    pub fn rollout_log(&self, plan: &PlanHash) -> &[RolloutEvent] {
        self.logs.get(plan).map_or(&[], Vec::as_slice)
    }

    /// How a rollout runs; `None` for a plan that was never started.
    pub fn run_state(&self, plan: &PlanHash) -> Option<RunState> {
        let mut state = None;
        for event in self.rollout_log(plan) {
            state = match event.what {
                RolloutEventKind::Started | RolloutEventKind::Resumed(_) => Some(RunState::Running),
                RolloutEventKind::Paused(_) => Some(RunState::Paused),
                RolloutEventKind::Stopped { .. } => Some(RunState::Stopped),
                RolloutEventKind::RingOpened(_)
                | RolloutEventKind::RingSoaking(_)
                | RolloutEventKind::RingHalted { .. } => state,
            };
        }
        state
    }

    /// Was a ring opened and not halted?
    pub fn ring_is_open(&self, plan: &PlanHash, ring: u16) -> bool {
        let log = self.rollout_log(plan);
        let opened = log.iter().any(|event| event.what == RolloutEventKind::RingOpened(ring));
        let halted = |event: &RolloutEvent| matches!(event.what, RolloutEventKind::RingHalted { ring: halted, .. } if halted == ring);
        opened && !log.iter().any(halted)
    }

    /// Rollouts that were started and not stopped.
    pub fn running(&self) -> impl Iterator<Item = &PlanRecord> {
        let running =
            |plan: &PlanHash| matches!(self.run_state(plan), Some(RunState::Running | RunState::Paused));
        self.plans.values().filter(move |record| record.started.is_some() && running(&record.hash))
    }

    /// Is nothing more to come of a night that was started: every host proven, every work by hand signed, nothing wrong since? The one
    /// place that says so; see [`rollout::Rollout::is_concluded`].
    pub fn is_concluded(&self, plan: &PlanHash, now: Time) -> bool {
        self.rollouts.get(plan).is_some_and(|rollout| rollout.is_concluded(now))
    }

    /// Plans that were started, are not stopped, and of which something is still to come.
    pub fn live(&self, now: Time) -> impl Iterator<Item = &PlanRecord> {
        self.running().filter(move |record| !self.is_concluded(&record.hash, now))
    }

    /// Plans that were started and are over: stopped, or concluded. Newest started first.
    pub fn ended(&self, now: Time) -> Vec<&PlanRecord> {
        let over = |record: &&PlanRecord| {
            let stopped = self.run_state(&record.hash) == Some(RunState::Stopped);
            stopped || self.is_concluded(&record.hash, now)
        };
        let started = self.plans.values().filter(|record| record.started.is_some());
        let mut ended: Vec<&PlanRecord> = started.filter(over).collect();
        ended.sort_by_key(|record| std::cmp::Reverse(record.started.as_ref().map(|(stamp, _)| stamp.seq)));
        ended
    }

    /// The next entry of the incident list for a plan; `after` others that are about to be recorded.
    pub(crate) fn next_incident(
        &self,
        plan: &PlanHash,
        after: usize,
        host: Option<AssetTag>,
        kind: IncidentKind,
    ) -> IncidentOpened {
        let known = self.incidents.values().filter(|incident| incident.opened.plan == Some(*plan)).count();
        let id = format!("{}-i{}", plan.short(), known + after + 1);
        // Twelve digits, a dash, a letter and a number are always an identifier.
        #[allow(clippy::expect_used)]
        let id = IncidentId::new(&id).expect("an identifier");
        IncidentOpened { id, plan: Some(*plan), host, kind: Happened::InNight(kind) }
    }

    /// The next outage to be asked for in a plan; `after` others that are about to be recorded.
    pub(crate) fn next_outage_id(&self, plan: &PlanHash, after: usize) -> OutageId {
        let known = self.outages.values().filter(|outage| outage.asked.plan == *plan).count();
        let id = format!("{}-a{}", plan.short(), known + after + 1);
        // Twelve digits, a dash, a letter and a number are always an identifier.
        #[allow(clippy::expect_used)]
        OutageId::new(&id).expect("an identifier")
    }

    /// Further outages.
    pub fn outages(&self) -> &BTreeMap<OutageId, Outage> {
        &self.outages
    }
    /// The incident list.
    pub fn incidents(&self) -> &BTreeMap<IncidentId, Incident> {
        &self.incidents
    }
    /// What units were told, oldest first.
    pub fn notices(&self) -> impl DoubleEndedIterator<Item = &Notice> {
        self.notices.iter()
    }
    /// What people did on a device of a plan.
    pub fn work(&self, plan: &PlanHash, device: &AssetTag) -> Option<&Work> {
        self.work.get(plan)?.get(device)
    }
    /// Who drives rollouts, or did last.
    pub fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }
}
