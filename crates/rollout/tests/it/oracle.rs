//! The five proofs once more, slowly and from the raw record: nothing here shares code with the rollout. Every condition is one
//! that *must* hold before anybody may say proven; where an instant is known only by bounds, the earlier bound is taken.

use std::collections::BTreeSet;

use model::Time;
use model::host::{HostObservation, Reading, SignalSource};
use model::ids::ProbeId;
use model::order::{Action, Order, OrderEvent, OrderStep};
use model::probe::ProbeResult;

/// Everything that was ever said of one host, in the order in which it was heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) entries: Vec<(Time, Entry)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Seen(Box<HostObservation>),
    Answered(OrderEvent),
    Issued(Box<Order>),
    LookedInto,
    RolledBack,
    WasProven,
}

/// What the plan wants of the host.
pub(crate) struct Claim<'a> {
    pub(crate) wanted: &'a [(&'a str, &'a str)],
    pub(crate) restarts: bool,
    pub(crate) probes: &'a [ProbeId],
    pub(crate) quiet_seconds: i64,
    pub(crate) age_max_seconds: i64,
    /// Local time is UTC plus this, all night long.
    pub(crate) offset_seconds: i64,
}

impl Record {
    /// Notes one thing more. Of a run of the same observation the first and the last are kept: those between say nothing.
    pub(crate) fn push(&mut self, at: Time, entry: Entry) {
        if let (Entry::Seen(new), [.., (_, Entry::Seen(first)), (heard_at, Entry::Seen(last))]) =
            (&entry, &mut self.entries[..])
        {
            let same = |kept: &HostObservation| {
                HostObservation { observed_at: new.observed_at, ..kept.clone() } == **new
            };
            if new.observed_at >= last.observed_at && same(first) && same(last) {
                (*heard_at, last.observed_at) = (at, new.observed_at);
                return;
            }
        }
        self.entries.push((at, entry));
    }

    /// Why the host is not proven now; `None` when nothing speaks against it.
    pub(crate) fn against(&self, claim: &Claim<'_>, now: Time) -> Option<String> {
        let valid = self.valid();
        let Some((_, latest)) = valid.last() else { return Some("never observed".into()) };
        if now > latest.observed_at.plus_seconds(claim.age_max_seconds) {
            return Some("too old".into());
        }
        let Some(start) = self.start() else { return Some("no work was ordered".into()) };
        if self.entries.iter().any(|(_, entry)| matches!(entry, Entry::RolledBack)) {
            return Some("taken back".into());
        }
        for (package, version) in claim.wanted {
            if latest.packages.get(*package).map(|found| &**found) != Some(*version) {
                return Some(format!("{package} is not at {version}"));
            }
        }
        let before = valid.iter().rev().find(|(at, _)| *at <= start);
        if claim.restarts && before.is_none_or(|(_, seen)| seen.boot.id == latest.boot.id) {
            return Some("still in the boot from before".into());
        }
        if let Some(reason) = self.unordered(&valid, start) {
            return Some(reason);
        }
        let changed = self.newest_change(&valid, start, claim);
        if latest.observed_at <= changed {
            return Some("not observed since the newest change".into());
        }
        for source in SignalSource::applicable(latest.system.family) {
            if latest.signals.get(source) != Some(&Reading::Clear) {
                return Some(format!("{} is not clear", source.word()));
            }
        }
        if let Some(probe) = claim.probes.iter().find(|probe| !self.passed_since(probe, changed)) {
            return Some(format!("{probe} did not pass since the change"));
        }
        let pending =
            |seen: &&HostObservation| seen.signals.values().any(|r| matches!(r, Reading::Pending(_)));
        let restless =
            valid.iter().map(|(_, seen)| *seen).filter(|seen| seen.observed_at > changed).filter(pending);
        let unrest = restless.map(|seen| seen.observed_at).fold(changed, Time::max);
        let due = morning(unrest.plus_seconds(claim.quiet_seconds), claim.offset_seconds);
        if latest.observed_at < due {
            return Some("no observation since the last re-check was due".into());
        }
        self.surfaced(&valid, latest, start, claim)
    }

    /// Observations as they count: none that is older than one heard before it.
    fn valid(&self) -> Vec<(Time, &HostObservation)> {
        let mut valid: Vec<(Time, &HostObservation)> = Vec::new();
        for (heard_at, entry) in &self.entries {
            let Entry::Seen(seen) = entry else { continue };
            if valid.last().is_none_or(|(_, last)| seen.observed_at >= last.observed_at) {
                valid.push((*heard_at, seen));
            }
        }
        valid
    }

    fn start(&self) -> Option<Time> {
        self.entries.iter().find_map(|(at, entry)| match entry {
            Entry::Issued(order) if !matches!(order.action, Action::Download(_)) => Some(*at),
            _ => None,
        })
    }

