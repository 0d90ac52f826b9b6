//! Fixes that are only announced: `a fix is planned`, `will be released in Q3`, `is working on an update`. A version named
//! there may never have come, or may have come without the fix: it proves nothing about an installed one.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Says of itself that what it speaks of is still to come, whatever else stands in the sentence.
const TO_COME: &[&str] = &[
    "planned",
    " plans ",
    "we plan",
    "is planning",
    "are planning",
    "scheduled to",
    "scheduled for",
    "scheduled release",
    "is scheduled",
    "are scheduled",
    "expected",
    "expects",
    "anticipat",
    "estimated",
    "targeted",
    "target date",
    "target release",
    "slated",
    "upcoming",
    "forthcoming",
    "developing",
    "under development",
    "in development",
    "being developed",
    "being prepared",
    "being worked on",
    "preparing",
    "piloting",
    "process of",
    "in progress",
    "intends to",
    "intend to",
    "aims to",
    "hopes to",
    "to be released",
    "to be available",
    "to be made available",
    "to be published",
    "to be provided",
    "to be announced",
    "to be determined",
    "tbd",
    "will be released",
    "will release",
    "will be available",
    "will be made available",
    "will become available",
    "release will",
    "will be published",
    "will publish",
    "will be issued",
    "will issue",
    "will be provided",
    "will provide",
    "will be delivered",
    "will deliver",
    "will be shipped",
    "will ship",
    "will be offered",
    "will be introduced",
    "will introduce",
    "will be announced",
    "will be implemented",
    "will be integrated",
    "will be completed",
    "will be ready",
    "will be deployed",
    "will deploy",
    "will follow",
    "will soon",
    "becomes available",
    "become available",
    "becomes ready",
    "when available",
    "once available",
    "as soon as available",
    "when it is available",
    "once it is available",
    "when they are available",
    "once they are available",
    "as soon as it is available",
    "as soon as they are available",
    "when released",
    "once released",
    "when it is released",
    "once it is released",
    "upon release",
    "upon availability",
    "available soon",
    "coming soon",
    "in the coming",
    "not yet",
    "roadmap",
    "should be available",
    "may be available",
    "is due in",
    "is due by",
    "is due for",
    "due for release",
    "remediation plan",
];

static COMING: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(TO_COME).ok());

/// What a sentence says will be done; it is still to come unless the sentence also says that it can be had.
const WILL: &[&str] = &[
    "be fix",
    "be remed",
    "be mitig",
    "be address",
    "be resolv",
    "be correct",
    "be patch",
    "be eliminat",
    "be solve",
    "be include",
    "include",
    "be contain",
    "contain",
    "be incorporat",
    "incorporat",
    "be update",
    "update",
    "be part of",
    "also be part of",
    "receive",
    "get",
];

/// What a version does (`3.1 will address this`); where a maker will do it, it is still to come.
const DOES: &[&str] =
    &["fix", "remed", "mitig", "address", "resolv", "correct", "patch", "eliminat", "solve"];

/// Says that it can be had.
const AT_HAND: &[&str] = &[
    "update to",
    "updating to",
    "upgrad",
    "install",
    "download",
    "has released",
    "have released",
    "has been released",
    "have been released",
    "was released",
    "were released",
    "has published",
    "has issued",
    "is available",
    "are available",
    "is now available",
    "apply",
    "has fixed",
    "has been fixed",
];

/// Words that make a clause of what they stand in.
const VERBS: &[&str] = &[
    " plans ",
    " will ",
    " is ",
    " are ",
    " has ",
    " have ",
    " was ",
    " were ",
    " fixes ",
    " addresses ",
    " resolves ",
    " recommends ",
    " update ",
    " upgrade ",
    " released ",
    " expects ",
    " intends ",
];

/// Says that it has happened: then a quarter is when it did.
const PAST: &[&str] = &[
    "released",
    "was ",
    "were ",
    "has ",
    "have ",
    "had ",
    "since",
    "is available",
    "published",
    "issued",
    "began",
    "deployed",
    "made available",
    "fixed in",
    "available in",
];

/// Words before which `the next`, `a future` means something still to come.
const RELEASES: &[&str] = &[
    "release",
    "version",
    "software",
    "firmware",
    "update",
    "patch",
    "product",
    "service pack",
    "build",
    "major",
    "minor",
    "maintenance",
    "generation",
];

