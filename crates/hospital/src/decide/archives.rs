//! Deciding what becomes of what is said about a pair of archives. Whoever goes over does so with what the gate says at that moment in the
//! record, and without a *go* only in the name of two people who have named every examination.

mod probing;

use std::collections::BTreeSet;

use archive::StudyUid;
use archive::gate::{GateRules, NoOverride, Override};
use archive::kept::{EXAMS_NAMED_MAX, Kept};
use model::Time;
use model::ids::{AccountId, PairId};
use model::people::Role;

use super::Refusal;
use super::night::{reaches, written};
use crate::archives::fact::{
    BaselineSet, Ended, FailoverBegun, FailoverReported, FailoverStep, PairCompared, PairProbed, PairSent,
    Step, Went,
};
use crate::archives::incident::of_probe;
use crate::archives::{
    ArchiveCommand, Comparison, DOUBTFUL_MAX, Failover, PAIRS_MAX, PROBE_PLACES_MAX, Pair,
};
use crate::fact::Fact;
use crate::state::State;

pub use probing::{OPENED_MAX, PROBED_LATELY_MINUTES, TOOK_MAX_MILLISECONDS};

/// Longest name of a place from which an archive is probed.
pub const PLACE_LENGTH_MAX_BYTES: usize = 200;

/// Why something about a pair of archives is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's sentence is its meaning")]
pub enum ArchiveRefusal {
    #[error("nobody has compared or probed a pair of archives {pair}")]
    NoSuchPair { pair: PairId },
    #[error("{PAIRS_MAX} pairs of archives are remembered; more are not kept")]
    TooManyPairs,
    #[error("{archive} cannot stand in for itself")]
    OneArchive { archive: Box<str> },
    #[error("what is told is as of a time that has not come: a clock is wrong")]
    FromTheFuture,
    #[error("the comparison names {exams} examinations; at most {EXAMS_NAMED_MAX} are recorded by name")]
    TooManyNamed { exams: usize },
    #[error("a newer comparison is recorded already")]
    OlderComparison,
    #[error(
        "{exams} examinations would be in doubt; at most {DOUBTFUL_MAX} are remembered, and none is forgotten"
    )]
    TooManyDoubtful { exams: usize },
    #[error("name the place from which it is probed, in at most {PLACE_LENGTH_MAX_BYTES} bytes on one line")]
    NoPlace,
    #[error("{PROBE_PLACES_MAX} places are remembered; more are not kept")]
    TooManyPlaces,
    #[error("of {probes} probes the median is {p50} ms and the 95th percentile {p95} ms: that cannot be")]
    NoPercentiles { probes: u32, p50: u64, p95: u64 },
    #[error("{milliseconds} ms is no time that an image takes: it is from 1 to {TOOK_MAX_MILLISECONDS}")]
    NoTime { milliseconds: u64 },
    #[error("{opened} openings say nothing of a place: they are from 1 to {OPENED_MAX}")]
    NoOpenings { opened: u64 },
    #[error("the probe is older than a day: a clock is wrong, or it comes too late to say anything")]
    TooOldProbe,
    #[error("a newer probe from there is recorded already")]
    OlderProbe,
    #[error("nothing is probed from {place}")]
    NoSuchPlace { place: Box<str> },
    #[error(
        "{place} was probed within the last {PROBED_LATELY_MINUTES} minutes: end its probing first; only a place that is probed no more is retired"
    )]
    StillProbed { place: Box<str> },
    #[error("a baseline of 0 ms is kept by no archive")]
    NoBaseline,
    #[error("a failover from {a} to {b} is under way")]
    UnderWay { a: Box<str>, b: Box<str> },
    #[error(
        "the hospital works with {b} since the last failover; to go to another, the configuration must name {b} as the archive in use (a)"
    )]
    IsOver { b: Box<str> },
    #[error("no failover is under way")]
    NotUnderWay,
    #[error("nothing is watched: the last failover ended more than a day ago, or there was none")]
    NotWatched,
    #[error("{step:?} was done already")]
    DoneAlready { step: Step },
    #[error("{step:?} comes first")]
    StepBefore { step: Step },
    #[error(
        "compare again: nothing shows yet that B has what came to A until senders were pointed to B, and readers would miss it"
    )]
    NotProvenSince,
    #[error("{} of the steps are not done; go back to A, or do them", .0.len())]
    StepsMissing(Vec<Step>),
    #[error("the gate says no: {}", .0.join("; "))]
    NoGo(Vec<String>),
    #[error("the override does not count: {0}")]
    Override(#[from] NoOverride),
}

