//! Rollouts as people steer them: start, pause, go on, stop.

use std::collections::BTreeSet;

use model::ids::AccountId;
use model::{AssetTag, PlanHash, Time};
use rollout::decision::IncidentKind;

use super::{NightRefusal, acts, plans, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{HostLookedInto, PlanReason, RollBackDecided, RolloutStarted, RolloutStopped};
use crate::night::records::RunState;
use crate::state::State;

pub(in crate::decide) fn start(
    state: &State,
    plan: PlanHash,
    by: AccountId,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, &by)?;
    let record = plans::open(state, plan)?;
    plans::holds(state, record, now)?;
    let missing = state.plan_missing(record);
    if !missing.is_empty() {
        return Err(NightRefusal::NotAgreed { missing }.into());
    }
    let hosts: BTreeSet<&AssetTag> = record.plan.items.iter().map(|item| &item.host).collect();
    let busy = state.night().busy(&plan, &hosts, now);
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

pub(in crate::decide) fn look_into(
    state: &State,
    plan: PlanHash,
    host: AssetTag,
    found: Box<str>,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("what was found", &found)?;
    of_rollout(state, plan, &host)?;
    Ok(vec![Fact::HostLookedInto(HostLookedInto { plan, host, found })])
}

pub(in crate::decide) fn roll_back(
    state: &State,
    decided: RollBackDecided,
    by: &AccountId,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the reason", &decided.reason)?;
    let rollout = of_rollout(state, decided.plan, &decided.host)?;
    super::outages::window_holds(decided.window, now)?;
    if !rollout.may_roll_back(&decided.host) {
        return Err(NightRefusal::NoRollBack { host: decided.host }.into());
    }
    Ok(vec![Fact::RollBackDecided(decided)])
}

/// The rollout, if it has this host.
fn of_rollout<'a>(
    state: &'a State,
    plan: PlanHash,
    host: &AssetTag,
) -> Result<&'a rollout::Rollout, NightRefusal> {
    let rollout = state.night().rollout(&plan).ok_or(NightRefusal::NotStarted { plan })?;
    if rollout.concerns(host) {
        Ok(rollout)
    } else {
        Err(NightRefusal::NotInPlan { plan, host: host.clone() })
    }
}
