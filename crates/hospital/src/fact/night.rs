//! Facts of a patch night: hosts and what is heard of them, plans and who agreed, rollouts, orders, outages, incidents, work
//! by hand.

use crate::archives::incident::ArchiveIncident;
use model::agreement::{Approval, CoverConfirmed, SignOff};
use model::hash::PlanHash;
use model::host::HostReport;
use model::ids::{AccountId, IncidentId, NodeId, OutageId, UnitId};
use model::order::{Order, OrderEvent, OrderWindow};
use model::probe::Probe;
use model::{AssetTag, Time};
use rollout::decision::{HaltReason, IncidentKind, News};
use rollout::verdict::PendingReason;
use serde::{Deserialize, Serialize};

/// A one-time token was made with which a host may enrol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentOffered {
    /// The host.
    pub host: AssetTag,
    /// SHA-256 of the token, in hexadecimal; the token itself is never recorded.
    pub token_sha256: Box<str>,
    /// From then on it is no longer valid.
    pub expires: Time,
}

/// A host got a certificate: at enrolment, or renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateIssued {
    /// The host.
    pub host: AssetTag,
    /// SHA-256 of the public key, in hexadecimal.
    pub key_sha256: Box<str>,
    /// Serial number of the certificate, in hexadecimal.
    pub serial: Box<str>,
    /// From then on it is no longer valid.
    pub expires: Time,
    /// SHA-256 of the token it was enrolled with; `None` for a renewal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_sha256: Option<Box<str>>,
}

/// A host may no longer speak to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRevoked {
    /// The host.
    pub host: AssetTag,
    /// Why.
    pub reason: Box<str>,
}

/// What hosts delivered in check-ins that were carried in together: one entry of the journal for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostsHeard {
    /// What each delivered. A host may be here more than once: runs of numbers with a gap between them.
    pub heard: Vec<Heard>,
}

/// Function probes were declared, or declared anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbesDeclared {
    /// The probes.
    pub probes: Vec<Probe>,
}

/// What one host delivered in one check-in: items with numbers that follow one another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The host.
    pub host: AssetTag,
    /// Number of the last of `items`: what a host delivers is numbered over all its check-ins, and an item is taken once.
    pub number: u64,
    /// What is new, oldest first.
    pub items: Vec<HeardItem>,
}

/// One thing that a host delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeardItem {
    /// An observation.
    Report(HostReport),
    /// Something that happened to an order.
    Order(OrderEvent),
}

/// A unit, cover or approver said something about a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfPlan<T> {
    /// The plan.
    pub plan: PlanHash,
    /// What.
    pub is: T,
}

/// A unit's answer to a plan.
pub type PlanAnswered = OfPlan<SignOff>;
/// Staff confirmed for a plan.
pub type PlanCovered = OfPlan<CoverConfirmed>;
/// An approval of a plan.
pub type PlanApproved = OfPlan<Approval>;

/// A plan, with a reason: withdrawn, paused, resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanReason {
    /// The plan.
    pub plan: PlanHash,
    /// Why.
    pub reason: Box<str>,
}

/// A rollout was started: its plan was agreed by these people at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolloutStarted {
    /// The plan.
    pub plan: PlanHash,
    /// Who pressed the button.
    pub by: AccountId,
}

/// A rollout was stopped for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolloutStopped {
    /// The plan.
    pub plan: PlanHash,
    /// Why.
    pub reason: Box<str>,
    /// An emergency: orders not yet begun are void at once, running ones are not waited for.
    pub emergency: bool,
}

/// A ring of a rollout opened, or began to soak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingMoved {
    /// The plan.
    pub plan: PlanHash,
    /// Ring, from 1.
    pub ring: u16,
}

/// A ring of a rollout was halted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingHalted {
    /// The plan.
    pub plan: PlanHash,
    /// Ring, from 1.
    pub ring: u16,
    /// Why.
    pub reason: HaltReason,
}

/// An order was issued.
pub type OrderIssued = Box<Order>;

/// Units are asked for a further outage (R05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageAsked {
    /// Unique in the journal.
    pub id: OutageId,
    /// The plan whose work it follows.
    pub plan: PlanHash,
    /// The host.
    pub host: AssetTag,
    /// Units with a bed that goes dark; empty when none does, then clinical engineering answers.
    pub units: Vec<UnitId>,
    /// Why.
    pub reasons: Vec<PendingReason>,
    /// When, as proposed.
    pub window: OrderWindow,
}

/// A unit answers a request for a further outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageAnswered {
    /// Which.
    pub id: OutageId,
    /// What the unit answers.
    pub sign_off: SignOff,
}

/// A requested outage was moved; answers given before are void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageMoved {
    /// Which.
    pub id: OutageId,
    /// When instead.
    pub window: OrderWindow,
}

/// Something for the incident list (R20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentOpened {
    /// Unique in the journal.
    pub id: IncidentId,
    /// The plan of the night that it belongs to; `None` where it belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanHash>,
    /// The host, where it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<AssetTag>,
    /// What happened.
    pub kind: Happened,
}

/// What an incident is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Happened {
    /// Something in a patch night.
    InNight(IncidentKind),
    /// Something at an image archive.
    AtArchive(ArchiveIncident),
}

/// Somebody looked into an incident and says what became of it (R62).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentClosed {
    /// Which.
    pub id: IncidentId,
    /// What shows that it is over.
    pub evidence: Box<str>,
}

/// A person looked into what happened on a host and found that it may be watched again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostLookedInto {
    /// The plan.
    pub plan: PlanHash,
    /// The host.
    pub host: AssetTag,
    /// What was found.
    pub found: Box<str>,
}

/// A person decided to take the patches of a host back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollBackDecided {
    /// The plan.
    pub plan: PlanHash,
    /// The host.
    pub host: AssetTag,
    /// When.
    pub window: OrderWindow,
    /// Why.
    pub reason: Box<str>,
}

/// Units were told something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsTold {
    /// The plan.
    pub plan: PlanHash,
    /// Whom.
    pub units: Vec<UnitId>,
    /// The host it is about.
    pub host: AssetTag,
    /// What.
    pub news: News,
}

/// A running copy of Segue drives rollouts until then; a higher term outranks it (design: the journal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseTaken {
    /// Which copy.
    pub node: NodeId,
    /// Grows with each change of driver.
    pub term: u64,
    /// Until then nobody else drives.
    pub until: Time,
}
