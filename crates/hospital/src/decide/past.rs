//! Deciding what becomes of records of past nights: whole or not at all, and nothing of what is known already.

use std::collections::HashSet;

use planning::forecast::Record;

use super::{Counts, Refusal};
use crate::command::ImportOrigin;
use crate::fact::Fact;
use crate::imports::ImportKind;
use crate::past::{
    NIGHT_RECORDS_MAX, NIGHT_RECORDS_PER_FACT_MAX, NIGHT_RECORDS_PER_IMPORT_MAX, NightsReceived,
};
use crate::state::State;

pub(super) fn import(
    state: &State,
    records: Vec<Record>,
    origin: ImportOrigin,
) -> Result<Vec<Fact>, Refusal> {
    if records.len() > NIGHT_RECORDS_PER_IMPORT_MAX {
        return Err(Refusal::TooManyRecords { records: records.len() });
    }
    let mut seen = HashSet::with_capacity(records.len());
    let mut counts = Counts::default();
    let mut kept = Vec::new();
    for record in records {
        if !seen.insert(record.key()) {
            let Record { night, device, family, step, .. } = record;
            return Err(Refusal::RecordTwice { night, device, family, step: step.word() });
        }
        if counts.standing(state.imported_nights().known(&record), &record) {
            kept.push(record);
        }
    }
    let then = state.imported_nights().len() + usize::try_from(counts.new).unwrap_or(usize::MAX);
    if then > NIGHT_RECORDS_MAX {
        return Err(Refusal::NoRoomForRecords { records: then });
    }
    let chunks = kept.chunks(NIGHT_RECORDS_PER_FACT_MAX);
    let mut facts: Vec<Fact> =
        chunks.map(|records| Fact::NightsReceived(NightsReceived { records: records.to_vec() })).collect();
    facts.push(counts.finish(ImportKind::Nights, origin));
    Ok(facts)
}
