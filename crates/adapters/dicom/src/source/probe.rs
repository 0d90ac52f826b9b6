//! An archive used as a reader of images uses it (R48): the list of a day is searched, an examination opened, its first image fetched, a few more as in scrolling,
//! and a prior of the same patient. Only how long each took is kept. Images come as they are kept; showing them is the viewer's.

use std::time::{Duration, Instant};

use archive::coverage::{End, Query, Scope, When};
use archive::{Instance, Study};
use model::Date;

use super::{Pace, Reads, Source};

/// Images after the first that are fetched as in scrolling.
pub const SCROLLED_MAX: usize = 4;
/// Most rows of a day's list.
const ROWS_MAX: u32 = 1_000;
/// Days of the first list, the last day left out.
const DAYS_FIRST: i64 = 1;
/// So many times as many days where those have too few examinations.
const WIDER: i64 = 6;
/// Failures one after the other before an archive is left alone.
const FAILURES_MAX: u32 = 5;

/// What to open.
#[derive(Clone, Copy, Debug)]
pub struct Probing {
    /// The first day whose examinations may be opened.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// How many examinations, or images of few examinations.
    pub probes: u32,
}

/// How long each step took, once for each time it was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Searching the list of a day.
    pub search: Vec<Duration>,
    /// From opening an examination to its first image.
    pub first_image: Vec<Duration>,
    /// Each further image.
    pub scroll: Vec<Duration>,
    /// From opening a prior of the same patient to its first image.
    pub prior: Vec<Duration>,
    /// Examinations of which no image came.
    pub failed: u32,
    /// Why the first of them did not.
    pub first_failure: Option<Box<str>>,
}

/// Opens examinations; `None` when somebody stopped it. `go_on` hears how many were opened.
///
/// # Errors
/// The archive has no examination of those days, or does not say; the sentence tells which.
pub fn probe(
    source: &mut dyn Source,
    reads: &mut dyn Reads,
    probing: Probing,
    pace: Pace,
    go_on: &dyn Fn(u64) -> bool,
) -> Result<Option<Times>, Box<str>> {
    let listed = recent(source, probing)?;
    if listed.is_empty() {
        let (from, to) = (probing.from, probing.to);
        return Err(format!("it has no examination from {from} to {to} that could be opened").into());
    }
    let mut times = Times::default();
    let mut in_a_row = 0;
    for number in 0..probing.probes {
        if !go_on(u64::from(number)) {
            return Ok(None);
        }
        // Spread over the list, newest first; with few examinations another image of each.
        let at = number as usize;
        let Some(exam) = listed.get(at % listed.len()) else { break };
        let began = Instant::now();
        match one(source, reads, &listed, exam, at / listed.len(), &mut times) {
            Ok(()) => in_a_row = 0,
            Err(says) => {
                times.failed += 1;
                times.first_failure.get_or_insert(says);
                in_a_row += 1;
            }
        }
        if in_a_row >= FAILURES_MAX {
            break;
        }
        if !pace.rest(began.elapsed(), || go_on(u64::from(number))) {
            return Ok(None);
        }
    }
    Ok(Some(times))
}

/// The newest examinations, as many as are to be opened where there are so many. The list is asked for as few days as that takes: an archive in clinical use is not made
/// to list a year.
fn recent(source: &mut dyn Source, probing: Probing) -> Result<Vec<Study>, Box<str>> {
    let mut days = DAYS_FIRST;
    loop {
        let from =
            Date::of_days(probing.to.days() - days).map_or(probing.from, |from| from.max(probing.from));
        let listed = search(source, from, probing.to)?;
        if from == probing.from || listed.len() >= probing.probes as usize {
            return Ok(listed);
        }
        days *= WIDER;
    }
}

/// The list of some days, newest first.
fn search(source: &mut dyn Source, from: Date, to: Date) -> Result<Vec<Study>, Box<str>> {
    let query = Query { when: When::Days(from, to), ..Query::all(Scope::Archive) };
    let found = source.studies(&query, 0, Some(ROWS_MAX));
    if let End::Failed(says) = found.end {
        return Err(says);
    }
    // What is beyond a cap is not opened, and is not missed here: nothing is counted.
    let mut rows = found.rows;
    rows.sort_by(|one, other| one.newest_first().cmp(&other.newest_first()));
    Ok(rows)
}

/// One examination, as a reader opens it.
fn one(
    source: &mut dyn Source,
    reads: &mut dyn Reads,
    listed: &[Study],
    exam: &Study,
    image: usize,
    times: &mut Times,
) -> Result<(), Box<str>> {
    if let Some(day) = exam.date.day() {
        let began = Instant::now();
        search(source, day, day)?;
        times.search.push(began.elapsed());
    }
    let (images, took) = opened(source, reads, exam, image)?;
    times.first_image.push(took);
    for next in images.iter().cycle().skip(image + 1).take(SCROLLED_MAX.min(images.len() - 1)) {
        let began = Instant::now();
        reads.content(next)?;
        times.scroll.push(began.elapsed());
    }
    let is_prior = |other: &&Study| {
        other.uid != exam.uid
            && exam.patient.is_known()
            && other.patient == exam.patient
            && other.date.day() <= exam.date.day()
    };
    if let Some(prior) = listed.iter().find(is_prior) {
        times.prior.push(opened(source, reads, prior, 0)?.1);
    }
    Ok(())
}

/// The images of an examination, never none, and how long it took until one of them was there.
fn opened(
    source: &mut dyn Source,
    reads: &mut dyn Reads,
    exam: &Study,
    image: usize,
) -> Result<(Vec<Instance>, Duration), Box<str>> {
    let began = Instant::now();
    let found = source.instances(&Query::all(Scope::Study(exam.uid.clone())), 0, None);
    if let End::Failed(says) = found.end {
        return Err(says);
    }
    let images = found.rows;
    let first = images.get(image.checked_rem(images.len()).unwrap_or(0));
    let first = first.ok_or_else(|| format!("{}: the archive lists no object of it", exam.uid))?;
    reads.content(first)?;
    Ok((images, began.elapsed()))
}
