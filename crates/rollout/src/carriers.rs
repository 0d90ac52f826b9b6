//! Who carries what: whether a host may be taken out of service without leaving a service with too few carriers, or a service and
//! its fallback both dark (design: invariant 2).

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{BedId, ServiceId, UnitId};
use model::{AssetTag, Time, Topology};

use crate::host::Host;
use crate::judge::Class;
use crate::rollout::Rollout;
use crate::rules::Rule;
use crate::standing::{DarkService, Wait};
use crate::verdict::Verdict;
use crate::world::{Beyond, World};

/// Services with their carriers, by position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carriers {
    services: Vec<Carried>,
    /// Services of each host of the plan.
    of_host: Vec<Vec<usize>>,
    /// Units with a bed that goes dark when this host alone does not work.
    units: Vec<Vec<UnitId>>,
}

#[derive(Clone, Debug)]
struct Carried {
    id: ServiceId,
    needed: usize,
    carriers: Vec<Carrier>,
    fallback: Option<usize>,
    stands_in_for: Vec<usize>,
    beds: Vec<BedId>,
}

#[derive(Clone, Debug)]
enum Carrier {
    InPlan(usize),
    Outside(AssetTag),
}

impl Carriers {
    pub(crate) fn new(topology: &Topology, by_tag: &BTreeMap<AssetTag, usize>) -> Carriers {
        let at: BTreeMap<&ServiceId, usize> =
            topology.services.iter().enumerate().map(|(ix, service)| (&service.id, ix)).collect();
        let mut all = Carriers {
            services: Vec::with_capacity(topology.services.len()),
            of_host: vec![Vec::new(); by_tag.len()],
            units: vec![Vec::new(); by_tag.len()],
        };
        let mut units: Vec<BTreeSet<UnitId>> = vec![BTreeSet::new(); by_tag.len()];
        for (ix, service) in topology.services.iter().enumerate() {
            let carriers = service.redundancy.carriers.iter();
            let carriers: Vec<Carrier> = carriers
                .map(|tag| {
                    by_tag.get(tag).map_or_else(|| Carrier::Outside(tag.clone()), |ix| Carrier::InPlan(*ix))
                })
                .collect();
            let served = topology.units_of(service);
            for carrier in &carriers {
                let Carrier::InPlan(host) = carrier else { continue };
                if let Some(services) = all.of_host.get_mut(*host) {
                    services.push(ix);
                }
                if service.needs_all()
                    && let Some(units) = units.get_mut(*host)
                {
                    units.extend(served.iter().cloned());
                }
            }
            all.services.push(Carried {
                id: service.id.clone(),
                needed: usize::from(service.redundancy.needed),
                carriers,
                fallback: service.fallback.as_ref().and_then(|id| at.get(id).copied()),
                stands_in_for: Vec::new(),
                beds: service.beds.clone(),
            });
        }
        for ix in 0..all.services.len() {
            let fallback = all.services.get(ix).and_then(|service| service.fallback);
            if let Some(fallback) = fallback.and_then(|fallback| all.services.get_mut(fallback)) {
                fallback.stands_in_for.push(ix);
            }
        }
        all.units = units.into_iter().map(|units| units.into_iter().collect()).collect();
        all
    }

    /// Units with a bed that goes dark when this host alone does not work.
    pub(crate) fn units_darkened_by(&self, host: usize) -> &[UnitId] {
        self.units.get(host).map_or(&[], |units| units)
    }

    fn of(&self, host: usize) -> impl Iterator<Item = &Carried> {
        self.of_host.get(host).into_iter().flatten().filter_map(|ix| self.services.get(*ix))
    }
}

impl Rollout {
    /// May this host go dark, with those of `starting` as good as dark already?
    pub(crate) fn may_go_dark(
        &self,
        host: usize,
        world: &World<'_>,
        now: Time,
        starting: &[usize],
    ) -> Result<(), Wait> {
        let left = |service: &Carried| {
            let works = |carrier: &&Carrier| !is(carrier, host) && self.works(carrier, world, now, starting);
            service.carriers.iter().filter(works).count()
        };
        for service in self.carriers.of(host) {
            let left_of = left(service);
            if left_of >= service.needed {
                continue;
            }
            if service.carriers.len() > service.needed && self.rules.holds(Rule::Redundancy) {
                let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
                let (needed, left) = (number(service.needed), number(left_of));
                return Err(Wait::Redundancy { service: service.id.clone(), needed, left });
            }
            let others = service.fallback.iter().chain(&service.stands_in_for);
            for other in others.filter_map(|ix| self.carriers.services.get(*ix)) {
                if left(other) < other.needed && self.rules.holds(Rule::Fallback) {
                    return Err(Wait::Fallback { service: service.id.clone(), other: other.id.clone() });
                }
            }
        }
        Ok(())
    }

