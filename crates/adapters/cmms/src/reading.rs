//! A whole list to devices: every row is read, every mistake is gathered, and one error means that nothing is imported.

use crate::gathered::Gathered;
use crate::row::RowReader;
use crate::table::Row;
use crate::{Mapping, Question, Table};
use model::finding::{Place, Severity};
use model::{Device, Finding};
use std::sync::atomic::{AtomicBool, Ordering};

/// What came of reading a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The devices, in the list's order. Empty when there is an error or reading was stopped: then nothing may be imported.
    pub devices: Vec<Device>,
    /// The row, from 1, of each device.
    pub rows: Vec<u64>,
    /// The findings, in the order of the rows; at most [`crate::FINDINGS_MAX`], errors before others.
    pub findings: Vec<Finding>,
    /// Rows below the header that are not blank.
    pub rows_read: u64,
    /// Errors, those not listed included.
    pub errors: u64,
    /// Warnings, those not listed included.
    pub warnings: u64,
    /// Notes, those not listed included.
    pub notes: u64,
    /// Reading was stopped by [`Watch::stop`].
    pub stopped: bool,
}

impl Reading {
    /// The list may be imported: it was read to its end without an error.
    pub fn is_importable(&self) -> bool {
        self.errors == 0 && !self.stopped
    }

    /// Findings that are counted but not listed.
    pub fn findings_left_out(&self) -> u64 {
        (self.errors + self.warnings + self.notes).saturating_sub(self.findings.len() as u64)
    }
}

/// How somebody watches a long reading and may stop it.
#[derive(Clone, Copy, Default)]
pub struct Watch<'w> {
    /// Called now and then with the number of the row that was read, from 1; see [`Table::rows_at_most`].
    pub progress: Option<&'w dyn Fn(u64)>,
    /// Reading stops soon after this becomes true.
    pub stop: Option<&'w AtomicBool>,
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("stop", &self.stop).finish_non_exhaustive()
    }
}

/// After so many rows the watcher hears of it.
const ROWS_PER_REPORT: u64 = 1_024;

/// Reads a whole list. The mapping may still hold guesses (a dry run shows what they give); two columns for one field, a
/// required field without a column and a column that the list lacks are errors.
pub fn read_devices(table: &Table, mapping: &Mapping) -> Reading {
    read_devices_watched(table, mapping, Watch::default())
}

/// As [`read_devices`], watched.
pub fn read_devices_watched(table: &Table, mapping: &Mapping, watch: Watch<'_>) -> Reading {
    let mut gathered = Gathered::new(table.source());
    for note in table.notes() {
        gathered.push(note.clone());
    }
    let fitted = match mapping.fit(table) {
        Ok(fitted) => fitted,
        Err(findings) => {
            findings.into_iter().for_each(|finding| gathered.push(finding));
            return finish(gathered, Reading::default());
        }
    };
    unanswered(&fitted, table, &mut gathered);
    if gathered.error_count > 0 {
        return finish(gathered, Reading::default());
    }
    let mut reader = RowReader::new(table, &fitted, gathered);
    let mut reading = Reading::default();
    read_rows(table, &mut reader, &mut reading, watch);
    if reading.rows_read == 0 && !reading.stopped {
        nothing_below(table, &mut reader.gathered);
    }
    finish(reader.finish(), reading)
}

fn read_rows<'t>(table: &'t Table, reader: &mut RowReader<'t>, reading: &mut Reading, watch: Watch<'_>) {
    let mut rows = table.rows();
    let mut row = Row::default();
    let mut reported = 0;
    loop {
        match rows.read(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(refused) => {
                reader.gathered.push(refused.finding(table.source()));
                break;
            }
        }
        if row.number >= reported + ROWS_PER_REPORT {
            reported = row.number;
            if let Some(progress) = watch.progress {
                progress(row.number);
            }
            if watch.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                reading.stopped = true;
                break;
            }
        }
        if row.is_blank() {
            continue;
        }
        reading.rows_read += 1;
        if let Some(device) = reader.read(&row) {
            reading.devices.push(device);
            reading.rows.push(row.number);
        }
    }
    if let Some(progress) = watch.progress {
        progress(row.number);
    }
}

/// A list without a row is nobody's register: an export that went wrong, not a hospital without devices.
fn nothing_below(table: &Table, gathered: &mut Gathered) {
    let row = table.header_row();
    let problem = "only the header is there; no row below it names a device";
    let expected = "export the list again, with one row for each device";
    gathered.add(Severity::Error, || Place::Row { row }, None, &problem, &expected);
}

fn finish(gathered: Gathered, mut reading: Reading) -> Reading {
    reading.errors = gathered.error_count;
    reading.warnings = gathered.warning_count;
    reading.notes = gathered.note_count;
    reading.findings = gathered.finish();
    if !reading.is_importable() {
        reading.devices = Vec::new();
        reading.rows = Vec::new();
    }
    reading
}

/// Questions that no guess answers are errors.
fn unanswered(mapping: &Mapping, table: &Table, gathered: &mut Gathered) {
    let row = table.header_row();
    for question in mapping.questions() {
        match question {
            Question::IsIt { .. } => {}
            Question::Missing { field } => {
                let problem = format!("no column is known to be {}", field.name());
                let headers: Vec<&str> = table.header().iter().map(|header| &**header).collect();
                let shown: String = headers.join(", ").chars().take(600).collect();
                let expected = format!("say in the mapping file which of these it is: {shown}");
                gathered.add(Severity::Error, || Place::Row { row }, None, &problem, &expected);
            }
            Question::WhichOf { field, headers } => {
                let problem = format!("several columns may be {}: {}", field.name(), headers.join(", "));
                let expected = "say in the mapping file which one it is";
                gathered.add(Severity::Error, || Place::Row { row }, None, &problem, &expected);
            }
        }
    }
}
