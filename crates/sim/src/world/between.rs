//! What crosses the network, and what the server does with it.

use agent::core::{Input, Way};
use hospital::Fact;
use wire::{CheckIn, CheckInAnswer};

use super::{Event, World, ix};
use crate::agenda::later;
use crate::network::Direction;
use crate::site::{Arrived, Caller};

/// Deliveries that come within so long are recorded together.
const BATCH_MS: i64 = 200;
/// A check-in that is not answered so long after it should have been has failed.
const ANSWER_LATE_MS: i64 = 30_000;

impl World {
    pub(super) fn check_in(&mut self, host: usize, way: Way, message: &CheckIn) {
        let Some(life) = self.hosts.get(host).map(|known| known.life) else { return };
        self.token += 1;
        let token = self.token;
        if let Some(slot) = self.open.get_mut(host).and_then(|open| open.get_mut(ix(way))) {
            *slot = Some(token);
        }
        let late_ms = i64::from(message.wait_seconds) * 1_000 + ANSWER_LATE_MS;
        self.agenda.at(later(self.now, late_ms), Event::Late { host, life, way, token });
        let bytes = match wire::write(message) {
            Ok(bytes) => bytes,
            Err(unfit) => {
                return self.oracle.found(self.now, "an agent writes what it may", unfit.to_string());
            }
        };
        for delay_ms in self.network.deliveries(host, Direction::Up, self.now) {
            let bytes = bytes.clone();
            self.agenda.at(later(self.now, delay_ms), Event::Arrives { host, life, way, token, bytes });
        }
    }

    pub(super) fn arrives(&mut self, caller: (usize, u32, Way, u64), bytes: &[u8]) -> Option<usize> {
        self.trace.bytes(bytes);
        let (host, life, way, token) = caller;
        match self.site.arrives(caller, bytes, self.now) {
            Arrived::Queued => {
                if !self.batch_planned {
                    self.batch_planned = true;
                    self.agenda.at(later(self.now, BATCH_MS), Event::Batch);
                }
            }
            Arrived::Held(seconds) => {
                self.agenda.at(self.now.plus_seconds(seconds), Event::HeldOver { host, token })
            }
            Arrived::Answer(bytes) => self.send(host, life, way, token, &bytes),
            Arrived::Dropped => {}
        }
        Some(host)
    }

    pub(super) fn batch(&mut self) -> Option<usize> {
        self.batch_planned = false;
        let (facts, answers) = self.site.batch(self.now);
        if let Some(seconds) = self.kill_after_append.take() {
            self.recorded(&facts);
            self.kill_server(seconds);
            return None;
        }
        self.recorded(&facts);
        self.reply(answers);
        None
    }

    pub(super) fn reply(&mut self, answers: Vec<(Caller, Vec<u8>)>) {
        for (caller, bytes) in answers {
            self.send(caller.host, caller.life, caller.way, caller.token, &bytes);
        }
    }

    pub(super) fn send(&mut self, host: usize, life: u32, way: Way, token: u64, bytes: &[u8]) {
        for delay_ms in self.network.deliveries(host, Direction::Down, self.now) {
            let bytes = bytes.to_vec();
            self.agenda.at(later(self.now, delay_ms), Event::Answered { host, life, way, token, bytes });
        }
    }

    pub(super) fn is_open(&mut self, (host, life, way, token): (usize, u32, Way, u64)) -> bool {
        let hears = self.hosts.get(host).is_some_and(|known| known.hears(life));
        let slot = self.open.get_mut(host).and_then(|open| open.get_mut(ix(way)));
        let is_open = hears && slot.as_ref().is_some_and(|slot| **slot == Some(token));
        if is_open && let Some(slot) = slot {
            *slot = None;
        }
        is_open
    }

    pub(super) fn answered(&mut self, caller: (usize, u32, Way, u64), bytes: &[u8]) -> Option<usize> {
        if !self.is_open(caller) {
            return None;
        }
        self.trace.bytes(bytes);
        let (host, _, way, call) = caller;
        let input = match wire::read::<CheckInAnswer>(bytes) {
            Ok(answer) => {
                self.oracle.was_acked(host, call, answer.acked, &self.site, self.now);
                Input::Answered { way, answer: Box::new(answer) }
            }
            Err(unfit) => {
                self.oracle.found(self.now, "a server writes what it may", unfit.to_string());
                return Some(host);
            }
        };
        self.input(host, input);
        Some(host)
    }

    pub(super) fn late(&mut self, caller: (usize, u32, Way, u64)) -> Option<usize> {
        if !self.is_open(caller) {
            return None;
        }
        let (host, _, way, _) = caller;
        let dice = u32::try_from(self.durations.draw() >> 32).unwrap_or(0);
        self.input(host, Input::Unreached { way, why: "no answer in time".into(), dice });
        Some(host)
    }

    /// Facts were appended: the oracle reads them, and hosts that wait for orders get them.
    pub(super) fn recorded(&mut self, facts: &[Fact]) {
        if !facts.is_empty() {
            self.appended = true;
            let written = self.site.journal().len().saturating_sub(facts.len());
            self.site.journal().iter().skip(written).for_each(|entry| self.trace.bytes(&entry.payload));
        }
        self.oracle.recorded(facts, self.now);
        let ordered: Vec<usize> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::OrderIssued(order) => self.hosts.iter().position(|host| host.tag == order.host),
                _ => None,
            })
            .collect();
        let answers = self.site.wake(ordered, self.now);
        self.reply(answers);
    }
}
