//! What is said of hosts and rings, held against what is so.

use std::collections::BTreeMap;

use model::Time;
use rollout::standing::Counts;
use rollout::{Rollout, Verdict};

use super::{Oracle, Place};
use crate::host::Host;
use crate::site::Site;

/// So long after the server heard of it, a restart that surfaced must be in the incident list and asked for.
const SURFACED_MAX_SECONDS: i64 = 1_800;
/// A host that nothing disturbs is heard at least so often: several check-ins, each lost and tried again later and later.
const HEARD_WITHIN_SECONDS: i64 = 5_400;

/// No work on a host takes so long; by then every step of it has stalled.
const DARK_MAX_SECONDS: i64 = 4 * 3_600;

type Finding = (&'static str, String);

impl Oracle {
    /// Verdicts of everything, or of one host.
    pub(super) fn said(&mut self, hosts: &[Host], site: &Site, now: Time, only: Option<usize>) {
        let places: BTreeMap<usize, Place> = match only {
            Some(only) => self.place_of(hosts, only).into_iter().collect(),
            None => self.item.values().map(|place| (place.number, *place)).collect(),
        };
        let mut findings = Vec::new();
        for (number, place) in places {
            let rollout = self.hashes.get(place.plan).and_then(|hash| site.rollout(hash));
            let (Some(rollout), Some(host)) = (rollout, hosts.get(number)) else { continue };
            let Some(verdict) = rollout.verdict(&host.tag, now) else { continue };
            findings.extend(self.proven_rightly(place, host, &verdict, now));
            findings.extend(self.pending_is_said(host, &verdict));
            findings.extend(self.ends(host, &verdict, now));
        }
        if only.is_none() {
            for (plan, hash) in self.scenario.plans.iter().zip(&self.hashes) {
                findings
                    .extend(site.rollout(hash).into_iter().flat_map(|rollout| counts(rollout, plan, now)));
            }
        }
        for (invariant, says) in findings {
            self.found(now, invariant, says);
        }
    }

    fn place_of(&self, hosts: &[Host], number: usize) -> Option<(usize, Place)> {
        let host = hosts.get(number)?;
        self.item.get(&host.tag).map(|place| (number, *place))
    }

    fn proven_rightly(&mut self, place: Place, host: &Host, verdict: &Verdict, now: Time) -> Option<Finding> {
        let Verdict::Proven { .. } = verdict else { return None };
        let proof = &self.scenario.plans.get(place.plan)?.proof;
        let truth = self.truths.get_mut(place.number)?;
        if let Some(why) = truth.not_proven(proof, now) {
            return Some(("3: proven only with later evidence", format!("{}: {why}", host.tag)));
        }
        if truth.proven_at.is_none() {
            truth.proven_at = Some(now);
            self.seen.proven += 1;
        }
        None
    }

    /// What a source was heard to say in this boot stays said until the host restarts: no later look that could not read the
    /// source, and no silence, makes it anything milder.
    fn pending_is_said(&self, host: &Host, verdict: &Verdict) -> Option<Finding> {
        let told = self.book.told.get(&host.tag)?.restart_pending_in()?;
        let is_so = host.machine.is_restart_pending() && *host.machine.boot_id() == *told;
        let milder = match verdict {
            Verdict::Proven { .. }
            | Verdict::Settling { .. }
            | Verdict::Unknown { .. }
            | Verdict::Stale { .. } => true,
            Verdict::NotBegun
            | Verdict::RestartPending { .. }
            | Verdict::Dark { .. }
            | Verdict::Broken { .. }
            | Verdict::Stalled { .. } => false,
        };
        (is_so && milder).then(|| {
            let says = format!("{}: {verdict:?} in {told}", host.tag);
            ("5: a restart that a source told of is never forgotten", says)
        })
    }

    /// Nothing runs for ever: what is stuck is said to have stalled. In a journal that was put back, time begins again then.
    fn ends(&self, host: &Host, verdict: &Verdict, now: Time) -> Option<Finding> {
        let Verdict::Dark { since, .. } = verdict else { return None };
        let since = self.put_back_at.map_or(*since, |at| at.max(*since)).max(host.machine.changed_at);
        (now.seconds_since(since) > DARK_MAX_SECONDS)
            .then(|| ("5: a step that is stuck has stalled", format!("{}: dark since {}", host.tag, since.0)))
    }

    /// Whoever is up, runs an agent and can reach a running server is heard.
    pub(super) fn is_heard(&mut self, hosts: &[Host], now: Time) {
        let mut findings = Vec::new();
        for (truth, host) in self.truths.iter().zip(hosts) {
            let since = truth.undisturbed_since;
            if truth.busy || !host.has_agent() || now.seconds_since(since) <= HEARD_WITHIN_SECONDS {
                continue;
            }
            let heard_at = self.book.told.get(&host.tag).and_then(|told| told.heard_at);
            if heard_at.is_none_or(|at| now.seconds_since(at) > HEARD_WITHIN_SECONDS) {
                findings.push(format!("{}: undisturbed since {}, heard at {heard_at:?}", host.tag, since.0));
            }
        }
        for says in findings {
            self.found(now, "4: what a host has to say is heard", says);
        }
    }

    /// What must hold when the night is over.
    pub fn at_the_end(&mut self, hosts: &[Host], site: &Site, now: Time) {
        if self.has_found() {
            return;
        }
        let mut findings = Vec::new();
        for place in self.item.values() {
            let Some(hash) = self.hashes.get(place.plan) else { continue };
            let (Some(rollout), Some(host), Some(truth)) =
                (site.rollout(hash), hosts.get(place.number), self.truths.get(place.number))
            else {
                continue;
            };
            let Some(since) = truth.pending_again_since else { continue };
            let heard = truth.heard.iter().find(|(look, _)| *look > since);
            let known = heard.is_some_and(|(look, _)| now.seconds_since(*look) > SURFACED_MAX_SECONDS);
            let asked = self.book.outages.values().any(|asked| asked.host == host.tag);
            // After an emergency stop nothing is ordered, so no outage is asked for; the incident is there all the same.
            let said =
                self.book.of_hosts.contains(&host.tag) && (asked || self.book.emergencies.contains(hash));
            // A journal that was put back to before the host was begun claims nothing of it.
            let begun =
                self.book.ordered.get(&host.tag).is_some_and(|ordered| !ordered.disruptive.is_empty());
            let silent = match rollout.verdict(&host.tag, now) {
                Some(Verdict::Proven { .. } | Verdict::Settling { .. }) | None => true,
                Some(Verdict::NotBegun) => begun,
                Some(Verdict::RestartPending { .. }) => !said,
                Some(
                    Verdict::Dark { .. }
                    | Verdict::Broken { .. }
                    | Verdict::Stalled { .. }
                    | Verdict::Stale { .. }
                    | Verdict::Unknown { .. },
                ) => false,
            };
            if known && silent {
                let verdict = rollout.verdict(&host.tag, now);
                findings.push(format!("{}: pending since {}, {verdict:?}, asked {asked}", host.tag, since.0));
            }
        }
        for says in findings {
            self.found(now, "7: a restart that surfaces is seen, and said", says);
        }
    }
}

/// Every number shown is exact.
fn counts(rollout: &Rollout, plan: &model::plan::Plan, now: Time) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, ring) in plan.rings.iter().zip(1u16..) {
        let Some(standing) = rollout.ring_standing(ring, now) else { continue };
        let mut counted = Counts::default();
        let items = plan.items.iter().filter(|item| item.ring == ring);
        for verdict in items.filter_map(|item| rollout.verdict(&item.host, now)) {
            counted.add(&verdict);
        }
        if counted != standing.counts {
            findings.push((
                "6: every number shown is exact",
                format!("ring {ring}: {counted:?} and {:?}", standing.counts),
            ));
        }
    }
    findings
}
