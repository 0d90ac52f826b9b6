//! Two coding tables, of a RIS and a PACS: what only one has, what has one code and two meanings, what has one meaning and two codes (R76).
//! An examination whose code the other system does not know, or takes for another one, goes to the wrong list.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use words::compared as in_words;

/// The version of the JSON form.
pub const FORM_VERSION: u32 = 1;

/// One row of a table: procedure codes, body parts, modalities, reasons of rejection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Coded {
    /// Who defines the code, such as `DCM`, `SCT` or `99LOCAL` (DICOM PS3.3 §8.2); empty where nobody says.
    pub scheme: Box<str>,
    /// The code.
    pub code: Box<str>,
    /// What it means, for people; empty where nobody says.
    pub display: Box<str>,
    /// Where it stands in its table, from 1.
    pub row: u64,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The file, as a person named it.
    pub source: Box<str>,
    /// Its rows.
    pub rows: Vec<Coded>,
}

/// Who defines a code, and the code: the two together name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Code {
    /// Who defines it.
    pub scheme: Box<str>,
    /// The code.
    pub code: Box<str>,
}

/// One code with two meanings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherMeaning {
    /// The code.
    pub code: Code,
    /// What it means in A.
    pub a: Vec<Box<str>>,
    /// What it means in B.
    pub b: Vec<Box<str>>,
    /// Only capitals and spaces differ.
    pub spelling_only: bool,
}

/// One meaning with two codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherCode {
    /// The meaning, as A spells it.
    pub meaning: Box<str>,
    /// Its codes in A.
    pub a: Vec<Code>,
    /// Its codes in B.
    pub b: Vec<Code>,
}

/// What one table says twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicate {
    /// Rows with one code.
    Code(Vec<Coded>),
    /// Codes of one scheme with one meaning.
    Meaning(Vec<Coded>),
}

/// What came of comparing; every list is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// [`FORM_VERSION`].
    pub version: u32,
    /// Table A, as a person named it.
    pub a: Box<str>,
    /// Table B.
    pub b: Box<str>,
    /// Rows of A.
    pub rows_a: u64,
    /// Rows of B.
    pub rows_b: u64,
    /// Codes that both have with the same meaning, letter by letter.
    pub alike: u64,
    /// One code, two meanings: the most dangerous first.
    pub other_meaning: Vec<OtherMeaning>,
    /// One meaning, two codes.
    pub other_code: Vec<OtherCode>,
    /// In A only, code and meaning.
    pub only_a: Vec<Coded>,
    /// In B only.
    pub only_b: Vec<Coded>,
    /// Both have the code, and one does not say what it means.
    pub unknown: Vec<Code>,
    /// What A says twice.
    pub twice_a: Vec<Duplicate>,
    /// What B says twice.
    pub twice_b: Vec<Duplicate>,
}

/// A table with no row: of a wrong file, most likely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no code at all; nothing is known of what it was read from")]
pub struct Nothing(pub Box<str>);

impl Compared {
    /// Is it known that both tables say the same, and each says it once?
    pub fn is_same(&self) -> bool {
        !self.differs() && self.unknown.is_empty()
    }

    /// Is anything known to differ, or said twice?
    pub fn differs(&self) -> bool {
        !(self.other_meaning.is_empty()
            && self.other_code.is_empty()
            && self.only_a.is_empty()
            && self.only_b.is_empty()
            && self.twice_a.is_empty()
            && self.twice_b.is_empty())
    }
}

/// One table by code and by meaning.
struct Index<'a> {
    by_code: BTreeMap<Code, Vec<&'a Coded>>,
    by_meaning: BTreeMap<String, BTreeSet<Code>>,
}

