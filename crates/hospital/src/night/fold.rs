//! Folding the facts of a patch night. Facts have been decided: nothing here fails or judges again.

use std::sync::Arc;

use model::agreement::AgreedPlan;
use model::hash::PlanHash;
use model::order::Order;
use model::plan::Plan;
use model::work::{StepDone, WorkChecked, WorkSigned};
use model::{AssetTag, Topology};
use rollout::Rollout;

use super::heard::News;
use super::hosts::{CERTIFICATES_PER_HOST_MAX, Certificate, Used};
use super::plans::PlanRecord;
use super::records::{Incident, Lease, Notice, Outage, RolloutEvent, RolloutEventKind};
use super::rollouts::{Packed, lives};
use super::timeline::{HostEvent, HostEventKind};
use super::{ISSUED_REMEMBERED_MAX, NOTICES_REMEMBERED_MAX, Night};
use crate::fact::Stamp;
use crate::fact::night::{
    CertificateIssued, EnrolmentOffered, Happened, HostLookedInto, HostRevoked, HostsHeard, IncidentClosed,
    IncidentOpened, LeaseTaken, OutageAnswered, OutageAsked, OutageMoved, PlanAnswered, PlanApproved,
    PlanCovered, PlanReason, ProbesDeclared, RingHalted, RingMoved, RollBackDecided, RolloutStarted,
    RolloutStopped, UnitsTold,
};
use crate::state::Topic;

impl Night {
    fn note(&mut self, host: &AssetTag, stamp: &Stamp, what: HostEventKind) {
        let event = HostEvent { seq: stamp.seq, at: stamp.time, heard_at: stamp.time, what };
        self.hosts.record(host).note(event);
    }

