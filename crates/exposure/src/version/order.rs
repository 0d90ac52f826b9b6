//! Which of two versions is earlier, where that can be said. What cannot be said is said so: guessing an order would
//! make a device green. Nothing here knows ranges or devices.

use std::cmp::Ordering;

use super::number::{ANY_NUMBER, BUILD_OR_BETA, Group, Part, Tag, Version};

/// The orders that are possible between two versions, as far as their spelling tells: a set of *less*, *equal*, *greater*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orders(u8);

impl Orders {
    const LESS: u8 = 1;
    const EQUAL: u8 = 2;
    const GREATER: u8 = 4;
    /// Nothing can be said.
    pub(crate) const ANY: Orders = Orders(7);

    pub(crate) fn one(order: Ordering) -> Orders {
        Orders(match order {
            Ordering::Less => Self::LESS,
            Ordering::Equal => Self::EQUAL,
            Ordering::Greater => Self::GREATER,
        })
    }

    pub(crate) fn or(self, other: Orders) -> Orders {
        Orders(self.0 | other.0)
    }

    /// The only possible order.
    pub(crate) fn only(self) -> Option<Ordering> {
        match self.0 {
            Self::LESS => Some(Ordering::Less),
            Self::EQUAL => Some(Ordering::Equal),
            Self::GREATER => Some(Ordering::Greater),
            _ => None,
        }
    }

    /// `Some(true)` when every possible order satisfies `holds`, `Some(false)` when none does.
    pub(crate) fn all(self, holds: impl Fn(Ordering) -> bool) -> Option<bool> {
        let mut yes = false;
        let mut no = false;
        for order in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
            if self.0 & Orders::one(order).0 != 0 {
                if holds(order) { yes = true } else { no = true }
            }
        }
        match (yes, no) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            (true, true) | (false, false) => None,
        }
    }
}

/// Orders two version texts. `None` means the shapes do not compare: a letter meets a number, a service pack meets a
/// hotfix, a wildcard covers the other, or one of them is not a version.
///
/// Trailing zeros say nothing (1.4 is 1.4.0); `alpha`, `beta`, `rc` come before the release they name and every other
/// word or letter after it. Defined answers agree with one total order, so they are transitive.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    ordering(&Version::read(a)?, &Version::read(b)?)
}

/// As [`compare`], for versions that were read before.
pub fn ordering(a: &Version, b: &Version) -> Option<Ordering> {
    if a.groups == b.groups {
        return Some(Ordering::Equal);
    }
    let mut found = orders(&a.end(false), &b.end(false));
    if a.is_open() || b.is_open() {
        for (latest_a, latest_b) in [(false, true), (true, false), (true, true)] {
            found = found.or(orders(&a.end(latest_a), &b.end(latest_b)));
        }
    }
    found.only()
}

/// The possible orders of two versions without wildcards.
pub(crate) fn orders(a: &Version, b: &Version) -> Orders {
    if a.begins_with_word() != b.begins_with_word() {
        return Orders::ANY;
    }
    let alone = a.is_numeric() && b.is_numeric();
    let mut also: Option<Orders> = None;
    let longest = a.groups.len().max(b.groups.len());
    for index in 0..longest {
        let found = match (a.groups.get(index), b.groups.get(index)) {
            (Some(x), Some(y)) => {
                let tags = tag_orders(&x.tag, &y.tag);
                if tags != Orders::one(Ordering::Equal) {
                    tags
                } else {
                    let next = (a.groups.get(index + 1), b.groups.get(index + 1));
                    let (found, decimal) = run_orders(&x.run, &y.run, next, alone && index == 0);
                    also = decimal.or(also);
                    found
                }
            }
            (Some(x), None) => against_end(x),
            (None, Some(y)) => flip(against_end(y)),
            (None, None) => Orders::one(Ordering::Equal),
        };
        if found != Orders::one(Ordering::Equal) {
            return also.map_or(found, |also| found.or(also));
        }
    }
    let equal = Orders::one(Ordering::Equal);
    also.map_or(equal, |also| equal.or(also))
}

fn flip(orders: Orders) -> Orders {
    let (less, greater) = (orders.0 & Orders::LESS, orders.0 & Orders::GREATER);
    Orders(
        (orders.0 & Orders::EQUAL)
            | if less != 0 { Orders::GREATER } else { 0 }
            | if greater != 0 { Orders::LESS } else { 0 },
    )
}

/// A version that goes on with `group` against one that has ended.
fn against_end(group: &Group) -> Orders {
    match &group.tag {
        Tag::Start => Orders::ANY,
        Tag::Before(_) => Orders::one(Ordering::Less),
        // `1.0b2` may be the second beta of 1.0 or build 2 of it.
        Tag::Letter { letter: 'a' | 'b', glued: true } => Orders::ANY,
        Tag::Letter { .. } => Orders::one(Ordering::Greater),
        Tag::Word(word) if **word == *BUILD_OR_BETA => Orders::ANY,
        Tag::Word(word) if is_known(word) => Orders::one(Ordering::Greater),
        // `2.3.5 Windows 10` is 2.3.5, or something after it.
        Tag::Word(_) => Orders::one(Ordering::Equal).or(Orders::one(Ordering::Greater)),
    }
}

