//! Settings of systems, coding tables and counters of a database, read from the files that such systems write: whole or not at all. What was
//! odd about one that was read is told in findings; a refusal says where and what would be right, and never what a value is: it may be a secret.
//!
//! What must not live here: files, networks, clocks, and what is made of it (`manifest`). docs/manifests.md says how each format is read.

mod codes;
mod ini;
mod json;
mod orthanc;
mod registry;
mod sheet;
mod snapshot;
mod table;
mod text;
mod xml;

use adapter_input::{Findings, Reason, Refused};
use manifest::key::NotAKey;
use manifest::whole::TooMany;
use manifest::{Builder, Entry, Format, Key, Manifest, Secrets};
use model::finding::{Finding, Place, Severity};

pub use codes::{CodeColumns, read_codes};
pub use orthanc::Part;
pub use snapshot::read_snapshot;
pub use table::Columns;

/// Largest file, in bytes (64 MiB). Of a registry, export the branches of the product.
pub const FILE_SIZE_MAX_BYTES: u64 = adapter_input::DOCUMENT_SIZE_MAX_BYTES;
/// Longest value, in bytes of UTF-8 (1 MiB).
pub const VALUE_LENGTH_MAX_BYTES: usize = 1024 * 1024;
/// Deepest nesting of XML, in elements.
pub const ELEMENTS_NESTED_MAX_COUNT: usize = 60;
/// Most attributes of one element of XML.
pub const ATTRIBUTES_MAX_COUNT: usize = 200;
/// Most columns of a table.
pub const COLUMNS_MAX_COUNT: usize = 1_000;
/// Most rows of a table.
pub const ROWS_MAX_COUNT: usize = 500_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Sections with `key=value`.
    Ini,
    /// XML.
    Xml,
    /// JSON, strictly.
    Json,
    /// An export of the Windows registry (`.reg`).
    Registry,
    /// The result of a query for settings, as CSV.
    Table(&'a Columns),
}

/// A manifest, and what was odd about its source.
pub type Read = Result<(Manifest, Vec<Finding>), Refused>;

/// Reads the settings of one file. `source` names it for people.
///
/// # Errors
/// It is not of that kind, or beyond a limit: where, and what would be right.
pub fn read(source: &str, bytes: &[u8], kind: Kind<'_>, secrets: &Secrets) -> Read {
    let mut into = Reading { source, builder: Builder::new(secrets), findings: Findings::new(source) };
    let format = match kind {
        Kind::Ini => ini::read(&mut into, bytes).map(|()| Format::Ini),
        Kind::Xml => xml::read(&mut into, bytes).map(|()| Format::Xml),
        Kind::Json => json::read(&mut into, bytes).map(|()| Format::Json),
        Kind::Registry => registry::read(&mut into, bytes).map(|()| Format::Registry),
        Kind::Table(columns) => table::read(&mut into, bytes, columns).map(|()| Format::Table),
    }?;
    Ok((into.builder.finish(format, source), into.findings.finish()))
}

/// Reads Orthanc's configuration: its files, which Orthanc itself takes as one, and what `/system` of its interface answers.
///
/// # Errors
/// As [`read`]; also where two files set the same at the top, which Orthanc refuses too.
pub fn read_orthanc(parts: &[Part<'_>], secrets: &Secrets) -> Read {
    orthanc::read(parts, secrets)
}

/// Where settings go while they are read.
struct Reading<'a> {
    source: &'a str,
    builder: Builder<'a>,
    findings: Findings,
}

impl Reading<'_> {
    /// Adds a setting that stands at `place`; says how often its key was there before.
    fn add(&mut self, key: Key, entry: Entry, place: impl FnOnce() -> Place) -> Result<usize, Refused> {
        self.builder.add(key, entry).map_err(|too_many: TooMany| {
            self.refused(
                Reason::Limit,
                place(),
                &too_many.to_string(),
                "fewer; export only what belongs to the product",
            )
        })
    }

    /// A key, or the refusal of one that is too long or too deep.
    fn key(&self, key: Result<Key, NotAKey>, place: impl FnOnce() -> Place) -> Result<Key, Refused> {
        key.map_err(|error| {
            self.refused(
                Reason::Limit,
                place(),
                &error.to_string(),
                "names that are shorter and nested less deeply",
            )
        })
    }

    /// A value that is not too long.
    fn bounded(&self, text: &str, place: impl FnOnce() -> Place) -> Result<(), Refused> {
        if text.len() <= VALUE_LENGTH_MAX_BYTES {
            return Ok(());
        }
        let expected = format!("at most {VALUE_LENGTH_MAX_BYTES} bytes");
        Err(self.refused(Reason::Limit, place(), "the value is too long", &expected))
    }

    /// Says what is odd about something that was read; where, only while findings are kept.
    fn odd(&mut self, place: impl FnOnce() -> Place, value: Option<&str>, problem: &str, expected: &str) {
        let place = if self.findings.has_room() { place() } else { Place::Whole };
        self.findings.add(Severity::Warning, place, value, problem, expected);
    }

    fn refused(&self, reason: Reason, place: Place, problem: &str, expected: &str) -> Refused {
        Refused::new(reason, self.source, place, problem, expected)
    }
}
