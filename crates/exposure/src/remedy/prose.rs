//! Sentences of remedies and notes, read for versions. Dates, telephone numbers, identifiers, web addresses and other
//! makers' version numbers (Windows 7, TLS 1.2) are not versions of the product.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{NamedFix, Strength, named};
use crate::version::compare;

/// Longest prose that is read; the rest is left unread.
pub const PROSE_MAX_BYTES: usize = 20_000;
/// Fixes one text may name.
const FIXES_MAX: usize = 24;

/// Words that say a sentence is about fixing.
const FIXING: &[&str] = &[
    "upgrad", "updat", "fix", "remediat", "mitigat", "resolv", "address", "correct", "patch", "releas", "available", "install",
    "eliminat", "not vulnerable", "not affected", "solve", "later", "newer", "higher", "incorporat", "replac",
];
/// Words after which a number is another maker's or no version at all.
const OTHERS: &[&str] = &[
    "windows", "explorer", "tls", "ssl", "ios", "android", "cvss", "port", "ports", "section", "sections", "score", "java",
    "iis", "chrome", "edge", "firefox", ".net", "net", "bug", "figure", "step", "table", "chapter", "sql", "xp", "usb", "wpa",
    "http", "https", "smb", "linux", "debian", "ubuntu", "openssl", "microsoft", "macos", "sn", "serial", "iso", "iec", "part",
    "number", "page", "fco", "cwe", "cve", "ip", "ipv", "tcp", "udp", "model", "sp", "framework", "server", "vista", "nfpa",
    "pub", "call", "phone", "tel", "fax", "at", "rev.", "option", "select", "bluetooth", "wi-fi", "802",
];
/// Words that mark the version after them as an affected one, or as the one left behind.
const LEFT_BEHIND: &[&str] =
    &["before", "below", "using", "from", "running", "affected", "supporting", "supports", "operating", "than", "except", "to"];
/// Words after a version that mark it as an affected one.
const OR_EARLIER: &[&str] = &["prior", "earlier", "older", "below", "lower", "previous"];
const OR_LATER: &[&str] = &["later", "newer", "higher", "above", "greater", "onward", "onwards", "up"];

/// Versions that a remedy's text names as fixed, tied to the product as far as its words go.
pub fn fixes_named(details: &str, product_name: &str, vendor: &str) -> Vec<NamedFix> {
    let product = words_of(product_name);
    let vendor = words_of(vendor);
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for sentence in sentences(clipped(details)) {
        candidates(sentence, &product, &vendor, &mut found);
    }
    let best = found.iter().map(|c| c.overlap).max().unwrap_or(0);
    let distinct = |only: &dyn Fn(&Candidate<'_>) -> bool| {
        let mut texts: Vec<&str> = found.iter().filter(|c| only(c)).map(|c| c.version.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.len()
    };
    let several = distinct(&|_| true) > 1;
    let strong = |c: &Candidate<'_>| {
        !c.doubtful && c.cued && if best > 0 { c.overlap == best || (c.overlap > 0 && !c.foreign) } else { !c.foreign && (!several || c.listed) }
    };
    let fixes = found.iter().filter_map(|c| {
        let strength = if strong(c) { Strength::Strong } else { Strength::Weak };
        named(&c.version, strength, c.sentence, c.strictly_later)
    });
    let mut out: Vec<NamedFix> = Vec::new();
    for fix in fixes.take(FIXES_MAX) {
        match out.iter_mut().find(|f| f.text == fix.text && f.strictly_later == fix.strictly_later) {
            Some(known) if known.strength < fix.strength => *known = fix,
            Some(_) => {}
            None => out.push(fix),
        }
    }
    out
}

#[derive(Debug)]
struct Candidate<'a> {
    version: String,
    sentence: &'a str,
    /// Words of the product's name near the version.
    overlap: usize,
    /// Another product's name stands before it.
    foreign: bool,
    /// The sentence speaks of fixing.
    cued: bool,
    /// It says that something stays open.
    doubtful: bool,
    /// One of a list in one sentence (`Versions 12.0.1, 12.0.2 and 12.1.0 address this`).
    listed: bool,
    strictly_later: bool,
}

