//! Which column of a list means which field: guessed, asked, confirmed, kept.

use crate::header::{canonical, plain};
use crate::synonyms::{self, Strength};
use crate::{DateFormat, Field, OpenOptions, Table, nearest};
use model::Finding;
use model::finding::{Place, Severity};
use std::collections::BTreeMap;

/// What is known of one column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ColumnGuess {
    /// The column's name in the list.
    pub header: Box<str>,
    /// The field it fills.
    pub field: Option<Field>,
    /// How sure that is.
    pub sure: Sure,
}

/// How sure it is that a column fills a field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "sure", rename_all = "snake_case")]
pub enum Sure {
    /// It has the field's canonical name.
    Exact,
    /// A person or a mapping file said so.
    Confirmed,
    /// A person must confirm it.
    Guessed {
        /// Why it was guessed, as a sentence without a full stop.
        why: Box<str>,
    },
    /// The column is not read.
    Unused,
}

/// What must be answered before a list can be imported.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// Does this column fill this field?
    IsIt {
        /// The column.
        header: Box<str>,
        /// The field.
        field: Field,
        /// Why it was guessed.
        why: Box<str>,
    },
    /// Which of these columns fills this field?
    WhichOf {
        /// The field.
        field: Field,
        /// The columns.
        headers: Vec<Box<str>>,
    },
    /// Which column fills this required field?
    Missing {
        /// The field.
        field: Field,
    },
}

/// How a list's columns and words are to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The columns: one for each column of a list once fitted to it, else those that the mapping file names.
    pub columns: Vec<ColumnGuess>,
    /// Translations of values: for a field, the list's word (trimmed, small letters) and what it means.
    pub values: BTreeMap<Field, BTreeMap<Box<str>, Box<str>>>,
    /// What to read where a cell is empty or the column is missing.
    pub defaults: BTreeMap<Field, Box<str>>,
    /// Order of day, month and year in dates written with numbers.
    pub date_format: Option<DateFormat>,
    /// The delimiter of delimited text.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<Box<str>>,
    /// The encoding's label.
    pub encoding: Option<Box<str>>,
}

impl Mapping {
    /// Guesses from the column names alone.
    pub fn guess(headers: &[Box<str>]) -> Mapping {
        let mut found: Vec<Option<Candidate>> = headers.iter().map(|header| candidate(header)).collect();
        let mut best: BTreeMap<Field, u8> = BTreeMap::new();
        for candidate in found.iter().flatten() {
            let rank = best.entry(candidate.field).or_insert(candidate.rank);
            *rank = (*rank).min(candidate.rank);
        }
        for slot in &mut found {
            if slot.as_ref().is_some_and(|it| best.get(&it.field).is_some_and(|rank| it.rank > *rank)) {
                *slot = None;
            }
        }
        let columns = headers.iter().zip(found).map(|(header, found)| match found {
            Some(Candidate { field, sure, rank: _ }) => {
                ColumnGuess { header: header.clone(), field: Some(field), sure }
            }
            None => ColumnGuess { header: header.clone(), field: None, sure: Sure::Unused },
        });
        Mapping { columns: columns.collect(), ..Mapping::default() }
    }

    /// How a list is to be opened according to this mapping.
    pub fn open_options(&self) -> OpenOptions {
        OpenOptions {
            delimiter: self.delimiter,
            sheet: self.sheet.clone(),
            encoding: self.encoding.clone(),
            expected_headers: self.columns.iter().map(|column| column.header.clone()).collect(),
        }
    }

