//! What has happened on one host of a rollout. Here things are recorded; what they mean is `judge`'s business.

use std::collections::BTreeMap;

use model::host::ProbeRun;
use model::ids::{OutageId, ProbeId, UnitId};
use model::order::{Order, OrderWindow, RefusalCode};
use model::probe::ProbeResult;
use model::work::Shown;
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

use crate::evidence::{PackageOffer, Seen};
use crate::verdict::Failure;
use crate::work::Task;

/// An order that was refused because something newer is known is issued again, at most so often for one task.
pub(crate) const RETRIES_MAX: u8 = 3;

/// One host or device of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Host {
    pub(crate) tag: AssetTag,
    /// Its ring, from 0.
    pub(crate) ring: u16,
    pub(crate) wave: u16,
    /// Tasks of its agent; further ones are added by a further outage or a decision to roll back.
    pub(crate) tasks: Vec<Task>,
    /// So many of the tasks are done and seen to be done.
    pub(crate) done: usize,
    /// The first task of this stretch of work: 0, or where a further outage or a decision to roll back began.
    pub(crate) stretch_from: usize,
    /// The newest order of the task that comes next.
    pub(crate) order: Option<Issued>,
    /// Orders issued in this rollout.
    pub(crate) orders: u32,
    pub(crate) retries: u8,
    /// First order after the download: from then on it is being worked on.
    pub(crate) started_at: Option<Time>,
    /// First order of this stretch of work that patients can notice.
    pub(crate) dark_since: Option<Time>,
    /// Newest step forward.
    pub(crate) moved_at: Time,
    /// How it was before the work.
    pub(crate) before: Option<Before>,
    pub(crate) seen: Option<Seen>,
    /// Newest run of each probe, wherever it was reported.
    pub(crate) probes: BTreeMap<ProbeId, ProbeRun>,
    /// Newest change: an order that had an effect, another boot, another version.
    pub(crate) changed_at: Option<Time>,
    /// Newest instant at which something changed or a source was not at rest: the quiet period counts from here.
    pub(crate) unrest_at: Option<Time>,
    /// What failed and stays failed until a person has looked into it.
    pub(crate) failures: Vec<Failure>,
    /// It was proven once: patches offered later are another plan's business.
    pub(crate) was_proven: bool,
    pub(crate) outage: Option<Outage>,
    /// A person decided to take the patch back, in this window.
    pub(crate) roll_back: Option<OrderWindow>,
    pub(crate) said: Said,
    pub(crate) hand: Hand,
}

/// An order and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issued {
    pub(crate) order: Box<Order>,
    pub(crate) at: Time,
    pub(crate) phase: Phase,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Phase {
    Issued,
    Accepted,
    Begun { at: Time },
    Done { at: Time },
    Failed { says: Box<str> },
    Refused { code: RefusalCode, says: Box<str> },
}

impl Phase {
    /// Nothing was done yet, as far as is known.
    pub(crate) fn is_untouched(&self) -> bool {
        matches!(self, Phase::Issued | Phase::Accepted)
    }

    /// Given out and without an outcome so far.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Phase::Issued | Phase::Accepted | Phase::Begun { .. })
    }

    /// Nothing was done, and the same may be ordered again: whoever ordered it was not up to date.
    pub(crate) fn may_retry(&self) -> bool {
        matches!(self, Phase::Refused { code: RefusalCode::OlderTerm | RefusalCode::OutOfOrder, .. })
    }
}

/// How a host was before the work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    /// Versions of the packages that the item names.
    pub(crate) versions: Vec<Option<Box<str>>>,
    /// Patches offered then, sorted: these do not surface later.
    pub(crate) known: Vec<PackageOffer>,
    pub(crate) probes: BTreeMap<ProbeId, ProbeResult>,
}

/// A further outage that units were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outage {
    pub(crate) id: OutageId,
    pub(crate) units: Vec<UnitId>,
    pub(crate) window: OrderWindow,
    /// Units that have accepted.
    pub(crate) accepted: Vec<UnitId>,
    /// A unit refused or wants another time: nothing happens until it is moved.
    pub(crate) against: bool,
    /// No unit goes dark, and whoever answers for the host has accepted.
    pub(crate) accepted_by_owner: bool,
    /// Its restart was ordered.
    pub(crate) used: bool,
}

impl Outage {
    pub(crate) fn is_agreed(&self) -> bool {
        let all = self.units.iter().all(|unit| self.accepted.contains(unit));
        !self.against && all && (!self.units.is_empty() || self.accepted_by_owner)
    }

    pub(crate) fn missing(&self) -> Vec<UnitId> {
        self.units.iter().filter(|unit| !self.accepted.contains(unit)).cloned().collect()
    }
}

