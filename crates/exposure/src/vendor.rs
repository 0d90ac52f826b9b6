//! Is the register's maker the advisory's vendor? What is certain without asking, what deserves a question, what is
//! neither. Product names are `product`'s business.

use crate::names::{fold, is_distinctive, nearly_equal, squash, squash_folded, tokens};
use crate::resemblance::Parts;

/// Legal forms and the words around them: they say nothing about who a maker is.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aktiebolag",
    "as",
    "asa",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "ev",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "kgaa",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "spa",
    "srl",
];

/// Words that describe a maker's trade rather than name the maker.
const TRADE_WORDS: &[&str] = &[
    "biomedical",
    "care",
    "clinical",
    "devices",
    "diagnostics",
    "electronics",
    "global",
    "group",
    "health",
    "healthcare",
    "healthineers",
    "holding",
    "holdings",
    "international",
    "laboratories",
    "labs",
    "life",
    "medical",
    "medizintechnik",
    "north",
    "america",
    "usa",
    "us",
    "europe",
    "products",
    "sciences",
    "solutions",
    "system",
    "systems",
    "technologies",
    "technology",
    "medicals",
    "meditech",
    "deutschland",
    "sweden",
    "norge",
    "danmark",
    "and",
    "of",
    "the",
];

/// How a maker's name and a vendor's name relate, most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VendorRelation {
    /// The same text.
    Exact,
    /// The same but for case and outer blanks.
    Case,
    /// The same but for dashes, blanks, punctuation, diacritics or double encoding.
    Dashes,
    /// The same but for the legal form, or an acronym that the advisory itself gives in parentheses.
    LegalForm,
    /// A person said so.
    Confirmed,
    /// Alike enough to ask a person.
    Similar,
    /// Not alike, but one is known to have taken over the other: worth asking a person.
    TakenOver,
    /// The register names no maker.
    Missing,
    /// Nothing in common.
    Unrelated,
}

impl VendorRelation {
    /// Is it the same maker without asking anybody?
    pub fn is_same(self) -> bool {
        match self {
            Self::Exact | Self::Case | Self::Dashes | Self::LegalForm | Self::Confirmed => true,
            Self::Similar | Self::TakenOver | Self::Missing | Self::Unrelated => false,
        }
    }
}

/// One maker's or vendor's name, prepared once.
#[derive(Clone, Debug)]
pub struct VendorName {
    text: Box<str>,
    folded: String,
    squashed: String,
    /// Every spelling that names the maker for certain: without legal form; each acronym given in parentheses.
    cores: Vec<String>,
    /// Words that name the maker, without trade words and legal forms.
    words: Vec<String>,
    /// The makers that the name joins.
    parts: Parts,
}

impl VendorName {
    /// Prepares a name as written.
    pub fn new(text: &str) -> VendorName {
        let (outside, inside) = split_parentheses(text);
        let mut cores = vec![core(&outside), core(text)];
        cores.extend(umlaut_variants(&outside));
        let acronym = |name: &&String| {
            let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            (2..=6).contains(&letters.len())
                && letters.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
        };
        cores.extend(inside.iter().filter(acronym).map(|name| squash(name)));
        let shortened =
            |name: &&String| squash(&outside).starts_with(&squash(name)) && name.chars().count() >= 4;
        cores.extend(inside.iter().filter(shortened).map(|name| squash(name)));
        cores.retain(|core| !core.is_empty());
        cores.sort_unstable();
        cores.dedup();
        let words = tokens(text)
            .into_iter()
            .filter(|word| !LEGAL_FORMS.contains(&word.as_str()) && !TRADE_WORDS.contains(&word.as_str()))
            .collect();
        let says_nothing = |word: &str| LEGAL_FORMS.contains(&word) || TRADE_WORDS.contains(&word);
        let parts = Parts::new(text, says_nothing);
        VendorName { text: text.into(), folded: fold(text), squashed: squash(text), cores, words, parts }
    }

    /// The name as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// No name at all.
    pub fn is_missing(&self) -> bool {
        self.squashed.is_empty()
            || matches!(self.folded.as_str(), "unknown" | "n/a" | "na" | "none" | "-" | "?" | "okand" | "tbd")
    }

    /// Every spelling under which the maker is known for certain, squashed.
    pub fn cores(&self) -> &[String] {
        &self.cores
    }

    /// The words that name the maker.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// How `self`, a maker in the register, relates to `vendor`, a vendor of the advisories.
    pub fn relation(&self, vendor: &VendorName) -> VendorRelation {
        if self.is_missing() {
            VendorRelation::Missing
        } else if vendor.is_missing() {
            VendorRelation::Unrelated
        } else if self.text == vendor.text {
            VendorRelation::Exact
        } else if self.text.trim().to_lowercase() == vendor.text.trim().to_lowercase() {
            VendorRelation::Case
        } else if self.squashed == vendor.squashed {
            VendorRelation::Dashes
        } else if self.cores.iter().any(|core| vendor.cores.binary_search(core).is_ok()) {
            VendorRelation::LegalForm
        } else if self.resembles(vendor) {
            VendorRelation::Similar
        } else {
            VendorRelation::Unrelated
        }
    }

    /// Worth a question: a slip of the pen, the word that names one maker in the other's name, known initials.
    pub(crate) fn resembles(&self, vendor: &VendorName) -> bool {
        let slip = |a: &String, b: &String| a.len().min(b.len()) >= 5 && nearly_equal(a, b);
        self.cores.iter().any(|a| vendor.cores.iter().any(|b| slip(a, b)))
            || self.parts.resemble(&vendor.parts)
    }

