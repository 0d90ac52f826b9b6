//! What the pages of a patch night share: finding what an address names, carrying commands, verdicts and news in the reader's
//! words, the forecast of a plan, the page before a binding act. No routes of its own.

pub(crate) mod act;
pub(crate) mod census;
pub(crate) mod drawing;
pub(crate) mod forecast;
pub(crate) mod life;
pub(crate) mod look;
pub(crate) mod past;
mod refuse;
pub(crate) mod say;
pub(crate) mod story;
pub(crate) mod time;
pub(crate) mod waits;

use hospital::night::plans::PlanRecord;
use hospital::{Command, State};
use model::AssetTag;
use model::ids::UnitId;
use model::people::Role;
use model::plan::Hands;
use node::CommandError;

use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::devices::segment;

/// Least digits of a plan's hash in an address.
const HASH_PREFIX_MIN_DIGITS: usize = 12;
const DAY_SECONDS: i64 = 86_400;

/// The plan that an address names, by its hash or by at least its first twelve digits.
pub(crate) fn plan_of<'a>(state: &'a State, id: &str) -> Result<&'a PlanRecord, Problem> {
    let fits = id.len() >= HASH_PREFIX_MIN_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = id.to_ascii_lowercase();
    let mut found = state.night().plans().filter(|record| fits && record.hash.to_string().starts_with(&id));
    match (found.next(), found.next()) {
        (Some(record), None) => Ok(record),
        (Some(_) | None, _) => Err(Problem::NotFound),
    }
}

/// Where a plan is shown.
pub(crate) fn plan_href(record: &PlanRecord) -> String {
    format!("/plans/{}", record.hash.short())
}

/// Where a host is shown.
pub(crate) fn host_href(tag: &str) -> String {
    format!("/hosts/{}", segment(tag))
}

/// Where a host of a plan is shown: what its agent observes, or the work that a person does on it.
pub(crate) fn item_href(record: &PlanRecord, host: &AssetTag) -> String {
    let by_hand = record.plan.item(host).is_some_and(|item| item.by != Hands::Agent);
    if by_hand {
        return format!("{}/work/{}", plan_href(record), segment(host.as_str()));
    }
    host_href(host.as_str())
}

/// How old evidence of a host may be, in seconds: what its agent observed, or a person's check of work by hand.
pub(crate) fn allowed_seconds(record: &PlanRecord, host: &AssetTag) -> i64 {
    let proof = &record.plan.proof;
    match record.plan.item(host).map(|item| &item.by) {
        Some(Hands::Person(_)) => i64::from(proof.hand_proof_days()) * DAY_SECONDS,
        Some(Hands::Agent) | None => i64::from(proof.evidence_age_max_seconds),
    }
}

/// The units that a plan concerns. The checker is not asked.
pub(crate) fn units_of(state: &State, record: &PlanRecord) -> Vec<UnitId> {
    planning::units_concerned(&record.plan, &state.topology(&record.plan))
}

/// Where a unit's card is.
pub(crate) fn ward_href(unit: &str) -> String {
    format!("/ward/{}", segment(unit))
}

/// A unit's name; its id when nobody has described it.
pub(crate) fn unit_name(state: &State, unit: &UnitId) -> String {
    state.places().units.get(unit).map_or_else(|| unit.to_string(), |known| known.name.to_string())
}

/// May whoever is signed in answer for this unit?
pub(crate) fn answers_for(ctx: &Ctx, state: &State, unit: &UnitId) -> bool {
    let account = ctx.person().ok().and_then(|person| state.people().accounts.get(&person.name));
    ctx.may(Role::Ward) && account.is_none_or(|account| account.answers_for(unit))
}

/// Carries a command for whoever is signed in. What the rules refuse is told in the reader's language.
pub(crate) async fn carry(ctx: &Ctx, command: Command) -> Result<(), Problem> {
    let actor = ctx.person()?.name.to_string();
    match ctx.app.domain.node.command(command, &actor, ctx.now).await {
        Ok(_) => Ok(()),
        Err(CommandError::Refused(refusal)) => {
            Err(Problem::Refused(format!("{}.", refuse::says(ctx.w, &refusal))))
        }
        Err(other) => Err(Problem::internal(other)),
    }
}
