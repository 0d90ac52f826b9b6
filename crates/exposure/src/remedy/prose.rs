//! Which versions a remedy's sentences name as fixed, and whether they are this product's. Affected versions, versions
//! left behind and other products' versions stand in the same sentences.

use super::words::{bare, clipped, sentences, version_at};
use super::{NamedFix, Strength, named};

/// Fixes one text may name.
const FIXES_MAX: usize = 24;

/// Words that say a sentence is about fixing.
const FIXING: &[&str] = &[
    "upgrad",
    "updat",
    "fix",
    "remediat",
    "mitigat",
    "resolv",
    "address",
    "correct",
    "patch",
    "releas",
    "available",
    "install",
    "eliminat",
    "not vulnerable",
    "not affected",
    "solve",
    "later",
    "newer",
    "higher",
    "incorporat",
    "replac",
];
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
const OR_LATER: &[&str] = &["later", "newer", "higher", "above", "greater", "onward", "onwards", "up"];

/// Versions that a remedy's text names as fixed, tied to the product as far as its words go.
pub fn fixes_named(details: &str, product_name: &str, vendor: &str) -> Vec<NamedFix> {
    let names = Names::new(product_name, vendor);
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for sentence in sentences(clipped(details)) {
        candidates(sentence, &names, &mut found);
    }
    let best = found.iter().map(|c| c.overlap).max().unwrap_or(0);
    let mut texts: Vec<&str> = found.iter().map(|c| c.version.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    let several = texts.len() > 1;
    let strong = |c: &Candidate<'_>| {
        let named = c.overlap > 0
            && c.overlap == best
            && (!c.foreign || c.overlap >= 2 || c.overlap >= names.distinctive());
        let unnamed = c.overlap == 0 && !c.foreign && (best > 0 || !several || c.listed);
        c.cued && !c.doubtful && (named || unnamed)
    };
    let mut out: Vec<NamedFix> = Vec::new();
    for candidate in found.iter().take(FIXES_MAX) {
        let strength = if strong(candidate) { Strength::Strong } else { Strength::Weak };
        let Some(fix) = named(&candidate.version, strength, candidate.sentence, candidate.strictly_later)
        else {
            continue;
        };
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
    /// Another product's name stands beside it.
    foreign: bool,
    /// The sentence speaks of fixing.
    cued: bool,
    /// It says that something stays open.
    doubtful: bool,
    /// One of a list in one sentence (`Versions 12.0.1, 12.0.2 and 12.1.0 address this`).
    listed: bool,
    strictly_later: bool,
}

/// The product's and the vendor's words, in lower case.
struct Names {
    /// Words of the product that are not the vendor's (all, when there are no others).
    product: Vec<String>,
    vendor: Vec<String>,
    /// All words of the product, for acronyms.
    whole: Vec<String>,
}

impl Names {
    fn new(product_name: &str, vendor: &str) -> Names {
        let (whole, vendor) = (words_of(product_name), words_of(vendor));
        let own: Vec<String> = whole.iter().filter(|w| !vendor.contains(w)).cloned().collect();
        Names { product: if own.is_empty() { whole.clone() } else { own }, vendor, whole }
    }

    fn distinctive(&self) -> usize {
        self.product.len().max(1)
    }

    /// How many of the product's words stand among these; an acronym of it counts for two.
    fn overlap(&self, words: &[&str]) -> usize {
        let near: Vec<String> =
            words.iter().flat_map(|w| w.split(|c: char| !c.is_alphanumeric())).map(singular).collect();
        let shared = self.product.iter().filter(|p| near.contains(p)).count();
        let acronym = words.iter().any(|w| is_acronym(bare(w), &self.whole));
        shared + if acronym && shared == 0 { 2 } else { 0 }
    }

    /// Is there a capitalised word that is neither the product's nor the vendor's?
    fn names_another(&self, words: &[&str], sentence_begins: bool) -> bool {
        words.iter().enumerate().any(|(at, word)| {
            let word = bare(word);
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            let pieces: Vec<String> = word.split(|c: char| !c.is_alphanumeric()).map(singular).collect();
            let known = |w: &String| {
                w.is_empty()
                    || self.product.contains(w)
                    || self.vendor.contains(w)
                    || self.whole.contains(w)
                    || is_plain(w)
            };
            let own =
                pieces.iter().all(known) || is_acronym(word, &self.whole) || is_acronym(word, &self.vendor);
            let begins = sentence_begins && at == 0;
            capital && !begins && !own
        })
    }
}

/// Capitalised words that name nothing: the grammar of remedies, months.
fn is_plain(word: &str) -> bool {
    const PLAIN: &[&str] = &[
        "version",
        "release",
        "software",
        "firmware",
        "update",
        "updated",
        "upgrade",
        "the",
        "to",
        "new",
        "newest",
        "latest",
        "service",
        "pack",
        "in",
        "build",
        "user",
        "all",
        "for",
        "system",
        "cve",
        "cwe",
        "q1",
        "q2",
        "q3",
        "q4",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "within",
        "additionally",
        "please",
        "customer",
        "health",
        "healthcare",
        "medical",
        "inc",
        "product",
        "security",
        "united",
        "state",
        "canada",
        "outside",
        "us",
    ];
    PLAIN.contains(&word) || word.chars().all(|c| c.is_ascii_digit())
}

fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !stem.ends_with('s') => stem.to_owned(),
        _ => lower,
    }
}

