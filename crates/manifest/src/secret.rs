//! Secrets: which settings are taken for one, and how they are sealed so that a change of one is seen and nothing else of it.

use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::key::{Key, NotAKey};
use crate::value::Value;

/// Shortest key that seals secrets, in bytes: as long as the digest (RFC 2104 §3).
pub const KEY_MIN_BYTES: usize = 32;
/// Longest such key, in bytes.
pub const KEY_MAX_BYTES: usize = 4096;

/// A name of a key that holds one of these, anywhere and however it is spelled (`DB_Password`, `dbPassword`), holds a secret, and so does
/// all below it. A name taken by mistake can still be compared; only its value is not shown.
pub const SECRET_WORDS: &[&str] = &[
    "accesskey",
    "apikey",
    "authorization",
    "connectionstring",
    "credential",
    "encryptionkey",
    "kennwort",
    "licensekey",
    "losenord",
    "lösenord",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "privatekey",
    "productkey",
    "pwd",
    // Orthanc: names of users, each set to the password.
    "registeredusers",
    "secret",
    "sharedkey",
    "token",
];

/// A name of a key that is one of these holds a secret; within longer names they mean other things.
pub const SECRET_NAMES: &[&str] = &["cookie", "pass", "pin", "psk", "pw", "salt"];

/// A text that holds one of these, spaces left out, holds a secret, whatever its key is called.
const SECRETS_IN_TEXT: &[&str] =
    &["password=", "passwd=", "pwd=", "secret=", "token=", "apikey=", "accountkey="];

/// What a digest is of, so that no other use of the same key gives the same one.
const PURPOSE: &[u8] = b"segue manifest secret 1";
const PURPOSE_OF_ID: &[u8] = b"segue manifest key id 1";

/// HMAC-SHA-256 of a secret and its place, under a key that is not here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// Tells keys apart without saying what they are: eight bytes of an HMAC of a fixed text.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 8]);

/// Why a text is neither.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} hexadecimal digits were expected")]
pub struct NotHex(usize);

/// Why secrets cannot be sealed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The key that seals is too short to be safe, or too long to be one.
    #[error(
        "the key for secrets has {0} bytes; between {KEY_MIN_BYTES} and {KEY_MAX_BYTES} random ones would be right"
    )]
    SealingKey(usize),
    /// A setting that shall be secret is named by what is no key.
    #[error(transparent)]
    Setting(#[from] NotAKey),
    /// A word without a letter or digit would be in no name, or in each.
    #[error(
        "\"{0}\" has no letter and no digit; a word such as password, or a key such as /Db/User, would be right"
    )]
    Word(Box<str>),
}

/// Which settings are secret, and the key that seals them.
#[derive(Clone, Default)]
pub struct Secrets {
    key: Option<Box<[u8]>>,
    words: Vec<String>,
    keys: Vec<Key>,
}

impl Secrets {
    /// Seals with `key`; without one secrets are withheld, and nobody can say whether they changed. `also` are secrets that a person names:
    /// keys, with all below them (`/Db/User`), and words that are read like [`SECRET_WORDS`].
    ///
    /// # Errors
    /// The key is too short or too long, or a name is neither.
    pub fn new(key: Option<&[u8]>, also: &[String]) -> Result<Secrets, Unfit> {
        if let Some(key) = key.filter(|key| !(KEY_MIN_BYTES..=KEY_MAX_BYTES).contains(&key.len())) {
            return Err(Unfit::SealingKey(key.len()));
        }
        let mut secrets = Secrets { key: key.map(Into::into), words: Vec::new(), keys: Vec::new() };
        for name in also {
            let word = folded(name);
            if name.starts_with('/') {
                secrets.keys.push(Key::parse(name)?);
            } else if word.is_empty() {
                return Err(Unfit::Word(name.chars().take(80).collect::<String>().into()));
            } else {
                secrets.words.push(word);
            }
        }
        Ok(secrets)
    }

    /// Which key seals.
    pub fn key_id(&self) -> Option<KeyId> {
        let mac = self.mac()?.chain_update(PURPOSE_OF_ID).finalize().into_bytes();
        let mut id = [0; 8];
        id.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        Some(KeyId(id))
    }

    /// Is the value at `key` a secret?
    pub fn is_secret(&self, key: &Key, value: &Value) -> bool {
        // `key=Pin` names an element of XML by one of its attributes.
        let secret_name = |name: String| {
            let name = folded(name.split_once('=').map_or(&*name, |(_, rest)| rest));
            SECRET_NAMES.contains(&&*name)
                || SECRET_WORDS.iter().any(|word| name.contains(word))
                || self.words.iter().any(|word| name.contains(&**word))
        };
        self.keys.iter().any(|named| named == key || named.holds(key))
            || key.names().any(secret_name)
            || has_secret(value)
    }

