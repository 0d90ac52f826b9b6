//! What the matrix and the lists behind it are asked, and the addresses that ask it. All of it is in the URL.

use exposure::Verdict;
use exposure::rank::Tier;
use hospital::matrix::{Filter, GroupBy, MatrixRow};

use crate::http::Problem;
use crate::listing::{LIMIT_DEFAULT_ROWS, ListQuery, ListSpec};

/// In a filter: devices of which this is not recorded.
pub(crate) const NOT_RECORDED: &str = "(none)";

/// The filters that the matrix and its lists share.
const FILTERS: [&str; 9] =
    ["unit", "site", "maker", "model", "device", "vulnerability", "cve", "tier", "verdict"];

pub(super) const MATRIX: ListSpec = ListSpec {
    path: "/matrix",
    sorts: &["worst"],
    filters: &[
        "by",
        "column",
        "unit",
        "site",
        "maker",
        "model",
        "device",
        "vulnerability",
        "cve",
        "tier",
        "verdict",
    ],
};
pub(super) const PAIRS: ListSpec =
    ListSpec { path: "/matrix/pairs", sorts: &["urgency", "verdict", "device"], filters: &FILTERS };
pub(super) const UNMATCHED: ListSpec =
    ListSpec { path: "/matrix/unmatched", sorts: &["device"], filters: &["unit", "site", "maker", "model"] };
pub(super) const WHY: ListSpec = ListSpec { path: "/matrix/why", sorts: &["urgency"], filters: &FILTERS };

/// Every tier, most urgent first.
pub(crate) const TIERS: [Tier; 4] = [Tier::Exploited, Tier::ProofOfConcept, Tier::Scored, Tier::Unranked];

fn known<T>(
    key: &str,
    asked: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    right: &str,
) -> Result<Option<T>, Problem> {
    let Some(asked) = asked else { return Ok(None) };
    let cut: String = asked.chars().take(40).collect();
    let wrong = || Problem::Bad(format!("{key}={cut} is not possible; it is one of: {right}"));
    read(asked).map(Some).ok_or_else(wrong)
}

/// The hospital's filter for what a list was asked.
pub(crate) fn filter_of(list: &ListQuery) -> Result<Filter, Problem> {
    let text = |key: &str| list.filter(key).map(str::to_owned);
    let exact = |key: &str| text(key).map(|value| if value == NOT_RECORDED { String::new() } else { value });
    let tier = |word: &str| TIERS.into_iter().find(|tier| tier.word() == word);
    Ok(Filter {
        text: text("q"),
        unit: exact("unit"),
        site: exact("site"),
        maker: exact("maker"),
        model: exact("model"),
        device: text("device"),
        vulnerability: text("vulnerability"),
        cve: text("cve"),
        tier: known("tier", list.filter("tier"), tier, "exploited, proof_of_concept, scored, unranked")?,
        verdict: known(
            "verdict",
            list.filter("verdict"),
            Verdict::from_word,
            "affected, undecided, fixed, not_affected",
        )?,
    })
}

/// One checked question to the matrix.
pub(super) struct Ask {
    pub(super) list: ListQuery,
    pub(super) filter: Filter,
    pub(super) by: GroupBy,
    pub(super) column: usize,
}

/// Rows of a page of the matrix when none are asked for.
pub(super) const ROWS_DEFAULT: u32 = 40;
/// Columns of a page of the matrix.
pub(super) const COLUMNS_SHOWN: usize = 12;
/// Most rows of a page of the matrix.
const ROWS_MAX: u32 = 200;
/// Beyond this there is no vulnerability.
const COLUMN_MAX: usize = 1_000_000;

impl Ask {
    pub(super) fn read(query: Option<&str>) -> Result<Ask, Problem> {
        let mut list = MATRIX.read(query)?;
        list.limit = if list.limit == LIMIT_DEFAULT_ROWS { ROWS_DEFAULT } else { list.limit.min(ROWS_MAX) };
        let by = known("by", list.filter("by"), GroupBy::from_word, "model, maker, unit, device")?;
        let column = |text: &str| text.parse::<usize>().ok().filter(|column| *column <= COLUMN_MAX);
        let column = known("column", list.filter("column"), column, "a whole number from 0 to 1000000")?;
        Ok(Ask { filter: filter_of(&list)?, by: by.unwrap_or_default(), column: column.unwrap_or(0), list })
    }

