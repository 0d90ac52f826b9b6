//! Accounts and sessions for the server, kept as facts in the journal: they survive a restart, and several servers on one
//! journal share them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hospital::{Command, Refusal};
use model::Time;
use model::ids::AccountId;
use model::people::Role;
use node::{CommandError, Node};
use server::clock::Clock;
use server::front::{Account, Accounts, AccountsError, NewAccount, Session, TokenDigest};

/// Longest life of a session in the journal, in seconds; the server's own limits are shorter.
const SESSION_LIFE_SECONDS: i64 = 24 * 60 * 60;
/// The same by a demonstration's clock.
const SESSION_LIFE_IN_DEMONSTRATION_SECONDS: i64 = 400 * SESSION_LIFE_SECONDS;

/// Accounts over a node.
pub(crate) struct JournalAccounts {
    node: Arc<Node>,
    /// When each session was last seen in use. Lost at a restart: that signs people out early, never late.
    seen: Mutex<HashMap<TokenDigest, Time>>,
    /// In a demonstration: its clock. Hours of it pass in minutes, and must sign nobody out.
    lapse: Option<Arc<dyn Clock>>,
}

impl JournalAccounts {
    pub(crate) fn new(node: Arc<Node>) -> JournalAccounts {
        JournalAccounts { node, seen: Mutex::new(HashMap::new()), lapse: None }
    }

    /// Accounts of a demonstration: sessions end when people sign out, never by its clock.
    pub(crate) fn of_demonstration(node: Arc<Node>, clock: Arc<dyn Clock>) -> JournalAccounts {
        JournalAccounts { lapse: Some(clock), ..JournalAccounts::new(node) }
    }

    async fn command(&self, command: Command, actor: &AccountId, at: Time) -> Result<(), AccountsError> {
        match self.node.command(command, actor.as_str(), at).await {
            Ok(_) => Ok(()),
            Err(CommandError::Refused(Refusal::AccountExists { .. })) => Err(AccountsError::Taken),
            Err(CommandError::Refused(Refusal::NoSuchAccount { .. })) => Err(AccountsError::Missing),
            Err(other) => Err(AccountsError::Storage(Box::new(other))),
        }
    }

    fn note_seen(&self, token: &TokenDigest, at: Option<Time>) -> Option<Time> {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match at {
            Some(at) => seen.insert(*token, at),
            None => seen.get(token).copied(),
        }
    }
}

fn hexadecimal(token: &TokenDigest) -> Box<str> {
    hex::encode(token.0).into()
}

#[async_trait::async_trait]
impl Accounts for JournalAccounts {
    async fn any_admin(&self) -> Result<bool, AccountsError> {
        Ok(self.node.read(|state| state.people().accounts.values().any(|known| known.role == Role::Admin)))
    }

    async fn find(&self, name: &AccountId) -> Result<Option<Account>, AccountsError> {
        Ok(self.node.read(|state| {
            state.people().accounts.get(name).map(|known| Account {
                name: known.id.clone(),
                password_hash: known.password_hash.clone(),
                role: known.role,
                must_change: known.must_change,
            })
        }))
    }

    async fn create(&self, new: NewAccount) -> Result<(), AccountsError> {
        let Account { name, password_hash, role, must_change } = new.account;
        let command = Command::OpenAccount { account: name.clone(), role, password_hash, must_change };
        self.command(command, &name, new.at).await
    }

    async fn set_password(
        &self,
        name: &AccountId,
        password_hash: &str,
        must_change: bool,
        keep: Option<&TokenDigest>,
        at: Time,
    ) -> Result<(), AccountsError> {
        let keep_session = keep.map(hexadecimal);
        let account = name.clone();
        let command =
            Command::SetPassword { account, password_hash: password_hash.into(), must_change, keep_session };
        self.command(command, name, at).await
    }

    async fn session_opened(&self, session: Session) -> Result<(), AccountsError> {
        self.note_seen(&session.token, Some(session.seen));
        let command = Command::OpenSession {
            token_sha256: hexadecimal(&session.token),
            account: session.account.clone(),
            expires: session.opened.plus_seconds(match self.lapse {
                Some(_) => SESSION_LIFE_IN_DEMONSTRATION_SECONDS,
                None => SESSION_LIFE_SECONDS,
            }),
        };
        self.command(command, &session.account, session.opened).await
    }

    async fn session_of(&self, token: &TokenDigest) -> Result<Option<Session>, AccountsError> {
        let known = self.node.read(|state| state.people().sessions.get(&hexadecimal(token)).cloned());
        Ok(known.map(|known| {
            let (opened, seen) = match &self.lapse {
                Some(clock) => (clock.now(), clock.now()),
                None => (known.opened, self.note_seen(token, None).unwrap_or(known.opened).max(known.opened)),
            };
            Session { token: *token, account: known.account, opened, seen }
        }))
    }

    async fn session_seen(&self, token: &TokenDigest, at: Time) -> Result<(), AccountsError> {
        self.note_seen(token, Some(at));
        Ok(())
    }

    async fn session_closed(&self, token: &TokenDigest, at: Time) -> Result<(), AccountsError> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(token);
        let token_sha256 = hexadecimal(token);
        let known = self
            .node
            .read(|state| state.people().sessions.get(&token_sha256).map(|known| known.account.clone()));
        let Some(account) = known else { return Ok(()) };
        match self.node.command(Command::CloseSession { token_sha256 }, account.as_str(), at).await {
            Ok(_) | Err(CommandError::Refused(_)) => Ok(()),
            Err(other) => Err(AccountsError::Storage(Box::new(other))),
        }
    }
}
