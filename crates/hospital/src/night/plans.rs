//! Plans as they were drafted, what people said about them, and their standing (R14, R15, R29; design: invariants 1 and 8).

use std::sync::Arc;

use model::agreement::{Consent, PlanFinding};
use model::hash::PlanHash;
use model::ids::{AccountId, UnitId};
use model::plan::Plan;
use serde::{Deserialize, Serialize};

use crate::fact::Stamp;

/// A plan with what was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRecord {
    /// The plan.
    pub plan: Arc<Plan>,
    /// Its hash.
    pub hash: PlanHash,
    /// When it was drafted, by whom.
    pub drafted: Stamp,
    /// What units, staff and approvers said. It is about this revision only.
    pub consent: Consent,
    /// Withdrawn: when, by whom, why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<(Stamp, Box<str>)>,
    /// The revision that came in its place; what was said about this one does not count for that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<PlanHash>,
    /// Set in motion: when, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<(Stamp, AccountId)>,
}

impl PlanRecord {
    /// May anything still be said about it? Neither withdrawn, superseded nor started.
    pub fn is_open(&self) -> bool {
        self.withdrawn.is_none() && self.superseded_by.is_none() && self.started.is_none()
    }
}

/// Where a plan stands: what is known beyond its record, worked out anew each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStanding {
    /// The units that must answer: those with a bed served by a service that a host of the plan carries, and those
    /// that the plan wants cover for.
    pub units: Vec<UnitId>,
    /// What the checker finds now.
    pub findings: Vec<PlanFinding>,
    /// What is missing before it is agreed; findings that block come on top.
    pub missing: Vec<model::agreement::Missing>,
}

impl PlanStanding {
    /// May it be set in motion?
    pub fn is_agreed(&self) -> bool {
        self.missing.is_empty() && !self.findings.iter().any(|finding| finding.blocks)
    }
}
