//! The version grammar of real advisories: what a range text means, and whether a device's version text lies in it.
//!
//! Here live reading, order and inclusion of versions. What must not live here: products, vendors, remedies, or a guess
//! where two spellings do not compare: the answer is then `Unknown` with its gap, never `Out`.

mod clause;
mod date;
mod days;
mod grammar;
mod lines;
mod missing;
mod number;
mod operand;
mod order;
mod pairs;
mod plain;
mod reading;
pub(crate) mod release;
mod serial;
pub(crate) mod subject;
mod token;
mod uri;
mod verdict;
mod wording;

use model::advisory::VersionText;

use clause::{Clause, What};

pub use missing::is_missing;
pub use number::{VERSION_NUMBER_DIGITS_MAX, VERSION_PARTS_MAX, Version};
pub use order::{compare, ordering};
pub use plain::{Condition, DayRange, End, Joint, Meant, Part, Reading, SerialRange, Side};
pub use reading::Shape;
pub use subject::{PreparedSubject, ReadVersion, Subject, VERSION_TEXT_MAX_BYTES};
pub use verdict::{Gap, Inclusion, OutReason};

/// Clauses that one range text may have; a text with more is not read.
const CLAUSES_MAX: usize = 256;

/// A version branch's text, read once. Displays as its reading: `before 8.2.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSpec {
    text: Box<str>,
    clauses: Vec<Clause>,
}

/// An upper or lower bound of a range, as the release-line rule sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoundText<'a> {
    /// The version.
    pub version: &'a str,
    /// It is the upper end of its range.
    pub is_upper: bool,
    /// The version itself is outside.
    pub is_strict: bool,
    /// The range has no other end: bounds like this one may stand for release lines.
    pub stands_alone: bool,
}

impl VersionSpec {
    /// Reads a text. Never fails: what is not understood becomes a part that answers `Unknown`.
    ///
    /// A `product_version` that holds an operator is a range, and a `product_version_range` that is a bare version is a
    /// list of one: publishers mix the two, so only the text counts.
    pub fn parse(text: &VersionText) -> VersionSpec {
        VersionSpec::read(text.text())
    }

    /// Reads a text whatever branch it stood in.
    pub fn read(text: &str) -> VersionSpec {
        let shown: Box<str> = text.trim().chars().take(200).collect::<String>().into();
        let unreadable = |shown: &str| vec![Clause::of(What::Unreadable(shown.into()))];
        if text.len() > VERSION_TEXT_MAX_BYTES {
            return VersionSpec { clauses: unreadable(&shown), text: shown };
        }
        let plain = uri::plain(text);
        let mut clauses = if serial::Serials::is_meant(&plain) {
            match serial::Serials::read(&plain) {
                Some(serials) => vec![Clause::of(What::Serials(serials))],
                None => unreadable(&shown),
            }
        } else if plain.trim().is_empty() || uri::has_unknown_signs(&plain) {
            unreadable(&shown)
        } else {
            grammar::clauses(&token::signs(&plain), &shown)
        };
        if clauses.len() > CLAUSES_MAX {
            clauses = unreadable(&shown);
        }
        VersionSpec { text: shown, clauses }
    }

    /// The text as written (its first 200 characters).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Does the device's version lie in this range?
    pub fn contains(&self, subject: &Subject<'_>) -> Inclusion {
        self.contains_prepared(&PreparedSubject::new(subject))
    }

    /// As [`Self::contains`], for a device whose version text was read before.
    pub fn contains_prepared(&self, subject: &PreparedSubject<'_>) -> Inclusion {
        combine_prepared(&[self], subject)
    }