pub(super) fn decide(state: &State, command: ArchiveCommand, now: Time) -> Result<Vec<Fact>, Refusal> {
    match command {
        ArchiveCommand::Compared(compared) => Ok(vec![self::compared(state, *compared, now)?]),
        ArchiveCommand::Sent(sent) => Ok(vec![self::sent(state, sent)?]),
        ArchiveCommand::Probed(probed) => self::probed(state, probed, now),
        ArchiveCommand::SetBaseline { set, by } => baseline(state, set, &by),
        ArchiveCommand::AdmitPlace { admitted, by } => {
            acts(state, &by)?;
            room(state, &admitted.pair)?;
            placed(&admitted.place)?;
            Ok(vec![probing::admitted(state.archives().pair(&admitted.pair), admitted)?])
        }
        ArchiveCommand::RetirePlace { retired, by } => {
            acts(state, &by)?;
            written("the reason", &retired.because)?;
            Ok(vec![probing::retired(pair(state, &retired.pair)?, retired, now)?])
        }
        ArchiveCommand::SeeWayOut { seen, by } => {
            acts(state, &by)?;
            pair(state, &seen.pair)?;
            written("what was seen", &seen.remark)?;
            Ok(vec![Fact::WayOutSeen(seen)])
        }
        ArchiveCommand::Begin { pair, overridden, by } => begin(state, pair, overridden, &by, now),
        ArchiveCommand::Step { step, by } => self::step(state, step, &by),
        ArchiveCommand::Report { pair, says, by } => report(state, pair, says, &by, now),
        ArchiveCommand::End { ended, by } => end(state, ended, &by),
    }
}

fn pair<'a>(state: &'a State, id: &PairId) -> Result<&'a Pair, ArchiveRefusal> {
    state.archives().pair(id).ok_or_else(|| ArchiveRefusal::NoSuchPair { pair: id.clone() })
}

fn acts(state: &State, by: &AccountId) -> Result<(), Refusal> {
    Ok(reaches(state, by, Role::Engineer)?)
}

fn room(state: &State, id: &PairId) -> Result<(), ArchiveRefusal> {
    let pairs = state.archives().pairs();
    if pairs.contains_key(id) || pairs.len() < PAIRS_MAX { Ok(()) } else { Err(ArchiveRefusal::TooManyPairs) }
}

fn compared(state: &State, is: PairCompared, now: Time) -> Result<Fact, ArchiveRefusal> {
    room(state, &is.pair)?;
    if is.a == is.b {
        return Err(ArchiveRefusal::OneArchive { archive: is.a });
    }
    if let Kept::Proven(shown) = &is.compared {
        if shown.cut > now {
            return Err(ArchiveRefusal::FromTheFuture);
        }
        if shown.exams.len() > EXAMS_NAMED_MAX {
            return Err(ArchiveRefusal::TooManyNamed { exams: shown.exams.len() });
        }
        // Two copies that compare at once: what was listed earlier does not replace what was listed later.
        let known = state.archives().pair(&is.pair).map_or(&[][..], |pair| &pair.comparisons);
        let is_later =
            |one: &Comparison| matches!(&one.compared, Kept::Proven(known) if known.cut > shown.cut);
        if known.iter().any(is_later) {
            return Err(ArchiveRefusal::OlderComparison);
        }
    }
    if let Some(named) = is.looked_for.as_ref().map(|looked_for| looked_for.named.len())
        && named > EXAMS_NAMED_MAX
    {
        return Err(ArchiveRefusal::TooManyNamed { exams: named });
    }
    Ok(Fact::PairCompared(Box::new(is)))
}

fn sent(state: &State, is: PairSent) -> Result<Fact, ArchiveRefusal> {
    room(state, &is.pair)?;
    let known = state.archives().pair(&is.pair).into_iter().flat_map(|pair| pair.doubts().keys());
    let exams: BTreeSet<&StudyUid> = known.chain(is.doubtful.iter().map(|one| &one.study)).collect();
    match exams.len() {
        exams if exams > DOUBTFUL_MAX => Err(ArchiveRefusal::TooManyDoubtful { exams }),
        _ => Ok(Fact::PairSent(is)),
    }
}

fn placed(place: &str) -> Result<(), ArchiveRefusal> {
    // It may name who told, and no name in the journal has control characters.
    let is_line = !place.chars().any(char::is_control);
    let is_place = is_line && !place.trim().is_empty() && place.len() <= PLACE_LENGTH_MAX_BYTES;
    if is_place { Ok(()) } else { Err(ArchiveRefusal::NoPlace) }
}

fn probed(state: &State, is: PairProbed, now: Time) -> Result<Vec<Fact>, Refusal> {
    may_be_probed(state, &is, now)?;
    let incident = of_probe(state, &is).map(Fact::IncidentOpened);
    Ok([Fact::PairProbed(is)].into_iter().chain(incident).collect())
}

