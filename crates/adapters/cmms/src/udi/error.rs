//! Why a text is not a UDI, with the character it fails at.

/// Why a text is not a UDI. Positions count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UdiError {
    /// Nothing but white space.
    #[error("there is no text")]
    Empty,
    /// Longer than [`super::UDI_LENGTH_MAX_CHARS`].
    #[error("it has {length} characters; at most {max} are read", max = super::UDI_LENGTH_MAX_CHARS)]
    TooLong {
        /// Characters found.
        length: usize,
    },
    /// It begins like none of the carriers that are read.
    #[error(
        "character {position} is \"{shown}\"; a UDI begins with \"(01)\", \"01\", \"+\", \"]\", a web address or a GTIN",
        shown = found.escape_default()
    )]
    NotAUdi {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// An ISBT 128 carrier of ICCBBA (blood, cells and tissue).
    #[error(
        "character {position} begins an ICCBBA (ISBT 128) identifier of blood, cells or tissue; these are not read"
    )]
    Iccbba {
        /// Where.
        position: usize,
    },
    /// An IFA carrier (PPN) or another ISO/IEC 15434 message.
    #[error("character {position} begins an IFA (PPN) or ISO/IEC 15434 message; these are not read")]
    Ifa {
        /// Where.
        position: usize,
    },
    /// A character that may not stand there.
    #[error("character {position} is \"{shown}\", which may not stand there", shown = found.escape_default())]
    NotAllowed {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// A digit must stand there.
    #[error("character {position} is \"{shown}\"; a digit must stand there", shown = found.escape_default())]
    NotADigit {
        /// Where.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// A data identifier that is not known.
    #[error("character {position}: \"{found}\" is no known {kind}")]
    UnknownIdentifier {
        /// Where.
        position: usize,
        /// The identifier.
        found: String,
        /// `GS1 application identifier` or `HIBCC data identifier`.
        kind: &'static str,
    },
    /// An element is shorter or longer than its identifier says.
    #[error("character {position}: {what} has {found} characters; {expected}")]
    Length {
        /// Where the element's data begins.
        position: usize,
        /// Which element.
        what: String,
        /// Characters found.
        found: usize,
        /// How many it must have, as a clause.
        expected: String,
    },
    /// A check digit or check character does not agree with the rest.
    #[error(
        "character {position}: the check character is \"{found}\" and should be \"{right}\"; something was misread"
    )]
    Check {
        /// Where the check character stands.
        position: usize,
        /// What stands there.
        found: char,
        /// What would agree.
        right: char,
    },
    /// It can be read with and without the space at its end as HIBCC check character.
    #[error(
        "character {position}: the space at the end may or may not be the check character; if it is, write \"_\" for it"
    )]
    SpaceOrNot {
        /// Where the space stands.
        position: usize,
    },
    /// A date that does not exist.
    #[error("character {position}: \"{found}\" is not a day of the calendar")]
    NotADate {
        /// Where it begins.
        position: usize,
        /// What stands there.
        found: String,
    },
    /// The same element twice.
    #[error("character {position}: {what} occurs a second time")]
    Repeated {
        /// Where the second begins.
        position: usize,
        /// Which element.
        what: String,
    },
    /// It says nothing about which product it is.
    #[error("there is no device identifier in it: {missing}")]
    NoDeviceIdentifier {
        /// What is missing, as a clause.
        missing: &'static str,
    },
}

impl UdiError {
    /// The character, from 1, at which the text fails; `None` when it fails as a whole.
    pub fn position(&self) -> Option<usize> {
        match self {
            UdiError::Empty | UdiError::TooLong { .. } | UdiError::NoDeviceIdentifier { .. } => None,
            UdiError::NotAUdi { position, .. }
            | UdiError::Iccbba { position }
            | UdiError::Ifa { position }
            | UdiError::NotAllowed { position, .. }
            | UdiError::NotADigit { position, .. }
            | UdiError::UnknownIdentifier { position, .. }
            | UdiError::Length { position, .. }
            | UdiError::Check { position, .. }
            | UdiError::SpaceOrNot { position }
            | UdiError::NotADate { position, .. }
            | UdiError::Repeated { position, .. } => Some(*position),
        }
    }
}
