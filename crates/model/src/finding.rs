//! What is wrong with a piece of input, said so that a person can mend it: where, what stands there, what would be right.

use serde::{Deserialize, Serialize};

/// One finding about one place of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The file, as the person named it.
    pub source: Box<str>,
    /// Where in the file.
    pub place: Place,
    /// What stands there, cut to a readable length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
    /// What is wrong, as a sentence without a full stop.
    pub problem: Box<str>,
    /// What would be right, as a sentence without a full stop.
    pub expected: Box<str>,
    /// Does it stop the import?
    pub severity: Severity,
}

/// Where in an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The input as a whole.
    Whole,
    /// A cell of a table. Rows count from 1 and include the header, as a spreadsheet shows them.
    Cell {
        /// Row, from 1.
        row: u64,
        /// Column's header text.
        column: Box<str>,
    },
    /// A row of a table.
    Row {
        /// Row, from 1.
        row: u64,
    },
    /// A JSON pointer (RFC 6901); the root is the empty text.
    Pointer(Box<str>),
    /// A byte offset from the start, for what could not be read far enough to have a pointer.
    Byte(u64),
    /// A field of an HL7 message.
    Field {
        /// Message of the file, from 1.
        message: u64,
        /// Segment of the message, from 1.
        segment: u64,
        /// As the standard numbers it, such as `OBR-3.1`; or the segment's name alone.
        field: Box<str>,
    },
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look; nothing is lost.
    Note,
    /// Imported, but something could not be used.
    Warning,
    /// The input is refused.
    Error,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Whole => f.write_str("whole file"),
            Place::Cell { row, column } => write!(f, "row {row}, column \"{column}\""),
            Place::Row { row } => write!(f, "row {row}"),
            Place::Pointer(pointer) if pointer.is_empty() => f.write_str("document root"),
            Place::Pointer(pointer) => f.write_str(pointer),
            Place::Byte(offset) => write!(f, "byte {offset}"),
            Place::Field { message, segment, field } => {
                write!(f, "message {message}, segment {segment}, {field}")
            }
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: ", self.source, self.place)?;
        if let Some(value) = &self.value {
            write!(f, "\"{value}\": ")?;
        }
        write!(f, "{}; {}", self.problem, self.expected)
    }
}