fn clipped(text: &str) -> &str {
    let mut end = text.len().min(PROSE_MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Sentences and list items.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let ends = match c {
            ';' | '\n' | '\r' | '•' => true,
            c if c.is_whitespace() => matches!(previous, '.' | '!' | '?'),
            _ => false,
        };
        if ends {
            out.push(text.get(start..at).unwrap_or_default().trim());
            start = at + c.len_utf8();
        }
        previous = c;
    }
    out.push(text.get(start..).unwrap_or_default().trim());
    out.retain(|s| !s.is_empty());
    out
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, ',' | '.' | '(' | ')' | ':' | '"' | '\'' | '“' | '”' | '‘' | '’' | '!' | '?' | '*' | '|'))
}

fn words_of(text: &str) -> Vec<String> {
    const COMMON: &[&str] = &["the", "and", "of", "for", "with", "system", "systems", "inc", "gmbh", "device", "software", "version"];
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|w| w.len() > 1 && !COMMON.contains(&w.as_str())).collect()
}

fn candidates<'a>(sentence: &'a str, product: &[String], vendor: &[String], found: &mut Vec<Candidate<'a>>) {
    let lower = sentence.to_lowercase();
    let cued = FIXING.iter().any(|f| lower.contains(f));
    let doubtful = [" except", "not fixed", "not been fixed", "does not", "do not pertain", "not pertain", "will not"]
        .iter()
        .any(|d| lower.contains(d));
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let first = found.len();
    let mut context_from = 0;
    let mut at = 0;
    while at < words.len() {
        let Some((version, used)) = version_at(&words, at) else {
            at += 1;
            continue;
        };
        let end = at + used;
        let later_than = preceded_by_than(&words, at);
        if later_than.is_none() && is_left_behind(&words, context_from, at, end) {
            context_from = end;
            at = end;
            continue;
        }
        let before = words.get(context_from..at).unwrap_or_default();
        let after: Vec<&str> = words.iter().skip(end).take(6).copied().collect();
        let overlap = overlap(before, product).max(overlap(&product_after(&after), product));
        let foreign = overlap == 0 && names_another(before, vendor);
        // "Versions 12.0.1, 12.0.2 and 12.1.0": the ones after the first share its context.
        let goes_on = found.len() > first && before.iter().all(|w| matches!(bare(w).to_lowercase().as_str(), "and" | "or" | "" | "version"));
        let (overlap, foreign) = match found.last() {
            Some(last) if goes_on => (last.overlap, last.foreign),
            _ => (overlap, foreign),
        };
        found.push(Candidate {
            version,
            sentence,
            overlap,
            foreign,
            cued: cued || used > 0 && overlap > 0,
            doubtful,
            listed: goes_on,
            strictly_later: later_than.unwrap_or(false),
        });
        if goes_on && let Some(one_before) = found.len().checked_sub(2).and_then(|i| found.get_mut(i)) {
            one_before.listed = true;
        }
        context_from = end;
        at = end;
    }
}

/// `later than` right before (within the product's name): strictly later. `Some(false)` never occurs.
fn preceded_by_than(words: &[&str], at: usize) -> Option<bool> {
    let from = at.saturating_sub(6);
    let before: Vec<String> = words.get(from..at)?.iter().map(|w| bare(w).to_lowercase()).collect();
    let than = before.iter().rposition(|w| w == "than")?;
    let comparative = before.get(than.checked_sub(1)?)?;
    OR_LATER.contains(&comparative.as_str()).then_some(true)
}

