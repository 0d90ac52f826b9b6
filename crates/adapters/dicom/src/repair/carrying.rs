//! Segue fetches each missing object from A and stores it at B, at the pace of both. One object at a time is held, up to a limit, and nothing of it on disk.

use std::time::{Duration, Instant};

use archive::{Instance, StudyUid};

use super::lacking::STOPPED;
use super::{Doubt, Far, Given, Lacking, Repaired};
use crate::object::{File, NotAnObject, content};
use crate::source::Pace;

/// Largest object that is carried, in bytes: so much memory may be taken.
pub const CARRIED_MAX_BYTES: u64 = 1_073_741_824;
/// Objects, or examinations, one after another that went wrong before no more are tried: an archive that is down is not asked a million times.
pub const IN_VAIN_MAX: u32 = 20;

/// An archive that hands out objects as files.
pub trait Fetches {
    /// The file of an object (PS3.10), whole.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn fetch(&mut self, object: &Instance) -> Result<Vec<u8>, Box<str>>;
}

/// An archive that takes objects.
pub trait Stores {
    /// Stores an object of this examination. The answer is what the archive says that it has changed, if it has.
    ///
    /// # Errors
    /// A sentence: it is not taken, or nobody knows whether it was.
    fn store(&mut self, study: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>>;
}

/// Carries what is missing over, in this order.
pub(super) fn carry(
    (from, to): (&mut dyn Fetches, &mut dyn Stores),
    lacking: &[Lacking],
    (pace_a, pace_b): (Pace, Pace),
    repaired: &mut Repaired,
    go_on: &dyn Fn(Far) -> bool,
) {
    let of = lacking.iter().map(|exam| exam.objects.len() as u64).sum();
    let (mut objects, mut in_vain) = (0, 0);
    for exam in lacking {
        for (number, object) in exam.objects.iter().enumerate() {
            repaired.is_stopped |= !go_on(Far::Sending { objects, of });
            if repaired.is_stopped || in_vain >= IN_VAIN_MAX {
                let (left, of) = (exam.objects.len() - number, exam.objects.len());
                let why = match repaired.is_stopped {
                    true => STOPPED.to_owned(),
                    false => format!("{IN_VAIN_MAX} objects one after another went wrong"),
                };
                let says = format!("{left} of {of} objects that B lacks were not sent: {why}");
                repaired.not_sent.push(Doubt::exam(&exam.study, says));
                break;
            }
            let mut took = Took::default();
            match one(from, to, object, &mut took) {
                Ok((given, changed)) => {
                    in_vain = 0;
                    repaired.changed.extend(changed.map(|says| Doubt::of(object, says)));
                    repaired.given.push(given);
                }
                Err(says) => {
                    in_vain += 1;
                    repaired.not_sent.push(Doubt::of(object, says));
                }
            }
            objects += 1;
            // While B stored, A has rested already.
            let rest = pace_a.after(took.fetch).saturating_sub(took.store).max(pace_b.after(took.store));
            repaired.is_stopped |= !Pace::pause(rest, || go_on(Far::Sending { objects, of }));
        }
    }
}

/// How long each archive was busy with it.
#[derive(Default)]
struct Took {
    fetch: Duration,
    store: Duration,
}

/// One object, and what B says that it has changed.
fn one(
    from: &mut dyn Fetches,
    to: &mut dyn Stores,
    object: &Instance,
    took: &mut Took,
) -> Result<(Given, Option<Box<str>>), String> {
    let began = Instant::now();
    let fetched = from.fetch(object);
    took.fetch = began.elapsed();
    let not = |says: &dyn std::fmt::Display| format!("A does not give it: {says}");
    let bytes = fetched.map_err(|says| not(&says))?;
    let file = File::read(&bytes).map_err(|error| not(&error))?;
    if *file.meta.uid != *object.uid.0.as_str() {
        return Err(not(&format!("{} came in its place", file.meta.uid)));
    }
    // What is not read for its content goes over as it is all the same: B shall have what A has.
    let content = match content(&bytes[..], &object.uid) {
        Ok(content) => Some(content),
        Err(error @ NotAnObject::Another { .. }) => return Err(not(&error)),
        Err(_) => None,
    };
    let began = Instant::now();
    let stored = to.store(&object.study, &file);
    took.store = began.elapsed();
    let changed = stored.map_err(|says| format!("B does not take it: {says}"))?;
    let given = Given {
        object: Instance { content, ..object.clone() },
        class: Some(file.meta.class.clone()),
        was_there: false,
    };
    Ok((given, changed))
}
