//! Rollouts as people steer them: start, pause, go on, stop.

use std::collections::BTreeSet;

use model::ids::AccountId;
use model::{AssetTag, PlanHash};
use rollout::decision::IncidentKind;

use super::{NightRefusal, acts, plans, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{PlanReason, RolloutStarted, RolloutStopped};
use crate::night::records::RunState;
use crate::state::State;

pub(in crate::decide) fn start(state: &State, plan: PlanHash, by: AccountId) -> Result<Vec<Fact>, Refusal> {
    acts(state, &by)?;
    let record = plans::open(state, plan)?;
    plans::holds(state, record)?;
    let missing = state.plan_missing(record);
    if !missing.is_empty() {
        return Err(NightRefusal::NotAgreed { missing }.into());
    }
    let hosts: BTreeSet<&AssetTag> = record.plan.items.iter().map(|item| &item.host).collect();
    let others = state.night().running().filter(|other| other.hash != plan);
    let busy = others.flat_map(|other| &other.plan.items).map(|item| &item.host);
    let busy: BTreeSet<AssetTag> = busy.filter(|host| hosts.contains(host)).cloned().collect();
    if !busy.is_empty() {
        return Err(NightRefusal::HostsBusy { hosts: busy.into_iter().collect() }.into());
    }
    Ok(vec![Fact::RolloutStarted(RolloutStarted { plan, by })])
}

/// How a rollout runs; refused when it was never started, or stopped for good.
pub(super) fn going(state: &State, plan: PlanHash) -> Result<RunState, NightRefusal> {
    state.night().plan(&plan).ok_or(NightRefusal::NoSuchPlan { plan })?;
    match state.night().run_state(&plan) {
        None => Err(NightRefusal::NotStarted { plan }),
        Some(RunState::Stopped) => Err(NightRefusal::Stopped { plan }),
        Some(going) => Ok(going),
    }
}

pub(in crate::decide) fn pause(
    state: &State,
    plan: PlanHash,
    reason: Box<str>,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the reason", &reason)?;
    if going(state, plan)? == RunState::Paused {
        return Err(NightRefusal::Paused { plan }.into());
    }
    Ok(vec![Fact::RolloutPaused(PlanReason { plan, reason })])
}

pub(in crate::decide) fn resume(
    state: &State,
    plan: PlanHash,
    reason: Box<str>,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the reason", &reason)?;
    if going(state, plan)? != RunState::Paused {
        return Err(NightRefusal::NotPaused { plan }.into());
    }
    Ok(vec![Fact::RolloutResumed(PlanReason { plan, reason })])
}

pub(in crate::decide) fn stop(
    state: &State,
    plan: PlanHash,
    reason: Box<str>,
    emergency: bool,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the reason", &reason)?;
    going(state, plan)?;
    let kind = IncidentKind::Stopped { emergency, reason: reason.clone() };
    let incident = state.night().next_incident(&plan, 0, None, kind);
    let stopped = Fact::RolloutStopped(RolloutStopped { plan, reason, emergency });
    Ok(vec![stopped, Fact::IncidentOpened(incident)])
}