    /// The single versions it lists.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &release::Release> {
        self.clauses.iter().filter_map(|clause| match &clause.what {
            What::Listed(item) if !item.is_catalogue => item.release.as_ref(),
            What::Listed(_)
            | What::All
            | What::Range { .. }
            | What::Except(_)
            | What::Made(_)
            | What::Serials(_)
            | What::Unreadable(_) => None,
        })
    }

    /// Some part of the text was not understood.
    pub fn is_unreadable(&self) -> bool {
        self.clauses.iter().any(|c| matches!(c.what, What::Unreadable(_)))
    }

    /// Every version, without condition: no version is needed to decide.
    pub fn is_everything(&self) -> bool {
        self.clauses.iter().any(|c| c.what == What::All && c.conditions.is_empty() && c.model.is_none())
    }

    /// Nothing but plain versions or names: a version outside them is undecided.
    pub fn is_plain_list(&self) -> bool {
        self.clauses.iter().all(|c| matches!(c.what, What::Listed(_)))
    }

    /// Decided by the single device (its serial number, its day of manufacture), not by model and version alone.
    pub fn needs_individual(&self) -> bool {
        self.clauses.iter().any(|c| matches!(c.what, What::Serials(_) | What::Made(_)))
    }

    /// Only the device's version decides, whatever its model, model number, serial number and date.
    pub(crate) fn goes_by_version_alone(&self) -> bool {
        let nameless = |release: &release::Release| release.name.is_empty();
        let bound = |bound: &Option<Box<clause::Bound>>| {
            bound.as_ref().is_none_or(|b| nameless(&b.release) && b.also.as_ref().is_none_or(nameless))
        };
        self.clauses.iter().all(|clause| {
            clause.conditions.is_empty()
                && clause.model.is_none()
                && match &clause.what {
                    What::All | What::Unreadable(_) => true,
                    What::Range { low, high } => bound(low) && bound(high),
                    What::Listed(item) => {
                        item.models.is_empty()
                            && !item.is_catalogue
                            && item.release.as_ref().is_some_and(nameless)
                    }
                    What::Except(release) => nameless(release),
                    What::Made(_) | What::Serials(_) => false,
                }
        })
    }

    /// The bounds of its ranges, in the text's order.
    pub fn bounds(&self) -> impl Iterator<Item = BoundText<'_>> {
        self.clauses.iter().flat_map(|clause| {
            let stands_alone = lines::upper_only(clause).is_some();
            let (low, high) = match &clause.what {
                What::Range { low, high } => (low.as_deref(), high.as_deref()),
                What::All
                | What::Listed(_)
                | What::Except(_)
                | What::Made(_)
                | What::Serials(_)
                | What::Unreadable(_) => (None, None),
            };
            [(low, false), (high, true)].into_iter().filter_map(move |(bound, is_upper)| {
                let bound = bound?;
                Some(BoundText {
                    version: bound.release.text(),
                    is_upper,
                    is_strict: bound.strict,
                    stands_alone,
                })
            })
        })
    }
}

/// Decides several ranges of one product for one vulnerability: their union, where several upper bounds under one name
/// may be release lines (`< 10.1.6` beside `< 11.0.3` does not make 10.1.6 affected).
pub fn combine(specs: &[&VersionSpec], subject: &Subject<'_>) -> Inclusion {
    combine_prepared(specs, &PreparedSubject::new(subject))
}

/// As [`combine`], for a device whose version text was read before.
pub fn combine_prepared(specs: &[&VersionSpec], subject: &PreparedSubject<'_>) -> Inclusion {
    if let [Clause { what: What::All, conditions, model: None }] =
        specs.first().map_or(&[][..], |s| &s.clauses)
        && specs.len() == 1
        && conditions.is_empty()
    {
        return Inclusion::In;
    }
    if let [VersionSpec { clauses, .. }] = specs
        && let [only] = clauses.as_slice()
    {
        return lines::decide(&[only], subject);
    }
    let clauses: Vec<&Clause> = specs.iter().flat_map(|spec| &spec.clauses).collect();
    if clauses.is_empty() || clauses.len() > CLAUSES_MAX * 4 {
        return Inclusion::Unknown(Gap::RangeUnreadable { text: "".into() });
    }
    lines::decide(&clauses, subject)
}
