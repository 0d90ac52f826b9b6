//! Why a file could not be read as a table at all.

use model::Finding;
use model::finding::{Place, Severity};

/// Why a file could not be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The file could not be read from disk.
    #[error("the file cannot be read: {0}")]
    Io(#[source] std::io::Error),
    /// Over [`crate::TABLE_SIZE_MAX_BYTES`] or [`crate::WORKBOOK_UNPACKED_MAX_BYTES`].
    #[error("{what} has more than {limit_bytes} bytes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit.
        limit_bytes: u64,
    },
    /// Nothing but blank rows.
    #[error("the table is empty")]
    Empty,
    /// A NUL byte, which no text has.
    #[error("a NUL byte stands there; this is not text")]
    NulByte {
        /// Bytes from the start of the file; characters for UTF-16.
        offset: u64,
    },
    /// The bytes are not text of the encoding that the byte order mark, the mapping or the file itself announces.
    #[error("the text is not {encoding}{why}")]
    NotText {
        /// Name of the encoding.
        encoding: &'static str,
        /// More about it, beginning with a comma, or empty.
        why: &'static str,
        /// Bytes from the start of the file.
        offset: u64,
    },
    /// `encoding` names none.
    #[error("\"{0}\" is no encoding")]
    UnknownEncoding(String),
    /// More rows than [`crate::ROWS_MAX`].
    #[error("the table has more than {limit} rows", limit = crate::ROWS_MAX)]
    TooManyRows,
    /// More columns than [`crate::COLUMNS_MAX`].
    #[error("the row has more than {limit} columns", limit = crate::COLUMNS_MAX)]
    TooManyColumns {
        /// Row, from 1.
        row: u64,
    },
    /// A cell longer than [`crate::CELL_LENGTH_MAX_BYTES`].
    #[error("the cell in column {column} has more than {limit} bytes", limit = crate::CELL_LENGTH_MAX_BYTES)]
    CellTooLong {
        /// Row, from 1.
        row: u64,
        /// Column, from 1.
        column: usize,
    },
    /// A quoted cell that never ends.
    #[error("the quote that opens in column {column} is never closed")]
    UnclosedQuote {
        /// Row, from 1.
        row: u64,
        /// Column, from 1.
        column: usize,
    },
    /// Two columns with one name.
    #[error("columns {first} and {second} are both called \"{header}\"")]
    DuplicateHeader {
        /// Row of the header, from 1.
        row: u64,
        /// The name.
        header: String,
        /// First column, from 1.
        first: usize,
        /// Second column, from 1.
        second: usize,
    },
    /// An old or encrypted workbook.
    #[error("this is an old Excel workbook (.xls) or one protected with a password")]
    OldWorkbook,
    /// A ZIP archive that is not a readable XLSX workbook.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// The workbook has no such sheet.
    #[error("the workbook has no sheet \"{asked}\"")]
    NoSuchSheet {
        /// The sheet asked for.
        asked: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
}

impl Refused {
    /// Where in the file.
    pub fn place(&self) -> Place {
        match self {
            Refused::NulByte { offset } | Refused::NotText { offset, .. } => Place::Byte(*offset),
            Refused::TooManyColumns { row }
            | Refused::CellTooLong { row, .. }
            | Refused::UnclosedQuote { row, .. }
            | Refused::DuplicateHeader { row, .. } => Place::Row { row: *row },
            Refused::Io(_)
            | Refused::TooLarge { .. }
            | Refused::Empty
            | Refused::UnknownEncoding(_)
            | Refused::TooManyRows
            | Refused::OldWorkbook
            | Refused::Workbook(_)
            | Refused::NoSuchSheet { .. } => Place::Whole,
        }
    }

    /// What would be right, as a sentence without a full stop.
    pub fn expected(&self) -> String {
        match self {
            Refused::Io(_) => "check the path and that you may read the file".into(),
            Refused::TooLarge { .. } | Refused::TooManyRows => "split the list into smaller files".into(),
            Refused::Empty => "export a list with a header row and one row for each device".into(),
            Refused::NulByte { .. } => {
                "save the list as CSV in UTF-8, or say encoding = \"utf-16le\" in the mapping file".into()
            }
            Refused::NotText { .. } | Refused::UnknownEncoding(_) => {
                "save the list as CSV in UTF-8, or name its encoding in the mapping file, such as \"windows-1252\"".into()
            }
            Refused::TooManyColumns { .. } | Refused::CellTooLong { .. } => {
                "check that the delimiter and the quotes are right, and leave out columns that are not needed".into()
            }
            Refused::UnclosedQuote { .. } => {
                "close the quote, and write a quote inside a quoted cell twice".into()
            }
            Refused::DuplicateHeader { .. } => "give each column a name of its own".into(),
            Refused::OldWorkbook => "save it as .xlsx without a password, or as CSV".into(),
            Refused::Workbook(_) => "open it in a spreadsheet program and save it as .xlsx, or as CSV".into(),
            Refused::NoSuchSheet { sheets, .. } => format!("choose one of: {}", sheets.join(", ")),
        }
    }

    /// The refusal as a finding about `source`.
    pub fn finding(&self, source: &str) -> Finding {
        Finding {
            source: source.into(),
            place: self.place(),
            value: None,
            problem: self.to_string().into(),
            expected: self.expected().into(),
            severity: Severity::Error,
        }
    }
}
