//! The program around the machine: clock, threads, network, files, command line. Only this module reads the clock.

pub mod cli;
mod clock;
mod enrol;
mod folder;
mod link;
mod run;
mod validity;

pub use enrol::{EnrolOptions, Trust, enrol};
pub use folder::{Folder, Known};
pub use link::{Link, NotSent};
pub use run::{Host, RunOptions, run};

/// Why the program cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Something was asked for in a way that cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// The state folder cannot be used.
    #[error("{path}: {source}")]
    Folder {
        /// Which file or folder.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not enrolled.
    #[error(
        "this host is not enrolled: {0} does not say who it is; `segue-agent enrol --server URL --token TOKEN` does that"
    )]
    NotEnrolled(std::path::PathBuf),
    /// A file of the state folder is not as it was written.
    #[error("{path} cannot be read: {says}")]
    Spoilt {
        /// Which.
        path: std::path::PathBuf,
        /// What is wrong.
        says: String,
    },
    /// Another agent runs.
    #[error("another agent uses {0}")]
    Busy(std::path::PathBuf),
    /// The log cannot be used.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The host cannot be served.
    #[error(transparent)]
    Host(#[from] crate::linux::NoHost),
    /// The server did not do what was asked.
    #[error(transparent)]
    NotSent(#[from] NotSent),
    /// A key or request could not be made.
    #[error("no key could be made: {0}")]
    Key(String),
    /// The host does not say which boot it is in.
    #[error("the host does not say which boot it is in: {0}")]
    NoBoot(String),
}