/// An affected version, or the one that is left: `prior to 2.0`, `2.x or prior`, `upgrade from 1.4`, `using Version 8.0`.
fn is_left_behind(words: &[&str], context_from: usize, at: usize, end: usize) -> bool {
    let lower = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    if matches!(lower(end).as_str(), "or" | "and") && OR_EARLIER.contains(&lower(end + 1).as_str()) {
        return true;
    }
    if OR_EARLIER.contains(&lower(end).as_str()) && lower(end + 1) != "to" {
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
        Some(_) => !before.iter().any(|w| w.starts_with("upgrad") || w.starts_with("updat")),
        None => false,
    }
}

/// The product named after the version: `12.2.1.5 in June of 2020 for MyVue`.
fn product_after<'a>(after: &[&'a str]) -> Vec<&'a str> {
    let start = after.iter().position(|w| matches!(*w, "for" | "of" | "(for"));
    start.map_or_else(
        || after.iter().take(1).filter(|w| w.starts_with('(')).copied().collect(),
        |s| after.get(s + 1..).unwrap_or_default().to_vec(),
    )
}

/// How many words of the product's name stand among the words; an acronym of the name counts for two.
fn overlap(words: &[&str], product: &[String]) -> usize {
    let near: Vec<String> =
        words.iter().rev().take(12).flat_map(|w| w.split(|c: char| !c.is_alphanumeric())).map(str::to_lowercase).collect();
    let shared = product.iter().filter(|p| near.contains(p)).count();
    let acronym = words.iter().rev().take(12).any(|w| is_acronym(bare(w), product));
    shared + if acronym { 2 } else { 0 }
}

/// `ISCV` for IntelliSpace Cardiovascular, `PICiX` for Patient Information Center iX.
fn is_acronym(word: &str, product: &[String]) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    if capitals < 3 || !(3..=7).contains(&word.chars().count()) || !word.chars().all(char::is_alphabetic) {
        return false;
    }
    let whole: String = product.concat();
    let mut rest = whole.chars();
    let lower = word.to_lowercase();
    whole.starts_with(lower.chars().next().unwrap_or(' ')) && lower.chars().all(|c| rest.any(|r| r == c))
}

/// A name that is not the vendor's stands right before the version.
fn names_another(before: &[&str], vendor: &[String]) -> bool {
    const PLAIN: &[&str] = &[
        "version", "versions", "release", "software", "firmware", "update", "updates", "updated", "upgrade", "the", "to", "new",
        "newest", "latest", "service", "pack", "in", "build", "users", "all", "for", "system",
    ];
    let mut names = before.iter().rev().take(4).map(|w| bare(w)).filter(|w| !w.is_empty());
    names.any(|w| {
        let lower = w.to_lowercase();
        let capital = w.chars().next().is_some_and(char::is_uppercase);
        let first_word = before.first().is_some_and(|f| bare(f) == w);
        capital && !first_word && !PLAIN.contains(&lower.as_str()) && !vendor.contains(&lower)
    })
}

/// A version beginning at word `at`, with the number of words it takes.
fn version_at(words: &[&str], at: usize) -> Option<(String, usize)> {
    let raw = *words.get(at)?;
    let word = bare(raw);
    let previous = at.checked_sub(1).and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let marked = matches!(previous.as_str(), "version" | "versions" | "v" | "release" | "firmware" | "software" | "rev" | "revision" | "update");
    if OTHERS.contains(&previous.as_str()) || !looks_like_version(word, marked) || is_date_word(words, at) {
        return None;
    }
    let mut text = word.to_owned();
    let mut used = 1;
    // `1.8.4 Service Pack 01`, `4.20 SR2`, `8.5 GMA 3`
    if !raw.ends_with([',', '.', ';', ')']) {
        let next = |i: usize| words.get(at + i).map(|w| bare(w)).unwrap_or_default();
        let is_number = |w: &str| !w.is_empty() && w.len() <= 4 && w.chars().all(|c| c.is_ascii_digit());
        let is_word = |w: &str| matches!(w.to_lowercase().as_str(), "sp" | "hf" | "cu" | "update" | "patch" | "build" | "hotfix" | "gma" | "sr");
        let counted = |w: &str| {
            let letters = w.trim_end_matches(|c: char| c.is_ascii_digit());
            letters.len() < w.len() && matches!(letters.to_lowercase().as_str(), "sp" | "hf" | "cu" | "sr" | "patch" | "r" | "p")
        };
        if next(1).eq_ignore_ascii_case("service") && next(2).eq_ignore_ascii_case("pack") && is_number(next(3)) {
            used = 4;
        } else if is_word(next(1)) && is_number(next(2)) {
            used = 3;
        } else if counted(next(1)) {
            used = 2;
        }
        for i in 1..used {
            text.push(' ');
            text.push_str(next(i));
        }
    }
    Some((text, used))
}

