//! Is that all that is scheduled? Nobody counts a worklist, and many are cut after so many rows without a word. So what is asked for is asked for once more in
//! parts, of which each holds something: a list that was cut shows more in its parts than as a whole.

use model::Date;

use super::{Asked, Listed, Scheduled};
use crate::dimse::failed::Failed;
use crate::dimse::message::Status;

/// Most steps that are believed where all begin at one time, so that nothing can be asked for in parts: fewer than the lowest cap that was met (20).
pub const UNSPLIT_MAX_STEPS: usize = 19;
/// A list that changes meanwhile is read so often, and then not believed.
const TRIES: u32 = 3;
const DAY_SECONDS: u32 = 86_400;

/// Why it is not known what is scheduled.
#[derive(Debug, thiserror::Error)]
pub enum NotWhole {
    /// Nobody answers, or not to us.
    #[error(transparent)]
    Failed(#[from] Failed),
    /// The answer ended with something else than success.
    #[error("the answer ended with {status}{comment}, which does not say that it was all", comment = said(.comment))]
    Ended {
        /// With what.
        status: Status,
        /// What the other end says of it.
        comment: Box<str>,
    },
    /// Rows that nobody can read.
    #[error("{0} of its rows could not be read")]
    Unreadable(u64),
    /// Steps without a day, or with a time that is none.
    #[error("{0} of its steps do not say when they begin")]
    NoTime(u64),
    /// More than is held.
    #[error("it has {0} steps more than are held")]
    TooMany(u64),
    /// The other end does not keep to what was asked for.
    #[error(
        "asked for a part of it, it answers {0} steps of other times: whether that was all cannot be found out"
    )]
    Outside(u64),
    /// Whole and in parts are not the same.
    #[error(
        "it answers {whole} steps as a whole and {parts} in parts: it is cut, or changed each time while it was read"
    )]
    Cut {
        /// Steps when asked for everything at once.
        whole: usize,
        /// Steps of the parts together.
        parts: usize,
    },
    /// It cannot be asked for in parts.
    #[error("all of its {0} steps begin at one time: whether it is cut there cannot be found out")]
    Unsplit(usize),
}

fn said(comment: &str) -> String {
    if comment.is_empty() { String::new() } else { format!(": {comment}") }
}

/// Everything that is asked for. `ask` asks the worklist.
///
/// # Errors
/// It is not known whether that is everything.
pub fn whole(
    asked: &Asked,
    ask: &mut dyn FnMut(&Asked) -> Result<Listed, Failed>,
) -> Result<Vec<Scheduled>, NotWhole> {
    let mut differs = NotWhole::Cut { whole: 0, parts: 0 };
    for _ in 0..TRIES {
        let all = told(asked, ask)?;
        let Some(parts) = parts(asked, &all) else {
            return if all.len() > UNSPLIT_MAX_STEPS { Err(NotWhole::Unsplit(all.len())) } else { Ok(all) };
        };
        let mut again = Vec::new();
        for part in &parts {
            again.extend(told(part, ask)?);
        }
        if sorted(&all) == sorted(&again) {
            return Ok(all);
        }
        differs = NotWhole::Cut { whole: all.len(), parts: again.len() };
    }
    Err(differs)
}

/// One answer, if nothing is wrong with it.
fn told(
    asked: &Asked,
    ask: &mut dyn FnMut(&Asked) -> Result<Listed, Failed>,
) -> Result<Vec<Scheduled>, NotWhole> {
    let Listed { steps, unreadable, beyond, status, comment } = ask(asked)?;
    let (mut no_time, mut outside) = (0, 0);
    for step in &steps {
        match asked.has(step) {
            None => no_time += 1,
            Some(false) => outside += 1,
            Some(true) => {}
        }
    }
    if beyond > 0 {
        Err(NotWhole::TooMany(beyond))
    } else if !status.is_success() {
        Err(NotWhole::Ended { status, comment })
    } else if unreadable > 0 {
        Err(NotWhole::Unreadable(unreadable))
    } else if no_time > 0 {
        Err(NotWhole::NoTime(no_time))
    } else if outside > 0 {
        Err(NotWhole::Outside(outside))
    } else {
        Ok(steps)
    }
}

/// Parts that are together all that is asked for, of which two hold some of the steps each: earlier and later days, else earlier and later hours of the one day, with the days
/// before and after it, of which a list that is cut where the day ends tells nothing. `None` where all begin at one time.
fn parts(asked: &Asked, steps: &[Scheduled]) -> Option<Vec<Asked>> {
    let mut begins: Vec<(Date, u32)> =
        steps.iter().filter_map(|step| Some((step.day()?, step.second()?))).collect();
    begins.sort_unstable();
    let ((first, _), (last, _)) = (*begins.first()?, *begins.last()?);
    let middle = *begins.get(begins.len() / 2)?;
    if first < last {
        // The first day of the later part: not the first of all, or nothing would be in the earlier one.
        let after = if middle.0 > first { middle.0 } else { begins.iter().find(|(day, _)| *day > first)?.0 };
        let before = Date::of_days(after.days() - 1)?;
        return Some(vec![
            Asked { to: Some(before), ..asked.clone() },
            Asked { from: Some(after), ..asked.clone() },
        ]);
    }
    let earliest = begins.first()?.1;
    let after = if middle.1 > earliest { middle.1 } else { begins.iter().find(|(_, at)| *at > earliest)?.1 };
    let (from, to) = asked.seconds.unwrap_or((0, DAY_SECONDS - 1));
    let day = Asked { from: Some(first), to: Some(first), ..asked.clone() };
    let mut parts = vec![
        Asked { seconds: Some((from, after - 1)), ..day.clone() },
        Asked { seconds: Some((after, to)), ..day },
    ];
    if asked.from.is_none_or(|from| from < first) {
        parts.push(Asked { to: Some(Date::of_days(first.days() - 1)?), ..asked.clone() });
    }
    if asked.to.is_none_or(|to| to > first) {
        parts.push(Asked { from: Some(Date::of_days(first.days() + 1)?), ..asked.clone() });
    }
    Some(parts)
}

fn sorted(steps: &[Scheduled]) -> Vec<&Scheduled> {
    let mut all: Vec<&Scheduled> = steps.iter().collect();
    all.sort_unstable();
    all
}
