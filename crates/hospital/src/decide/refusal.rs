//! Why commands are refused.

use model::ids::{AccountId, UnitId};

use super::archives::ArchiveRefusal;
use super::{DEVICES_PER_IMPORT_MAX, PROBES_PER_DESCRIPTION_MAX, night};

/// Why a command is refused, as a sentence for the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's sentence is its meaning")]
pub enum Refusal {
    #[error("there is no device {asset_tag} in the register")]
    NoSuchDevice { asset_tag: Box<str> },
    #[error("device {asset_tag} has left the register already")]
    AlreadyRetired { asset_tag: Box<str> },
    #[error("a reason is needed: say why device {asset_tag} leaves the register")]
    ReasonMissing { asset_tag: Box<str> },
    #[error(
        "the list has {devices} devices; one import takes at most {DEVICES_PER_IMPORT_MAX}. Split the list"
    )]
    TooManyDevices { devices: usize },
    #[error("the list names device {asset_tag} twice")]
    DeviceTwice { asset_tag: Box<str> },
    #[error(
        "the list is said to be complete, yet it names {listed} of {registered} registered devices; \
         more than half would be retired. Check the file, or import it without --complete"
    )]
    TooManyGone { listed: u64, registered: u64 },
    #[error("this answer is in force already")]
    AnsweredAlready,
    #[error("there is no such answer to take back")]
    NoSuchAnswer,
    #[error("the description does not hold together: {}", .problems.join("; "))]
    Description { problems: Vec<String> },
    #[error("there is an account {account} already")]
    AccountExists { account: AccountId },
    #[error("there is no account {account}")]
    NoSuchAccount { account: AccountId },
    #[error("no care unit {unit} is described")]
    NoSuchUnit { unit: UnitId },
    #[error("name at least one care unit")]
    NoUnits,
    #[error("{account} may do more than answer for care units; it is bound to none")]
    NotBound { account: AccountId },
    #[error("{account} is the last administrator; open another administrator's account first")]
    LastAdministrator { account: AccountId },
    #[error("the session is over")]
    NoSuchSession,
    #[error("the catalogue is empty; an empty catalogue would hide every exploited vulnerability")]
    EmptyCatalogue,
    #[error("the scores are of {offered}, older than the ones in force, of {in_force}")]
    OlderScores { offered: model::Date, in_force: model::Date },
    #[error(
        "a list of {probes} probes is too long; at most {PROBES_PER_DESCRIPTION_MAX} are declared at once"
    )]
    TooManyProbes { probes: usize },
    #[error(
        "the table has {records} records; one import takes at most {}. Split it",
        crate::past::NIGHT_RECORDS_PER_IMPORT_MAX
    )]
    TooManyRecords { records: usize },
    #[error(
        "with these there would be {records} records of past nights; at most {} are remembered. Leave the oldest nights out",
        crate::past::NIGHT_RECORDS_MAX
    )]
    NoRoomForRecords { records: usize },
    #[error("the table says the same step twice: {step} of {family} on {device} in night {night}")]
    RecordTwice { night: Box<str>, device: Box<str>, family: Box<str>, step: &'static str },
    #[error("name the maker of a device in the register")]
    NoSuchMaker,
    #[error("there is no such feed, or it was revoked already")]
    NoSuchFeed,
    #[error("a feed with this secret is open already")]
    FeedOpenedBefore,
    #[error("{} feeds are open, more are not kept; revoke those that nobody reads", crate::feeds::FEEDS_MAX)]
    TooManyFeeds,
    #[error(transparent)]
    Night(#[from] night::NightRefusal),
    #[error(transparent)]
    Archive(#[from] ArchiveRefusal),
}
