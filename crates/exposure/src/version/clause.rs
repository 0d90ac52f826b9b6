//! What one clause of a range says, and whether a device's version satisfies it. Several clauses together, and the
//! release lines among them, are `lines`' business.

use super::days::Made;
use super::plain::Condition;
use super::release::Release;
use super::serial::Serials;
use super::subject::{Span, Subject, names_model};
use super::verdict::{Gap, OutReason};

/// A clause with the conditions that go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) what: What,
    /// Conditions as written; none of them can be answered from the register.
    pub(crate) conditions: Vec<Box<str>>,
    /// A model number the clause is for (`v8.x model 35700BAX2`).
    pub(crate) model: Option<Box<str>>,
}

/// What a clause is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    All,
    Range { low: Option<Box<Bound>>, high: Option<Box<Bound>> },
    Listed(Item),
    Except(Release),
    Made(Made),
    Serials(Serials),
    Unreadable(Box<str>),
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) release: Release,
    /// The same version by another name (`2017 (1.9.0)`); both must agree.
    pub(crate) also: Option<Release>,
    /// The bound itself is not included.
    pub(crate) strict: bool,
}

/// A single version, or the name of a model or variant put where a version should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) text: Box<str>,
    pub(crate) release: Option<Release>,
    /// Texts that, found in the device's model or model number, mean this item.
    pub(crate) models: Vec<Box<str>>,
    /// Shaped like a catalogue number (`MMT-1715`, `882300`), not like a version.
    pub(crate) is_catalogue: bool,
}

/// Three-valued answer of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No(OutReason),
    Maybe(Gap),
}

/// The version part of a subject, read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Device<'a> {
    Missing,
    Doubtful(&'a str),
    Span(&'a Span, &'a str),
}

impl Clause {
    pub(crate) fn of(what: What) -> Clause {
        Clause { what, conditions: Vec::new(), model: None }
    }

    /// Does the device satisfy the clause?
    pub(crate) fn holds(&self, device: Device<'_>, subject: &Subject<'_>) -> Truth {
        let truth = match &self.what {
            What::All => Truth::Yes,
            What::Range { low, high } => range_holds(low.as_deref(), high.as_deref(), device, subject.model),
            What::Listed(item) => item.holds(device, subject),
            What::Except(_) => Truth::No(OutReason::OutsideRanges { ranges: Vec::new(), more: 0 }),
            What::Made(made) => made.holds(subject),
            What::Serials(serials) => serials.holds(subject),
            What::Unreadable(text) => Truth::Maybe(Gap::RangeUnreadable { text: text.clone() }),
        };
        self.under_conditions(truth, subject)
    }

    /// What is inside stays inside only when its conditions hold.
    pub(crate) fn under_conditions(&self, truth: Truth, subject: &Subject<'_>) -> Truth {
        if let Truth::No(_) = &truth
            && let Some(text) = self.conditions.iter().find(|text| leaves_outside_open(text))
        {
            return Truth::Maybe(Gap::Condition { condition: Condition::Written(text.clone()) });
        }
        if truth != Truth::Yes {
            return truth;
        }
        if let Some(model) = &self.model {
            let named = |text: Option<&str>| text.is_some_and(|text| names_model(model, text));
            if !named(subject.model_number) && !named(Some(subject.model)) {
                return Truth::Maybe(match subject.model_number {
                    None => Gap::NeedsModelNumber { models: model.clone() },
                    Some(_) => Gap::NotListed { listed: model.clone() },
                });
            }
        }
        match self.conditions.iter().find(|text| concerns(text, subject.model)) {
            Some(text) => Truth::Maybe(Gap::Condition { condition: Condition::Written(text.clone()) }),
            None => Truth::Yes,
        }
    }
}

