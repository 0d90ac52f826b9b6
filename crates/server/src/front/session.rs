//! A session's life: how long it lasts and the cookie that carries it.

use model::Time;
use model::ids::AccountId;

use super::{Accounts, AccountsError, Session, Token};

/// A session ends after this long without use: a shift's meal break, not a night.
pub const SESSION_IDLE_MAX_SECONDS: i64 = 60 * 60;
/// A session ends after this long in any case: the longest shift.
pub const SESSION_ABSOLUTE_MAX_SECONDS: i64 = 13 * 60 * 60;
/// Use is recorded in steps this long, so that a busy reader does not write with every page.
pub const SESSION_SEEN_STEP_SECONDS: i64 = 5 * 60;

impl Session {
    /// Has it ended by itself at `now`? A session opened in the future counts as ended: some clock is wrong.
    pub fn expired(&self, now: Time) -> bool {
        let idle = now.seconds_since(self.seen.max(self.opened));
        let total = now.seconds_since(self.opened);
        total < -SESSION_SEEN_STEP_SECONDS
            || idle >= SESSION_IDLE_MAX_SECONDS
            || total >= SESSION_ABSOLUTE_MAX_SECONDS
    }

    /// Is it time to record that it is in use?
    pub fn seen_is_due(&self, now: Time) -> bool {
        now.seconds_since(self.seen) >= SESSION_SEEN_STEP_SECONDS
    }
}

/// Name of the session cookie: `__Host-` binds it to this host and to TLS (RFC 6265bis §4.1.3.2).
pub(super) fn session_cookie_name(tls: bool) -> &'static str {
    if tls { "__Host-segue-session" } else { "segue-session" }
}

/// Name of the cookie that ties a visitor who has not signed in to the forms given out.
pub(super) fn visit_cookie_name(tls: bool) -> &'static str {
    if tls { "__Host-segue-visit" } else { "segue-visit" }
}

pub(super) fn secret_cookie(name: &str, value: &str, tls: bool, max_age_seconds: i64) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}{secure}")
}

/// `Set-Cookie` that opens a session in the browser.
pub fn session_cookie(token: &Token, tls: bool) -> String {
    secret_cookie(session_cookie_name(tls), &token.reveal(), tls, SESSION_ABSOLUTE_MAX_SECONDS)
}

/// `Set-Cookie` that ends the session in the browser.
pub fn clear_session_cookie(tls: bool) -> String {
    secret_cookie(session_cookie_name(tls), "", tls, 0)
}

/// Opens a session for `account` and returns its token.
pub async fn open(accounts: &dyn Accounts, account: &AccountId, now: Time) -> Result<Token, AccountsError> {
    let token = Token::random();
    let session = Session { token: token.digest(), account: account.clone(), opened: now, seen: now };
    accounts.session_opened(session).await?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::TokenDigest;

    #[test]
    fn a_session_ends_when_unused_and_at_the_end_of_the_longest_shift() {
        let opened = Time(1_000_000_000_000_000);
        let session = |seen| Session {
            token: TokenDigest([0; 32]),
            account: AccountId::new("anna").unwrap(),
            opened,
            seen: opened.plus_seconds(seen),
        };
        assert!(!session(0).expired(opened.plus_seconds(SESSION_IDLE_MAX_SECONDS - 1)));
        assert!(session(0).expired(opened.plus_seconds(SESSION_IDLE_MAX_SECONDS)));
        let nearly = SESSION_ABSOLUTE_MAX_SECONDS - 10;
        assert!(!session(nearly).expired(opened.plus_seconds(nearly + 9)));
        assert!(session(nearly).expired(opened.plus_seconds(nearly + 10)));
        assert!(session(0).expired(opened.plus_seconds(-3600)), "opened in the future");
    }
}
