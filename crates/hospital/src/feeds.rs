//! Calendar feeds: secret addresses at which a calendar program reads what is planned for a unit, an owner, a person or a maker. Only
//! the SHA-256 of a secret is ever recorded; whoever has the address may read until it is revoked, or its account is closed.

use model::Time;
use model::ids::{AccountId, UnitId};
use model::plan::Owner;
use serde::{Deserialize, Serialize};

use crate::decide::Refusal;
use crate::fact::Fact;
use crate::state::State;

/// Most feeds that are open at once.
pub const FEEDS_MAX: usize = 10_000;
/// Longest name of a maker.
pub const MAKER_LENGTH_MAX_BYTES: usize = 200;

/// Whose plans a feed tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedOf {
    /// What concerns a care unit.
    Unit(UnitId),
    /// The work that is somebody's task.
    Owner(Owner),
    /// What a person asks for, approves or answers for.
    Person(AccountId),
    /// The work of a maker or its service, on its own devices.
    Vendor(Box<str>),
}

/// A feed was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedOpened {
    /// SHA-256 of the secret in its address, in hexadecimal.
    pub token_sha256: Box<str>,
    /// Whose plans it tells.
    pub of: FeedOf,
    /// Who opened it.
    pub by: AccountId,
}

/// A feed was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedClosed {
    /// SHA-256 of the secret in its address, in hexadecimal.
    pub token_sha256: Box<str>,
}

/// A feed that may be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Whose plans it tells.
    pub of: FeedOf,
    /// Who opened it.
    pub by: AccountId,
    /// When.
    pub opened: Time,
}

/// Opens a feed of something that there is.
pub(crate) fn open(state: &State, opened: FeedOpened) -> Result<Vec<Fact>, Refusal> {
    let account = |account: &AccountId| match state.people().accounts.contains_key(account) {
        true => Ok(()),
        false => Err(Refusal::NoSuchAccount { account: account.clone() }),
    };
    account(&opened.by)?;
    match &opened.of {
        FeedOf::Unit(unit) if !state.places().units.contains_key(unit) => {
            return Err(Refusal::NoSuchUnit { unit: unit.clone() });
        }
        FeedOf::Person(person) => account(person)?,
        FeedOf::Vendor(maker) if maker.trim().is_empty() || maker.len() > MAKER_LENGTH_MAX_BYTES => {
            return Err(Refusal::NoSuchMaker);
        }
        FeedOf::Unit(_) | FeedOf::Vendor(_) | FeedOf::Owner(_) => {}
    }
    if state.people().feeds.len() >= FEEDS_MAX {
        return Err(Refusal::TooManyFeeds);
    }
    if state.people().feeds.contains_key(&opened.token_sha256) {
        return Err(Refusal::FeedOpenedBefore);
    }
    Ok(vec![Fact::FeedOpened(opened)])
}

/// Revokes a feed.
pub(crate) fn close(state: &State, token_sha256: Box<str>) -> Result<Vec<Fact>, Refusal> {
    if !state.people().feeds.contains_key(&token_sha256) {
        return Err(Refusal::NoSuchFeed);
    }
    Ok(vec![Fact::FeedClosed(FeedClosed { token_sha256 })])
}
