//! Which notes of a document are shown beside a match: those that speak of products or versions, as written.

use std::collections::BTreeSet;

use adapter_input::{At, Fault, Findings};
use aho_corasick::AhoCorasick;
use model::advisory::{Product, Vulnerability};
use model::finding::{Place, Severity};

use crate::NOTES_SIZE_MAX_BYTES;

/// Categories of notes (CSAF 2.0 §3.1.7.2) that can be about products; not legal text, not questions and answers.
const CATEGORIES: &[&str] = &["description", "details", "general", "summary"];

/// Shortest product name looked for in prose, in characters: shorter ones are found in any text.
const NAME_LENGTH_MIN_CHARS: usize = 4;

/// Most product names looked for.
const NAMES_MAX_COUNT: usize = 2_000;

/// The texts of the notes of `owner` (the document's head or a vulnerability) that have one of [`CATEGORIES`].
pub(crate) fn texts<'n>(owner: &At<'_, 'n>) -> Result<Vec<&'n str>, Fault> {
    let Some(notes) = owner.get("notes")? else {
        return Ok(Vec::new());
    };
    let mut texts = Vec::new();
    for note in notes.items()? {
        let category = note.text_of("category")?.unwrap_or("");
        let text = note.text_of("text")?.unwrap_or("");
        if CATEGORIES.contains(&category) && !text.trim().is_empty() {
            texts.push(text);
        }
    }
    Ok(texts)
}

/// Keeps of the document's own notes those that name a product or say which versions are affected.
pub(crate) fn about_products<'n>(texts: Vec<&'n str>, products: &[Product]) -> Vec<&'n str> {
    if texts.is_empty() {
        return texts;
    }
    let long_enough = |name: &&str| name.chars().count() >= NAME_LENGTH_MIN_CHARS;
    let names: BTreeSet<&str> = products
        .iter()
        .flat_map(|product| [product.name.as_deref(), product.family.as_deref()])
        .flatten()
        .map(str::trim)
        .filter(long_enough)
        .take(NAMES_MAX_COUNT)
        .collect();
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(names).ok();
    texts
        .into_iter()
        .filter(|text| {
            says_what_is_affected(text) || finder.as_ref().is_some_and(|finder| finder.is_match(text))
        })
        .collect()
}

fn says_what_is_affected(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("affected")
        && ["version", "product", "model", "firmware", "release"].iter().any(|w| text.contains(w))
}

/// Spreads the prose over the vulnerabilities: each gets its own notes, then the document's; all together at most
/// [`NOTES_SIZE_MAX_BYTES`], with a note when some were left out.
pub(crate) fn attach(
    vulnerabilities: &mut [Vulnerability],
    own: Vec<Vec<&str>>,
    shared: &[&str],
    findings: &mut Findings,
) {
    let mut left_bytes = NOTES_SIZE_MAX_BYTES;
    let mut left_out = 0_usize;
    let mut keep = |vulnerability: &mut Vulnerability, text: &str| match left_bytes.checked_sub(text.len()) {
        Some(left) => {
            left_bytes = left;
            vulnerability.notes.push(text.into());
        }
        None => left_out += 1,
    };
    for (vulnerability, texts) in vulnerabilities.iter_mut().zip(own) {
        texts.into_iter().for_each(|text| keep(vulnerability, text));
    }
    for vulnerability in vulnerabilities {
        shared.iter().for_each(|text| keep(vulnerability, text));
    }
    if left_out > 0 {
        let problem =
            format!("{left_out} notes are not kept beside the matches; the document itself holds them");
        let expected = format!("at most {NOTES_SIZE_MAX_BYTES} bytes of notes");
        findings.add(Severity::Note, Place::Pointer("/vulnerabilities".into()), None, &problem, &expected);
    }
}
