//! What one archive lacks is sent to it again by the other, one examination after another at the sender's pace. Nothing is believed of it: whoever
//! asks for it compares again afterwards. Sent twice does no harm: an archive keeps what it has.

use std::time::Instant;

use archive::StudyUid;

use super::Pace;
use crate::dimse::{Association, Failed, Level, Progress, Service, Status};
use crate::element::Writing;
use crate::peer::{AeTitle, Peer};
use crate::tags;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// Examinations that the archive was asked to send.
    pub studies: u64,
    /// Of so many.
    pub of: u64,
    /// The one that is being sent.
    pub now: Progress,
}

/// An examination that was not sent whole.
#[derive(Debug)]
pub struct NotSent {
    /// Which.
    pub study: StudyUid,
    /// What happened, as a sentence.
    pub says: Box<str>,
}

/// Has `from` send these examinations to `to`, which it must know. What `go_on` answers says whether to go on; the examination that is being
/// sent is stopped then, and the others are not begun. What was not sent whole is answered.
///
/// # Errors
/// `from` cannot be reached, or does not send to others.
pub fn send_again(
    from: &Peer,
    to: &AeTitle,
    studies: &[StudyUid],
    pace: Pace,
    go_on: &dyn Fn(Sending) -> bool,
) -> Result<Vec<NotSent>, Failed> {
    let mut association = Some(Association::new(from, Service::Move)?);
    let mut not_sent = Vec::new();
    let mut sending = Sending { of: studies.len() as u64, ..Sending::default() };
    let mut stopped = false;
    for study in studies {
        let not = |says: String| NotSent { study: study.clone(), says: says.into() };
        if stopped || !go_on(sending) {
            stopped = true;
            not_sent.push(not("it was stopped before".to_owned()));
            continue;
        }
        // One that broke is made anew: the next examination has a chance of its own.
        let mut link = match association.take().map_or_else(|| Association::new(from, Service::Move), Ok) {
            Ok(link) => link,
            Err(error) => {
                not_sent.push(not(format!("not begun: {error}")));
                continue;
            }
        };
        let began = Instant::now();
        let keys = Writing::default().text(tags::STUDY_INSTANCE_UID, b"UI", study.0.as_str());
        let moved = link.send_to(to, Level::Study, keys, |now| {
            stopped |= !go_on(Sending { now, ..sending });
            !stopped
        });
        match moved {
            Ok(moved) => {
                let failed = moved.progress.failed.unwrap_or(0);
                if moved.status != Status(0) || failed > 0 {
                    not_sent
                        .push(not(format!("{} {}; {failed} objects failed", moved.status, moved.comment)));
                }
                association = Some(link);
            }
            Err(error) => not_sent.push(not(error.to_string())),
        }
        sending.studies += 1;
        sending.now = Progress::default();
        stopped |= !pace.rest(began.elapsed(), || go_on(sending));
    }
    if let Some(link) = association {
        link.release();
    }
    Ok(not_sent)
}