    /// May this host be taken back now, as a person has decided? It goes dark as for its patch, so the same must stay. A host that failed
    /// carries nothing any more: then it is enough that nobody is being worked on with whom it carries, or who stands in for it.
    pub(crate) fn may_be_taken_back(
        &self,
        host: usize,
        world: &World<'_>,
        now: Time,
        starting: &[usize],
    ) -> bool {
        if self.may_go_dark(host, world, now, starting).is_ok() {
            return true;
        }
        let failed = self.progress.hosts.get(host).is_some_and(|host| !host.failures.is_empty());
        let others = self.carriers.of(host).flat_map(|service| {
            let beside = service.fallback.iter().chain(&service.stands_in_for);
            let beside = beside.filter_map(|ix| self.carriers.services.get(*ix));
            beside.chain([service]).flat_map(|service| &service.carriers)
        });
        let in_work = |carrier: &Carrier| match carrier {
            Carrier::Outside(tag) => world.hosts.beyond(tag, now) == Beyond::Dark,
            Carrier::InPlan(ix) => {
                let begun = self.progress.hosts.get(*ix).is_some_and(|host| self.works_on(&host.tag, now));
                begun || starting.contains(ix)
            }
        };
        failed && !others.filter(|carrier| !is(carrier, host)).any(in_work)
    }

    /// Only carriers that are heard and well count as working.
    fn works(&self, carrier: &Carrier, world: &World<'_>, now: Time, starting: &[usize]) -> bool {
        let strict = self.rules.holds(Rule::CarriersWell);
        match carrier {
            Carrier::Outside(tag) => match world.hosts.beyond(tag, now) {
                Beyond::Well => true,
                Beyond::Dark => false,
                Beyond::Silent | Beyond::Troubled => !strict,
            },
            Carrier::InPlan(ix) => {
                let mark = self.mark_of(*ix, now);
                let well = if strict { mark.well } else { mark.class != Class::Working };
                let host = self.progress.hosts.get(*ix);
                // Once begun it may be gone at any moment, whatever its last evidence says.
                let begun = host.is_some_and(|host| host.is_in_work() && mark.class == Class::Working);
                let elsewhere = host.is_some_and(|host| world.hosts.beyond(&host.tag, now) == Beyond::Dark);
                well && !begun && !elsewhere && !starting.contains(ix)
            }
        }
    }

    /// Is this host worked on: begun and neither over nor given up, whatever its last evidence says? It may be gone at any moment.
    pub fn works_on(&self, host: &AssetTag, now: Time) -> bool {
        let Some((ix, host)) = self.host(host) else { return false };
        let working = self.mark_of(ix, now).class == Class::Working;
        working && (host.is_in_work() || self.by_hand(ix))
    }

    /// Services that are dark now because hosts of this rollout are worked on, broken or stalled. Hosts that the rollout does not
    /// know are taken to work: what ails them is shown where they are.
    pub fn dark_now(&self, now: Time) -> Vec<DarkService> {
        let mut dark = Vec::new();
        for service in &self.carriers.services {
            let down: Vec<usize> = service.carriers.iter().filter_map(|c| self.down(c, now)).collect();
            if down.is_empty() || service.carriers.len() - down.len() >= service.needed {
                continue;
            }
            dark.push(self.dark_service(service, &down, now));
        }
        dark
    }

    fn down(&self, carrier: &Carrier, now: Time) -> Option<usize> {
        let Carrier::InPlan(ix) = carrier else { return None };
        let verdict = self.judge(*ix, now).verdict;
        let restarts = self.by_hand(*ix) || self.progress.hosts.get(*ix).is_some_and(Host::restarts);
        match verdict {
            Verdict::Dark { .. } => restarts.then_some(*ix),
            Verdict::Broken { .. } | Verdict::Stalled { .. } => Some(*ix),
            Verdict::NotBegun
            | Verdict::Proven { .. }
            | Verdict::Settling { .. }
            | Verdict::RestartPending { .. }
            | Verdict::Stale { .. }
            | Verdict::Unknown { .. } => None,
        }
    }

    fn dark_service(&self, service: &Carried, down: &[usize], now: Time) -> DarkService {
        let mut since = now;
        let mut back = Some((Time(i64::MIN), Time(i64::MIN)));
        for ix in down {
            match self.judge(*ix, now).verdict {
                Verdict::Dark { since: began, back_p50, back_p90 } => {
                    since = since.min(began);
                    back = back.map(|(p50, p90)| (p50.max(back_p50), p90.max(back_p90)));
                }
                Verdict::Broken { .. } | Verdict::Stalled { .. } => {
                    let host = self.progress.hosts.get(*ix);
                    since = since.min(host.and_then(|host| host.dark_since).unwrap_or(now));
                    back = None;
                }
                Verdict::NotBegun
                | Verdict::Proven { .. }
                | Verdict::Settling { .. }
                | Verdict::RestartPending { .. }
                | Verdict::Stale { .. }
                | Verdict::Unknown { .. } => {}
            }
        }
        let fallback = service.fallback.and_then(|ix| self.carriers.services.get(ix));
        let stands_in = fallback.filter(|other| {
            let down = other.carriers.iter().filter(|carrier| self.down(carrier, now).is_some()).count();
            other.carriers.len() - down >= other.needed
        });
        let tag = |ix: &usize| self.progress.hosts.get(*ix).map(|host| host.tag.clone());
        DarkService {
            service: service.id.clone(),
            hosts: down.iter().filter_map(tag).collect(),
            since,
            back_p50: back.map(|(p50, _)| p50),
            back_p90: back.map(|(_, p90)| p90),
            beds: service.beds.clone(),
            stands_in: stands_in.map(|service| service.id.clone()),
        }
    }
}

fn is(carrier: &Carrier, host: usize) -> bool {
    matches!(carrier, Carrier::InPlan(ix) if *ix == host)
}
