//! Several clauses together: their union, and the release lines hidden in several upper bounds under one name.
//!
//! `< 10.1.6` beside `< 11.0.3` are two lines: 10.1.6 is fixed in its own line although it is before 11.0.3.

use super::clause::{Bound, Clause, Device, Truth, What, covers};
use super::number::Step;
use super::subject::{Known, PreparedSubject, Span, Subject};
use super::verdict::{Gap, Inclusion, OutReason};

/// Ranges that an answer names; the others are counted.
const RANGES_SHOWN_MAX: usize = 8;

/// Decides all clauses of one product for one vulnerability.
pub(crate) fn decide(clauses: &[&Clause], prepared: &PreparedSubject<'_>) -> Inclusion {
    let subject = prepared.subject();
    match prepared.known() {
        Known::Missing => union(clauses, Device::Missing, subject),
        Known::Doubtful(text) => union(clauses, Device::Doubtful(text), subject),
        Known::Spans(spans, text) => {
            let mut found = spans.iter().map(|span| union(clauses, Device::Span(span, text), subject));
            let Some(first) = found.next() else { return union(clauses, Device::Missing, subject) };
            found.fold(first, |so_far, next| match (so_far, next) {
                (Inclusion::In, Inclusion::In) => Inclusion::In,
                (Inclusion::Out(reason), Inclusion::Out(_)) => Inclusion::Out(reason),
                (Inclusion::Unknown(gap), _) | (_, Inclusion::Unknown(gap)) => Inclusion::Unknown(gap),
                (Inclusion::In, Inclusion::Out(_)) | (Inclusion::Out(_), Inclusion::In) => {
                    Inclusion::Unknown(Gap::PartlyKnown { device: text.clone() })
                }
            })
        }
    }
}

/// The union of all clauses: inside when one holds, outside only when none could.
fn union(clauses: &[&Clause], device: Device<'_>, subject: &Subject<'_>) -> Inclusion {
    if let [only] = clauses
        && !matches!(only.what, What::Except(_))
    {
        return match only.holds(device, subject) {
            Truth::Yes => Inclusion::In,
            Truth::Maybe(gap) => Inclusion::Unknown(gap),
            Truth::No(reason) => Inclusion::Out(reason),
        };
    }
    if let Device::Span(span, _) = device {
        for clause in clauses {
            if let What::Except(release) = &clause.what
                && covers(release, span, subject.model)
            {
                return Inclusion::Out(OutReason::Excluded { version: release.text().into() });
            }
        }
    }
    let uppers: Vec<&Bound> = clauses.iter().filter_map(|c| upper_only(c)).collect();
    let mut truths: Vec<Truth> = Vec::new();
    let by_lines = match device {
        Device::Span(span, text) if uppers.len() > 1 => Some(lines(&uppers, span, text, subject.model)),
        Device::Span(..) | Device::Missing | Device::Doubtful(_) => None,
    };
    for clause in clauses {
        let excepts_only = matches!(clause.what, What::Except(_));
        if excepts_only || (by_lines.is_some() && upper_only(clause).is_some()) {
            continue;
        }
        truths.push(clause.holds(device, subject));
    }
    truths.extend(by_lines);
    if truths.is_empty() {
        // Nothing but exclusions: everything else is meant.
        return match device {
            Device::Span(..) => Inclusion::In,
            Device::Missing | Device::Doubtful(_) => Inclusion::Unknown(Gap::VersionMissing),
        };
    }
    if truths.contains(&Truth::Yes) {
        return Inclusion::In;
    }
    let ranges = truths.len();
    let mut reason = None;
    let mut gap: Option<Gap> = None;
    for truth in truths {
        match truth {
            Truth::Maybe(found) => gap = Some(heavier(gap, found)),
            Truth::No(found) => reason = reason.or(Some(found)),
            Truth::Yes => return Inclusion::In,
        }
    }
    match (gap, reason) {
        (Some(gap), _) => Inclusion::Unknown(gap),
        (None, Some(reason)) if ranges == 1 => Inclusion::Out(reason),
        (None, _) => Inclusion::Out(outside_all(clauses, device, subject)),
    }
}

