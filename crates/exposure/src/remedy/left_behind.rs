//! Versions in a remedy's sentence that are no fix: the affected ones, and the ones that are left behind by an update.

use super::words::{bare, version_at};

/// Words that mark the version after them as an affected one, or as the one left behind.
const LEFT_BEHIND: &[&str] = &[
    "before",
    "below",
    "using",
    "from",
    "running",
    "affected",
    "supporting",
    "supports",
    "operating",
    "than",
    "except",
    "to",
    "receiving",
    "having",
    "of",
];
/// Words after a version that mark it as an affected one.
const OR_EARLIER: &[&str] = &["prior", "earlier", "older", "below", "lower", "previous"];
pub(super) const OR_LATER: &[&str] =
    &["later", "newer", "higher", "above", "greater", "onward", "onwards", "up"];

/// Words after which a sentence no longer speaks of the versions left behind.
pub(super) fn leads_to_a_fix(word: &str) -> bool {
    let lower = bare(word).to_lowercase();
    let stems = [
        "upgrad", "updat", "fix", "remed", "mitig", "address", "releas", "resolv", "correct", "patch",
        "eliminat", "solve",
    ];
    lower == "to" || stems.iter().any(|s| lower.starts_with(s))
}

pub(super) fn is_or_later(words: &[&str], end: usize) -> bool {
    let lower = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    matches!(lower(end).as_str(), "or" | "and") && OR_LATER.contains(&lower(end + 1).as_str())
}

/// `later than` right before (within the product's name): strictly later. `Some(false)` never occurs.
pub(super) fn preceded_by_than(words: &[&str], at: usize) -> Option<bool> {
    let from = at.saturating_sub(6);
    let before: Vec<String> = words.get(from..at)?.iter().map(|w| bare(w).to_lowercase()).collect();
    let than = before.iter().rposition(|w| w == "than")?;
    let comparative = before.get(than.checked_sub(1)?)?;
    OR_LATER.contains(&comparative.as_str()).then_some(true)
}

/// An affected version, or the one that is left: `prior to 2.0`, `2.x or prior`, `upgrade from 1.4`, `using Version 8.0`.
pub(super) fn is_left_behind(words: &[&str], context_from: usize, at: usize, end: usize) -> bool {
    let lower = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    if matches!(lower(end).as_str(), "or" | "and") && OR_EARLIER.contains(&lower(end + 1).as_str()) {
        return true;
    }
    if OR_EARLIER.contains(&lower(end).as_str()) && lower(end + 1) != "to" {
        return true;
    }
    if is_patched_with(words, at) {
        return false;
    }
    let with_patch = (end..end + 5).any(|i| is_patched_with(words, i + 1));
    // `7.2.x users should upgrade`, `13.0.X to Version 13.2.3`, `R4.01 through R4.03`
    let next = lower(end);
    let told = matches!(next.as_str(), "should" | "must" | "need" | "needs")
        && !(lower(end + 1) == "be"
            && ["install", "appl", "deploy"].iter().any(|stem| lower(end + 2).starts_with(stem)));
    if matches!(next.as_str(), "users" | "user" | "customers" | "through" | "thru" | "owners" | "until")
        || told
        || with_patch
    {
        return true;
    }
    // `R6.01 to R6.03`, `13.0.X to Version 13.2.3`
    let is_version = |i: usize| version_at(words, i).is_some();
    if next == "to" && (is_version(end + 1) || (lower(end + 1).starts_with("version") && is_version(end + 2)))
    {
        return true;
    }
    let previous = |n: usize| at.checked_sub(n).map(lower).unwrap_or_default();
    if matches!(previous(1).as_str(), "through" | "thru")
        || (previous(1).starts_with("version") && matches!(previous(2).as_str(), "through" | "thru"))
    {
        return true;
    }
    // `a patch for version 2.3`: for the affected one.
    let plain = |w: &str| {
        w.starts_with("version")
            || matches!(w, "firmware" | "software" | "release" | "the" | "all" | "affected" | "v" | "product")
    };
    let led = (1..=5).map(previous).find(|w| !plain(w));
    if led.as_deref() == Some("for") || is_fault_in(words, at) {
        return true;
    }
    let before: Vec<String> = (context_from.max(at.saturating_sub(7))..at).map(lower).collect();
    let cut = before.iter().rposition(|w| LEFT_BEHIND.contains(&w.as_str()));
    match cut.and_then(|i| before.get(i).map(|w| (i, w.as_str()))) {
        // "upgrade to" and "later than" lead to the fix; "prior to" and "less than" to what is affected.
        Some((i, "to" | "than")) => {
            let word = i.checked_sub(1).and_then(|j| before.get(j)).map_or("", String::as_str);
            matches!(word, "prior" | "previous" | "less" | "lower" | "older" | "earlier" | "equal")
        }
        Some((i, "of")) => i
            .checked_sub(1)
            .and_then(|j| before.get(j))
            .is_some_and(|w| matches!(w.as_str(), "users" | "customers")),
        Some(_) => true,
        None => false,
    }
}

