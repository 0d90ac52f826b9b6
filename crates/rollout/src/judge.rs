//! The verdict of one host: the five proofs, computed from what is recorded and the present time. Bad news comes first, so that no
//! input can hide it: broken, stalled, restart pending, evidence too old, gaps, settling; *proven* is what is left.

use model::Time;

use crate::evidence::Seen;
use crate::host::{Host, Outage, Phase};
use crate::rollout::Rollout;
use crate::rules::Rule;
use crate::verdict::{Failure, Gap, Verdict};
use crate::work::{Task, Work};

/// A verdict and until when it stays the same if nothing is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) class: Class,
    pub(crate) well: bool,
    pub(crate) until: Time,
    pub(crate) quiet: bool,
}

/// What a verdict means for its ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    NotBegun,
    /// Worked on: it has one of the places of `at_once_max`.
    Working,
    /// Settling or proven: counts towards success.
    Good,
    /// Broken, stalled, refused, or a further restart pending: counts as a failure.
    Failed,
    /// Stale or unknown: counts as nothing.
    Other,
}

/// A verdict in short, kept until something is heard or its time is over, so that a look need not judge every host again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) class: Class,
    /// It carries its services, as far as this rollout knows.
    pub(crate) well: bool,
    /// From then on it must be judged again.
    pub(crate) until: Time,
    /// Nothing is to be said or ordered before then.
    pub(crate) quiet: bool,
    proven: bool,
    /// A step of it has stalled: nobody knows whether it is still carried out.
    pub(crate) stalled: bool,
}

impl Mark {
    pub(crate) fn unset() -> Mark {
        let (class, until) = (Class::NotBegun, Time(i64::MIN));
        Mark { class, well: false, until, quiet: false, proven: false, stalled: false }
    }

    pub(crate) fn is_proven(self) -> bool {
        self.proven
    }
}

impl Judged {
    pub(crate) fn mark(&self) -> Mark {
        let proven = matches!(self.verdict, Verdict::Proven { .. });
        let stalled = matches!(self.verdict, Verdict::Stalled { .. });
        Mark { class: self.class, well: self.well, until: self.until, quiet: self.quiet, proven, stalled }
    }
}

/// The times at which a verdict changes though nothing is heard.
struct Horizon {
    now: Time,
    until: Time,
}

impl Horizon {
    /// Something changes just after `at`.
    fn after(&mut self, at: Time) {
        self.at(Time(at.0.saturating_add(1)));
    }

    /// Something changes at `at`.
    fn at(&mut self, at: Time) {
        if at > self.now {
            self.until = self.until.min(at);
        }
    }
}

/// The times that a proof must reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof {
    pub(crate) quiet_until: Time,
    /// When the last re-check is due: an observation must be made then or later.
    pub(crate) due: Time,
}

impl Rollout {
    /// What can be said of a host now; `None` when it is not in the plan.
    pub fn verdict(&self, host: &model::AssetTag, now: Time) -> Option<Verdict> {
        let (ix, _) = self.host(host)?;
        Some(self.judge(ix, now).verdict)
    }

    pub(crate) fn judge(&self, ix: usize, now: Time) -> Judged {
        let (Some(host), Some(work)) = (self.progress.hosts.get(ix), self.works.get(ix)) else {
            let (verdict, class) = (Verdict::NotBegun, Class::NotBegun);
            return Judged { verdict, class, well: false, until: Time(i64::MAX), quiet: true };
        };
        let mut horizon = Horizon { now, until: Time(i64::MAX) };
        let fresh = self.is_fresh(host, now);
        if let Some(seen) = &host.seen {
            horizon.after(self.stale_after(seen));
        }
        let (verdict, class) = if work.by_hand {
            self.judge_by_hand(host, work, &mut horizon)
        } else {
            self.judge_agent(host, work, fresh, &mut horizon)
        };
        let well = fresh && is_well(&verdict, class);
        let quiet = self.is_quiet(ix, host, &verdict, class, now);
        if let Some(outage) = &host.outage {
            horizon.after(outage.window.latest_start);
            horizon.at(outage.window.not_before);
        }
        Judged { verdict, class, well, until: horizon.until, quiet }
    }

    pub(crate) fn is_fresh(&self, host: &Host, now: Time) -> bool {
        host.seen.as_ref().is_some_and(|seen| now <= self.stale_after(seen))
    }