    /// Seals a value for its place: equal secrets at two places have other digests, so a manifest does not tell that they are equal.
    pub(crate) fn sealed(&self, key: &Key, value: &Value, of: Option<&str>) -> Value {
        let Some(mac) = self.mac() else { return Value::Withheld };
        // A value has a JSON form by its making.
        let Ok(value) = serde_json::to_vec(&(value, of)) else { return Value::Withheld };
        let mac = mac.chain_update(PURPOSE).chain_update(key.as_str()).chain_update([0]).chain_update(value);
        Value::Secret(Digest(mac.finalize().into_bytes().into()))
    }

    fn mac(&self) -> Option<Hmac<Sha256>> {
        // Any length of key will do; ours was checked besides.
        Hmac::new_from_slice(self.key.as_deref()?).ok()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

/// Letters and digits alone, in lower case.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn has_secret(value: &Value) -> bool {
    match value {
        Value::Text(text) => text_has_secret(text),
        Value::List(values) | Value::Repeated(values) => values.iter().any(has_secret),
        Value::Integer(_)
        | Value::Decimal(_)
        | Value::Boolean(_)
        | Value::Null
        | Value::Empty
        | Value::Secret(_)
        | Value::Withheld => false,
    }
}

/// Private keys in PEM, connection texts (`Server=a;Password=b`), addresses with a password (`postgres://user:password@host`).
fn text_has_secret(text: &str) -> bool {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    SECRETS_IN_TEXT.iter().any(|word| squeezed.contains(word))
        || (squeezed.contains("-----begin") && squeezed.contains("privatekey"))
        || squeezed.split("://").skip(1).any(|rest| {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
        })
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", hex::encode(self.0))
    }
}

impl TryFrom<String> for KeyId {
    type Error = NotHex;
    fn try_from(text: String) -> Result<KeyId, NotHex> {
        let mut bytes = [0; 8];
        hex::decode_to_slice(text, &mut bytes).map(|()| KeyId(bytes)).map_err(|_| NotHex(16))
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> String {
        id.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = NotHex;
    fn try_from(text: String) -> Result<Digest, NotHex> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map(|()| Digest(bytes)).map_err(|_| NotHex(64))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        hex::encode(digest.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(key: &str, value: &str) -> bool {
        Secrets::default().is_secret(&Key::parse(key).unwrap(), &Value::Text(value.into()))
    }

    #[test]
    fn a_setting_that_looks_secret_is_one_however_it_is_spelled() {
        for key in
            ["/db/Password", "/DB_PASS-WORD", "/RegisteredUsers/alice", "/lösenord", "/Pin", "/apiKey/x"]
        {
            assert!(secret(key, "x"), "{key}");
        }
        for key in ["/db/Port", "/Pinhole", "/Compass", "/KeepAlive"] {
            assert!(!secret(key, "x"), "{key}");
        }
        for value in
            ["postgres://pacs:hunter2@db/x", "Server=a; Pass word = b", "-----BEGIN RSA PRIVATE KEY-----"]
        {
            assert!(secret("/x", value), "{value}");
        }
        for value in ["http://host:8042/a@b:c", "postgres://pacs@db", "-----BEGIN CERTIFICATE-----"] {
            assert!(!secret("/x", value), "{value}");
        }
        let names = ["AE title".to_owned(), "/Db/User".to_owned()];
        let named = Secrets::new(None, &names).unwrap();
        for (key, is) in [
            ("/AE_Title", true),
            ("/Db/User", true),
            ("/Db/User/x", true),
            ("/Db/Users", false),
            ("/Port", false),
        ] {
            assert_eq!(named.is_secret(&Key::parse(key).unwrap(), &Value::Null), is, "{key}");
        }
        for wrong in ["-", "", "/a[x]"] {
            assert!(Secrets::new(None, &[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn equal_secrets_seal_alike_at_one_place_and_under_one_key_only() {
        let with = |byte: u8| Secrets::new(Some(&[byte; 32]), &[]).unwrap();
        let (a, b) = (Key::parse("/a").unwrap(), Key::parse("/b").unwrap());
        let (x, y) = (Value::Text("x".into()), Value::Text("y".into()));
        let sealed = with(1).sealed(&a, &x, None);
        assert_eq!(sealed, with(1).sealed(&a, &x, None));
        assert_ne!(sealed, with(1).sealed(&a, &y, None));
        assert_ne!(sealed, with(1).sealed(&b, &x, None), "two places do not tell that they share a password");
        assert_ne!(sealed, with(2).sealed(&a, &x, None));
        assert_ne!(with(1).key_id(), with(2).key_id());
        assert_eq!(Secrets::default().sealed(&a, &x, None), Value::Withheld);
        assert!(Secrets::new(Some(&[1; 31]), &[]).is_err(), "a short key can be guessed");
        assert!(!format!("{:?}", with(7)).contains("7, 7"), "a key is never printed");
    }
}
