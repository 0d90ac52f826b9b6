//! What orders really do on hosts: when, how often, and who is away together.

use std::collections::BTreeMap;

use model::ids::OrderId;
use model::order::Action;
use model::plan::Plan;
use model::service::Service;
use model::{AssetTag, Time};

use super::Oracle;
use crate::host::Host;

/// How far a host's idea of the server's clock may be off.
const CLOCK_ERROR_SECONDS: i64 = 60;
/// An order may have been given so long before it is begun.
const GIVEN_BEFORE_SECONDS: i64 = 1_800;
/// A host is heard only every so often: no step has stalled before so long.
const STALLS_LEAST_SECONDS: i64 = 300;

impl Oracle {
    /// A program begins that carries an order out.
    pub fn act_begins(&mut self, number: usize, host: &Host, id: &OrderId, action: &Action, now: Time) {
        self.acts_on(host, id);
        if !action.is_disruptive() {
            return;
        }
        self.seen.acts += 1;
        let known = self
            .orders
            .get(id)
            .and_then(|orders| orders.iter().rfind(|(_, order)| order.host == host.tag))
            .cloned();
        let Some((ordered_at, order)) = known.map(|(at, order)| (Some(at), order)) else {
            return self.found(
                now,
                "1: no order without an agreed plan",
                format!("{} does {id}, which nobody issued", host.tag),
            );
        };
        let early = now.plus_seconds(CLOCK_ERROR_SECONDS) < order.window.not_before;
        let late = now.plus_seconds(-CLOCK_ERROR_SECONDS) > order.window.latest_start;
        if early || late {
            let says = format!("{} begins {id} at {}, window {:?}", host.tag, now.0, order.window);
            self.found(now, "1: no order outside its window", says);
        }
        let place = self.item.get(&host.tag).copied();
        let plan = place.and_then(|place| self.plan_of(place));
        let lost_after = plan.map_or(0, |plan| lost_after_seconds(plan, &host.tag, action));
        if let Some(truth) = self.truths.get_mut(number) {
            truth.busy = true;
            truth.ordered_at = ordered_at;
            truth.lost_after_seconds = lost_after;
            truth.is_disturbed(now);
        }
        self.counts_hold(host, now);
        self.together(host, now);
    }

    /// What an order changes took effect on its host.
    pub fn took_effect(&mut self, host: &Host, id: &OrderId, action: &Action, now: Time) {
        if !action.is_disruptive() {
            return;
        }
        let times = self.effects.entry((host.tag.clone(), id.clone())).or_insert(0);
        *times += 1;
        if *times > 1 {
            let says = format!("{}: {id} took effect {times} times", host.tag);
            self.found(now, "1: each order is carried out once", says);
        }
    }

    /// Exactly one install and at most one restart for each order.
    fn counts_hold(&mut self, host: &Host, now: Time) {
        let orders =
            self.orders.values().flatten().map(|(_, order)| order).filter(|order| order.host == host.tag);
        let (mut restarts, mut changes) = (0, BTreeMap::<&str, u32>::new());
        for order in orders {
            match &order.action {
                Action::RestartHost => restarts += 1,
                Action::Install(packages) => {
                    packages.iter().for_each(|wanted| *changes.entry(&wanted.package).or_insert(0) += 1);
                }
                Action::RollBack(packages) => {
                    packages.keys().for_each(|package| *changes.entry(package).or_insert(0) += 1);
                }
                Action::Download(_) | Action::RestartServices(_) | Action::Probe(_) => {}
            }
        }
        let machine = &host.machine;
        let twice = machine
            .installs
            .iter()
            .find(|(package, times)| **times > changes.get(&***package).copied().unwrap_or(0));
        let says = match twice {
            Some((package, times)) => Some(format!("{} installed {package} {times} times", host.tag)),
            None if machine.ordered_restarts > restarts => Some(format!(
                "{} restarted {} times for {restarts} orders",
                host.tag, machine.ordered_restarts
            )),
            None => None,
        };
        if let Some(says) = says {
            self.found(now, "1: each order is carried out once", says);
        }
    }

