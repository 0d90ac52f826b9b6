//! The seed corpora: small files written by hand, and every input that once broke something.

use std::io;
use std::path::{Path, PathBuf};

/// One seed: the file and its bytes.
pub type Seed = (PathBuf, Vec<u8>);

/// The folder `fuzz/` of the repository.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// The seeds of a target, sorted by name so that a run can be repeated.
///
/// # Errors
/// The folder or one of its files could not be read.
pub fn seeds(target: &str) -> io::Result<Vec<Seed>> {
    let mut paths = std::fs::read_dir(folder().join("seeds").join(target))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(&path).map(|bytes| (path, bytes))).collect()
}
