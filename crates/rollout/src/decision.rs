//! What a rollout wants to happen next. Each is turned into facts by the core; the next look at the rollout then no longer
//! wants it. Nothing here chooses: a precondition that no longer holds stops a ring.

use model::ids::UnitId;
use model::order::{Order, OrderWindow};
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

use crate::verdict::PendingReason;

/// Something to be recorded, and by that done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A ring may start: the one before has soaked, its window is open, sign-offs and cover stand.
    OpenRing(u16),
    /// A ring has reached its success condition and soaks from now on.
    Soak(u16),
    /// A ring stops; no further host of it or of a later ring is begun.
    HaltRing {
        /// Which.
        ring: u16,
        /// Why.
        reason: HaltReason,
    },
    /// An order to a host.
    Issue(Box<Order>),
    /// A host needs a restart that nobody has agreed to: the units are asked (R05).
    AskOutage {
        /// The host.
        host: AssetTag,
        /// Units with a bed that goes dark.
        units: Vec<UnitId>,
        /// Why.
        reasons: Vec<PendingReason>,
        /// When, as proposed.
        window: OrderWindow,
    },
    /// Something for the incident list (R20).
    Incident {
        /// The host, where it concerns one.
        host: Option<AssetTag>,
        /// What happened.
        kind: IncidentKind,
    },
    /// Something the units should be told.
    Tell {
        /// Whom.
        units: Vec<UnitId>,
        /// The host it is about.
        host: AssetTag,
        /// What.
        news: News,
    },
}

/// Why a ring stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaltReason {
    /// As many hosts failed as the plan allows.
    Failures {
        /// The hosts.
        hosts: Vec<AssetTag>,
    },
    /// A precondition of an order does not hold: a new plan is needed.
    Impossible {
        /// The host.
        host: AssetTag,
        /// What does not hold, as a sentence.
        says: Box<str>,
    },
    /// The window is over before everything was begun.
    WindowOver,
}

/// What happened, for the incident list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A restart surfaced after the work had ended: the false green (R20).
    RestartSurfaced {
        /// Why.
        reasons: Vec<PendingReason>,
    },
    /// A host broke.
    HostBroken {
        /// What failed, as sentences.
        says: Box<str>,
    },
    /// A step stalled.
    HostStalled {
        /// Since when.
        since: Time,
    },
    /// A ring was halted.
    RingHalted {
        /// Which.
        ring: u16,
        /// Why.
        reason: HaltReason,
    },
    /// Somebody stopped the night.
    Stopped {
        /// In an emergency?
        emergency: bool,
        /// Why.
        reason: Box<str>,
    },
}

/// What a unit is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It goes dark now.
    Dark {
        /// When it should be back at the 90th percentile.
        back_p90: Time,
    },
    /// It is back; what still has to be seen before it counts as proven.
    Back {
        /// When the last re-check is due.
        settling_until: Time,
    },
    /// It is proven.
    Proven,
    /// A further restart is needed; the unit is asked when.
    FurtherOutage {
        /// Why.
        reasons: Vec<PendingReason>,
    },
    /// It is broken or stalled.
    Trouble {
        /// What, as a sentence.
        says: Box<str>,
    },
}
