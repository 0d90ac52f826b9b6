//! A modality's own log of what it sent, or of the steps that it said it had performed, as a table: one row for each examination or for each object, read whole or not at all. docs/archive.md says what its
//! columns are.
//!
//! What must not live here: files, clocks, and whether anything of it is missing.

use std::collections::{BTreeMap, BTreeSet};

use adapter_input::{Findings, instant};
use archive::expected::{Expected, Named, Source};
use archive::{InstanceUid, Patient, StudyUid, Uid};
use jiff::tz::TimeZone;
use model::Time;
use model::finding::{Finding, Place, Severity};

/// Largest table, in bytes.
pub const LOG_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Most rows of one table.
pub const ROWS_MAX: u64 = 2_000_000;
/// Most objects that one row names.
pub const OBJECTS_OF_ROW_MAX: usize = 100_000;
/// Longest accession number or number of a patient (PS3.5 §6.2, LO), in characters.
pub const NAME_LENGTH_MAX_CHARACTERS: usize = 64;

/// Columns, each by the names that it may have; capitals, blanks, `-` and `_` make no difference.
const COLUMNS: [(Column, &[&str]); 8] = [
    (Column::Accession, &["accession", "accessionnumber"]),
    (Column::Study, &["study", "studyuid", "studyinstanceuid"]),
    (Column::Instances, &["instances", "instanceuids", "sopinstanceuids", "sopinstanceuid", "instance"]),
    (Column::Count, &["count", "instancecount", "numberofinstances", "objects", "images"]),
    (Column::Ended, &["ended", "endtime", "end", "enddatetime"]),
    (Column::Patient, &["patient", "patientid"]),
    (Column::Issuer, &["issuer", "issuerofpatientid"]),
    (Column::PerformedStep, &["performedstep"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Accession,
    Study,
    Instances,
    Count,
    Ended,
    Patient,
    Issuer,
    PerformedStep,
}

/// What a log is read against.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Its name, for findings.
    pub source: &'a str,
    /// Times without an offset are local times of this zone.
    pub zone: &'a TimeZone,
    /// Nothing of it lies later.
    pub now: Time,
}

/// Reads a log. Rows that name objects of one examination are put together.
///
/// # Errors
/// Anything in it is wrong: where, what stands there, what would be right.
pub fn read_log(bytes: &[u8], terms: &Terms<'_>) -> Result<Vec<Expected>, Vec<Finding>> {
    let mut table = Table {
        terms,
        columns: BTreeMap::new(),
        findings: Findings::new(terms.source),
        is_wrong: false,
        together: BTreeMap::new(),
        expected: Vec::new(),
    };
    table.rows(bytes);
    if table.is_wrong {
        return Err(table.findings.finish());
    }
    let mut expected = table.expected;
    for ((named, source), (done, patient, instances)) in table.together {
        let instances = instances.into_iter().collect();
        expected.push(Expected { named, patient, source, done, instances, counted: None });
    }
    Ok(expected)
}

struct Table<'a> {
    terms: &'a Terms<'a>,
    /// Where each column stands, and its header.
    columns: BTreeMap<Column, (usize, Box<str>)>,
    findings: Findings,
    is_wrong: bool,
    /// Objects by name, of rows that name them: when the first was done, and whose they are.
    together: BTreeMap<(Named, Source), (Time, Patient, BTreeSet<InstanceUid>)>,
    expected: Vec<Expected>,
}

struct Row<'a> {
    number: u64,
    cells: &'a csv::StringRecord,
}

