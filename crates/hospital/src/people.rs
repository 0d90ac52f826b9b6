//! Accounts and sessions.

use std::collections::BTreeMap;

use model::Time;
use model::ids::AccountId;
use model::people::Role;
use serde::{Deserialize, Serialize};

use crate::fact::{AccountOpened, PasswordSet, SessionOpened};

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
}

impl People {
    /// The session with this token, if it is valid at `now` and its account still exists.
    pub fn session(&self, token_sha256: &str, now: Time) -> Option<(&Session, &Account)> {
        let session = self.sessions.get(token_sha256).filter(|session| now < session.expires)?;
        Some((session, self.accounts.get(&session.account)?))
    }

    pub(crate) fn open_account(&mut self, opened: AccountOpened) {
        let AccountOpened { account: id, role, password_hash, must_change } = opened;
        self.accounts.insert(id.clone(), Account { id, role, password_hash, must_change });
    }

    pub(crate) fn set_password(&mut self, set: PasswordSet) {
        let kept = set.keep_session.as_deref();
        self.sessions.retain(|token, session| session.account != set.account || Some(&**token) == kept);
        if let Some(account) = self.accounts.get_mut(&set.account) {
            account.password_hash = set.password_hash;
            account.must_change = set.must_change;
        }
    }

    pub(crate) fn close_account(&mut self, account: &AccountId) {
        self.close_sessions_of(account);
        self.accounts.remove(account);
    }

    /// Opens a session, and forgets those that are over: they prove nothing any more, the journal keeps them.
    pub(crate) fn open_session(&mut self, now: Time, opened: SessionOpened) {
        self.sessions.retain(|_, session| now < session.expires);
        let session = Session { account: opened.account, opened: now, expires: opened.expires };
        self.sessions.insert(opened.token_sha256, session);
    }

    fn close_sessions_of(&mut self, account: &AccountId) {
        self.sessions.retain(|_, session| session.account != *account);
    }
}
