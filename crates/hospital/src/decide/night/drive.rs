//! Driving: who may, and what rollouts want recorded next.

use std::collections::BTreeMap;

use model::ids::NodeId;
use model::order::Action;
use model::{AssetTag, PlanHash, Time};
use rollout::Decision;

use super::NightRefusal;
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{LeaseTaken, OutageAsked, RingHalted, RingMoved, UnitsTold};
use crate::night::rollouts::lives;
use crate::state::State;

pub(in crate::decide) fn take_lease(
    state: &State,
    node: NodeId,
    until: Time,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    if until <= now {
        return Err(NightRefusal::LeaseInThePast.into());
    }
    let term = match state.night().lease() {
        None => 1,
        // Whoever drives goes on in its term as long as nobody could have taken over; after that it begins another.
        Some(lease) if lease.node == node && now < lease.until => lease.term,
        Some(lease) if now < lease.until => {
            return Err(NightRefusal::Held { holder: lease.node.clone(), term: lease.term }.into());
        }
        Some(lease) => lease.term.saturating_add(1),
    };
    Ok(vec![Fact::LeaseTaken(LeaseTaken { node, term, until })])
}

pub(in crate::decide) fn drive(
    state: &State,
    node: &NodeId,
    term: u64,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    let lease = state.night().lease();
    let drives = lease.is_some_and(|lease| lease.node == *node && lease.term == term && now < lease.until);
    if !drives {
        return Err(NightRefusal::NotDriving { node: node.clone(), term }.into());
    }
    let mut facts = Vec::new();
    let mut making = Making { state, sequences: BTreeMap::new() };
    let live = state.night().rollouts().filter(|rollout| lives(rollout, now));
    for rollout in live {
        let surroundings = state.night().surroundings(rollout);
        let (mut incidents, mut outages) = (0, 0);
        let decisions = rollout.next(&surroundings.world(), now);
        let begins = decisions.iter().any(begins_work);
        for decision in decisions {
            facts.push(making.fact(rollout.hash(), decision, &mut incidents, &mut outages));
        }
        if begins {
            break;
        }
    }
    Ok(facts)
}

/// Does it put a host to work? Then other rollouts are looked at only when it is recorded: looked at before, they would not know of
/// it, and could take the partner of that host down at the same moment. The driver looks again at once.
fn begins_work(decision: &Decision) -> bool {
    match decision {
        Decision::Issue(order) => !matches!(order.action, Action::Download(_)),
        Decision::OpenRing(_)
        | Decision::Soak(_)
        | Decision::HaltRing { .. }
        | Decision::AskOutage { .. }
        | Decision::Incident { .. }
        | Decision::Tell { .. } => false,
    }
}

/// Turns decisions into facts. Identifiers and numbers follow from the state alone.
struct Making<'a> {
    state: &'a State,
    /// Sequence of the newest order of each host, among those that are about to be recorded.
    sequences: BTreeMap<AssetTag, u64>,
}

impl Making<'_> {
    fn fact(
        &mut self,
        plan: PlanHash,
        decision: Decision,
        incidents: &mut usize,
        outages: &mut usize,
    ) -> Fact {
        let night = self.state.night();
        match decision {
            Decision::OpenRing(ring) => Fact::RingOpened(RingMoved { plan, ring }),
            Decision::Soak(ring) => Fact::RingSoaking(RingMoved { plan, ring }),
            Decision::HaltRing { ring, reason } => Fact::RingHalted(RingHalted { plan, ring, reason }),
            Decision::Issue(mut order) => {
                // Two rollouts may order the same host at one look: each order has a number of its own.
                let known = night.host(&order.host).map_or(0, |view| view.sequence());
                let newest = self.sequences.entry(order.host.clone()).or_insert(known);
                *newest = newest.saturating_add(1);
                order.sequence = *newest;
                Fact::OrderIssued(order)
            }
            Decision::AskOutage { host, units, reasons, window } => {
                let id = night.next_outage_id(&plan, *outages);
                *outages += 1;
                Fact::OutageAsked(OutageAsked { id, plan, host, units, reasons, window })
            }
            Decision::Incident { host, kind } => {
                let opened = night.next_incident(&plan, *incidents, host, kind);
                *incidents += 1;
                Fact::IncidentOpened(opened)
            }
            Decision::Tell { units, host, news } => Fact::UnitsTold(UnitsTold { plan, units, host, news }),
        }
    }
}
