//! What the register knows of a device, and how its own messy version text is read. A text that is only half known
//! becomes a span of versions: a range decides only what holds for all of it.

use std::borrow::Cow;

use model::Date;

use super::missing::is_missing;
use super::number::Version;
use super::order::compare;
use super::release::{Release, is_name_word};

/// Longest version text that is read, of a range or of a device.
pub const VERSION_TEXT_MAX_BYTES: usize = 2_048;
/// Versions that one device's text may name.
const SPANS_MAX: usize = 8;

/// What is known of one device, as far as version ranges ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Software or firmware version, as the register writes it.
    pub version: Option<&'a str>,
    /// Serial number.
    pub serial: Option<&'a str>,
    /// Model or product name.
    pub model: &'a str,
    /// The maker's model or catalogue number.
    pub model_number: Option<&'a str>,
    /// Day of manufacture.
    pub manufactured: Option<Date>,
    /// Revision of the hardware.
    pub hardware_version: Option<&'a str>,
    /// Operating system with its version.
    pub operating_system: Option<&'a str>,
}

/// A device's version text, read.
#[derive(Clone, Debug)]
pub struct ReadVersion {
    known: Known,
    version: Option<Version>,
    /// No product words stand in it: whose version it is changes nothing about what it compares with.
    is_nameless: bool,
}

impl ReadVersion {
    /// Reads a version text as a register has it.
    pub fn read(text: Option<&str>) -> ReadVersion {
        let known = Known::read(text);
        let nameless =
            |release: &Option<Release>| release.as_ref().is_none_or(|release| release.name.is_empty());
        let is_nameless = match &known {
            Known::Missing | Known::Doubtful(_) => true,
            Known::Spans(spans, _) => spans.iter().all(|span| nameless(&span.low) && nameless(&span.high)),
        };
        ReadVersion { known, version: text.and_then(Version::read), is_nameless }
    }

    /// No product words stand in it.
    pub(crate) fn is_nameless(&self) -> bool {
        self.is_nameless
    }
}

/// A subject whose version text is read once, to be asked of many ranges.
#[derive(Clone, Debug)]
pub struct PreparedSubject<'a> {
    subject: Subject<'a>,
    read: Cow<'a, ReadVersion>,
}

impl<'a> PreparedSubject<'a> {
    /// Reads the subject's version text.
    pub fn new(subject: &Subject<'a>) -> PreparedSubject<'a> {
        PreparedSubject { subject: *subject, read: Cow::Owned(ReadVersion::read(subject.version)) }
    }

    /// With the subject's own version text as it was read before.
    pub(crate) fn with(subject: Subject<'a>, read: &'a ReadVersion) -> PreparedSubject<'a> {
        PreparedSubject { subject, read: Cow::Borrowed(read) }
    }

    /// The subject as the register has it.
    pub fn subject(&self) -> &Subject<'a> {
        &self.subject
    }

    /// Its version text read as one version, for sentences that name one.
    pub(crate) fn version(&self) -> Option<&Version> {
        self.read.version.as_ref()
    }

    pub(crate) fn known(&self) -> &Known {
        &self.read.known
    }
}

/// Versions a device may have: all from `low` to `high`, both included; `None` is without end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) low: Option<Release>,
    pub(crate) high: Option<Release>,
    /// Exactly one version.
    pub(crate) exact: bool,
}

/// How well the register knows a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Missing,
    /// There is a text, but no version in it, or one it doubts itself (`2.3?`).
    Doubtful(Box<str>),
    /// One span, or several when the text names several versions.
    Spans(Vec<Span>, Box<str>),
}

impl Known {
    pub(crate) fn read(text: Option<&str>) -> Known {
        let Some(text) = text.filter(|t| !is_missing(t)) else { return Known::Missing };
        let shown: Box<str> = text.trim().chars().take(80).collect::<String>().into();
        let other_digits = text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit());
        let doubts = ['?', '~', '≈'].iter().any(|c| text.contains(*c)) || other_digits || is_doubted(text);
        if text.len() > VERSION_TEXT_MAX_BYTES || doubts {
            return Known::Doubtful(shown);
        }
        let Some(plain) = without_notes(&super::uri::without_ordinals(text.trim())) else {
            return Known::Doubtful(shown);
        };
        let mut spans = Vec::new();
        for piece in pieces(&plain) {
            match span(piece) {
                Some(found) => spans.push(found),
                None => return Known::Doubtful(shown),
            }
        }
        if spans.is_empty() || spans.len() > SPANS_MAX {
            Known::Doubtful(shown)
        } else {
            Known::Spans(spans, shown)
        }
    }
}

