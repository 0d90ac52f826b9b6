//! Who comes in: accounts, passwords, sessions, form tokens, throttling. Storage is behind [`Accounts`]; none here.

mod accounts;
mod guard;
mod memory;
mod password;
mod session;
mod throttle;
mod token;
mod visitor;

pub use accounts::{Account, Accounts, AccountsError, NewAccount, Session};
pub(crate) use guard::guard;
pub use guard::{OWN_ACCOUNT_PATHS, PUBLIC_PATHS};
pub use memory::MemoryAccounts;
pub use password::{
    ARGON2_ITERATIONS, ARGON2_LANES, ARGON2_MEMORY_KIB, FIRST_ADMIN, PASSWORD_LENGTH_MAX_CHARACTERS,
    PASSWORD_LENGTH_MIN_CHARACTERS, PasswordError, PasswordFlaw, ensure_first_admin, flaw_of, hash,
    one_time_password, verify,
};
pub use session::{
    SESSION_ABSOLUTE_MAX_SECONDS, SESSION_IDLE_MAX_SECONDS, SESSION_SEEN_STEP_SECONDS, clear_session_cookie,
    open as open_session, session_cookie,
};
pub use throttle::{
    ACCOUNT_FREE_TRIES, ACCOUNT_WAIT_MAX_SECONDS, ADDRESS_FREE_TRIES, ADDRESS_WAIT_MAX_SECONDS,
    THROTTLE_ENTRIES_MAX, Throttle,
};
pub use token::{Token, TokenDigest};
pub(crate) use visitor::recognise;
pub use visitor::{SignedIn, Theme, Visitor};
