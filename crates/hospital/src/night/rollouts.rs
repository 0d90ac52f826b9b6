//! Rollouts inside the hospital: what each must hear, what lies around it, and its surroundings as plain input.
//!
//! What must not live here: what a rollout concludes.

use std::collections::{BTreeMap, BTreeSet};

use model::agreement::{CheckedPlan, Missing, PlanFinding};
use model::host::{Boot, ProbeRun, Reading, SignalSource, SystemFamily};
use model::ids::{ProbeId, ServiceId};
use model::plan::Plan;
use model::service::Service;
use model::topology::DeviceInfo;
use model::{AssetTag, PlanHash, Time, Topology};
use rollout::{Beyond, HostStanding, Hosts as Beside, Observed, Rollout, Verdict, World};

use super::Night;
use super::compact::{Compact, Pools};
use super::plans::{PlanRecord, PlanStanding};
use super::records::RunState;
use crate::state::State;

/// A rollout hears of its hosts and is driven for so long after it was started; then its verdicts stay as the journal has them.
pub const ROLLOUT_LIVES_SECONDS: i64 = 30 * 24 * 3_600;

/// Is a rollout that was started then still listened to?
pub(crate) fn lives(rollout: &Rollout, now: Time) -> bool {
    now.seconds_since(rollout.started_at()) < ROLLOUT_LIVES_SECONDS
}

/// A packed observation, read in place.
pub(crate) struct Packed<'a> {
    pub(crate) compact: &'a Compact,
    pub(crate) pools: &'a Pools,
}

impl Observed for Packed<'_> {
    fn observed_at(&self) -> Time {
        self.compact.observed_at
    }
    fn boot(&self) -> &Boot {
        &self.compact.boot
    }
    fn family(&self) -> SystemFamily {
        self.compact.system.family
    }
    fn kernels(&self) -> (&str, Option<&str>) {
        (&self.compact.system.kernel_running, self.compact.system.kernel_installed.as_deref())
    }
    fn version(&self, package: &str) -> Option<&str> {
        self.pools.version(self.compact, package)
    }
    fn each_available(&self, each: &mut dyn FnMut(&str, &str)) {
        for patch in self.pools.available.get(&self.compact.available) {
            each(&patch.package, &patch.to);
        }
    }
    fn signals(&self) -> &BTreeMap<SignalSource, Reading> {
        &self.compact.signals
    }
    fn probes(&self) -> &BTreeMap<ProbeId, ProbeRun> {
        &self.compact.probes
    }
}

/// The hospital around one rollout.
pub struct Surroundings<'a> {
    night: &'a Night,
    plan: PlanHash,
    /// Evidence older than this, in seconds, proves nothing for this rollout.
    evidence_age_max_seconds: i64,
}

impl Surroundings<'_> {
    /// The world as a look at the rollout needs it.
    pub fn world(&self) -> World<'_> {
        World { term: self.night.lease().map_or(0, |lease| lease.term), hosts: self }
    }
}

impl Beside for Surroundings<'_> {
    fn next_sequence(&self, host: &AssetTag) -> u64 {
        self.night.host(host).map_or(0, |view| view.sequence()).saturating_add(1)
    }

    fn beyond(&self, host: &AssetTag, now: Time) -> Beyond {
        let others = self
            .night
            .rollouts
            .values()
            .filter(|other| other.hash() != self.plan && other.concerns(host) && lives(other, now));
        let mut troubled = false;
        for other in others {
            // Installed and about to restart is not dark yet, and as good as.
            if other.works_on(host, now) {
                return Beyond::Dark;
            }
            match other.verdict(host, now) {
                Some(Verdict::Broken { .. } | Verdict::Stalled { .. }) => troubled = true,
                None
                | Some(
                    Verdict::NotBegun
                    | Verdict::Proven { .. }
                    | Verdict::Settling { .. }
                    | Verdict::RestartPending { .. }
                    | Verdict::Dark { .. }
                    | Verdict::Stale { .. }
                    | Verdict::Unknown { .. },
                ) => {}
            }
        }
        let observed_at = self.night.host(host).and_then(|view| view.observed_at());
        let heard = observed_at.is_some_and(|at| now <= at.plus_seconds(self.evidence_age_max_seconds));
        match (heard, troubled) {
            (false, _) => Beyond::Silent,
            (true, true) => Beyond::Troubled,
            (true, false) => Beyond::Well,
        }
    }
}

