//! Past nights for the forecast, from a table; docs/forecast.md says what its columns are.

use std::path::Path;

use adapter_nights::{NIGHTS_SIZE_MAX_BYTES, Terms};
use hospital::Command;
use hospital::past::NIGHT_RECORDS_PER_IMPORT_MAX;
use jiff::tz::TimeZone;
use model::Time;
use server::importer::ImportError;

use super::{Run, origin, read_file};

/// Reads a table; local times are in `time_zone`, and nothing of it lies after `now`.
pub(crate) fn read_nights(path: &Path, name: &str, time_zone: &str, now: Time) -> Result<Run, ImportError> {
    let (bytes, sha256) = read_file(path, NIGHTS_SIZE_MAX_BYTES)?;
    let zone = TimeZone::get(time_zone).map_err(|error| ImportError::Failed(error.to_string()))?;
    let terms = Terms { source: name, zone: &zone, now, rows_max: NIGHT_RECORDS_PER_IMPORT_MAX };
    let records = adapter_nights::read_nights(&bytes, &terms).map_err(ImportError::Findings)?;
    let command = Command::ImportNights { records, origin: origin(name, Some(sha256), &[]) };
    Ok(Run { command, findings: Vec::new(), refused: 0 })
}
