//! Past nights for the forecast: a CSV table with one row for each step of the work on one device, read whole or not at all.
//! docs/forecast.md says what its columns are.
//!
//! What must not live here: files, clocks, and what is learnt from the records.

use std::collections::{BTreeMap, HashMap};

use adapter_input::instant;
use jiff::tz::TimeZone;
use model::finding::{Finding, Place, Severity};
use model::ids::ID_LENGTH_MAX_BYTES;
use model::{AssetTag, Time};
use planning::forecast::{Chain, Record, Step, family_named};

/// Largest table, in bytes.
pub const NIGHTS_SIZE_MAX_BYTES: u64 = 128 * 1024 * 1024;
/// Longest step: two weeks.
pub const STEP_MAX_SECONDS: u32 = 14 * 86_400;
/// Findings told of one table; the first ones help.
pub const FINDINGS_MAX: usize = 200;

const NEEDED: [&str; 6] = ["night", "begun", "device", "family", "step", "seconds"];
const OPTIONAL: [&str; 5] = ["model", "site", "declared_seconds", "restart_place", "armed_another"];

/// What a table is read against.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// Its name, for findings.
    pub source: &'a str,
    /// Times without an offset are local times of this zone.
    pub zone: &'a TimeZone,
    /// Nothing of it lies later.
    pub now: Time,
    /// Most rows, less one.
    pub rows_max: usize,
}

/// Reads a table.
///
/// # Errors
/// Anything in it is wrong: where, what stands there, what would be right.
pub fn read_nights(bytes: &[u8], terms: &Terms<'_>) -> Result<Vec<Record>, Vec<Finding>> {
    let mut table = Table { terms, columns: HashMap::new(), findings: Vec::new(), begun: BTreeMap::new() };
    let records = table.rows(bytes);
    if table.findings.is_empty() { Ok(records) } else { Err(table.findings) }
}

struct Table<'a> {
    terms: &'a Terms<'a>,
    columns: HashMap<String, usize>,
    findings: Vec<Finding>,
    /// When each night began, as its first row says, and which row that was.
    begun: BTreeMap<Box<str>, (Time, u64)>,
}

/// One row, by the names of its columns.
struct Row<'a> {
    number: u64,
    cells: &'a csv::StringRecord,
}