impl Night {
    /// A plan in motion, or one that was; `None` when it was never started.
    pub fn rollout(&self, plan: &PlanHash) -> Option<&Rollout> {
        self.rollouts.get(plan)
    }

    /// Every plan that was ever set in motion.
    pub fn rollouts(&self) -> impl Iterator<Item = &Rollout> {
        self.rollouts.values()
    }

    /// What lies around a rollout.
    pub fn surroundings<'a>(&'a self, rollout: &Rollout) -> Surroundings<'a> {
        let evidence_age_max_seconds = i64::from(rollout.plan().proof.evidence_age_max_seconds);
        Surroundings { night: self, plan: rollout.hash(), evidence_age_max_seconds }
    }

    /// Where every host of a rollout stands; empty when it was never started.
    pub fn standings(&self, plan: &PlanHash, now: Time) -> Vec<HostStanding> {
        let Some(rollout) = self.rollout(plan) else { return Vec::new() };
        rollout.standings(&self.surroundings(rollout).world(), now)
    }

    /// Where one host of a rollout stands.
    pub fn standing(&self, plan: &PlanHash, host: &AssetTag, now: Time) -> Option<HostStanding> {
        let rollout = self.rollout(plan)?;
        rollout.standing(host, &self.surroundings(rollout).world(), now)
    }

    /// When the driver must look again though nothing is heard; `None` when it need not.
    pub fn next_wake(&self, now: Time) -> Option<Time> {
        let live = self.rollouts.values().filter(|rollout| lives(rollout, now));
        live.filter_map(|rollout| rollout.next_wake(now)).min()
    }

    /// Is there a rollout that must be driven?
    pub fn is_anything_in_motion(&self, now: Time) -> bool {
        self.rollouts.values().any(|rollout| lives(rollout, now))
    }

    /// Grows with everything after which another look at some rollout may be worthwhile.
    pub fn drive_revision(&self) -> u64 {
        self.rollouts.values().map(|rollout| rollout.revision() + 1).sum()
    }

    /// Hosts that other rollouts still work on, or may begin to.
    pub(crate) fn busy(&self, plan: &PlanHash, hosts: &BTreeSet<&AssetTag>, now: Time) -> BTreeSet<AssetTag> {
        let mut busy = BTreeSet::new();
        let others = self.rollouts.values().filter(|other| other.hash() != *plan && lives(other, now));
        for other in others {
            let ended = self.run_state(&other.hash()) == Some(RunState::Stopped);
            for item in other.plan().items.iter().filter(|item| hosts.contains(&item.host)) {
                let worked_on = match other.verdict(&item.host, now) {
                    Some(Verdict::NotBegun) => !ended && !self.is_past(other, item.ring, now),
                    Some(Verdict::Dark { .. }) => true,
                    Some(Verdict::Settling { .. } | Verdict::RestartPending { .. }) => !ended,
                    Some(
                        Verdict::Proven { .. }
                        | Verdict::Broken { .. }
                        | Verdict::Stalled { .. }
                        | Verdict::Stale { .. }
                        | Verdict::Unknown { .. },
                    )
                    | None => false,
                };
                if worked_on {
                    busy.insert(item.host.clone());
                }
            }
        }
        busy
    }

    /// No further host of a ring is begun: it was halted, or its window is over.
    pub(crate) fn is_past(&self, rollout: &Rollout, ring: u16, now: Time) -> bool {
        let halted = rollout
            .ring_standing(ring, now)
            .is_some_and(|standing| matches!(standing.state, rollout::RingState::Halted { .. }));
        let window = rollout.plan().ring(ring).and_then(|ring| rollout.plan().window_of(ring));
        halted || window.is_some_and(|window| now > window.latest_start)
    }
}

