//! Driving: who may, and what rollouts want recorded next.

use model::Time;
use model::ids::NodeId;

use super::NightRefusal;
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::LeaseTaken;
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
    Ok(Vec::new())
}
