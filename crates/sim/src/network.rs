//! The network between hosts and server: delay, loss, duplication, and with them other orders of arrival; and hosts that are cut
//! off for a while.

use std::collections::BTreeMap;

use model::Time;

use crate::agenda::later;
use crate::faults::{Fault, Faults};
use crate::rng::Rng;
use crate::scenario::Scenario;

/// A delay beyond this counts as one.
const DELAY_MS: i64 = 1_000;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To the server.
    Up,
    /// To the host.
    Down,
}

/// The network.
pub struct Network {
    rng: Rng,
    loss_per_mille: u64,
    twice_per_mille: u64,
    delay_max_ms: i64,
    cut_until: BTreeMap<usize, Time>,
    /// When the newest message of each way arrives.
    newest: BTreeMap<(usize, Direction), Time>,
    /// What went wrong on the way.
    pub faults: Faults,
}

impl Network {
    /// The network of a scenario.
    pub fn new(scenario: &Scenario, rng: Rng) -> Network {
        let Scenario { loss_per_mille, twice_per_mille, delay_max_ms, .. } = *scenario;
        Network {
            rng,
            loss_per_mille,
            twice_per_mille,
            delay_max_ms,
            cut_until: BTreeMap::new(),
            newest: BTreeMap::new(),
            faults: Faults::default(),
        }
    }

    /// Cuts a host off until then.
    pub fn cut(&mut self, host: usize, until: Time) {
        self.faults.happened(Fault::CutOff);
        let cut = self.cut_until.entry(host).or_insert(until);
        *cut = until.max(*cut);
    }

    /// Is a host cut off?
    pub fn is_cut(&self, host: usize, at: Time) -> bool {
        self.cut_until.get(&host).is_some_and(|until| at < *until)
    }

    /// After how many milliseconds a message of a host, or to it, arrives: not at all, once or twice.
    pub fn deliveries(&mut self, host: usize, direction: Direction, at: Time) -> Vec<i64> {
        if self.is_cut(host, at) {
            return Vec::new();
        }
        if self.rng.chance(self.loss_per_mille) {
            self.faults.happened(Fault::Loss);
            return Vec::new();
        }
        let twice = self.rng.chance(self.twice_per_mille);
        if twice {
            self.faults.happened(Fault::Duplication);
        }
        let times = if twice { 2 } else { 1 };
        let delays: Vec<i64> = (0..times).map(|_| self.rng.between(5, self.delay_max_ms.max(5))).collect();
        for delay_ms in &delays {
            let arrives = later(at, *delay_ms);
            let newest = self.newest.entry((host, direction)).or_insert(arrives);
            if arrives < *newest {
                self.faults.happened(Fault::Reordering);
            }
            *newest = arrives.max(*newest);
            if *delay_ms > DELAY_MS {
                self.faults.happened(Fault::Delay);
            }
        }
        delays
    }
}
