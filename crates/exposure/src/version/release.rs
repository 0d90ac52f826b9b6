//! A version as it stands in a sentence: with product words around it (`PIC iX C.03`), and how two such compare.
//! The words before a version matter: `BIOS 22` says nothing of software version 6.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::number::{Group, Tag, Version, is_preview, undecorated};
use super::order::{Orders, is_known, orders};

/// A version with the product words that stood before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// Words before the version, in lower case.
    pub(crate) name: Vec<Box<str>>,
    /// The version without those words.
    pub(crate) bare: Version,
    /// The version with them, when they can be its own major part (`HD 16`).
    full: Option<Version>,
}

/// Words that are never a product's name.
const NOT_NAMES: &[&str] = &[
    "service",
    "feature",
    "hot",
    "cumulative",
    "security",
    "patch",
    "update",
    "upd",
    "hotfix",
    "sp",
    "hf",
    "cu",
    "alpha",
    "beta",
    "rc",
    "build",
    "version",
    "ver",
    "versions",
    "release",
    "rel",
    "rev",
    "revision",
    "firmware",
    "fw",
    "software",
    "sw",
    "application",
    "app",
    "system",
    "product",
    "edition",
    "installed",
    "current",
    "number",
    "no",
    "nr",
    "vers",
];

/// Is it a word of a name: two letters or more, no digit?
pub(crate) fn is_name_word(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2
        && !word.chars().any(|c| c.is_ascii_digit())
        && !word.chars().all(|c| matches!(c, 'x' | 'X' | '.'))
        && !NOT_NAMES.iter().any(|n| word.trim_end_matches(['.', ':']).eq_ignore_ascii_case(n))
}

impl Release {
    /// Reads `text`; `None` when there is no version in it.
    pub(crate) fn read(text: &str) -> Option<Release> {
        let mut rest = undecorated(text.trim(), true);
        let mut name = Vec::new();
        while let Some((word, after)) = rest.split_once(' ') {
            if !is_name_word(word) {
                break;
            }
            name.push(word.trim_end_matches(':').to_lowercase().into());
            rest = after.trim_start();
        }
        let bare = Version::read(rest)?;
        let full = if name.is_empty() { None } else { Version::read(text) };
        Some(Release { name, bare, full })
    }

    /// Without trailing words that say nothing about the order (`2.3.5 English`).
    pub(crate) fn read_loosely(text: &str) -> Option<Release> {
        let mut text = text.trim();
        while let Some((before, last)) = text.rsplit_once(' ') {
            let lower = last.to_lowercase();
            let counts = is_known(&lower) || is_preview(&lower) || matches!(lower.as_str(), "a" | "b");
            if !is_name_word(last) || counts {
                break;
            }
            text = before.trim_end();
        }
        Release::read(text)
    }

    /// With the name of `other`, when it has none of its own.
    pub(crate) fn named_as(&self, other: &Release) -> Option<Release> {
        let is_bare = self.name.is_empty() && !other.name.is_empty();
        is_bare.then(|| Release::read(&format!("{} {}", other.name.join(" "), self.text()))).flatten()
    }

    /// Numbered by years (`2018 SP1`).
    pub(crate) fn is_by_year(&self) -> bool {
        self.bare.first_run().first().is_some_and(|part| (1990..2100).contains(&part.low))
    }

    /// Are the two numbered in the same way? A year, a day, a build number or a version that lost its points (`235`) is
    /// larger than any `2.3.5`, but not later for that.
    pub(crate) fn is_alike(&self, other: &Release) -> bool {
        let bare_number = |r: &Release| {
            matches!(r.bare.first_run(), [only] if only.width >= 3)
                || r.bare
                    .groups
                    .iter()
                    .any(|g| matches!(g.run.as_slice(), [only] if only.width >= 4 && only.is_padded()))
        };
        let pointed =
            |r: &Release| r.bare.groups.iter().any(|g| g.run.len() >= 2 && g.run.iter().all(|p| p.width < 4));
        let mixed = |a: &Release, b: &Release| bare_number(a) && pointed(b) && !bare_number(b);
        self.is_by_year() == other.is_by_year()
            && !mixed(self, other)
            && !mixed(other, self)
            && year_last_alike(&self.bare, &other.bare)
    }

