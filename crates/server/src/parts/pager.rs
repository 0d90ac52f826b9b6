//! The pages of a long table.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::listing::ListQuery;
use crate::words::Words;

/// Which rows are shown of how many, and the way to the others.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    w: Words,
    label: String,
    first: u64,
    last: u64,
    total: u64,
    to_first: Option<String>,
    to_previous: Option<String>,
    to_next: Option<String>,
    to_last: Option<String>,
}

impl HtmlSafe for Pager {}

impl Pager {
    fn range(&self) -> String {
        let number = |n| self.w.number(n);
        self.w.pager_range(&number(self.first), &number(self.last), &number(self.total))
    }

    /// The pager of `list`, captioned `caption`, when `shown` rows are shown of `total`.
    pub fn new(w: Words, caption: &str, list: &ListQuery, shown: u64, total: u64) -> Pager {
        let limit = u64::from(list.limit.max(1));
        let before = list.offset > 0;
        let after = list.offset.saturating_add(shown) < total;
        let last_offset = total.saturating_sub(1) / limit * limit;
        Pager {
            w,
            label: w.pager_label(caption),
            first: if shown == 0 { 0 } else { list.offset.saturating_add(1) },
            last: if shown == 0 { 0 } else { list.offset.saturating_add(shown) },
            total,
            to_first: before.then(|| list.at(0).href()),
            to_previous: before.then(|| list.at(list.offset.saturating_sub(limit).min(last_offset)).href()),
            to_next: after.then(|| list.at(list.offset.saturating_add(limit)).href()),
            to_last: after.then(|| list.at(last_offset).href()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::ListSpec;
    use crate::words::Language;

    #[test]
    fn the_middle_page_leads_both_ways_and_the_ends_do_not_lead_beyond() {
        let spec = ListSpec { path: "/d", sorts: &["a"], filters: &[] };
        let pager = |query: &str, shown| {
            Pager::new(Words::of(Language::English), "Devices", &spec.read(Some(query)).unwrap(), shown, 250)
        };
        let middle = pager("offset=100", 100);
        assert_eq!((middle.first, middle.last), (101, 200));
        assert_eq!(middle.to_next.as_deref(), Some("/d?offset=200"));
        assert_eq!(middle.to_previous.as_deref(), Some("/d"));
        assert!(pager("", 100).to_previous.is_none());
        assert!(pager("offset=200", 50).to_next.is_none());
        assert_eq!(
            pager("offset=9000", 0).to_previous.as_deref(),
            Some("/d?offset=200"),
            "beyond the end leads back"
        );
    }
}
