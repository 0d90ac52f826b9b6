//! CISA's SSVC decision points, from the ADP container it adds to CVE records (CVE JSON 5).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use adapter_input::{At, DOCUMENT_SIZE_MAX_BYTES, Document, Fault, Findings, Reason, Refused, read_limited};
use model::finding::{Finding, Place, Severity};
use model::threat::SsvcAssessment;

use crate::cve::{CVE_EXPECTED, is_cve};

/// Most files of one scan.
const FILES_MAX_COUNT: usize = 2_000_000;

/// Deepest nesting of folders, in levels.
const FOLDERS_MAX_LEVELS: usize = 16;

/// What one CVE record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vulnrichment {
    /// The record's CVE id.
    pub cve: Box<str>,
    /// CISA's assessment, when the record has one.
    pub assessment: Option<SsvcAssessment>,
}

/// Reads one CVE record. A record without an assessment is no error: most have none.
pub fn read_vulnrichment(source: &str, bytes: &[u8]) -> Result<(Vulnrichment, Vec<Finding>), Refused> {
    let document = Document::parse(source, bytes)?;
    let mut findings = Findings::new(source);
    let record = record(&At::root(&document.root), &mut findings).map_err(|fault| fault.refuse(source))?;
    Ok((record, findings.finish()))
}

fn record(root: &At<'_, '_>, findings: &mut Findings) -> Result<Vulnrichment, Fault> {
    let Ok(Some(metadata)) = root.get("cveMetadata") else {
        return Err(root.fault(
            Reason::OtherKind,
            "this is not a CVE record",
            "a CVE JSON 5 record, with /cveMetadata",
        ));
    };
    let id = metadata.need("cveId")?;
    let cve = id.text()?;
    if !is_cve(cve) {
        return Err(id.fault(Reason::Invalid, "this is not a CVE id", CVE_EXPECTED));
    }
    let mut newest: Option<SsvcAssessment> = None;
    let containers = root.get("containers")?;
    let adp = match &containers {
        Some(containers) => containers.get("adp")?,
        None => None,
    };
    if let Some(adp) = adp {
        for container in adp.items()? {
            let Some(metrics) = container.get("metrics")? else { continue };
            for metric in metrics.items()? {
                let Some(other) = metric.get("other")? else { continue };
                if other.text_of("type")? != Some("ssvc") {
                    continue;
                }
                let Some(read) = assessment(cve, &other.need("content")?, findings)? else { continue };
                let is_newer = newest.as_ref().is_none_or(|known| known.assessed < read.assessed);
                newest = if is_newer { Some(read) } else { newest };
            }
        }
    }
    Ok(Vulnrichment { cve: cve.into(), assessment: newest })
}

/// An SSVC block; `None`, with a warning, when it is about another CVE or lacks a decision point.
fn assessment(
    cve: &str,
    content: &At<'_, '_>,
    findings: &mut Findings,
) -> Result<Option<SsvcAssessment>, Fault> {
    if let Some(id) = content.get("id")?
        && !id.text()?.eq_ignore_ascii_case(cve)
    {
        id.note(findings, Severity::Warning, "the assessment is about another CVE and is left out", cve);
        return Ok(None);
    }
    let (mut exploitation, mut automatable, mut impact) = (None, None, None);
    let options = content.need("options")?;
    for option in options.items()? {
        for decision in option.fields()? {
            let (slot, values): (_, &[&str]) = match decision.key() {
                "Exploitation" => (&mut exploitation, &["none", "poc", "active"]),
                "Automatable" => (&mut automatable, &["yes", "no"]),
                "Technical Impact" => (&mut impact, &["partial", "total"]),
                _ => continue,
            };
            let value = decision.text()?.trim().to_ascii_lowercase();
            if values.contains(&value.as_str()) {
                *slot = Some(Box::from(value));
            } else {
                let problem = "this is not a value of this decision point; the assessment is left out";
                decision.note(findings, Severity::Warning, problem, &values.join(", "));
                return Ok(None);
            }
        }
    }
    let (Some(exploitation), Some(automatable), Some(technical_impact)) = (exploitation, automatable, impact)
    else {
        let expected = "Exploitation, Automatable and Technical Impact";
        options.note(
            findings,
            Severity::Warning,
            "a decision point is missing; the assessment is left out",
            expected,
        );
        return Ok(None);
    };
    let assessed = content.text_of("timestamp")?.unwrap_or("").into();
    Ok(Some(SsvcAssessment { cve: cve.into(), exploitation, automatable, technical_impact, assessed }))
}

/// A file that may be a CVE record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFile {
    /// Where it is.
    pub path: PathBuf,
}

impl RecordFile {
    /// Reads the record, within the limits of every document.
    pub fn load(&self) -> Result<(Vulnrichment, Vec<Finding>), Refused> {
        let name = self.path.to_string_lossy();
        let bytes = read_limited(&name, &self.path, DOCUMENT_SIZE_MAX_BYTES)?;
        read_vulnrichment(&name, &bytes)
    }
}

/// Finds CVE records at `paths`: a file is taken as it is; of a folder, every `.json` file below it whose name begins
/// with `CVE-`, sorted. Nothing is read yet; each file is loaded on its own, so that memory stays bounded.
pub fn scan_vulnrichment(paths: &[PathBuf]) -> (Vec<RecordFile>, Vec<Finding>) {
    let (mut files, mut seen, mut all) = (Vec::new(), HashSet::new(), Vec::new());
    for path in paths {
        let mut findings = Findings::new(&path.to_string_lossy());
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, 0, &mut files, &mut seen, &mut findings),
            Ok(_) => files.push(RecordFile { path: path.clone() }),
            Err(error) => {
                let problem = format!("this cannot be read: {error}");
                findings.add(Severity::Error, Place::Whole, None, &problem, "a file or folder that exists");
            }
        }
        all.extend(findings.finish());
    }
    (files, all)
}

fn walk(
    folder: &Path,
    level: usize,
    files: &mut Vec<RecordFile>,
    seen: &mut HashSet<PathBuf>,
    findings: &mut Findings,
) {
    let entries = std::fs::canonicalize(folder).and_then(|real| {
        match seen.insert(real) && level <= FOLDERS_MAX_LEVELS {
            true => std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect(),
            false => Ok(Vec::new()),
        }
    });
    let mut entries: Vec<PathBuf> = entries.unwrap_or_else(|error| {
        let problem = format!("this folder cannot be read and was left out: {error}");
        let shown = folder.to_string_lossy();
        findings.add(
            Severity::Warning,
            Place::Whole,
            Some(&shown),
            &problem,
            "a folder this account may read",
        );
        Vec::new()
    });
    entries.sort_unstable();
    for path in entries {
        let name =
            path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => walk(&path, level + 1, files, seen, findings),
            Ok(metadata) if metadata.is_file() && name.starts_with("cve-") && name.ends_with(".json") => {
                if files.len() >= FILES_MAX_COUNT {
                    let problem = "there are too many files; the rest was left out";
                    findings.add(
                        Severity::Warning,
                        Place::Whole,
                        Some(&name),
                        problem,
                        "fewer files at a time",
                    );
                    return;
                }
                files.push(RecordFile { path });
            }
            Ok(_) | Err(_) => {}
        }
    }
}
