//! One version, taken apart: runs of numbers, and the words and letters between them.
//! Reading only. What is earlier than what is in `order`; ranges are in `grammar`; nothing here knows a device.

use std::fmt;

/// Digits in one number of a version; longer ones are serial numbers or hashes, not versions.
pub const VERSION_NUMBER_DIGITS_MAX: usize = 30;
/// Numbers and words in one version.
pub const VERSION_PARTS_MAX: usize = 64;
/// Stands for "any number" at the upper end of a wildcard; no number that is read can reach it.
pub(crate) const ANY_NUMBER: u128 = u128::MAX;

/// The canonical spelling of a build number's word.
pub(crate) const BUILD: &str = "build";
/// `-b7`: build 7 or beta 7, the spelling does not tell.
pub(crate) const BUILD_OR_BETA: &str = "-b";

/// One number of a version, or the numbers a wildcard stands for (`x` is 0 to any, `2x` is 20 to 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) low: u128,
    pub(crate) high: u128,
    /// Digits as written: `05` has two.
    pub(crate) width: u8,
}

impl Part {
    fn exact(value: u128, width: usize) -> Part {
        Part { low: value, high: value, width: u8::try_from(width).unwrap_or(u8::MAX) }
    }

    fn any() -> Part {
        Part { low: 0, high: ANY_NUMBER, width: 0 }
    }

    pub(crate) fn is_exact(self) -> bool {
        self.low == self.high
    }

    /// Written with a leading zero that says something (`05`, not `0`).
    pub(crate) fn is_padded(self) -> bool {
        self.width > 1 && self.low < 10u128.saturating_pow(u32::from(self.width) - 1)
    }
}

/// What a word between two runs of numbers means for the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Nothing: the run is the first.
    Start,
    /// Comes before the release it names: `alpha`, `beta`, `rc`; the number is its rank among these.
    Before(u8),
    /// A letter (`1.7.15b`, `B.06`, `L81`); `glued` when digits follow without anything between.
    Letter { letter: char, glued: bool },
    /// Any other word (`SP`, `Update`, `Build`, `BT`), in its canonical spelling: comes after the release.
    Word(Box<str>),
}

/// A tag and the run of numbers that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) tag: Tag,
    pub(crate) run: Vec<Part>,
}

/// A version that was understood. Its text is kept for people; its groups are what is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub(crate) groups: Vec<Group>,
    text: Box<str>,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Spellings of the words that come after a release, longest first where one begins another.
const WORDS: &[(&str, &str)] = &[
    ("servicepack", "sp"),
    ("service pack", "sp"),
    ("service release", "sr"),
    ("feature pack", "fp"),
    ("fix pack", "fp"),
    ("maintenance release", "mr"),
    ("maintenance pack", "mp"),
    ("cumulative update", "cu"),
    ("security patch", "patch"),
    ("hot fix", "hf"),
    ("hotfix", "hf"),
    ("build number", "build"),
    ("build nr", "build"),
    ("bld", "build"),
    ("bn", "build"),
    ("update", "upd"),
    ("patch level", "patch"),
    ("pl", "patch"),
    ("release", "rel"),
    ("revision", "rev"),
];

/// Words that come before the release they name, with their rank.
const BEFORE: &[(&str, u8)] = &[
    ("dev", 0),
    ("snapshot", 0),
    ("alpha", 1),
    ("beta", 2),
    ("pre", 3),
    ("preview", 3),
    ("prerelease", 3),
    ("nightly", 0),
    ("milestone", 1),
    ("rc", 4),
    ("cr", 4),
    ("candidate", 4),
];

/// A release candidate, written out.
const CANDIDATE: &str = "release candidate";

/// Is it a word for what comes before a release (`preview`, `candidate`)?
pub(crate) fn is_preview(word: &str) -> bool {
    word.starts_with("pre-") || BEFORE.iter().any(|(name, _)| *name == word)
}

impl Version {
    /// Reads one version, without operators. `None` when it holds neither a number nor a single letter, or more than
    /// the limits allow. Decoration in front (`v`, `Rev`, `Version`, `SW` …) is dropped where a version follows.
    pub fn read(text: &str) -> Option<Version> {
        let shown = undecorated(text.trim(), true);
        let mut groups = vec![Group { tag: Tag::Start, run: Vec::new() }];
        let mut parts: usize = 0;
        let mut apart = false;
        let mut rest = strip_decoration(shown);
        while let Some(first) = rest.chars().next() {
            parts += 1;
            if parts > VERSION_PARTS_MAX {
                return None;
            }
            if first.is_ascii_digit() {
                let (part, after) = number(rest)?;
                groups.last_mut()?.run.push(part);
                rest = after;
            } else if let Some(after) = wildcard(rest) {
                groups.last_mut()?.run.push(Part::any());
                rest = after;
            } else if first.is_alphabetic() {
                let inside = groups.len() > 1 || groups.first().is_some_and(|g| !g.run.is_empty());
                let (tag, after) = word(rest, inside, apart);
                groups.push(Group { tag, run: Vec::new() });
                rest = after;
            } else {
                parts -= 1;
                rest = rest.get(first.len_utf8()..)?;
            }
            apart = !first.is_alphanumeric();
        }
        let readable = groups.iter().any(|g| !g.run.is_empty())
            || matches!(groups.get(1), Some(Group { tag: Tag::Letter { .. }, .. }) if groups.len() == 2);
        readable.then(|| Version { groups, text: shown.trim_end_matches([' ', ':', '.', ',', ';']).into() })
    }

