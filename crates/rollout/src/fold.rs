//! Folds of what a host shows and answers, and of the orders it is given.

use std::sync::Arc;

use model::host::ProbeRun;
use model::order::{Action, Order, OrderEvent, OrderStep};
use model::{AssetTag, Time};

use crate::evidence::{self, Observed, PackageOffer, Seen};
use crate::host::{Before, Host, Issued, Phase};
use crate::rollout::Rollout;
use crate::rules::{Rule, Rules};
use crate::verdict::Failure;
use crate::work::{Task, Work};

impl Rollout {
    /// A host was observed. An observation older than the newest one is passed over: what is stale changes nothing.
    pub fn observed(&mut self, tag: &AssetTag, seen: &dyn Observed, heard_at: Time) {
        let Some(ix) = self.by_tag.get(tag).copied() else { return };
        let (rules, was) = (self.rules, self.marks.get(ix).copied());
        let (Some(host), Some(work)) = (self.progress.hosts.get_mut(ix), self.works.get(ix).cloned()) else {
            return;
        };
        let observed_at = seen.observed_at().min(heard_at);
        let older = host.seen.as_ref().is_some_and(|last| observed_at < last.observed_at);
        if older && rules.holds(Rule::OlderEvidence) {
            return;
        }
        let waited = host.order.is_some() || host.done < host.tasks.len();
        let mut news = take_in(host, &work, seen, observed_at, heard_at, rules);
        news |= advance(host, &work, heard_at, rules);
        self.mark(ix, heard_at);
        if let Some(host) = self.progress.hosts.get_mut(ix)
            && self.marks.get(ix).is_some_and(|mark| mark.is_proven())
        {
            host.was_proven = true;
        }
        // Heard again after too long, or a re-check that was waited for: another look is worthwhile though nothing changed.
        let now = self.marks.get(ix).copied();
        let turned = was.zip(now).is_none_or(|(was, now)| was.class != now.class || was.until <= heard_at);
        if news || turned || (waited && self.progress.hosts.get(ix).is_some_and(|host| host.order.is_some()))
        {
            self.touch();
        }
    }

    /// An order was given to a host.
    pub fn issued(&mut self, order: &Order, at: Time) {
        let Some(ix) = self.by_tag.get(&order.host).copied() else { return };
        let (Some(host), Some(work)) = (self.progress.hosts.get_mut(ix), self.works.get(ix).cloned()) else {
            return;
        };
        let further = matches!(order.action, Action::RestartHost) && host.task() != Some(Task::RestartHost);
        if further {
            host.tasks.truncate(host.done);
            host.stretch_from = host.done;
            host.tasks.push(Task::RestartHost);
            host.tasks.extend(work.after());
        }
        let Some(task) = host.task() else { return };
        // A further restart is a new stretch of work: everything is said anew.
        if task == Task::RestartHost && host.outage.as_ref().is_some_and(|outage| !outage.used) {
            if let Some(outage) = &mut host.outage {
                outage.used = true;
            }
            host.said = crate::host::Said::default();
            host.dark_since = None;
            know(host);
        }
        if task != Task::Download {
            host.started_at.get_or_insert(at);
        }
        if host.before.is_none() && task != Task::Download {
            remember(host);
        }
        if task.is_disruptive() {
            host.dark_since.get_or_insert(at);
        }
        if host.order.as_ref().is_some_and(|before| before.phase.may_retry()) {
            host.retries = host.retries.saturating_add(1);
        }
        host.orders += 1;
        host.moved_at = at;
        host.order = Some(Issued { order: Box::new(order.clone()), at, phase: Phase::Issued });
        self.mark(ix, at);
        self.touch();
    }

    /// A host says what became of an order. It proves nothing about the result.
    pub fn answered(&mut self, tag: &AssetTag, event: &OrderEvent, heard_at: Time) {
        let Some(ix) = self.by_tag.get(tag).copied() else { return };
        let (rules, work) = (self.rules, self.works.get(ix).cloned());
        let (Some(host), Some(work)) = (self.progress.hosts.get_mut(ix), work) else { return };
        let at = event.at.min(heard_at);
        match &mut host.order {
            Some(issued) if issued.order.id == event.order => {
                let at = at.max(issued.at);
                let disruptive = issued.order.action.is_disruptive();
                let task = host.tasks.get(host.done).copied();
                let effect = answer(issued, &event.what, at);
                if effect && disruptive {
                    host.change(at);
                }
                if effect && let OrderStep::Done { probes, .. } = &event.what {
                    results(host, task, probes, at);
                }
                if effect {
                    host.moved_at = host.moved_at.max(at);
                }
            }
            // An order that nobody here knows of any more: it may have changed something.
            Some(_) | None => {
                if matches!(event.what, OrderStep::Begun | OrderStep::Done { .. } | OrderStep::Failed { .. })
                    && host.started_at.is_some()
                {
                    host.change(at);
                }
            }
        }
        advance(host, &work, heard_at, rules);
        self.mark(ix, heard_at);
        self.touch();
    }