fn looks_like_version(word: &str, marked: bool) -> bool {
    if word.len() > 40 || word.contains("://") || word.contains('@') || word.contains('/') || word.starts_with("www.") || word.contains('%') {
        return false;
    }
    let lower = word.to_lowercase();
    let known = ["cve-", "cwe-", "fco", "icsma", "icsa", "kb", "smbv", "ipv", "tlsv", "$", "#", "+"];
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || known.iter().any(|k| lower.starts_with(k)) {
        return false;
    }
    let year = word.len() == 4 && word.parse::<u16>().is_ok_and(|y| (1990..2100).contains(&y));
    let phone = word.matches('-').count() >= 2 && word.chars().all(|c| c.is_ascii_digit() || c == '-');
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '(' | ')'));
    if phone || !plain || (year && !marked) || lower.ends_with("th") || lower.ends_with("st") || lower.ends_with(".com") {
        return false;
    }
    let stem = word.trim_start_matches(['v', 'V']);
    let prefixed = stem.len() < word.len() && stem.starts_with(|c: char| c.is_ascii_digit());
    let dotted = word.contains('.') && !word.ends_with(".exe") && (word.starts_with(|c: char| c.is_ascii_digit()) || letters_first(word));
    let numbered = marked && (word.starts_with(|c: char| c.is_ascii_digit()) || letters_first(word));
    let fused = word.chars().any(|c| c.is_ascii_uppercase()) && word.starts_with(|c: char| c.is_ascii_digit()) && digits >= 6;
    prefixed || dotted || numbered || fused || glued_v(word).is_some()
}

/// `B.06`, `VM6.0`: at most three capital letters, then digits.
fn letters_first(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    (1..=3).contains(&letters) && word.get(letters..).is_some_and(|r| r.starts_with(|c: char| c == '.' || c.is_ascii_digit()))
}

/// `PrisMaxv3`: a name with its version glued to it.
fn glued_v(word: &str) -> Option<&str> {
    let (name, version) = word.rsplit_once('v')?;
    let fits = name.len() >= 4 && name.chars().all(char::is_alphabetic) && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    (fits && !version.is_empty()).then_some(version)
}

/// A number that belongs to a day or a quarter: `July 1`, `Q4 2020`, `1 July`.
fn is_date_word(words: &[&str], at: usize) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let near = |i: Option<usize>| i.and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let is_month = |w: &str| w.len() >= 3 && MONTHS.iter().any(|m| w.starts_with(m)) && w.chars().all(char::is_alphabetic) && w.len() <= 9;
    let plain = words.get(at).is_some_and(|w| !bare(w).contains('.'));
    plain && (is_month(&near(at.checked_sub(1))) || is_month(&near(Some(at + 1))) || near(at.checked_sub(1)).starts_with('q'))
}

const CONTRADICTING: &[&str] = &[
    "still present", "still affected", "still vulnerable", "still exist", "remains vulnerable", "remain vulnerable", "remains affected",
    "remains present", "remain affected", "not fixed in", "not resolved in", "not addressed in", "not remediated in",
    "not corrected in", "also affects", "also affected", "also vulnerable", "does not fully", "do not fully", "not completely",
    "incomplete fix", "only partially", "partially fix", "partially mitigat", "continues to be affected", "reintroduced",
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
    sentences(text).into_iter().find(|s| found.is_match(s) && speaks_against(s, device_version)).map(Box::from)
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