    /// Is one of the makers named here known to be today's `vendor`, or the other way round?
    pub(crate) fn was_taken_over_by(&self, vendor: &VendorName) -> bool {
        self.parts.succeeded(&vendor.parts)
    }
}

/// What stands outside the parentheses, and what inside each pair.
fn split_parentheses(text: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut depth) = (String::new(), Vec::new(), 0usize);
    for c in text.chars() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    inside.push(String::new());
                }
            }
            ')' if depth > 0 => depth -= 1,
            c if depth > 0 => {
                if let Some(last) = inside.last_mut() {
                    last.push(c);
                }
            }
            c => outside.push(c),
        }
    }
    (outside, inside)
}

/// The name without legal forms, squashed; never empty for a name that is only legal forms.
fn core(text: &str) -> String {
    let folded = fold(text)
        .replace("co.,", "co ")
        .replace("s.p.a", "spa")
        .replace("e.v.", "ev ")
        .replace("e. v.", "ev ")
        .replace("b.v", "bv")
        .replace("a/s", "as");
    let kept: Vec<&str> = folded
        .split(|c: char| !(c.is_alphanumeric() || c == '+'))
        .filter(|word| !word.is_empty() && !LEGAL_FORMS.contains(word))
        .collect();
    // A trailing "and" is what "… and Company" leaves behind.
    let kept = kept.strip_suffix(&["and"]).unwrap_or(&kept);
    if kept.is_empty() { squash_folded(&folded) } else { squash_folded(&kept.join(" ")) }
}

/// `Dräger` is also written `Draeger`.
fn umlaut_variants(text: &str) -> Option<String> {
    let repaired = crate::names::repair(text).to_lowercase();
    repaired
        .contains(['ä', 'ö', 'ü'])
        .then(|| core(&repaired.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue")))
}

/// The product name without its maker's name in front (`Philips IntelliVue …` under vendor Philips), when it stands there.
pub fn without_maker<'a>(product_folded: &'a str, maker: &VendorName) -> Option<&'a str> {
    let mut spellings: Vec<&str> = maker.cores.iter().map(String::as_str).collect();
    spellings.push(&maker.folded);
    if let [only] = maker.words.as_slice() {
        spellings.push(only);
    }
    let rest = spellings.into_iter().filter(|spelling| spelling.len() >= 2).find_map(|spelling| {
        let rest = product_folded.strip_prefix(spelling)?;
        rest.starts_with(|c: char| !c.is_alphanumeric()).then_some(rest)
    })?;
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    (!rest.is_empty()).then_some(rest)
}

/// Does the product's name carry the maker's name (`Welch Allyn Connex …` under vendor Hillrom)?
pub fn product_names_maker(product_tokens: &[String], maker: &VendorName) -> bool {
    !maker.words.is_empty()
        && maker.words.iter().all(|word| product_tokens.binary_search(word).is_ok())
        && maker.words.iter().any(|word| is_distinctive(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use VendorRelation::*;

    fn relation(maker: &str, vendor: &str) -> VendorRelation {
        VendorName::new(maker).relation(&VendorName::new(vendor))
    }

    #[test]
    fn spellings_that_name_the_same_maker_for_certain() {
        for (maker, vendor, expected) in [
            ("Philips", "Philips", Exact),
            ("PHILIPS ", "Philips", Case),
            ("B Braun", "B. Braun", Dashes),
            ("Welch-Allyn", "Welch Allyn", Dashes),
            ("GeutebrÃ¼ck", "Geutebrück", Dashes),
            ("Dräger", "Drager", Dashes),
            ("Draeger", "Dräger", LegalForm),
            ("Hamilton Medical", "Hamilton Medical AG", LegalForm),
            ("i-SENS", "i-SENS Inc", LegalForm),
            ("BD", "Becton, Dickinson and Company (BD)", LegalForm),
            ("Becton Dickinson", "Becton, Dickinson and Company (BD)", Similar),
            ("Becton, Dickinson & Co.", "Becton, Dickinson and Company (BD)", Similar),
            ("Natus Medical", "Natus Medical, Inc. (Natus)", LegalForm),
            ("Natus", "Natus Medical, Inc. (Natus)", LegalForm),
        ] {
            let got = relation(maker, vendor);
            assert!(
                got == expected || (expected == Similar && got == LegalForm),
                "{maker} / {vendor}: {got:?}"
            );
        }
    }

    #[test]
    fn spellings_that_deserve_a_question() {
        for (maker, vendor) in [
            ("Philips", "Phillips"),
            ("GE MEDICAL SYSTEMS", "GE Healthcare"),
            ("B. Braun", "B. Braun Medical"),
            ("Siemens Healthineers", "Siemens"),
            ("3B Medical", "BMC Medical, 3B Medical"),
        ] {
            assert_eq!(relation(maker, vendor), Similar, "{maker} / {vendor}");
        }
    }

    #[test]
    fn makers_with_only_trade_words_in_common_are_strangers() {
        assert_eq!(relation("Smiths Medical", "Hamilton Medical AG"), Unrelated);
        assert_eq!(relation("Roche Diagnostics", "Abbott Diagnostics"), Unrelated);
        assert_eq!(relation("", "Philips"), Missing);
        assert_eq!(relation("unknown", "Philips"), Missing);
    }

    #[test]
    fn a_product_name_loses_its_makers_name_in_front() {
        let philips = VendorName::new("Philips");
        assert_eq!(without_maker("philips intellivue ix", &philips), Some("intellivue ix"));
        assert_eq!(without_maker("philipsburg monitor", &philips), None);
        let bd = VendorName::new("Becton, Dickinson and Company (BD)");
        assert_eq!(without_maker("bd pyxis es", &bd), Some("pyxis es"));
    }
}
