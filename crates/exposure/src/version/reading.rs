//! A range text's kind, and its plain reading as a clinical engineer would say it. Nothing is decided here.

use std::fmt;

use super::VersionSpec;
use super::clause::{Bound, Clause, Item, What};
use super::grammar::is_only_name;
use super::plain::{End, Meant, Part, Reading};

/// The kind of a range text, for statistics and documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Every version.
    All,
    /// One upper bound.
    Upper,
    /// One lower bound.
    Lower,
    /// A lower and an upper bound.
    Interval,
    /// A plain version or a list of them.
    List,
    /// Names of models, variants or options where versions should stand.
    Names,
    /// Several ranges, or ranges and plain versions together.
    Union,
    /// Days of manufacture or release.
    Days,
    /// Serial numbers.
    Serials,
    /// Any of the above under a condition the register cannot answer.
    Conditional,
    /// Not understood, wholly or in part.
    Unreadable,
}

impl VersionSpec {
    /// The text in plain words, exclusions last.
    pub fn reading(&self) -> Reading {
        let excepts = |c: &&Clause| matches!(c.what, What::Except(_));
        let ordered = self.clauses.iter().filter(|c| !excepts(c)).chain(self.clauses.iter().filter(excepts));
        Reading {
            parts: ordered.map(Clause::part).collect(),
            by_lines: super::lines::has_lines(&self.clauses),
        }
    }

    /// The kind of the text.
    pub fn shape(&self) -> Shape {
        let has = |test: fn(&What) -> bool| self.clauses.iter().any(|c| test(&c.what));
        if has(|w| matches!(w, What::Unreadable(_))) {
            return Shape::Unreadable;
        }
        if self.clauses.iter().any(|c| !c.conditions.is_empty() || c.model.is_some()) {
            return Shape::Conditional;
        }
        let mut shapes: Vec<Shape> = self.clauses.iter().map(|c| one(&c.what)).collect();
        shapes.dedup();
        match shapes.as_slice() {
            [Shape::List | Shape::Names] => shapes.first().copied().unwrap_or(Shape::Unreadable),
            [only] if self.clauses.len() == 1 => *only,
            _ if shapes.iter().all(|s| matches!(s, Shape::List | Shape::Names)) => Shape::List,
            _ => Shape::Union,
        }
    }
}

fn one(what: &What) -> Shape {
    match what {
        What::All => Shape::All,
        What::Range { low: None, .. } => Shape::Upper,
        What::Range { high: None, .. } => Shape::Lower,
        What::Range { .. } | What::Except(_) => Shape::Interval,
        What::Listed(item) if is_only_name(item) => Shape::Names,
        What::Listed(_) => Shape::List,
        What::Made(_) => Shape::Days,
        What::Serials(_) => Shape::Serials,
        What::Unreadable(_) => Shape::Unreadable,
    }
}

impl fmt::Display for VersionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reading())
    }
}

impl Clause {
    /// The clause in plain words.
    pub(crate) fn part(&self) -> Part {
        let meant = match &self.what {
            What::All | What::Range { low: None, high: None } => Meant::Every,
            What::Range { low: Some(low), high: None } => Meant::From(low.end()),
            What::Range { low: None, high: Some(high) } => Meant::UpTo(high.end()),
            What::Range { low: Some(low), high: Some(high) } => Meant::Between(low.end(), high.end()),
            What::Listed(item) => item.meant(),
            What::Except(release) => Meant::Except(release.text().into()),
            What::Made(made) => Meant::Days(made.plain()),
            What::Serials(serials) => Meant::Serials(serials.plain()),
            What::Unreadable(text) => Meant::Unreadable(text.clone()),
        };
        Part { meant, model: self.model.clone(), conditions: self.conditions.clone() }
    }
}

impl Item {
    fn meant(&self) -> Meant {
        match &self.release {
            Some(release) if release.bare.is_open() => Meant::Family(release.text().into()),
            Some(release) => Meant::One(release.text().into()),
            None => Meant::Name(self.text.clone()),
        }
    }
}

impl Bound {
    fn end(&self) -> End {
        End {
            version: self.text(),
            also: self.also.as_ref().map(|also| also.text().into()),
            is_strict: self.strict,
            is_family: self.release.bare.is_open() && !self.strict,
        }
    }
}
