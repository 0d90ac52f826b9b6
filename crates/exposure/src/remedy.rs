//! Remediation prose: which versions it names as fixed, and where it speaks against the range it stands beside.
//!
//! Reading only; what a named fix means for a device is `after_range`. A fix that cannot be tied to the product is weak,
//! and a weak fix never makes anything greener.

mod announced;
mod contradiction;
mod individual;
mod left_behind;
mod names;
mod prose;
mod scope;
mod words;

use std::cmp::Ordering;

use crate::version::release::Release;
use crate::version::subject::{Known, Span};
use crate::version::{Gap, Inclusion, OutReason, PreparedSubject, Subject, VersionSpec, combine, ordering};

pub use contradiction::{Against, against, contradiction};
pub use names::Siblings;
pub use prose::{About, fixes_about, fixes_named};

/// How surely a text names this version as the product's fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// A version near words of fixing, but perhaps another product's, or one of several.
    Weak,
    /// The product's fix, in so many words.
    Strong,
}

/// Does a text say of a fix that it is still to come?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Announced {
    /// It can be had, as far as the text tells.
    No,
    /// It is to come, but perhaps for another product.
    Perhaps,
    /// It is to come, for this product: what is older than it is not said to be safe.
    Yes,
}

/// A version named as fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFix {
    release: Option<Release>,
    text: Box<str>,
    strength: Strength,
    quote: Box<str>,
    strictly_later: bool,
    /// The fix is named by serial number or date; then there is no version.
    individual: Option<Box<VersionSpec>>,
    /// The advisory lists a later version as affected, so the fix clears nothing outside its own line.
    own_line_only: bool,
    /// It lies in an affected range that begins after some version and never ends: as if the range were written the wrong way round.
    inside_endless: bool,
    /// The text only announces it: nobody has said that it can be had, and it stays weak wherever else it is named.
    announced: Announced,
}

impl NamedFix {
    /// A version that the advisory's own product status calls fixed. A range (`>= 2.3`) is fixed from its lower end on.
    pub fn from_status(version: &str) -> NamedFix {
        let spec = VersionSpec::read(version);
        let low = spec.bounds().find(|b| !b.is_upper).map(|b| (b.version.to_owned(), b.is_strict));
        let only_upper = low.is_none() && spec.bounds().next().is_some();
        let (text, strictly_later) = low.unwrap_or_else(|| (version.trim().to_owned(), false));
        let release = if only_upper || spec.is_everything() { None } else { Release::read(&text) };
        NamedFix {
            release,
            text: text.into(),
            strength: Strength::Strong,
            quote: version.into(),
            strictly_later,
            individual: None,
            own_line_only: false,
            inside_endless: false,
            announced: Announced::No,
        }
    }

    /// The fix as a remedy of a kind that only plans one (`fix_planned`) names it.
    #[must_use]
    pub fn only_planned(mut self) -> NamedFix {
        self.announced = match self.strength {
            Strength::Weak => Announced::Perhaps,
            Strength::Strong => Announced::Yes,
        };
        self.strength = Strength::Weak;
        self
    }

    /// Weighs the fix against the versions that the status lists one by one as affected: a fix that is itself among
    /// them, or before one of its own line, is weak; before one of another line, it clears its own line only.
    pub fn weigh(&mut self, affected: &[&VersionSpec]) {
        let Some(fix) = &self.release else { return };
        let as_device = Subject { version: Some(&self.text), ..Subject::default() };
        if !self.strictly_later && combine(affected, &as_device) == Inclusion::In {
            // The status calls the fix itself affected; then what lies after the range is not shown to be fixed by it.
            self.strength = Strength::Weak;
            let has_end = |spec: &&VersionSpec| spec.bounds().any(|bound| bound.is_upper);
            // `>= 2.0` says what it means; `> 1.7.5` beside the fix 1.7.7 is where `<` was meant.
            self.inside_endless = !affected.iter().any(has_end)
                && affected.iter().any(|spec| spec.bounds().any(|bound| !bound.is_upper && bound.is_strict));
            return;
        }
        for listed in affected.iter().flat_map(|spec| spec.listed()) {
            let (a, b) = (listed.bare.end(true), fix.bare.end(self.strictly_later));
            if ordering(&a, &b).is_some_and(Ordering::is_lt) {
                continue;
            }
            let line = Span { low: Some(listed.clone()), high: Some(listed.clone()), exact: true };
            if self.is_same_line(&line, true) || ordering(&a, &b).is_some_and(Ordering::is_eq) {
                self.strength = Strength::Weak;
                return;
            }
            self.own_line_only = true;
        }
    }

    /// Makes the fix weak when `against` says that it, or a later one, leaves the vulnerability open.
    pub fn weigh_against(&mut self, against: &Against) {
        if against.covers_fix(&self.text) {
            self.strength = Strength::Weak;
        }
    }

