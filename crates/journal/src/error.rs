//! What can go wrong with a journal, one enum for each boundary. Each message is a sentence a person can act on.

use crate::entry::{Head, Seq, StreamName};
use crate::hash::Hash;
use std::path::PathBuf;

/// What lies below: a database, a file, a network.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a batch was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The stream has moved on (or is not yet there). Fold what is new and decide again.
    #[error("the stream stands at entry {}, another entry was expected", head.seq)]
    Conflict {
        /// Where the stream stands.
        head: Head,
    },
    /// Certainly nothing was stored; try again when the cause is gone.
    #[error("the journal cannot be written now; nothing was stored")]
    Unavailable(#[source] Cause),
    /// The commit was sent, its answer was lost. Append the same batch again, expecting the same sequence: it is
    /// stored once and answered.
    #[error("it is not known whether the entries were stored; append the same batch again to find out")]
    OutcomeUnknown(#[source] Cause),
    /// The batch's name was used before, for other entries, after the same sequence.
    #[error("another batch with the same name begins at entry {first}; a batch name is used once")]
    BatchReused {
        /// First entry of the batch that has the name.
        first: Seq,
    },
    /// An entry, or the batch, breaks a limit. The sentence says which.
    #[error("{0}")]
    Invalid(String),
    /// What is stored contradicts itself; `verify` names the place.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
}

/// Why something could not be read or stored beside the entries.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer; try again when the cause is gone.
    #[error("the journal cannot be reached now")]
    Unavailable(#[source] Cause),
    /// What is stored is not what was written. The sentence names the place.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
    /// A limit is broken. The sentence says which.
    #[error("{0}")]
    Invalid(String),
    /// A snapshot says it was taken at an entry that the stream does not have.
    #[error("the snapshot was taken at entry {at}, but the stream has no such entry with that hash")]
    SnapshotOfAnotherPast {
        /// Where the snapshot says it was taken.
        at: Seq,
    },
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The stream is shorter.
    #[error("the stream {stream} has {entries} entries; entry {asked} is not among them")]
    NoSuchEntry {
        /// The stream.
        stream: StreamName,
        /// How many entries it has.
        entries: u64,
        /// Which was asked for.
        asked: u64,
    },
    /// The store failed or is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a journal was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or the database was written by a newer version of this program.
    #[error(
        "the journal has schema version {found}, this program knows versions up to {known}; \
         use the newer program that wrote it"
    )]
    NewerSchema {
        /// Version found.
        found: i64,
        /// Newest version known here.
        known: i64,
    },
    /// There is a file of that name, but it is no journal.
    #[error("{} is not a journal of this program", .0.display())]
    NotAJournal(PathBuf),
    /// The folder cannot be made or the file not be opened.
    #[error("the folder {} cannot hold the journal", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The address of the database cannot be understood.
    #[error(
        "the address of the PostgreSQL database cannot be understood; write postgres://user@host/database"
    )]
    Address(#[source] Cause),
    /// The database does not answer.
    #[error("the journal cannot be reached")]
    Unavailable(#[source] Cause),
}

/// Why a backup was not written, or not restored. In both cases nothing is left half done.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of that name already; a backup is never overwritten.
    #[error("{} exists already; a backup is never overwritten", .0.display())]
    Exists(PathBuf),
    /// The file cannot be read or written.
    #[error("the backup file {} cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The file is no backup of ours, ends early, or was altered. The sentence names the place.
    #[error("the backup is refused: {0}")]
    Refused(String),
    /// A backup is restored only into an empty journal.
    #[error("this journal is not empty; restore into a new one")]
    NotEmpty,
    /// The journal being backed up is damaged. The sentence names the place.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The first place where what is stored is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// An entry is not there.
    #[error("the entry is missing")]
    EntryMissing,
    /// An entry's content does not give its hash.
    #[error("the entry was altered: its content gives hash {computed}, stored is {stored}")]
    EntryAltered {
        /// Hash of what is there.
        computed: Hash,
        /// Hash that is stored beside it.
        stored: Hash,
    },
    /// An entry does not continue the one before.
    #[error("the entry does not follow the one before: it names {named}, the one before has hash {before}")]
    ChainBroken {
        /// What the entry names as the hash before it.
        named: Hash,
        /// The hash of the entry before it.
        before: Hash,
    },
    /// An entry cannot even be read.
    #[error("the entry cannot be read: {0}")]
    EntryUnreadable(String),
    /// There are entries after the head.
    #[error("the entry lies beyond the head, which is at {head}")]
    EntryBeyondHead {
        /// Sequence of the head.
        head: Seq,
    },
    /// A stored Merkle node is not the one that the entries give.
    #[error(
        "the Merkle node over the {} entries up to here was altered or is missing",
        crate::merkle::BLOCK_LEAVES
    )]
    NodeAltered,
    /// The head does not say what the entries give.
    #[error("the head was altered: its {0} is not the one that the entries give")]
    HeadAltered(String),
    /// The journal has entries, but not the stream.
    #[error("the journal is not empty, but it does not hold this stream")]
    StreamMissing,
    /// A head remembered outside is not in this stream's past.
    #[error("the stream does not contain the head that was remembered")]
    NotTheRemembered,
    /// A blob's bytes do not give its name.
    #[error("the blob {0} was altered")]
    BlobAltered(String),
    /// An entry refers to a blob that is not there.
    #[error("the blob {0}, which the entry refers to, is missing")]
    BlobMissing(Hash),
    /// It cannot be told which blobs an entry refers to, so it cannot be told either whether they are there.
    #[error("it cannot be told which blobs the entry refers to: {0}")]
    ReferencesUnknown(String),
    /// Anything else that cannot be read.
    #[error("{0}")]
    Unreadable(String),
}