    /// This mapping laid over the columns of `table`: one entry for each column. Columns that the mapping does not name are
    /// read if they have a canonical name whose field is still free; a mapping that names no column at all is completed by
    /// guesses.
    ///
    /// # Errors
    /// A finding for each column that the mapping names and the list does not have.
    pub fn fit(&self, table: &Table) -> Result<Mapping, Vec<Finding>> {
        let headers = table.header();
        if headers.iter().eq(self.columns.iter().map(|column| &column.header)) {
            return Ok(self.clone());
        }
        if self.columns.is_empty() {
            return Ok(Mapping { columns: Mapping::guess(headers).columns, ..self.clone() });
        }
        let mut columns: Vec<Option<ColumnGuess>> = vec![None; headers.len()];
        let mut findings = Vec::new();
        for column in &self.columns {
            let name = canonical(&column.header);
            match headers.iter().position(|header| canonical(header) == name) {
                Some(at) => {
                    if let (Some(slot), Some(header)) = (columns.get_mut(at), headers.get(at)) {
                        *slot = Some(ColumnGuess { header: header.clone(), ..column.clone() });
                    }
                }
                // A column that is not read anyway may be missing.
                None if column.field.is_none() => {}
                None => findings.push(missing_column(table, &column.header)),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let fitted = headers.iter().zip(&columns).map(|(header, column)| {
            column.clone().unwrap_or_else(|| match Field::from_name(&canonical(header)) {
                Some(field) if !names(&self.columns, field) => {
                    ColumnGuess { header: header.clone(), field: Some(field), sure: Sure::Exact }
                }
                _ => ColumnGuess { header: header.clone(), field: None, sure: Sure::Unused },
            })
        });
        Ok(Mapping { columns: fitted.collect(), ..self.clone() })
    }

    /// What must be answered before the list can be imported; empty when nothing must.
    pub fn questions(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        for field in Field::ALL.iter().copied() {
            let columns: Vec<_> = self.columns.iter().filter(|column| column.field == Some(field)).collect();
            match columns.as_slice() {
                [] if Field::REQUIRED.contains(&field) && !self.defaults.contains_key(&field) => {
                    questions.push(Question::Missing { field });
                }
                [] => {}
                [ColumnGuess { header, sure: Sure::Guessed { why }, .. }] => {
                    questions.push(Question::IsIt { header: header.clone(), field, why: why.clone() });
                }
                [_] => {}
                several => {
                    let headers = several.iter().map(|column| column.header.clone()).collect();
                    questions.push(Question::WhichOf { field, headers });
                }
            }
        }
        questions
    }

    /// A person must answer something first.
    pub fn needs_confirmation(&self) -> bool {
        !self.questions().is_empty()
    }

    /// Takes every guess as confirmed. Two columns for one field stay a question.
    pub fn confirm(&mut self) {
        for column in &mut self.columns {
            if matches!(column.sure, Sure::Guessed { .. }) {
                column.sure = Sure::Confirmed;
            }
        }
    }

    /// A person's answer: `header` fills `field` (and no other column does), or is not read. `false` when there is no such
    /// column.
    pub fn choose(&mut self, header: &str, field: Option<Field>) -> bool {
        let name = canonical(header);
        if !self.columns.iter().any(|column| canonical(&column.header) == name) {
            return false;
        }
        for column in &mut self.columns {
            if canonical(&column.header) == name {
                column.field = field;
                column.sure = if field.is_some() { Sure::Confirmed } else { Sure::Unused };
            } else if field.is_some() && column.field == field {
                column.field = None;
                column.sure = Sure::Unused;
            }
        }
        true
    }
}

fn names(columns: &[ColumnGuess], field: Field) -> bool {
    columns.iter().any(|column| column.field == Some(field))
}

fn missing_column(table: &Table, header: &str) -> Finding {
    let headers: Vec<&str> = table.header().iter().map(|header| &**header).collect();
    let near = nearest::nearest(header, headers.iter().copied());
    let expected = match near {
        Some(near) => format!("perhaps it is now called \"{near}\""),
        None => format!("the list has: {}", headers.join(", ")),
    };
    Finding {
        source: table.source().into(),
        place: Place::Row { row: table.header_row() },
        value: Some(header.into()),
        problem: "the mapping names this column, and the list does not have it".into(),
        expected: expected.chars().take(600).collect::<String>().into(),
        severity: Severity::Error,
    }
}

struct Candidate {
    field: Field,
    sure: Sure,
    /// 0 canonical, 1 usual, 2 loose; the lowest wins.
    rank: u8,
}

/// What a column name may mean.
fn candidate(header: &str) -> Option<Candidate> {
    if let Some(field) = Field::from_name(&canonical(header)) {
        return Some(Candidate { field, sure: Sure::Exact, rank: 0 });
    }
    if header.is_empty() || header.len() > 120 {
        return None;
    }
    let guessed = |field: Field, rank, why: String| {
        Some(Candidate { field, sure: Sure::Guessed { why: why.into() }, rank })
    };
    if let Some((field, strength)) = synonyms::usual(&plain(header)) {
        return match strength {
            Strength::Usual => {
                guessed(field, 1, format!("\"{header}\" is a usual name for {}", field.name()))
            }
            Strength::Loose => {
                guessed(field, 2, format!("\"{header}\" may mean {}, and no other column does", field.name()))
            }
        };
    }
    let known_core = core_of(header).and_then(|core| Some((synonyms::usual(&plain(core))?.0, core)));
    if let Some((field, core)) = known_core {
        return guessed(field, 2, format!("\"{core}\" in \"{header}\" is a usual name for {}", field.name()));
    }
    let word = plain(header);
    let (far, field, meant) =
        synonyms::long_names().map(|(field, name)| (nearest::edits(&word, &name), field, name)).min()?;
    let allowed = if meant.len() >= 10 { 2 } else { 1 };
    if far > allowed {
        return None;
    }
    guessed(field, 2, format!("\"{header}\" looks like a misspelling of a name for {}", field.name()))
}

/// The name without what stands in brackets and without a leading *device*, *equipment* and the like.
fn core_of(header: &str) -> Option<&str> {
    let cut = header.find(['(', '[', '{']).unwrap_or(header.len());
    let mut core = header.get(..cut).unwrap_or(header).trim_matches([' ', ':', '.', '*']);
    for word in [
        "device",
        "equipment",
        "asset",
        "medical device",
        "item",
        "current",
        "installed",
        "utrustning",
        "gerät",
    ] {
        let rest =
            core.get(..word.len()).filter(|start| start.to_lowercase() == word).and(core.get(word.len()..));
        if let Some(rest) = rest.filter(|rest| rest.starts_with([' ', '-', '_', ':'])) {
            core = rest.trim_matches([' ', '-', '_', ':']);
            break;
        }
    }
    (!core.is_empty() && core != header).then_some(core)
}