/// What was already told or opened in this stretch of work; each is said once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) dark: bool,
    pub(crate) back: bool,
    pub(crate) proven: bool,
    pub(crate) further: bool,
    pub(crate) trouble: bool,
    pub(crate) surfaced: bool,
    pub(crate) broken: bool,
    pub(crate) stalled: bool,
}

/// Work by hand, as far as it was reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hand {
    /// Newest of what was handed in for each step.
    pub(crate) steps: Vec<Option<(Shown, Time)>>,
    pub(crate) signed_at: Option<Time>,
    /// The newest look of a person at the finished work: the signature, or a later check.
    #[serde(default)]
    pub(crate) checked: Option<Checked>,
}

/// A person looked at finished work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checked {
    pub(crate) at: Time,
    pub(crate) by: Box<str>,
    /// What was seen when the device did not pass.
    pub(crate) failed: Option<Box<str>>,
}

impl Hand {
    /// Steps done from the first on. A test that did not pass is not done.
    pub(crate) fn done(&self) -> usize {
        self.steps.iter().take_while(|step| step.as_ref().is_some_and(|(shown, _)| passed(shown))).count()
    }

    pub(crate) fn first_at(&self) -> Option<Time> {
        self.steps.iter().flatten().map(|(_, at)| *at).min()
    }

    pub(crate) fn newest_at(&self) -> Option<Time> {
        self.steps.iter().flatten().map(|(_, at)| *at).max()
    }

    /// When a person last looked at the finished work; `None` before it is signed.
    pub(crate) fn checked_at(&self) -> Option<Time> {
        // A snapshot from before checks were kept knows the signature only.
        self.signed_at.map(|signed_at| self.checked.as_ref().map_or(signed_at, |checked| checked.at))
    }

    /// Who that was.
    pub(crate) fn checked_by(&self) -> Option<&str> {
        self.checked.as_ref().map(|checked| &*checked.by)
    }

    /// What a test or a later check that did not pass said.
    pub(crate) fn failed(&self) -> Option<&str> {
        if let Some(says) = self.checked.as_ref().and_then(|checked| checked.failed.as_deref()) {
            return Some(says);
        }
        self.steps.iter().flatten().find_map(|(shown, _)| match shown {
            Shown::Test { passed: false, says } => Some(&**says),
            Shown::Test { passed: true, .. }
            | Shown::Said
            | Shown::Label(_)
            | Shown::Measured(_)
            | Shown::Photo(_) => None,
        })
    }
}

fn passed(shown: &Shown) -> bool {
    !matches!(shown, Shown::Test { passed: false, .. })
}

impl Host {
    /// No order of its next task is open, and one may be issued: none was, or the last was refused by a host that knew something newer
    /// and may be asked again.
    pub(crate) fn awaits_order(&self) -> bool {
        self.order.as_ref().is_none_or(|issued| issued.phase.may_retry() && self.retries < RETRIES_MAX)
    }

    /// The task that comes next.
    pub(crate) fn task(&self) -> Option<Task> {
        self.tasks.get(self.done).copied()
    }

    /// The tasks that are not done yet.
    pub(crate) fn left(&self) -> &[Task] {
        self.tasks.get(self.done..).unwrap_or(&[])
    }

    /// Is nothing left but to see whether it works?
    pub(crate) fn only_looks_are_left(&self) -> bool {
        self.dark_since.is_some() && self.left() == [Task::ProbeAfter]
    }

    /// Every task is done and seen to be done, and there were some.
    pub(crate) fn is_over(&self) -> bool {
        self.started_at.is_some() && self.done == self.tasks.len()
    }

    /// Work has begun and is not over.
    pub(crate) fn is_in_work(&self) -> bool {
        self.started_at.is_some() && self.done < self.tasks.len()
    }

    /// Does something restart in this stretch of work? Installing alone is not announced as dark time, though nothing else that its
    /// services need is taken down meanwhile.
    pub(crate) fn restarts(&self) -> bool {
        self.tasks.get(self.stretch_from..).is_some_and(|tasks| tasks.iter().any(|task| task.is_restart()))
    }

    /// Something on it changed at that instant.
    pub(crate) fn change(&mut self, at: Time) {
        self.changed_at = self.changed_at.max(Some(at));
        self.unrest_at = self.unrest_at.max(Some(at));
    }

    /// A restart of the host was ordered, and its boot is still the one from before the order.
    pub(crate) fn awaits_boot_after(&self, boot: &str) -> bool {
        let Some(issued) = &self.order else { return false };
        let ordered = matches!(issued.order.action, model::order::Action::RestartHost);
        let open = !matches!(issued.phase, Phase::Refused { .. } | Phase::Failed { .. });
        ordered && open && issued.order.expects.boot.as_deref() == Some(boot)
    }
}