    fn orders(&self) -> impl Iterator<Item = (Time, &Order)> {
        self.entries.iter().filter_map(|(at, entry)| match entry {
            Entry::Issued(order) => Some((*at, &**order)),
            _ => None,
        })
    }

    /// No earlier than this did the newest change happen.
    fn newest_change(&self, valid: &[(Time, &HostObservation)], start: Time, claim: &Claim<'_>) -> Time {
        let mut changed = start;
        for (_, entry) in &self.entries {
            let Entry::Answered(event) = entry else { continue };
            let Some((issued_at, order)) = self.orders().find(|(_, order)| order.id == event.order) else {
                continue;
            };
            let effect =
                matches!(event.what, OrderStep::Begun | OrderStep::Done { .. } | OrderStep::Failed { .. });
            if effect && order.action.is_disruptive() {
                changed = changed.max(event.at).max(issued_at);
            }
        }
        for pair in valid.windows(2) {
            let [(_, before), (heard_at, after)] = pair else { continue };
            let other_version =
                claim.wanted.iter().any(|(p, _)| before.packages.get(*p) != after.packages.get(*p));
            if *heard_at > start && (other_version || before.boot.id != after.boot.id) {
                changed = changed.max(before.observed_at);
            }
        }
        changed
    }

    /// A boot that no order explains, and that nobody has looked into.
    fn unordered(&self, valid: &[(Time, &HostObservation)], start: Time) -> Option<String> {
        let mut orders: Vec<(Time, &Order)> =
            self.orders().filter(|(_, order)| order.action == Action::RestartHost).collect();
        for pair in valid.windows(2) {
            let [(_, before), (heard_at, after)] = pair else { continue };
            if before.boot.id == after.boot.id || *heard_at <= start {
                continue;
            }
            let fits = |(at, order): &(Time, &Order)| {
                *at <= *heard_at && order.expects.boot.as_deref() == Some(&*before.boot.id)
            };
            if let Some(ix) = orders.iter().position(fits) {
                orders.remove(ix);
                continue;
            }
            let forgiven = self.entries.iter().any(|(at, entry)| match entry {
                Entry::LookedInto => *at >= *heard_at,
                Entry::WasProven => *at < *heard_at,
                _ => false,
            });
            if !forgiven {
                return Some("restarted without an order".into());
            }
        }
        None
    }

    fn passed_since(&self, probe: &ProbeId, changed: Time) -> bool {
        let mut newest: Option<(Time, bool)> = None;
        let mut take = |at: Time, result: &ProbeResult| {
            if newest.is_none_or(|(kept, _)| at >= kept) {
                newest = Some((at, matches!(result, ProbeResult::Passed(_))));
            }
        };
        for (_, entry) in &self.entries {
            match entry {
                Entry::Answered(OrderEvent { at, what: OrderStep::Done { probes, .. }, .. }) => {
                    probes.get(probe).into_iter().for_each(|result| take(*at, result));
                }
                Entry::Seen(seen) => {
                    seen.probes.get(probe).into_iter().for_each(|run| take(run.tried_at, &run.result))
                }
                _ => {}
            }
        }
        newest.is_some_and(|(at, passed)| passed && at > changed)
    }

    fn surfaced(
        &self,
        valid: &[(Time, &HostObservation)],
        latest: &HostObservation,
        start: Time,
        claim: &Claim<'_>,
    ) -> Option<String> {
        if self.entries.iter().any(|(_, entry)| matches!(entry, Entry::WasProven)) {
            return None;
        }
        // Known are those offered when work began, and again whenever a further restart was ordered.
        let mut moments = vec![start];
        let restarts = self.orders().filter(|(_, order)| order.action == Action::RestartHost);
        moments.extend(restarts.map(|(at, _)| at));
        let mut known: BTreeSet<(&str, &str)> = claim.wanted.iter().copied().collect();
        for moment in moments {
            if let Some((_, seen)) = valid.iter().rev().find(|(heard_at, _)| *heard_at <= moment) {
                known.extend(seen.available.iter().map(|patch| (&*patch.package, &*patch.to)));
            }
        }
        let new = latest.available.iter().find(|patch| !known.contains(&(&*patch.package, &*patch.to)));
        new.map(|patch| format!("{} surfaced", patch.package))
    }
}

/// The first half past six by local time that is not before `from`, found by walking the minutes.
fn morning(from: Time, offset_seconds: i64) -> Time {
    let local = |at: Time| at.plus_seconds(offset_seconds).0.rem_euclid(86_400_000_000);
    let mut at = Time(from.0.div_euclid(60_000_000) * 60_000_000);
    while at < from || local(at) != 390 * 60_000_000 {
        at = at.plus_seconds(60);
    }
    at
}
