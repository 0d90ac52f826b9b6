//! Checksums kept beside a document (CSAF 2.0 §7.1.18): checked before the document is read, never after.

use std::path::{Path, PathBuf};

use adapter_input::{Reason, Refused, read_limited};
use model::finding::Place;
use sha2::{Digest, Sha256, Sha512};

/// Largest checksum or signature file, in bytes.
pub(crate) const SIDECAR_SIZE_MAX_BYTES: u64 = 64 * 1024;

/// The files that may stand beside a document `x.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sidecars {
    /// `x.json.sha512`.
    pub sha512: Option<PathBuf>,
    /// `x.json.sha256`.
    pub sha256: Option<PathBuf>,
    /// `x.json.asc`: an OpenPGP signature, armoured.
    pub signature: Option<PathBuf>,
}

/// Checks `bytes` against every checksum beside the document `source`. A checksum that differs, or a checksum file
/// without a checksum in it, refuses the document. True when there was at least one.
pub fn check(source: &str, sidecars: &Sidecars, bytes: &[u8]) -> Result<bool, Refused> {
    if let Some(path) = &sidecars.sha512 {
        compare(source, path, "SHA-512", 128, &hex::encode(Sha512::digest(bytes)))?;
    }
    if let Some(path) = &sidecars.sha256 {
        compare(source, path, "SHA-256", 64, &hex::encode(Sha256::digest(bytes)))?;
    }
    Ok(sidecars.sha512.is_some() || sidecars.sha256.is_some())
}

fn compare(source: &str, path: &Path, kind: &str, digits: usize, actual: &str) -> Result<(), Refused> {
    let beside = path.to_string_lossy();
    let written = read_limited(&beside, path, SIDECAR_SIZE_MAX_BYTES)?;
    let written = String::from_utf8_lossy(&written);
    let first = written.trim_start_matches('\u{feff}').split_whitespace().next().unwrap_or("");
    if first.len() != digits || !first.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let problem = format!("the checksum file {beside} does not begin with a {kind} checksum");
        let expected =
            format!("{digits} hexadecimal digits, a blank and the file's name; fetch both files again");
        return Err(Refused::new(Reason::Hash, source, Place::Whole, &problem, &expected).showing(first));
    }
    if !first.eq_ignore_ascii_case(actual) {
        let problem =
            format!("the document's {kind} is not the one in {beside}: it was changed or damaged on its way");
        let expected = format!("{first}; fetch both files again");
        let refused = Refused::new(Reason::Hash, source, Place::Whole, &problem, &expected);
        return Err(refused.showing(actual));
    }
    Ok(())
}
