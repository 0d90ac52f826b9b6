//! Which versions a remedy's sentences name as fixed, and whether they are this product's. Affected versions, versions
//! left behind and other products' versions stand in the same sentences.

use super::announced::{announced_words, announces, goes_on};
use super::individual::individual_fix;
use super::left_behind::{
    OR_LATER, is_left_behind, is_or_later, is_patched_with, is_second_end, leads_to_a_fix, preceded_by_than,
    says_no,
};
use super::names::{Names, Siblings};
use super::scope::{Scope, scope};
use super::words::{bare, clipped, continued, is_year, sentences, version_at};
use super::{NamedFix, Strength, doubt_announced, named};

/// Longest head (`Name and versions: what to do`) that is taken for one.
const HEAD_BYTES_MAX: usize = 200;
/// Words of a list item (`Probe FW: Version 1.42 or later`), which needs no verb.
const ITEM_WORDS_MAX: usize = 14;
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
    "download",
];
/// Whose fix is looked for in a remedy's text, and what is known of the vulnerability.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    /// The product's name as the advisory writes it.
    pub product: &'a str,
    /// Its vendor.
    pub vendor: &'a str,
    /// The advisory's other products, when known.
    pub siblings: Option<&'a Siblings>,
    /// The vulnerability's CVE, when it has one.
    pub cve: Option<&'a str>,
    /// Its CWEs.
    pub cwes: &'a [Box<str>],
    /// The remedy is advice (`mitigation`, `workaround`): a version in it is a fix only where the sentence says so.
    pub is_advice: bool,
}

/// Versions that a remedy's text names as fixed, tied to the product as far as its words go.
pub fn fixes_named(details: &str, product_name: &str, vendor: &str) -> Vec<NamedFix> {
    fixes_about(details, &About { product: product_name, vendor, ..About::default() })
}

/// As [`fixes_named`], with all that is known about the advisory.
pub fn fixes_about(details: &str, about: &About<'_>) -> Vec<NamedFix> {
    let text = clipped(details);
    let names = Names::new(about.product, about.vendor);
    let none = Siblings::default();
    let reader = Reader { names: &names, siblings: about.siblings.unwrap_or(&none), about };
    let head = text.split_once(':').map_or("", |(head, _)| head);
    let head = if head.len() <= HEAD_BYTES_MAX { head } else { "" };
    let mut found: Vec<Candidate<'_>> = Vec::new();
    let mut out: Vec<NamedFix> = Vec::new();
    // Where the versions of the sentence before begin among those found, and whether a list of what is to come goes on.
    let (mut last, mut list_to_come) = (0, false);
    for sentence in sentences(text) {
        let scope = scope(head, sentence, about.cve, about.cwes);
        let announced = || announces(&sentence.to_lowercase());
        if let Some((fix, head)) = individual_fix(sentence) {
            if scope == Scope::Meant && reader.is_own(head) && !announced() && !list_to_come {
                out.push(fix);
            }
            continue;
        }
        list_to_come = if sentence.ends_with(':') { announced() } else { list_to_come };
        let first = found.len();
        reader.candidates(sentence, scope, &mut found);
        if first == found.len() && last < first && goes_on(sentence) && announced() {
            found.iter_mut().skip(last).for_each(|one| one.announced = true);
        }
        found.iter_mut().skip(first).for_each(|one| one.announced |= list_to_come);
        last = first;
    }
    weighed(&found, &names, &mut out);
    doubt_announced(&mut out);
    out
}

/// Adds the fixes that the candidates of one text name: each version once, as surely as its surest mention.
fn weighed(found: &[Candidate<'_>], names: &Names, out: &mut Vec<NamedFix>) {
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
        c.cued && !c.doubtful && !c.of_sibling && (named || unnamed)
    };
    for candidate in found.iter().take(FIXES_MAX) {
        let strength = if strong(candidate) { Strength::Strong } else { Strength::Weak };
        let Some(mut fix) = named(&candidate.version, strength, candidate.sentence, candidate.strictly_later)
        else {
            continue;
        };
        if candidate.announced {
            fix = fix.only_planned();
        }
        match out.iter_mut().find(|f| f.text == fix.text && f.strictly_later == fix.strictly_later) {
            Some(known) => {
                let announced = known.announced.max(fix.announced);
                if known.strength < fix.strength {
                    *known = fix;
                }
                known.announced = announced;
            }
            None => out.push(fix),
        }
    }
}

#[derive(Debug)]
struct Candidate<'a> {
    version: String,
    sentence: &'a str,
    /// Words of the product's name near the version.
    overlap: usize,
    /// Another product's name stands beside it.
    foreign: bool,
    /// More words of another product of the advisory than of this one stand near it.
    of_sibling: bool,
    /// The sentence speaks of fixing.
    cued: bool,
    /// It says that something stays open.
    doubtful: bool,
    /// It says that the fix is still to come.
    announced: bool,
    /// One of a list in one sentence (`Versions 12.0.1, 12.0.2 and 12.1.0 address this`).
    listed: bool,
    strictly_later: bool,
}

