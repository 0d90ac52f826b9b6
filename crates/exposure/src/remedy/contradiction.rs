//! Prose that speaks against the range it stands beside: a later version that is still affected, a fix that is none.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::words::{clipped, sentences, version_at};
use crate::version::compare;

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

/// The sentence, if any, that says that the device's version, or a later one, is affected all the same.
///
/// A sentence that names versions counts for devices up to the latest of them; one that names none counts when it
/// speaks of a fix, an update or a version.
pub fn contradiction(text: &str, device_version: &str) -> Option<Box<str>> {
    let text = clipped(text);
    let found = CONTRADICTIONS.as_ref()?;
    if !found.is_match(text) {
        return None;
    }
    sentences(text)
        .into_iter()
        .find(|s| found.is_match(s) && speaks_against(s, device_version))
        .map(Box::from)
}

fn speaks_against(sentence: &str, device_version: &str) -> bool {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let mut versions = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match version_at(&words, at) {
            Some((version, used)) => {
                versions.push(version);
                at += used;
            }
            None => at += 1,
        }
    }
    if versions.is_empty() {
        let lower = sentence.to_lowercase();
        let other = lower.contains("also affect") || lower.contains("also vulnerable");
        return !other && ["version", "fix", "update", "patch", "release"].iter().any(|w| lower.contains(w));
    }
    // Where the order cannot be told, caution.
    versions.iter().any(|version| compare(device_version, version).is_none_or(std::cmp::Ordering::is_le))
}
