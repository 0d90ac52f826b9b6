//! Why an archive could not be asked, or did not do it.

use super::association::Service;
use super::message::Status;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// No association, or it broke.
    #[error("{to}: {says}")]
    Network {
        /// Application entity title, computer and port.
        to: Box<str>,
        /// What happened.
        says: Box<str>,
    },
    /// The archive does not offer this.
    #[error(
        "{to} accepted the association but not {service:?}; its conformance statement says whether it can"
    )]
    NotOffered {
        /// Who.
        to: Box<str>,
        /// What.
        service: Service,
    },
    /// The archive does not take such objects.
    #[error(
        "{to} does not take objects of class {class} in transfer syntax {syntax}; nothing was sent of it"
    )]
    KindRefused {
        /// Who.
        to: Box<str>,
        /// Their SOP class.
        class: Box<str>,
        /// How they are written.
        syntax: Box<str>,
    },
    /// More kinds of objects than one association can agree on.
    #[error(
        "{to}: {kinds} kinds of objects are too many for one association; at most {} are",
        super::CONTEXTS_MAX
    )]
    TooManyKinds {
        /// Who.
        to: Box<str>,
        /// How many.
        kinds: usize,
    },
    /// What came is no message.
    #[error("{to} sent a message that cannot be read: {says}")]
    Garbled {
        /// Who.
        to: Box<str>,
        /// Where and why.
        says: Box<str>,
    },
    /// It is larger than Segue takes.
    #[error("{to} sent a {what} of more than {bytes_max} bytes")]
    TooLarge {
        /// Who.
        to: Box<str>,
        /// What.
        what: &'static str,
        /// The limit.
        bytes_max: usize,
    },
    /// More is asked at once than Segue asks.
    #[error("{to} was not asked: at most {most} {what}")]
    TooMany {
        /// Who.
        to: Box<str>,
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// The archive refused or failed.
    #[error("{to} answered {status:?}{comment}")]
    Refused {
        /// Who.
        to: Box<str>,
        /// How.
        status: Status,
        /// What it says of it, with `: ` before.
        comment: Box<str>,
    },
}
