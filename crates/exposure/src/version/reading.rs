//! A range in plain language, as a clinical engineer would say it. Nothing is decided here.

use std::fmt;

use super::VersionSpec;
use super::clause::{Bound, Clause, What};
use super::grammar::is_only_name;
use super::release::Release;

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
        let excepts = |c: &&Clause| matches!(c.what, What::Except(_));
        let ordered = self.clauses.iter().filter(|c| !excepts(c)).chain(self.clauses.iter().filter(excepts));
        for (index, clause) in ordered.enumerate() {
            let joint = match (index, &clause.what) {
                (0, _) => "",
                (_, What::Except(_)) => ", ",
                (_, What::Listed(_)) if index + 1 < self.clauses.len() => ", ",
                (_, What::Listed(_))
                    if matches!(self.clauses.first().map(|c| &c.what), Some(What::Listed(_))) =>
                {
                    " or "
                }
                _ => ", or ",
            };
            write!(f, "{joint}{clause}")?;
        }
        if super::lines::has_lines(&self.clauses) {
            f.write_str(" (one bound for each release line)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::All => f.write_str("every version")?,
            What::Range { low: None, high: None } => f.write_str("every version")?,
            What::Range { low: Some(low), high: None } if low.strict => write!(f, "after {low}")?,
            What::Range { low: Some(low), high: None } => write!(f, "{} and later", Shown(&low.release))?,
            What::Range { low: None, high: Some(high) } if high.strict => write!(f, "before {high}")?,
            What::Range { low: None, high: Some(high) } => write!(f, "up to and including {high}")?,
            What::Range { low: Some(low), high: Some(high) } => {
                write!(f, "{} {} ", if low.strict { "after" } else { "from" }, Shown(&low.release))?;
                write!(
                    f,
                    "{} {high}",
                    if high.strict { "up to but not including" } else { "up to and including" }
                )?;
            }
            What::Listed(item) => {
                let family = item.release.as_ref().is_some_and(|r| r.bare.is_open());
                match &item.release {
                    Some(release) if family => write!(f, "any {}", Shown(release))?,
                    Some(release) => write!(f, "{}", Shown(release))?,
                    None => write!(f, "\"{}\"", item.text)?,
                }
            }
            What::Except(release) => write!(f, "but not {}", Shown(release))?,
            What::Made(made) => write!(f, "{made}")?,
            What::Serials(serials) => write!(f, "{serials}")?,
            What::Unreadable(text) => write!(f, "not understood: \"{text}\"")?,
        }
        if let Some(model) = &self.model {
            write!(f, ", model {model}")?;
        }
        for condition in &self.conditions {
            write!(f, ", under the condition \"{condition}\"")?;
        }
        Ok(())
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all_of = if self.release.bare.is_open() && !self.strict { "all of " } else { "" };
        write!(f, "{all_of}{}", Shown(&self.release))?;
        match &self.also {
            Some(also) => write!(f, " (also called {})", Shown(also)),
            None => Ok(()),
        }
    }
}

struct Shown<'a>(&'a Release);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.text())
    }
}
