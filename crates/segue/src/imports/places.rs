//! The hospital's own description: sites, buildings, units, beds and services, in one TOML file.

use std::path::Path;

use hospital::Command;
use hospital::places::Description;
use model::finding::{Place, Severity};
use model::{Finding, Time};
use node::Node;
use server::importer::{ImportError, Imported};

use super::{DESCRIPTION_SIZE_MAX_BYTES, carry_out, origin, read_file};

/// Imports a description.
pub(crate) async fn import_places(node: &Node, path: &Path, name: &str, actor: &str, now: Time) -> Result<Imported, ImportError> {
    let (bytes, sha256) = read_file(path, DESCRIPTION_SIZE_MAX_BYTES)?;
    let description = read_description(name, &bytes)?;
    let origin = origin(name, Some(sha256), &[]);
    let summary = carry_out(node, Command::DescribeHospital(description, origin), actor, now).await?;
    Ok(Imported { summary, findings: Vec::new(), refused: 0 })
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
        finding(Place::Byte(error.valid_up_to() as u64), "this is not UTF-8".to_owned(), "save the file as UTF-8")
    })?;
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let row = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let problem = error.message().trim().replace('\n', " ");
        finding(Place::Row { row: row as u64 }, problem, "see docs/hospital-file.md for what the file may hold")
    })
}
