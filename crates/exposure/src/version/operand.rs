//! One operand of a range: the words between two signs, sorted into product words, the version and what trails it.

use super::clause::Item;
use super::date::{self, DayText};
use super::order::{compare, is_known};
use super::release::{Release, is_name_word};
use super::subject::may_be_model;

/// What an operand turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operand {
    /// Words before the version.
    pub(crate) name: Vec<Box<str>>,
    pub(crate) value: Value,
    /// Words after the version that are no part of it.
    pub(crate) trailing: Box<str>,
    /// A model number given beside the version (`model 35700BAX3`).
    pub(crate) model: Option<Box<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Only words.
    Nothing,
    Version(Release),
    /// A second name of the version follows (`2018 SP1 Version 1.4.7`).
    TwoNames(Release, Release),
    /// Versions without a sign between them (`1.3.2 1.4.0`).
    Several(Vec<Release>),
    /// Two ends joined by a hyphen (`Rev B-M`).
    Ends(Release, Release),
    Day(DayText, Box<str>),
}

impl Operand {
    pub(crate) fn read(words: &[String]) -> Operand {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let at_model = words.iter().position(|w| w.eq_ignore_ascii_case("model"));
        if let Some(at) = at_model.filter(|at| *at > 0) {
            let (head, tail) = words.split_at(at);
            let mut operand = sorted(head);
            operand.model = tail.get(1).map(|m| (*m).into());
            return operand;
        }
        let mut operand = sorted(&words);
        // `2404267 version 1.x`: a model number and its version.
        if let Value::TwoNames(first, second) = &operand.value
            && may_be_model(&first.bare)
        {
            operand.model = Some(first.text().into());
            operand.value = Value::Version(second.clone());
        }
        operand
    }

    /// The operand as an item of a plain list. `whole` is its text.
    pub(crate) fn items(&self, whole: &str) -> Vec<Item> {
        if let (Some(_), Value::Version(release)) = (&self.model, &self.value) {
            return vec![item(release.text(), Some(release.clone()), release.text(), false)];
        }
        let words: Vec<&str> = whole.split(' ').collect();
        let whole = labelled(&words).join(" ");
        let whole = whole.as_str();
        match &self.value {
            Value::Several(releases) => {
                releases.iter().map(|r| item(r.text(), Some(r.clone()), whole, false)).collect()
            }
            Value::Version(release) | Value::TwoNames(release, _) | Value::Ends(release, _) => {
                let described = !self.trailing.is_empty();
                let named = !release.name.is_empty() || release.bare.begins_with_word();
                // `SV20.1` and `LPI 3.5.12` have the points of versions: nobody's catalogue has them.
                let pointed = !described && whole.split(' ').any(is_pointed);
                let may_name = !pointed
                    && (named || described || may_be_model(&release.bare) || looks_like_model(whole));
                let release = (!described).then(|| release.clone());
                vec![item(whole, release, whole, may_name)]
            }
            Value::Nothing | Value::Day(..) => vec![item(whole, None, whole, true)],
        }
    }
}

fn item(text: &str, release: Option<Release>, whole: &str, may_name: bool) -> Item {
    let mut models: Vec<Box<str>> = Vec::new();
    if may_name && !short(whole) {
        models.push(whole.into());
        let words: Vec<&str> = whole.split(' ').collect();
        if words.len() > 1 {
            models.extend(words.iter().filter(|w| looks_like_model(w)).map(|w| Box::from(*w)));
        }
    }
    let is_catalogue = !models.is_empty() && whole.split(' ').all(is_catalogue_number);
    Item { text: text.into(), release, models, is_catalogue }
}

/// `2.3`, `SV20.1`: digits on both sides of a point.
fn is_pointed(word: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    word.split('.')
        .zip(word.split('.').skip(1))
        .any(|(a, b)| digit(a.chars().last()) && digit(b.chars().next()))
}

/// `MMT-1715`, `35700BAX2`, `882300`, not `V2022` or `2017R2`.
fn is_catalogue_number(word: &str) -> bool {
    const MARKS: &[&str] =
        &["v", "r", "ver", "rev", "rel", "sp", "sv", "sw", "fw", "hf", "cu", "mp", "kb", "se", "build"];
    let letters: String = word.chars().take_while(|c| c.is_alphabetic()).collect();
    let year = word.get(..4).and_then(|y| y.parse::<u16>().ok()).is_some_and(|y| (1990..2100).contains(&y));
    looks_like_model(word) && !year && !MARKS.contains(&letters.to_lowercase().as_str())
}