impl Table<'_> {
    fn rows(&mut self, bytes: &[u8]) -> Vec<Record> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has = |wanted: u8| head.iter().filter(|byte| **byte == wanted).count();
        let delimiter = if has(b';') > has(b',') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
        let mut rows = reader.records();
        match rows.next() {
            Some(Ok(header)) => self.header(&header),
            Some(Err(error)) => self.broken(1, &error),
            None => self.wrong(Place::Whole, None, "the file is empty", "a header and a row for each step"),
        }
        let (mut records, mut seen) = (Vec::new(), HashMap::new());
        if !self.findings.is_empty() {
            return records;
        }
        for cells in rows {
            let cells = match cells {
                Ok(cells) => cells,
                Err(error) => {
                    self.broken(error.position().map_or(1, csv::Position::line), &error);
                    return records;
                }
            };
            let number = cells.position().map_or(1, |position| row_at(bytes, position));
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if records.len() == self.terms.rows_max || self.findings.len() >= FINDINGS_MAX {
                break;
            }
            let row = Row { number, cells: &cells };
            if let Some(record) = self.record(&row) {
                if let Some(first) = seen.insert(record.key(), number) {
                    let says = format!("says the same step again as row {first}");
                    self.wrong(
                        Place::Row { row: number },
                        None,
                        &says,
                        "one row for each night, device, family, step and place of a restart",
                    );
                }
                records.push(record);
            }
        }
        if records.len() == self.terms.rows_max {
            let right = format!("fewer than {} rows; split the file", self.terms.rows_max);
            self.wrong(Place::Whole, None, "too many rows", &right);
        }
        if records.is_empty() && self.findings.is_empty() {
            self.wrong(
                Place::Whole,
                None,
                "the table has a header and nothing else",
                "a row for each step of a night",
            );
        }
        records
    }

    fn header(&mut self, header: &csv::StringRecord) {
        for (at, name) in header.iter().enumerate() {
            if self.findings.len() >= FINDINGS_MAX {
                break;
            }
            let name = name.trim().to_lowercase();
            let place = || Place::Row { row: 1 };
            if !NEEDED.contains(&&*name) && !OPTIONAL.contains(&&*name) {
                let right = format!(
                    "the columns are {} and, where known, {}",
                    NEEDED.join(", "),
                    OPTIONAL.join(", ")
                );
                self.wrong(place(), Some(&name), "no such column", &right);
            } else if self.columns.insert(name.clone(), at).is_some() {
                self.wrong(place(), Some(&name), "this column is there twice", "each column once");
            }
        }
        for name in NEEDED.iter().filter(|name| !self.columns.contains_key(**name)).collect::<Vec<_>>() {
            self.wrong(
                Place::Row { row: 1 },
                None,
                &format!("column {name} is missing"),
                "see docs/forecast.md",
            );
        }
    }

    fn record(&mut self, row: &Row<'_>) -> Option<Record> {
        let before = self.findings.len();
        let night = self.name(row, "night");
        let begun = self.begun(row, night.as_deref());
        let device = self.name(row, "device");
        if let Some(tag) = &device
            && let Err(error) = AssetTag::new(tag)
        {
            self.wrong_cell(row, "device", &error.to_string(), "the device's asset tag");
        }
        let family = self.name(row, "family").map(|family| family_named(&family));
        let step = self.step(row);
        let seconds = self.seconds(row, "seconds");
        let declared_seconds = if self.cell(row, "declared_seconds").is_empty() {
            None
        } else {
            self.seconds(row, "declared_seconds")
        };
        let chain = self.chain(row, step);
        let (model, site): (Box<str>, Box<str>) =
            (self.cell(row, "model").into(), self.cell(row, "site").into());
        for (column, text) in [("model", &model), ("site", &site)] {
            if text.len() > ID_LENGTH_MAX_BYTES {
                self.wrong_cell(row, column, "too long", "at most 200 bytes");
            }
        }
        if self.findings.len() > before {
            return None;
        }
        Some(Record {
            begun: begun?,
            night: night?,
            family: family?,
            model,
            site,
            device: device?,
            step: step?,
            seconds: seconds?,
            declared_seconds,
            chain,
        })
    }

    fn cell<'r>(&self, row: &Row<'r>, column: &str) -> &'r str {
        self.columns.get(column).and_then(|at| row.cells.get(*at)).unwrap_or("").trim()
    }

    fn name(&mut self, row: &Row<'_>, column: &str) -> Option<Box<str>> {
        let text = self.cell(row, column);
        if text.is_empty() || text.len() > ID_LENGTH_MAX_BYTES || text.chars().any(char::is_control) {
            self.wrong_cell(
                row,
                column,
                "is empty, too long or holds control characters",
                "a name of at most 200 bytes",
            );
            return None;
        }
        Some(text.into())
    }

    /// When the night began: all its rows say the same, and it is over.
    fn begun(&mut self, row: &Row<'_>, night: Option<&str>) -> Option<Time> {
        let at = match instant(self.cell(row, "begun"), self.terms.zone) {
            Ok(at) => at,
            Err(problem) => {
                self.wrong_cell(
                    row,
                    "begun",
                    &problem,
                    "when the night began, local time or with its offset",
                );
                return None;
            }
        };
        if at > self.terms.now {
            self.wrong_cell(row, "begun", "lies in the future", "a night that is over");
            return None;
        }
        let (known, first) = *self.begun.entry(night?.into()).or_insert((at, row.number));
        if known != at {
            let says = format!("differs from row {first} of the same night");
            self.wrong_cell(row, "begun", &says, "one beginning for each night");
            return None;
        }
        Some(at)
    }

    fn step(&mut self, row: &Row<'_>) -> Option<Step> {
        let step = Step::from_word(self.cell(row, "step"));
        if step.is_none() {
            self.wrong_cell(row, "step", "no such step", "download, install, restart or probe");
        }
        step
    }

    fn seconds(&mut self, row: &Row<'_>, column: &str) -> Option<u32> {
        let seconds = self.cell(row, column).parse().ok().filter(|seconds| *seconds <= STEP_MAX_SECONDS);
        if seconds.is_none() {
            let right = format!("whole seconds, from 0 to {STEP_MAX_SECONDS} (two weeks)");
            self.wrong_cell(row, column, "no such duration", &right);
        }
        seconds
    }

    /// A restart's place in its chain, and what came of it; both or neither.
    fn chain(&mut self, row: &Row<'_>, step: Option<Step>) -> Option<Chain> {
        let (place, armed) = (self.cell(row, "restart_place"), self.cell(row, "armed_another"));
        if place.is_empty() && armed.is_empty() {
            return None;
        }
        let armed_another = match armed {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let place = place.parse::<u16>().ok().filter(|place| *place > 0);
        if step.is_some_and(|step| step != Step::Restart) {
            self.wrong_cell(row, "restart_place", "only a restart has one", "nothing here, or step restart");
            return None;
        }
        if place.is_none() {
            let right =
                "1 for the restart that was planned, 2 for the one that it armed, …; with armed_another";
            self.wrong_cell(row, "restart_place", "no such place", right);
        }
        if armed_another.is_none() {
            self.wrong_cell(
                row,
                "armed_another",
                "neither yes nor no",
                "yes if another restart was pending afterwards, else no; with restart_place",
            );
        }
        Some(Chain { place: place?, armed_another: armed_another?, shown_after_seconds: None })
    }

    fn broken(&mut self, row: u64, error: &csv::Error) {
        self.wrong(
            Place::Row { row },
            None,
            &error.to_string(),
            "a table in UTF-8, every row with as many cells as the header",
        );
    }

    fn wrong_cell(&mut self, row: &Row<'_>, column: &str, problem: &str, expected: &str) {
        let value = self.cell(row, column);
        self.wrong(Place::Cell { row: row.number, column: column.into() }, Some(value), problem, expected);
    }

    fn wrong(&mut self, place: Place, value: Option<&str>, problem: &str, expected: &str) {
        self.findings.push(Finding {
            source: self.terms.source.into(),
            place,
            value: value.map(|value| value.chars().take(80).collect::<String>().into()),
            problem: problem.into(),
            expected: expected.into(),
            severity: Severity::Error,
        });
    }
}