    /// As written, without decoration in front.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Holds a wildcard, so it stands for several versions.
    pub fn is_open(&self) -> bool {
        self.groups.iter().flat_map(|g| &g.run).any(|part| !part.is_exact())
    }

    /// Nothing but wildcards: it says nothing.
    pub(crate) fn is_anything(&self) -> bool {
        let parts = || self.groups.iter().flat_map(|g| &g.run);
        self.groups.len() == 1 && parts().all(|part| part.low == 0 && part.high == ANY_NUMBER)
    }

    /// The earliest (`false`) or the latest (`true`) version a wildcard version stands for; itself when it has none.
    pub(crate) fn end(&self, latest: bool) -> Version {
        let mut ended = self.clone();
        for part in ended.groups.iter_mut().flat_map(|g| &mut g.run).filter(|part| !part.is_exact()) {
            let value = if latest { part.high } else { part.low };
            *part = Part::exact(value, usize::from(part.width));
        }
        ended
    }

    /// Without its build number and what follows it; `None` when it has none.
    pub(crate) fn without_build(&self) -> Option<(Version, bool)> {
        let is_build = |g: &Group| matches!(&g.tag, Tag::Word(w) if **w == *BUILD || **w == *BUILD_OR_BETA);
        let at = self.groups.iter().position(is_build)?;
        let maybe_beta = self.groups.get(at).is_some_and(|g| g.tag == Tag::Word(BUILD_OR_BETA.into()));
        let groups: Vec<Group> = self.groups.iter().take(at).cloned().collect();
        groups
            .iter()
            .any(|g| !g.run.is_empty())
            .then(|| (Version { groups, text: self.text.clone() }, maybe_beta))
    }

    /// Begins with a letter or a word that is its own major part (`B.06`, `L81`, `BT03`).
    pub(crate) fn begins_with_word(&self) -> bool {
        self.groups.first().is_none_or(|g| g.run.is_empty())
    }

    /// Numbers and words one after the other: the steps at which two versions may part.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        for group in &self.groups {
            if group.tag != Tag::Start {
                steps.push(Step::Tag(&group.tag));
            }
            steps.extend(group.run.iter().map(|part| Step::Number(part.low)));
        }
        steps
    }

    /// Only numbers, no words: the shape most versions have.
    pub(crate) fn is_numeric(&self) -> bool {
        self.groups.len() == 1
    }

    /// How many numbers the first run has.
    pub(crate) fn first_run(&self) -> &[Part] {
        self.groups.first().map_or(&[], |g| &g.run)
    }
}

/// One step of [`Version::steps`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Number(u128),
    Tag(&'a Tag),
}

impl PartialEq for Step<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Step::Number(a), Step::Number(b)) => a == b,
            (Step::Tag(Tag::Letter { letter: a, .. }), Step::Tag(Tag::Letter { letter: b, .. })) => a == b,
            (Step::Tag(a), Step::Tag(b)) => a == b,
            (Step::Number(_), Step::Tag(_)) | (Step::Tag(_), Step::Number(_)) => false,
        }
    }
}

