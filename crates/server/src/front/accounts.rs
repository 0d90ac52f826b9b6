//! What the server needs of whoever keeps accounts and sessions. The journal's side implements it; the server never
//! knows how.

use model::Time;
use model::ids::AccountId;
use model::people::Role;

use super::TokenDigest;

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Sign-in name.
    pub name: AccountId,
    /// PHC string of argon2id.
    pub password_hash: Box<str>,
    /// What the person may do.
    pub role: Role,
    /// The password was given by somebody else and must be replaced before anything else.
    pub must_change: bool,
}

/// An account to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// When.
    pub at: Time,
}

/// A session, kept by the digest of its token: whoever reads the record cannot use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token in the cookie.
    pub token: TokenDigest,
    /// Whose session.
    pub account: AccountId,
    /// When it was opened.
    pub opened: Time,
    /// When it was last seen in use; at least `opened`.
    pub seen: Time,
}

/// Why accounts could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The name is taken.
    #[error("an account of this name exists")]
    Taken,
    /// No such account.
    #[error("there is no account of this name")]
    Missing,
    /// Storage failed.
    #[error("accounts cannot be reached")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Accounts and sessions. Writes return only once they are durable.
#[async_trait::async_trait]
pub trait Accounts: Send + Sync {
    /// Is there an account that may administer? Decides whether a first admin is made.
    async fn any_admin(&self) -> Result<bool, AccountsError>;

    /// The account of this name.
    async fn find(&self, name: &AccountId) -> Result<Option<Account>, AccountsError>;

    /// Makes an account; [`AccountsError::Taken`] when the name exists.
    async fn create(&self, account: NewAccount) -> Result<(), AccountsError>;

    /// Replaces the password and closes every session of the account except `keep`.
    async fn set_password(
        &self,
        name: &AccountId,
        password_hash: &str,
        must_change: bool,
        keep: Option<&TokenDigest>,
        at: Time,
    ) -> Result<(), AccountsError>;

    /// Keeps a new session.
    async fn session_opened(&self, session: Session) -> Result<(), AccountsError>;

    /// The session of this token digest, if it was opened and not closed. Expiry is the server's business.
    async fn session_of(&self, token: &TokenDigest) -> Result<Option<Session>, AccountsError>;

    /// The session was used. Called at most once per `SESSION_SEEN_STEP_SECONDS` and session. May be kept in memory
    /// only: losing it signs a person out early, never late.
    async fn session_seen(&self, token: &TokenDigest, at: Time) -> Result<(), AccountsError>;

    /// Ends a session; ending one that does not exist is no error.
    async fn session_closed(&self, token: &TokenDigest, at: Time) -> Result<(), AccountsError>;
}
