//! Both agents asked, and a verdict as strict as that of two lists.
//!
//! The agents need not reach each other: one leads, and its questions are carried to the other. What they find is not believed: both show the examinations that
//! differ, and only when everything else has one sum at both ends is the comparison of these a proof. Both say at the end that nothing came or went since
//! their welcomes, so that there was an instant, the cut, at which both archives held exactly what was compared.

use std::collections::BTreeSet;

use archive::digests::{Digest, Key, Keyed, Sum};
use archive::{Gap, Holding, Reason, Side, Study, StudyUid, Tier, Verdict};
use model::Time;

use crate::keeper::Clock;
use crate::limits::{ATTEMPTS_MAX, DIFFERENCES_MAX, EXAMINATIONS_MAX, NAMED_MAX, OBJECTS_MAX, QUESTIONS_MAX};
use crate::message::{Answer, Closed, Doubt, Hello, Holds, Say, Told, VERSION, Welcome};
use crate::records::{Of, issuer};
use crate::session::shown;
use crate::talk::{NotSaid, Peer, Talk};

/// What is asked with.
pub struct Question<'q> {
    /// What both agents make their digests with.
    pub key: &'q Key,
    /// 16 bytes that nobody can foresee, new each time.
    pub nonce: &'q dyn Fn() -> [u8; 16],
    /// Says what time it is.
    pub clock: &'q Clock,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How the archives compare.
    pub verdict: Verdict,
    /// The instant for which that holds.
    pub cut: Time,
    /// Bytes to and from both agents, without those of TLS.
    pub bytes: u64,
}

/// Why nothing is proven.
#[derive(Debug)]
pub enum NotAsked {
    /// For these reasons.
    Reasons(Vec<Reason>),
    /// Something came to an archive meanwhile: it can be tried again.
    Changed(Side),
}

/// Asks the agents of two archives how they differ. Whatever keeps that from being known is a reason in the verdict.
pub fn compare(a: &Peer, b: &Peer, question: &Question<'_>) -> Asked {
    let mut bytes = 0;
    let mut changed = Side::A;
    for _ in 0..ATTEMPTS_MAX {
        match attempt(a, b, question, &mut bytes) {
            Ok((verdict, cut)) => return Asked { verdict, cut, bytes },
            Err(NotAsked::Reasons(reasons)) => {
                let nothing = || Reason::Exchange("the agents gave no reason".to_owned());
                let mut reasons = reasons.into_iter();
                let reason = reasons.next().unwrap_or_else(nothing);
                let verdict = Verdict::Unproven { reason, others: reasons.collect() };
                return Asked { verdict, cut: (question.clock)(), bytes };
            }
            Err(NotAsked::Changed(side)) => changed = side,
        }
    }
    let gap = Gap::Changing { times: ATTEMPTS_MAX };
    let verdict = Verdict::Unproven { reason: Reason::NotListed { side: changed, gap }, others: Vec::new() };
    Asked { verdict, cut: (question.clock)(), bytes }
}

/// One of the two, after its welcome.
struct End {
    side: Side,
    talk: Talk,
    objects: Told,
    issuers: Told,
}

fn says(side: Side, says: impl std::fmt::Display) -> NotAsked {
    NotAsked::Reasons(vec![Reason::Exchange(format!("the agent of archive {side}: {says}"))])
}

fn attempt(
    a: &Peer,
    b: &Peer,
    question: &Question<'_>,
    bytes: &mut u64,
) -> Result<(Verdict, Time), NotAsked> {
    let keyed = Keyed::new(question.key);
    let (mut reasons, mut changing) = (Vec::new(), None);
    let mut ends = Vec::new();
    for (side, peer) in [(Side::A, a), (Side::B, b)] {
        match End::new(side, peer, &keyed, &(question.nonce)()) {
            Ok(end) => ends.push(end),
            Err(NotAsked::Reasons(more)) => reasons.extend(more),
            Err(NotAsked::Changed(side)) => changing = Some(side),
        }
    }
    if !reasons.is_empty() {
        return Err(NotAsked::Reasons(reasons));
    }
    let cut = (question.clock)();
    let (Some(mut of_b), Some(mut of_a)) = (ends.pop(), ends.pop()) else {
        return Err(NotAsked::Changed(changing.unwrap_or(Side::A)));
    };
    let result = compared(&mut of_a, &mut of_b, &keyed, cut);
    *bytes += of_a.talk.bytes() + of_b.talk.bytes();
    result.map(|verdict| (verdict, cut))
}