/// A run of digits, with `x` glued to it when that stands for further digits (`0x`, `71xx`).
fn number(text: &str) -> Option<(Part, &str)> {
    if let Some(found) = hexadecimal(text) {
        return Some(found);
    }
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = text.split_at_checked(length)?;
    if digits.trim_start_matches('0').len() > VERSION_NUMBER_DIGITS_MAX {
        return None;
    }
    let value = digits.bytes().fold(0u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let crosses = after.bytes().take_while(|b| matches!(b, b'x' | b'X')).count();
    let ends = after.get(crosses..).is_some_and(|tail| !tail.starts_with(char::is_alphanumeric));
    // A single capital X glued to digits is a revision letter (`1.21X` beside `1.21W`), a small one a wildcard.
    if crosses > 0 && crosses <= 4 && ends && (crosses > 1 || after.starts_with('x')) {
        let scale = 10u128.pow(u32::try_from(crosses).ok()?);
        let low = value.checked_mul(scale)?;
        let part =
            Part { low, high: low + (scale - 1), width: u8::try_from(length + crosses).unwrap_or(u8::MAX) };
        return Some((part, after.get(crosses..)?));
    }
    Some((Part::exact(value, length), after))
}

/// `0x1A` is 26.
fn hexadecimal(text: &str) -> Option<(Part, &str)> {
    let rest = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (digits, after) = rest.split_at_checked(length)?;
    let value = u64::from_str_radix(digits, 16).ok()?;
    (!after.starts_with(char::is_alphanumeric)).then(|| (Part::exact(value.into(), length), after))
}

/// A component that is nothing but `x`, `X`, `xx`, `*`.
fn wildcard(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('*') {
        return Some(after);
    }
    let length = text.bytes().take_while(|b| matches!(b, b'x' | b'X')).count();
    let after = text.get(length..)?;
    (length > 0 && !after.starts_with(char::is_alphanumeric)).then_some(after)
}

/// A run of letters as a tag. `inside` when something of the version stands before it, `apart` when a separator does.
fn word(text: &str, inside: bool, apart: bool) -> (Tag, &str) {
    let lower = |length: usize| text.get(..length).unwrap_or_default().to_lowercase();
    let length = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    if text.get(..CANDIDATE.len()).is_some_and(|head| head.eq_ignore_ascii_case(CANDIDATE)) {
        return word(text.get(CANDIDATE.len() - "candidate".len()..).unwrap_or_default(), inside, apart);
    }
    for (spelling, canonical) in WORDS {
        let candidate = text.get(..spelling.len()).is_some_and(|head| head.eq_ignore_ascii_case(spelling));
        let ends = text.get(spelling.len()..).is_some_and(|tail| !tail.starts_with(char::is_alphabetic));
        if candidate && ends {
            return (Tag::Word((*canonical).into()), text.get(spelling.len()..).unwrap_or_default());
        }
    }
    let found = lower(length);
    let after = text.get(length..).unwrap_or_default();
    if let Some((_, rank)) = BEFORE.iter().find(|(name, _)| *name == found) {
        return (Tag::Before(*rank), after);
    }
    let glued = after.starts_with(|c: char| c.is_ascii_digit());
    let mut letters = found.chars();
    match (letters.next(), letters.next()) {
        // `2.3.5-b7` is a build or a beta; `1.7.15b` is neither.
        (Some('b'), None) if inside && glued && apart => (Tag::Word(BUILD_OR_BETA.into()), after),
        // `3.5.12.P30` and `V3.14 P021` are patch levels.
        (Some('p'), None) if inside && glued => (Tag::Word("patch".into()), after),
        (Some(letter), None) => (Tag::Letter { letter, glued }, after),
        _ => (Tag::Word(found.into()), after),
    }
}

/// Words that are decoration in front of a version that may itself begin with a letter (`Rev B`, `Version C.03`).
const DECORATION: &[&str] = &[
    "versions",
    "version",
    "vers",
    "ver",
    "releases",
    "release",
    "rel",
    "revision",
    "rev",
    "firmware",
    "fw",
    "software",
    "sw",
    "application",
    "app",
    "system",
    "product",
    "installed",
    "current",
    "number",
    "edition",
    "no",
    "nr",
];

/// Drops decoration in front of a version: `v 2.3.5`, `Software Version: 2.3.5`, `R8.0.3`, `build 12`, `firmware_29`.
/// A letter that is the version's own major part (`B.06.18`, `L81`, `R.01`) stays.
pub(crate) fn strip_decoration(text: &str) -> &str {
    undecorated(text, false)
}

/// As [`strip_decoration`]; with `keep_letter` a `V` or `R` in front stays, as people know the version by it.
pub(crate) fn undecorated(text: &str, keep_letter: bool) -> &str {
    let mut rest = text;
    loop {
        let before = rest.len();
        rest = rest.trim_start_matches([' ', ':', '#', '=', '_']);
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(letters);
        let value = after.trim_start_matches([' ', ':', '#', '=', '_', '.']);
        let digit_follows = value.starts_with(|c: char| c.is_ascii_digit());
        let apart = value.len() < after.len();
        let is = |list: &[&str]| list.iter().any(|d| word.eq_ignore_ascii_case(d));
        let drop = match word {
            "" => false,
            "v" | "V" | "r" | "R" if keep_letter => false,
            _ if keep_letter && word.eq_ignore_ascii_case("edition") => false,
            "v" | "V" => digit_follows || wildcard(value).is_some() && !value.is_empty(),
            "r" | "R" => digit_follows && !after.starts_with('.'),
            _ if is(&["build", "bld"]) => digit_follows,
            _ if is(DECORATION) => (apart && !value.is_empty()) || digit_follows,
            _ => false,
        };
        if drop {
            rest = value;
        }
        if rest.len() == before {
            return rest;
        }
    }
}