    /// Who is worked on together.
    fn together(&mut self, host: &Host, now: Time) {
        let Some(place) = self.item.get(&host.tag).copied() else { return };
        let Some(plan) = self.plan_of(place) else { return };
        let truth = |tag: &AssetTag| self.item.get(tag).and_then(|place| self.truths.get(place.number));
        let down_for = |tag: &AssetTag, seconds: i64| {
            let since = truth(tag).and_then(|truth| truth.down_since);
            since.is_some_and(|since| now.seconds_since(since) > seconds)
        };
        let busy = |tag: &AssetTag| truth(tag).is_some_and(|truth| truth.busy);
        let working = self
            .item
            .iter()
            .filter(|(tag, other)| other.plan == place.plan && other.ring == place.ring && busy(tag))
            .count();
        let most = plan.ring(place.ring).map_or(0, |ring| ring.at_once_max);
        let mut findings = Vec::new();
        if working as u64 > u64::from(most) {
            findings.push(("1: no more hosts at once than agreed", format!("{working} of at most {most}")));
        }
        // Who fails by himself is known to the server when his evidence is too old, and was not when an order was given before.
        let known_after = i64::from(plan.proof.evidence_age_max_seconds) + GIVEN_BEFORE_SECONDS;
        let is_away = |tag: &AssetTag| busy(tag) || down_for(tag, known_after);
        let left = |service: &Service| service.redundancy.carriers.iter().filter(|tag| !is_away(tag)).count();
        let services = &self.scenario.places.services;
        for service in services.iter().filter(|service| service.redundancy.carriers.contains(&host.tag)) {
            let (of, needed) = (service.redundancy.carriers.len(), usize::from(service.redundancy.needed));
            let left_of = left(service);
            if left_of >= needed {
                continue;
            }
            if of > needed {
                let says =
                    format!("{}: {left_of} of {of} carriers are left, {needed} are needed", service.id);
                findings.push(("2: a service keeps the carriers it needs", says));
            }
            let others = services.iter().filter(|other| {
                service.fallback.as_ref() == Some(&other.id) || other.fallback.as_ref() == Some(&service.id)
            });
            for other in others.filter(|other| left(other) < usize::from(other.redundancy.needed)) {
                let says = format!("{} and {}", service.id, other.id);
                findings.push(("2: a service and its fallback are never both dark", says));
            }
        }
        for (invariant, says) in findings {
            self.found(now, invariant, format!("{}: {says}", host.tag));
        }
    }

    /// A host is begun: nobody of an earlier wave of its ring is still worked on, unless his step has stalled, which counts as failed.
    pub(super) fn begins(&mut self, host: &AssetTag, now: Time) {
        let Some(place) = self.item.get(host).copied().filter(|_| self.begun.insert(host.clone())) else {
            return;
        };
        let earlier = self.item.iter().find(|(_, other)| {
            let truth = self.truths.get(other.number).filter(|truth| truth.busy);
            let in_time = truth.is_some_and(|truth| {
                truth.ordered_at.is_some_and(|at| now.seconds_since(at) <= truth.lost_after_seconds)
            });
            other.plan == place.plan && other.ring == place.ring && other.wave < place.wave && in_time
        });
        if let Some((other, before)) = earlier {
            let says = format!("{host}: {other} of wave {} is still worked on", before.wave);
            self.found(now, "1: waves follow one another", says);
        }
    }

    /// The program has ended.
    pub fn act_ends(&mut self, number: usize, now: Time) {
        if let Some(truth) = self.truths.get_mut(number) {
            truth.busy = false;
            truth.is_disturbed(now);
        }
    }

    /// The agent looks at its host.
    pub fn looked(&mut self, number: usize, readable: bool, now: Time) {
        if let Some(truth) = self.truths.get_mut(number) {
            truth.looked(readable, now);
        }
    }

    /// A host went down.
    pub fn went_down(&mut self, number: usize, ordered: bool, now: Time) {
        self.seen.restarts += u32::from(ordered);
        if let Some(truth) = self.truths.get_mut(number) {
            truth.busy = ordered;
            truth.down_since = Some(now);
            truth.is_disturbed(now);
        }
    }

    /// A host came up.
    pub fn came_up(&mut self, number: usize, now: Time) {
        if let Some(truth) = self.truths.get_mut(number) {
            truth.busy = false;
            truth.down_since = None;
            truth.is_disturbed(now);
        }
    }

    /// Until then something keeps a host from being heard; every host, where none is named.
    pub fn disturbed(&mut self, number: Option<usize>, until: Time) {
        for (ix, truth) in self.truths.iter_mut().enumerate() {
            if number.is_none_or(|number| number == ix) {
                truth.is_disturbed(until);
            }
        }
    }
}

/// A step has stalled so long after it was ordered, by what is declared of that very step; the shortest waits five minutes.
fn lost_after_seconds(plan: &Plan, host: &AssetTag, action: &Action) -> i64 {
    let restart = || plan.item(host).map_or(0, |item| plan.minutes_of(item).restart.p90);
    let p90 = match action {
        Action::Install(packages) => {
            let patch = plan.patches.iter().find(|patch| patch.packages == *packages);
            patch.map_or(0, |patch| patch.declared.install.p90)
        }
        Action::RestartHost | Action::RestartServices(_) => restart(),
        Action::RollBack(_) => plan.item(host).map_or(0, |item| plan.minutes_of(item).back_out.p90),
        Action::Download(_) | Action::Probe(_) => 0,
    };
    (i64::from(p90) * 60 * i64::from(plan.proof.stalled_after_tenths) / 10).max(STALLS_LEAST_SECONDS)
}
