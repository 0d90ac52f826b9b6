//! What speaks against a host: failures, pending restarts, gaps. Each list is whole; none is left out because another was found.

use model::host::{Reading, SignalSource};
use model::probe::ProbeResult;

use crate::evidence::Seen;
use crate::host::{Host, Phase};
use crate::rollout::Rollout;
use crate::rules::Rule;
use crate::verdict::{Failure, Gap, PendingReason};
use crate::work::{Task, Work};

impl Rollout {
    /// What failed and is not made good by later evidence.
    pub(crate) fn failures(&self, host: &Host, work: &Work) -> Vec<Failure> {
        let mut failures = Vec::new();
        if host.roll_back.is_none() {
            failures.extend(host.failures.iter().cloned());
            failures.extend(self.wrong_versions(host, work));
        } else if host.is_over() {
            failures.push(Failure::RolledBack);
        }
        if let Some(issued) = &host.order {
            match &issued.phase {
                Phase::Failed { says } => {
                    let action = issued.order.action.word().into();
                    failures.push(Failure::Order { action, says: says.clone() });
                }
                Phase::Refused { code, says } if !host.awaits_order() => {
                    failures.push(Failure::Refused { code: *code, says: says.clone() });
                }
                Phase::Refused { .. }
                | Phase::Issued
                | Phase::Accepted
                | Phase::Begun { .. }
                | Phase::Done { .. } => {}
            }
        }
        failures.extend(self.failed_probes(host, work));
        failures
    }

    /// Patches that were installed, or are said to be, and whose versions a later observation does not show.
    fn wrong_versions(&self, host: &Host, work: &Work) -> Vec<Failure> {
        let Some(seen) = &host.seen else { return Vec::new() };
        if !self.rules.holds(Rule::ObservedVersions) {
            return Vec::new();
        }
        let said_done = host.order.as_ref().is_some_and(|issued| match issued.phase {
            Phase::Done { at } => seen.observed_at > at,
            Phase::Issued
            | Phase::Accepted
            | Phase::Begun { .. }
            | Phase::Failed { .. }
            | Phase::Refused { .. } => false,
        });
        let installed = host.tasks.iter().enumerate().filter_map(|(ix, task)| match task {
            Task::Install(patch) if ix < host.done || (ix == host.done && said_done) => Some(*patch),
            Task::Install(_)
            | Task::Download
            | Task::ProbeBefore
            | Task::RestartServices
            | Task::RestartHost
            | Task::ProbeAfter
            | Task::RollBack => None,
        });
        installed
            .flat_map(|patch| work.wrong_versions(patch, &seen.versions))
            .map(|(wanted, found)| Failure::Version {
                package: wanted.package.clone(),
                wanted: wanted.version.clone(),
                found: found.map(Into::into),
            })
            .collect()
    }

    /// Probes that were tried after the newest change, when nothing disruptive is left, and failed.
    fn failed_probes(&self, host: &Host, work: &Work) -> Vec<Failure> {
        let disturbed = host.left().iter().any(|task| task.is_disruptive());
        if host.started_at.is_none() || disturbed || !self.rules.holds(Rule::ProbeFailure) {
            return Vec::new();
        }
        let failed = work.probes.iter().filter_map(|probe| {
            let run = host.probes.get(&probe.id)?;
            let after = host.changed_at.is_none_or(|changed| run.tried_at > changed);
            let ProbeResult::Failed(says) = &run.result else { return None };
            let before = host.before.as_ref().and_then(|before| before.probes.get(&probe.id));
            let before_too = matches!(before, Some(ProbeResult::Failed(_)));
            after.then(|| Failure::Probe { probe: probe.id.clone(), says: says.clone(), before_too })
        });
        failed.collect()
    }

    /// Why a restart is pending or cannot be ruled out, from the plan and from every source.
    pub(crate) fn pending(&self, host: &Host, work: &Work) -> Vec<PendingReason> {
        let mut reasons = Vec::new();
        for task in host.left() {
            match task {
                Task::RestartHost => reasons.push(PendingReason::NotRestarted),
                Task::RestartServices => {
                    reasons.extend(work.services.iter().cloned().map(PendingReason::ServiceNotRestarted));
                }
                Task::Download | Task::ProbeBefore | Task::Install(_) | Task::ProbeAfter | Task::RollBack => {
                }
            }
        }
        let Some(seen) = &host.seen else { return reasons };
        if host.changed_at.is_some_and(|changed| seen.observed_at <= changed) {
            return reasons;
        }
        for (source, reading) in &seen.signals {
            if let Reading::Pending(pending) = reading
                && self.rules.holds(Rule::PendingSource)
            {
                reasons.push(PendingReason::Source { source: *source, says: pending.reason.clone() });
            }
        }
        if self.rules.holds(Rule::FurtherPatch) {
            let patch = |(package, to): &(Box<str>, Box<str>)| PendingReason::FurtherPatch {
                package: package.clone(),
                to: to.clone(),
            };
            reasons.extend(seen.surfaced.iter().map(patch));
        }
        reasons
    }

    /// What is not known, of what a proof needs.
    pub(crate) fn gaps(&self, host: &Host, work: &Work, seen: &Seen) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for source in SignalSource::applicable(seen.family) {
            match seen.signals.get(source) {
                Some(Reading::Clear | Reading::Pending(_)) => {}
                Some(Reading::Unknown(why)) if self.rules.holds(Rule::UnknownSource) => {
                    gaps.push(Gap::Source { source: *source, why: why.clone() });
                }
                None if self.rules.holds(Rule::MissingSource) => gaps.push(Gap::SourceNotAsked(*source)),
                Some(Reading::Unknown(_)) | None => {}
            }
        }
        if !self.rules.holds(Rule::ProbeMissing) {
            return gaps;
        }
        for probe in &work.probes {
            let run = host.probes.get(&probe.id);
            let run = run.filter(|run| host.changed_at.is_none_or(|changed| run.tried_at > changed));
            let why: Box<str> = match run.map(|run| &run.result) {
                Some(ProbeResult::Passed(_) | ProbeResult::Failed(_)) => continue,
                Some(ProbeResult::NotTried(why)) => why.clone(),
                None => "not tried since the work".into(),
            };
            gaps.push(Gap::Probe { probe: probe.id.clone(), why });
        }
        gaps
    }
}
