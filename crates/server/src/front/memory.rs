//! Accounts in memory: for tests and for trying the pages out. Nothing survives the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Time;
use model::ids::AccountId;
use model::people::Role;

use super::{Account, Accounts, AccountsError, NewAccount, Session, TokenDigest};

#[derive(Default)]
struct Kept {
    accounts: HashMap<AccountId, Account>,
    sessions: HashMap<TokenDigest, Session>,
}

/// Accounts that live as long as the process.
#[derive(Default)]
pub struct MemoryAccounts(Mutex<Kept>);

impl MemoryAccounts {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        self.kept().sessions.len()
    }
}

#[async_trait::async_trait]
impl Accounts for MemoryAccounts {
    async fn any_admin(&self) -> Result<bool, AccountsError> {
        Ok(self.kept().accounts.values().any(|account| account.role == Role::Admin))
    }

    async fn find(&self, name: &AccountId) -> Result<Option<Account>, AccountsError> {
        Ok(self.kept().accounts.get(name).cloned())
    }

    async fn create(&self, new: NewAccount) -> Result<(), AccountsError> {
        let mut kept = self.kept();
        if kept.accounts.contains_key(&new.account.name) {
            return Err(AccountsError::Taken);
        }
        kept.accounts.insert(new.account.name.clone(), new.account);
        Ok(())
    }

    async fn set_password(
        &self,
        name: &AccountId,
        password_hash: &str,
        must_change: bool,
        keep: Option<&TokenDigest>,
        _at: Time,
    ) -> Result<(), AccountsError> {
        let mut kept = self.kept();
        let account = kept.accounts.get_mut(name).ok_or(AccountsError::Missing)?;
        account.password_hash = password_hash.into();
        account.must_change = must_change;
        kept.sessions.retain(|token, session| session.account != *name || Some(token) == keep);
        Ok(())
    }

    async fn session_opened(&self, session: Session) -> Result<(), AccountsError> {
        self.kept().sessions.insert(session.token, session);
        Ok(())
    }

    async fn session_of(&self, token: &TokenDigest) -> Result<Option<Session>, AccountsError> {
        Ok(self.kept().sessions.get(token).cloned())
    }

    async fn session_seen(&self, token: &TokenDigest, at: Time) -> Result<(), AccountsError> {
        if let Some(session) = self.kept().sessions.get_mut(token) {
            session.seen = session.seen.max(at);
        }
        Ok(())
    }

    async fn session_closed(&self, token: &TokenDigest, _at: Time) -> Result<(), AccountsError> {
        self.kept().sessions.remove(token);
        Ok(())
    }
}