fn may_be_probed(state: &State, is: &PairProbed, now: Time) -> Result<(), ArchiveRefusal> {
    room(state, &is.pair)?;
    placed(&is.place)?;
    let speed = is.first_image;
    if speed.at > now {
        return Err(ArchiveRefusal::FromTheFuture);
    }
    probing::is_sound(state, is, now)?;
    if let Some(pair) = state.archives().pair(&is.pair) {
        let is_known = pair.probes().iter().any(|known| known.side == is.side && known.place == is.place);
        if !is_known && pair.probes().len() >= PROBE_PLACES_MAX {
            return Err(ArchiveRefusal::TooManyPlaces);
        }
    }
    Ok(())
}

fn baseline(state: &State, set: BaselineSet, by: &AccountId) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    let pair = pair(state, &set.pair)?;
    placed(&set.place)?;
    if set.p95_max_milliseconds == 0 {
        return Err(ArchiveRefusal::NoBaseline.into());
    }
    // A baseline of a place that was never probed would never be asked for.
    if !pair.probes().iter().any(|known| known.side == set.side && known.place == set.place) {
        return Err(ArchiveRefusal::NoPlace.into());
    }
    Ok(vec![Fact::BaselineSet(set)])
}

fn begin(
    state: &State,
    id: PairId,
    overridden: Option<Override>,
    by: &AccountId,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    let pair = pair(state, &id)?;
    if pair.is_going_over() {
        return Err(ArchiveRefusal::UnderWay { a: pair.a.clone(), b: pair.b.clone() }.into());
    }
    if pair.is_over() {
        return Err(ArchiveRefusal::IsOver { b: pair.b.clone() }.into());
    }
    let decision = pair.decision(&GateRules::default(), now);
    let overridden = if decision.is_go() {
        None
    } else {
        let Some(overridden) = overridden else {
            let says = decision.against.iter().map(ToString::to_string).collect();
            return Err(ArchiveRefusal::NoGo(says).into());
        };
        written("the reason", &overridden.because)?;
        let compared = pair.newest().map(|newest| &newest.compared);
        overridden.check(compared, pair.doubts().keys()).map_err(ArchiveRefusal::Override)?;
        Some(overridden)
    };
    Ok(vec![Fact::FailoverBegun(Box::new(FailoverBegun { pair: id, decision, overridden }))])
}

/// The failover that is under way.
fn under_way<'a>(state: &'a State, id: &PairId) -> Result<&'a Failover, ArchiveRefusal> {
    let failover = pair(state, id)?.failover().filter(|failover| failover.ended.is_none());
    failover.ok_or(ArchiveRefusal::NotUnderWay)
}

fn missing(failover: &Failover) -> Vec<Step> {
    let is_done = |step: &Step| failover.steps.iter().any(|(_, done)| done.step == *step);
    Step::ALL.into_iter().filter(|step| !is_done(step)).collect()
}

fn step(state: &State, step: FailoverStep, by: &AccountId) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("what was seen", &step.remark)?;
    let missing = missing(under_way(state, &step.pair)?);
    let is_proven = pair(state, &step.pair)?.is_proven_since_senders_moved();
    match missing.first() {
        Some(Step::ReadersPointed) if step.step == Step::ReadersPointed && !is_proven => {
            Err(ArchiveRefusal::NotProvenSince.into())
        }
        Some(next) if *next == step.step => Ok(vec![Fact::FailoverStepDone(step)]),
        Some(next) if missing.contains(&step.step) => Err(ArchiveRefusal::StepBefore { step: *next }.into()),
        _ => Err(ArchiveRefusal::DoneAlready { step: step.step }.into()),
    }
}

fn report(
    state: &State,
    id: PairId,
    says: Box<str>,
    by: &AccountId,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    // Whoever sees that an image does not come may say so, a ward above all.
    reaches(state, by, Role::Ward)?;
    written("what does not work", &says)?;
    let failover = pair(state, &id)?.failover().filter(|failover| failover.is_watched(now));
    failover.ok_or(ArchiveRefusal::NotWatched)?;
    Ok(vec![Fact::FailoverReported(FailoverReported { pair: id, says })])
}

fn end(state: &State, ended: Ended, by: &AccountId) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("what shows it", &ended.remark)?;
    let missing = missing(under_way(state, &ended.pair)?);
    match ended.went {
        Went::Over if !missing.is_empty() => Err(ArchiveRefusal::StepsMissing(missing).into()),
        Went::Over | Went::Back => Ok(vec![Fact::FailoverEnded(ended)]),
    }
}
