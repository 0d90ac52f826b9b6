//! Where the shared test data is.

use std::path::PathBuf;

/// A folder of the shared test data; `None`, with a line that says so, when it is not there.
pub(crate) fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SEGUE_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"));
    let path = root.join("data").join(folder);
    if path.is_dir() {
        return Some(path.canonicalize().unwrap());
    }
    println!("skipped: the shared test data is not at {}", path.display());
    None
}
