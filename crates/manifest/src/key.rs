//! Where a setting stands: a path of names, written so that two paths are one exactly when their texts are.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// Longest key as written, in bytes. The longest path of a Windows registry has some 16,000 characters.
pub const KEY_LENGTH_MAX_BYTES: usize = 64 * 1024;
/// Most names of one key; nesting of the formats that are read ends there too.
pub const SEGMENTS_MAX_COUNT: usize = 128;

/// A path of names: `/PostgreSQL/Port`. Of several with one name the second is `/Peer[2]`; in an ordered list the first has its number too.
///
/// As in a JSON pointer (RFC 6901 §3) `~0` stands for `~` and `~1` for `/`; `~2` stands for `[`, so that a number is never part of a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(Box<str>);

/// Why a text is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// It does not begin as one.
    #[error("a key begins with /, such as /PostgreSQL/Port")]
    Beginning,
    /// A `~` that stands for nothing, or a `[` that no number follows.
    #[error(
        "\"{0}\" is not how a name of a key is written; ~0, ~1 and ~2 stand for ~, / and [, and [2] for the second of a name"
    )]
    Name(Box<str>),
    /// Longer than [`KEY_LENGTH_MAX_BYTES`].
    #[error("a key has at most {KEY_LENGTH_MAX_BYTES} bytes")]
    Length,
    /// More than [`SEGMENTS_MAX_COUNT`] names.
    #[error("a key has at most {SEGMENTS_MAX_COUNT} names")]
    Depth,
}

impl Key {
    /// The key of one name at the top.
    ///
    /// # Errors
    /// The name is too long.
    pub fn top(name: &str) -> Result<Key, NotAKey> {
        Key::bounded(format!("/{}", escaped(name)))
    }

    /// The key of `name` below this one.
    ///
    /// # Errors
    /// It would be too long, or have too many names.
    pub fn child(&self, name: &str) -> Result<Key, NotAKey> {
        Key::bounded(format!("{}/{}", self.0, escaped(name)))
    }

    /// The `number`-th of what has this key, from 1.
    ///
    /// # Errors
    /// It would be too long, or is a number of such a number already.
    pub fn nth(&self, number: NonZeroU32) -> Result<Key, NotAKey> {
        if self.0.ends_with(']') && last(&self.0).1.is_some() {
            return Err(NotAKey::Name(last(&self.0).0.into()));
        }
        Key::bounded(format!("{}[{number}]", self.0))
    }

    /// Reads a key as written.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Key, NotAKey> {
        let names = text.strip_prefix('/').ok_or(NotAKey::Beginning)?;
        match names.split('/').find(|name| !is_name(name)) {
            Some(name) => Err(NotAKey::Name(name.chars().take(80).collect::<String>().into())),
            None => Key::bounded(text.to_owned()),
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names from the top down, without numbers, as the source spells them.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(|segment| plain(numbered(segment).0))
    }

    /// Does `other` lie below this one?
    pub fn holds(&self, other: &Key) -> bool {
        other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// A text that no key is, before all keys below this one and after it.
    pub(crate) fn below(&self) -> Key {
        Key(format!("{}/", self.0).into())
    }

    fn bounded(text: String) -> Result<Key, NotAKey> {
        if text.len() > KEY_LENGTH_MAX_BYTES {
            return Err(NotAKey::Length);
        }
        if text.bytes().filter(|byte| *byte == b'/').count() > SEGMENTS_MAX_COUNT {
            return Err(NotAKey::Depth);
        }
        Ok(Key(text.into()))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Key {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<Key, NotAKey> {
        Key::parse(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.0.into()
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace('[', "~2")
}

fn plain(name: &str) -> String {
    name.replace("~2", "[").replace("~1", "/").replace("~0", "~")
}

/// A written name and its number.
fn numbered(segment: &str) -> (&str, Option<&str>) {
    match segment.split_once('[') {
        Some((name, rest)) => (name, rest.strip_suffix(']')),
        None => (segment, None),
    }
}

fn last(text: &str) -> (&str, Option<&str>) {
    numbered(text.rsplit('/').next().unwrap_or(text))
}

fn is_name(segment: &str) -> bool {
    let (name, number) = numbered(segment);
    let good_number = match number {
        None => !segment.contains('['),
        Some(number) => number.parse::<NonZeroU32>().is_ok_and(|read| read.to_string() == number),
    };
    good_number && name.split('~').skip(1).all(|rest| rest.starts_with(['0', '1', '2']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_slashes_brackets_and_tildes_stay_names() {
        let key = Key::top("a/b").unwrap().child("c[2]").unwrap().child("~1").unwrap();
        assert_eq!(key.as_str(), "/a~1b/c~22]/~01");
        assert_eq!(key.names().collect::<Vec<_>>(), ["a/b", "c[2]", "~1"]);
        assert_eq!(Key::parse(key.as_str()), Ok(key));
    }

    #[test]
    fn the_second_of_a_name_is_not_a_name_that_looks_like_it() {
        let second = Key::top("Peer").unwrap().nth(NonZeroU32::new(2).unwrap()).unwrap();
        assert_ne!(second, Key::top("Peer[2]").unwrap());
        assert!(second.nth(NonZeroU32::MIN).is_err(), "a number of a number means nothing");
        assert!(Key::top("x]").unwrap().nth(NonZeroU32::MIN).is_ok());
    }

    #[test]
    fn what_is_written_otherwise_is_refused() {
        for text in ["", "a", "/a[0]", "/a[02]", "/a[]", "/a[2", "/a[2]b", "/a[x]", "/~", "/~3"] {
            assert!(Key::parse(text).is_err(), "{text}");
        }
        assert_eq!(Key::parse(&"/a".repeat(200)), Err(NotAKey::Depth));
        assert_eq!(Key::top(&"a".repeat(KEY_LENGTH_MAX_BYTES)), Err(NotAKey::Length));
    }
}