    /// Orders to a host that it may still carry out or has not finished: what a check-in answers.
    pub fn open_order(&self, host: &AssetTag) -> Option<&Order> {
        let (_, host) = self.host(host)?;
        let issued = host.order.as_ref()?;
        let open = match issued.phase {
            Phase::Issued | Phase::Accepted => !self.is_emergency(),
            Phase::Begun { .. } => true,
            Phase::Done { .. } | Phase::Failed { .. } | Phase::Refused { .. } => false,
        };
        open.then_some(&*issued.order)
    }

    pub(crate) fn mark(&mut self, ix: usize, now: Time) {
        let mark = self.judge(ix, now).mark();
        if let Some(kept) = self.marks.get_mut(ix) {
            *kept = mark;
        }
    }
}

/// Takes an observation in; `true` when anything but its time is new.
fn take_in(
    host: &mut Host,
    work: &Arc<Work>,
    seen: &dyn Observed,
    observed_at: Time,
    heard_at: Time,
    rules: Rules,
) -> bool {
    let last = host.seen.take();
    let new_boot = last.as_ref().is_some_and(|last| last.boot.id != seen.boot().id);
    if let Some(last) = last.as_ref().filter(|_| new_boot) {
        let began_at = seen.boot().began_at.min(observed_at).max(last.observed_at.min(observed_at));
        let watched = host.started_at.is_some() && !host.was_proven;
        if watched && !host.awaits_boot_after(&last.boot.id) && rules.holds(Rule::UnorderedRestart) {
            host.failures.push(Failure::UnorderedRestart { began_at });
        }
        if host.started_at.is_some() {
            host.change(began_at);
        }
    }
    let mut news = last.is_none() || new_boot;
    for (id, run) in seen.probes() {
        let run_at = ProbeRun { tried_at: run.tried_at.min(observed_at), result: run.result.clone() };
        news |= evidence::keep_newer(&mut host.probes, id, &run_at);
    }
    let pending_before =
        last.as_ref().filter(|_| !new_boot && rules.holds(Rule::PendingStays)).map(|last| &last.signals);
    let signals = evidence::signals(seen, pending_before);
    let surfaced = surfaced(host, work, seen);
    let kept_versions = last.as_ref().map(|last| &last.versions);
    let same = kept_versions.is_some_and(|kept| evidence::same_versions(seen, &work.wanted, kept));
    if !same && let Some(last) = &last {
        versions_changed(host, last.observed_at, observed_at);
    }
    news |= !same || last.as_ref().is_some_and(|l| l.signals != signals || l.surfaced != surfaced);
    let (boot, versions) = match last {
        Some(last) if same && !new_boot => (last.boot, last.versions),
        Some(_) | None => (seen.boot().clone(), evidence::versions(seen, &work.wanted)),
    };
    let now = Seen { observed_at, heard_at, boot, family: seen.family(), versions, signals, surfaced };
    if host.started_at.is_some() && now.is_restless(rules) {
        host.unrest_at = host.unrest_at.max(Some(observed_at));
    }
    host.seen = Some(now);
    news
}

/// Packages have other versions than in the observation before: when an order's end lies between, that was the change, and is
/// recorded; else it happened at some time until this observation.
fn versions_changed(host: &mut Host, last: Time, observed_at: Time) {
    let by_order = host.changed_at.is_some_and(|changed| changed > last && changed <= observed_at);
    let running = host.order.as_ref().is_some_and(|issued| matches!(issued.phase, Phase::Begun { .. }));
    if host.started_at.is_some() && (running || !by_order) {
        host.change(observed_at);
    }
}

/// Patches offered now that were not known before the work and are not what it installs.
fn surfaced(host: &Host, work: &Work, seen: &dyn Observed) -> Vec<PackageOffer> {
    let mut surfaced = Vec::new();
    if host.was_proven {
        return surfaced;
    }
    // Before the work everything offered is kept: it is what is known when the work begins.
    let known = host.before.as_ref().map_or(&[][..], |before| &before.known);
    let is_known = |package: &str, to: &str| {
        let at = |(p, t): &PackageOffer| (&**p, &**t).cmp(&(package, to));
        known.binary_search_by(at).is_ok()
    };
    let is_wanted = |package: &str, to: &str| {
        let found = work.wanted.binary_search_by(|wanted| (*wanted.package).cmp(package));
        found.ok().and_then(|ix| work.wanted.get(ix)).is_some_and(|wanted| &*wanted.version == to)
    };
    seen.each_available(&mut |package, to| {
        if !is_known(package, to) && !is_wanted(package, to) {
            surfaced.push((package.into(), to.into()));
        }
    });
    surfaced
}

