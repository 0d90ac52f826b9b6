//! Whose version a sentence speaks of: the product's own words, the vendor's, those of the advisory's other products, and
//! capitalised words that belong to none of them. No versions here.

use std::collections::HashSet;

use super::words::bare;

/// The product's and the vendor's words, in lower case.
pub(super) struct Names {
    /// Words of the product that are not the vendor's (all, when there are no others).
    product: Vec<String>,
    vendor: Vec<String>,
    /// All words of the product, for acronyms.
    whole: Vec<String>,
}

impl Names {
    pub(super) fn new(product_name: &str, vendor: &str) -> Names {
        let (whole, vendor) = (words_of(product_name), words_of(vendor));
        let own: Vec<String> = whole.iter().filter(|w| !vendor.contains(w)).cloned().collect();
        let mut product = if own.is_empty() { whole.clone() } else { own };
        product.sort_unstable();
        product.dedup();
        Names { product, vendor, whole }
    }

    /// Is it the same product by its words (which are sorted)?
    fn is_same(&self, other: &Names) -> bool {
        self.product == other.product
    }

    /// Is the word part of the product's name?
    pub(super) fn has_word(&self, word: &str) -> bool {
        word.split(|c: char| !c.is_alphanumeric()).any(|w| self.whole.contains(&singular(w)))
    }

    pub(super) fn distinctive(&self) -> usize {
        self.product.len().max(1)
    }

    /// How many of the product's words stand among these; an acronym of it counts for two.
    pub(super) fn overlap(&self, words: &[&str]) -> usize {
        self.overlap_of(words, &pieces(words))
    }

    fn overlap_of(&self, words: &[&str], near: &[String]) -> usize {
        let shared = self.product.iter().filter(|p| near.contains(p)).count();
        let acronym = words.iter().any(|w| is_acronym(bare(w), &self.whole));
        shared + if acronym && shared == 0 { 2 } else { 0 }
    }

    /// Is there a capitalised word that is neither the product's nor the vendor's?
    pub(super) fn names_another(&self, words: &[&str], sentence_begins: bool) -> bool {
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
            // `NeuroWorks/SleepWorks` is the product and its twin.
            let twin = word.contains('/') && pieces.iter().any(|w| self.product.contains(w));
            let own = twin
                || pieces.iter().all(known)
                || is_acronym(word, &self.whole)
                || is_acronym(word, &self.vendor);
            let begins = sentence_begins && at == 0;
            capital && !begins && !own
        })
    }
}

/// The other products of an advisory, prepared once: a version near their names is theirs.
#[derive(Default)]
pub struct Siblings {
    names: Vec<Names>,
    /// Every word of every name.
    words: HashSet<String>,
}

/// Other products that are looked at; an advisory with more names them no less clearly.
const SIBLINGS_MAX: usize = 128;

impl Siblings {
    /// From (product name, vendor) of every product of the advisory, the one asked about among them or not.
    pub fn new<'a>(products: impl Iterator<Item = (&'a str, &'a str)>) -> Siblings {
        let mut siblings = Siblings::default();
        let mut seen: HashSet<Vec<String>> = HashSet::new();
        for (product, vendor) in products {
            if siblings.names.len() == SIBLINGS_MAX {
                break;
            }
            let names = Names::new(product, vendor);
            if seen.insert(names.product.clone()) {
                siblings.words.extend(names.whole.iter().cloned());
                siblings.names.push(names);
            }
        }
        siblings
    }

    /// Is another product of the advisory named here better than `own`: more of its words, or as many and a larger share?
    pub(super) fn name_better(&self, own: &Names, words: &[&str]) -> bool {
        let near = pieces(words);
        let overlap = own.overlap_of(words, &near);
        let share = |overlap: usize, names: &Names| overlap * 1_000 / names.distinctive();
        let own_share = share(overlap, own);
        self.names.iter().filter(|other| !other.is_same(own)).any(|other| {
            let theirs = other.overlap_of(words, &near);
            // A word of the whole family (`mGuard`) tells none of its members apart.
            let distinct = || other.product.iter().any(|w| near.contains(w) && !own.product.contains(w));
            theirs > overlap
                || (theirs > 0 && theirs == overlap && share(theirs, other) > own_share && distinct())
        })
    }

    /// Is the word part of any product's name (`2000` in mGuard 2000)?
    pub(super) fn have_word(&self, word: &str) -> bool {
        word.split(|c: char| !c.is_alphanumeric()).any(|w| self.words.contains(&singular(w)))
    }
}

fn pieces(words: &[&str]) -> Vec<String> {
    let single: Vec<String> = words
        .iter()
        .flat_map(|w| w.split(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
        .map(singular)
        .collect();
    // `Envision RV` is EnvisionRV.
    let pairs: Vec<String> =
        single.iter().zip(single.iter().skip(1)).map(|(a, b)| format!("{a}{b}")).collect();
    [single, pairs].concat()
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
        "note",
        "mitigation",
        "remediation",
        "solution",
        "resolution",
        "recommendation",
        "fix",
        "fixed",
        "download",
        "important",
        "upgrading",
        "updating",
        "apply",
        "install",
        "patch",
        "later",
        "newer",
        "or",
        "available",
        "see",
        "use",
        "device",
        "model",
        "sp",
        "hf",
        "cu",
        "mp",
        "v",
        "affected",
        "only",
        "this",
        "these",
        "frn",
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
        "the",
        "and",
        "of",
        "for",
        "with",
        "system",
        "systems",
        "inc",
        "gmbh",
        "device",
        "software",
        "version",
        "controller",
        "module",
        "series",
        "model",
        "family",
        "product",
        "all",
        "firmware",
    ];
    let words = text.split(|c: char| !c.is_alphanumeric()).map(singular);
    let is_grammar = |w: &str| is_plain(w) && !w.chars().all(|c| c.is_ascii_digit());
    words.filter(|w| w.len() > 1 && !COMMON.contains(&w.as_str()) && !is_grammar(w)).collect()
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