    /// Only a device's version decides whether it has the fix.
    pub(crate) fn goes_by_version_alone(&self) -> bool {
        self.individual.is_none() && self.release.as_ref().is_none_or(|release| release.name.is_empty())
    }

    /// The version, as written.
    pub fn version_text(&self) -> &str {
        &self.text
    }

    /// How surely it is this product's fix.
    pub fn strength(&self) -> Strength {
        self.strength
    }

    /// The sentence that names it.
    pub fn quote(&self) -> &str {
        &self.quote
    }

    /// Only versions after it are fixed, not it itself (`update to a version later than 2.2.3`).
    pub fn is_strictly_later(&self) -> bool {
        self.strictly_later
    }

    /// `Some(true)`: the whole span has the fix. `Some(false)`: none of it has. `None`: cannot be said.
    fn is_in(&self, span: &Span, model: &str) -> Option<bool> {
        let fix = self.release.as_ref()?;
        let point = fix.end(self.strictly_later);
        let has = |order: Ordering| if self.strictly_later { order.is_gt() } else { order.is_ge() };
        let low = span.low.as_ref().and_then(|v| v.against(&point, model).all(has));
        let high = span.high.as_ref().and_then(|v| v.against(&point, model).all(has));
        let alike = span.low.as_ref().is_some_and(|v| v.is_alike(fix));
        match (low, high) {
            (Some(true), _) if alike => Some(true),
            (_, Some(false)) => Some(false),
            (Some(_) | None, Some(true) | None) => None,
        }
    }

    /// Does the span lie in the fix's release line: same steps but for the last?
    fn is_same_line(&self, span: &Span, but_last: bool) -> bool {
        let Some(fix) = &self.release else { return false };
        let line = fix.bare.steps();
        let depth = if but_last { line.len().saturating_sub(1).max(1) } else { 1 };
        let shares = |release: &Option<Release>| {
            release.as_ref().is_some_and(|r| {
                let steps = r.bare.steps();
                (0..depth).all(|i| line.get(i).is_some() && line.get(i) == steps.get(i))
            })
        };
        shares(&span.low) && shares(&span.high)
    }
}

/// What follows for a version outside the affected range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Outside the range, and nothing speaks against it.
    NotAffected,
    /// Outside the range, and at or after a version named as fixed.
    Fixed {
        /// The version named.
        by: Box<str>,
    },
    /// Outside the range, but not safely so.
    Undecided(Gap),
}

/// Weighs the versions named as fixed for a device whose version lies outside the affected range for `out`.
///
/// At or after the fix of its line: fixed. Above the range but below the fix: undecided. Outside a plain list: fixed or
/// undecided, never simply not affected. Weak fixes can only make the outcome more cautious.
pub fn after_range(out: &OutReason, fixes: &[NamedFix], subject: &Subject<'_>) -> Outcome {
    after_range_of(out, fixes, &PreparedSubject::new(subject))
}

/// As [`after_range`], for a device whose version text was read before.
pub fn after_range_of(out: &OutReason, fixes: &[NamedFix], subject: &PreparedSubject<'_>) -> Outcome {
    let listed_only = match out {
        OutReason::NotListed => true,
        OutReason::AboveUpper { .. } | OutReason::OutsideRanges { .. } => false,
        OutReason::Excluded { .. } => return Outcome::NotAffected,
        OutReason::BelowLower { .. } => {
            let backwards = fixes.iter().find(|fix| fix.inside_endless);
            return backwards.map_or(Outcome::NotAffected, |fix| {
                Outcome::Undecided(Gap::ProseContradicts { text: fix.quote.clone() })
            });
        }
        OutReason::MadeOutside { .. } | OutReason::SerialOutside { .. } => {
            let has = |fix: &&NamedFix| {
                fix.individual.as_ref().is_some_and(|spec| spec.contains_prepared(subject) == Inclusion::In)
            };
            let fix = fixes.iter().filter(|fix| fix.strength == Strength::Strong).find(has);
            return fix.map_or(Outcome::NotAffected, |fix| Outcome::Fixed { by: fix.text.clone() });
        }
    };
    let without = || {
        if listed_only {
            Outcome::Undecided(Gap::NotListed { listed: "single versions".into() })
        } else {
            Outcome::NotAffected
        }
    };
    let Known::Spans(spans, _) = subject.known() else { return without() };
    let mut found: Option<Outcome> = None;
    for span in spans {
        let next = match one_span(span, fixes, subject.subject().model, listed_only) {
            // Below the fix of a product whose affected versions are only listed: the list is what leaves it open.
            Some(Outcome::Undecided(_)) if listed_only => without(),
            Some(decided) => decided,
            None => without(),
        };
        found = Some(match (found, next) {
            (Some(undecided @ Outcome::Undecided(_)), _) | (_, undecided @ Outcome::Undecided(_)) => {
                undecided
            }
            (Some(not @ Outcome::NotAffected), _) | (Some(_), not @ Outcome::NotAffected) => not,
            (_, fixed) => fixed,
        });
    }
    found.unwrap_or_else(without)
}