/// Remembers how the host is before the first order that can have an effect.
fn remember(host: &mut Host) {
    let before = Before {
        versions: host.seen.as_ref().map(|seen| seen.versions.clone()).unwrap_or_default(),
        ..Before::default()
    };
    host.before = Some(before);
    know(host);
}

/// What is offered now is known from now on: people were told of it, it does not surface a second time.
fn know(host: &mut Host) {
    let offered = host.seen.as_mut().map(|seen| std::mem::take(&mut seen.surfaced)).unwrap_or_default();
    if let Some(before) = &mut host.before {
        before.known.extend(offered);
        before.known.sort_unstable();
        before.known.dedup();
    }
}

/// What an answer makes of an order; `true` when it may have had an effect just then.
fn answer(issued: &mut Issued, step: &OrderStep, at: Time) -> bool {
    let untouched = issued.phase.is_untouched();
    let begun = matches!(issued.phase, Phase::Begun { .. });
    match step {
        OrderStep::Accepted if issued.phase == Phase::Issued => issued.phase = Phase::Accepted,
        OrderStep::Refused { code, says } if untouched => {
            issued.phase = Phase::Refused { code: *code, says: says.clone() };
        }
        OrderStep::Begun if untouched => issued.phase = Phase::Begun { at },
        OrderStep::Done { .. } if untouched || begun => issued.phase = Phase::Done { at },
        OrderStep::Failed { says } if untouched || begun => {
            issued.phase = Phase::Failed { says: says.clone() };
        }
        // Out of turn: the state stays, and what may have happened is kept as a change.
        OrderStep::Accepted
        | OrderStep::Refused { .. }
        | OrderStep::Begun
        | OrderStep::Done { .. }
        | OrderStep::Failed { .. } => {}
    }
    matches!(step, OrderStep::Begun | OrderStep::Done { .. } | OrderStep::Failed { .. })
}

fn results(
    host: &mut Host,
    task: Option<Task>,
    probes: &std::collections::BTreeMap<model::ids::ProbeId, model::probe::ProbeResult>,
    at: Time,
) {
    for (id, result) in probes {
        let run = ProbeRun { tried_at: at, result: result.clone() };
        evidence::keep_newer(&mut host.probes, id, &run);
        if task == Some(Task::ProbeBefore)
            && let Some(before) = &mut host.before
        {
            before.probes.insert(id.clone(), result.clone());
        }
    }
}

/// Goes over every task that is done and seen to be done; `true` when there was one.
pub(crate) fn advance(host: &mut Host, work: &Work, at: Time, rules: Rules) -> bool {
    let mut moved = false;
    while let Some(task) = host.task() {
        let seen_done = match (task, &host.order) {
            (_, None) => false,
            (task, Some(issued)) => is_seen_done(host, work, task, issued, rules),
        };
        if !seen_done {
            break;
        }
        (host.done, host.order, host.retries, host.moved_at) = (host.done + 1, None, 0, at);
        moved = true;
    }
    if moved && host.is_over() {
        host.outage = None;
    }
    moved
}

/// An executor's *done* is only the permission to look: an observation made after it must agree.
fn is_seen_done(host: &Host, work: &Work, task: Task, issued: &Issued, rules: Rules) -> bool {
    let Phase::Done { at } = issued.phase else { return false };
    let after = host.seen.as_ref().filter(|seen| seen.observed_at > at);
    match task {
        Task::Download | Task::ProbeBefore | Task::ProbeAfter => true,
        Task::RestartServices => after.is_some(),
        Task::Install(patch) => {
            !rules.holds(Rule::ObservedVersions)
                || after.is_some_and(|seen| work.wrong_versions(patch, &seen.versions).next().is_none())
        }
        Task::RestartHost => after.is_some_and(|seen| {
            issued.order.expects.boot.as_deref() != Some(&*seen.boot.id) || !rules.holds(Rule::BootId)
        }),
        Task::RollBack => {
            let before = host.before.as_ref().map(|before| &before.versions);
            after.is_some_and(|seen| before == Some(&seen.versions))
        }
    }
}
