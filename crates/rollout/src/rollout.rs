//! A rollout: one agreed plan in motion, as a fold of what happened. The folds here never fail and never judge; `fold` has those of
//! a host's evidence and orders, `people` those of what people say and do.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::agreement::AgreedPlan;
use model::hash::PlanHash;
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use serde::{Deserialize, Serialize};

use crate::carriers::Carriers;
use crate::decision::{HaltReason, IncidentKind, News};
use crate::host::{Hand, Host, Said};
use crate::judge::Mark;
use crate::rules::Rules;
use crate::work::Work;

/// One agreed plan in motion.
#[derive(Clone, Debug)]
pub struct Rollout {
    pub(crate) plan: AgreedPlan,
    pub(crate) topology: Topology,
    pub(crate) works: Vec<Arc<Work>>,
    pub(crate) carriers: Carriers,
    pub(crate) by_tag: BTreeMap<AssetTag, usize>,
    /// Hosts of each ring.
    pub(crate) members: Vec<Vec<usize>>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) rules: Rules,
    pub(crate) progress: Progress,
}

/// All that has happened in a rollout: what a snapshot keeps beside the plan and its surroundings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub(crate) started_at: Time,
    pub(crate) hosts: Vec<Host>,
    pub(crate) rings: Vec<RingProgress>,
    pub(crate) paused: Option<Box<str>>,
    pub(crate) stopped: Option<Stopped>,
    pub(crate) revision: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RingProgress {
    pub(crate) opened_at: Option<Time>,
    pub(crate) soaking_at: Option<Time>,
    pub(crate) halted: Option<(Time, HaltReason)>,
    pub(crate) halt_said: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stopped {
    pub(crate) reason: Box<str>,
    pub(crate) emergency: bool,
    pub(crate) said: bool,
}

/// What a snapshot kept does not belong to the plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was kept of the rollout of plan {plan} has other hosts or rings than the plan")]
pub struct NotThisPlan {
    /// The plan, short.
    pub plan: String,
}

impl Rollout {
    /// An agreed plan, started.
    #[must_use]
    pub fn new(plan: AgreedPlan, topology: Topology, started_at: Time) -> Rollout {
        let rings = vec![RingProgress::default(); plan.plan().rings.len()];
        let host = |item: &model::plan::Item, work: &Work| Host {
            tag: item.host.clone(),
            ring: item.ring.saturating_sub(1),
            wave: item.wave,
            tasks: work.tasks.clone(),
            done: 0,
            stretch_from: 0,
            order: None,
            orders: 0,
            retries: 0,
            started_at: None,
            dark_since: None,
            moved_at: started_at,
            before: None,
            seen: None,
            probes: BTreeMap::new(),
            changed_at: None,
            unrest_at: None,
            failures: Vec::new(),
            was_proven: false,
            outage: None,
            roll_back: None,
            said: Said::default(),
            hand: Hand { steps: vec![None; work.steps.len()], signed_at: None, checked: None },
        };
        let works = works(plan.plan(), &topology);
        let items = plan.plan().items.iter();
        let hosts = items.zip(&works).map(|(item, work)| host(item, work)).collect();
        let progress = Progress { started_at, hosts, rings, paused: None, stopped: None, revision: 0 };
        Rollout::put_together(plan, topology, works, progress)
    }

    /// A rollout as it was kept in a snapshot.
    ///
    /// # Errors
    /// It was another plan's.
    pub fn restore(plan: AgreedPlan, topology: Topology, progress: Progress) -> Result<Rollout, NotThisPlan> {
        let kept = progress.hosts.iter().map(|host| &host.tag);
        let same = plan.plan().items.iter().map(|item| &item.host).eq(kept)
            && plan.plan().rings.len() == progress.rings.len();
        if !same {
            return Err(NotThisPlan { plan: plan.hash().short() });
        }
        let works = works(plan.plan(), &topology);
        Ok(Rollout::put_together(plan, topology, works, progress))
    }

    fn put_together(
        plan: AgreedPlan,
        topology: Topology,
        works: Vec<Arc<Work>>,
        progress: Progress,
    ) -> Rollout {
        let by_tag: BTreeMap<_, _> =
            progress.hosts.iter().enumerate().map(|(ix, host)| (host.tag.clone(), ix)).collect();
        let mut members = vec![Vec::new(); progress.rings.len()];
        for (ix, host) in progress.hosts.iter().enumerate() {
            if let Some(ring) = members.get_mut(usize::from(host.ring)) {
                ring.push(ix);
            }
        }
        let carriers = Carriers::new(&topology, &by_tag);
        let marks = vec![Mark::unset(); progress.hosts.len()];
        let rules = Rules::strict();
        Rollout { plan, topology, works, carriers, by_tag, members, marks, rules, progress }
    }

    /// Leaves rules out: a planted bug, for the simulator's own tests.
    #[cfg(feature = "planted")]
    pub fn plant(&mut self, rules: Rules) {
        self.rules = rules;
        self.marks.fill(Mark::unset());
        self.touch();
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.plan.plan()
    }

    /// The plan as it was agreed.
    pub fn agreed(&self) -> &AgreedPlan {
        &self.plan
    }

    /// The plan's hash.
    pub fn hash(&self) -> PlanHash {
        self.plan.hash()
    }

    /// When it was started.
    pub fn started_at(&self) -> Time {
        self.progress.started_at
    }

    /// The surroundings that it was started with.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// What a snapshot keeps.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Grows with everything heard or done that may make another look worthwhile. A driver that remembers the revision of a look
    /// that wanted nothing need not look again before it grows or [`Rollout::next_wake`] has come.
    pub fn revision(&self) -> u64 {
        self.progress.revision
    }

    /// Is it in the plan?
    pub fn concerns(&self, host: &AssetTag) -> bool {
        self.by_tag.contains_key(host)
    }

    pub(crate) fn touch(&mut self) {
        self.progress.revision += 1;
    }

    pub(crate) fn host(&self, tag: &AssetTag) -> Option<(usize, &Host)> {
        let ix = *self.by_tag.get(tag)?;
        self.progress.hosts.get(ix).map(|host| (ix, host))
    }

    pub(crate) fn host_mut(&mut self, tag: &AssetTag) -> Option<(usize, &mut Host)> {
        let ix = *self.by_tag.get(tag)?;
        self.progress.hosts.get_mut(ix).map(|host| (ix, host))
    }

    fn ring_mut(&mut self, ring: u16) -> Option<&mut RingProgress> {
        let ix = usize::from(ring).checked_sub(1)?;
        self.progress.rings.get_mut(ix)
    }

    /// A ring was opened.
    pub fn ring_opened(&mut self, ring: u16, at: Time) {
        if let Some(ring) = self.ring_mut(ring) {
            ring.opened_at.get_or_insert(at);
        }
        self.touch();
    }

    /// A ring began to soak.
    pub fn ring_soaking(&mut self, ring: u16, at: Time) {
        if let Some(ring) = self.ring_mut(ring) {
            ring.soaking_at.get_or_insert(at);
        }
        self.touch();
    }

    /// A ring was halted.
    pub fn ring_halted(&mut self, ring: u16, reason: HaltReason, at: Time) {
        if let Some(ring) = self.ring_mut(ring) {
            ring.halted.get_or_insert((at, reason));
        }
        self.touch();
    }

    /// A person paused it: no further host is begun.
    pub fn paused(&mut self, reason: &str) {
        self.progress.paused = Some(reason.into());
        self.touch();
    }

    /// A person let it go on.
    pub fn resumed(&mut self) {
        self.progress.paused = None;
        self.touch();
    }

    /// A person stopped it for good. Hosts that were begun are finished, unless it is an emergency: then orders that are not begun
    /// are void and nothing is ordered any more.
    pub fn stopped(&mut self, reason: &str, emergency: bool, at: Time) {
        let before = self.progress.stopped.take();
        let emergency = emergency || before.as_ref().is_some_and(|before| before.emergency);
        self.progress.stopped = Some(Stopped { reason: reason.into(), emergency, said: false });
        for ix in 0..self.progress.hosts.len() {
            self.mark(ix, at);
        }
        self.touch();
    }

    /// An entry of the incident list was made.
    pub fn incident_opened(&mut self, host: Option<&AssetTag>, kind: &IncidentKind, at: Time) {
        match kind {
            IncidentKind::RingHalted { ring, .. } => {
                if let Some(ring) = self.ring_mut(*ring) {
                    ring.halt_said = true;
                }
            }
            IncidentKind::Stopped { .. } => {
                if let Some(stopped) = &mut self.progress.stopped {
                    stopped.said = true;
                }
            }
            IncidentKind::RestartSurfaced { .. }
            | IncidentKind::HostBroken { .. }
            | IncidentKind::HostStalled { .. } => {}
        }
        if let Some((ix, host)) = host.and_then(|tag| self.host_mut(tag)) {
            match kind {
                IncidentKind::RestartSurfaced { .. } => host.said.surfaced = true,
                IncidentKind::HostBroken { .. } => host.said.broken = true,
                IncidentKind::HostStalled { .. } => host.said.stalled = true,
                IncidentKind::RingHalted { .. } | IncidentKind::Stopped { .. } => {}
            }
            self.mark(ix, at);
        }
        self.touch();
    }

    /// Units were told something about a host.
    pub fn told(&mut self, host: &AssetTag, news: &News, at: Time) {
        if let Some((ix, host)) = self.host_mut(host) {
            match news {
                News::Dark { .. } => host.said.dark = true,
                News::Back { .. } => host.said.back = true,
                News::Proven => host.said.proven = true,
                News::FurtherOutage { .. } => host.said.further = true,
                News::Trouble { .. } => host.said.trouble = true,
            }
            self.mark(ix, at);
        }
        self.touch();
    }

    /// Stopped in an emergency: nothing is ordered any more.
    pub(crate) fn is_emergency(&self) -> bool {
        self.progress.stopped.as_ref().is_some_and(|stopped| stopped.emergency)
    }
}

/// The work of each item; items with the same patches and without probes or steps of their own share it.
fn works(plan: &Plan, topology: &Topology) -> Vec<Arc<Work>> {
    let mut shared: BTreeMap<&[model::ids::PatchId], Arc<Work>> = BTreeMap::new();
    let mut works = Vec::with_capacity(plan.items.len());
    let by_host = topology.by_host();
    for item in &plan.items {
        let work = Work::of(plan, item, topology, &by_host);
        if work.by_hand || !work.probes.is_empty() {
            works.push(Arc::new(work));
        } else {
            works.push(shared.entry(&item.patches).or_insert_with(|| Arc::new(work)).clone());
        }
    }
    works
}