impl State {
    /// The surroundings of a plan's hosts, as plain input for planning and rollouts.
    pub fn topology(&self, plan: &Plan) -> Topology {
        let hosts: BTreeSet<&AssetTag> = plan.items.iter().map(|item| &item.host).collect();
        let places = self.places();
        let carried = places
            .services
            .values()
            .filter(|service| service.redundancy.carriers.iter().any(|carrier| hosts.contains(carrier)));
        let mut ids: BTreeSet<&ServiceId> = carried.map(|service| &service.id).collect();
        // What stands in for them, and what they stand in for, however long the chain.
        loop {
            let known = ids.len();
            for service in places.services.values() {
                if let Some(fallback) = &service.fallback
                    && (ids.contains(&service.id) || ids.contains(fallback))
                {
                    ids.insert(&service.id);
                    ids.extend(places.services.get_key_value(fallback).map(|(id, _)| id));
                }
            }
            if ids.len() == known {
                break;
            }
        }
        let mut services: Vec<_> = ids.iter().filter_map(|id| places.services.get(*id)).cloned().collect();
        services.extend(self.bedsides(&hosts, &services));
        let beds = services.iter().flat_map(|service| &service.beds);
        let beds = beds.filter_map(|bed| Some((bed.clone(), places.beds.get(bed)?.unit.clone()))).collect();
        let mut probes: Vec<_> =
            hosts.iter().flat_map(|host| self.night().probes_of(host)).cloned().collect();
        probes.sort_by(|a, b| a.id.cmp(&b.id));
        let devices =
            hosts.iter().filter_map(|host| Some(((*host).clone(), self.device_info(host)?))).collect();
        Topology { services, beds, probes, devices }
    }

    /// What these hosts do for the beds at which they stand, beside the services that they carry.
    fn bedsides(&self, hosts: &BTreeSet<&AssetTag>, services: &[Service]) -> Vec<Service> {
        let mut carried: BTreeMap<&AssetTag, Vec<&Service>> = BTreeMap::new();
        for service in services {
            service
                .redundancy
                .carriers
                .iter()
                .for_each(|host| carried.entry(host).or_default().push(service));
        }
        let of = |host: &AssetTag| carried.get(host).into_iter().flatten().copied();
        hosts.iter().filter_map(|host| self.bedside_beside(host, of(host))).collect()
    }

    fn device_info(&self, host: &AssetTag) -> Option<DeviceInfo> {
        let device = self.register().by_tag(host.as_str())?;
        let serial = device.serial_number();
        let mut labels: Vec<Box<str>> = serial.map(Into::into).into_iter().collect();
        // A device identifier alone is that of a thousand devices of the model; with the serial number it is this one.
        labels.extend(
            device.udi().zip(serial).map(|(udi, serial)| format!("(01){}(21){serial}", udi.di).into()),
        );
        let view = self.night().host(host);
        Some(DeviceInfo {
            installer: device.installer(),
            support: device.support().status,
            has_agent: view.is_some_and(|view| view.enrolled().is_some() && view.revoked().is_none()),
            retired: device.is_retired(),
            labels,
            manufacturer: device.manufacturer().into(),
            model: device.model().into(),
        })
    }

    /// What the checker finds against a plan as the hospital is now.
    pub fn plan_findings(&self, plan: &Plan, now: Time) -> Vec<PlanFinding> {
        planning::check::check(plan, &self.topology(plan), now)
    }

    /// Where a plan stands.
    pub fn plan_standing(&self, record: &PlanRecord, now: Time) -> PlanStanding {
        let topology = self.topology(&record.plan);
        let units = planning::units_concerned(&record.plan, &topology);
        // What has begun is judged by the moment in which it did: that its windows are over by and by stands against no plan.
        let at = record.started.as_ref().map_or(now, |(stamp, _)| stamp.time.min(now));
        let findings = planning::check::check(&record.plan, &topology, at);
        let missing = self.plan_missing(record);
        PlanStanding { units, findings, missing }
    }

    /// What people still have to say before a plan is agreed; findings that block come on top.
    pub fn plan_missing(&self, record: &PlanRecord) -> Vec<Missing> {
        let units = planning::units_concerned(&record.plan, &self.topology(&record.plan));
        // Without findings nothing blocks; what the checker says is asked for beside this.
        let checked = CheckedPlan::new((*record.plan).clone(), Vec::new());
        checked.map(|checked| checked.missing(&units, &record.consent)).unwrap_or_default()
    }

    /// Leaves rules out of every rollout from now on: planted bugs, for the simulator's own tests.
    #[cfg(feature = "planted")]
    pub fn plant(&mut self, rules: rollout::Rules) {
        self.night.planted = Some(rules);
        self.night.rollouts.values_mut().for_each(|rollout| rollout.plant(rules));
    }
}