fn words_of(text: &str) -> Vec<String> {
    const COMMON: &[&str] = &[
        "the", "and", "of", "for", "with", "system", "systems", "inc", "gmbh", "device", "software",
        "version",
    ];
    let words = text.split(|c: char| !c.is_alphanumeric()).map(singular);
    words.filter(|w| w.len() > 1 && !COMMON.contains(&w.as_str())).collect()
}

fn candidates<'a>(sentence: &'a str, names: &Names, found: &mut Vec<Candidate<'a>>) {
    let lower = sentence.to_lowercase();
    let cued = FIXING.iter().any(|f| lower.contains(f));
    let doubtful =
        [" except", "not fixed", "not been fixed", "does not", "do not pertain", "not pertain", "will not"]
            .iter()
            .any(|d| lower.contains(d));
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let first = found.len();
    let (mut context_from, mut at) = (0, 0);
    let mut left_behind_before = false;
    while at < words.len() {
        let Some((version, used)) = version_at(&words, at) else {
            at += 1;
            continue;
        };
        let end = at + used;
        let before = words.get(context_from.min(at)..at).unwrap_or_default();
        let later_than = preceded_by_than(&words, at);
        let inherits = left_behind_before && !before.iter().any(|w| leads_to_a_fix(w));
        if later_than.is_none()
            && !is_or_later(&words, end)
            && (inherits || is_left_behind(&words, context_from, at, end))
        {
            left_behind_before = true;
            (context_from, at) = (end, end);
            continue;
        }
        left_behind_before = false;
        let is_joint = |w: &&str| matches!(bare(w).to_lowercase().as_str(), "and" | "or" | "" | "version");
        let goes_on = found.len() > first && before.iter().all(is_joint);
        let after = product_after(&words, end);
        let near: Vec<&str> = before.iter().rev().take(12).rev().chain(&after).copied().collect();
        let close: Vec<&str> = before.iter().rev().take(4).rev().copied().collect();
        let begins = context_from == 0 && before.len() <= 4;
        let mut candidate = Candidate {
            version,
            sentence,
            overlap: names.overlap(&near),
            foreign: names.names_another(&close, begins) || names.names_another(&after, false),
            cued: false,
            doubtful,
            listed: goes_on,
            strictly_later: later_than.unwrap_or(false),
        };
        if goes_on {
            share_context(&mut candidate, found.get_mut(first..).unwrap_or_default(), !after.is_empty());
        }
        candidate.cued = cued || candidate.overlap > 0;
        found.push(candidate);
        // A name in parentheses belongs to this version, not to the next.
        let used_up = after.first().is_some_and(|w| w.starts_with('('));
        (context_from, at) = (end + usize::from(used_up), end);
    }
}

/// `Versions 12.0.1, 12.0.2 and 12.1.0 of X`: the list has the names before its first and after its last version.
fn share_context(candidate: &mut Candidate<'_>, before: &mut [Candidate<'_>], names_follow: bool) {
    let Some(last) = before.last_mut() else { return };
    last.listed = true;
    if names_follow {
        let (overlap, foreign) = (candidate.overlap, candidate.foreign);
        for one in before.iter_mut().rev().take_while(|c| c.listed) {
            (one.overlap, one.foreign) = (overlap, foreign);
        }
    } else {
        (candidate.overlap, candidate.foreign) = (last.overlap, last.foreign);
    }
}

/// Words after which a sentence no longer speaks of the versions left behind.
fn leads_to_a_fix(word: &str) -> bool {
    let lower = bare(word).to_lowercase();
    let stems = ["upgrad", "updat", "fix", "remed", "mitig", "address", "releas", "resolv", "correct"];
    lower == "to" || stems.iter().any(|s| lower.starts_with(s))
}

fn is_or_later(words: &[&str], end: usize) -> bool {
    let lower = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    matches!(lower(end).as_str(), "or" | "and") && OR_LATER.contains(&lower(end + 1).as_str())
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
        Some((i, "of")) => i
            .checked_sub(1)
            .and_then(|j| before.get(j))
            .is_some_and(|w| matches!(w.as_str(), "users" | "customers")),
        Some(_) => true,
        None => false,
    }
}

/// The product named after the version: `12.2.1.5 in June of 2020 for MyVue`, `1.13 (EM2400)`, `12.1.2 of the Manager`.
fn product_after<'a>(words: &[&'a str], end: usize) -> Vec<&'a str> {
    let after: Vec<&str> = words.iter().skip(end).take(6).copied().collect();
    if let Some(first) = after.first().filter(|w| w.starts_with('(') && w.ends_with([')', ','])) {
        return vec![first];
    }
    let from = after.iter().rposition(|w| matches!(*w, "for" | "of"));
    from.map_or_else(Vec::new, |from| words.iter().skip(end + from + 1).take(5).copied().collect())
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
