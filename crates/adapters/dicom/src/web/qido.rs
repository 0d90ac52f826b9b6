//! QIDO-RS: a query, and what the answer says of its own completeness (PS3.18 §10.6): status, the Warning header, the rows that came.

use super::http::{Client, Headers, WebFailed};
use super::json::{JsonRow, NotRows, read_rows};
use crate::element::Tag;

const JSON: &str = "application/dicom+json";

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Below the root, such as `/studies`.
    pub path: Box<str>,
    /// Attributes and what they must match; `""` asks for empty values.
    pub matching: Vec<(Tag, Box<str>)>,
    /// Attributes that each row shall bear.
    pub include: Vec<Tag>,
    /// Rows before the first one wanted.
    pub offset: u64,
    /// Most rows; `None` leaves it to the archive.
    pub limit: Option<u32>,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows, those that could not be used included.
    pub rows: u64,
    /// Every header.
    pub headers: Headers,
}

impl Page {
    /// What the archive warns of: 299 says that there is more than it tells (PS3.18 §8.3.4.5).
    pub fn warnings(&self) -> impl Iterator<Item = &str> {
        self.headers.all("warning")
    }
}

impl Asked {
    /// The path with its query.
    fn address(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let name = |tag: &Tag| format!("{:04X}{:04X}", tag.0, tag.1);
        for (tag, wanted) in &self.matching {
            query.append_pair(&name(tag), wanted);
        }
        for tag in &self.include {
            query.append_pair("includefield", &name(tag));
        }
        if self.offset > 0 {
            query.append_pair("offset", &self.offset.to_string());
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        let query = query.finish();
        if query.is_empty() { self.path.to_string() } else { format!("{}?{query}", self.path) }
    }
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QidoFailed {
    /// It did not come.
    #[error(transparent)]
    Web(#[from] WebFailed),
    /// It holds no rows.
    #[error("{url}: {error}")]
    Rows {
        /// What was asked.
        url: Box<str>,
        /// Where it goes wrong.
        error: NotRows,
    },
}

impl Client {
    /// Asks, and hands each row over.
    ///
    /// # Errors
    /// There is no whole answer; what was handed over until then is none.
    pub fn qido(&self, asked: &Asked, row: impl FnMut(JsonRow)) -> Result<Page, QidoFailed> {
        let address = asked.address();
        let came = self.get(&address, JSON)?;
        let rows = read_rows(&came.body, row)
            .map_err(|error| QidoFailed::Rows { url: format!("{}{address}", self.root()).into(), error })?;
        Ok(Page { rows, headers: came.headers })
    }
}
