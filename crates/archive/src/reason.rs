//! Why nothing is proven. Each reason is a value that says what would have to be known; nothing here judges archives.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::uid::InstanceUid;
use crate::verdict::Tier;

/// Which of the two archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one in use.
    A,
    /// The one that stands in.
    B,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::A => "A",
            Side::B => "B",
        })
    }
}

/// Why a comparison proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An archive's list is not shown to be complete.
    #[error("the list of archive {side} is not complete: {gap}")]
    NotListed {
        /// Whose list.
        side: Side,
        /// What is missing from the proof.
        gap: Gap,
    },
    /// An archive has one object in two places, with different answers.
    #[error(
        "archive {side} lists {instance} twice and not alike: which of the two it delivers must be found out"
    )]
    HeldTwice {
        /// Where.
        side: Side,
        /// Which object.
        instance: InstanceUid,
    },
    /// Objects were listed whose examination was not.
    #[error(
        "archive {side} lists {instances} objects of examinations that it does not list: it must be asked again for both"
    )]
    StudyNotListed {
        /// Where.
        side: Side,
        /// How many objects.
        instances: u64,
    },
    /// Content was to be compared and could not be read.
    #[error(
        "the content of {instances} objects of archive {side} was not read: pixel data must be compared there too{}",
        first.as_deref().map(|says| format!("; the first: {says}")).unwrap_or_default()
    )]
    ContentNotRead {
        /// Where.
        side: Side,
        /// How many objects.
        instances: u64,
        /// Why the first of them could not be read; `None` where nobody tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<String>,
    },
    /// Content was read at both ends, and nobody can say whether it is the same.
    #[error(
        "the pixel data of {instances} objects, {example} among them, is compressed or written in another way at each end: it must be decoded at \
         both to be compared; {differ} other objects do differ"
    )]
    ContentNotComparable {
        /// How many objects.
        instances: u64,
        /// One of them.
        example: InstanceUid,
        /// How many others have other content.
        differ: u64,
    },
    /// Numbers agree, and nothing more was looked at.
    #[error(
        "of {studies} examinations only the counts were compared: their objects must be listed at both ends"
    )]
    OnlyCounted {
        /// How many examinations.
        studies: u64,
    },
    /// Something was listed before what came afterwards.
    #[error("{studies} examinations changed since their objects were listed: these must be listed again")]
    ChangedSince {
        /// How many examinations.
        studies: u64,
    },
    /// An archive was never listed.
    #[error("archive {side} was never listed: its examinations must be listed first")]
    NeverListed {
        /// Which.
        side: Side,
    },
    /// Something was compared by less than was asked for.
    #[error("examinations were compared by {compared} and not by {asked}: they must be compared again")]
    OtherTier {
        /// What was asked for.
        asked: Tier,
        /// What was done.
        compared: Tier,
    },
    /// The agents could not agree within the limits.
    #[error("the exchange between the agents ended without a proof: {0}")]
    Exchange(String),
}

impl Gap {
    /// May another list be without it, because something came or went meanwhile? What an archive cannot do it cannot do the next time either.
    pub fn may_pass(&self) -> bool {
        match self {
            Gap::Changing { .. } | Gap::CountDiffers { .. } => true,
            Gap::NoCount
            | Gap::AtCap { .. }
            | Gap::NotSuccess { .. }
            | Gap::KeyIgnored { .. }
            | Gap::Unreadable { .. }
            | Gap::TooManyQueries { .. }
            | Gap::TooManyRows { .. } => false,
        }
    }
}

/// What a list lacks to be shown complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// Nobody counted apart from the list.
    #[error("the archive must be counted in another way than by listing, and it offers none")]
    NoCount,
    /// List and count differ although every query was answered.
    #[error("{listed} were listed and {counted} counted apart from it: where the others are must be found")]
    CountDiffers {
        /// Rows, each counted once.
        listed: u64,
        /// Counted in another way.
        counted: u64,
    },
    /// A query stayed at the suspected cap and cannot be split further.
    #[error(
        "\"{query}\" answers {rows} rows, at the cap of {cap}, and cannot be split further: ask for the rest in another way"
    )]
    AtCap {
        /// What was asked.
        query: String,
        /// Rows that came.
        rows: u64,
        /// The suspected cap.
        cap: u64,
    },
    /// A query did not end well, again and again.
    #[error("\"{query}\" ended with {status} and cannot be asked in smaller parts: it must end with success")]
    NotSuccess {
        /// What was asked.
        query: String,
        /// How it ended.
        status: String,
    },
    /// The archive does not do as it is asked.
    #[error(
        "\"{query}\" was answered with examinations outside of it: the archive ignores what it is asked for"
    )]
    KeyIgnored {
        /// What was asked.
        query: String,
    },
    /// Something was stored or deleted whenever it was listed.
    #[error("the archive changed during each of {times} attempts: list it in a quieter hour")]
    Changing {
        /// How often it was tried.
        times: u32,
    },
    /// Rows could not be read.
    #[error("{rows} rows of \"{query}\" could not be read: what they name must be found out")]
    Unreadable {
        /// What was asked.
        query: String,
        /// How many.
        rows: u64,
    },
    /// More queries than allowed.
    #[error(
        "{queries} queries were not enough: the archive allows fewer rows a query than can be worked with"
    )]
    TooManyQueries {
        /// The limit.
        queries: u64,
    },
    /// More rows than allowed.
    #[error("more than {rows} rows: list the archive in parts")]
    TooManyRows {
        /// The limit.
        rows: u64,
    },
}
