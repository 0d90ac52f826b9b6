//! The hospital's own description: sites, buildings, units, beds and services, in one TOML file.

use std::path::Path;

use hospital::Command;
use hospital::places::Description;
use model::Finding;
use model::finding::{Place, Severity};
use server::importer::ImportError;

use super::{DESCRIPTION_SIZE_MAX_BYTES, Run, origin, read_file};

/// Reads a description.
pub(crate) fn read_places(path: &Path, name: &str) -> Result<Run, ImportError> {
    let (bytes, sha256) = read_file(path, DESCRIPTION_SIZE_MAX_BYTES)?;
    let description = read_description(name, &bytes)?;
    let command = Command::DescribeHospital(description, origin(name, Some(sha256), &[]));
    Ok(Run { command, findings: Vec::new(), refused: 0 })
}

fn read_description(name: &str, bytes: &[u8]) -> Result<Description, ImportError> {
    let finding = |place, problem: String, expected: &str| {
        ImportError::Findings(vec![Finding {
            source: name.into(),
            place,
            value: None,
            problem: problem.into(),
            expected: expected.into(),
            severity: Severity::Error,
        }])
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        finding(
            Place::Byte(error.valid_up_to() as u64),
            "this is not UTF-8".to_owned(),
            "save the file as UTF-8",
        )
    })?;
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let row = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let problem = error.message().trim().replace('\n', " ");
        finding(
            Place::Row { row: row as u64 },
            problem,
            "see docs/hospital-file.md for what the file may hold",
        )
    })
}