/// Does a note beside a range name further affected versions (`7.50 may also be affected`), the same range in another
/// numbering (`firmware versions prior to 8.26.4`) or in another unit (`years`), or turn the range round (`not affected`), so
/// that a version outside the range may be meant all the same?
fn leaves_outside_open(note: &str) -> bool {
    const NEGATIONS: &[&str] = &[
        "not affected",
        "unaffected",
        "not vulnerable",
        "not impacted",
        "fixed",
        "patched",
        "resolved",
        "corrected",
    ];
    const UNITS: &[&str] = &["year", "years", "month", "months", "week", "weeks", "day", "days"];
    const FURTHER: &[&str] =
        &["also be affected", "also affected", "also vulnerable", "may be affected", "also be vulnerable"];
    const BEGINNINGS: &[&str] = &[
        "firmware",
        "software",
        "version",
        "with firmware",
        "with software",
        "or software",
        "or firmware",
        "or version",
    ];
    const BOUNDS: &[&str] = &["prior", "before", "earlier", "<", "through", "up to", "older", "below"];
    let lower = note.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let names_version = lower.contains(|c: char| c.is_ascii_digit());
    if has(NEGATIONS) {
        // `(versions 3.x are not affected)` speaks of others; `are not affected` of these.
        return !names_version || begins(&["are ", "is ", "not ", "were "]);
    }
    if UNITS.contains(&lower.split(' ').next().unwrap_or_default()) {
        return true;
    }
    names_version && (has(FURTHER) || includes_version(&lower) || (begins(BEGINNINGS) && has(BOUNDS)))
}

/// `including 2.0.x`, `including version 2.0`; not `including CENTUM CS 3000`.
pub(crate) fn includes_version(note: &str) -> bool {
    let rest = note.strip_prefix("including").unwrap_or_default().trim_start();
    let word = rest
        .split(' ')
        .find(|word| !matches!(*word, "version" | "versions" | "all" | "release" | "releases"));
    word.is_some_and(|word| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()))
}

/// Does the condition concern this model? `X3/MX100 for Rev M only` says nothing of an MX550.
fn concerns(condition: &str, model: &str) -> bool {
    let Some(named) =
        condition.strip_suffix(" only").and_then(|c| c.split_once(" for ")).map(|(named, _)| named)
    else {
        return true;
    };
    let names: Vec<&str> = named.split(['/', ',']).map(str::trim).collect();
    let are_models =
        names.iter().all(|n| !n.is_empty() && !n.contains(' ') && n.chars().any(|c| c.is_ascii_digit()));
    !are_models || names.iter().any(|n| names_model(n, model))
}

impl Item {
    fn holds(&self, device: Device<'_>, subject: &Subject<'_>) -> Truth {
        let named = |text: &str| self.models.iter().any(|m| names_model(m, text));
        if named(subject.model) || subject.model_number.is_some_and(named) {
            return Truth::Yes;
        }
        let listed = || Gap::NotListed { listed: self.text.clone() };
        let by_number = || {
            Truth::Maybe(match subject.model_number {
                None => Gap::NeedsModelNumber { models: self.text.clone() },
                Some(_) => listed(),
            })
        };
        let Some(release) = &self.release else { return by_number() };
        match device {
            Device::Span(span, _) if covers(release, span, subject.model) => Truth::Yes,
            // What a catalogue gives is not missing among the versions, whatever the version is.
            Device::Missing | Device::Doubtful(_) if self.is_catalogue => by_number(),
            Device::Span(span, _)
                if self.is_catalogue && !(release.bare.is_numeric() && alike(&span.low, release)) =>
            {
                by_number()
            }
            Device::Missing if !self.models.is_empty() && subject.model_number.is_none() => by_number(),
            Device::Missing => Truth::Maybe(Gap::VersionMissing),
            Device::Doubtful(text) => Truth::Maybe(Gap::PartlyKnown { device: text.into() }),
            Device::Span(..) => Truth::Maybe(listed()),
        }
    }
}

/// Only what is numbered in the same way can be outside.
fn alike(version: &Option<Release>, bound: &Release) -> bool {
    version.as_ref().is_some_and(|v| v.is_alike(bound))
}

/// Does the register give nothing but the bound's own first number (`2` beside `2.3`)? It may stand for all of them.
fn is_cut_short(span: &Span, bound: &Release) -> bool {
    let own = span.high.as_ref().map(|version| version.bare.groups.as_slice());
    let (Some([group]), [lead, ..]) = (own, bound.bare.groups.as_slice()) else { return false };
    matches!((group.run.as_slice(), lead.run.as_slice()), ([only], [first, _, ..]) if only.low == first.low)
}

/// All versions of the span are the listed one (or, for a wildcard, among those it stands for).
pub(crate) fn covers(listed: &Release, span: &Span, model: &str) -> bool {
    let (Some(low), Some(high)) = (&span.low, &span.high) else { return false };
    let above = low.against(&listed.end(false), model).all(std::cmp::Ordering::is_ge);
    let below = high.against(&listed.end(true), model).all(std::cmp::Ordering::is_le);
    above == Some(true) && below == Some(true)
}

