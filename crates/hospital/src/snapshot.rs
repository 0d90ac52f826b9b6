//! A snapshot of the state: a cache that shortens start-up. What matching derives is left out and worked out again.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Advisory;
use model::alias::{AliasAnswer, AliasSubject};
use planning::forecast::Record;
use serde::{Deserialize, Serialize};

use crate::archives::Archives;
use crate::fact::Stamp;
use crate::imports::ImportSummary;
use crate::library::Library;
use crate::night::Night;
use crate::night::parts::{self, NightParts};
use crate::past::Imported;
use crate::people::People;
use crate::places::Places;
use crate::register::Register;
use crate::state::State;
use crate::threats::Threats;

/// Changes whenever a snapshot of an earlier Segue can no longer be read.
pub const SNAPSHOT_FORMAT: &str = "segue-state-4";

/// Why a snapshot is not used; the journal is read from its start instead.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The compact part cannot be read.
    #[error("the snapshot's register cannot be read: {0}")]
    Register(#[source] postcard::Error),
    /// The rest cannot be read.
    #[error("the snapshot cannot be read: {0}")]
    Rest(#[source] serde_json::Error),
    /// The compact part of hosts cannot be read.
    #[error("the snapshot's hosts cannot be read: {0}")]
    Hosts(#[source] postcard::Error),
    /// Its parts do not belong together.
    #[error("the snapshot's hosts refer to what it does not have")]
    Apart,
    /// It ends too early.
    #[error("the snapshot is truncated")]
    Truncated,
}

/// What a state is put together from.
pub(crate) struct Parts {
    pub(crate) seq: u64,
    pub(crate) places: Places,
    pub(crate) register: Register,
    pub(crate) library: Library,
    pub(crate) threats: Threats,
    pub(crate) people: People,
    pub(crate) imports: Vec<(Stamp, ImportSummary)>,
    pub(crate) answers: BTreeMap<AliasSubject, (Stamp, AliasAnswer)>,
    pub(crate) night: Night,
    pub(crate) past: Imported,
    pub(crate) archives: Archives,
}

/// Everything but the register, whose size asks for a compact form of its own.
#[derive(Serialize, Deserialize)]
struct Rest {
    seq: u64,
    places: Places,
    advisories: Vec<(Stamp, Arc<Advisory>)>,
    threats: Threats,
    people: People,
    imports: Vec<(Stamp, ImportSummary)>,
    answers: Vec<(AliasSubject, Stamp, AliasAnswer)>,
    night: NightParts,
    past: Vec<Record>,
    archives: Archives,
}

/// Writes a snapshot.
pub fn save(state: &State) -> Result<Vec<u8>, SnapshotError> {
    let register = postcard::to_stdvec(&state.register).map_err(SnapshotError::Register)?;
    let revisions = state.library.iter().flat_map(|(_, item)| item.revisions());
    let answers =
        state.answers.iter().map(|(subject, (stamp, answer))| (subject.clone(), stamp.clone(), *answer));
    let (tables, night) = parts::take_apart(&state.night, state.seq());
    let tables = postcard::to_stdvec(&tables).map_err(SnapshotError::Hosts)?;
    let rest = Rest {
        seq: state.seq(),
        places: state.places.clone(),
        advisories: revisions.map(|revision| (revision.stamp.clone(), revision.advisory.clone())).collect(),
        threats: state.threats.clone(),
        people: state.people.clone(),
        imports: state.imports.clone(),
        answers: answers.collect(),
        night,
        past: state.past.records().cloned().collect(),
        archives: state.archives.clone(),
    };
    let rest = serde_json::to_vec(&rest).map_err(SnapshotError::Rest)?;
    let mut out = Vec::with_capacity(16 + register.len() + tables.len() + rest.len());
    for part in [register, tables] {
        out.extend((part.len() as u64).to_le_bytes());
        out.extend(part);
    }
    out.extend(rest);
    Ok(out)
}

/// Reads a snapshot and matches everything once.
pub fn load(bytes: &[u8]) -> Result<State, SnapshotError> {
    let (register, after) = part(bytes)?;
    let (tables, rest) = part(after)?;
    let mut register: Register = postcard::from_bytes(register).map_err(SnapshotError::Register)?;
    register.reindex();
    let tables = postcard::from_bytes(tables).map_err(SnapshotError::Hosts)?;
    let rest: Rest = serde_json::from_slice(rest).map_err(SnapshotError::Rest)?;
    let mut past = Imported::default();
    past.put(rest.past);
    let mut library = Library::default();
    for (stamp, advisory) in rest.advisories {
        library.put(stamp, advisory);
    }
    Ok(State::from_parts(Parts {
        seq: rest.seq,
        places: rest.places,
        register,
        library,
        threats: rest.threats,
        people: rest.people,
        imports: rest.imports,
        answers: rest
            .answers
            .into_iter()
            .map(|(subject, stamp, answer)| (subject, (stamp, answer)))
            .collect(),
        night: parts::put_together(tables, rest.night).ok_or(SnapshotError::Apart)?,
        past,
        archives: rest.archives,
    }))
}

/// The first of several parts, each with its length before it, and what comes after.
fn part(bytes: &[u8]) -> Result<(&[u8], &[u8]), SnapshotError> {
    let (len, after) = bytes.split_first_chunk::<8>().ok_or(SnapshotError::Truncated)?;
    let len = usize::try_from(u64::from_le_bytes(*len)).map_err(|_| SnapshotError::Truncated)?;
    after.split_at_checked(len).ok_or(SnapshotError::Truncated)
}
