//! Two archives listed at the same time, and compared.

use std::collections::BTreeSet;

use archive::coverage::{Limits, Outcome, Scope};
use archive::reason::Side;
use archive::{Holding, Study, StudyUid, Tier, Verdict};
use model::{Date, Time};

use super::{Ended, Held, Pace, Source, hold, studies};

/// One of the two.
pub struct End {
    /// The archive.
    pub source: Box<dyn Source + Send>,
    /// How fast it may be asked.
    pub pace: Pace,
}

/// What both are asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Examinations from this day on, and those whose day nobody knows, at either end; all where there is none.
    pub since: Option<Date>,
    /// How much is asked at most.
    pub limits: Limits,
    /// The present: what came later is in flight, as far as an archive says when it came.
    pub cut: Time,
}

/// Lists and compares; `None` when somebody stopped it. `go_on` hears how far each end is, and says whether to go on.
pub fn compare(
    a: End,
    b: End,
    question: Question,
    go_on: &(dyn Fn(Side, Held) -> bool + Sync),
) -> Option<Verdict> {
    let (mut a, mut b) = (a, b);
    let (of_a, of_b) = listed(&mut a, &mut b, question, go_on)?;
    Some(archive::compare(&of_a, &of_b, question.cut, Tier::Identity))
}

/// Lists both at the same time; `None` when somebody stopped it.
pub(super) fn listed(
    a: &mut End,
    b: &mut End,
    question: Question,
    go_on: &(dyn Fn(Side, Held) -> bool + Sync),
) -> Option<(Holding, Holding)> {
    let chosen = match question.since {
        None => None,
        Some(since) => {
            let both = at_once(
                || chosen(a, since, question.limits, &|held| go_on(Side::A, held)),
                || chosen(b, since, question.limits, &|held| go_on(Side::B, held)),
            );
            let (from_a, from_b) = both?;
            Some(from_a.into_iter().chain(from_b).collect::<BTreeSet<StudyUid>>())
        }
    };
    // Chosen at either end, or of such a day now: what a first list missed, or what came since, is looked for all the same.
    let wanted = |study: &Study| match (&chosen, question.since) {
        (Some(chosen), Some(since)) => chosen.contains(&study.uid) || is_of(study, since),
        _ => true,
    };
    at_once(
        || everything(a, &wanted, question.limits, &|held| go_on(Side::A, held)),
        || everything(b, &wanted, question.limits, &|held| go_on(Side::B, held)),
    )
}

pub(super) fn at_once<T: Send>(
    one: impl FnOnce() -> Option<T> + Send,
    other: impl FnOnce() -> Option<T> + Send,
) -> Option<(T, T)> {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        // A thread that broke down has listed nothing.
        one.join().ok().flatten().zip(other)
    })
}

/// Of this day or later, or of no known day.
fn is_of(study: &Study, since: Date) -> bool {
    study.date.day().is_none_or(|day| day >= since)
}

/// Examinations of this day and later, and those without one: the other end may have another day for them. A list that is not complete is asked for
/// again when their objects are listed, and is a gap there.
fn chosen(
    end: &mut End,
    since: Date,
    limits: Limits,
    go_on: &dyn Fn(Held) -> bool,
) -> Option<BTreeSet<StudyUid>> {
    let listed = studies(&mut *end.source, Scope::Archive, limits, end.pace, |_| go_on(Held::default()));
    let rows = match listed {
        Ended::Listed(Outcome::Complete(rows) | Outcome::Incomplete(rows, _)) => rows,
        Ended::Stopped => return None,
    };
    Some(rows.into_values().filter(|study| is_of(study, since)).map(|study| study.uid).collect())
}

fn everything(
    end: &mut End,
    wanted: &dyn Fn(&Study) -> bool,
    limits: Limits,
    go_on: &dyn Fn(Held) -> bool,
) -> Option<Holding> {
    hold(&mut *end.source, wanted, limits, end.pace, go_on)
}