impl Table<'_> {
    fn rows(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has = |wanted: u8| head.iter().filter(|byte| **byte == wanted).count();
        let delimiter = [b'\t', b';'].into_iter().find(|mark| has(*mark) > has(b',')).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
        let mut rows = reader.records();
        match rows.next() {
            Some(Ok(header)) => self.header(&header),
            Some(Err(error)) => self.broken(1, &error),
            None => {
                self.wrong(Place::Whole, None, "the file is empty", "a header and a row for each examination")
            }
        }
        let mut count = 0;
        for cells in rows {
            if self.is_wrong && !self.findings.has_room() {
                return;
            }
            let cells = match cells {
                Ok(cells) => cells,
                Err(error) => {
                    return self.broken(error.position().map_or(1, csv::Position::line), &error);
                }
            };
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            count += 1;
            if count > ROWS_MAX {
                let problem = format!("the table has more than {ROWS_MAX} rows");
                return self.wrong(Place::Whole, None, &problem, "several smaller files");
            }
            let number = cells.position().map_or(1, csv::Position::line);
            self.row(&Row { number, cells: &cells });
        }
        if count == 0 && !self.is_wrong {
            let problem = "the table has a header and nothing else";
            self.wrong(Place::Whole, None, problem, "a row for each examination or object");
        }
    }

    fn header(&mut self, header: &csv::StringRecord) {
        for (at, cell) in header.iter().enumerate() {
            let plain: String = cell
                .chars()
                .filter(|c| !matches!(c, ' ' | '-' | '_' | '.'))
                .collect::<String>()
                .to_lowercase();
            let column =
                COLUMNS.iter().find(|(_, names)| names.contains(&&*plain)).map(|(column, _)| *column);
            let Some(column) = column else { continue };
            if let Some((_, before)) = self.columns.insert(column, (at, cell.trim().into())) {
                let problem = format!("this column means the same as \"{before}\"");
                self.wrong(Place::Row { row: 1 }, Some(cell), &problem, "one column of each kind");
            }
        }
        let has = |column| self.columns.contains_key(&column);
        let (names, ended) = (has(Column::Accession) || has(Column::Study), has(Column::Ended));
        if !names {
            let problem = "no column says which examination a row is of";
            self.wrong(Place::Row { row: 1 }, None, problem, "a column accession or study_uid, or both");
        }
        if !ended {
            let problem = "no column says when an examination was done";
            self.wrong(Place::Row { row: 1 }, None, problem, "a column ended");
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        let named = self.named(row);
        let done = self.done(row);
        let instances = self.instances(row);
        let counted = self.counted(row);
        // A row that names a step was told by the modality as it ended one; others are what it wrote down itself.
        let source = match self.cell(row, Column::PerformedStep) {
            "" => Source::ModalityLog,
            _ => Source::PerformedStep,
        };
        let patient = Patient::new(self.cell(row, Column::Patient), self.cell(row, Column::Issuer));
        let (Some(named), Some(done), Some(instances), Ok(counted)) = (named, done, instances, counted)
        else {
            return;
        };
        if counted.is_some() || instances.is_empty() {
            let instances = instances.into_iter().collect();
            self.expected.push(Expected { named, patient, source, done, instances, counted });
            return;
        }
        let (first, of, all) =
            self.together.entry((named, source)).or_insert_with(|| (done, patient.clone(), BTreeSet::new()));
        // The earliest: only what was done after the cut may be on its way.
        *first = done.min(*first);
        if !of.is_known() {
            *of = patient;
        }
        all.extend(instances);
    }

    fn cell<'r>(&self, row: &Row<'r>, column: Column) -> &'r str {
        self.columns.get(&column).and_then(|(at, _)| row.cells.get(*at)).unwrap_or("").trim()
    }

    /// The examination, else the accession number.
    fn named(&mut self, row: &Row<'_>) -> Option<Named> {
        let (study, accession) = (self.cell(row, Column::Study), self.cell(row, Column::Accession));
        if !study.is_empty() {
            let uid = self.uid(row, Column::Study, study)?;
            return Some(Named::Study(StudyUid(uid)));
        }
        if accession.is_empty() {
            let expected = "an accession number or a Study Instance UID in every row";
            self.wrong(Place::Row { row: row.number }, None, "the row names no examination", expected);
            return None;
        }
        if accession.chars().count() > NAME_LENGTH_MAX_CHARACTERS || accession.chars().any(char::is_control) {
            let expected =
                format!("at most {NAME_LENGTH_MAX_CHARACTERS} characters, none of them a control character");
            self.wrong_cell(row, Column::Accession, accession, "this is no accession number", &expected);
            return None;
        }
        Some(Named::Accession(accession.into()))
    }

    fn done(&mut self, row: &Row<'_>) -> Option<Time> {
        let text = self.cell(row, Column::Ended);
        match instant(text, self.terms.zone) {
            Ok(done) if done > self.terms.now => {
                let expected = "when the examination was done";
                self.wrong_cell(row, Column::Ended, text, "it lies in the future", expected);
                None
            }
            Ok(done) => Some(done),
            Err(problem) => {
                let expected = "when the examination was done, local time or with its offset";
                self.wrong_cell(row, Column::Ended, text, &problem, expected);
                None
            }
        }
    }

    fn instances(&mut self, row: &Row<'_>) -> Option<Vec<InstanceUid>> {
        let text = self.cell(row, Column::Instances);
        let parts = text.split([' ', ';', '|', ',', '\\']).filter(|part| !part.is_empty());
        let mut all = Vec::new();
        for part in parts {
            if all.len() == OBJECTS_OF_ROW_MAX {
                let expected = format!("at most {OBJECTS_OF_ROW_MAX} objects in a row; write more rows");
                self.wrong_cell(row, Column::Instances, part, "too many objects", &expected);
                return None;
            }
            all.push(InstanceUid(self.uid(row, Column::Instances, part)?));
        }
        Some(all)
    }

    fn counted(&mut self, row: &Row<'_>) -> Result<Option<u64>, ()> {
        let text = self.cell(row, Column::Count);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            let expected = "a whole number of objects from 0, or nothing";
            self.wrong_cell(row, Column::Count, text, "this is no number of objects", expected);
        })
    }

    fn uid(&mut self, row: &Row<'_>, column: Column, text: &str) -> Option<Uid> {
        match Uid::as_found(text) {
            Ok((uid, _odd)) => Some(uid),
            Err(error) => {
                let expected = "a DICOM UID such as 1.2.752.24.1.2026";
                self.wrong_cell(row, column, text, &error.to_string(), expected);
                None
            }
        }
    }

    fn broken(&mut self, row: u64, error: &csv::Error) {
        let expected = "a table in UTF-8, every row with as many cells as the header";
        self.wrong(Place::Row { row }, None, &error.to_string(), expected);
    }

    fn wrong_cell(&mut self, row: &Row<'_>, column: Column, value: &str, problem: &str, expected: &str) {
        let header = self.columns.get(&column).map_or_else(|| "".into(), |(_, header)| header.clone());
        self.wrong(Place::Cell { row: row.number, column: header }, Some(value), problem, expected);
    }

    fn wrong(&mut self, place: Place, value: Option<&str>, problem: &str, expected: &str) {
        self.is_wrong = true;
        self.findings.add(Severity::Error, place, value, problem, expected);
    }
}

#[cfg(test)]
mod tests;
