//! KEV, EPSS and SSVC feeds.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use adapter_threat::{read_epss, read_kev, scan_vulnrichment};
use hospital::Command;
use model::finding::{Place, Severity};
use model::{Date, Finding, Time};
use node::Node;
use server::importer::{ImportError, Imported, Watch};

use super::{blocking, carry_out, origin};

fn open(path: &Path) -> Result<BufReader<File>, ImportError> {
    File::open(path).map(BufReader::new).map_err(|error| ImportError::Failed(format!("{}: {error}", path.display())))
}

fn refused(refused: adapter_threat::Refused) -> ImportError {
    ImportError::Findings(vec![*refused.finding])
}

/// Imports a catalogue of known exploited vulnerabilities.
pub(crate) async fn import_kev(node: &Node, path: &Path, name: &str, actor: &str, now: Time) -> Result<Imported, ImportError> {
    let (path, source) = (path.to_owned(), name.to_owned());
    let (catalogue, findings) = blocking(move || read_kev(&source, open(&path)?).map_err(refused)).await?;
    let origin = origin(name, None, &findings);
    let version = catalogue.version.or(catalogue.date_released).unwrap_or_else(|| "without a version".into());
    let command = Command::ImportKev { catalogue: version, entries: catalogue.entries, origin };
    finish(node, command, findings, actor, now).await
}

/// Imports EPSS scores.
pub(crate) async fn import_epss(node: &Node, path: &Path, name: &str, actor: &str, now: Time) -> Result<Imported, ImportError> {
    let (path, source) = (path.to_owned(), name.to_owned());
    let (feed, findings) = blocking(move || read_epss(&source, open(&path)?).map_err(refused)).await?;
    let day = feed.score_date.as_deref().and_then(|text| Date::parse(text.get(..10)?).ok());
    let Some(day) = day else { return Err(ImportError::Findings(vec![undated(name, feed.score_date)])) };
    let origin = origin(name, None, &findings);
    let model = feed.model_version.unwrap_or_else(|| "unknown".into());
    let command = Command::ImportEpss { model, day, scores: feed.scores, origin };
    finish(node, command, findings, actor, now).await
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

/// Imports SSVC assessments from CVE records.
pub(crate) async fn import_vulnrichment(
    node: &Node,
    paths: &[PathBuf],
    name: &str,
    actor: &str,
    now: Time,
    watch: &Watch,
) -> Result<Imported, ImportError> {
    let (paths, watching) = (paths.to_vec(), watch.clone());
    let (assessments, findings, refused) = blocking(move || {
        let (files, mut findings) = scan_vulnrichment(&paths);
        let total = files.len() as u64;
        let (mut assessments, mut refused) = (Vec::new(), 0u64);
        for (number, file) in (1u64..).zip(&files) {
            if watching.is_stopped() {
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
            watching.report(number, total);
        }
        Ok((assessments, findings, refused))
    })
    .await?;
    if assessments.is_empty() && refused > 0 {
        return Err(ImportError::Findings(findings));
    }
    let origin = origin(name, None, &findings);
    let imported = finish(node, Command::ImportSsvc { assessments, origin }, findings, actor, now).await?;
    Ok(Imported { refused, ..imported })
}

async fn finish(node: &Node, command: Command, findings: Vec<Finding>, actor: &str, now: Time) -> Result<Imported, ImportError> {
    let summary = carry_out(node, command, actor, now).await?;
    Ok(Imported { summary, findings, refused: 0 })
}
