//! Which ends of a range belong together: each lower one goes with the next upper one, `A10 < A11` is one range, and ends
//! that cross are a slip of the text.

use std::cmp::Ordering;

use super::clause::{Bound, Clause, Item, What};
use super::days::Made;
use super::release::Release;

/// A clause in the making.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    All,
    Low(End),
    High(End),
    Plain(Vec<Item>, Option<Release>),
    Not(Release),
    Unreadable(String),
}

/// One end of a range in the making.
#[derive(Clone, Debug)]
pub(super) enum End {
    Version(Box<Bound>),
    Day(super::date::Day, bool, Box<str>),
    Undated(Box<str>),
}

#[derive(Debug)]
pub(super) struct Draft {
    pub(super) piece: Piece,
    pub(super) conditions: Vec<Box<str>>,
    pub(super) model: Option<Box<str>>,
    /// Follows the piece before it without a sign between (`A10 < A11`).
    pub(super) adjacent: bool,
}

/// An included end.
pub(super) fn included(release: Release) -> End {
    End::Version(Box::new(Bound { release, also: None, strict: false }))
}

/// Pairs lower ends with the next upper ends.
pub(super) fn paired(made: Vec<Draft>) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut open: Option<(End, Vec<Box<str>>, bool)> = None;
    let mut previous_plain: Option<Release> = None;
    for one in made {
        let Draft { piece, conditions, model, adjacent } = one;
        let mut plain_now = None;
        match piece {
            Piece::All => clauses.push(Clause { conditions, model, what: What::All }),
            Piece::Not(release) => clauses.push(Clause { conditions, model, what: What::Except(release) }),
            Piece::Unreadable(text) => clauses.push(Clause::of(What::Unreadable(text.into()))),
            Piece::Plain(items, release) => {
                plain_now = release;
                clauses.extend(items.into_iter().map(|item| Clause {
                    what: What::Listed(item),
                    conditions: conditions.clone(),
                    model: model.clone(),
                }));
            }
            Piece::Low(end) => {
                if let Some((low, conditions, _)) = open.take() {
                    clauses.push(range(Some(low), None, conditions));
                }
                open = Some((end, conditions, adjacent));
            }
            Piece::High(end) => {
                let joined = open.take();
                let (low, mut all) = joined.map_or((None, Vec::new()), |(low, c, _)| (Some(low), c));
                all.extend(conditions);
                let low =
                    low.or_else(|| first_of_adjacent(&mut clauses, previous_plain.take(), &end, adjacent));
                clauses.push(range(low, Some(end), all));
            }
        }
        previous_plain = plain_now;
    }
    if let Some((low, conditions, _)) = open {
        close_backwards(&mut clauses, low, conditions);
    }
    clauses
}

/// `A10 < A11`: the plain version right before an upper end is the lower one, when the two compare.
fn first_of_adjacent(
    clauses: &mut Vec<Clause>,
    plain: Option<Release>,
    end: &End,
    adjacent: bool,
) -> Option<End> {
    let (release, End::Version(high)) = (plain.filter(|_| adjacent)?, end) else { return None };
    let order = release.end(false).against(&high.release.end(true), "").only();
    let popped = clauses.pop();
    if let Some(Ordering::Less | Ordering::Equal) = order {
        return Some(included(release));
    }
    if matches!(release.bare.first_run(), [_, _, ..]) {
        // `Console 10.2 < 2.5`: a version stands there that is no lower end, and no model either.
        clauses.extend(popped.map(|_| Clause::of(What::Unreadable(release.text().into()))));
    }
    None
}

/// A lower end without an upper one after it: `< 2.3 | >= 2.1` is one range, `<= 9.4 | >= 10.2` are two.
fn close_backwards(clauses: &mut Vec<Clause>, low: End, conditions: Vec<Box<str>>) {
    if let (
        [Clause { what: What::Range { low: none @ None, high: Some(high) }, conditions: c, .. }],
        End::Version(b),
    ) = (clauses.as_mut_slice(), &low)
        && b.release.end(false).against(&high.release.end(true), "").only() == Some(Ordering::Less)
    {
        *none = Some(b.clone());
        c.extend(conditions);
        return;
    }
    clauses.push(range(Some(low), None, conditions));
}

fn range(low: Option<End>, high: Option<End>, conditions: Vec<Box<str>>) -> Clause {
    let shown = |end: &Option<End>| match end {
        Some(End::Version(b)) => b.release.text().to_owned(),
        Some(End::Day(day, ..)) => day.first.to_string(),
        Some(End::Undated(text)) => text.to_string(),
        None => String::new(),
    };
    let both = format!("{} … {}", shown(&low), shown(&high));
    let version = |end: Option<End>| match end {
        Some(End::Version(b)) => Ok(Some(b)),
        None => Ok(None),
        Some(other @ (End::Day(..) | End::Undated(_))) => Err(other),
    };
    let what = match (version(low), version(high)) {
        (Ok(low), Ok(high)) => return crossing(low, high, conditions, both),
        (Err(day), Ok(None)) => Some(made(Some(day), None)),
        (Ok(None), Err(day)) => Some(made(None, Some(day))),
        (Err(from), Err(to)) => Some(made(Some(from), Some(to))),
        (Err(_), Ok(Some(_))) | (Ok(Some(_)), Err(_)) => None,
    };
    match what {
        Some(what) => Clause { conditions, ..Clause::of(What::Made(what)) },
        None => Clause::of(What::Unreadable(both.into())),
    }
}

/// A range whose ends cross holds nothing; that is a slip of the text, not an answer.
fn crossing(
    mut low: Option<Box<Bound>>,
    mut high: Option<Box<Bound>>,
    conditions: Vec<Box<str>>,
    both: String,
) -> Clause {
    if let (Some(low), Some(high)) = (&mut low, &mut high) {
        if low.release.is_lettered_before(&high.release) {
            // From A1.5.3 to B1.2.4: here the letters count on, they do not tell regions apart.
            low.release.let_letters_count();
            high.release.let_letters_count();
        }
        if let Some(named) = high.release.named_as(&low.release) {
            // `Lot 100 to 200`: the name goes for both ends.
            high.release = named;
        }
    }
    if let (Some(l), Some(h)) = (&low, &high)
        && l.release.end(false).against(&h.release.end(true), "").only() == Some(Ordering::Greater)
    {
        return Clause::of(What::Unreadable(both.into()));
    }
    Clause { conditions, ..Clause::of(What::Range { low, high }) }
}

fn made(low: Option<End>, high: Option<End>) -> Made {
    let mut made = Made { low: None, high: None, verb: "".into(), undated: None };
    for (end, is_low) in [(low, true), (high, false)] {
        match end {
            Some(End::Day(day, strict, verb)) => {
                if !verb.is_empty() {
                    made.verb = verb;
                }
                if is_low { made.low = Some((day, strict)) } else { made.high = Some((day, strict)) }
            }
            Some(End::Undated(text)) => made.undated = Some(text),
            Some(End::Version(_)) | None => {}
        }
    }
    made
}
