//! What an agent must not forget when the power fails: a fold of records, each of which is on disk before anything that
//! follows from it is done. Replaying the records gives this memory again, exactly.

use std::collections::{BTreeMap, VecDeque};

use model::Time;
use model::host::{HostObservation, HostReport};
use model::ids::{OrderId, ProbeId};
use model::order::{Order, OrderEvent, OrderStep, RefusalCode};
use model::probe::ProbeResult;
use serde::{Deserialize, Serialize};
use wire::{Item, ProbeList};

use super::queue::Queue;

/// How many orders are remembered by name, to tell one that comes again from one that comes too late.
pub const ORDERS_REMEMBERED_MAX: usize = 256;
/// How many refusals are remembered, so that the same one is reported once.
pub const REFUSALS_REMEMBERED_MAX: usize = 256;
/// How often an order that was cut off before it had any effect is begun.
pub const ATTEMPTS_MAX: u32 = 3;

/// Everything an agent remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Highest term of an order taken in.
    pub term: u64,
    /// Highest sequence of an order taken in.
    pub sequence: u64,
    /// The order that is being carried out.
    pub running: Option<Running>,
    /// Orders taken in last, newest at the end.
    pub recent: VecDeque<OrderId>,
    /// Refusals reported last, newest at the end.
    pub refused: VecDeque<(OrderId, RefusalCode)>,
    /// What is still to be delivered.
    pub queue: Queue,
    /// The host as last reported: what changes are told against.
    pub reported: Option<Box<HostObservation>>,
    /// The probes that this host runs.
    pub probes: Option<ProbeList>,
    /// How often to check in, as the server last said.
    pub check_in_seconds: Option<u32>,
    /// The host's clock minus the server's, in milliseconds, as of the last contact.
    pub clock_offset_ms: Option<i64>,
}

/// An order that was begun and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The order.
    pub order: Order,
    /// The boot in which it was begun.
    pub boot: Box<str>,
    /// What was found just before it was begun.
    pub before: Before,
    /// How often it was begun: more than once only when the times before had no effect.
    pub attempt: u32,
}

/// What was found just before an order was begun: whether it had an effect is told by comparing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Versions of the packages that it changes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<Box<str>, Option<Box<str>>>,
    /// The run of each service that it restarts; a service that starts gets another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<Box<str>, Option<Box<str>>>,
}

/// Something that must not be forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// Everything up to here, in place of the records before.
    All(Box<Memory>),
    /// An order was refused. `taken_in` holds for one that was meant for this host and came in its turn.
    Refused {
        /// What is reported.
        event: OrderEvent,
        /// Term and sequence that count from now on, if it does.
        taken_in: Option<(u64, u64)>,
    },
    /// An order holds; it is about to be begun.
    Accepted {
        /// The order.
        order: Box<Order>,
        /// When.
        at: Time,
        /// The boot.
        boot: Box<str>,
        /// What was found.
        before: Before,
    },
    /// The order is begun, once more if it had no effect the time before.
    Begun {
        /// When.
        at: Time,
        /// The boot.
        boot: Box<str>,
        /// From 1.
        attempt: u32,
    },
    /// The order has ended.
    Ended {
        /// When.
        at: Time,
        /// The boot.
        boot: Box<str>,
        /// How.
        how: Ended,
    },
    /// Something was observed.
    Reported {
        /// When it was written down.
        at: Time,
        /// What is told of it.
        report: HostReport,
    },
    /// The server has recorded everything up to this number.
    Acked(u64),
    /// The server knows higher numbers than this memory: this host was put back to an older state.
    PutBack {
        /// Highest number that the server knows.
        acked: u64,
    },
    /// Another list of probes.
    Probes(ProbeList),
    /// What the last contact said.
    Contact {
        /// How often to check in.
        check_in_seconds: u32,
        /// The host's clock minus the server's, in milliseconds.
        clock_offset_ms: i64,
    },
}

/// How an order ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It was done, as far as the executor can tell.
    Done {
        /// What the executor says.
        says: Box<str>,
        /// Results of probes, for an order to probe.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        probes: BTreeMap<ProbeId, ProbeResult>,
    },
    /// It did not succeed.
    Failed {
        /// What the executor says.
        says: Box<str>,
    },
}

impl Memory {
    /// The memory that these records leave.
    pub fn replay(records: impl IntoIterator<Item = Record>) -> Memory {
        let mut memory = Memory::default();
        for record in records {
            memory.apply(record);
        }
        memory
    }

    /// Folds one record in.
    pub fn apply(&mut self, record: Record) {
        match record {
            Record::All(all) => *self = *all,
            Record::Refused { event, taken_in } => {
                if let (OrderStep::Refused { code, .. }, order) = (&event.what, &event.order) {
                    remember(&mut self.refused, (order.clone(), *code), REFUSALS_REMEMBERED_MAX);
                }
                if let Some((term, sequence)) = taken_in {
                    self.take_in(&event.order, term, sequence);
                }
                self.say(event.at, event);
            }
            Record::Accepted { order, at, boot, before } => {
                self.take_in(&order.id, order.term, order.sequence);
                self.say(at, event(&order.id, at, &boot, OrderStep::Accepted));
                self.running = Some(Running { order: *order, boot, before, attempt: 0 });
            }
            Record::Begun { at, boot, attempt } => {
                let Some(running) = &mut self.running else { return };
                let first = running.attempt == 0;
                running.attempt = attempt;
                running.boot = boot.clone();
                let order = running.order.id.clone();
                if first {
                    self.say(at, event(&order, at, &boot, OrderStep::Begun));
                }
            }
            Record::Ended { at, boot, how } => {
                let Some(running) = self.running.take() else { return };
                let what = match how {
                    Ended::Done { says, probes } => OrderStep::Done { says, probes },
                    Ended::Failed { says } => OrderStep::Failed { says },
                };
                self.say(at, event(&running.order.id, at, &boot, what));
            }
            Record::Reported { at, report } => {
                match (&report, &mut self.reported) {
                    (HostReport::Full(full), _) => self.reported = Some(full.clone()),
                    (HostReport::Changes(changes), Some(reported)) => reported.apply((**changes).clone()),
                    (HostReport::Same { observed_at }, Some(reported)) => reported.observed_at = *observed_at,
                    (HostReport::Changes(_) | HostReport::Same { .. }, None) => {}
                }
                self.queue.push(at, Item::Report(report), self.reported.as_deref());
            }
            Record::Acked(number) => self.queue.acked(number),
            Record::PutBack { acked } => self.queue.renumber(acked),
            Record::Probes(probes) => self.probes = Some(probes),
            Record::Contact { check_in_seconds, clock_offset_ms } => {
                self.check_in_seconds = Some(check_in_seconds);
                self.clock_offset_ms = Some(clock_offset_ms);
            }
        }
    }

    fn take_in(&mut self, order: &OrderId, term: u64, sequence: u64) {
        self.term = self.term.max(term);
        self.sequence = self.sequence.max(sequence);
        remember(&mut self.recent, order.clone(), ORDERS_REMEMBERED_MAX);
    }

    fn say(&mut self, at: Time, event: OrderEvent) {
        self.queue.push(at, Item::Order(event), self.reported.as_deref());
    }
}

fn event(order: &OrderId, at: Time, boot: &str, what: OrderStep) -> OrderEvent {
    OrderEvent { order: order.clone(), at, boot: boot.into(), what }
}

fn remember<T>(kept: &mut VecDeque<T>, new: T, max: usize) {
    if kept.len() >= max {
        kept.pop_front();
    }
    kept.push_back(new);
}
