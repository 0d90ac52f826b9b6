//! Prose that speaks against the range it stands beside: a later version that is still affected, a fix that is none.

use std::cmp::Ordering;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::scope::{Scope, scope};
use super::words::{clipped, sentences, version_at};
use crate::version::{Version, ordering};

/// What such sentences say.
const CONTRADICTING: &[&str] = &[
    "still present",
    "still affected",
    "still vulnerable",
    "still exist",
    "remains vulnerable",
    "remain vulnerable",
    "remains affected",
    "remains present",
    "remain affected",
    "not fixed in",
    "not resolved in",
    "not addressed in",
    "not remediated in",
    "not corrected in",
    "also affects",
    "also affected",
    "also vulnerable",
    "does not fully",
    "do not fully",
    "not completely",
    "incomplete fix",
    "only partially",
    "partially fix",
    "partially mitigat",
    "continues to be affected",
    "reintroduced",
];

static CONTRADICTIONS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(CONTRADICTING).ok());

/// A sentence that speaks against the range, read once for all devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    sentence: Box<str>,
    /// Versions it names; a device later than all of them is not meant. None: every version is.
    versions: Vec<Version>,
    /// It says of a fix that it leaves this vulnerability open (`fixes all except CVE-…`): only a later fix clears it.
    leaves_open: bool,
}

impl Against {
    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// A fix that leaves this vulnerability open is named, so only a fix later than that one clears a device.
    pub fn leaves_open(&self) -> bool {
        self.leaves_open
    }

    /// Does it say that a device of this version is, or may be, affected all the same?
    pub fn concerns(&self, device: &Version) -> bool {
        // Where the order cannot be told, caution.
        let up_to = |version: &Version| ordering(device, version).is_none_or(Ordering::is_le);
        self.leaves_open || self.versions.is_empty() || self.versions.iter().any(up_to)
    }

    /// Is `fix` one that leaves this vulnerability open, or not certainly later than one?
    pub(super) fn covers_fix(&self, fix: &str) -> bool {
        let Some(fix) = Version::read(fix) else { return true };
        let later = |version: &Version| ordering(&fix, version) == Some(Ordering::Greater);
        self.leaves_open && !self.versions.iter().all(later)
    }
}

/// The sentences of a text that speak against the range, for the vulnerability `cve`. Of advice (`is_advice`: a mitigation
/// or a workaround, which rarely removes a fault in full) only those count that name versions.
pub fn against(text: &str, cve: Option<&str>, is_advice: bool) -> Vec<Against> {
    let text = clipped(text);
    let Some(found) = CONTRADICTIONS.as_ref() else { return Vec::new() };
    let mentions = cve.is_some_and(|cve| text.to_ascii_lowercase().contains(&cve.to_ascii_lowercase()));
    if !mentions && !found.is_match(text) {
        return Vec::new();
    }
    let one = |sentence: &str| {
        let leaves_open = mentions && scope("", sentence, cve, &[]) == Scope::LeftOut;
        if !leaves_open && !found.is_match(sentence) {
            return None;
        }
        let versions = versions_in(sentence);
        let is_meant = if leaves_open || versions.is_empty() {
            (leaves_open && !versions.is_empty()) || (!is_advice && speaks_of_versions(sentence))
        } else {
            true
        };
        is_meant.then(|| Against { sentence: sentence.into(), versions, leaves_open })
    };
    sentences(text).into_iter().filter_map(one).collect()
}

/// The sentence, if any, that says that the device's version, or a later one, is affected all the same.
///
/// A sentence that names versions counts for devices up to the latest of them; one that names none counts when it
/// speaks of a fix, an update or a version.
pub fn contradiction(text: &str, device_version: &str) -> Option<Box<str>> {
    let found = against(text, None, false);
    let device = Version::read(device_version);
    found
        .into_iter()
        .find(|one| device.as_ref().is_none_or(|device| one.concerns(device)))
        .map(|one| one.sentence)
}

fn versions_in(sentence: &str) -> Vec<Version> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let mut versions = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match version_at(&words, at) {
            Some((version, used)) => {
                versions.extend(Version::read(&version));
                at += used;
            }
            None => at += 1,
        }
    }
    versions
}

fn speaks_of_versions(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let other = lower.contains("also affect") || lower.contains("also vulnerable");
    !other && ["version", "fix", "update", "patch", "release"].iter().any(|w| lower.contains(w))
}