    /// Is any filter set? (What the rows are and which columns are shown filters nothing.)
    pub(super) fn is_filtered(&self) -> bool {
        self.list.filters.keys().any(|key| !matches!(*key, "by" | "column"))
    }

    /// This matrix from another column on.
    pub(super) fn at_column(&self, column: usize) -> String {
        let mut list = self.list.clone();
        match column {
            0 => list.filters.remove("column"),
            column => list.filters.insert("column", column.to_string()),
        };
        list.href()
    }

    /// The same devices and vulnerabilities in other rows, with further filters, from the start.
    pub(super) fn grouped(&self, by: GroupBy, more: &[(&'static str, &str)]) -> String {
        let mut list = self.list.at(0);
        list.filters.remove("column");
        list.filters.insert("by", by.word().to_owned());
        for (key, value) in more {
            list.filters.insert(key, (*value).to_owned());
        }
        list.href()
    }

    /// The filters that say *this row*.
    pub(super) fn row_filters<'a>(&self, row: &'a MatrixRow) -> Vec<(&'static str, &'a str)> {
        let named = |text: &'a str| if text.is_empty() { NOT_RECORDED } else { text };
        match self.by {
            GroupBy::Model => vec![("maker", named(&row.maker)), ("model", named(&row.name))],
            GroupBy::Maker => vec![("maker", named(&row.name))],
            GroupBy::Unit => vec![("unit", named(&row.name))],
            GroupBy::Device => vec![("device", &row.name)],
        }
    }

    /// A list of this question's devices and vulnerabilities, with further filters.
    pub(super) fn behind(&self, path: &str, more: &[(&'static str, &str)]) -> String {
        behind(&self.list, path, more)
    }
}

/// `path` with the filters of `list` that it knows, and further ones.
pub(super) fn behind(list: &ListQuery, path: &str, more: &[(&'static str, &str)]) -> String {
    let mut filters = list.filters.clone();
    filters.retain(|key, _| *key == "q" || FILTERS.contains(key));
    filters.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    if path == UNMATCHED.path {
        filters.retain(|key, _| *key == "q" || UNMATCHED.filters.contains(key));
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&filters).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A device's page.
pub(crate) fn device_href(tag: &str) -> String {
    format!("/devices/{}", path_segment(tag))
}

/// An advisory's page.
pub(crate) fn advisory_href(tracking_id: &str) -> String {
    format!("/advisories/{}", path_segment(tracking_id))
}

/// A text as one segment of a path (RFC 3986 §3.3): whatever is not unreserved is percent-encoded.
pub(crate) fn path_segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_leads_to_its_pairs_and_keeps_every_filter() {
        let ask = Ask::read(Some("by=unit&column=12&q=vital&verdict=undecided&offset=40")).unwrap();
        let href = ask.behind("/matrix/pairs", &[("unit", NOT_RECORDED), ("cve", "CVE-2026-1")]);
        assert_eq!(href, "/matrix/pairs?cve=CVE-2026-1&q=vital&unit=%28none%29&verdict=undecided");
        let pairs = PAIRS.read(href.split_once('?').map(|(_, query)| query)).unwrap();
        let filter = filter_of(&pairs).unwrap();
        assert_eq!((filter.unit.as_deref(), filter.verdict), (Some(""), Some(Verdict::Undecided)));
        assert_eq!(ask.at_column(0), "/matrix?by=unit&q=vital&verdict=undecided&offset=40&limit=40");
    }

    #[test]
    fn a_tag_with_a_slash_is_one_segment() {
        assert_eq!(device_href("ODD/2 ä"), "/devices/ODD%2F2%20%C3%A4");
    }

    #[test]
    fn what_is_not_possible_says_what_would_be() {
        let Err(Problem::Bad(sentence)) = Ask::read(Some("by=colour")) else { panic!("refused") };
        assert_eq!(sentence, "by=colour is not possible; it is one of: model, maker, unit, device");
        assert!(Ask::read(Some("verdict=maybe")).is_err() && Ask::read(Some("column=-1")).is_err());
    }
}