/// The fix of the device's own release line, when one is named for certain and the whole of the device's version has it.
///
/// For a version that the range leaves open: past the end of its line yet before another line's bound, or written so that
/// it does not compare with the bound.
pub fn fix_of_own_line<'f>(
    fixes: &'f [NamedFix],
    subject: &PreparedSubject<'_>,
    line: OwnLine,
) -> Option<&'f NamedFix> {
    let Known::Spans(spans, _) = subject.known() else { return None };
    let model = subject.subject().model;
    let of_span = |span: &Span| {
        let strong = || fixes.iter().filter(|fix| fix.strength == Strength::Strong);
        if let Some(fix) =
            strong().find(|fix| fix.is_same_line(span, true) && fix.is_in(span, model) == Some(true))
        {
            return Some(fix);
        }
        let mut of_major = strong().filter(|fix| fix.is_same_line(span, false));
        let (first, is_only) = (of_major.next()?, of_major.next().is_none());
        (line == OwnLine::Major && is_only && first.is_in(span, model) == Some(true)).then_some(first)
    };
    let mut found = spans.iter().map(of_span);
    let first = found.next()??;
    found.all(|fix| fix.is_some()).then_some(first)
}

/// How wide a device's own release line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnLine {
    /// All numbers but the last are equal.
    ButLast,
    /// The first number is equal, and only one fix is named for it.
    Major,
}

/// `None`: the fixes say nothing of this span.
fn one_span(span: &Span, fixes: &[NamedFix], model: &str, listed_only: bool) -> Option<Outcome> {
    let strong: Vec<(&NamedFix, Option<bool>)> =
        fixes.iter().filter(|f| f.strength == Strength::Strong).map(|f| (f, f.is_in(span, model))).collect();
    let own_line: Vec<&(&NamedFix, Option<bool>)> =
        strong.iter().filter(|(f, _)| f.is_same_line(span, true)).collect();
    let between = |fix: &NamedFix| Outcome::Undecided(Gap::BetweenRangeAndFix { fix: fix.text.clone() });
    let fixed = |fix: &NamedFix| Outcome::Fixed { by: fix.text.clone() };
    // Another reading of the text, or another line's fix, may lie above: then caution.
    let weak_above = fixes
        .iter()
        .filter(|f| f.strength == Strength::Weak && f.is_same_line(span, false))
        .chain(fixes.iter().filter(|f| f.announced == Announced::Yes))
        .find(|f| f.is_in(span, model) == Some(false));
    let by_strong = if let Some((fix, _)) = own_line.iter().find(|(_, has)| *has == Some(true)) {
        Some(fixed(fix))
    } else if let Some((fix, _)) = own_line.first() {
        Some(between(fix))
    } else if let Some((fix, _)) =
        strong.iter().find(|(f, has)| *has == Some(false) || (has.is_none() && f.is_same_line(span, false)))
    {
        Some(between(fix))
    } else {
        // Later than every fix that compares at all.
        let clears = |fix: &NamedFix| !(listed_only && fix.own_line_only);
        strong.iter().find(|(fix, has)| *has == Some(true) && clears(fix)).map(|(fix, _)| fixed(fix))
    };
    match (by_strong, weak_above) {
        (Some(decided), _) => Some(decided),
        (None, Some(fix)) => Some(between(fix)),
        (None, None) => None,
    }
}

/// A fix as the prose reader finds it.
pub(crate) fn named(text: &str, strength: Strength, quote: &str, strictly_later: bool) -> Option<NamedFix> {
    let release = Release::read(text)?;
    Some(NamedFix {
        text: release.text().into(),
        release: Some(release),
        strength,
        quote: quote.into(),
        strictly_later,
        individual: None,
        own_line_only: false,
        inside_endless: false,
        announced: Announced::No,
    })
}

/// A version that one text announces is weak in every other text too: `Update to 2.4.`, `2.4 is expected in Q3.`
pub fn doubt_announced(fixes: &mut [NamedFix]) {
    let announced: Vec<Release> = fixes
        .iter()
        .filter(|fix| fix.announced != Announced::No)
        .filter_map(|fix| fix.release.clone())
        .collect();
    for fix in fixes {
        let same = |release: &Release| {
            let order = fix.release.as_ref().and_then(|own| ordering(&own.bare, &release.bare));
            order == Some(Ordering::Equal)
        };
        if announced.iter().any(same) {
            fix.strength = Strength::Weak;
        }
    }
}