/// `with patch 12.0.1`.
pub(super) fn is_patched_with(words: &[&str], at: usize) -> bool {
    let previous = |n: usize| at.checked_sub(n).and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase());
    matches!(previous(1).as_deref(), Some("patch" | "hotfix")) && previous(2).as_deref() == Some("with")
}

/// `vulnerabilities identified in Works 8.1`, but not `fixes these issues in 8.1`.
pub(super) fn is_fault_in(words: &[&str], at: usize) -> bool {
    let before: Vec<String> = words
        .get(at.saturating_sub(7)..at)
        .unwrap_or_default()
        .iter()
        .map(|w| bare(w).to_lowercase())
        .collect();
    let Some(place) = before.iter().rposition(|w| w == "in") else { return false };
    let word = place.checked_sub(1).and_then(|i| before.get(i)).map_or("", String::as_str);
    if matches!(word, "identified" | "present" | "discovered" | "exist" | "exists" | "reported") {
        return true;
    }
    let fault = ["vulnerabilit", "issue", "flaw", "bug", "problem"].iter().any(|f| word.starts_with(f));
    fault && !words.iter().take(at).any(|w| leads_to_a_fix(w))
}

/// Says that there is no fix, or that something stays open.
pub(super) fn says_no(lower: &str) -> bool {
    const NO: &[&str] = &[
        "not fixed",
        "not been fixed",
        "does not",
        "do not pertain",
        "not pertain",
        "will not",
        "no fix",
        "no patch",
        "no update",
        "no software patch",
        "no plan",
        "not planned",
        "not available",
        "not be made available",
        "not be available",
        "cannot be",
        "unable to",
        "no longer receive",
        "not be fixed",
        "not provide",
        "currently no",
        "most of",
        "some of",
        "several of",
        "one of the vuln",
        "two of the vuln",
        "all but",
        "majority of",
        "partially",
        "partly",
        "can be disabled",
    ];
    let clears = ["will not be vulnerable", "will not be affected"].iter().any(|c| lower.contains(c));
    NO.iter().any(|no| lower.contains(no) && !(clears && *no == "will not"))
}

/// A range in words whose sentence speaks of no update (`Firmware 13.0.X to 13.2.3`): what is its second end is not said.
pub(super) fn is_second_end(words: &[&str], at: usize) -> bool {
    let lower = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let to = (1..=2).filter_map(|n| at.checked_sub(n)).find(|i| lower(*i) == "to");
    let first = to.and_then(|to| to.checked_sub(1)).is_some_and(|i| version_at(words, i).is_some());
    let updates = |w: &&str| ["upgrad", "updat"].iter().any(|stem| bare(w).to_lowercase().starts_with(stem));
    first && !words.iter().take(at).any(updates)
}