    /// Until then the newest observation is young enough.
    fn stale_after(&self, seen: &Seen) -> Time {
        if !self.rules.holds(Rule::EvidenceAge) {
            return Time(i64::MAX);
        }
        seen.observed_at.plus_seconds(i64::from(self.plan().proof.evidence_age_max_seconds))
    }

    fn judge_agent(&self, host: &Host, work: &Work, fresh: bool, horizon: &mut Horizon) -> (Verdict, Class) {
        let failures = self.failures(host, work);
        if !failures.is_empty() {
            return (Verdict::Broken { failures }, Class::Failed);
        }
        if let Some((since, due)) = self.stall(host, work) {
            horizon.after(due);
            if horizon.now > due && self.rules.holds(Rule::Stalled) {
                return (Verdict::Stalled { since, due }, Class::Failed);
            }
        }
        if host.started_at.is_none() {
            return (Verdict::NotBegun, Class::NotBegun);
        }
        if host.is_in_work() {
            return self.judge_working(host, work, horizon);
        }
        self.judge_over(host, work, fresh, horizon)
    }

    fn judge_working(&self, host: &Host, work: &Work, horizon: &mut Horizon) -> (Verdict, Class) {
        let untouched = host.order.as_ref().is_none_or(|o| o.phase.is_untouched() || o.phase.may_retry());
        if self.is_emergency() && untouched {
            return self.judge_cut_short(host, work);
        }
        let Some(dark_since) = host.dark_since else { return (Verdict::NotBegun, Class::Working) };
        let restarts_next = host.task().is_some_and(Task::is_restart);
        if restarts_next {
            let stuck = self.is_stuck(host, work, horizon.now);
            if let Some(latest_start) = self.latest_start(host, work) {
                horizon.after(latest_start);
            }
            if stuck || untouched {
                let class = if stuck { Class::Failed } else { Class::Working };
                return (Verdict::RestartPending { reasons: self.pending(host, work) }, class);
            }
        }
        let stretch = host.tasks.get(host.stretch_from..).unwrap_or(&[]);
        let (p50, p90) = work.seconds_of(stretch);
        let (back_p50, back_p90) = (dark_since.plus_seconds(p50), dark_since.plus_seconds(p90));
        (Verdict::Dark { since: dark_since, back_p50, back_p90 }, Class::Working)
    }

    /// An emergency stop left it in the middle.
    fn judge_cut_short(&self, host: &Host, work: &Work) -> (Verdict, Class) {
        if host.dark_since.is_none() || (host.done <= first_effect(host) && !has_changed(host)) {
            return (Verdict::NotBegun, Class::NotBegun);
        }
        let reasons = self.pending(host, work);
        if reasons.is_empty() {
            let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
            let gaps = vec![Gap::WorkUnfinished { done: count(host.done), of: count(host.tasks.len()) }];
            return (Verdict::Unknown { gaps }, Class::Other);
        }
        (Verdict::RestartPending { reasons }, Class::Failed)
    }

    /// Every task is done and was seen to be done: what is left are time and later evidence.
    fn judge_over(&self, host: &Host, work: &Work, fresh: bool, horizon: &mut Horizon) -> (Verdict, Class) {
        let reasons = self.pending(host, work);
        if !reasons.is_empty() {
            return (Verdict::RestartPending { reasons }, Class::Failed);
        }
        let observed_at = host.seen.as_ref().map(|seen| seen.observed_at);
        let Some((seen, proof)) = host.seen.as_ref().zip(self.proof(host)) else {
            return (Verdict::Stale { observed_at, checked_by: None }, Class::Other);
        };
        horizon.at(proof.due);
        if !fresh {
            if horizon.now >= proof.due && seen.observed_at < proof.due {
                let gaps = vec![Gap::RecheckMissing { due: proof.due }];
                return (Verdict::Unknown { gaps }, Class::Other);
            }
            return (Verdict::Stale { observed_at, checked_by: None }, Class::Other);
        }
        let gaps = self.gaps(host, work, seen);
        if !gaps.is_empty() {
            return (Verdict::Unknown { gaps }, Class::Other);
        }
        let by_time_alone = !self.rules.holds(Rule::ObservationAfterRecheck) && horizon.now >= proof.due;
        if self.is_after_recheck(host, seen, &proof) || by_time_alone {
            return (Verdict::Proven { until: self.stale_after(seen) }, Class::Good);
        }
        (Verdict::Settling { until: proof.due }, Class::Good)
    }

