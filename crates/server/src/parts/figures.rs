//! Exact figures: counts, floored shares, ages. Nothing is rounded up, and nothing is called whole unless it is.

use askama::Template;
use askama::filters::HtmlSafe;
use model::Time;

use crate::clock::Local;
use crate::words::Words;

/// `11 of 12`.
#[derive(Clone, Debug, Template)]
#[template(source = r#"<span class="figure">{{ self.text() }}</span>"#, ext = "html")]
pub struct CountOf {
    /// Texts.
    pub w: Words,
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl HtmlSafe for CountOf {}

impl CountOf {
    /// The same as plain text.
    pub fn text(&self) -> String {
        self.w.count_of(&self.w.number(self.part), &self.w.number(self.whole))
    }
}

/// `11 of 12 (91 %)`: the count first, the floored share behind it; `all` only for all, `under 1 %` for a few of many.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<span class="figure">{{ self.text() }}</span> <span class="share">({{ self.share() }})</span>"#,
    ext = "html"
)]
pub struct Share {
    /// Texts.
    pub w: Words,
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl HtmlSafe for Share {}

impl Share {
    fn text(&self) -> String {
        CountOf { w: self.w, part: self.part, whole: self.whole }.text()
    }

    /// The share in words.
    pub fn share(&self) -> String {
        let percent = u128::from(self.part) * 100 / u128::from(self.whole.max(1));
        match u64::try_from(percent).unwrap_or(u64::MAX) {
            _ if self.part == 0 => self.w.share_none().to_owned(),
            _ if self.part >= self.whole => self.w.share_all().to_owned(),
            0 => self.w.share_under_one().to_owned(),
            percent => self.w.share(percent.min(99)),
        }
    }
}

/// How old: `2 min`, with the instant itself for machines and on hovering.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<time class="age{% if stale %} age-stale{% endif %}" datetime="{{ machine }}" title="{{ moment }}">{{ text }}</time>"#,
    ext = "html"
)]
pub struct Age {
    machine: String,
    moment: String,
    text: String,
    stale: bool,
}

impl HtmlSafe for Age {}

impl Age {
    /// How old, in words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How old something seen at `seen` is now; stale beyond `allowed_seconds`.
    pub fn new(local: &Local, seen: Time, allowed_seconds: Option<i64>) -> Age {
        let age = local.now.seconds_since(seen);
        Age {
            machine: local.machine(seen),
            moment: local.moment(seen),
            text: local.age(seen),
            stale: age < 0 || allowed_seconds.is_some_and(|allowed| age > allowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use proptest::prelude::*;

    fn share(part: u64, whole: u64) -> String {
        Share { w: Words::of(Language::English), part, whole }.share()
    }

    #[test]
    fn a_share_is_floored_and_whole_only_when_it_is() {
        assert_eq!(share(2_993, 3_000), "99 %");
        assert_eq!(share(999_999, 1_000_000), "99 %");
        assert_eq!(share(12, 12), "all");
        assert_eq!(share(0, 12), "none");
        assert_eq!(share(1, 1_000), "under 1 %");
        assert_eq!(share(0, 0), "none");
    }

    proptest! {
        #[test]
        fn no_share_ever_reads_a_hundred(part: u64, whole: u64) {
            prop_assert!(!share(part, whole).contains("100"));
        }
    }
}
