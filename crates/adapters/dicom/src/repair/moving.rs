//! A sends by itself (C-MOVE), one examination after another at its pace. It sends them whole: an archive keeps what it has.

use std::time::Instant;

use super::lacking::STOPPED;
use super::{Doubt, Far, Given, IN_VAIN_MAX, Lacking, Repaired};
use crate::dimse::{Association, Failed, Level, Moved, Progress, Service, Status};
use crate::element::Writing;
use crate::peer::{AeTitle, Peer};
use crate::source::Pace;
use crate::tags;

/// Has `from` send these examinations to `to`. An examination that is being sent when somebody stops it is stopped, and the others are not begun.
pub(super) fn send(
    from: &Peer,
    to: &AeTitle,
    lacking: &[Lacking],
    pace: Pace,
    repaired: &mut Repaired,
    go_on: &dyn Fn(Far) -> bool,
) -> Result<(), Failed> {
    let mut association = match repaired.is_stopped {
        true => None,
        false => Some(Association::new(from, Service::Move)?),
    };
    let of = lacking.iter().map(|exam| exam.objects.len() as u64).sum();
    let (mut objects, mut in_vain) = (0, 0);
    for exam in lacking {
        let far = |now: u64| go_on(Far::Sending { objects: objects + now, of });
        let mut not = |says: String| repaired.not_sent.push(Doubt::exam(&exam.study, says));
        if repaired.is_stopped || !far(0) {
            repaired.is_stopped = true;
            not(STOPPED.to_owned());
            continue;
        }
        if in_vain >= IN_VAIN_MAX {
            not(format!("not begun: A could not be told to send the last {IN_VAIN_MAX}"));
            continue;
        }
        // One that broke is made anew: the next examination has a chance of its own.
        let mut link = match association.take().map_or_else(|| Association::new(from, Service::Move), Ok) {
            Ok(link) => link,
            Err(error) => {
                not(format!("not begun: {error}"));
                in_vain += 1;
                continue;
            }
        };
        let began = Instant::now();
        let keys = Writing::default().text(tags::STUDY_INSTANCE_UID, b"UI", exam.study.0.as_str());
        let lacks = exam.objects.len() as u64;
        let mut stopped = false;
        let moved = link.send_to(to, Level::Study, keys, |now| {
            stopped |= !far(sent(now).min(lacks));
            !stopped
        });
        match moved {
            Ok(moved) => {
                in_vain = 0;
                let failed = moved.progress.failed.unwrap_or(0);
                if moved.status != Status(0) || failed > 0 {
                    not(says(to, &moved));
                }
                // Some of it may be there. Which of it B says when it is asked whether it keeps it.
                if moved.status == Status(0) || sent(moved.progress) > 0 {
                    let given = |object: &archive::Instance| Given {
                        object: object.clone(),
                        class: None,
                        was_there: false,
                    };
                    repaired.given.extend(exam.objects.iter().map(given));
                }
                association = Some(link);
            }
            Err(error) => {
                in_vain += 1;
                not(error.to_string());
            }
        }
        objects += lacks;
        repaired.is_stopped |= stopped || !pace.rest(began.elapsed(), || go_on(Far::Sending { objects, of }));
    }
    if let Some(link) = association {
        link.release();
    }
    Ok(())
}

/// Objects that it says are sent.
fn sent(progress: Progress) -> u64 {
    u64::from(progress.done.unwrap_or(0)) + u64::from(progress.warned.unwrap_or(0))
}

/// A801: move destination unknown (PS3.4 C.4.2.1.5).
const DESTINATION_UNKNOWN: Status = Status(0xA801);

fn says(to: &AeTitle, moved: &Moved) -> String {
    let failed = moved.progress.failed.unwrap_or(0);
    let hint = match moved.status {
        DESTINATION_UNKNOWN => format!("; it does not know {to}"),
        _ => String::new(),
    };
    format!("{} {}; {failed} objects failed{hint}", moved.status, moved.comment)
}
