//! A table: sortable by GET, filter in the URL, paged, with files to take along and a *why?* for every row.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Age, Choice, CountOf, Pager, Status};
use crate::listing::{Direction, ListQuery};
use crate::live::Topic;
use crate::words::Words;

/// How a column is ordered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Not by this column.
    No,
    /// Smallest first.
    Up,
    /// Largest first.
    Down,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Heading.
    pub label: String,
    /// Where a click on the heading leads; empty when the list cannot be ordered by it.
    pub href: String,
    /// How it is ordered now.
    pub sorted: Sorted,
    /// Numbers: set to the right.
    pub numeric: bool,
}

impl Cell {
    /// The same as plain words, for paper and files.
    fn words(&self, w: Words) -> String {
        match self {
            Cell::Text(text) | Cell::Link { text, .. } | Cell::Code(text) | Cell::Gap(text) => text.clone(),
            Cell::Number(number) => w.number(*number),
            Cell::Status(status) => status.text(),
            Cell::Count(count) => count.text(),
            Cell::Age(age) => age.text().to_owned(),
            Cell::Lines(lines) => lines.join("; "),
        }
    }
}

impl Table {
    /// Heads and rows as plain words.
    pub(crate) fn words(&self) -> Vec<Vec<String>> {
        let heads = self.columns.iter().map(|column| column.label.clone()).collect();
        let row = |row: &Row| row.cells.iter().map(|cell| cell.words(self.w)).collect();
        [heads].into_iter().chain(self.rows.iter().map(row)).collect()
    }
}

impl Column {
    /// A column of words that the list cannot be ordered by.
    pub fn new(label: impl Into<String>) -> Column {
        Column { label: label.into(), href: String::new(), sorted: Sorted::No, numeric: false }
    }

    /// A column that `list` can be ordered by as `key`.
    pub fn sortable(label: impl Into<String>, list: &ListQuery, key: &'static str) -> Column {
        let sorted = match (list.sort == key, list.direction) {
            (true, Direction::Up) => Sorted::Up,
            (true, Direction::Down) => Sorted::Down,
            (false, Direction::Up | Direction::Down) => Sorted::No,
        };
        Column { href: list.sorted_by(key).href(), sorted, ..Column::new(label) }
    }

    /// The same with numbers in it.
    #[must_use]
    pub fn numeric(mut self) -> Column {
        self.numeric = true;
        self
    }

    fn aria(&self) -> &'static str {
        match self.sorted {
            Sorted::No => "none",
            Sorted::Up => "ascending",
            Sorted::Down => "descending",
        }
    }
}

/// What stands in a cell. Text is escaped, always.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words that lead somewhere.
    Link {
        /// Where.
        href: String,
        /// Words.
        text: String,
    },
    /// An identifier, in even-width letters.
    Code(String),
    /// A number.
    Number(u64),
    /// A mark with its word.
    Status(Status),
    /// `11 of 12`.
    Count(CountOf),
    /// How old.
    Age(Age),
    /// Not known; the text says what is missing.
    Gap(String),
    /// Several lines of words.
    Lines(Vec<String>),
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name for screen readers: *MON-0042*.
    pub name: String,
    /// Where its evidence is shown; empty when there is none to show.
    pub why: String,
    /// Its cells, one for each column.
    pub cells: Vec<Cell>,
}

/// One filter of the form above the table.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Key in the URL.
    pub key: &'static str,
    /// Label.
    pub label: String,
    /// What is set.
    pub value: String,
    /// Choices; empty for free text.
    pub choices: Vec<Choice>,
    /// It may also be left open: none of them is set.
    pub optional: bool,
}

impl Filter {
    /// Free text, as set in `list`.
    pub fn text(key: &'static str, label: impl Into<String>, list: &ListQuery) -> Filter {
        Filter {
            key,
            label: label.into(),
            value: list.filter(key).unwrap_or("").to_owned(),
            choices: Vec::new(),
            optional: true,
        }
    }

    /// One of `choices`, the usual one where none is set.
    pub fn always(
        key: &'static str,
        label: impl Into<String>,
        list: &ListQuery,
        choices: Vec<Choice>,
        usual: &str,
    ) -> Filter {
        let filter = Filter::choice(key, label, list, choices);
        let value = if filter.value.is_empty() { usual.to_owned() } else { filter.value };
        Filter { value, optional: false, ..filter }
    }

    /// One of `choices`, as set in `list`.
    pub fn choice(
        key: &'static str,
        label: impl Into<String>,
        list: &ListQuery,
        choices: Vec<Choice>,
    ) -> Filter {
        Filter { choices, ..Filter::text(key, label, list) }
    }
}

/// A whole table.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// Texts.
    pub w: Words,
    /// Unique on the page, and the same each time: it is how the live page finds it again.
    pub id: &'static str,
    /// What the rows are.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with as many cells as there are columns.
    pub rows: Vec<Row>,
    /// Filters above it.
    pub filters: Vec<Filter>,
    /// The question it answers.
    pub list: ListQuery,
    /// Rows in all under this filter.
    pub total: u64,
    /// Are there CSV and XLSX of it?
    pub exports: bool,
    /// The topics that change it.
    pub topics: Vec<Topic>,
}

impl HtmlSafe for Table {}

impl Table {
    fn pager(&self) -> Pager {
        Pager::new(self.w, &self.caption, &self.list, self.rows.len() as u64, self.total)
    }

    fn topics_text(&self) -> String {
        let names: Vec<&str> = self.topics.iter().map(|topic| topic.name()).collect();
        names.join(" ")
    }

    fn action(&self) -> String {
        let href = self.list.unfiltered().href();
        href.split('?').next().unwrap_or("").to_owned()
    }

    /// The filters that are set, for paper: the form above the table is not printed.
    fn filtered_by(&self) -> String {
        let label = |filter: &Filter| {
            let choice = filter.choices.iter().find(|choice| choice.value == filter.value);
            let value = choice.map_or(&filter.value, |choice| &choice.label);
            format!("{}: {value}", filter.label)
        };
        let set: Vec<String> =
            self.filters.iter().filter(|filter| !filter.value.is_empty()).map(label).collect();
        set.join(" · ")
    }

    /// Rows of the list that are not on this page: paper says so, and where all are.
    fn left_out(&self) -> u64 {
        if self.exports { self.total.saturating_sub(self.rows.len() as u64) } else { 0 }
    }

    /// Was a page asked for that lies behind the last row?
    fn is_beyond(&self) -> bool {
        self.rows.is_empty() && self.total > 0
    }

    /// The name of the column at this place: what stands before its value where a row is shown as a card.
    fn column(&self, at: &usize) -> &str {
        self.columns.get(*at).map_or("", |column| &column.label)
    }

    fn has_why(&self) -> bool {
        self.rows.iter().any(|row| !row.why.is_empty())
    }
}