/// Of two gaps the one to tell: lists add up, and what can be closed by looking comes before what cannot.
fn heavier(so_far: Option<Gap>, found: Gap) -> Gap {
    match (so_far, found) {
        (None, found) => found,
        (Some(Gap::NotListed { listed }), Gap::NotListed { listed: more }) => {
            let known = listed.split(", ").any(|l| *l == *more);
            if known || listed.len() > 200 {
                Gap::NotListed { listed }
            } else {
                Gap::NotListed { listed: format!("{listed}, {more}").into() }
            }
        }
        (Some(Gap::NeedsModelNumber { models }), Gap::NeedsModelNumber { models: more }) => {
            let known = models.split(", ").any(|l| *l == *more);
            if known || models.len() > 200 {
                Gap::NeedsModelNumber { models }
            } else {
                Gap::NeedsModelNumber { models: format!("{models}, {more}").into() }
            }
        }
        (Some(Gap::NotListed { .. } | Gap::NeedsModelNumber { .. }), found) => found,
        (Some(first), _) => first,
    }
}

fn outside_all(clauses: &[&Clause], device: Device<'_>, subject: &Subject<'_>) -> OutReason {
    let reasons: Vec<OutReason> = clauses
        .iter()
        .filter_map(|c| match c.holds(device, subject) {
            Truth::No(reason) if !matches!(c.what, What::Except(_)) => Some(reason),
            Truth::No(_) | Truth::Yes | Truth::Maybe(_) => None,
        })
        .collect();
    match reasons.as_slice() {
        [only] => only.clone(),
        [first, rest @ ..] if rest.iter().all(|r| r == first) => first.clone(),
        // Earlier than every range: no fix can concern it.
        [first, rest @ ..]
            if matches!(first, OutReason::BelowLower { .. })
                && rest.iter().all(|r| matches!(r, OutReason::BelowLower { .. })) =>
        {
            first.clone()
        }
        _ => {
            let ranges = clauses.iter().take(RANGES_SHOWN_MAX).map(|c| c.part()).collect();
            OutReason::OutsideRanges { ranges, more: clauses.len().saturating_sub(RANGES_SHOWN_MAX) }
        }
    }
}

/// The bound of a clause that is nothing but an upper bound.
pub(crate) fn upper_only(clause: &Clause) -> Option<&Bound> {
    match (&clause.what, clause.conditions.is_empty() && clause.model.is_none()) {
        (What::Range { low: None, high: Some(high) }, true) => Some(high),
        (What::Range { .. } | What::All | What::Listed(_) | What::Except(_) | What::Made(_), _) => None,
        (What::Serials(_) | What::Unreadable(_), _) => None,
    }
}

/// How two upper bounds differ.
enum Difference {
    /// Only at the last number of both, or one is the other: the later one says it all.
    Same,
    /// Before the last number of both: two lines, told apart by so many steps.
    Lines(usize),
    /// At the last number of one of them only.
    Unclear,
}