    fn log(&mut self, plan: PlanHash, stamp: Stamp, what: RolloutEventKind) -> &'static [Topic] {
        self.logs.entry(plan).or_default().push(RolloutEvent { stamp, what });
        &[Topic::Night]
    }

    pub(crate) fn offered(&mut self, stamp: &Stamp, offer: EnrolmentOffered) -> &'static [Topic] {
        self.hosts.offers.forget_ended(stamp.time);
        self.note(&offer.host.clone(), stamp, HostEventKind::Offered { expires: offer.expires });
        self.hosts.offers.insert(offer.token_sha256.clone(), offer);
        &[Topic::Hosts]
    }

    pub(crate) fn certified(&mut self, stamp: &Stamp, issued: CertificateIssued) -> &'static [Topic] {
        let record = self.hosts.record(&issued.host);
        let expires = issued.expires;
        record.certificates.retain(|known| stamp.time < known.expires);
        let what = match &issued.token_sha256 {
            Some(token) => {
                // Whoever enrols begins anew: another machine or another disk may stand behind the same asset tag.
                record.certificates.clear();
                record.enrolled = Some(stamp.time);
                record.revoked = None;
                record.number = 0;
                record.wants_full = true;
                if let Some(offer) = self.hosts.offers.remove(token) {
                    self.hosts.used.forget_ended(stamp.time);
                    self.hosts.used.forget_host(&issued.host);
                    let (host, key_sha256) = (offer.host, issued.key_sha256.clone());
                    self.hosts.used.insert(token.clone(), Used { host, key_sha256, expires: offer.expires });
                }
                HostEventKind::Enrolled { expires }
            }
            None => HostEventKind::Renewed { expires },
        };
        let CertificateIssued { host, key_sha256, serial, .. } = issued;
        let certificates = &mut self.hosts.record(&host).certificates;
        certificates.push(Certificate { serial, key_sha256, issued: stamp.time, expires });
        let surplus = certificates.len().saturating_sub(CERTIFICATES_PER_HOST_MAX);
        certificates.drain(..surplus);
        self.note(&host, stamp, what);
        &[Topic::Hosts]
    }

    pub(crate) fn revoked(&mut self, stamp: &Stamp, revoked: HostRevoked) -> &'static [Topic] {
        let record = self.hosts.record(&revoked.host);
        record.revoked = Some((stamp.time, revoked.reason.clone()));
        record.certificates.clear();
        self.hosts.offers.forget_host(&revoked.host);
        self.hosts.used.forget_host(&revoked.host);
        self.note(&revoked.host, stamp, HostEventKind::Revoked { reason: revoked.reason });
        &[Topic::Hosts]
    }

    pub(crate) fn heard(&mut self, stamp: &Stamp, heard: HostsHeard) -> &'static [Topic] {
        let Night { hosts, rollouts, .. } = self;
        let mut live: Vec<&mut Rollout> =
            rollouts.values_mut().filter(|rollout| lives(rollout, stamp.time)).collect();
        for one in heard.heard {
            hosts.hear(stamp, one, |tag, news| {
                for rollout in live.iter_mut().filter(|rollout| rollout.concerns(tag)) {
                    match &news {
                        News::Observed(seen) => rollout.observed(tag, seen, stamp.time),
                        News::Order(event) => rollout.answered(tag, event, stamp.time),
                    }
                }
            });
        }
        self.hosts.tidy();
        &[Topic::Hosts, Topic::Night]
    }

    pub(crate) fn declared(&mut self, stamp: &Stamp, declared: ProbesDeclared) -> &'static [Topic] {
        self.probes_revision = stamp.seq;
        declared.probes.into_iter().for_each(|probe| self.probes.declare(probe));
        &[Topic::Hosts, Topic::Places]
    }

    pub(crate) fn drafted(&mut self, stamp: Stamp, plan: Plan) -> &'static [Topic] {
        let hash = plan.hash();
        for known in self.plans.values_mut() {
            if known.plan.id == plan.id && known.superseded_by.is_none() && known.started.is_none() {
                known.superseded_by = Some(hash);
            }
        }
        let plan = Arc::new(plan);
        let record = PlanRecord {
            plan,
            hash,
            drafted: stamp,
            consent: Default::default(),
            withdrawn: None,
            superseded_by: None,
            started: None,
        };
        self.plans.insert(hash, record);
        &[Topic::Plans]
    }

    pub(crate) fn answered(&mut self, answered: PlanAnswered) -> &'static [Topic] {
        if let Some(record) = self.plans.get_mut(&answered.plan) {
            record.consent.sign_offs.push(answered.is);
        }
        &[Topic::Plans]
    }

    pub(crate) fn covered(&mut self, covered: PlanCovered) -> &'static [Topic] {
        if let Some(record) = self.plans.get_mut(&covered.plan) {
            record.consent.cover.push(covered.is);
        }
        &[Topic::Plans]
    }

    pub(crate) fn approved(&mut self, approved: PlanApproved) -> &'static [Topic] {
        if let Some(record) = self.plans.get_mut(&approved.plan) {
            record.consent.approvals.push(approved.is);
        }
        &[Topic::Plans]
    }

    pub(crate) fn withdrawn(&mut self, stamp: Stamp, withdrawn: PlanReason) -> &'static [Topic] {
        if let Some(record) = self.plans.get_mut(&withdrawn.plan) {
            record.withdrawn = Some((stamp, withdrawn.reason));
        }
        &[Topic::Plans]
    }

    pub(crate) fn started(
        &mut self,
        stamp: Stamp,
        started: RolloutStarted,
        topology: Option<Topology>,
    ) -> &'static [Topic] {
        if let Some((record, topology)) = self.plans.get_mut(&started.plan).zip(topology) {
            record.started = Some((stamp.clone(), started.by));
            let plan = AgreedPlan::as_recorded((*record.plan).clone());
            let mut rollout = Rollout::new(plan, topology, stamp.time);
            #[cfg(feature = "planted")]
            if let Some(rules) = self.planted {
                rollout.plant(rules);
            }
            for item in &record.plan.items {
                let known = self.hosts.records.get(&item.host);
                let known = known.and_then(|known| known.observation.as_ref().zip(known.last_contact));
                if let Some((compact, heard_at)) = known {
                    let seen = Packed { compact, pools: &self.hosts.pools };
                    rollout.observed(&item.host, &seen, heard_at);
                }
            }
            self.rollouts.insert(started.plan, rollout);
        }
        self.log(started.plan, stamp, RolloutEventKind::Started);
        &[Topic::Plans, Topic::Night]
    }

    pub(crate) fn paused(&mut self, stamp: Stamp, paused: PlanReason) -> &'static [Topic] {
        if let Some(rollout) = self.rollouts.get_mut(&paused.plan) {
            rollout.paused(&paused.reason);
        }
        self.log(paused.plan, stamp, RolloutEventKind::Paused(paused.reason))
    }

    pub(crate) fn resumed(&mut self, stamp: Stamp, resumed: PlanReason) -> &'static [Topic] {
        if let Some(rollout) = self.rollouts.get_mut(&resumed.plan) {
            rollout.resumed();
        }
        self.log(resumed.plan, stamp, RolloutEventKind::Resumed(resumed.reason))
    }

    pub(crate) fn stopped(&mut self, stamp: Stamp, stopped: RolloutStopped) -> &'static [Topic] {
        let RolloutStopped { plan, reason, emergency } = stopped;
        if let Some(rollout) = self.rollouts.get_mut(&plan) {
            rollout.stopped(&reason, emergency, stamp.time);
        }
        for record in self.hosts.records.values_mut().filter(|_| emergency) {
            let mine = record.orders.iter_mut().filter(|known| known.order.plan == plan && !known.is_over());
            mine.for_each(|known| known.void = true);
        }
        self.log(plan, stamp, RolloutEventKind::Stopped { reason, emergency })
    }

    pub(crate) fn ring_opened(&mut self, stamp: Stamp, moved: RingMoved) -> &'static [Topic] {
        if let Some(rollout) = self.rollouts.get_mut(&moved.plan) {
            rollout.ring_opened(moved.ring, stamp.time);
        }
        self.log(moved.plan, stamp, RolloutEventKind::RingOpened(moved.ring))
    }

    pub(crate) fn ring_soaking(&mut self, stamp: Stamp, moved: RingMoved) -> &'static [Topic] {
        if let Some(rollout) = self.rollouts.get_mut(&moved.plan) {
            rollout.ring_soaking(moved.ring, stamp.time);
        }
        self.log(moved.plan, stamp, RolloutEventKind::RingSoaking(moved.ring))
    }

    pub(crate) fn ring_halted(&mut self, stamp: Stamp, halted: RingHalted) -> &'static [Topic] {
        if let Some(rollout) = self.rollouts.get_mut(&halted.plan) {
            rollout.ring_halted(halted.ring, halted.reason.clone(), stamp.time);
        }
        let what = RolloutEventKind::RingHalted { ring: halted.ring, reason: halted.reason };
        self.log(halted.plan, stamp, what)
    }

    pub(crate) fn issued(&mut self, stamp: &Stamp, order: Order) -> &'static [Topic] {
        let what = HostEventKind::Order { order: order.id.clone(), action: order.action.word().into() };
        self.note(&order.host.clone(), stamp, what);
        if self.issued.len() >= ISSUED_REMEMBERED_MAX
            && let Some((seq, _)) = self.issued.pop_front()
        {
            self.issued_from = seq;
        }
        self.issued.push_back((stamp.seq, order.host.clone()));
        if let Some(rollout) = self.rollouts.get_mut(&order.plan) {
            rollout.issued(&order, stamp.time);
        }
        self.hosts.record(&order.host.clone()).put_order(order, stamp.time);
        &[Topic::Hosts, Topic::Night]
    }

    pub(crate) fn outage_asked(&mut self, stamp: Stamp, asked: OutageAsked) -> &'static [Topic] {
        self.note(&asked.host, &stamp, HostEventKind::OutageAsked(asked.id.clone()));
        let window = asked.window;
        let id = asked.id.clone();
        if let Some(rollout) = self.rollouts.get_mut(&asked.plan) {
            rollout.outage_asked(id.clone(), &asked.host, asked.units.clone(), window, stamp.time);
        }
        self.outages.insert(id, Outage { asked, window, stamp, moved: Vec::new(), answers: Vec::new() });
        &[Topic::Night, Topic::Notices]
    }

    pub(crate) fn outage_answered(&mut self, stamp: &Stamp, answered: OutageAnswered) -> &'static [Topic] {
        let OutageAnswered { id, sign_off } = answered;
        let Some(outage) = self.outages.get_mut(&id) else { return &[] };
        let (host, unit) = (outage.asked.host.clone(), sign_off.unit.clone());
        if let Some(rollout) = self.rollouts.get_mut(&outage.asked.plan) {
            rollout.outage_answered(&id, &sign_off, stamp.time);
        }
        outage.answers.push(sign_off);
        self.note(&host, stamp, HostEventKind::OutageAnswered { outage: id, unit });
        &[Topic::Night, Topic::Notices]
    }

    pub(crate) fn outage_moved(&mut self, stamp: Stamp, moved: OutageMoved) -> &'static [Topic] {
        let Some(outage) = self.outages.get_mut(&moved.id) else { return &[] };
        let host = outage.asked.host.clone();
        if let Some(rollout) = self.rollouts.get_mut(&outage.asked.plan) {
            rollout.outage_moved(&moved.id, moved.window, stamp.time);
        }
        outage.moved.push((stamp.clone(), outage.window));
        outage.window = moved.window;
        outage.answers.clear();
        self.note(&host, &stamp, HostEventKind::OutageMoved(moved.id));
        &[Topic::Night, Topic::Notices]
    }

    pub(crate) fn incident_opened(&mut self, stamp: Stamp, opened: IncidentOpened) -> &'static [Topic] {
        if let Some(host) = opened.host.clone() {
            self.note(&host, &stamp, HostEventKind::Incident(opened.id.clone()));
        }
        if let Happened::InNight(kind) = &opened.kind
            && let Some(rollout) = opened.plan.and_then(|plan| self.rollouts.get_mut(&plan))
        {
            rollout.incident_opened(opened.host.as_ref(), kind, stamp.time);
        }
        self.incidents.insert(opened.id.clone(), Incident { opened, stamp, closed: None });
        &[Topic::Night]
    }

    pub(crate) fn incident_closed(&mut self, stamp: Stamp, closed: IncidentClosed) -> &'static [Topic] {
        let Some(incident) = self.incidents.get_mut(&closed.id) else { return &[] };
        incident.closed = Some((stamp.clone(), closed.evidence));
        if let Some(host) = incident.opened.host.clone() {
            self.note(&host, &stamp, HostEventKind::IncidentClosed(closed.id));
        }
        &[Topic::Night]
    }

    pub(crate) fn told(&mut self, stamp: &Stamp, told: UnitsTold) -> &'static [Topic] {
        let UnitsTold { plan, units, host, news } = told;
        if let Some(rollout) = self.rollouts.get_mut(&plan) {
            rollout.told(&host, &news, stamp.time);
        }
        self.note(&host, stamp, HostEventKind::Told { units: units.clone(), news: news.clone() });
        if self.notices.len() >= NOTICES_REMEMBERED_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(Notice { seq: stamp.seq, at: stamp.time, plan, units, host, news });
        &[Topic::Notices]
    }

    pub(crate) fn step_done(&mut self, stamp: Stamp, step: StepDone) -> &'static [Topic] {
        let what = HostEventKind::WorkStep { step: step.step, worker: step.worker.clone() };
        self.note(&step.host, &stamp, what);
        if let Some(rollout) = self.rollouts.get_mut(&step.plan) {
            rollout.step_done(&step, stamp.time);
        }
        let work = self.work.entry(step.plan).or_default().entry(step.host.clone()).or_default();
        work.steps.push((stamp, step));
        &[Topic::Night]
    }

    pub(crate) fn signed(&mut self, stamp: Stamp, signed: WorkSigned) -> &'static [Topic] {
        self.note(&signed.host, &stamp, HostEventKind::WorkSigned { by: signed.by.clone() });
        if let Some(rollout) = self.rollouts.get_mut(&signed.plan) {
            rollout.signed(&signed, stamp.time);
        }
        let work = self.work.entry(signed.plan).or_default().entry(signed.host.clone()).or_default();
        work.signed.push((stamp, signed));
        &[Topic::Night]
    }

    pub(crate) fn checked(&mut self, stamp: Stamp, checked: WorkChecked) -> &'static [Topic] {
        let (by, passed) = (checked.by.clone(), checked.passed);
        self.note(&checked.host, &stamp, HostEventKind::WorkChecked { by, passed });
        if let Some(rollout) = self.rollouts.get_mut(&checked.plan) {
            rollout.checked(&checked, stamp.time);
        }
        let work = self.work.entry(checked.plan).or_default().entry(checked.host.clone()).or_default();
        work.checked.push((stamp, checked));
        &[Topic::Night]
    }

    pub(crate) fn looked_into(&mut self, stamp: &Stamp, looked: HostLookedInto) -> &'static [Topic] {
        let HostLookedInto { plan, host, found } = looked;
        if let Some(rollout) = self.rollouts.get_mut(&plan) {
            rollout.looked_into(&host, stamp.time);
        }
        self.note(&host, stamp, HostEventKind::LookedInto { found });
        &[Topic::Night]
    }

    pub(crate) fn roll_back_decided(&mut self, stamp: &Stamp, decided: RollBackDecided) -> &'static [Topic] {
        let RollBackDecided { plan, host, window, reason } = decided;
        if let Some(rollout) = self.rollouts.get_mut(&plan) {
            rollout.roll_back_decided(&host, window, stamp.time);
        }
        self.note(&host, stamp, HostEventKind::RollBackDecided { reason });
        &[Topic::Night]
    }

    pub(crate) fn leased(&mut self, taken: LeaseTaken) -> &'static [Topic] {
        let LeaseTaken { node, term, until } = taken;
        self.lease = Some(Lease { node, term, until });
        &[]
    }
}