    /// When the quiet period ends and when the last re-check is due; `None` while nothing has changed.
    pub(crate) fn proof(&self, host: &Host) -> Option<Proof> {
        let policy = &self.plan().proof;
        let unrest_at = host.unrest_at?;
        let quiet = i64::from(policy.quiet_minutes) * 60;
        let quiet = if self.rules.holds(Rule::QuietPeriod) { quiet } else { 0 };
        let quiet_until = unrest_at.plus_seconds(quiet);
        let morning = policy.morning_after(unrest_at).filter(|_| self.rules.holds(Rule::MorningCheck));
        Some(Proof { quiet_until, due: morning.map_or(quiet_until, |morning| morning.max(quiet_until)) })
    }

    /// Since when the present step runs and when it has stalled; `None` where nothing runs.
    pub(crate) fn stall(&self, host: &Host, work: &Work) -> Option<(Time, Time)> {
        let task = host.task()?;
        let since = match host.order.as_ref().map(|issued| (&issued.phase, issued.at)) {
            Some((Phase::Begun { at }, _)) => *at,
            Some((Phase::Issued | Phase::Accepted, at)) if !self.is_emergency() => at,
            Some((Phase::Done { .. }, at)) if !self.is_stuck_after_done(host) => at,
            // Between two orders: the next should come at once, unless nothing was disturbed yet or it no longer fits.
            None if host.dark_since.is_some() && !self.is_emergency() => host.moved_at,
            Some(_) | None => return None,
        };
        if task == Task::Download {
            return host.order.as_ref().map(|issued| (since, issued.order.window.latest_start));
        }
        let no_longer_fits = self.latest_start(host, work).is_some_and(|latest| latest < since);
        if host.order.is_none() && no_longer_fits && !host.only_looks_are_left() {
            return None;
        }
        let (_, p90) = work.seconds(task);
        Some((since, since.plus_seconds(self.plan().proof.stalls_after_seconds(p90))))
    }

    /// A restart was reported done, and a later observation shows the boot from before.
    pub(crate) fn is_stuck_after_done(&self, host: &Host) -> bool {
        let Some(issued) = &host.order else { return false };
        let Phase::Done { at } = issued.phase else { return false };
        host.task() == Some(Task::RestartHost)
            && host.seen.as_ref().is_some_and(|seen| {
                seen.observed_at > at && issued.order.expects.boot.as_deref() == Some(&*seen.boot.id)
            })
    }

    /// A restart is due and cannot happen in this window any more, or was claimed and did not happen.
    pub(crate) fn is_stuck(&self, host: &Host, work: &Work, now: Time) -> bool {
        let next_is_restart = host.task().is_some_and(Task::is_restart);
        let none = host.order.as_ref().is_none_or(|issued| issued.phase.may_retry());
        let too_late = none && self.latest_start(host, work).is_some_and(|latest| now > latest);
        next_is_restart && (too_late || self.is_stuck_after_done(host))
    }

    /// Nothing is left to say or to order as long as nothing is heard and its time is not over.
    fn is_quiet(&self, ix: usize, host: &Host, verdict: &Verdict, class: Class, now: Time) -> bool {
        let told = |said: bool| said || self.carriers.units_darkened_by(ix).is_empty();
        match class {
            Class::NotBegun => host.task() != Some(Task::Download) || !host.awaits_order(),
            Class::Working => false,
            Class::Good => {
                let proven = matches!(verdict, Verdict::Proven { .. });
                !host.said.dark || (told(host.said.back) && (!proven || told(host.said.proven)))
            }
            Class::Failed => match verdict {
                Verdict::Broken { .. } => {
                    host.said.broken && told(host.said.trouble) && host.roll_back.is_none()
                }
                Verdict::Stalled { .. } => host.said.stalled && told(host.said.trouble),
                Verdict::RestartPending { .. } => {
                    let open = |outage: &Outage| outage.against || now <= outage.window.latest_start;
                    let asked = host.outage.as_ref().is_some_and(|o| !o.used && !o.is_agreed() && open(o));
                    host.said.surfaced && told(host.said.further) && asked
                }
                Verdict::NotBegun
                | Verdict::Proven { .. }
                | Verdict::Settling { .. }
                | Verdict::Dark { .. }
                | Verdict::Stale { .. }
                | Verdict::Unknown { .. } => true,
            },
            Class::Other => true,
        }
    }