/// Too short to be looked for in a model's name: it would be found in too many.
fn short(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() < 3
}

/// `MMT-1715`, `35700BAX2`, `882300`, `CR-IR`: what a catalogue gives, not what a release does.
pub(crate) fn looks_like_model(text: &str) -> bool {
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let dotted = text.contains('.');
    !dotted && (digits >= 5 || (digits >= 3 && letters >= 1))
}

/// Sorts words into name, version and trailing words.
fn sorted(words: &[&str]) -> Operand {
    let joined = words.join(" ");
    let nothing = |name: &[&str]| Operand {
        name: name.iter().map(|w| Box::from(*w)).collect(),
        value: Value::Nothing,
        trailing: "".into(),
        model: None,
    };
    if let Some(operand) = as_day(words) {
        return operand;
    }
    let words = undecorated(words);
    let Some(first) =
        words.iter().enumerate().position(|(at, w)| begins_version(w, words.get(at + 1).copied()))
    else {
        return nothing(words);
    };
    let (name, rest) = words.split_at_checked(first).unwrap_or((words, &[]));
    let mut length = 1;
    let mut second: Option<usize> = None;
    let mut several = vec![];
    let mut start = 0;
    while let Some(word) = rest.get(length) {
        let previous = rest.get(length - 1).copied().unwrap_or_default();
        if word.trim_end_matches(':').eq_ignore_ascii_case("version") && rest.get(length + 1).is_some() {
            second = Some(length + 1);
            break;
        }
        if is_dotted(word) && is_dotted(previous) {
            several.push(start..length);
            start = length;
        } else if !continues_version(word, rest.get(length + 1).copied()) {
            break;
        }
        length += 1;
    }
    let text_of = |range: std::ops::Range<usize>| rest.get(range).unwrap_or_default().join(" ");
    let whole = |version: String| {
        let full = if name.is_empty() { version } else { format!("{} {version}", name.join(" ")) };
        Release::read(&full)
    };
    if let Some((from, to)) = (rest.len() == 1).then(|| ends(rest.first()?, &joined)).flatten() {
        let name = name.iter().map(|w| Box::from(*w)).collect();
        return Operand { name, value: Value::Ends(from, to), trailing: "".into(), model: None };
    }
    let Some(release) = whole(text_of(0..length)) else { return nothing(words) };
    let trailing_from = second.map_or(length, |_| rest.len());
    let value = if let Some(also) = second.and_then(|at| Release::read(&text_of(at..rest.len()))) {
        Value::TwoNames(release, also)
    } else if !several.is_empty() {
        several.push(start..length);
        Value::Several(several.into_iter().filter_map(|range| Release::read(&text_of(range))).collect())
    } else {
        Value::Version(release)
    };
    let name = name.iter().map(|w| Box::from(*w)).collect();
    Operand { name, value, trailing: text_of(trailing_from..rest.len()).into(), model: None }
}

/// Words that only say that a version follows.
fn undecorated<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    const PLAIN: &[&str] = &[
        "the", "versions", "version", "ver", "firmware", "software", "release", "releases", "builds", "rev",
        "revision", "its",
    ];
    let mut rest = labelled(words);
    while let [first, tail @ ..] = rest {
        let bare = first.trim_end_matches([':', '.']);
        if tail.is_empty() || !PLAIN.iter().any(|p| p.eq_ignore_ascii_case(bare)) {
            break;
        }
        rest = tail;
    }
    rest
}

/// Without a label that says what sort of number follows: `Product ID/Reorder number 19191`, `Part #: M8096-67501`.
fn labelled<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    const SORTS: &[&str] =
        &["id", "part", "model", "reorder", "udi", "ndc", "catalog", "catalogue", "sku", "ref", "item"];
    let at = words.iter().position(|w| {
        matches!(w.to_lowercase().as_str(), "number" | "number:" | "no." | "#" | "#:" | "numbers")
    });
    let Some((label, rest)) = at.and_then(|at| words.split_at_checked(at)) else { return words };
    let lower = label.join(" ").to_lowercase();
    let sorted = lower.split(|c: char| !c.is_alphanumeric()).any(|w| SORTS.contains(&w));
    match rest.get(1..) {
        Some(number) if sorted && !number.is_empty() => number,
        _ => words,
    }
}

