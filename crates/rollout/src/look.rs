//! Standings for pages and the API, and when to look again.

use std::sync::Arc;

use model::host::{Reading, RestartOf};
use model::{AssetTag, Time};

use crate::begin::Crew;
use crate::host::{Host, Phase};
use crate::judge::Class;
use crate::rollout::Rollout;
use crate::standing::{Counts, HostStanding, RingStanding, RingState, Step, Wait};
use crate::verdict::{Gap, Verdict};
use crate::work::{Task, Work};
use crate::world::World;

/// While a host could begin but for something beyond the rollout, another look is due after so long.
pub(crate) const LOOK_AGAIN_SECONDS: i64 = 15;

impl Rollout {
    /// Where a host stands; `None` when it is not in the plan.
    pub fn standing(&self, host: &AssetTag, world: &World<'_>, now: Time) -> Option<HostStanding> {
        let (ix, host) = self.host(host)?;
        let crew = self.crew(usize::from(host.ring), now);
        self.standing_of(ix, &crew, world, now)
    }

    /// Where every host stands, in the order of the plan.
    pub fn standings(&self, world: &World<'_>, now: Time) -> Vec<HostStanding> {
        let crews: Vec<Crew> = (0..self.progress.rings.len()).map(|ring| self.crew(ring, now)).collect();
        let of = |ix: usize| {
            let ring = usize::from(self.progress.hosts.get(ix)?.ring);
            self.standing_of(ix, crews.get(ring)?, world, now)
        };
        (0..self.progress.hosts.len()).filter_map(of).collect()
    }