    /// Both begin with a letter and digits (`A1.5.3`, `B1.2.4`), and this one's letter is the earlier.
    pub(crate) fn is_lettered_before(&self, other: &Release) -> bool {
        let first = |r: &Release| match r.bare.groups.as_slice() {
            [start, Group { tag: Tag::Letter { letter, glued: true }, run }] if start.run.is_empty() => {
                Some((*letter, run.len()))
            }
            _ => None,
        };
        matches!((first(self), first(other)), (Some((a, n)), Some((b, m))) if a < b && n == m)
    }

    /// Takes the letters in front as the version's own major part.
    pub(crate) fn let_letters_count(&mut self) {
        for version in [Some(&mut self.bare), self.full.as_mut()].into_iter().flatten() {
            if let Some(Group { tag: Tag::Letter { glued, .. }, .. }) = version.groups.get_mut(1) {
                *glued = false;
            }
        }
    }

    /// Text for people.
    pub(crate) fn text(&self) -> &str {
        self.full.as_ref().map_or(self.bare.text(), |full| full.text())
    }

    /// The earliest or latest version it stands for.
    pub(crate) fn end(&self, latest: bool) -> Cow<'_, Release> {
        if !self.bare.is_open() {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Release {
            name: self.name.clone(),
            bare: self.bare.end(latest),
            full: self.full.as_ref().map(|f| f.end(latest)),
        })
    }

    /// Possible orders of a device's version against a bound, both without wildcards. `model` is the device's model:
    /// product words that repeat it say nothing new.
    pub(crate) fn against(&self, bound: &Release, model: &str) -> Orders {
        let known = |name: &[Box<str>]| name.is_empty() || names_words(name, model);
        if self.name == bound.name || (known(&self.name) && known(&bound.name)) {
            return device_orders(&self.bare, &bound.bare);
        }
        let whole = |r: &Release| r.full.clone().unwrap_or_else(|| r.bare.clone());
        let found = device_orders(&whole(self), &whole(bound));
        if found.only().is_some() {
            return found;
        }
        match device_orders(&self.bare, &bound.bare).only() {
            Some(Ordering::Equal) => Orders::one(Ordering::Equal),
            Some(Ordering::Less | Ordering::Greater) | None => Orders::ANY,
        }
    }
}

/// A version whose last number is a year: `06.2022`, `31.12.2022`, `Q3 2022`.
#[derive(PartialEq, Eq)]
struct YearLast {
    /// The one or two numbers before it; one that is not there is 0.
    before: [u128; 2],
    year: u128,
}

impl YearLast {
    fn of(version: &Version) -> Option<YearLast> {
        let mut parts = version.groups.iter().flat_map(|group| &group.run).map(|part| part.low);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
        if parts.next().is_some() {
            return None;
        }
        let (before, year) = third.map_or(([first, 0], second), |year| ([first, second], year));
        let counts = |number: u128| (1..=31).contains(&number);
        let fits = counts(before[0]) && (third.is_none() || counts(before[1]));
        (fits && (1990..2100).contains(&year)).then_some(YearLast { before, year })
    }
}

/// Where the year comes last, the numbers before it do not count first. Two such versions are numbered alike only when the
/// years say the same as the numbers do; against any other nothing can be said.
fn year_last_alike(a: &Version, b: &Version) -> bool {
    match (YearLast::of(a), YearLast::of(b)) {
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
        (Some(x), Some(y)) => {
            let turned = |one: &YearLast| [one.before[1], one.before[0]];
            let plain = x.before.cmp(&y.before).then(x.year.cmp(&y.year));
            let years = x.year.cmp(&y.year);
            years.then(x.before.cmp(&y.before)) == plain && years.then(turned(&x).cmp(&turned(&y))) == plain
        }
    }
}

/// Every word of `name` is a word of `text`.
pub(crate) fn names_words(name: &[Box<str>], text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    name.iter().all(|n| {
        n.split(|c: char| !c.is_alphanumeric()).all(|piece| piece.is_empty() || words.contains(&piece))
    })
}

/// Orders a device's version against a bound. A register that gives a build number where the bound has none is only
/// more exact; one that gives none where the bound has one leaves the order open.
fn device_orders(device: &Version, bound: &Version) -> Orders {
    match (device.without_build(), bound.without_build()) {
        (Some((plain, maybe_beta)), None) => {
            let found = orders(&plain, bound);
            let equal = Orders::one(Ordering::Equal);
            if maybe_beta && found == equal { found.or(Orders::one(Ordering::Less)) } else { found }
        }
        (None, Some((plain, _))) if orders(device, &plain) == Orders::one(Ordering::Equal) => Orders::ANY,
        (Some(_), Some(_)) | (None, Some(_) | None) => orders(device, bound),
    }
}
