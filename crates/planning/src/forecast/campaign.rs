//! A whole plan replayed many times (R07, R10, R11): when it ends, which units and beds are dark for how long, how many restarts,
//! whether a window is overrun and whether hosts must restart once more. Each replay has its own luck; what devices share (a bad
//! patch, a slow model) they share in it.
//!
//! Replayed is what `rollout` does: rings with soak and their stops, waves, so many at once, function tests before and after, no begin
//! after the latest start; a step that stalls is a failure of its ring, and so is a further restart from when it is known. Not replayed is
//! what nobody can plan: hosts that break, people who pause.

mod dark;
mod luck;
mod prepare;
mod rehearsal;
mod replay;
mod sum;

use std::collections::BTreeMap;

use model::ids::{BedId, UnitId, WindowId};
use model::plan::Plan;
use model::{AssetTag, Time, Topology};
use serde::Serialize;

use super::learn::Model;
use super::predict::Basis;

pub use rehearsal::{Rehearsal, Rehearsed, rehearse};

/// Most replays of one plan.
pub const REPLAYS_MAX: u32 = 10_000;
/// Hosts times replays: a longer plan is replayed less often, so that memory stays bounded.
pub const CELLS_MAX: usize = 6_000_000;
/// Fewest replays: the 90th percentile of fewer says little.
pub const REPLAYS_MIN: u32 = 200;

/// Where a host stands and what it is, as records of past nights name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// *Maker model*.
    pub model: Box<str>,
    /// The site.
    pub site: Box<str>,
}

/// How a plan is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replays {
    /// How often.
    pub count: u32,
    /// The same seed, the same luck: two plans compared with it differ by what differs in them.
    pub seed: u64,
}

/// Half of the replays are no later, and nine of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Half of the replays are no later.
    pub p50: Time,
    /// Nine of ten replays are no later.
    pub p90: Time,
}

/// Half of the replays have no more, and nine of ten. Minutes are rounded up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Half of the replays have no more.
    pub p50: u32,
    /// Nine of ten replays have no more.
    pub p90: u32,
}

/// What a plan comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Campaign {
    /// So many replays.
    pub replays: u32,
    /// In so many of them every host was begun, none overran its window and no ring stopped.
    pub as_planned: u32,
    /// The last host answers again; `None` for a plan without hosts.
    pub ends: Option<Times>,
    /// The same of the replays in which no ring stopped; `None` when in each of them one did.
    pub ends_unless_stopped: Option<Times>,
    /// Every window of the plan, in its order.
    pub windows: Vec<WindowRisk>,
    /// Every ring, in order.
    pub rings: Vec<RingRisk>,
    /// Restarts of hosts, further ones included.
    pub restarts: Amount,
    /// Hosts that need a further restart after the work.
    pub further_restarts: Amount,
    /// In so many replays at least one does.
    pub any_further_restart: u32,
    /// Every item, in the order of ring, wave and the plan's own list.
    pub hosts: Vec<HostForecast>,
    /// Every unit with a bed that went dark in any replay.
    pub units: Vec<UnitDarkness>,
    /// Every such bed, sorted.
    pub beds: Vec<BedDarkness>,
}

/// What may become of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowRisk {
    /// Which.
    pub window: WindowId,
    /// In so many replays work was still going on at its end.
    pub overrun: u32,
    /// In so many replays a host was not begun, because it was too late or its ring was not reached.
    pub left_over: u32,
}

/// What may become of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RingRisk {
    /// Number, from 1.
    pub ring: u16,
    /// In so many replays it stopped, because so many hosts counted as failures: a step stalled, or a further restart was known.
    pub stopped: u32,
    /// In so many replays it was not opened.
    pub not_opened: u32,
    /// First host begins; of the replays in which any did.
    pub begins: Option<Times>,
    /// Last host answers again; of the same replays.
    pub ends: Option<Times>,
}

/// What a host may meet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HostForecast {
    /// Which.
    pub host: AssetTag,
    /// In so many replays it was begun; the times are of these.
    pub begun: u32,
    /// It begins.
    pub begins: Option<Times>,
    /// It restarts, or is taken out of use.
    pub dark: Option<Times>,
    /// It answers again.
    pub ends: Option<Times>,
    /// Minutes from the first to the last of it.
    pub dark_minutes: Amount,
    /// In so many of the replays in which it was begun it needs a further restart.
    pub further_restart: u32,
    /// On what its installing stands, and its restart: the one that is known less.
    pub basis: Basis,
}

/// How long a unit is without something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitDarkness {
    /// Which.
    pub unit: UnitId,
    /// Minutes with at least one bed dark, further restarts included.
    pub minutes: Amount,
    /// Minutes times beds.
    pub bed_minutes: Amount,
}

/// How long a bed is without something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BedDarkness {
    /// Which.
    pub bed: BedId,
    /// Minutes, further restarts included.
    pub minutes: Amount,
}

/// Replays a plan. Hosts that `whereabouts` does not know are forecast from what is declared.
pub fn campaign(
    model: &Model,
    plan: &Plan,
    topology: &Topology,
    whereabouts: &BTreeMap<AssetTag, Whereabouts>,
    replays: Replays,
) -> Campaign {
    let prepared = prepare::prepare(model, plan, topology, whereabouts);
    let fits = u32::try_from(CELLS_MAX / prepared.items.len().max(1)).unwrap_or(REPLAYS_MAX);
    let count = replays.count.min(fits).clamp(REPLAYS_MIN, REPLAYS_MAX) as usize;
    let luck = luck::Luck::new(model, &prepared, replays.seed, count);
    let mut dark = dark::Dark::new(&prepared, topology);
    let mut record = sum::Outcomes::new(&prepared, plan, count);
    let mut replay = replay::Replay::new(&prepared);
    let mut block = luck::Block::new(prepared.items.len());
    for first in (0..count).step_by(luck::BLOCK) {
        luck.draw(&prepared, first, &mut block);
        for (lane, drawn) in block.lanes.iter().enumerate().take(count - first) {
            let Some(mut items) = record.lane(first + lane) else { continue };
            replay.run(&prepared, drawn, &mut items);
            dark.add(&items, drawn);
            record.add(&prepared, &replay, drawn, first + lane);
        }
    }
    record.sum(&prepared, dark)
}
