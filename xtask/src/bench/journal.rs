//! `bench journal`: durable appends a second on SQLite and PostgreSQL, and start-up from a snapshot and from the journal.

use anyhow::Result;

use super::example;
use super::metric::Metric;
use crate::needs;
use crate::place::Place;

pub(super) fn run(place: &Place) -> Result<Vec<Metric>> {
    needs::ensure(&[&needs::C_COMPILER, &needs::POSTGRES])?;
    example(place, "journal", "bench_journal", &[])
}