fn range_holds(low: Option<&Bound>, high: Option<&Bound>, device: Device<'_>, model: &str) -> Truth {
    let span = match device {
        Device::Missing => return Truth::Maybe(Gap::VersionMissing),
        Device::Doubtful(text) => return Truth::Maybe(Gap::PartlyKnown { device: text.into() }),
        Device::Span(span, text) => (span, text),
    };
    let below = high.map(|b| (b, b.is_above(span.0, model)));
    let above = low.map(|b| (b, b.is_below(span.0, model)));
    if let Some((bound, Some(false))) = &below {
        return Truth::No(OutReason::AboveUpper { bound: bound.text() });
    }
    if let Some((bound, Some(false))) = &above {
        return Truth::No(OutReason::BelowLower { bound: bound.text() });
    }
    for (bound, held) in [below, above].into_iter().flatten() {
        if held.is_none() {
            return Truth::Maybe(bound.gap(span.0, span.1));
        }
    }
    Truth::Yes
}

impl Bound {
    pub(crate) fn text(&self) -> Box<str> {
        self.release.text().into()
    }

    /// Does the whole span lie below this upper bound? `None`: it cannot be said, or only a part does.
    pub(crate) fn is_above(&self, span: &Span, model: &str) -> Option<bool> {
        let check = |bound: &Release| {
            let point = bound.end(!self.strict);
            let inside = |o: std::cmp::Ordering| if self.strict { o.is_lt() } else { o.is_le() };
            let high = span.high.as_ref().and_then(|v| v.against(&point, model).all(inside));
            let low = span.low.as_ref().and_then(|v| v.against(&point, model).all(inside));
            match (high, low) {
                (Some(true), _) => Some(true),
                (_, Some(false)) if !self.is_family_of(span) && alike(&span.low, bound) => Some(false),
                (Some(false) | None, Some(true | false) | None) => None,
            }
        };
        self.both(span, check)
    }

    /// Does the whole span lie above this lower bound?
    pub(crate) fn is_below(&self, span: &Span, model: &str) -> Option<bool> {
        let check = |bound: &Release| {
            let point = bound.end(self.strict);
            let inside = |o: std::cmp::Ordering| if self.strict { o.is_gt() } else { o.is_ge() };
            let low = span.low.as_ref().and_then(|v| v.against(&point, model).all(inside));
            let high = span.high.as_ref().and_then(|v| v.against(&point, model).all(inside));
            match (low, high) {
                (Some(true), _) => Some(true),
                (_, Some(false)) if alike(&span.high, bound) && !is_cut_short(span, bound) => Some(false),
                (Some(false) | None, Some(true | false) | None) => None,
            }
        };
        self.both(span, check)
    }

    /// Asks both names of the bound. A device that is numbered by years is asked of the name that is, and so on; where
    /// both fit, both must agree.
    fn both(&self, span: &Span, check: impl Fn(&Release) -> Option<bool>) -> Option<bool> {
        let Some(also) = &self.also else { return check(&self.release) };
        let device = span.low.as_ref().or(span.high.as_ref()).map(Release::is_by_year);
        match (device == Some(self.release.is_by_year()), device == Some(also.is_by_year())) {
            (true, false) => check(&self.release),
            (false, true) => check(also),
            (true, true) | (false, false) => {
                let first = check(&self.release);
                first.filter(|_| self.release == *also || check(also) == first)
            }
        }
    }

    /// The bound is a letter alone (`<= N`) and the span lies within that letter (`N.01`): whether the letter means
    /// its first release or all of them is not said.
    fn is_family_of(&self, span: &Span) -> bool {
        let lone = self.release.bare.groups.len() == 2
            && self.release.bare.begins_with_word()
            && self.release.bare.groups.iter().all(|g| g.run.is_empty());
        let tag = |r: &Release| r.bare.groups.get(1).map(|g| g.tag.clone());
        let same = |r: &Release| match (tag(r), tag(&self.release)) {
            (
                Some(super::number::Tag::Letter { letter: a, .. }),
                Some(super::number::Tag::Letter { letter: b, .. }),
            ) => a == b,
            _ => false,
        };
        !self.strict && lone && span.low.as_ref().is_some_and(same)
    }

    pub(crate) fn gap(&self, span: &Span, text: &str) -> Gap {
        if span.exact && !is_cut_short(span, &self.release) {
            Gap::ShapesDoNotCompare { device: text.into(), bound: self.text() }
        } else {
            Gap::PartlyKnown { device: text.into() }
        }
    }
}