fn difference(a: &Bound, b: &Bound) -> Difference {
    let (x, y) = (a.release.bare.steps(), b.release.bare.steps());
    let shared = x.iter().zip(&y).take_while(|(p, q)| p == q).count();
    let zeros = |rest: &[Step<'_>]| rest.iter().all(|s| matches!(s, Step::Number(0)));
    let ends_at = |steps: &[Step<'_>]| shared + 1 >= steps.len();
    if zeros(x.get(shared..).unwrap_or_default()) && zeros(y.get(shared..).unwrap_or_default()) {
        return Difference::Same;
    }
    match (ends_at(&x), ends_at(&y)) {
        (true, true) => Difference::Same,
        (false, false) => Difference::Lines(shared + 1),
        (true, false) | (false, true) => Difference::Unclear,
    }
}

/// Are there upper bounds that stand for release lines?
pub(crate) fn has_lines(clauses: &[Clause]) -> bool {
    let uppers: Vec<&Bound> = clauses.iter().filter_map(upper_only).take(16).collect();
    uppers
        .iter()
        .enumerate()
        .any(|(i, a)| uppers.iter().skip(i + 1).any(|b| matches!(difference(a, b), Difference::Lines(_))))
}

/// Several upper bounds for one span of versions.
fn lines(uppers: &[&Bound], span: &Span, text: &str, model: &str) -> Truth {
    let held: Vec<Option<bool>> = uppers.iter().map(|b| b.is_above(span, model)).collect();
    // How many leading steps tell a bound's line from the others'; 0 when it has no line of its own.
    let depth: Vec<usize> = uppers
        .iter()
        .enumerate()
        .map(|(i, a)| {
            let others = uppers.iter().enumerate().filter(|(j, _)| *j != i);
            others
                .map(|(_, b)| if let Difference::Lines(steps) = difference(a, b) { steps } else { 0 })
                .max()
                .unwrap_or(0)
        })
        .collect();
    let listed =
        || -> Box<str> { uppers.iter().map(|b| b.text().to_string()).collect::<Vec<_>>().join(", ").into() };
    let mut governed: Option<Truth> = None;
    for ((bound, held), depth) in uppers.iter().zip(&held).zip(&depth) {
        if *depth == 0 || !in_line(bound, *depth, span) {
            continue;
        }
        let truth = match held {
            Some(true) => Truth::Yes,
            Some(false) => Truth::No(OutReason::AboveUpper { bound: bound.text() }),
            None => Truth::Maybe(bound.gap(span, text)),
        };
        // Two bounds of one line: the later one says it all.
        governed = Some(match (governed, truth) {
            (Some(Truth::Yes), _) | (_, Truth::Yes) => Truth::Yes,
            (Some(maybe @ Truth::Maybe(_)), _) | (_, maybe @ Truth::Maybe(_)) => maybe,
            (_, no @ Truth::No(_)) => no,
        });
    }
    if let Some(truth) = governed {
        // Past the end of its own line, yet before another line's bound: only a fix named for its line clears it.
        let literally_in = matches!(truth, Truth::No(_)) && held.contains(&Some(true));
        return if literally_in {
            Truth::Maybe(Gap::ReleaseLine { device: text.into(), bounds: listed() })
        } else {
            truth
        };
    }
    let unclear = |i: usize| {
        uppers.iter().enumerate().any(|(j, b)| {
            j != i && uppers.get(i).is_some_and(|a| !matches!(difference(a, b), Difference::Same))
        })
    };
    let some_no = held.iter().enumerate().any(|(i, h)| *h == Some(false) && unclear(i));
    let line = || Truth::Maybe(Gap::ReleaseLine { device: text.into(), bounds: listed() });
    match (held.contains(&Some(true)), held.contains(&None)) {
        (true, _) if some_no => line(),
        (true, _) => Truth::Yes,
        (false, true) => uppers
            .iter()
            .zip(&held)
            .find(|(_, h)| h.is_none())
            .map_or_else(line, |(bound, _)| Truth::Maybe(bound.gap(span, text))),
        (false, false) => {
            let last = uppers.last().map(|b| b.text()).unwrap_or_default();
            Truth::No(OutReason::AboveUpper { bound: last })
        }
    }
}

/// Does the whole span share the first `depth` steps with the bound?
fn in_line(bound: &Bound, depth: usize, span: &Span) -> bool {
    let line = bound.release.bare.steps();
    let shares = |release: &super::release::Release| {
        let steps = release.bare.steps();
        (0..depth).all(|i| match (line.get(i), steps.get(i)) {
            (Some(a), Some(b)) => a == b,
            (Some(Step::Number(0)), None) => true,
            (Some(_) | None, None) | (None, Some(_)) => false,
        })
    };
    span.low.as_ref().is_some_and(shares) && span.high.as_ref().is_some_and(shares)
}
