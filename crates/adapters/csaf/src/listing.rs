//! What a provider says it has: `index.txt`, `changes.csv` and ROLIE feeds (CSAF 2.0 §7.1.11–7.1.15).

use std::path::{Path, PathBuf};

use adapter_input::{At, DOCUMENT_SIZE_MAX_BYTES, Document, Refused, read_limited};
use model::finding::{Finding, Place};

/// Most entries of one listing that are looked at.
pub const LISTED_MAX_COUNT: usize = 1_000_000;

/// Most folders that are tried for one path, upwards and inwards.
const ANCESTORS_MAX_LEVELS: usize = 12;

/// Kinds of listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `index.txt`: one path a line.
    Index,
    /// `changes.csv`: a path and a date a line.
    Changes,
    /// A ROLIE feed.
    Feed,
}

/// A listing found in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The listing itself.
    pub path: PathBuf,
    /// How to read it.
    pub kind: Kind,
}

/// One entry: the path as listed and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Path parts of the document, outermost first; never `..`, never absolute.
    pub parts: Vec<String>,
    /// Row or pointer in the listing.
    pub place: Place,
}

/// Reads a listing. Findings are about entries that are not paths of documents.
pub fn read(listing: &Listing) -> Result<(Vec<Listed>, Vec<Finding>), Refused> {
    let source = listing.path.to_string_lossy();
    let bytes = read_limited(&source, &listing.path, DOCUMENT_SIZE_MAX_BYTES)?;
    let mut out = Vec::new();
    let mut findings = adapter_input::Findings::new(&source);
    let mut take = |text: &str, place: Place| match parts(text) {
        Some(parts) if out.len() < LISTED_MAX_COUNT => out.push(Listed { parts, place }),
        _ => {
            let problem = "this is not the path of a document";
            let expected = "a path below this folder that ends in .json";
            findings.add(model::finding::Severity::Warning, place, Some(text), problem, expected);
        }
    };
    match listing.kind {
        Kind::Index | Kind::Changes => {
            for (row, line) in (1..).zip(String::from_utf8_lossy(&bytes).lines()) {
                let line = line.trim_start_matches('\u{feff}').trim();
                let path = match listing.kind {
                    Kind::Index | Kind::Feed => line,
                    Kind::Changes => first_field(line),
                };
                if !path.is_empty() {
                    take(path, Place::Row { row });
                }
            }
        }
        Kind::Feed => {
            let document = Document::parse(&source, &bytes)?;
            feed(&At::root(&document.root), &mut take).map_err(|fault| fault.refuse(&source))?;
        }
    }
    Ok((out, findings.finish()))
}

fn feed(root: &At<'_, '_>, take: &mut dyn FnMut(&str, Place)) -> Result<(), adapter_input::Fault> {
    let feed = root.need("feed")?;
    let Some(entries) = feed.get("entry")? else {
        return Ok(());
    };
    for entry in entries.items()? {
        if let Some(content) = entry.get("content")?
            && let Some(address) = content.get("src")?
        {
            take(address.text()?, Place::Pointer(address.pointer().into()));
        }
    }
    Ok(())
}

/// The first field of a line of CSV; paths hold neither quotes nor commas.
fn first_field(line: &str) -> &str {
    match line.strip_prefix('"') {
        Some(rest) => rest.split('"').next().unwrap_or(rest),
        None => line.split(',').next().unwrap_or(line).trim(),
    }
}

/// The parts of a listed path or address; `None` when it could lead out of the tree or is no document.
fn parts(text: &str) -> Option<Vec<String>> {
    let parts = inner_parts(text)?;
    parts.last()?.to_ascii_lowercase().ends_with(".json").then_some(parts)
}

/// The file below `folder` that an address ends in: the longest end of its path that is there.
pub(crate) fn below(address: &str, folder: &Path) -> Option<PathBuf> {
    let parts = inner_parts(address)?;
    let ends = (0..parts.len()).map(|from| folder.join(parts.iter().skip(from).collect::<PathBuf>()));
    ends.take(ANCESTORS_MAX_LEVELS).find(|path| path.is_file())
}

/// The parts of a path or address; `None` when it could lead out of the tree.
fn inner_parts(text: &str) -> Option<Vec<String>> {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map(|(_, path)| path)?,
        None => text,
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(Into::into).collect();
    let good = parts.iter().all(|part| part != ".." && !part.contains('\\') && !part.contains('\0'));
    good.then_some(parts)
}

/// The local file that `listed` means, among those `exists` knows: looked for below the listing's folder, then below
/// the folders above it (some publishers write paths from the tree's root), then by ever shorter ends of the path (the
/// mirror of a feed has other folders above it).
pub fn resolve(listed: &Listed, listing: &Path, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let folder = listing.parent()?;
    let whole: PathBuf = listed.parts.iter().collect();
    let above = folder.ancestors().take(ANCESTORS_MAX_LEVELS).map(|folder| folder.join(&whole));
    let shorter = (1..listed.parts.len())
        .map(|from| folder.join(listed.parts.iter().skip(from).collect::<PathBuf>()))
        .take(ANCESTORS_MAX_LEVELS);
    above.chain(shorter).find(|path| exists(path))
}
