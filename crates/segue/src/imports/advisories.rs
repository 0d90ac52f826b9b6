//! Advisories: each document is taken whole or refused; one that is refused does not keep the others out.

use std::path::PathBuf;

use adapter_csaf::{annotate, is_other_kind, read_each, scan};
use hospital::Command;
use model::finding::Severity;
use model::{Advisory, Finding, Time};
use node::Node;
use server::importer::{ImportError, Imported, Watch};

use super::{blocking, carry_out, chain, origin};

/// Documents whose bytes are stored together.
const BLOBS_AT_ONCE_MAX: usize = 200;
/// Bytes of documents that wait to be stored.
const BLOBS_SIZE_MAX_BYTES: usize = 32 * 1024 * 1024;
/// Remarks of a validator that are kept of one document.
const REMARKS_MAX: usize = 50;

struct Read {
    advisories: Vec<Advisory>,
    findings: Vec<Finding>,
    refused: u64,
    read: u64,
}

/// Imports advisories from files, folders and mirrored provider trees.
pub(crate) async fn import_advisories(
    node: &Node,
    paths: &[PathBuf],
    name: &str,
    actor: &str,
    now: Time,
    watch: &Watch,
) -> Result<Imported, ImportError> {
    let (sender, mut blobs) = tokio::sync::mpsc::channel::<Vec<Vec<u8>>>(2);
    let (paths, watching) = (paths.to_vec(), watch.clone());
    let known = node.read(|state| {
        let shas = state.library().iter().flat_map(|(_, item)| item.revisions()).map(|known| known.advisory.document_sha256.clone());
        shas.collect::<std::collections::HashSet<_>>()
    });
    let reading = blocking(move || read_all(&paths, &known, &watching, &sender));
    let journal = node.journal().clone();
    let storing = async move {
        while let Some(batch) = blobs.recv().await {
            journal.put_blobs(&batch).await.map_err(|error| ImportError::Failed(chain(&error)))?;
        }
        Ok::<_, ImportError>(())
    };
    let (read, stored) = tokio::join!(reading, storing);
    let read = read?;
    stored?;
    if watch.is_stopped() {
        return Err(ImportError::Stopped);
    }
    if read.advisories.is_empty() && read.refused > 0 {
        return Err(ImportError::Findings(read.findings));
    }
    let origin = origin(name, None, &read.findings);
    let command = Command::ImportAdvisories { advisories: read.advisories, read: read.read, origin };
    let summary = carry_out(node, command, actor, now).await?;
    Ok(Imported { summary, findings: read.findings, refused: read.refused })
}

fn read_all(
    paths: &[PathBuf],
    known: &std::collections::HashSet<Box<str>>,
    watch: &Watch,
    blobs: &tokio::sync::mpsc::Sender<Vec<Vec<u8>>>,
) -> Result<Read, ImportError> {
    let scan = scan(paths);
    let total = scan.documents.len() as u64;
    let refused_paths = scan.findings.iter().filter(|finding| finding.severity == Severity::Error).count() as u64;
    let mut out = Read { advisories: Vec::new(), findings: scan.findings.clone(), refused: refused_paths, read: 0 };
    let (mut waiting, mut waiting_bytes) = (Vec::new(), 0);
    let mut lost = false;
    read_each(&scan, |number, _, loaded| {
        match loaded {
            Ok(mut loaded) => {
                out.read += 1;
                out.findings.append(&mut loaded.findings);
                if !known.contains(&loaded.advisory.document_sha256) {
                    let mut remarks = annotate(&loaded.bytes);
                    remarks.truncate(REMARKS_MAX);
                    loaded.advisory.remarks = remarks;
                    waiting_bytes += loaded.bytes.len();
                    waiting.push(loaded.bytes);
                }
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
            lost |= blobs.blocking_send(std::mem::take(&mut waiting)).is_err();
            waiting_bytes = 0;
        }
        watch.report(number as u64, total);
        !lost && !watch.is_stopped()
    });
    if !waiting.is_empty() && !lost {
        // A receiver that is gone has said why.
        let _ = blobs.blocking_send(waiting);
    }
    Ok(out)
}
