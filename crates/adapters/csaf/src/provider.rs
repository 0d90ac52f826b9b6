//! What a provider's tree says about itself, held against what is there: its listings and its signatures.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use adapter_input::{Findings, read_limited};
use model::finding::{Finding, Place, Severity};

use crate::listing::{self, Listing};
use crate::sidecar::SIDECAR_SIZE_MAX_BYTES;
use crate::signature;
use crate::tree::DocumentFile;

/// Compares what the listings of a tree name with the documents that are there.
pub(crate) fn compare_listings(
    listings: &[Listing],
    documents: &[DocumentFile],
    findings: &mut Vec<Finding>,
) {
    let known: HashSet<&Path> = documents.iter().map(|document| &*document.path).collect();
    let mut listed_in: BTreeMap<&Path, HashSet<PathBuf>> = BTreeMap::new();
    for listing in listings {
        let mut about = Findings::new(&listing.path.to_string_lossy());
        match listing::read(listing) {
            Ok((entries, odd)) => {
                findings.extend(odd);
                let listed = listed_in.entry(listing.path.parent().unwrap_or(Path::new(""))).or_default();
                for entry in entries {
                    match listing::resolve(&entry, &listing.path, |path| known.contains(path)) {
                        Some(path) => {
                            listed.insert(path);
                        }
                        None => {
                            let (value, problem) =
                                (entry.parts.join("/"), "this document is listed but not there");
                            about.add(
                                Severity::Warning,
                                entry.place,
                                Some(&value),
                                problem,
                                "the document; mirror it again",
                            );
                        }
                    }
                }
            }
            Err(refused) => {
                let finding = &refused.finding;
                let problem = format!("the listing cannot be read: {}", finding.problem);
                about.add(
                    Severity::Warning,
                    finding.place.clone(),
                    finding.value.as_deref(),
                    &problem,
                    &finding.expected,
                );
            }
        }
        findings.extend(about.finish());
    }
    for (folder, listed) in listed_in.iter().filter(|(_, listed)| !listed.is_empty()) {
        let mut about = Findings::new(&folder.to_string_lossy());
        for document in documents.iter().filter(|document| document.path.starts_with(folder)) {
            if !listed.contains(&document.path) {
                let problem =
                    "this document is there but in no listing of the folder; it is read all the same";
                let shown = document
                    .path
                    .strip_prefix(folder)
                    .unwrap_or(&document.path)
                    .to_string_lossy()
                    .into_owned();
                about.add(
                    Severity::Note,
                    Place::Whole,
                    Some(&shown),
                    problem,
                    "a line in index.txt, or an entry of the feed",
                );
            }
        }
        findings.extend(about.finish());
    }
}

/// Reads the signatures of a tree's documents and says, once, that they were not verified, and by which keys they are.
pub(crate) fn signatures(documents: &[DocumentFile], about: &mut Findings) {
    let (mut count, mut keys) = (0_u64, BTreeSet::new());
    for path in documents.iter().filter_map(|document| document.sidecars.signature.as_deref()) {
        let name = path.to_string_lossy();
        let bad = match read_limited(&name, path, SIDECAR_SIZE_MAX_BYTES) {
            Ok(bytes) => match signature::parse(&String::from_utf8_lossy(&bytes)) {
                Ok(signature) => {
                    count += 1;
                    keys.insert(signature.key.unwrap_or_else(|| "unnamed".into()));
                    continue;
                }
                Err(error) => error.to_string(),
            },
            Err(refused) => refused.finding.problem.to_string(),
        };
        let problem = format!("the signature cannot be read: {bad}");
        about.add(Severity::Warning, Place::Whole, Some(&name), &problem, "an armoured OpenPGP signature");
    }
    if count > 0 {
        const KEYS_SHOWN_MAX_COUNT: usize = 3;
        let shown = keys.iter().take(KEYS_SHOWN_MAX_COUNT).cloned().collect::<Vec<_>>().join(", ");
        let problem = format!("{count} signatures were read but not verified: the key is absent ({shown})");
        about.add(Severity::Note, Place::Whole, None, &problem, "the publisher's public key, to verify them");
    }
}
