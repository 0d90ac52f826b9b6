//! What a provider's tree says about itself, held against what is there: its listings, its keys and its signatures.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use adapter_input::{At, DOCUMENT_SIZE_MAX_BYTES, Document, Fault, Findings, read_limited};
use model::finding::{Finding, Place, Severity};

use crate::listing::{self, Listing};
use crate::openpgp::{self, KEYS_MAX_COUNT, KEYS_SIZE_MAX_BYTES, Keys};
use crate::sidecar::SIDECAR_SIZE_MAX_BYTES;
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

/// Takes the keys that a provider's metadata names, where their files lie in the same tree.
pub(crate) fn take_keys(metadata: &Path, keys: &mut Keys, findings: &mut Vec<Finding>) {
    let source = metadata.to_string_lossy();
    let mut about = Findings::new(&source);
    let read = read_limited(&source, metadata, DOCUMENT_SIZE_MAX_BYTES);
    let named = read.and_then(|bytes| {
        let document = Document::parse(&source, &bytes)?;
        named_keys(&At::root(&document.root)).map_err(|fault| fault.refuse(&source))
    });
    match named {
        Ok(named) => named.iter().for_each(|named| take_key(metadata, named, keys, &mut about, findings)),
        Err(refused) => about.add(
            Severity::Warning,
            refused.finding.place.clone(),
            refused.finding.value.as_deref(),
            &format!("the provider's keys cannot be read from it: {}", refused.finding.problem),
            &refused.finding.expected,
        ),
    }
    findings.extend(about.finish());
}

/// A key as metadata names it.
struct NamedKey {
    fingerprint: String,
    url: String,
    place: Place,
}

/// `/public_openpgp_keys` (CSAF 2.0 §7.1.8, §7.1.20): a fingerprint, which may be missing, and where the key is.
fn named_keys(root: &At<'_, '_>) -> Result<Vec<NamedKey>, Fault> {
    let mut named = Vec::new();
    if let Some(keys) = root.get("public_openpgp_keys")? {
        for key in keys.items()?.take(KEYS_MAX_COUNT) {
            named.push(NamedKey {
                fingerprint: key.text_of("fingerprint")?.unwrap_or("").replace(' ', ""),
                url: key.need("url")?.text()?.to_owned(),
                place: Place::Pointer(key.pointer().into()),
            });
        }
    }
    Ok(named)
}

fn take_key(
    metadata: &Path,
    named: &NamedKey,
    keys: &mut Keys,
    about: &mut Findings,
    findings: &mut Vec<Finding>,
) {
    let mut say = |severity, problem: &str, expected: &str| {
        about.add(severity, named.place.clone(), Some(&named.fingerprint), problem, expected);
    };
    if named.fingerprint.is_empty() {
        say(Severity::Warning, "the key has no fingerprint; it is not used", "its fingerprint");
        return;
    }
    let folder = metadata.parent().unwrap_or(Path::new(""));
    let Some(path) = listing::below(&named.url, folder) else {
        let expected = "the file that the address ends in, below this folder; or give the key with --keys";
        say(Severity::Note, "the key is named, but its file is not in this tree", expected);
        return;
    };
    let source = path.to_string_lossy();
    let added = read_limited(&source, &path, KEYS_SIZE_MAX_BYTES)
        .and_then(|bytes| keys.add_of_provider(&source, &bytes, &named.fingerprint));
    if let Err(refused) = added {
        findings.push(Finding { severity: Severity::Warning, ..*refused.finding });
    }
}

/// Reads the signatures of a tree's documents and says, once, how many cannot be verified for want of which keys.
pub(crate) fn signatures(documents: &[DocumentFile], keys: &Keys, about: &mut Findings) {
    let (mut count, mut wanted) = (0_u64, BTreeSet::new());
    for path in documents.iter().filter_map(|document| document.sidecars.signature.as_deref()) {
        let name = path.to_string_lossy();
        let bad = match read_limited(&name, path, SIDECAR_SIZE_MAX_BYTES) {
            Ok(bytes) => match openpgp::issuers(&String::from_utf8_lossy(&bytes)) {
                Ok(issuers) => {
                    if !issuers.iter().any(|issuer| keys.may_know(issuer.as_deref())) {
                        count += 1;
                        wanted.extend(issuers.into_iter().map(|key| key.unwrap_or_else(|| "unnamed".into())));
                    }
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
        let shown = wanted.iter().take(KEYS_SHOWN_MAX_COUNT).cloned().collect::<Vec<_>>().join(", ");
        let problem = format!("{count} signatures not verified: key {shown} not given");
        about.add(
            Severity::Note,
            Place::Whole,
            None,
            &problem,
            "the publisher's public key, with --keys FILE",
        );
    }
}