/// Does a sentence, in lower case, only announce what it names?
pub(super) fn announces(lower: &str) -> bool {
    // `V5.0 (or any newer version that will be released in the future)`
    let lower = without_newer(lower);
    let lower = lower.as_ref();
    // A list that cannot be built finds everything: caution.
    if COMING.as_ref().is_none_or(|list| list.is_match(lower)) || is_worked_on(lower) || names_the_next(lower)
    {
        return true;
    }
    let at_hand = || AT_HAND.iter().any(|phrase| lower.contains(phrase));
    if will_do(lower) && !at_hand() {
        return true;
    }
    has_quarter(lower) && !PAST.iter().any(|phrase| lower.contains(phrase))
}

/// Does a sentence speak of the version before it (`It is expected in Q3.`, `The release is planned for May.`)?
pub(super) fn goes_on(sentence: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "it ",
        "this ",
        "these ",
        "they ",
        "that ",
        "both ",
        "the update",
        "the release",
        "the fix",
        "the patch",
        "the version",
        "the new",
        "the software",
        "the firmware",
        "the remediat",
        "release",
        "availab",
        "planned",
        "expected",
        "estimated",
        "scheduled",
        "anticipated",
        "target",
        "eta",
    ];
    BEGINNINGS.iter().any(|beginning| {
        sentence.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    })
}

fn without_newer(lower: &str) -> std::borrow::Cow<'_, str> {
    let newer = ["(or any newer", "(or any later", "(or newer", "(or later"]
        .iter()
        .filter_map(|opening| lower.find(opening))
        .min();
    let Some((head, tail)) = newer.and_then(|at| lower.split_at_checked(at)) else { return lower.into() };
    let (_, rest) = tail.split_once(')').unwrap_or((tail, ""));
    format!("{head}{rest}").into()
}

fn is_worked_on(lower: &str) -> bool {
    lower.contains("working on") && !lower.contains("while working on") && !lower.contains("when working on")
}

/// `the next release`, `a future version`, but not `2.4 and future versions`.
fn names_the_next(lower: &str) -> bool {
    ["next ", "future "].iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let (before, after) = lower.split_at_checked(at).unwrap_or((lower, ""));
            let after = after.get(word.len()..).unwrap_or_default();
            let and_on = ["and ", "or ", "all ", "any ", "and all ", "or any "];
            RELEASES.iter().any(|release| after.starts_with(release))
                && !and_on.iter().any(|joint| before.ends_with(joint))
        })
    })
}

fn will_do(lower: &str) -> bool {
    lower.match_indices(" will ").any(|(at, found)| {
        let (before, rest) = (lower.get(..at), lower.get(at + found.len()..).unwrap_or_default());
        let rest =
            ["also ", "fully ", "then "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        let by_maker = !before.unwrap_or_default().contains(|c: char| c.is_ascii_digit());
        WILL.iter().any(|verb| rest.starts_with(verb))
            || (by_maker && DOES.iter().any(|verb| rest.starts_with(verb)))
    })
}

/// For each word of a sentence, whether the clause that it stands in only announces.
///
/// `Acme plans a release of A, and version 2 of B fixes this`: two clauses, since both have a verb of their own.
pub(super) fn announced_words(words: &[&str]) -> Vec<bool> {
    let joint = |at: usize| {
        let before = at.checked_sub(1).and_then(|i| words.get(i)).is_some_and(|w| w.ends_with(','));
        before && words.get(at).is_some_and(|w| matches!(*w, "and" | "but" | "while" | "whereas"))
    };
    let text = |from: usize, to: usize| {
        format!(" {} ", words.get(from..to).unwrap_or_default().join(" ")).to_lowercase()
    };
    let has_verb = |from: usize, to: usize| VERBS.iter().any(|verb| text(from, to).contains(verb));
    let mut out = Vec::with_capacity(words.len());
    let mut from = 0;
    for at in (0..words.len()).filter(|at| joint(*at)) {
        if has_verb(from, at) && has_verb(at, words.len()) {
            out.resize(at, announces(text(from, at).trim()));
            from = at;
        }
    }
    out.resize(words.len(), announces(text(from, words.len()).trim()));
    out
}

/// `Q3 2024`, `Q4/2023`, `third quarter`.
fn has_quarter(lower: &str) -> bool {
    let word = |w: &str| {
        let w = w.trim_matches(|c: char| !c.is_alphanumeric());
        matches!(w.get(..2), Some("q1" | "q2" | "q3" | "q4"))
            && w.get(2..).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(['/', '-', '\'', '’']) || rest.starts_with("20")
            })
    };
    lower.split_whitespace().any(word)
        || ["first", "second", "third", "fourth"].iter().any(|n| lower.contains(&format!("{n} quarter")))
}
