//! One stay out of all that was said of it, in the order in which it was recorded. Cancellations take back what came before; what nobody said stays
//! unknown.

use model::Time;

use super::told::{Class, Step};

/// A stay as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// Is the patient there?
    pub(super) is_open: bool,
    /// As which kind of patient; `None` where nobody says.
    pub(super) class: Option<Class>,
    /// Since when, where somebody says so. When it was recorded says nothing of it: a patient who comes by ambulance is on the table before anybody writes.
    pub(super) since: Option<Time>,
}

/// The stay that these steps make, given in the order of their times; `None` where nothing is left of it.
pub(super) fn stay<'a>(steps: impl Iterator<Item = &'a (Time, Step)>) -> Option<Stay> {
    let mut stands: Vec<(Time, Step)> = Vec::new();
    for (at, step) in steps {
        match step {
            Step::NeverIn => {
                stands.clear();
                continue;
            }
            Step::NotMoved { .. } => take_back(&mut stands, |step| matches!(step, Step::Moved { .. })),
            Step::NotOut { .. } => take_back(&mut stands, |step| matches!(step, Step::Out)),
            Step::Out | Step::Changed { .. } | Step::Moved { .. } | Step::In { .. } => {}
        }
        stands.push((*at, *step));
    }
    if stands.is_empty() {
        return None;
    }
    let (mut is_open, mut class, mut since) = (None, None, None);
    for (_, step) in stands {
        match step {
            Step::Out => is_open = Some(false),
            Step::NeverIn => {}
            Step::Changed { class: now, since: from, has_left } => {
                class = now.or(class);
                since = from.or(since);
                // Changes are made long after a patient has left; they do not bring anybody back.
                is_open = if has_left { Some(false) } else { is_open.or(Some(true)) };
            }
            Step::In { class: now, since: from } => {
                class = now.or(class);
                since = from.or(since);
                is_open = Some(true);
            }
            // Before the transfer that is taken back stands what was said then; this message only helps where nobody had said anything.
            Step::NotMoved { class: before } => {
                class = class.or(before);
                is_open = is_open.or(Some(true));
            }
            Step::Moved { class: now } | Step::NotOut { class: now } => {
                class = now.or(class);
                is_open = Some(true);
            }
        }
    }
    Some(Stay { is_open: is_open.unwrap_or(true), class, since })
}

fn take_back(stands: &mut Vec<(Time, Step)>, is_it: impl Fn(&Step) -> bool) {
    if let Some(last) = stands.iter().rposition(|(_, step)| is_it(step)) {
        stands.remove(last);
    }
}
