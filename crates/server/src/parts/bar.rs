//! A bar of exact counts, with the same numbers as a table beside it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::Mark;
use crate::words::Words;

/// One part of a bar.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its mark: shape and colour.
    pub mark: Mark,
    /// Its words; the mark's own when empty.
    pub label: String,
    /// How many.
    pub count: u64,
    /// Where the rows behind it are; empty for nowhere.
    pub href: String,
}

/// Counts side by side that add up to the total shown.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/bar.html")]
pub struct Bar {
    /// Texts.
    pub w: Words,
    /// What is counted.
    pub title: String,
    /// The parts, in the order shown. Parts of 0 are listed and not drawn.
    pub segments: Vec<Segment>,
}

impl HtmlSafe for Bar {}

/// Where a part is drawn, in thousandths of the bar's length.
struct Drawn {
    mark: Mark,
    x: u64,
    width: u64,
}

impl Bar {
    /// The sum of all parts.
    pub fn total(&self) -> u64 {
        self.segments.iter().map(|segment| segment.count).fold(0, u64::saturating_add)
    }

    fn label<'a>(&self, segment: &'a Segment) -> &'a str {
        if segment.label.is_empty() { segment.mark.word(self.w) } else { &segment.label }
    }

    /// Each part that is not 0 is drawn at least 6 thousandths wide, so that one of a million is still seen.
    fn drawn(&self) -> Vec<Drawn> {
        const LEAST: u128 = 6;
        let seen: Vec<&Segment> = self.segments.iter().filter(|segment| segment.count > 0).collect();
        let total = u128::from(self.total().max(1));
        let free = 1_000_u128.saturating_sub(LEAST * seen.len() as u128);
        let (mut before, mut drawn) = (0_u128, Vec::new());
        for (n, segment) in (0_u128..).zip(seen) {
            let x = LEAST * n + before * free / total;
            before += u128::from(segment.count);
            let end = LEAST * (n + 1) + before * free / total;
            let narrow = |value: u128| u64::try_from(value.min(1_000)).unwrap_or(1_000);
            drawn.push(Drawn { mark: segment.mark, x: narrow(x), width: narrow(end.saturating_sub(x)) });
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_part_is_seen_and_together_they_fill_the_bar(counts in proptest::collection::vec(0_u64..u64::MAX / 16, 1..12)) {
            let segments = counts.iter().map(|count| Segment {
                mark: Mark::Affected, label: String::new(), count: *count, href: String::new(),
            }).collect();
            let bar = Bar { w: Words::of(Language::English), title: String::new(), segments };
            let drawn = bar.drawn();
            prop_assert_eq!(drawn.len(), counts.iter().filter(|count| **count > 0).count());
            let mut x = 0;
            for part in &drawn {
                prop_assert_eq!(part.x, x);
                prop_assert!(part.width >= 6);
                x += part.width;
            }
            prop_assert!(drawn.is_empty() || x == 1_000);
        }
    }
}
