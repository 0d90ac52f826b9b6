//! Plans: drafting, and what units, staff and approvers say. An edited plan is another plan: nothing that was said about the
//! one before counts for it.

use std::collections::BTreeSet;

use model::agreement::{Approval, CoverConfirmed, SignOff, UnitAnswer};
use model::ids::{AccountId, UnitId};
use model::plan::{ITEMS_PER_PLAN_MAX, PATCHES_PER_PLAN_MAX, Plan, RINGS_PER_PLAN_MAX};
use model::{PlanHash, Time};

use super::{NightRefusal, acts, answers, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{OfPlan, PlanReason};
use crate::night::plans::PlanRecord;
use crate::state::State;

/// Most people that are named for the cover of one unit.
const COVER_PEOPLE_MAX: usize = 200;
/// Longest name or role of one of them.
const COVER_NAME_MAX_BYTES: usize = 200;

pub(in crate::decide) fn draft(state: &State, plan: Box<Plan>) -> Result<Vec<Fact>, Refusal> {
    acts(state, &plan.requester)?;
    within_limits(&plan)?;
    holds_together(&plan)?;
    let hash = plan.hash();
    if state.night().plan(&hash).is_some() {
        return Err(NightRefusal::DraftedBefore { plan: hash }.into());
    }
    match (state.night().newest_revision(&plan.id), plan.parent) {
        (None, None) => {}
        (None, Some(_)) => return Err(NightRefusal::NoSuchParent { id: plan.id }.into()),
        (Some(newest), parent) => {
            if parent != Some(newest.hash) {
                return Err(NightRefusal::ParentIsNotNewest { id: plan.id, newest: newest.hash }.into());
            }
            if newest.started.is_some() {
                return Err(NightRefusal::Started { plan: newest.hash }.into());
            }
        }
    }
    Ok(vec![Fact::PlanDrafted(plan)])
}

fn within_limits(plan: &Plan) -> Result<(), NightRefusal> {
    let counts = [
        ("hosts of a plan", plan.items.len(), ITEMS_PER_PLAN_MAX),
        ("patches of a plan", plan.patches.len(), PATCHES_PER_PLAN_MAX),
        ("rings of a plan", plan.rings.len(), RINGS_PER_PLAN_MAX),
        ("windows of a plan", plan.windows.len(), RINGS_PER_PLAN_MAX),
        ("units with cover", plan.cover.len(), ITEMS_PER_PLAN_MAX),
        ("units with a census", plan.resources.census.len(), ITEMS_PER_PLAN_MAX),
        ("entries of staff", plan.resources.staff.len(), ITEMS_PER_PLAN_MAX),
        ("visits", plan.resources.visits.len(), ITEMS_PER_PLAN_MAX),
        ("ways", plan.resources.walks.len(), ITEMS_PER_PLAN_MAX),
        ("loaners", plan.resources.loaners.len(), ITEMS_PER_PLAN_MAX),
        ("closed times", plan.resources.closed.len(), ITEMS_PER_PLAN_MAX),
        ("bookings", plan.resources.bookings.len(), ITEMS_PER_PLAN_MAX),
        ("gates", plan.resources.gates.len(), ITEMS_PER_PLAN_MAX),
        ("kinds with minutes of hands", plan.resources.hands_on.len(), ITEMS_PER_PLAN_MAX),
        ("due days", plan.resources.due.len(), ITEMS_PER_PLAN_MAX),
        ("times of access", plan.resources.access.len(), ITEMS_PER_PLAN_MAX),
        ("precedences", plan.resources.precedences.len(), ITEMS_PER_PLAN_MAX),
        ("pairs of sides", plan.resources.sides.len(), ITEMS_PER_PLAN_MAX),
    ];
    for (what, count, max) in counts {
        if count > max {
            return Err(NightRefusal::TooMany { what, count, max });
        }
    }
    written("the title", &plan.title)?;
    if plan.items.is_empty() {
        return Err(NightRefusal::NoItems { id: plan.id.clone() });
    }
    Ok(())
}

/// What must hold for anything to be said about a plan at all. Everything else is the checker's, who says it of a draft that
/// people can look at.
fn holds_together(plan: &Plan) -> Result<(), NightRefusal> {
    let patches: BTreeSet<_> = plan.patches.iter().map(|patch| &patch.id).collect();
    let mut hosts = BTreeSet::new();
    for item in &plan.items {
        if !hosts.insert(&item.host) {
            return Err(NightRefusal::HostTwice { id: plan.id.clone(), host: item.host.clone() });
        }
        if let Some(patch) = item.patches.iter().find(|patch| !patches.contains(patch)) {
            return Err(NightRefusal::NoSuchPatch { id: plan.id.clone(), patch: patch.clone() });
        }
    }
    Ok(())
}

/// The plan, if anything may still be said about it.
pub(super) fn open(state: &State, plan: PlanHash) -> Result<&PlanRecord, NightRefusal> {
    let record = state.night().plan(&plan).ok_or(NightRefusal::NoSuchPlan { plan })?;
    if record.started.is_some() {
        return Err(NightRefusal::Started { plan });
    }
    if record.withdrawn.is_some() {
        return Err(NightRefusal::Withdrawn { plan });
    }
    if let Some(by) = record.superseded_by {
        return Err(NightRefusal::Superseded { plan, by });
    }
    Ok(record)
}

pub(in crate::decide) fn answer(
    state: &State,
    plan: PlanHash,
    sign_off: SignOff,
) -> Result<Vec<Fact>, Refusal> {
    answers(state, &sign_off.by, &sign_off.unit)?;
    let record = open(state, plan)?;
    if sign_off.by == record.plan.requester {
        return Err(NightRefusal::RequesterAnswers { account: sign_off.by }.into());
    }
    let topology = state.topology(&record.plan);
    concerned(&planning::units_concerned(&record.plan, &topology), &sign_off.unit)?;
    has_words(&sign_off.answer)?;
    Ok(vec![Fact::PlanAnswered(OfPlan { plan, is: sign_off })])
}

pub(super) fn concerned(units: &[UnitId], unit: &UnitId) -> Result<(), NightRefusal> {
    if units.contains(unit) { Ok(()) } else { Err(NightRefusal::UnitNotConcerned { unit: unit.clone() }) }
}

/// A refusal has a reason; words that are written are not too long.
pub(super) fn has_words(answer: &UnitAnswer) -> Result<(), NightRefusal> {
    match answer {
        UnitAnswer::Accept => Ok(()),
        UnitAnswer::Propose { says, .. } if says.is_empty() => Ok(()),
        UnitAnswer::Propose { says, .. } => written("the remark", says),
        UnitAnswer::Refuse { reason } => written("the reason", reason),
    }
}

pub(in crate::decide) fn cover(
    state: &State,
    plan: PlanHash,
    confirmed: CoverConfirmed,
) -> Result<Vec<Fact>, Refusal> {
    answers(state, &confirmed.by, &confirmed.unit)?;
    let record = open(state, plan)?;
    if !record.plan.cover.iter().any(|cover| cover.unit == confirmed.unit) {
        return Err(NightRefusal::NoCoverAsked { unit: confirmed.unit }.into());
    }
    if confirmed.people.len() > COVER_PEOPLE_MAX {
        let (what, count) = ("people", confirmed.people.len());
        return Err(NightRefusal::TooMany { what, count, max: COVER_PEOPLE_MAX }.into());
    }
    let mut names = BTreeSet::new();
    for name in &confirmed.people {
        if name.trim().is_empty() || !names.insert(name.trim()) {
            return Err(NightRefusal::Missing { what: "a name or role, each person once," }.into());
        }
        if name.len() > COVER_NAME_MAX_BYTES {
            let (what, bytes) = ("a name", name.len());
            return Err(NightRefusal::TooLong { what, bytes, max: COVER_NAME_MAX_BYTES }.into());
        }
    }
    Ok(vec![Fact::PlanCovered(OfPlan { plan, is: confirmed })])
}

pub(in crate::decide) fn approve(
    state: &State,
    plan: PlanHash,
    approval: Approval,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, &approval.by)?;
    let record = open(state, plan)?;
    if approval.by == record.plan.requester {
        return Err(NightRefusal::RequesterApproves { account: approval.by }.into());
    }
    if record.consent.approvals.iter().any(|known| known.by == approval.by) {
        return Err(NightRefusal::ApprovedAlready { account: approval.by }.into());
    }
    holds(state, record, approval.at)?;
    Ok(vec![Fact::PlanApproved(OfPlan { plan, is: approval })])
}

/// The checker has nothing against the plan as the hospital is now.
pub(super) fn holds(state: &State, record: &PlanRecord, now: Time) -> Result<(), NightRefusal> {
    let findings = state.plan_findings(&record.plan, now);
    let says: Vec<Box<str>> =
        findings.into_iter().filter(|finding| finding.blocks).map(|finding| finding.says).collect();
    if says.is_empty() { Ok(()) } else { Err(NightRefusal::DoesNotHold { says }) }
}

pub(in crate::decide) fn withdraw(
    state: &State,
    plan: PlanHash,
    reason: Box<str>,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the reason", &reason)?;
    open(state, plan)?;
    Ok(vec![Fact::PlanWithdrawn(PlanReason { plan, reason })])
}
