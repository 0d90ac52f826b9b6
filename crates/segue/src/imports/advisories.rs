//! Advisories: each document is taken whole or refused; one that is refused does not keep the others out.

use std::collections::HashSet;
use std::path::PathBuf;

use adapter_csaf::openpgp::KEYS_SIZE_MAX_BYTES;
use adapter_csaf::{Keys, annotate, is_other_kind, read_each, scan_with};
use hospital::Command;
use hospital::library::Standing;
use model::finding::Severity;
use model::{Advisory, Finding, Time};
use node::Node;
use server::importer::{DocumentPreview, DocumentStanding, ImportError, Imported, Preview, Watch};

use super::{Files, blocking, carry_out, chain, origin};

/// Documents whose bytes are stored together.
const BLOBS_AT_ONCE_MAX: usize = 200;
/// Bytes of documents that wait to be stored.
const BLOBS_SIZE_MAX_BYTES: usize = 32 * 1024 * 1024;
/// Documents listed in a preview.
const DOCUMENTS_SHOWN_MAX: usize = 500;
/// Remarks of a validator that are kept of one document.
const REMARKS_MAX: usize = 50;

struct Read {
    advisories: Vec<Advisory>,
    /// Where each advisory was read.
    paths: Vec<String>,
    findings: Vec<Finding>,
    refused: u64,
    read: u64,
}

/// Imports advisories from files, folders and mirrored provider trees.
pub(crate) async fn import_advisories(
    node: &Node,
    files: Files,
    actor: &str,
    now: Time,
    watch: &Watch,
) -> Result<Imported, ImportError> {
    let (sender, mut blobs) = tokio::sync::mpsc::channel::<Vec<Vec<u8>>>(2);
    let watching = watch.clone();
    let known = known_documents(node);
    let reading = blocking(move || {
        let keys = read_keys(&files.keys, now)?;
        let mut read = read_all(&files.paths, keys, &known, &watching, Some(&sender));
        files.rename(&mut read.findings);
        Ok((read, files.source))
    });
    let journal = node.journal().clone();
    let storing = async move {
        while let Some(batch) = blobs.recv().await {
            journal.put_blobs(&batch).await.map_err(|error| ImportError::Failed(chain(&error)))?;
        }
        Ok::<_, ImportError>(())
    };
    let (read, stored) = tokio::join!(reading, storing);
    let (read, source) = read?;
    stored?;
    if watch.is_stopped() {
        return Err(ImportError::Stopped);
    }
    if read.advisories.is_empty() && read.refused > 0 {
        return Err(ImportError::Findings(read.findings));
    }
    let origin = origin(&source, None, &read.findings);
    let command = Command::ImportAdvisories { advisories: read.advisories, read: read.read, origin };
    let summary = carry_out(node, command, actor, now).await?;
    Ok(Imported { summary, findings: read.findings, refused: read.refused })
}

/// The documents that are kept already, by digest.
fn known_documents(node: &Node) -> HashSet<Box<str>> {
    node.read(|state| {
        let revisions = state.library().iter().flat_map(|(_, item)| item.revisions());
        revisions.map(|known| known.advisory.document_sha256.clone()).collect()
    })
}

