//! Further outages, incidents, notices, the log of a rollout and who drives: small records, kept as they were told.

use model::Time;
use model::agreement::{SignOff, UnitAnswer};
use model::hash::PlanHash;
use model::ids::{NodeId, UnitId};
use model::order::OrderWindow;
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};
use rollout::decision::{HaltReason, News};
use serde::{Deserialize, Serialize};

use crate::fact::Stamp;
use crate::fact::night::{IncidentOpened, OutageAsked};

/// Who answers for an outage that darkens no bed.
pub const CLINICAL_ENGINEERING: &str = "clinical-engineering";

/// A further outage that units are asked for (R05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// As it was asked for.
    pub asked: OutageAsked,
    /// When, as it stands now.
    pub window: OrderWindow,
    /// When it was asked for.
    pub stamp: Stamp,
    /// When it was moved, by whom, and until then it was to be when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<(Stamp, OrderWindow)>,
    /// Answers to the window as it stands, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<SignOff>,
}

impl Outage {
    /// Who must answer: the units, or clinical engineering when no bed goes dark.
    pub fn who(&self) -> Vec<UnitId> {
        if self.asked.units.is_empty() {
            return UnitId::new(CLINICAL_ENGINEERING).into_iter().collect();
        }
        self.asked.units.clone()
    }

    /// The newest answer of a unit.
    pub fn answer_of(&self, unit: &UnitId) -> Option<&SignOff> {
        self.answers.iter().rev().find(|answer| answer.unit == *unit)
    }

    /// Has everybody accepted?
    pub fn is_agreed(&self) -> bool {
        self.who().iter().all(|unit| {
            self.answer_of(unit).is_some_and(|sign_off| matches!(sign_off.answer, UnitAnswer::Accept))
        })
    }
}

/// An entry of the incident list (R20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What happened.
    pub opened: IncidentOpened,
    /// When it was opened.
    pub stamp: Stamp,
    /// Closed: when, by whom, with what evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<(Stamp, Box<str>)>,
}

/// Something that units were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its sequence in the journal.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// The plan.
    pub plan: PlanHash,
    /// Whom.
    pub units: Vec<UnitId>,
    /// The host it is about.
    pub host: model::AssetTag,
    /// What.
    pub news: News,
}

/// A step in the life of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolloutEvent {
    /// When, and who.
    pub stamp: Stamp,
    /// What.
    pub what: RolloutEventKind,
}

/// What happened to a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutEventKind {
    /// It was set in motion.
    Started,
    /// Nothing new is begun; why.
    Paused(Box<str>),
    /// It goes on; why.
    Resumed(Box<str>),
    /// It was stopped for good.
    Stopped {
        /// Why.
        reason: Box<str>,
        /// In an emergency?
        emergency: bool,
    },
    /// A ring may be worked on.
    RingOpened(u16),
    /// A ring soaks.
    RingSoaking(u16),
    /// A ring was halted.
    RingHalted {
        /// Which.
        ring: u16,
        /// Why.
        reason: HaltReason,
    },
}

/// How a rollout runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It goes on.
    Running,
    /// Nothing new is begun.
    Paused,
    /// Stopped for good.
    Stopped,
}

/// What a person did on a device of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Steps, as they were done.
    pub steps: Vec<(Stamp, StepDone)>,
    /// Signatures.
    pub signed: Vec<(Stamp, WorkSigned)>,
    /// Checks of the finished work, as they were made.
    #[serde(default)]
    pub checked: Vec<(Stamp, WorkChecked)>,
}

impl Work {
    /// The step that comes next, from 1. A test that failed is done again.
    pub fn next_step(&self) -> u16 {
        let done =
            self.steps.iter().filter(|(_, step)| !matches!(step.shown, Shown::Test { passed: false, .. }));
        done.map(|(_, step)| step.step).max().unwrap_or(0).saturating_add(1)
    }
}

/// Who drives rollouts (design: the journal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Which copy.
    pub node: NodeId,
    /// Grows with each change of driver.
    pub term: u64,
    /// Until then nobody else drives.
    pub until: Time,
}
