//! How lists are asked for, the same for pages and API: filter, order and page, all in the URL and all checked.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most rows of one page or one API answer.
pub const LIMIT_MAX_ROWS: u32 = 1_000;
/// Rows of a page when none are asked for.
pub const LIMIT_DEFAULT_ROWS: u32 = 100;
/// Longest filter text, in bytes.
pub const FILTER_LENGTH_MAX_BYTES: usize = 200;

/// What one list can be filtered and ordered by.
#[derive(Clone, Copy, Debug)]
pub struct ListSpec {
    /// Where the list is, such as `/devices`.
    pub path: &'static str,
    /// Keys it can be ordered by; the first is the order when none is asked for.
    pub sorts: &'static [&'static str],
    /// Keys it can be filtered by. `q`, free text, is always among them.
    pub filters: &'static [&'static str],
}

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// One checked question to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    path: Cow<'static, str>,
    default_sort: &'static str,
    /// Key ordered by: one of the spec's.
    pub sort: &'static str,
    /// Which way.
    pub direction: Direction,
    /// Rows left out before the first.
    pub offset: u64,
    /// Rows asked for: 1 to [`LIMIT_MAX_ROWS`].
    pub limit: u32,
    /// Filters set, trimmed and not empty, by key.
    pub filters: BTreeMap<&'static str, String>,
}

/// Why a question cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// A key that this list does not have.
    #[error("\"{key}\" is not known here; known are: {known}")]
    Key {
        /// As given.
        key: String,
        /// What would be right.
        known: String,
    },
    /// A value that its key does not take.
    #[error("{key}={value} is not possible; {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// As given, cut to 40 characters.
        value: String,
        /// What would be right.
        expected: String,
    },
}

impl From<ListError> for crate::http::Problem {
    fn from(error: ListError) -> Self {
        crate::http::Problem::Bad(error.to_string())
    }
}

fn number<N>(key: &'static str, value: &str, least: N, most: N) -> Result<N, ListError>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display + Copy,
{
    let parsed = value.parse::<N>().ok().filter(|number| (least..=most).contains(number));
    parsed.ok_or_else(|| ListError::Value {
        key,
        value: value.chars().take(40).collect(),
        expected: format!("it is a whole number from {least} to {most}"),
    })
}

impl ListSpec {
    /// Reads a URL's query. A key given twice: the last counts. An empty value is no filter.
    pub fn read(&self, query: Option<&str>) -> Result<ListQuery, ListError> {
        let default_sort = self.sorts.first().copied().unwrap_or("");
        let mut list = ListQuery {
            path: Cow::Borrowed(self.path),
            default_sort,
            sort: default_sort,
            direction: Direction::Up,
            offset: 0,
            limit: LIMIT_DEFAULT_ROWS,
            filters: BTreeMap::new(),
        };
        for (key, value) in form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
            let value = value.trim();
            match &*key {
                _ if value.is_empty() => {}
                "offset" => list.offset = number("offset", value, 0, 1_000_000_000)?,
                "limit" => list.limit = number("limit", value, 1, LIMIT_MAX_ROWS)?,
                "sort" => (list.sort, list.direction) = self.sort_of(value)?,
                "q" => list.set("q", value)?,
                "format" => {} // read by the export, see `crate::export`
                other => match self.filters.iter().find(|known| **known == other) {
                    Some(key) => list.set(key, value)?,
                    None => return Err(self.unknown(other)),
                },
            }
        }
        Ok(list)
    }

    /// `model` or, largest first, `-model`.
    fn sort_of(&self, value: &str) -> Result<(&'static str, Direction), ListError> {
        let (name, direction) = match value.strip_prefix('-') {
            Some(name) => (name, Direction::Down),
            None => (value, Direction::Up),
        };
        let known = self.sorts.iter().find(|known| **known == name);
        known.map(|name| (*name, direction)).ok_or_else(|| ListError::Value {
            key: "sort",
            value: value.chars().take(40).collect(),
            expected: format!(
                "this list is ordered by: {} (a - before it turns the order)",
                self.sorts.join(", ")
            ),
        })
    }

    fn unknown(&self, key: &str) -> ListError {
        let mut known = vec!["q", "sort", "offset", "limit", "format"];
        known.extend(self.filters);
        ListError::Key { key: key.chars().take(40).collect(), known: known.join(", ") }
    }
}

impl ListQuery {
    fn set(&mut self, key: &'static str, value: &str) -> Result<(), ListError> {
        if value.len() > FILTER_LENGTH_MAX_BYTES {
            let expected = format!("a filter has at most {FILTER_LENGTH_MAX_BYTES} bytes");
            return Err(ListError::Value { key, value: value.chars().take(40).collect(), expected });
        }
        self.filters.insert(key, value.to_owned());
        Ok(())
    }

    /// The part of `lines` that is the page asked for.
    pub fn page<T>(&self, lines: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        lines.skip(usize::try_from(self.offset).unwrap_or(usize::MAX)).take(self.limit as usize)
    }

    /// The same question to a list whose address is only known now, such as `/advisories/A-1/products`.
    #[must_use]
    pub fn under(mut self, path: String) -> ListQuery {
        self.path = Cow::Owned(path);
        self
    }