    fn standing_of(&self, ix: usize, crew: &Crew, world: &World<'_>, now: Time) -> Option<HostStanding> {
        let (host, work) = (self.progress.hosts.get(ix)?, self.works.get(ix)?);
        let judged = self.judge(ix, now);
        let waits = self.waits(ix, host, work, &judged.verdict, judged.class, crew, world, now);
        let hand_at = host.hand.checked_at().or(host.hand.newest_at());
        Some(HostStanding {
            host: host.tag.clone(),
            verdict: judged.verdict,
            step: step(host, work),
            evidence_at: if work.by_hand { hand_at } else { host.seen.as_ref().map(|seen| seen.observed_at) },
            heard_at: if work.by_hand { hand_at } else { host.seen.as_ref().map(|seen| seen.heard_at) },
            checked_by: host.hand.checked_by().map(Into::into),
            since: host.started_at.map(|_| host.moved_at),
            waits,
            disagreements: disagreements(host),
            units: self.carriers.units_darkened_by(ix).to_vec(),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one look's context, passed on once")]
    fn waits(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        verdict: &Verdict,
        class: Class,
        crew: &Crew,
        world: &World<'_>,
        now: Time,
    ) -> Wait {
        let nothing = |checked: Result<(), Wait>| checked.err().unwrap_or(Wait::Nothing);
        if work.by_hand {
            return self.waits_by_hand(ix, host, work, verdict, crew, world, now);
        }
        match verdict {
            Verdict::Broken { .. } | Verdict::Stalled { .. } => return Wait::Decision,
            Verdict::Proven { .. } => return Wait::Done,
            Verdict::Settling { .. } => {
                return self.proof(host).map_or(Wait::Nothing, |proof| Wait::Recheck {
                    quiet_until: proof.quiet_until,
                    due: proof.due,
                });
            }
            Verdict::Stale { observed_at, .. } => return Wait::Evidence { observed_at: *observed_at },
            Verdict::RestartPending { .. } if class == Class::Failed => {
                return self.waits_for_outage(ix, host, world, now);
            }
            Verdict::NotBegun
            | Verdict::RestartPending { .. }
            | Verdict::Dark { .. }
            | Verdict::Unknown { .. } => {}
        }
        if let Some(issued) = &host.order {
            if let Phase::Done { at } = issued.phase {
                return Wait::ObservationAfter(at);
            }
            if let Some((since, due)) = self.stall(host, work) {
                return Wait::Order { action: issued.order.action.word().into(), since, due };
            }
        }
        if self.is_emergency() {
            return nothing(self.is_held(host.ring));
        }
        if host.started_at.is_none() {
            return nothing(self.may_begin(ix, crew, world, now, &[]));
        }
        if !self.is_fresh(host, now) {
            return Wait::Evidence { observed_at: host.seen.as_ref().map(|seen| seen.observed_at) };
        }
        let first = host.dark_since.is_none() && host.task().is_some_and(Task::is_disruptive);
        let fits = self.fits(host, work, now);
        let goes_dark = || {
            self.is_held(host.ring)?;
            self.has_place(ix, host, now, &[])?;
            self.may_go_dark(ix, world, now, &[])
        };
        nothing(if first { fits.and_then(|()| goes_dark()) } else { fits })
    }

    fn waits_for_outage(&self, ix: usize, host: &Host, world: &World<'_>, now: Time) -> Wait {
        if self.is_emergency() {
            return self.is_held(host.ring).err().unwrap_or(Wait::Decision);
        }
        let Some(outage) = host.outage.as_ref().filter(|outage| !outage.used) else { return Wait::Nothing };
        if !outage.is_agreed() {
            return Wait::Units { outage: outage.id.clone(), missing: outage.missing() };
        }
        if now < outage.window.not_before {
            return Wait::OutageWindow { opens: outage.window.not_before };
        }
        if let Some(reason) = &self.progress.paused {
            return Wait::Paused { reason: reason.clone() };
        }
        let place = self.has_place(ix, host, now, &[]);
        place.and_then(|()| self.may_go_dark(ix, world, now, &[])).err().unwrap_or(Wait::Nothing)
    }

    #[expect(clippy::too_many_arguments, reason = "one look's context, passed on once")]
    fn waits_by_hand(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        verdict: &Verdict,
        crew: &Crew,
        world: &World<'_>,
        now: Time,
    ) -> Wait {
        if host.hand.signed_at.is_some() {
            let proven = matches!(verdict, Verdict::Proven { .. });
            return if proven { Wait::Done } else { Wait::CheckAgain };
        }
        if matches!(verdict, Verdict::Broken { .. } | Verdict::Stalled { .. }) {
            return Wait::Decision;
        }
        let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let (done, of) = (host.hand.done(), work.steps.len());
        if done == of && of > 0 {
            return Wait::Signature;
        }
        let person = Wait::Person { step: number(done + 1), of: number(of) };
        match host.hand.first_at() {
            Some(_) => person,
            None => self.may_begin(ix, crew, world, now, &[]).err().unwrap_or(person),
        }
    }

    /// Is nothing more to come: did the newest look at every host prove it, is every work by hand signed, and is nothing broken, pending
    /// or unknown now? A proof that has only grown too old since does not open a night again; a restart that surfaces does, and a host
    /// that falls silent before it is proven again never closes one.
    pub fn is_concluded(&self, now: Time) -> bool {
        let concluded = |(ix, (host, work)): (usize, (&Host, &Arc<Work>))| {
            let was =
                if work.by_hand { host.hand.signed_at.is_some() } else { self.last_look_proved(host, work) };
            was && matches!(self.judge(ix, now).verdict, Verdict::Proven { .. } | Verdict::Stale { .. })
        };
        !self.works.is_empty() && self.progress.hosts.iter().zip(&self.works).enumerate().all(concluded)
    }

    /// Where a ring stands (from 1); `None` when the plan has no such ring.
    pub fn ring_standing(&self, ring: u16, now: Time) -> Option<RingStanding> {
        let ix = usize::from(ring).checked_sub(1)?;
        let (planned, progress) = (self.plan().rings.get(ix)?, self.progress.rings.get(ix)?);
        let mut counts = Counts::default();
        for host in self.members.get(ix)? {
            counts.add(&self.judge(*host, now).verdict);
        }
        let crew = self.crew(ix, now);
        let soak = i64::from(planned.soak_minutes) * 60;
        let state = match (&progress.halted, progress.soaking_at, progress.opened_at) {
            (Some((at, reason)), _, _) => RingState::Halted { at: *at, reason: reason.clone() },
            (None, Some(at), _) if self.has_soaked(ix, now).is_ok() => {
                RingState::Soaked { since: at.plus_seconds(soak) }
            }
            (None, Some(at), _) => RingState::Soaking { until: at.plus_seconds(soak) },
            (None, None, Some(since)) => RingState::Open { since },
            (None, None, None) => RingState::Waiting,
        };
        let waits = match &state {
            RingState::Waiting => self.is_held(ring - 1).and_then(|()| self.ring_may_open(ix, now)),
            RingState::Halted { .. } => self.is_held(ring - 1),
            RingState::Open { .. } | RingState::Soaking { .. } => {
                self.is_held(ring - 1).and_then(|()| self.has_soaked(ix, now))
            }
            RingState::Soaked { .. } => Err(Wait::Done),
        };
        Some(RingStanding {
            ring,
            state,
            counts,
            success_min: planned.success_min,
            failures_stop: planned.failures_stop,
            failed: crew.failed,
            in_work: crew.in_work,
            waits: waits.err().unwrap_or(Wait::Nothing),
        })
    }

    /// The next instant after `now` at which another look may want something though nothing is heard; `None` when there is none.
    pub fn next_wake(&self, now: Time) -> Option<Time> {
        let mut wake = Time(i64::MAX);
        let mut at = |instant: Time| {
            if instant > now {
                wake = wake.min(instant);
            }
        };
        for mark in &self.marks {
            at(mark.until);
        }
        for (planned, progress) in self.plan().rings.iter().zip(&self.progress.rings) {
            if let Some(soaking_at) = progress.soaking_at {
                at(soaking_at.plus_seconds(i64::from(planned.soak_minutes) * 60));
            }
            if let Some(window) = self.plan().window_of(planned) {
                at(window.not_before);
                at(Time(window.latest_start.0.saturating_add(1)));
            }
        }
        let open = |ix: usize| self.progress.rings.get(ix).is_some_and(|ring| ring.opened_at.is_some());
        let could_begin = self.marks.iter().zip(&self.progress.hosts).any(|(mark, host)| {
            !mark.quiet || (mark.class == Class::NotBegun && open(usize::from(host.ring)))
        });
        if could_begin {
            at(now.plus_seconds(LOOK_AGAIN_SECONDS));
        }
        (wake.0 != i64::MAX).then_some(wake)
    }
}

fn step(host: &Host, work: &Work) -> Step {
    let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    if work.by_hand {
        let (done, of) = (number(host.hand.done()), number(work.steps.len()));
        return match (host.hand.signed_at, host.hand.first_at()) {
            (Some(_), _) => Step::Signed,
            (None, Some(_)) => Step::ByHand { done, of },
            (None, None) => Step::Waiting,
        };
    }
    if host.outage.as_ref().is_some_and(|outage| !outage.used) {
        return Step::FurtherOutage;
    }
    match host.task() {
        None if host.started_at.is_some() => Step::Watched,
        None => Step::Waiting,
        Some(Task::Download) if host.order.is_some() => Step::Downloading,
        Some(Task::Download) => Step::Waiting,
        Some(_) if host.started_at.is_none() && host.done > 0 => Step::Downloaded,
        Some(_) if host.started_at.is_none() => Step::Waiting,
        Some(Task::ProbeBefore) => Step::ProbingBefore,
        Some(Task::Install(patch)) => Step::Installing { patch: patch + 1, of: number(work.patches.len()) },
        Some(Task::RestartServices) => Step::RestartingServices,
        Some(Task::RestartHost) => Step::RestartingHost,
        Some(Task::ProbeAfter) => Step::ProbingAfter,
        Some(Task::RollBack) => Step::RollingBack,
    }
}

/// Sources that speak of a restart of the host and contradict each other.
fn disagreements(host: &Host) -> Vec<Gap> {
    let Some(seen) = &host.seen else { return Vec::new() };
    let mut gaps = Vec::new();
    for (pending, reading) in &seen.signals {
        let Reading::Pending(restart) = reading else { continue };
        if restart.of != RestartOf::Host {
            continue;
        }
        for (clear, other) in &seen.signals {
            if *other == Reading::Clear && clear.tells_of_host() {
                gaps.push(Gap::Disagreement { pending: *pending, clear: *clear });
            }
        }
    }
    gaps
}
