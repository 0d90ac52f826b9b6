//! What the plan wants of one host, worked out once: tasks in their order, expected versions, minutes, probes, steps by hand.

use std::collections::BTreeMap;

use model::Topology;
use model::patch::StepProof;
use model::patch::{DeclaredMinutes, PackageVersion, RestartNeed};
use model::plan::{Hands, Item, Plan};
use model::probe::Probe;
use model::topology::ByHost;
use model::work::Shown;
use serde::{Deserialize, Serialize};

/// One thing to be done on a host with an agent. The next begins only when this one is done *and* seen to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    Download,
    ProbeBefore,
    /// A patch of the item, from 0.
    Install(u16),
    RestartServices,
    RestartHost,
    ProbeAfter,
    RollBack,
}

impl Task {
    /// Can patients notice while it runs?
    pub(crate) fn is_disruptive(self) -> bool {
        match self {
            Task::Download | Task::ProbeBefore | Task::ProbeAfter => false,
            Task::Install(_) | Task::RestartServices | Task::RestartHost | Task::RollBack => true,
        }
    }

    /// Does it restart something?
    pub(crate) fn is_restart(self) -> bool {
        matches!(self, Task::RestartServices | Task::RestartHost)
    }
}

/// What the plan wants of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// Tasks of the agent, in order; empty for work by hand.
    pub(crate) tasks: Vec<Task>,
    /// Each package at the version that it must have in the end, sorted by name.
    pub(crate) wanted: Vec<PackageVersion>,
    /// The packages of each patch.
    pub(crate) patches: Vec<Vec<PackageVersion>>,
    /// Said to take so long, per patch.
    pub(crate) declared: Vec<DeclaredMinutes>,
    /// Said to take so long, in all.
    pub(crate) minutes: DeclaredMinutes,
    /// Services to restart, when the host does not.
    pub(crate) services: Vec<Box<str>>,
    /// Must the host restart?
    pub(crate) restart_host: bool,
    /// Probes that this host runs before and after.
    pub(crate) probes: Vec<Probe>,
    /// What each step of work by hand needs; empty for work by an agent.
    pub(crate) steps: Vec<StepProof>,
    /// A person does it.
    pub(crate) by_hand: bool,
    /// What its label may read.
    pub(crate) labels: Vec<Box<str>>,
}

impl Work {
    pub(crate) fn of(plan: &Plan, item: &Item, topology: &Topology, by_host: &ByHost<'_>) -> Work {
        let by_hand = matches!(item.by, Hands::Person(_));
        let patches: Vec<_> = plan.patches_of(item).collect();
        let mut wanted = BTreeMap::new();
        let mut services: Vec<Box<str>> = Vec::new();
        let mut restart_host = false;
        for patch in &patches {
            wanted.extend(patch.packages.iter().map(|p| (p.package.clone(), p.version.clone())));
            match &patch.restart {
                RestartNeed::None => {}
                RestartNeed::Services(names) => services.extend(names.iter().cloned()),
                RestartNeed::Host => restart_host = true,
            }
        }
        services.sort_unstable();
        services.dedup();
        let besides: Vec<_> =
            patches.iter().flat_map(|patch| patch.must_still_work.iter().cloned()).collect();
        let probes = if by_hand { Vec::new() } else { by_host.probes_of(&item.host, &besides) };
        let mut work = Work {
            tasks: Vec::new(),
            wanted: wanted
                .into_iter()
                .map(|(package, version)| PackageVersion { package, version })
                .collect(),
            patches: patches.iter().map(|patch| patch.packages.clone()).collect(),
            declared: patches.iter().map(|patch| patch.declared).collect(),
            minutes: plan.minutes_of(item),
            services,
            restart_host,
            probes,
            steps: if by_hand { plan.steps_of(item).map(|step| step.proof).collect() } else { Vec::new() },
            by_hand,
            labels: topology.devices.get(&item.host).map(|device| device.labels.clone()).unwrap_or_default(),
        };
        if !by_hand {
            work.tasks = work.agent_tasks();
        }
        work
    }

    fn agent_tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        if !self.wanted.is_empty() {
            tasks.push(Task::Download);
        }
        if !self.probes.is_empty() {
            tasks.push(Task::ProbeBefore);
        }
        let patches = self.patches.iter().zip(0u16..);
        tasks.extend(patches.filter(|(packages, _)| !packages.is_empty()).map(|(_, ix)| Task::Install(ix)));
        if self.restart_host {
            tasks.push(Task::RestartHost);
        } else if !self.services.is_empty() {
            tasks.push(Task::RestartServices);
        }
        tasks.extend(self.after());
        tasks
    }

    /// The function tests that follow any work.
    pub(crate) fn after(&self) -> Option<Task> {
        (!self.probes.is_empty()).then_some(Task::ProbeAfter)
    }

    /// How long a task is said to take, in seconds: median and 90th percentile.
    pub(crate) fn seconds(&self, task: Task) -> (i64, i64) {
        let minutes = |m: model::patch::Minutes| (i64::from(m.p50) * 60, i64::from(m.p90) * 60);
        match task {
            Task::Download => (0, 0),
            Task::ProbeBefore | Task::ProbeAfter => {
                let seconds = self.probes.iter().map(|probe| i64::from(probe.timeout_seconds)).sum();
                (0, seconds)
            }
            Task::Install(ix) => {
                minutes(self.declared.get(usize::from(ix)).map_or_else(Default::default, |d| d.install))
            }
            Task::RestartServices | Task::RestartHost => minutes(self.minutes.restart),
            Task::RollBack => minutes(self.minutes.back_out),
        }
    }

    /// How long these tasks are said to take one after another, in seconds: median and 90th percentile.
    pub(crate) fn seconds_of(&self, tasks: &[Task]) -> (i64, i64) {
        tasks
            .iter()
            .map(|task| self.seconds(*task))
            .fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1))
    }

    /// Going back, at the 90th percentile, in seconds.
    pub(crate) fn back_out_seconds(&self) -> i64 {
        i64::from(self.minutes.back_out.p90) * 60
    }
}

/// Is what was handed in what the step asks for?
pub(crate) fn suits(proof: StepProof, shown: &Shown) -> bool {
    match proof {
        StepProof::Said => true,
        StepProof::Identity => matches!(shown, Shown::Label(_)),
        StepProof::Before | StepProof::After => matches!(shown, Shown::Measured(_) | Shown::Photo(_)),
        StepProof::Test => matches!(shown, Shown::Test { .. }),
    }
}

impl Work {
    /// Packages of a patch that have another version than it wants: wanted, and found.
    pub(crate) fn wrong_versions<'a>(
        &'a self,
        patch: u16,
        found: &'a [Option<Box<str>>],
    ) -> impl Iterator<Item = (&'a PackageVersion, Option<&'a str>)> {
        // A later patch of the same item may want a newer version of the same package: in the end that one counts, and while the
        // earlier one is being installed any of the two is right.
        let packages = self.patches.get(usize::from(patch)).into_iter().flatten();
        packages.filter_map(|package| {
            let ix = self.wanted.binary_search_by(|wanted| wanted.package.cmp(&package.package)).ok()?;
            let (wanted, found) = (self.wanted.get(ix)?, found.get(ix).and_then(Option::as_deref));
            let right = found == Some(&*package.version) || found == Some(&*wanted.version);
            (!right).then_some((package, found))
        })
    }
}
