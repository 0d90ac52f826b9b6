//! Does B take responsibility for what it got (storage commitment, PS3.4 J)? What it says nothing of in time it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use archive::{Instance, SeriesUid, StudyUid};

use super::lacking::STOPPED;
use super::{Doubt, Far, Given, Repaired};
use crate::dimse::{Association, Commitments, Failed, Sent, Service};
use crate::peer::Peer;
use crate::source::{End, Pace};

/// Objects of one question.
pub const ASKED_AT_ONCE_MAX: usize = 1_000;
/// Questions one after another that came to nothing before no more are asked.
const QUESTIONS_IN_VAIN_MAX: u32 = 2;

/// How B is asked.
pub struct Asks {
    /// The DICOM port of B. It calls us by the title that we call it by.
    pub peer: Peer,
    /// Where we listen for its answers; B must know us with this address.
    pub listen: SocketAddr,
    /// An answer comes in this time.
    pub within: Duration,
    /// UIDs that nobody used before, one for each question.
    pub transactions: Box<dyn FnMut() -> Box<str> + Send>,
}

/// Classes of what A sent by itself: A says them when it is asked. What it does not say stays unknown.
pub(super) fn learn_classes(a: &mut End, repaired: &mut Repaired, go_on: &dyn Fn(Far) -> bool) {
    let of = repaired.given.len() as u64;
    let mut series: BTreeMap<(StudyUid, SeriesUid), Vec<usize>> = BTreeMap::new();
    for (number, given) in repaired.given.iter().enumerate().filter(|(_, given)| given.class.is_none()) {
        let lies_in = (given.object.study.clone(), given.object.series.clone());
        series.entry(lies_in).or_default().push(number);
    }
    for numbers in series.values() {
        if !go_on(Far::Asking { objects: 0, of }) {
            repaired.is_stopped = true;
            return;
        }
        let objects: Vec<Instance> = numbers
            .iter()
            .filter_map(|number| repaired.given.get(*number))
            .map(|given| given.object.clone())
            .collect();
        let began = Instant::now();
        // Where A does not answer the class stays unknown, and the object is named by that.
        if let Ok(classes) = a.source.classes(&objects) {
            for number in numbers {
                if let Some(given) = repaired.given.get_mut(*number) {
                    given.class = classes.get(&given.object.uid).cloned();
                }
            }
        }
        if !a.pace.rest(began.elapsed(), || go_on(Far::Asking { objects: 0, of })) {
            repaired.is_stopped = true;
            return;
        }
    }
}

/// Asks B for everything that went there.
pub(super) fn commit(asks: &mut Asks, pace: Pace, repaired: &mut Repaired, go_on: &dyn Fn(Far) -> bool) {
    let of = repaired.given.len() as u64;
    let mut committed = 0;
    let mut doubts = Vec::new();
    let (known, unknown): (Vec<&Given>, Vec<&Given>) =
        repaired.given.iter().partition(|given| given.class.is_some());
    let why: Arc<str> = match repaired.is_stopped {
        true => format!("not asked: {STOPPED}").into(),
        false => "not asked: its class is not known, A does not say it".into(),
    };
    doubts.extend(unknown.iter().map(|given| Doubt::of(&given.object, why.clone())));
    let mut listening = None;
    let (mut objects, mut in_vain) = (unknown.len() as u64, 0);
    for part in known.chunks(ASKED_AT_ONCE_MAX) {
        let far = || go_on(Far::Asking { objects, of });
        repaired.is_stopped |= !far();
        let began = Instant::now();
        let answer = if repaired.is_stopped {
            Err(format!("not asked: {STOPPED}"))
        } else if in_vain >= QUESTIONS_IN_VAIN_MAX {
            Err("not asked: earlier questions came to nothing".to_owned())
        } else {
            ask(asks, &mut listening, part, &far)
        };
        match answer {
            Ok(not) => {
                in_vain = 0;
                committed += (part.len() - not.len()) as u64;
                doubts.extend(not);
            }
            Err(says) => {
                in_vain += 1;
                repaired.is_stopped |= !far();
                let says: Arc<str> = says.into();
                doubts.extend(part.iter().map(|given| Doubt::of(&given.object, says.clone())));
            }
        }
        objects += part.len() as u64;
        if objects < of && !repaired.is_stopped {
            repaired.is_stopped |= !pace.rest(began.elapsed(), || go_on(Far::Asking { objects, of }));
        }
    }
    repaired.committed = Some(committed);
    repaired.not_committed = doubts;
}

/// One question. Answers what B does not keep of it, or says nothing of.
fn ask(
    asks: &mut Asks,
    listening: &mut Option<Commitments>,
    part: &[&Given],
    go_on: &dyn Fn() -> bool,
) -> Result<Vec<Doubt>, String> {
    let asked: Vec<Sent> = part
        .iter()
        .map(|given| Sent {
            class: given.class.clone().unwrap_or_default(),
            uid: given.object.uid.0.as_str().into(),
        })
        .collect();
    // We listen before B is asked: it may answer at once.
    let ours = match listening {
        Some(ours) => ours,
        None => {
            let ours = Commitments::listen(asks.listen, asks.peer.calling.clone());
            let says = |error| format!("not asked: {} cannot be listened at: {error}", asks.listen);
            listening.insert(ours.map_err(says)?)
        }
    };
    let transaction = (asks.transactions)();
    let failed = |error: Failed| error.to_string();
    let mut association = Association::new(&asks.peer, Service::Commitment).map_err(failed)?;
    association.ask_commitment(&transaction, &asked).map_err(failed)?;
    association.release();
    let said = ours.wait_while(&asks.peer.called, &transaction, asks.within, go_on).map_err(failed)?;
    let lacks: BTreeSet<&str> = said.lacks(&asked).into_iter().map(|sent| &*sent.uid).collect();
    let reasons: BTreeMap<&str, u16> = said.failed.iter().map(|(uid, reason)| (&**uid, *reason)).collect();
    let not = |given: &&&Given| lacks.contains(given.object.uid.0.as_str());
    let doubt = |given: &&Given| match reasons.get(given.object.uid.0.as_str()) {
        Some(reason) => Doubt::of(&given.object, format!("B does not keep it: {}", reason_text(*reason))),
        None => Doubt::of(&given.object, "B says nothing of it"),
    };
    Ok(part.iter().filter(not).map(doubt).collect())
}

/// Reasons of PS3.3 C.14.1.1.
fn reason_text(reason: u16) -> String {
    let says = match reason {
        0x0110 => "processing failure",
        0x0112 => "it has no such object",
        0x0119 => "it has it as another class",
        0x0122 => "the class is not supported",
        0x0131 => "the question was asked before",
        0x0213 => "out of resources",
        0 => return "it says no reason".to_owned(),
        _ => "not a reason that Segue knows",
    };
    format!("{reason:04X} ({says})")
}