struct Reader<'r> {
    names: &'r Names,
    siblings: &'r Siblings,
    about: &'r About<'r>,
}

impl Reader<'_> {
    /// Does a list item's head name this product, and no other of the advisory as well or better?
    fn is_own(&self, head: &str) -> bool {
        let words: Vec<&str> = head.split_whitespace().collect();
        let own = self.names.overlap(&words);
        (own > 0 && own >= self.names.distinctive() && !self.siblings.name_better(self.names, &words))
            || words.is_empty()
    }

    fn candidates<'a>(&self, sentence: &'a str, scope: Scope, found: &mut Vec<Candidate<'a>>) {
        if scope == Scope::LeftOut {
            return;
        }
        let lower = sentence.to_lowercase();
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let tail = tail_after_head(&words);
        let moves = lower.contains("migrat") || lower.contains("replace ") || lower.contains("successor");
        let doubtful = scope != Scope::Meant || says_no(&lower) || moves;
        let mut announced: Option<Vec<bool>> = None;
        let first = found.len();
        let (mut context_from, mut at) = (0, 0);
        let mut left_behind_before = false;
        while at < words.len() {
            let Some((version, used)) = self.version_at(&words, at) else {
                at += 1;
                continue;
            };
            let end = at + used;
            if end <= tail && self.is_told_after(&words, tail) {
                // `Series Version 2.2.3: Update to …`: the head says what is affected, and its names stay in force.
                at = end;
                continue;
            }
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
            let context =
                Context { words: &words, tail, from: context_from, at, end, is_first: found.len() == first };
            let mut candidate = self.candidate(version, sentence, &context);
            candidate.doubtful = doubtful || is_second_end(&words, at);
            let announced = announced.get_or_insert_with(|| announced_words(&words));
            candidate.announced = announced.get(at).copied().unwrap_or(false);
            candidate.strictly_later = later_than.unwrap_or(false);
            let after = product_after(&words, end);
            if let Some(previous) =
                found.get(first..).and_then(<[_]>::last).filter(|_| candidate.overlap == 0)
            {
                // `Other 2014 R1.1 build 75.6239`: no name between them, so still the other's.
                candidate.of_sibling |= previous.of_sibling;
                candidate.foreign |= previous.foreign && previous.overlap == 0;
            }
            if candidate.listed {
                share_context(&mut candidate, found.get_mut(first..).unwrap_or_default(), !after.is_empty());
            }
            candidate.cued =
                self.is_cued(&lower, &words, end) || (candidate.overlap > 0 && !self.about.is_advice);
            found.push(candidate);
            // A name in parentheses belongs to this version, not to the next.
            let used_up = after.first().is_some_and(|w| w.starts_with('('));
            (context_from, at) = (end + usize::from(used_up), end);
        }
        if found.len() > first {
            let whole_of_other = |c: &Candidate<'_>| c.of_sibling && c.overlap == 0;
            let kept: Vec<Candidate<'a>> = found.drain(first..).filter(|c| !whole_of_other(c)).collect();
            found.extend(kept);
        }
    }

    /// `Gate 5570, Compact Gate 5580, Gate 5590: upgrade to 34.011`: one of the items is this product and no other.
    fn is_own_item(&self, near: &[&str]) -> bool {
        let items = near.split_inclusive(|w| w.ends_with([',', ':']) || w.eq_ignore_ascii_case("and"));
        let mut whole = items.filter(|item| self.names.overlap(item) >= self.names.distinctive());
        whole.any(|item| !self.siblings.name_better(self.names, item))
    }

    /// A version, or the number right after the product's own name (`upgrade to PI Vision 2019`).
    fn version_at(&self, words: &[&str], at: usize) -> Option<(String, usize)> {
        if let Some(found) = version_at(words, at) {
            return Some(found);
        }
        let word = bare(words.get(at)?);
        let plain = (1..=4).contains(&word.len()) && word.chars().all(|c| c.is_ascii_digit());
        let previous = words.get(at.checked_sub(1)?)?;
        let leads = bare(previous);
        if !plain || leads != *previous || !self.names.has_word(leads) {
            return None;
        }
        let in_a_name = self.names.has_word(word) || self.siblings.have_word(word);
        let leads_on = words.iter().take(at).any(|w| leads_to_a_fix(w));
        let next = words.get(at + 1).map(|w| bare(w).to_lowercase()).unwrap_or_default();
        let counts =
            ["users", "devices", "units", "models", "systems", "vulnerabilities"].contains(&next.as_str());
        // `Edition 2017 v8.1`: the year is part of the name.
        let version_follows = version_at(words, at + 1).is_some();
        (leads_on && !in_a_name && !counts && !version_follows && (is_year(word) || word.len() <= 3)).then(
            || {
                let mut text = word.to_owned();
                let more = continued(words, at, &mut text);
                (text, 1 + more)
            },
        )
    }

    /// Does the tail say what to do about the versions in the head? Not when it is only a link (`Update to 2.3 - Download: …`).
    fn is_told_after(&self, words: &[&str], tail: usize) -> bool {
        if (tail..words.len()).any(|at| version_at(words, at).is_some()) {
            return true;
        }
        const ACTS: &[&str] = &[
            "updat",
            "upgrad",
            "appl",
            "install",
            "use",
            "no",
            "not",
            "fix",
            "migrat",
            "contact",
            "please",
            "currently",
            "plan",
        ];
        let first = words.get(tail).map(|w| bare(w).to_lowercase()).unwrap_or_default();
        ACTS.iter().any(|act| first.starts_with(act)) && !words.iter().take(tail).any(|w| leads_to_a_fix(w))
    }

    fn is_cued(&self, lower: &str, words: &[&str], end: usize) -> bool {
        let is_item = words.len() <= ITEM_WORDS_MAX && {
            let rest: Vec<String> = words.iter().skip(end).map(|w| bare(w).to_lowercase()).collect();
            rest.iter().all(|w| {
                OR_LATER.contains(&w.as_str())
                    || matches!(w.as_str(), "or" | "and" | "" | "versions" | "version")
            })
        };
        let with_marker = words
            .iter()
            .any(|w| bare(w).to_lowercase().starts_with("version") || bare(w).starts_with(['v', 'V']));
        FIXING.iter().any(|f| lower.contains(f)) || (is_item && (with_marker || !self.about.is_advice))
    }

    fn candidate<'a>(&self, version: String, sentence: &'a str, context: &Context<'_, '_>) -> Candidate<'a> {
        let Context { words, tail, from, at, end, is_first } = *context;
        // `update Monitor version 12.0 running Windows with patch 12.0.1`: the sentence's own product is patched.
        let is_patch = is_patched_with(words, at);
        let from = if is_patch { 0 } else { from };
        let before = words.get(from.min(at)..at).unwrap_or_default();
        let is_joint = |w: &&str| matches!(bare(w).to_lowercase().as_str(), "and" | "or" | "" | "version");
        let listed = !is_first && before.iter().all(is_joint);
        let after = product_after(words, end);
        let near: Vec<&str> = before.iter().rev().take(12).rev().chain(&after).copied().collect();
        let close: Vec<&str> = before.iter().rev().take(4).rev().copied().collect();
        let begins = from == 0 && before.len() <= 4 && tail == 0;
        let overlap = self.names.overlap(&near);
        // A head of names governs what stands after its colon.
        let head = if from < tail && at >= tail { words.get(from..tail).unwrap_or_default() } else { &[] };
        let foreign = (!is_patch && self.names.names_another(&close, begins))
            || self.names.names_another(&after, false)
            || (overlap == 0 && self.names.names_another(head, false));
        Candidate {
            version,
            sentence,
            overlap,
            foreign,
            of_sibling: self.siblings.name_better(self.names, &near) && !self.is_own_item(&near),
            cued: false,
            doubtful: false,
            announced: false,
            listed,
            strictly_later: false,
        }
    }
}