    /// Was this seen at the re-check or later, and after the newest change?
    fn is_after_recheck(&self, host: &Host, seen: &Seen, proof: &Proof) -> bool {
        let after_change = host.changed_at.is_none_or(|changed| seen.observed_at > changed);
        seen.observed_at >= proof.due && (after_change || !self.rules.holds(Rule::SignalsAfterChange))
    }

    /// Did the newest look at a host that an agent observes prove it, however long ago that was?
    pub(crate) fn last_look_proved(&self, host: &Host, work: &Work) -> bool {
        host.seen.as_ref().zip(self.proof(host)).is_some_and(|(seen, proof)| {
            self.gaps(host, work, seen).is_empty() && self.is_after_recheck(host, seen, &proof)
        })
    }

    fn judge_by_hand(&self, host: &Host, work: &Work, horizon: &mut Horizon) -> (Verdict, Class) {
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        if let Some(says) = host.hand.failed().filter(|_| self.rules.holds(Rule::TestAndSignature)) {
            return (Verdict::Broken { failures: vec![Failure::Test(says.into())] }, Class::Failed);
        }
        let (done, of) = (host.hand.done(), work.steps.len());
        let Some(since) = host.hand.first_at() else { return (Verdict::NotBegun, Class::NotBegun) };
        let whole = done == of && of > 0;
        if whole && (host.hand.signed_at.is_some() || !self.rules.holds(Rule::TestAndSignature)) {
            return self.judge_checked(host, horizon);
        }
        let forward = work.minutes.forward();
        let (p50, p90) = (i64::from(forward.p50) * 60, i64::from(forward.p90) * 60);
        let due = since.plus_seconds(self.plan().proof.stalls_after_seconds(p90));
        horizon.after(due);
        if horizon.now > due && self.rules.holds(Rule::Stalled) {
            return (Verdict::Stalled { since, due }, Class::Failed);
        }
        if whole {
            let gaps = vec![Gap::WorkUnfinished { done: count(done), of: count(of) }];
            return (Verdict::Unknown { gaps }, Class::Other);
        }
        let (back_p50, back_p90) = (since.plus_seconds(p50), since.plus_seconds(p90));
        (Verdict::Dark { since, back_p50, back_p90 }, Class::Working)
    }
}

impl Rollout {
    /// A person tested and signed. No source can be read again, so the proof is as old as that person's look, and only another look
    /// renews it.
    fn judge_checked(&self, host: &Host, horizon: &mut Horizon) -> (Verdict, Class) {
        let observed_at = host.hand.checked_at().or(host.hand.newest_at());
        let expires = self.rules.holds(Rule::EvidenceAge);
        let until = observed_at.filter(|_| expires).map(|at| self.plan().proof.hand_proof_until(at));
        let until = until.unwrap_or(Time(i64::MAX));
        horizon.after(until);
        if horizon.now > until {
            let checked_by = host.hand.checked_by().map(Into::into);
            return (Verdict::Stale { observed_at, checked_by }, Class::Other);
        }
        (Verdict::Proven { until }, Class::Good)
    }
}

/// Does a host with this verdict carry its services? Its evidence is fresh.
fn is_well(verdict: &Verdict, class: Class) -> bool {
    match verdict {
        Verdict::NotBegun | Verdict::RestartPending { .. } => class != Class::Working,
        Verdict::Proven { .. } | Verdict::Settling { .. } => true,
        Verdict::Unknown { gaps } => gaps.iter().all(|gap| match gap {
            Gap::Source { .. } | Gap::SourceNotAsked(_) | Gap::Disagreement { .. } => true,
            Gap::Probe { .. } | Gap::RecheckMissing { .. } | Gap::WorkUnfinished { .. } => false,
        }),
        Verdict::Dark { .. } | Verdict::Broken { .. } | Verdict::Stalled { .. } | Verdict::Stale { .. } => {
            false
        }
    }
}

/// The first task that can have an effect.
fn first_effect(host: &Host) -> usize {
    host.tasks.iter().position(|task| task.is_disruptive()).unwrap_or(0)
}

fn has_changed(host: &Host) -> bool {
    host.changed_at.is_some()
}
