//! The one way a message is read: length, then JSON, then version and limits. A refusal says where and what would be right.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A message with its limits.
pub trait Message: DeserializeOwned + Serialize {
    /// What it is called in refusals.
    const WHAT: &'static str;
    /// Longest text.
    const MAX_BYTES: usize;

    /// Version and limits.
    ///
    /// # Errors
    /// One of them does not hold.
    fn check(&self) -> Result<(), Unfit>;
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Longer than its limit.
    #[error("{what} has {is} bytes; at most {max} are read")]
    TooLong {
        /// Which message.
        what: &'static str,
        /// Its length, in bytes.
        is: usize,
        /// The limit, in bytes.
        max: usize,
    },
    /// Not such a message.
    #[error("{what} cannot be read at line {line}, column {column}: {problem}")]
    NotReadable {
        /// Which message.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader says.
        problem: String,
    },
    /// Another version of the messages.
    #[error("{what} is of version {is}; this program speaks version {ours}", ours = crate::VERSION)]
    Version {
        /// Which message.
        what: &'static str,
        /// Its version.
        is: u32,
    },
    /// A part is not within its limits.
    #[error("{what}, {part}: {problem}; {expected}")]
    Limit {
        /// Which message.
        what: &'static str,
        /// Which part.
        part: String,
        /// What is wrong.
        problem: String,
        /// What would be right.
        expected: String,
    },
}

/// Reads a message and checks its limits.
///
/// # Errors
/// It is too long, cannot be read, is of another version, or a part is beyond its limits.
pub fn read<M: Message>(bytes: &[u8]) -> Result<M, Unfit> {
    if bytes.len() > M::MAX_BYTES {
        return Err(Unfit::TooLong { what: M::WHAT, is: bytes.len(), max: M::MAX_BYTES });
    }
    let message: M = serde_json::from_slice(bytes).map_err(|error| not_readable(M::WHAT, &error))?;
    message.check()?;
    Ok(message)
}

/// Writes a message as it crosses the network.
///
/// # Errors
/// The message is beyond its own limits: it would be refused by whoever reads it.
pub fn write<M: Message>(message: &M) -> Result<Vec<u8>, Unfit> {
    message.check()?;
    let bytes = serde_json::to_vec(message).map_err(|error| not_readable(M::WHAT, &error))?;
    if bytes.len() > M::MAX_BYTES {
        return Err(Unfit::TooLong { what: M::WHAT, is: bytes.len(), max: M::MAX_BYTES });
    }
    Ok(bytes)
}

/// What the JSON reader says, cut to a readable length.
pub(crate) fn not_readable(what: &'static str, error: &serde_json::Error) -> Unfit {
    let problem = error.to_string().chars().take(300).collect();
    Unfit::NotReadable { what, line: error.line(), column: error.column(), problem }
}

/// Checks one part after another, naming the message in each refusal.
pub(crate) struct Limits(pub(crate) &'static str);

impl Limits {
    /// At most `max` of something.
    pub(crate) fn count(&self, part: &str, is: usize, max: usize) -> Result<(), Unfit> {
        let expected = || format!("at most {max}");
        self.holds(is <= max, part, || format!("{is} are given"), expected)
    }

    /// At most `max` bytes, and at least one.
    pub(crate) fn text(&self, part: &str, text: &str, max: usize) -> Result<(), Unfit> {
        let expected = || format!("1 to {max} bytes");
        self.holds(
            !text.is_empty() && text.len() <= max,
            part,
            || format!("it has {} bytes", text.len()),
            expected,
        )
    }

    /// At most `max` bytes, maybe none.
    pub(crate) fn prose(&self, part: &str, text: &str, max: usize) -> Result<(), Unfit> {
        let expected = || format!("at most {max} bytes");
        self.holds(text.len() <= max, part, || format!("it has {} bytes", text.len()), expected)
    }

    /// From `least` to `most`.
    pub(crate) fn between(&self, part: &str, is: u32, least: u32, most: u32) -> Result<(), Unfit> {
        self.holds(
            (least..=most).contains(&is),
            part,
            || format!("it is {is}"),
            || format!("{least} to {most}"),
        )
    }

    /// A condition.
    pub(crate) fn holds(
        &self,
        holds: bool,
        part: &str,
        problem: impl FnOnce() -> String,
        expected: impl FnOnce() -> String,
    ) -> Result<(), Unfit> {
        if holds {
            return Ok(());
        }
        Err(Unfit::Limit { what: self.0, part: part.to_owned(), problem: problem(), expected: expected() })
    }

    /// The version.
    pub(crate) fn version(&self, is: u32) -> Result<(), Unfit> {
        if is == crate::VERSION { Ok(()) } else { Err(Unfit::Version { what: self.0, is }) }
    }
}
