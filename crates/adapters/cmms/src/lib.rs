//! A hospital's device list, as its maintenance system (CMMS) exports it, becomes [`model::Device`]s or findings.
//!
//! The way through: [`open_table`] reads CSV or XLSX into rows, a [`Mapping`] says which column means what (guessed and then
//! confirmed by a person, or read from a mapping file), [`read_devices`] makes devices. What must not live here: matching,
//! storage, clocks, and any judgement of what a device's version means.

mod csv;
mod day;
mod decode;
mod field;
mod gathered;
mod header;
mod mapping;
mod mapping_file;
mod memo;
mod nearest;
mod open;
mod reading;
mod refused;
mod row;
mod synonyms;
mod table;
pub mod udi;
mod words;
mod xlsx;

pub use day::DateFormat;
pub use field::Field;
pub use gathered::FINDINGS_MAX;
pub use mapping::{ColumnGuess, Mapping, Question, Sure};
pub use mapping_file::MAPPING_SIZE_MAX_BYTES;
pub use open::{OpenOptions, open_table, open_table_bytes};
pub use reading::{Reading, Watch, read_devices, read_devices_watched};
pub use refused::Refused;
pub use table::{Cell, CellKind, Row, Rows, Table};

/// Largest device list read, in bytes of the file, and of its text once decoded or taken out of a workbook.
pub const TABLE_SIZE_MAX_BYTES: u64 = 512 * 1024 * 1024;
/// Largest workbook content read, in bytes once unpacked: all parts of the XLSX archive together.
pub const WORKBOOK_UNPACKED_MAX_BYTES: u64 = 1024 * 1024 * 1024;
/// Most rows read, the header and empty rows included.
pub const ROWS_MAX: u64 = 2_000_000;
/// Most columns read.
pub const COLUMNS_MAX: usize = 500;
/// Longest cell read, in bytes of UTF-8.
pub const CELL_LENGTH_MAX_BYTES: usize = 65_536;
/// How many rows from the top may stand above the header row.
pub const HEADER_SEARCH_ROWS_MAX: usize = 50;
