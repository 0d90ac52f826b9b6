//! KEV, EPSS and SSVC feeds.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use adapter_threat::scan_vulnrichment;
use hospital::Command;
use model::finding::{Place, Severity};
use model::{Date, Finding};
use server::importer::{ImportError, Watch};

use super::{Files, Run, origin};

fn open(path: &Path) -> Result<BufReader<File>, ImportError> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|error| ImportError::Failed(format!("{}: {error}", path.display())))
}

fn refused(refused: adapter_threat::Refused) -> ImportError {
    ImportError::Findings(vec![*refused.finding])
}

/// Reads a catalogue of known exploited vulnerabilities.
pub(crate) fn read_kev(path: &Path, name: &str) -> Result<Run, ImportError> {
    let (catalogue, findings) = adapter_threat::read_kev(name, open(path)?).map_err(refused)?;
    let origin = origin(name, None, &findings);
    let version = catalogue.version.or(catalogue.date_released).unwrap_or_else(|| "without a version".into());
    let command = Command::ImportKev { catalogue: version, entries: catalogue.entries, origin };
    Ok(Run { command, findings, refused: 0 })
}

/// Reads EPSS scores.
pub(crate) fn read_epss(path: &Path, name: &str) -> Result<Run, ImportError> {
    let (feed, findings) = adapter_threat::read_epss(name, open(path)?).map_err(refused)?;
    let day = feed.score_date.as_deref().and_then(|text| Date::parse(text.get(..10)?).ok());
    let Some(day) = day else { return Err(ImportError::Findings(vec![undated(name, feed.score_date)])) };
    let origin = origin(name, None, &findings);
    let model = feed.model_version.unwrap_or_else(|| "unknown".into());
    Ok(Run { command: Command::ImportEpss { model, day, scores: feed.scores, origin }, findings, refused: 0 })
}

/// Scores age: without their day nobody can say how old they are.
fn undated(name: &str, value: Option<Box<str>>) -> Finding {
    Finding {
        source: name.into(),
        place: Place::Row { row: 1 },
        value,
        problem: "the scores' day is missing".into(),
        expected: "a first line like #model_version:v2025.03.14,score_date:2026-11-01T00:00:00+0000".into(),
        severity: Severity::Error,
    }
}

/// Reads SSVC assessments from CVE records.
pub(crate) fn read_vulnrichment(files: &Files, watch: &Watch) -> Result<Run, ImportError> {
    let (records, mut findings) = scan_vulnrichment(&files.paths);
    let total = records.len() as u64;
    let (mut assessments, mut refused) = (Vec::new(), 0u64);
    for (number, file) in (1u64..).zip(&records) {
        if watch.is_stopped() {
            return Err(ImportError::Stopped);
        }
        match file.load() {
            Ok((record, mut odd)) => {
                findings.append(&mut odd);
                assessments.extend(record.assessment);
            }
            Err(one) => {
                refused += 1;
                findings.push(*one.finding);
            }
        }
        watch.report(number, total);
    }
    files.rename(&mut findings);
    if assessments.is_empty() && refused > 0 {
        return Err(ImportError::Findings(findings));
    }
    let origin = origin(&files.source, None, &findings);
    Ok(Run { command: Command::ImportSsvc { assessments, origin }, findings, refused })
}
