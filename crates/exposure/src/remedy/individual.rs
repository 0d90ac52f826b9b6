//! Fixes named by the single device: `Q03: the first 5 digits of serial number 22082 or later`, `Drive: production date
//! January 2021 or later`. Such a sentence names no version.

use super::{Announced, NamedFix, Strength};
use crate::version::VersionSpec;

/// What is read of a list item; longer sentences are prose.
const ITEM_BYTES_MAX: usize = 200;
const LATER: &[&str] =
    &["or later", "and later", "or newer", "and newer", "or after", "or higher", "and higher"];

/// The fix a list item names by serial number or date, and the item's head.
pub(super) fn individual_fix(sentence: &str) -> Option<(NamedFix, &str)> {
    let lower = sentence.to_ascii_lowercase();
    let about_one =
        lower.contains("serial number") || lower.contains("production date") || lower.contains("manufactur");
    if !about_one || sentence.len() > ITEM_BYTES_MAX || !sentence.is_ascii() {
        return None;
    }
    let text = sentence.trim().trim_end_matches('.');
    let (head, rest) = text.rsplit_once(':').unwrap_or(("", text));
    let end = LATER
        .iter()
        .find_map(|later| rest.trim_end().to_ascii_lowercase().strip_suffix(later).map(str::len))?;
    let rest = rest.get(..end)?.trim();
    let from = ["first", "the first", "serial", "production date", "manufactured", "manufacturing date"]
        .iter()
        .filter_map(|word| rest.to_ascii_lowercase().find(word))
        .min()?;
    // A sentence that does not begin with its number says more than an item does.
    if rest.get(..from)?.split_whitespace().any(|word| !word.eq_ignore_ascii_case("the")) {
        return None;
    }
    let range = if rest.to_ascii_lowercase().contains("serial") {
        format!("{rest} or later")
    } else {
        format!(">= {}", rest.get(from..)?)
    };
    let spec = VersionSpec::read(&range);
    let fits = spec.needs_individual() && !spec.is_unreadable();
    let fix = NamedFix {
        release: None,
        text: rest.into(),
        strength: Strength::Strong,
        quote: sentence.into(),
        strictly_later: false,
        individual: Some(Box::new(spec)),
        own_line_only: false,
        inside_endless: false,
        announced: Announced::No,
    };
    fits.then_some((fix, head))
}
