//! Past nights that were brought in from files, for the forecast to learn from beside the nights that we ran ourselves.

use std::collections::{BTreeMap, BTreeSet};

use planning::forecast::{Record, RecordKey};
use serde::{Deserialize, Serialize};

/// Most records that one import takes.
pub const NIGHT_RECORDS_PER_IMPORT_MAX: usize = 200_000;
/// Most records that are remembered. Own nights come beside them; of all together the newest 500,000 are learnt from.
pub const NIGHT_RECORDS_MAX: usize = planning::forecast::RECORDS_MAX;
/// Most records of one fact: a few megabytes of an entry.
pub const NIGHT_RECORDS_PER_FACT_MAX: usize = 5_000;

/// Records of past nights arrived. One that says something else of a step that is known replaces what was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightsReceived {
    /// The records.
    pub records: Vec<Record>,
}

/// Everything that was brought in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    records: BTreeMap<RecordKey, Record>,
}

impl Imported {
    /// Takes records in.
    pub(crate) fn put(&mut self, records: impl IntoIterator<Item = Record>) {
        self.records.extend(records.into_iter().map(|record| (record.key(), record)));
    }

    /// What is known of the step of a record.
    pub fn known(&self, record: &Record) -> Option<&Record> {
        self.records.get(&record.key())
    }

    /// Every record, by its key.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many nights they are of.
    pub fn nights(&self) -> usize {
        self.records.values().map(|record| &record.night).collect::<BTreeSet<_>>().len()
    }
}