/// Words that mark something added to a release.
const KNOWN: &[&str] = &[
    "sp",
    "hf",
    "cu",
    "upd",
    "patch",
    "sr",
    "mr",
    "mp",
    "fp",
    "build",
    "rel",
    "rev",
    "ga",
    "gma",
    "qu",
    "ru",
    "ir",
    "uc",
    "tc",
    "bp",
    "ep",
    "sw",
    "fix",
    "maintenance",
];

/// Is the word (in its canonical spelling) one that only ever marks something added to a release?
pub(crate) fn is_known(word: &str) -> bool {
    KNOWN.contains(&word)
}

fn tag_orders(a: &Tag, b: &Tag) -> Orders {
    match (a, b) {
        (Tag::Start, Tag::Start) => Orders::one(Ordering::Equal),
        (Tag::Before(x), Tag::Before(y)) => Orders::one(x.cmp(y)),
        (Tag::Before(_), Tag::Letter { .. } | Tag::Word(_)) => Orders::one(Ordering::Less),
        (Tag::Letter { .. } | Tag::Word(_), Tag::Before(_)) => Orders::one(Ordering::Greater),
        (Tag::Letter { letter: x, glued: gx }, Tag::Letter { letter: y, glued: gy }) => {
            // Letters that differ before glued digits (`L81`, `U61`; `012U…`, `011L…`) are regions or product lines.
            if x == y || !(*gx && *gy) { Orders::one(x.cmp(y)) } else { Orders::ANY }
        }
        (Tag::Word(x), Tag::Word(y)) if x == y => Orders::one(Ordering::Equal),
        (Tag::Word(_), Tag::Word(_) | Tag::Letter { .. }) | (Tag::Letter { .. }, Tag::Word(_)) => Orders::ANY,
        (Tag::Start, Tag::Before(_) | Tag::Letter { .. } | Tag::Word(_))
        | (Tag::Before(_) | Tag::Letter { .. } | Tag::Word(_), Tag::Start) => Orders::ANY,
    }
}

/// Two runs of numbers; missing numbers are zeros, unless a word stands in their place. The second answer is what the
/// same digits say when read as decimals (1.09 before 1.1), where that is possible and differs.
fn run_orders(
    a: &[Part],
    b: &[Part],
    next: (Option<&Group>, Option<&Group>),
    may_be_decimal: bool,
) -> (Orders, Option<Orders>) {
    let decimal = may_be_decimal && trimmed(a).len() <= 2 && trimmed(b).len() <= 2;
    for index in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(index), b.get(index));
        let order = x.map_or(0, |p| p.low).cmp(&y.map_or(0, |p| p.low));
        let also = match (x, y) {
            (Some(x), Some(y)) if decimal && index == 1 => as_decimals(*x, *y).map(Orders::one),
            _ => None,
        };
        if order == Ordering::Equal {
            if also.is_some_and(|o| o != Orders::one(order)) {
                return (Orders::one(order), also);
            }
            continue;
        }
        let open_end = x.or(y).is_some_and(|p| p.low == ANY_NUMBER);
        let word_instead = match (x, y) {
            (None, Some(_)) | (Some(_), None) if open_end => None,
            (None, Some(_)) => next.0.map(|g| (g, Ordering::Less)),
            (Some(_), None) => next.1.map(|g| (g, Ordering::Greater)),
            (Some(_), Some(_)) | (None, None) => None,
        };
        return match word_instead {
            // 1.0-beta is before 1.0, so also before 1.0.1; but 8 SP2 against 8.1 cannot be said.
            Some((Group { tag: Tag::Before(_), .. }, order)) => (Orders::one(order), None),
            Some(_) => (Orders::ANY, None),
            None => (Orders::one(order), also),
        };
    }
    (Orders::one(Ordering::Equal), None)
}

fn trimmed(run: &[Part]) -> &[Part] {
    let length = run.iter().rposition(|p| p.high != 0).map_or(0, |last| last + 1);
    run.get(..length).unwrap_or(run)
}

/// Order of two second numbers read as decimals, when one is padded and they are not equally long.
fn as_decimals(x: Part, y: Part) -> Option<Ordering> {
    if x.width == y.width || !(x.is_padded() || y.is_padded()) || x.width > 18 || y.width > 18 {
        return None;
    }
    let scaled = |p: Part, other: Part| p.low.checked_mul(10u128.pow(u32::from(other.width)));
    Some(scaled(x, y)?.cmp(&scaled(y, x)?))
}
