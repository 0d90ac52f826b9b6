//! A listing and an archive, put together: asks what the listing wants, at the archive's pace, until it is complete or cannot be.

use std::time::Instant;

use archive::coverage::{Answer, Ask, Limits, Listed, Listing, Outcome, Query, Rows, Scope, Step};
use archive::{Instance, Study};

use super::{Pace, Source};

/// How a listing ended.
#[derive(Debug)]
pub enum Ended<R> {
    /// By itself.
    Listed(Outcome<R>),
    /// Somebody stopped it.
    Stopped,
}

/// Lists examinations. `go_on` hears how many questions were answered, and says whether to go on.
pub fn studies(
    source: &mut dyn Source,
    scope: Scope,
    limits: Limits,
    pace: Pace,
    go_on: impl FnMut(u64) -> bool,
) -> Ended<Study> {
    list(source, scope, limits, pace, go_on, |source, query, offset, limit| {
        source.studies(query, offset, limit)
    })
}

/// Lists the objects of an examination or a series.
pub fn instances(
    source: &mut dyn Source,
    scope: Scope,
    limits: Limits,
    pace: Pace,
    go_on: impl FnMut(u64) -> bool,
) -> Ended<Instance> {
    list(source, scope, limits, pace, go_on, |source, query, offset, limit| {
        source.instances(query, offset, limit)
    })
}

fn list<R: Listed>(
    source: &mut dyn Source,
    scope: Scope,
    limits: Limits,
    pace: Pace,
    mut go_on: impl FnMut(u64) -> bool,
    rows: impl Fn(&mut dyn Source, &Query, u64, Option<u32>) -> Rows<R>,
) -> Ended<R> {
    let mut listing: Listing<R> = Listing::new(scope, source.ability(), limits);
    while let Step::Ask(ask) = listing.next() {
        if !go_on(listing.queries()) {
            return Ended::Stopped;
        }
        let asked_at = Instant::now();
        let answer = match &ask {
            Ask::Token => Answer::Token(source.token()),
            Ask::Count(scope) => Answer::Count(source.count(scope)),
            Ask::Rows { query, offset, limit } => Answer::Rows(rows(source, query, *offset, *limit)),
        };
        if listing.answer(answer).is_err() {
            // What was asked was answered: the listing says so itself, and what it has is then no whole list.
            break;
        }
        if !pace.rest(asked_at.elapsed(), || go_on(listing.queries())) {
            return Ended::Stopped;
        }
    }
    Ended::Listed(listing.into_outcome())
}