fn compared(a: &mut End, b: &mut End, keyed: &Keyed, cut: Time) -> Result<Verdict, NotAsked> {
    let mut concerned = differing(a, b, Of::Objects)?;
    // An issuer that only one end keeps is no difference: where one keeps none at all there is nothing to look for.
    let has_issuers = a.issuers.count > 0 && b.issuers.count > 0;
    if has_issuers {
        concerned.extend(differing(a, b, Of::Issuers)?);
    }
    let (of_a, of_b) = (a.shown(&concerned)?, b.shown(&concerned)?);
    a.close()?;
    b.close()?;
    let (rest_a, rest_b) = (a.rest(&of_a, keyed, has_issuers)?, b.rest(&of_b, keyed, has_issuers)?);
    if rest_a != rest_b {
        let what = "what does not differ has other sums at each end: both trees must be built anew";
        return Err(NotAsked::Reasons(vec![Reason::Exchange(what.to_owned())]));
    }
    let mut verdict = archive::compare(&of_a, &of_b, cut, Tier::Identity);
    if let Verdict::Proven(proven) = &mut verdict {
        // Whatever was not shown is the same at both ends.
        let alike = rest_a.0.count;
        proven.held.a += alike;
        proven.held.b += alike;
        proven.held.alike += alike;
    }
    Ok(verdict)
}

/// The examinations in which the two trees differ, at either end: one leads, the other answers.
fn differing(a: &mut End, b: &mut End, of: Of) -> Result<BTreeSet<StudyUid>, NotAsked> {
    let mut turn = a.ask(&Say::Lead(of))?;
    for _ in 0..QUESTIONS_MAX {
        match turn {
            Answer::Ask(asked) => match b.ask(&Say::Question(of, asked))? {
                Answer::Reply(reply) => turn = a.ask(&Say::Answered(reply))?,
                other => return Err(b.other(&other)),
            },
            Answer::Found(ours, theirs) => {
                let mut named = a.named(of, &ours)?;
                named.extend(b.named(of, &theirs)?);
                return Ok(named);
            }
            Answer::NotFound(why) => {
                return Err(NotAsked::Reasons(vec![Reason::Exchange(why)]));
            }
            other => return Err(a.other(&other)),
        }
    }
    Err(a.says(format!("more than {QUESTIONS_MAX} questions")))
}

impl End {
    fn new(side: Side, peer: &Peer, keyed: &Keyed, nonce: &[u8; 16]) -> Result<End, NotAsked> {
        let at = |error: NotSaid| says(side, format!("{}:{}: {error}", peer.host, peer.port));
        let mut talk = Talk::connect(peer).map_err(at)?;
        let nonce = hex::encode(nonce);
        let hello = Say::Hello(Hello { version: VERSION, nonce: nonce.clone() });
        let welcome = match talk.ask(&hello).map_err(at)? {
            Answer::Welcome(welcome) => *welcome,
            other => return Err(at(NotSaid::Other(other.name()))),
        };
        let Welcome { version, archive, shows, holds, drift } = welcome;
        if version != VERSION {
            return Err(says(side, format!("it speaks version {version}, and we speak {VERSION}")));
        }
        if shows != shown(keyed, &nonce) {
            return Err(says(
                side,
                "it has another key: agents and whoever asks them must have one file of it",
            ));
        }
        if let Some(drift) = drift {
            // Whatever comes of that: the reason is told here.
            talk.ask(&Say::HeardOfDrift).map_err(at)?;
            return Err(says(side, drift));
        }
        match holds {
            Holds::All { objects, issuers, .. } => {
                tracing::debug!(%archive, "welcome");
                Ok(End { side, talk, objects, issuers })
            }
            Holds::Unproven(doubts) => {
                let passes = |doubt: &Doubt| matches!(doubt, Doubt::Gap(Gap::Changing { .. }));
                if !doubts.is_empty() && doubts.iter().all(passes) {
                    return Err(NotAsked::Changed(side));
                }
                Err(NotAsked::Reasons(doubts.into_iter().map(|doubt| doubt.reason(side)).collect()))
            }
        }
    }

