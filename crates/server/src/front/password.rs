//! Passwords: argon2id, the rules for a new one, and the first admin's one-time password.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::Time;
use model::ids::AccountId;
use model::people::Role;
use rand::{Rng, RngCore};

use super::{Account, Accounts, AccountsError, NewAccount};

/// Memory of one hash. With [`ARGON2_ITERATIONS`] and [`ARGON2_LANES`] the first choice of the OWASP password storage
/// cheat sheet (19 MiB, 2, 1).
pub const ARGON2_MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
pub const ARGON2_ITERATIONS: u32 = 2;
/// Lanes.
pub const ARGON2_LANES: u32 = 1;
/// Fewest characters of a password (NIST SP 800-63B-4 §3.1.1.2 asks 15 where it is the only factor).
pub const PASSWORD_LENGTH_MIN_CHARACTERS: usize = 15;
/// Most characters of a password: bounds the work of hashing.
pub const PASSWORD_LENGTH_MAX_CHARACTERS: usize = 256;
/// Sign-in name of the first admin.
pub const FIRST_ADMIN: &str = "admin";

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Argon2 refused.
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// Accounts could not be read or written.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// Nobody may administer, and the first admin's name is taken.
    #[error(
        "no account may administer, and \"{name}\" is the name of one that may not; open one: segue account open NAME --role admin",
        name = FIRST_ADMIN
    )]
    NoAdmin,
    /// The first admin's name is not an identifier: a mistake in the program.
    #[error(transparent)]
    Name(#[from] model::ids::NotAnId),
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_ITERATIONS, ARGON2_LANES, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// PHC string of `password`. Takes about 20 ms of a processor: call it where blocking is allowed.
pub fn hash(password: &str) -> Result<Box<str>, PasswordError> {
    let mut salt = [0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(PasswordError::Hash)?;
    let hash = argon2().hash_password(password.as_bytes(), &salt).map_err(PasswordError::Hash)?;
    Ok(hash.to_string().into())
}

/// Hash of nobody's password, with the parameters above.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2VndWUtbm9ib2R5LXNhbHQ$bm8gcGFzc3dvcmQgaGFzIHRoaXMgYXMgaXRzIGhhc2g";

/// Does `password` belong to `hash`? Without a hash the same work is done for nothing, so that the time taken does not
/// tell whether an account exists.
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    let known = hash.is_some();
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    argon2().verify_password(password.as_bytes(), &parsed).is_ok() && known
}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFlaw {
    /// Fewer than [`PASSWORD_LENGTH_MIN_CHARACTERS`].
    Short,
    /// More than [`PASSWORD_LENGTH_MAX_CHARACTERS`].
    Long,
    /// Holds the account's name, or is made of very few different characters or of a well-known row.
    Guessable,
}

/// The first flaw of a new password, or `None`. No rules about kinds of characters (NIST SP 800-63B-4 §3.1.1.2).
pub fn flaw_of(password: &str, name: &str) -> Option<PasswordFlaw> {
    const ROWS: [&str; 6] = ["123456789", "987654321", "qwertyuiop", "abcdefghi", "password", "lösenord"];
    let characters = password.chars().count();
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if characters < PASSWORD_LENGTH_MIN_CHARACTERS {
        Some(PasswordFlaw::Short)
    } else if characters > PASSWORD_LENGTH_MAX_CHARACTERS {
        Some(PasswordFlaw::Long)
    } else if different.len() < 5
        || (name.chars().count() > 3 && lower.contains(&name.to_lowercase()))
        || ROWS.iter().any(|row| lower.contains(row))
    {
        Some(PasswordFlaw::Guessable)
    } else {
        None
    }
}

/// Makes the first admin when no account may administer, and returns the one-time password to be printed once: accounts of other
/// roles may have been opened by command line before the first start. `None` when somebody can administer already. Two servers
/// starting at once: only one of them gets a password.
///
/// # Errors
/// The first admin's name belongs to somebody with another role; storage failed.
pub async fn ensure_first_admin(accounts: &dyn Accounts, now: Time) -> Result<Option<String>, PasswordError> {
    if accounts.any_admin().await? {
        return Ok(None);
    }
    let password = one_time_password();
    let account = Account {
        name: AccountId::new(FIRST_ADMIN)?,
        password_hash: hash(&password)?,
        role: Role::Admin,
        must_change: true,
    };
    match accounts.create(NewAccount { account, at: now }).await {
        Ok(()) => Ok(Some(password)),
        // By the other of two servers, or by somebody who may not administer.
        Err(AccountsError::Taken) if accounts.any_admin().await? => Ok(None),
        Err(AccountsError::Taken) => Err(PasswordError::NoAdmin),
        Err(error @ (AccountsError::Missing | AccountsError::Storage(_))) => Err(error.into()),
    }
}

/// Five groups of four characters that are not mistaken for each other when read aloud: 99 bits.
pub fn one_time_password() -> String {
    const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    let letter = |random: &mut rand::rngs::ThreadRng| {
        LETTERS.get(random.random_range(0..LETTERS.len())).copied().map_or('x', char::from)
    };
    let groups: Vec<String> = (0..5).map(|_| (0..4).map(|_| letter(&mut random)).collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_recognised_and_nobody_has_none() {
        let kept = hash("a quiet night on ward 5").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("a quiet night on ward 5", Some(&kept)));
        assert!(!verify("a quiet night on ward 6", Some(&kept)));
        assert!(!verify("a quiet night on ward 5", None));
        assert!(!verify("x", Some("not a hash")));
    }

    #[test]
    fn comparing_with_nobody_costs_as_much_as_with_somebody() {
        // The stand-in must parse and have the present parameters, else it would fail early and tell.
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(hash.hash.unwrap().len(), 32);
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), ARGON2_MEMORY_KIB);
    }

    #[test]
    fn a_new_password_is_long_and_not_a_name_or_a_row() {
        assert_eq!(flaw_of("short", "anna"), Some(PasswordFlaw::Short));
        assert_eq!(flaw_of(&"long".repeat(70), "anna"), Some(PasswordFlaw::Long));
        assert_eq!(flaw_of("Anna-and-her-cats", "anna"), Some(PasswordFlaw::Guessable));
        assert_eq!(flaw_of("aaaaaaaaaaaaaaaaa", "anna"), Some(PasswordFlaw::Guessable));
        assert_eq!(flaw_of("my-123456789-list", "anna"), Some(PasswordFlaw::Guessable));
        assert_eq!(flaw_of("a quiet night on ward 5", "anna"), None);
        assert_eq!(flaw_of(&one_time_password(), FIRST_ADMIN), None);
    }
}
