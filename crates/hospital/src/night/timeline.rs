//! What happened on one host, in order: the lines of its page (R59). Only what is news; the journal has every report.

use model::Time;
use model::host::{Boot, Reading, SignalSource};
use model::ids::{IncidentId, OrderId, OutageId, ProbeId, UnitId};
use model::order::OrderEvent;
use model::probe::ProbeResult;
use rollout::decision::News;
use serde::{Deserialize, Serialize};

/// How many events of one host are remembered; the journal keeps all.
pub const EVENTS_PER_HOST_MAX: usize = 400;
/// How many packages or patches one event names; it counts all.
pub const NAMED_PER_EVENT_MAX: usize = 40;

/// Something that happened on or to a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostEvent {
    /// Sequence in the journal of the fact that says so.
    pub seq: u64,
    /// When it happened: for what a host reports, when it observed it.
    pub at: Time,
    /// When we learnt of it.
    pub heard_at: Time,
    /// What.
    pub what: HostEventKind,
}

/// A package's version before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionChange {
    /// Package.
    pub package: Box<str>,
    /// Version before; `None` when it was not installed.
    pub from: Option<Box<str>>,
    /// Version after; `None` when it is gone.
    pub to: Option<Box<str>>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostEventKind {
    /// A token to enrol with was made.
    Offered {
        /// Until when it is valid.
        expires: Time,
    },
    /// It enrolled.
    Enrolled {
        /// Until when its certificate is valid.
        expires: Time,
    },
    /// Its certificate was renewed.
    Renewed {
        /// Until when the new one is valid.
        expires: Time,
    },
    /// It may no longer speak to us.
    Revoked {
        /// Why.
        reason: Box<str>,
    },
    /// It reported everything.
    Reported {
        /// Packages installed.
        packages: u32,
        /// Patches on offer.
        available: u32,
    },
    /// It delivered numbers that do not follow on the ones before: something it had to say is lost.
    Gap {
        /// The last number before the gap.
        after: u64,
        /// The first number after it.
        next: u64,
    },
    /// It started anew.
    Restarted {
        /// The boot it is in now.
        boot: Boot,
    },
    /// Packages have other versions.
    Packages {
        /// At most [`NAMED_PER_EVENT_MAX`] of them.
        changes: Vec<VersionChange>,
        /// How many in all.
        total: u32,
    },
    /// Other patches are on offer than before.
    Available {
        /// Newly on offer, *package version*; at most [`NAMED_PER_EVENT_MAX`] of them.
        new: Vec<Box<str>>,
        /// How many are on offer now.
        total: u32,
    },
    /// A source says something else of a pending restart; `None`: it was not asked any more.
    Signal {
        /// Which.
        source: SignalSource,
        /// What it says now.
        reading: Option<Reading>,
    },
    /// A probe came out otherwise than before, or was run for the first time.
    Probe {
        /// Which.
        probe: ProbeId,
        /// How it went.
        result: ProbeResult,
    },
    /// An order was issued.
    Order {
        /// Which.
        order: OrderId,
        /// What is to be done, as [`model::order::Action::word`].
        action: Box<str>,
    },
    /// Something happened to an order.
    OrderStep(OrderEvent),
    /// Units were asked for a further outage.
    OutageAsked(OutageId),
    /// A unit answered.
    OutageAnswered {
        /// Which outage.
        outage: OutageId,
        /// The unit.
        unit: UnitId,
    },
    /// A requested outage was moved.
    OutageMoved(OutageId),
    /// An entry of the incident list was opened.
    Incident(IncidentId),
    /// It was closed.
    IncidentClosed(IncidentId),
    /// Units were told something.
    Told {
        /// Whom.
        units: Vec<UnitId>,
        /// What.
        news: News,
    },
    /// A person looked into what happened, and found it may be watched again.
    LookedInto {
        /// What was found.
        found: Box<str>,
    },
    /// A person decided to take the patch back.
    RollBackDecided {
        /// Why.
        reason: Box<str>,
    },
    /// A person did a step of the work.
    WorkStep {
        /// Its number, from 1.
        step: u16,
        /// Who.
        worker: Box<str>,
    },
    /// A person signed for the work.
    WorkSigned {
        /// Who.
        by: Box<str>,
    },
    /// A person checked the finished work again.
    WorkChecked {
        /// Who.
        by: Box<str>,
        /// Did the device pass?
        passed: bool,
    },
}