    fn says(&self, what: impl std::fmt::Display) -> NotAsked {
        says(self.side, what)
    }

    fn other(&self, answer: &Answer) -> NotAsked {
        self.says(NotSaid::Other(answer.name()))
    }

    fn ask(&mut self, say: &Say) -> Result<Answer, NotAsked> {
        let side = self.side;
        self.talk.ask(say).map_err(|error| says(side, error))
    }

    /// The examinations that digests lie in. One that the agent does not know is no difference but a fault.
    fn named(&mut self, of: Of, digests: &[Digest]) -> Result<BTreeSet<StudyUid>, NotAsked> {
        let mut studies = BTreeSet::new();
        for some in digests.chunks(NAMED_MAX) {
            match self.ask(&Say::Name(of, some.to_vec()))? {
                Answer::Named(named) if named.unknown == 0 => studies.extend(named.studies),
                Answer::Named(named) => {
                    return Err(self.says(format!("{} digests of its tree stand for nothing", named.unknown)));
                }
                other => return Err(self.other(&other)),
            }
            if studies.len() as u64 > DIFFERENCES_MAX {
                return Err(self.says(format!("more than {DIFFERENCES_MAX} examinations differ")));
            }
        }
        Ok(studies)
    }

    /// These examinations as the archive has them.
    fn shown(&mut self, studies: &BTreeSet<StudyUid>) -> Result<Holding, NotAsked> {
        let mut holding = Holding::new();
        let (mut objects, studies) = (0, studies.iter().collect::<Vec<_>>());
        for some in studies.chunks(EXAMINATIONS_MAX) {
            let asked: Vec<StudyUid> = some.iter().map(|uid| (*uid).clone()).collect();
            let mut answer = self.ask(&Say::Show(asked))?;
            while let Answer::Rows(rows) = answer {
                if !some.contains(&&rows.study.uid) {
                    return Err(self.says(format!("it shows {}, which nobody asked for", rows.study.uid)));
                }
                rows.instances().for_each(|instance| holding.instance(instance));
                objects += rows.series.iter().map(|(_, list)| list.len() as u64).sum::<u64>();
                holding.study(rows.study);
                if objects > OBJECTS_MAX {
                    return Err(self.says(NotSaid::TooMuch(format!("{OBJECTS_MAX} objects"))));
                }
                let side = self.side;
                answer = self.talk.more().map_err(|error| says(side, error))?;
            }
            if answer != Answer::AllShown {
                return Err(self.other(&answer));
            }
        }
        Ok(holding)
    }

    fn close(&mut self) -> Result<(), NotAsked> {
        match self.ask(&Say::Close)? {
            Answer::Closed(Closed::Still) => Ok(()),
            Answer::Closed(Closed::Changed) => Err(NotAsked::Changed(self.side)),
            Answer::Closed(Closed::Unknown(why)) => {
                Err(self.says(format!("whether anything came meanwhile is not known: {why}")))
            }
            other => Err(self.other(&other)),
        }
    }

    /// The sums of everything that was not shown.
    fn rest(&self, shown: &Holding, keyed: &Keyed, has_issuers: bool) -> Result<(Sum, Sum), NotAsked> {
        let unlisted = || self.says("it shows objects of an examination that it does not");
        let mut objects = self.objects.sum();
        for instance in shown.instances().values() {
            let study = shown.studies().get(&instance.study).ok_or_else(unlisted)?;
            objects = objects.minus(keyed.of_object(instance, &study.patient));
        }
        let issued = |study: &&Study| has_issuers && !study.patient.issuer().is_empty();
        let mut issuers = if has_issuers { self.issuers.sum() } else { Sum::default() };
        for study in shown.studies().values().filter(issued) {
            issuers = issuer(keyed, study).map_or(issuers, |digest| issuers.minus(digest));
        }
        if shown.instances().len() as u64 > self.objects.count {
            return Err(self.says("it shows more objects than it holds"));
        }
        Ok((objects, issuers))
    }
}