/// The row at which a record stands, as a spreadsheet counts rows: the reader passes over blank ones before it.
fn row_at(bytes: &[u8], position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let blank = bytes.get(from..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: &str) -> Result<Vec<Record>, Vec<Finding>> {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let now = Time(1_795_651_200_000_000);
        read_nights(table.as_bytes(), &Terms { source: "nights.csv", zone: &zone, now, rows_max: 10 })
    }

    #[test]
    fn a_header_of_thousands_of_columns_is_told_of_in_few_sentences() {
        let findings = read(&format!("{}\n", ",".repeat(3_000))).unwrap_err();
        assert!(findings.len() <= FINDINGS_MAX + NEEDED.len(), "{} findings", findings.len());
    }

    #[test]
    fn a_table_comes_in_whole_and_what_is_wrong_is_named_with_its_row() {
        let header = "night,begun,device,family,step,seconds\n";
        let good = "autumn,2025-11-12 22:00,CMS-5,linux-image-6.1.0-18-amd64,install,412\n";
        let records = read(&format!("{header}{good}")).unwrap();
        assert_eq!((&*records[0].family, records[0].seconds), ("linux-image-amd64", 412));
        let findings = read(&format!("{header}{good}{good}")).unwrap_err();
        assert_eq!(findings[0].place, Place::Row { row: 3 });
    }
}