/// Does a word say that this is not, or perhaps not, what is installed (`2.5 planned`, `approx. 2.5`, `not 2.5`)?
fn is_doubted(text: &str) -> bool {
    const DOUBTS: &[&str] = &[
        "planned",
        "pending",
        "scheduled",
        "ordered",
        "soon",
        "target",
        "upgrade",
        "upgrading",
        "expected",
        "probably",
        "possibly",
        "maybe",
        "perhaps",
        "likely",
        "assumed",
        "presumably",
        "estimated",
        "approx",
        "approximately",
        "about",
        "circa",
        "ca",
        "not",
        "was",
        "previously",
        "formerly",
        "should",
        "geplant",
        "bestellt",
        "vermutlich",
        "wahrscheinlich",
        "vielleicht",
        "evtl",
        "eventuell",
        "ungefähr",
        "etwa",
        "nicht",
        "kein",
        "war",
        "planerad",
        "planerat",
        "beställd",
        "beställt",
        "troligen",
        "kanske",
        "cirka",
        "ungefär",
        "inte",
        "ej",
        "snart",
    ];
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphabetic()).any(|word| DOUBTS.contains(&word))
}

/// Takes comments in parentheses out; a build or service pack in them belongs to the version. `None` when a comment
/// holds other numbers: `3.1 (was 2.9)` leaves it open what is installed.
fn without_notes(text: &str) -> Option<String> {
    let text = text.replace(['\u{a0}', '\t', '\n', '\r'], " ");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(open) = rest.find(['(', '[']) {
        let (before, tail) = rest.split_at(open);
        out.push_str(before);
        let inner = tail.get(1..).unwrap_or_default();
        let Some(close) = inner.find([')', ']']) else {
            out.push(' ');
            rest = inner;
            continue;
        };
        let note = inner.get(..close).unwrap_or_default();
        let glued = before.ends_with(|c: char| c.is_alphanumeric());
        if glued && !note.contains(' ') {
            // A part of the version: `15.2(6)E0a`.
            out.push_str(tail.get(..close + 2).unwrap_or_default());
        } else if is_addition(note) {
            out.push(' ');
            out.push_str(note);
        } else if note.chars().any(|c| c.is_ascii_digit()) && super::date::Day::read(note).is_none() {
            return None;
        }
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    Some(out)
}

/// `build 12`, `SP2`, `Hotfix 3`: something that completes the version before it.
fn is_addition(note: &str) -> bool {
    const WORDS: &[&str] =
        &["build", "bld", "sp", "service pack", "patch", "hotfix", "hf", "cu", "update", "upd", "rev", "r"];
    let lower = note.trim().to_lowercase();
    let letters = lower.trim_end_matches(|c: char| !c.is_alphabetic()).trim_end();
    lower.ends_with(|c: char| c.is_ascii_digit()) && WORDS.contains(&letters)
}

/// The single versions a text names.
fn pieces(text: &str) -> Vec<&str> {
    let comma_is_point = !text.contains('.') && !text.contains(", ");
    let split = |c: char| matches!(c, '/' | ';' | '|' | '&') || (c == ',' && !comma_is_point);
    let all: Vec<&str> = text
        .split(split)
        .flat_map(|p| p.split(" and "))
        .flat_map(|p| p.split(" or "))
        .flat_map(|p| p.split(" und "))
        .flat_map(|p| p.split(['→', '➔', '»']))
        .flat_map(|p| p.split("->"))
        .flat_map(|p| p.split(" to "))
        .flat_map(joined)
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let other = |p: &str| {
        let word = p.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
        let about_else =
            matches!(word.as_str(), "hw" | "hardware" | "os" | "bios" | "windows" | "win" | "linux" | "db");
        about_else || (!p.chars().any(|c| c.is_ascii_digit()) && p.split(' ').all(is_name_word))
    };
    let kept: Vec<&str> = all.iter().copied().filter(|p| !other(p)).collect();
    if kept.is_empty() { all } else { kept }
}

/// Versions with nothing but a blank or a hyphen between them (`2.3.4 2.3.6`, `2.3.4 - 2.3.6`): all of them are meant.
fn joined(text: &str) -> Vec<&str> {
    let is_dotted = |t: &str| t.contains('.') && t.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().filter(|w| !matches!(*w, "-" | "–" | "—")).collect();
    if words.len() > 1 && words.iter().all(|w| is_dotted(w)) {
        return words;
    }
    if let Some((from, to)) = text.trim().split_once(['-', '–', '—']) {
        let alike = is_dotted(from) && is_dotted(to) && from.matches('.').count() == to.matches('.').count();
        if alike && compare(from, to) == Some(std::cmp::Ordering::Less) {
            return vec![from, to];
        }
    }
    vec![text]
}

/// One version text as a span: `2.3.5`, `2.3.x`, `≥2.3`, `2.3+`, `2.3 or later`.
fn span(text: &str) -> Option<Span> {
    const LATER: &[&str] =
        &["or later", "or newer", "or higher", "and later", "and newer", "and higher", "or above", "+"];
    const EARLIER: &[&str] =
        &["or earlier", "or older", "or lower", "and earlier", "and older", "and lower", "or below"];
    let text = text.trim();
    let cut = |ends: &[&str]| {
        ends.iter().find_map(|end| {
            let at = text.len().checked_sub(end.len())?;
            let tail = text.get(at..)?;
            tail.eq_ignore_ascii_case(end).then(|| text.get(..at)).flatten()
        })
    };
    let mut from = cut(LATER);
    let mut to = cut(EARLIER);
    let strip = |signs: &[&str]| signs.iter().find_map(|sign| text.strip_prefix(sign));
    from = from.or_else(|| strip(&["≥", ">=", "=>", ">", "min. ", "min "]));
    to = to.or_else(|| strip(&["≤", "<=", "=<", "<", "max. ", "max "]));
    let read = |t: &str| Release::read_loosely(&t.replace(',', "."));
    if let Some(from) = from {
        return Some(Span { low: Some(read(from)?.end(false).into_owned()), high: None, exact: false });
    }
    if let Some(to) = to {
        return Some(Span { low: None, high: Some(read(to)?.end(true).into_owned()), exact: false });
    }
    let found = read(text)?;
    let exact = !found.bare.is_open();
    Some(Span { low: Some(found.end(false).into_owned()), high: Some(found.end(true).into_owned()), exact })
}

/// Does a model name or number hold `item`: the same letters and digits, starting and ending at a boundary?
///
/// `MMT-1715` is in `MiniMed MMT1715`; `650` is not in `650c`; `MMT-522(K)` is in both `MMT-522` and `MMT-522K`.
pub(crate) fn names_model(item: &str, model: &str) -> bool {
    if let Some((stem, optional)) = item.strip_suffix(')').and_then(|i| i.rsplit_once('(')) {
        return names_model(stem, model) || names_model(&format!("{stem}{optional}"), model);
    }
    let (item, model) = (atoms(item), atoms(model));
    if item.is_empty() || item.len() > model.len() {
        return false;
    }
    model.windows(item.len()).enumerate().any(|(at, window)| {
        let same = window.iter().zip(&item).all(|(a, b)| a.0 == b.0);
        let starts = window.first().is_some_and(|(_, glued)| !glued);
        let ends = model.get(at + item.len()).is_none_or(|(_, glued)| !glued);
        same && starts && ends
    })
}

/// Letter runs and digit runs of a text in lower case, each with whether it follows the one before without a gap.
fn atoms(text: &str) -> Vec<(String, bool)> {
    let mut atoms: Vec<(String, bool)> = Vec::new();
    let mut last: Option<char> = None;
    for c in text.chars() {
        if c.is_alphanumeric() {
            let same_kind =
                last.is_some_and(|l| l.is_alphanumeric() && l.is_ascii_digit() == c.is_ascii_digit());
            match atoms.last_mut() {
                Some((atom, _)) if same_kind => atom.extend(c.to_lowercase()),
                _ => atoms.push((c.to_lowercase().collect(), last.is_some_and(char::is_alphanumeric))),
            }
        }
        last = Some(c);
    }
    atoms
}

/// Is the version a numeric one that could as well be a model number (`3120`, `24950`)?
pub(crate) fn may_be_model(version: &Version) -> bool {
    version.is_numeric()
        && matches!(version.first_run(), [only] if only.width >= 3 && !(1990..2100).contains(&only.low) && only.is_exact())
}