impl Index<'_> {
    fn of(table: &Table) -> Result<Index<'_>, Nothing> {
        if table.rows.is_empty() {
            return Err(Nothing(table.source.clone()));
        }
        let mut index = Index { by_code: BTreeMap::new(), by_meaning: BTreeMap::new() };
        for row in &table.rows {
            index.by_code.entry(row.name()).or_default().push(row);
            if let Some(meaning) = row.meaning() {
                index.by_meaning.entry(meaning).or_default().insert(row.name());
            }
        }
        Ok(index)
    }

    /// Rows whose code and meaning the other does not have.
    fn only_here(&self, other: &Index<'_>) -> Vec<Coded> {
        let here = self.by_code.iter().filter(|(code, _)| !other.by_code.contains_key(code));
        let rows = here.flat_map(|(_, rows)| rows.iter().copied());
        let known =
            |row: &Coded| row.meaning().is_some_and(|meaning| other.by_meaning.contains_key(&meaning));
        rows.filter(|row| !known(row)).cloned().collect()
    }

    fn twice(&self) -> Vec<Duplicate> {
        let rows = |rows: &[&Coded]| rows.iter().map(|row| (*row).clone()).collect::<Vec<_>>();
        let codes = self.by_code.values().filter(|all| all.len() > 1).map(|all| Duplicate::Code(rows(all)));
        let mut meanings: BTreeMap<(&str, String), Vec<&Coded>> = BTreeMap::new();
        for first in self.by_code.values().filter_map(|all| all.first()) {
            if let Some(meaning) = first.meaning() {
                meanings.entry((&first.scheme, meaning)).or_default().push(first);
            }
        }
        let shared = meanings.into_values().filter(|all| all.len() > 1);
        codes.chain(shared.map(|all| Duplicate::Meaning(rows(&all)))).collect()
    }
}

impl Coded {
    fn name(&self) -> Code {
        Code { scheme: self.scheme.clone(), code: self.code.clone() }
    }

    fn meaning(&self) -> Option<String> {
        Some(folded(&self.display)).filter(|meaning| !meaning.is_empty())
    }
}

/// Without capitals and with single spaces.
fn folded(display: &str) -> String {
    display.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Compares two tables.
///
/// # Errors
/// One has no row.
pub fn compare(a: &Table, b: &Table) -> Result<Compared, Nothing> {
    let (in_a, in_b) = (Index::of(a)?, Index::of(b)?);
    let mut found = Compared {
        version: FORM_VERSION,
        a: a.source.clone(),
        b: b.source.clone(),
        rows_a: a.rows.len() as u64,
        rows_b: b.rows.len() as u64,
        alike: 0,
        other_meaning: Vec::new(),
        other_code: Vec::new(),
        only_a: in_a.only_here(&in_b),
        only_b: in_b.only_here(&in_a),
        unknown: Vec::new(),
        twice_a: in_a.twice(),
        twice_b: in_b.twice(),
    };
    for (code, rows_a) in &in_a.by_code {
        if let Some(rows_b) = in_b.by_code.get(code) {
            meanings(code, rows_a, rows_b, &mut found);
        }
    }
    found.other_meaning.sort_by_key(|other| other.spelling_only);
    for (meaning, of_a) in &in_a.by_meaning {
        let Some(of_b) = in_b.by_meaning.get(meaning).filter(|of_b| *of_b != of_a) else { continue };
        let spelled = of_a.iter().filter_map(|code| in_a.by_code.get(code)).flatten();
        let spelled =
            spelled.filter(|row| row.meaning().as_ref() == Some(meaning)).map(|row| row.display.clone());
        let meaning = spelled.min().unwrap_or_else(|| meaning.as_str().into());
        let list = |codes: &BTreeSet<Code>| codes.iter().cloned().collect();
        found.other_code.push(OtherCode { meaning, a: list(of_a), b: list(of_b) });
    }
    Ok(found)
}

fn meanings(code: &Code, a: &[&Coded], b: &[&Coded], found: &mut Compared) {
    let displays = |rows: &[&Coded]| rows.iter().map(|row| row.display.clone()).collect::<BTreeSet<_>>();
    let folded_all =
        |displays: &BTreeSet<Box<str>>| displays.iter().map(|one| folded(one)).collect::<BTreeSet<_>>();
    let (in_a, in_b) = (displays(a), displays(b));
    let (fold_a, fold_b) = (folded_all(&in_a), folded_all(&in_b));
    if fold_a.contains("") || fold_b.contains("") {
        found.unknown.push(code.clone());
    } else if in_a == in_b {
        found.alike += 1;
    } else {
        found.other_meaning.push(OtherMeaning {
            code: code.clone(),
            a: in_a.into_iter().collect(),
            b: in_b.into_iter().collect(),
            spelling_only: fold_a == fold_b,
        });
    }
}