/// What an import would do, document by document.
pub(crate) fn preview_advisories(node: &Node, files: &Files, watch: &Watch) -> Result<Preview, ImportError> {
    // Whether a signature has run out by now is looked at when it is imported.
    let keys = read_keys(&files.keys, Time(i64::MAX))?;
    let mut read = read_all(&files.paths, keys, &known_documents(node), watch, None);
    if watch.is_stopped() {
        return Err(ImportError::Stopped);
    }
    files.rename(&mut read.findings);
    if read.advisories.is_empty() && read.refused > 0 {
        return Err(ImportError::Findings(read.findings));
    }
    let mut preview = Preview { read: read.read, refused: read.refused, ..Preview::default() };
    let mut seen = HashSet::new();
    node.read(|state| {
        for (advisory, path) in read.advisories.iter().zip(&read.paths) {
            let in_force = state.library().find(&advisory.key).and_then(|ix| state.library().get(ix));
            let in_force = in_force.map_or(String::new(), |item| item.current().advisory.version.to_string());
            let again = !seen.insert(&advisory.document_sha256);
            let standing = match state.library().standing(advisory) {
                _ if again => DocumentStanding::Known,
                Standing::New => DocumentStanding::New,
                Standing::Newer => DocumentStanding::Newer(in_force),
                Standing::Older => DocumentStanding::Older(in_force),
                Standing::Known => DocumentStanding::Known,
            };
            match standing {
                DocumentStanding::New => preview.new += 1,
                DocumentStanding::Newer(_) | DocumentStanding::Older(_) => preview.changed += 1,
                DocumentStanding::Known => preview.unchanged += 1,
                DocumentStanding::Refused => {}
            }
            preview.documents.push(DocumentPreview {
                file: files.name_of(path).to_string(),
                id: advisory.key.tracking_id.to_string(),
                version: advisory.version.to_string(),
                title: advisory.title.to_string(),
                standing,
            });
        }
    });
    // What needs a look stands first: refused, then new and changed, then what is known.
    let refused = read.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let refused = refused.map(|finding| DocumentPreview {
        file: finding.source.to_string(),
        id: String::new(),
        version: String::new(),
        title: String::new(),
        standing: DocumentStanding::Refused,
    });
    preview.documents.extend(refused);
    preview.documents.sort_by_key(|document| match document.standing {
        DocumentStanding::Refused => 0,
        DocumentStanding::Newer(_) | DocumentStanding::Older(_) => 1,
        DocumentStanding::New => 2,
        DocumentStanding::Known => 3,
    });
    preview.documents.truncate(DOCUMENTS_SHOWN_MAX);
    preview.findings = read.findings;
    Ok(preview)
}

/// The keys of every file. One that cannot be read imports nothing: what it was given for would silently not be verified.
fn read_keys(files: &[PathBuf], at: Time) -> Result<Keys, ImportError> {
    let mut keys = Keys::at(at);
    for path in files {
        let (bytes, _) = super::read_file(path, KEYS_SIZE_MAX_BYTES)?;
        keys.add(&path.to_string_lossy(), &bytes)
            .map_err(|refused| ImportError::Findings(vec![*refused.finding]))?;
    }
    Ok(keys)
}

fn read_all(
    paths: &[PathBuf],
    keys: Keys,
    known: &HashSet<Box<str>>,
    watch: &Watch,
    blobs: Option<&tokio::sync::mpsc::Sender<Vec<Vec<u8>>>>,
) -> Read {
    let scan = scan_with(paths, keys);
    let total = scan.documents.len() as u64;
    let refused_paths =
        scan.findings.iter().filter(|finding| finding.severity == Severity::Error).count() as u64;
    let mut out = Read {
        advisories: Vec::new(),
        paths: Vec::new(),
        findings: scan.findings.clone(),
        refused: refused_paths,
        read: 0,
    };
    let (mut waiting, mut waiting_bytes) = (Vec::new(), 0);
    let mut lost = false;
    read_each(&scan, |number, file, loaded| {
        match loaded {
            Ok(mut loaded) => {
                out.read += 1;
                out.findings.append(&mut loaded.findings);
                if blobs.is_some() && !known.contains(&loaded.advisory.document_sha256) {
                    let mut remarks = annotate(&loaded.bytes);
                    remarks.truncate(REMARKS_MAX);
                    loaded.advisory.remarks = remarks;
                    waiting_bytes += loaded.bytes.len();
                    waiting.push(loaded.bytes);
                }
                out.paths.push(file.name());
                out.advisories.push(loaded.advisory);
            }
            Err(refused) if is_other_kind(&refused) => {
                let single = scan.documents.len() == 1;
                out.refused += u64::from(single);
                let severity = if single { Severity::Error } else { Severity::Note };
                out.findings.push(Finding { severity, ..*refused.finding });
            }
            Err(refused) => {
                out.read += 1;
                out.refused += 1;
                out.findings.push(*refused.finding);
            }
        }
        if waiting.len() >= BLOBS_AT_ONCE_MAX || waiting_bytes >= BLOBS_SIZE_MAX_BYTES {
            let batch = std::mem::take(&mut waiting);
            lost |= blobs.is_some_and(|blobs| blobs.blocking_send(batch).is_err());
            waiting_bytes = 0;
        }
        watch.report(number as u64, total);
        !lost && !watch.is_stopped()
    });
    if let Some(blobs) = blobs.filter(|_| !waiting.is_empty() && !lost) {
        // A receiver that is gone has said why.
        let _ = blobs.blocking_send(waiting);
    }
    out
}
