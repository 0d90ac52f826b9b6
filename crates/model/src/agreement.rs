//! From a plan to an agreed plan: checked, signed off by the units, covered by staff, approved by two people (R14, R15, R29;
//! design: invariants 1 and 8). An [`AgreedPlan`] cannot be had in another way.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::hash::PlanHash;
use crate::ids::{AccountId, UnitId};
use crate::plan::Plan;

/// People who must approve a plan that restarts what watches patients; neither of them its requester.
pub const APPROVERS_MIN: usize = 2;

/// What is wrong with a plan, in the words of the checker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFinding {
    /// Stable name of the rule.
    pub rule: Box<str>,
    /// Whom or what it concerns: a host, a unit, a window, a patch; empty for the whole plan.
    pub about: Box<str>,
    /// What is wrong and what would be right, as a sentence.
    pub says: Box<str>,
    /// Does it keep the plan from being agreed? Otherwise it is a remark.
    pub blocks: bool,
}

/// What a unit answers to a plan (R15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitAnswer {
    /// It may be done as planned.
    Accept,
    /// At another time, please.
    Propose {
        /// When it would suit.
        not_before: Time,
        /// Why, and anything else.
        says: Box<str>,
    },
    /// Not at all.
    Refuse {
        /// Why.
        reason: Box<str>,
    },
}

/// A unit's answer, with who gave it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The unit.
    pub unit: UnitId,
    /// What it answers.
    pub answer: UnitAnswer,
    /// Who answered for it.
    pub by: AccountId,
    /// When.
    pub at: Time,
}

/// Staff confirmed for a unit (R14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverConfirmed {
    /// The unit.
    pub unit: UnitId,
    /// Who is there, by name or role.
    pub people: Vec<Box<str>>,
    /// Who confirmed it.
    pub by: AccountId,
    /// When.
    pub at: Time,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who approves.
    pub by: AccountId,
    /// When.
    pub at: Time,
}

/// A plan that the checker has nothing against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedPlan {
    plan: Plan,
    hash: PlanHash,
    remarks: Vec<PlanFinding>,
}

impl CheckedPlan {
    /// A plan with all that the checker found; only `planning::check` calls this. The findings come back when one blocks.
    ///
    /// # Errors
    /// A finding blocks the plan.
    pub fn new(plan: Plan, findings: Vec<PlanFinding>) -> Result<CheckedPlan, Vec<PlanFinding>> {
        if findings.iter().any(|finding| finding.blocks) {
            return Err(findings);
        }
        let hash = plan.hash();
        Ok(CheckedPlan { plan, hash, remarks: findings })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its hash.
    pub fn hash(&self) -> PlanHash {
        self.hash
    }

    /// What the checker remarked.
    pub fn remarks(&self) -> &[PlanFinding] {
        &self.remarks
    }

    /// What is still missing before the plan is agreed: nothing, or every open point.
    pub fn missing(&self, units: &[UnitId], consent: &Consent) -> Vec<Missing> {
        let mut missing = Vec::new();
        for unit in units {
            match consent.sign_offs.iter().rev().find(|sign_off| sign_off.unit == *unit) {
                Some(SignOff { answer: UnitAnswer::Accept, .. }) => {}
                Some(SignOff { answer: UnitAnswer::Propose { .. } | UnitAnswer::Refuse { .. }, .. }) => {
                    missing.push(Missing::UnitAgainst(unit.clone()));
                }
                None => missing.push(Missing::SignOff(unit.clone())),
            }
        }
        for cover in &self.plan.cover {
            let confirmed = consent.cover.iter().rev().find(|confirmed| confirmed.unit == cover.unit);
            let people = confirmed.map_or(0, |confirmed| confirmed.people.len());
            if people < usize::from(cover.people) {
                missing.push(Missing::Cover { unit: cover.unit.clone(), wanted: cover.people, people });
            }
        }
        let mut approvers: Vec<&AccountId> = consent.approvals.iter().map(|approval| &approval.by).collect();
        approvers.sort_unstable();
        approvers.dedup();
        approvers.retain(|approver| **approver != self.plan.requester);
        if approvers.len() < APPROVERS_MIN {
            missing.push(Missing::Approvals { wanted: APPROVERS_MIN, given: approvers.len() });
        }
        missing
    }

    /// Agrees the plan: every unit concerned accepts, staff is confirmed, two people other than the requester approve.
    ///
    /// # Errors
    /// Something is missing; all of it is named.
    pub fn agree(self, units: &[UnitId], consent: &Consent) -> Result<AgreedPlan, Vec<Missing>> {
        let missing = self.missing(units, consent);
        if missing.is_empty() { Ok(AgreedPlan { plan: self.plan, hash: self.hash }) } else { Err(missing) }
    }
}

/// What people have said about one plan, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Answers of units; the newest of each unit counts.
    pub sign_offs: Vec<SignOff>,
    /// Staff confirmed; the newest of each unit counts.
    pub cover: Vec<CoverConfirmed>,
    /// Approvals.
    pub approvals: Vec<Approval>,
}

/// What keeps a plan from being agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A unit has not answered.
    SignOff(UnitId),
    /// A unit wants another time, or refuses.
    UnitAgainst(UnitId),
    /// Staff is not confirmed.
    Cover {
        /// The unit.
        unit: UnitId,
        /// How many are wanted.
        wanted: u16,
        /// How many are confirmed.
        people: usize,
    },
    /// Too few people other than the requester approve.
    Approvals {
        /// How many are wanted.
        wanted: usize,
        /// How many there are.
        given: usize,
    },
}

/// A plan that everybody concerned has agreed to: the only thing a rollout can be started from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedPlan {
    plan: Plan,
    hash: PlanHash,
}

impl AgreedPlan {
    /// A plan that the journal says was started: it was agreed when that was recorded. Only the fold of that fact and of a
    /// snapshot calls this (design: a fold never judges again); whoever starts a plan comes by [`CheckedPlan::agree`].
    #[must_use]
    pub fn as_recorded(plan: Plan) -> AgreedPlan {
        let hash = plan.hash();
        AgreedPlan { plan, hash }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its hash: what orders carry.
    pub fn hash(&self) -> PlanHash {
        self.hash
    }
}