fn begins_version(word: &str, next: Option<&str>) -> bool {
    let has_digit = word.chars().any(|c| c.is_ascii_digit());
    let letters = word.len() == 3
        && word.as_bytes().get(1) == Some(&b'-')
        && word.chars().all(|c| c.is_ascii_uppercase() || c == '-');
    let lone_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    // `V 4.83` and `SP 1`; `h 232` is not one.
    let counted = next.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    has_digit
        || (letters && next.is_none())
        || (lone_letter && (word.chars().all(char::is_uppercase) || word == "x") && next.is_none())
        || (matches!(word.to_lowercase().as_str(), "v" | "r" | "sp" | "rev" | "build") && counted)
        || word.chars().all(|c| matches!(c, 'x' | 'X'))
}

/// Goes on with the version before it: a number, a known word with a number, a letter.
fn continues_version(word: &str, next: Option<&str>) -> bool {
    let lower = word.trim_end_matches(['.', ':']).to_lowercase();
    let counted = next.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    let letters = word.chars().take_while(|c| c.is_alphabetic()).count();
    let is_number = word.starts_with(|c: char| c.is_ascii_digit())
        || (letters <= 5 && word.chars().any(|c| c.is_ascii_digit()));
    let short_word = letters <= 4 && word.len() == letters && word.chars().all(char::is_uppercase) && counted;
    const PAIRS: &[&str] = &[
        "service",
        "feature",
        "cumulative",
        "hot",
        "maintenance",
        "security",
        "update",
        "hotfix",
        "patch",
        "upd",
    ];
    is_number
        || short_word
        || is_known(&lower)
        || (PAIRS.contains(&lower.as_str()) && next.is_some())
        || matches!(lower.as_str(), "pack" | "fix" | "beta" | "alpha" | "rc" | "release" | "nr" | "number")
        || (letters == 1 && word.len() == 1)
}

fn is_dotted(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.') && !word.ends_with('.')
}

/// A day, with the words that say what happened then: `distributed … april 1 2018`, `Production date July 2020`.
fn as_day(words: &[&str]) -> Option<Operand> {
    let (last, before) = words.split_last()?;
    let two = words.len().saturating_sub(2);
    let pair = (words.get(two..)?.join(" "), words.get(..two)?);
    for (text, name) in [(words.join(" "), &[][..]), ((*last).to_owned(), before), pair] {
        let Some(day) = date::read(&text) else { continue };
        let name = name.iter().filter(|w| !w.eq_ignore_ascii_case("date")).map(|w| Box::from(*w)).collect();
        return Some(Operand { name, value: Value::Day(day, text.into()), trailing: "".into(), model: None });
    }
    None
}

/// The two ends of `B-M`, `V191-V195`, `2014-2016`, `1.0-1.4`; a hyphen in a version is none of these.
fn ends(word: &str, whole: &str) -> Option<(Release, Release)> {
    let (from, to) = word.split_once('-').filter(|(_, to)| !to.contains('-'))?;
    let letter = |t: &str| t.len() == 1 && t.chars().all(|c| c.is_ascii_uppercase());
    let year = |t: &str| t.len() == 4 && t.parse::<u16>().is_ok_and(|y| (1990..2100).contains(&y));
    let marked = |t: &str| t.starts_with(['V', 'v']) && t.len() > 1;
    let dotted = |t: &str| t.matches('.').count() >= 1 && t.chars().all(|c| c.is_ascii_digit() || c == '.');
    let both = |test: &dyn Fn(&str) -> bool| test(from) && test(to);
    let alike = both(&dotted) && from.matches('.').count() == to.matches('.').count();
    let revisions = both(&letter) && whole.to_lowercase().starts_with("rev");
    let fits = both(&letter) || both(&year) || both(&marked) || alike || revisions;
    if !fits || compare(from, to) != Some(std::cmp::Ordering::Less) {
        return None;
    }
    // The last letter of a row means all of its revisions.
    let to = if both(&letter) { format!("{to}.x") } else { to.to_owned() };
    Some((Release::read(from)?, Release::read(&to)?))
}

/// Words that are a name only: none of them could be a version.
pub(crate) fn is_name(words: &[Box<str>]) -> bool {
    words.iter().any(|w| is_name_word(w))
}