/// Where in a sentence a version stands.
#[derive(Clone, Copy)]
struct Context<'w, 's> {
    words: &'w [&'s str],
    /// First word after the head, 0 without one.
    tail: usize,
    /// First word that has not served a version before.
    from: usize,
    at: usize,
    end: usize,
    is_first: bool,
}

/// The first word after `Names and versions: …`; 0 when the sentence has no head, or nothing after it.
fn tail_after_head(words: &[&str]) -> usize {
    let colons = words.iter().take(words.len().saturating_sub(1)).enumerate().take(24);
    colons.filter(|(_, w)| w.ends_with(':')).fold(0, |_, (at, _)| at + 1)
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

/// The product named after the version: `12.2.1.5 in June of 2020 for MyVue`, `1.13 (EM2400)`, `12.1.2 of the Manager`.
fn product_after<'a>(words: &[&'a str], end: usize) -> Vec<&'a str> {
    let after: Vec<&str> = words.iter().skip(end).take(6).copied().collect();
    if let Some(first) = after.first().filter(|w| w.starts_with('(') && w.ends_with([')', ','])) {
        return vec![first];
    }
    let from = after.iter().rposition(|w| matches!(*w, "for" | "of"));
    from.map_or_else(Vec::new, |from| words.iter().skip(end + from + 1).take(5).copied().collect())
}
