//! Accounts and sessions.

use std::collections::{BTreeMap, BTreeSet};

use model::Time;
use model::ids::{AccountId, UnitId};
use model::people::Role;
use serde::{Deserialize, Serialize};

use crate::fact::{AccountBound, AccountOpened, PasswordSet, SessionOpened};
use crate::feeds::{Feed, FeedOf, FeedOpened};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Sign-in name.
    pub id: AccountId,
    /// What it may do.
    pub role: Role,
    /// PHC string of the password's hash.
    pub password_hash: Box<str>,
    /// The password must be changed before anything else.
    pub must_change: bool,
    /// The care units that it answers for, where it is bound to some; an account that is bound to none may answer for any
    /// that its role lets it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub units: BTreeSet<UnitId>,
}

impl Account {
    /// May it answer for this unit: plans, staff, further outages? Whoever may do more than answer is never bound.
    pub fn answers_for(&self, unit: &UnitId) -> bool {
        match self.role {
            Role::Reader => false,
            Role::Ward => self.units.is_empty() || self.units.contains(unit),
            Role::Engineer | Role::Admin => true,
        }
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// When it was opened.
    pub opened: Time,
    /// From then on it is no longer valid.
    pub expires: Time,
}

/// Everybody who may sign in, and who has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Accounts by sign-in name.
    pub accounts: BTreeMap<AccountId, Account>,
    /// Sessions by the SHA-256 of their token.
    pub sessions: BTreeMap<Box<str>, Session>,
    /// Calendar feeds by the SHA-256 of the secret in their address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub feeds: BTreeMap<Box<str>, Feed>,
}

impl People {
    /// The session with this token, if it is valid at `now` and its account still exists.
    pub fn session(&self, token_sha256: &str, now: Time) -> Option<(&Session, &Account)> {
        let session = self.sessions.get(token_sha256).filter(|session| now < session.expires)?;
        Some((session, self.accounts.get(&session.account)?))
    }

    pub(crate) fn open_account(&mut self, opened: AccountOpened) {
        let AccountOpened { account: id, role, password_hash, must_change } = opened;
        let units = BTreeSet::new();
        self.accounts.insert(id.clone(), Account { id, role, password_hash, must_change, units });
    }

    pub(crate) fn set_password(&mut self, set: PasswordSet) {
        let kept = set.keep_session.as_deref();
        self.sessions.retain(|token, session| session.account != set.account || Some(&**token) == kept);
        if let Some(account) = self.accounts.get_mut(&set.account) {
            account.password_hash = set.password_hash;
            account.must_change = set.must_change;
        }
    }

    pub(crate) fn bind_account(&mut self, bound: AccountBound) {
        if let Some(account) = self.accounts.get_mut(&bound.account) {
            account.units = bound.units.into_iter().collect();
        }
    }

    pub(crate) fn close_account(&mut self, account: &AccountId) {
        self.close_sessions_of(account);
        // What was opened by or for somebody who is gone is read no more.
        self.feeds.retain(|_, feed| feed.by != *account && feed.of != FeedOf::Person(account.clone()));
        self.accounts.remove(account);
    }

    /// Opens a session, and forgets those that are over: they prove nothing any more, the journal keeps them.
    pub(crate) fn open_session(&mut self, now: Time, opened: SessionOpened) {
        self.sessions.retain(|_, session| now < session.expires);
        let session = Session { account: opened.account, opened: now, expires: opened.expires };
        self.sessions.insert(opened.token_sha256, session);
    }

    pub(crate) fn open_feed(&mut self, now: Time, opened: FeedOpened) {
        let FeedOpened { token_sha256, of, by } = opened;
        self.feeds.insert(token_sha256, Feed { of, by, opened: now });
    }

    fn close_sessions_of(&mut self, account: &AccountId) {
        self.sessions.retain(|_, session| session.account != *account);
    }
}
