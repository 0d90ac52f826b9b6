//! Reads the repository's own text files; what is built, fetched or recorded by running is passed over.

use std::path::{Path, PathBuf};

use crate::Unreadable;

/// One text file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Folders that are not ours to judge.
const PASSED_OVER: &[&str] =
    &[".git", "target", "node_modules", "corpus-found", "artifacts", "segue-data", "segue-demo"];
/// Files whose text people or we write. A picture or a spreadsheet has no text to check.
const TEXT_ENDINGS: &[&str] = &[
    "rs", "toml", "md", "js", "mjs", "cjs", "css", "html", "py", "sh", "json", "jsonl", "yml", "yaml", "sql",
    "csv", "txt", "lock", "npmrc", "run",
];
/// A file longer than this is data and not something a person reads.
const FILE_SIZE_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

/// Every text file below `root`, sorted by path.
///
/// # Errors
/// A folder or file could not be read.
pub fn read(root: &Path) -> Result<Vec<File>, Unreadable> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |source| Unreadable::File { path: folder.display().to_string(), source };
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() && !PASSED_OVER.contains(&&*name) {
                folders.push(entry.path());
            }
            if kind.is_file() && is_text(&name) {
                files.extend(read_one(root, &entry.path())?);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_text(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
    TEXT_ENDINGS.contains(&ending)
}

/// `None` for a file that is gone since it was listed, too long, or no UTF-8 (seeds of hostile input are neither).
fn read_one(root: &Path, path: &Path) -> Result<Option<File>, Unreadable> {
    let unreadable = |source| Unreadable::File { path: path.display().to_string(), source };
    let bytes = match std::fs::metadata(path) {
        Ok(found) if found.len() > FILE_SIZE_MAX_BYTES => return Ok(None),
        Ok(_) => std::fs::read(path).map_err(unreadable)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let below = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Ok(String::from_utf8(bytes).ok().map(|text| File { path: below, text }))
}
