//! Decisions about patch nights, and their refusals in sentences.

pub(super) mod drive;
pub(super) mod hosts;
pub(super) mod outages;
pub(super) mod plans;
mod refusal;
pub(super) mod rollouts;
pub(super) mod work;

pub use refusal::NightRefusal;

use model::ids::{AccountId, UnitId};
use model::people::Role;

use crate::state::State;

/// Longest reason, remark or piece of evidence that a person writes.
pub const WRITTEN_MAX_BYTES: usize = 4_000;

/// The account exists and may change things.
fn acts(state: &State, by: &AccountId) -> Result<(), NightRefusal> {
    reaches(state, by, Role::Engineer)
}

/// The account exists and may answer for this unit.
fn answers(state: &State, by: &AccountId, unit: &UnitId) -> Result<(), NightRefusal> {
    reaches(state, by, Role::Ward)?;
    match state.people().accounts.get(by) {
        Some(account) if !account.answers_for(unit) => {
            Err(NightRefusal::NotTheirUnit { account: by.clone(), unit: unit.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn reaches(state: &State, by: &AccountId, least: Role) -> Result<(), NightRefusal> {
    let account = state.people().accounts.get(by);
    let account = account.ok_or_else(|| NightRefusal::NoSuchAccount { account: by.clone() })?;
    match account.role {
        role if role >= least => Ok(()),
        Role::Reader => Err(NightRefusal::OnlyReads { account: by.clone() }),
        Role::Ward | Role::Engineer | Role::Admin => Err(NightRefusal::OnlyAnswers { account: by.clone() }),
    }
}

/// Somebody wrote something, and not too much.
pub(super) fn written(what: &'static str, text: &str) -> Result<(), NightRefusal> {
    if text.trim().is_empty() {
        return Err(NightRefusal::Missing { what });
    }
    if text.len() > WRITTEN_MAX_BYTES {
        return Err(NightRefusal::TooLong { what, bytes: text.len(), max: WRITTEN_MAX_BYTES });
    }
    Ok(())
}