    /// A filter's text.
    pub fn filter(&self, key: &str) -> Option<&str> {
        self.filters.get(key).map(String::as_str)
    }

    /// Is any filter set?
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// This question as an address.
    pub fn href(&self) -> String {
        self.href_with(None)
    }

    fn href_with(&self, format: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (key, value) in &self.filters {
            query.append_pair(key, value);
        }
        match self.direction {
            Direction::Up if self.sort == self.default_sort => {}
            Direction::Up => {
                query.append_pair("sort", self.sort);
            }
            Direction::Down => {
                query.append_pair("sort", &format!("-{}", self.sort));
            }
        }
        if self.offset > 0 && format.is_none() {
            query.append_pair("offset", &self.offset.to_string());
        }
        if self.limit != LIMIT_DEFAULT_ROWS && format.is_none() {
            query.append_pair("limit", &self.limit.to_string());
        }
        if let Some(format) = format {
            query.append_pair("format", format);
        }
        let query = query.finish();
        if query.is_empty() { self.path.clone().into_owned() } else { format!("{}?{query}", self.path) }
    }

    /// The whole list under the same filter and order, as a file: `csv` or `xlsx`.
    pub fn export_href(&self, format: &str) -> String {
        self.href_with(Some(format))
    }

    /// The same question from row `offset` on.
    #[must_use]
    pub fn at(&self, offset: u64) -> ListQuery {
        ListQuery { offset, ..self.clone() }
    }

    /// The same question ordered by `sort`; asked again for the present order, the other way. From the first row.
    #[must_use]
    pub fn sorted_by(&self, sort: &'static str) -> ListQuery {
        let direction = match (self.sort == sort, self.direction) {
            (true, Direction::Up) => Direction::Down,
            (true, Direction::Down) | (false, Direction::Up | Direction::Down) => Direction::Up,
        };
        ListQuery { sort, direction, offset: 0, ..self.clone() }
    }

    /// The same question with `key` set to `value`, from the first row.
    #[must_use]
    pub fn filtered_by(&self, key: &'static str, value: &str) -> ListQuery {
        let mut filters = self.filters.clone();
        filters.insert(key, value.to_owned());
        ListQuery { filters, offset: 0, ..self.clone() }
    }

    /// The same question without any filter, from the first row.
    #[must_use]
    pub fn unfiltered(&self) -> ListQuery {
        ListQuery { filters: BTreeMap::new(), offset: 0, ..self.clone() }
    }

    /// The order as the URL writes it: `model` or `-model`; empty for the default.
    pub fn sort_text(&self) -> String {
        match self.direction {
            Direction::Up if self.sort == self.default_sort => String::new(),
            Direction::Up => self.sort.to_owned(),
            Direction::Down => format!("-{}", self.sort),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEVICES: ListSpec =
        ListSpec { path: "/devices", sorts: &["asset_tag", "model"], filters: &["unit", "manufacturer"] };

    #[test]
    fn a_question_says_what_it_does_not_know_and_what_would_be_right() {
        let error = DEVICES.read(Some("colour=red")).unwrap_err().to_string();
        assert_eq!(
            error,
            "\"colour\" is not known here; known are: q, sort, offset, limit, format, unit, manufacturer"
        );
        let error = DEVICES.read(Some("limit=5000")).unwrap_err().to_string();
        assert_eq!(error, "limit=5000 is not possible; it is a whole number from 1 to 1000");
        assert!(DEVICES.read(Some("sort=-colour")).is_err());
        assert!(DEVICES.read(Some("offset=-1")).is_err());
        assert!(DEVICES.read(Some(&format!("q={}", "x".repeat(201)))).is_err());
    }

    #[test]
    fn asking_again_for_the_same_order_turns_it() {
        let list = DEVICES.read(Some("unit=ward+5&offset=200")).unwrap();
        assert_eq!(list.sorted_by("model").href(), "/devices?unit=ward+5&sort=model");
        assert_eq!(list.sorted_by("model").sorted_by("model").href(), "/devices?unit=ward+5&sort=-model");
        assert_eq!(list.unfiltered().href(), "/devices");
        assert_eq!(list.export_href("csv"), "/devices?unit=ward+5&format=csv", "an export is the whole list");
    }

    proptest! {
        #[test]
        fn an_address_is_read_back_as_the_same_question(
            q in "[ -~åäö]{0,30}", unit in "[a-z0-9 &=?#%+]{0,20}", offset in 0_u64..100_000, limit in 1_u32..=1000, down: bool
        ) {
            let mut list = DEVICES.read(None).unwrap();
            for (key, value) in [("q", q.trim()), ("unit", unit.trim())] {
                if !value.is_empty() {
                    list.filters.insert(key, value.to_owned());
                }
            }
            list.offset = offset;
            list.limit = limit;
            list.direction = if down { Direction::Down } else { Direction::Up };
            let href = list.href();
            prop_assert_eq!(DEVICES.read(href.split_once('?').map(|(_, query)| query)).unwrap(), list);
        }
    }
}
