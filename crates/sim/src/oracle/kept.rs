//! What an agent must still know when it starts again: everything it acted on. An order that was begun and is forgotten would be begun
//! once more; an order taken in and forgotten would let an older one pass.

use std::collections::BTreeMap;

use model::ids::OrderId;
use model::{AssetTag, Time};

use super::Oracle;
use crate::host::Host;

/// What an agent acted on.
#[derive(Debug, Default)]
pub(super) struct ActedOn {
    /// Of each host, the highest term and sequence of an order whose program began, and that order.
    by_host: BTreeMap<AssetTag, (u64, u64, OrderId)>,
}

impl Oracle {
    /// A program begins for an order: what the order says of its turn must be kept by then.
    pub(super) fn acts_on(&mut self, host: &Host, id: &OrderId) {
        let mut orders = self.orders.get(id).into_iter().flatten().map(|(_, order)| order);
        let Some(order) = orders.rfind(|order| order.host == host.tag) else { return };
        let turn = (order.term, order.sequence, id.clone());
        let known = self.acted_on.by_host.entry(host.tag.clone()).or_insert_with(|| turn.clone());
        if (known.0, known.1) <= (turn.0, turn.1) {
            *known = turn;
        }
    }

    /// An agent has started and read its disk.
    pub fn agent_started(&mut self, host: &Host, now: Time) {
        let (Some(memory), Some((term, sequence, id))) =
            (host.memory(), self.acted_on.by_host.get(&host.tag))
        else {
            return;
        };
        let mut lost = Vec::new();
        if (memory.term, memory.sequence) < (*term, *sequence) {
            lost.push(format!("the turn of {id}"));
        }
        if !memory.recent.contains(id) {
            lost.push(format!("that it took in {id}"));
        }
        if !lost.is_empty() {
            let says = format!("{} starts and has forgotten {}", host.tag, lost.join(" and "));
            self.found(now, "1: an agent knows what it acted on", says);
        }
    }
}
