//! Hosts with an agent: who may speak to us, what each was last heard to be, which orders wait for it, what happened on it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::host::{HostObservation, Reading, SignalSource, SystemVersion};
use model::order::{Order, OrderEvent, OrderStep};
use model::patch::PackageVersion;
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

use super::compact::{Compact, Pools};
use super::timeline::{EVENTS_PER_HOST_MAX, HostEvent};
use super::tokens::Tokens;
use crate::fact::night::EnrolmentOffered;

/// Most certificates of one host that are in force at once: the newest, and those whose successor may not have arrived.
pub(crate) const CERTIFICATES_PER_HOST_MAX: usize = 4;
/// Most orders of one host that are remembered after they ended.
pub const ORDERS_PER_HOST_MAX: usize = 100;

/// A certificate that a host may speak to us with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Serial number, in hexadecimal.
    pub serial: Box<str>,
    /// SHA-256 of the public key, in hexadecimal.
    pub key_sha256: Box<str>,
    /// When it was issued.
    pub issued: Time,
    /// From then on it is no longer valid.
    pub expires: Time,
}

/// An order with what the host said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// The order.
    pub order: Arc<Order>,
    /// When it was issued.
    pub issued: Time,
    /// What the host said of it, in the order in which it was heard.
    pub events: Vec<OrderEvent>,
    /// It shall not be begun any more: its rollout was stopped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
}

impl OrderRecord {
    /// Has the host said that it is over: refused, done or failed?
    pub fn is_over(&self) -> bool {
        self.events.iter().any(|event| match event.what {
            OrderStep::Refused { .. } | OrderStep::Done { .. } | OrderStep::Failed { .. } => true,
            OrderStep::Accepted | OrderStep::Begun => false,
        })
    }

    /// Must it still be handed to its host, which has seen orders up to `seen`?
    pub fn is_due(&self, seen: u64, now: Time) -> bool {
        self.order.sequence > seen && !self.void && !self.is_over() && now < self.order.window.not_after
    }
}

/// What is kept of a host.
#[derive(Default)]
pub(crate) struct HostRecord {
    /// When it enrolled last.
    pub(crate) enrolled: Option<Time>,
    /// Valid certificates, newest last.
    pub(crate) certificates: Vec<Certificate>,
    /// When and why it was revoked.
    pub(crate) revoked: Option<(Time, Box<str>)>,
    /// Number of the last item taken.
    pub(crate) number: u64,
    /// When it was last heard with anything new to say.
    pub(crate) last_contact: Option<Time>,
    /// Changes cannot be understood until it has reported everything again.
    pub(crate) wants_full: bool,
    pub(crate) observation: Option<Compact>,
    /// Orders, oldest first.
    pub(crate) orders: Vec<OrderRecord>,
    /// Sequence of the newest order.
    pub(crate) sequence: u64,
    pub(crate) events: VecDeque<HostEvent>,
}

impl HostRecord {
    pub(crate) fn note(&mut self, event: HostEvent) {
        if self.events.len() >= EVENTS_PER_HOST_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(crate) fn put_order(&mut self, order: Order, issued: Time) {
        self.sequence = self.sequence.max(order.sequence);
        self.orders.push(OrderRecord { order: Arc::new(order), issued, events: Vec::new(), void: false });
        while self.orders.len() > ORDERS_PER_HOST_MAX {
            let Some(over) = self
                .orders
                .iter()
                .position(|known| known.is_over() || known.void || known.order.window.not_after < issued)
            else {
                break;
            };
            self.orders.remove(over);
        }
    }
}

/// Every host with an agent.
#[derive(Default)]
pub(crate) struct Hosts {
    pub(crate) records: BTreeMap<AssetTag, HostRecord>,
    pub(crate) pools: Pools,
    /// Open offers by the SHA-256 of their token.
    pub(crate) offers: Tokens<EnrolmentOffered>,
    /// Offers that were used and would still be valid, by the SHA-256 of their token.
    pub(crate) used: Tokens<Used>,
}

/// An offer that was used: whoever has its token and the same key may be answered once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Used {
    pub(crate) host: AssetTag,
    pub(crate) key_sha256: Box<str>,
    pub(crate) expires: Time,
}

/// Why a certificate does not let a host speak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's sentence is its meaning")]
pub enum NotAdmitted {
    #[error("no host {0} has enrolled")]
    Unknown(AssetTag),
    #[error("host {0} was revoked: {1}")]
    Revoked(AssetTag, Box<str>),
    #[error(
        "this certificate of host {0} is not one that is in force; the host enrolled anew since, or it expired"
    )]
    OldCertificate(AssetTag),
}

/// A host, to be looked at.
#[derive(Clone, Copy)]
pub struct HostView<'a> {
    pub(super) tag: &'a AssetTag,
    pub(super) record: &'a HostRecord,
    pub(super) pools: &'a Pools,
}

impl<'a> HostView<'a> {
    /// Its asset tag.
    pub fn tag(&self) -> &'a AssetTag {
        self.tag
    }
    /// When it enrolled last; `None` when it has only been offered to.
    pub fn enrolled(&self) -> Option<Time> {
        self.record.enrolled
    }
    /// When and why it was revoked.
    pub fn revoked(&self) -> Option<(Time, &'a str)> {
        self.record.revoked.as_ref().map(|(at, reason)| (*at, &**reason))
    }
    /// Certificates it may speak with, newest last.
    pub fn certificates(&self) -> &'a [Certificate] {
        &self.record.certificates
    }
    /// When it was last heard with anything to say.
    pub fn last_contact(&self) -> Option<Time> {
        self.record.last_contact
    }
    /// When it was last observed, on our clock.
    pub fn observed_at(&self) -> Option<Time> {
        self.record.observation.as_ref().map(|compact| compact.observed_at)
    }
    /// Number of the last item taken.
    pub fn number(&self) -> u64 {
        self.record.number
    }
    /// Must it report everything before its changes can be understood?
    pub fn wants_full(&self) -> bool {
        self.record.wants_full
    }
    /// Everything observed last, unpacked: for one host, not for lists.
    pub fn observation(&self) -> Option<HostObservation> {
        self.record.observation.as_ref().map(|compact| self.pools.unpack(compact))
    }
    /// Was it ever observed?
    pub fn is_observed(&self) -> bool {
        self.record.observation.is_some()
    }
    /// Operating system and kernel.
    pub fn system(&self) -> Option<&'a SystemVersion> {
        self.record.observation.as_ref().map(|compact| &*compact.system)
    }
    /// When its boot began.
    pub fn boot_began_at(&self) -> Option<Time> {
        self.record.observation.as_ref().map(|compact| compact.boot.began_at)
    }
    /// What each source says of a pending restart.
    pub fn signals(&self) -> Option<&'a BTreeMap<SignalSource, Reading>> {
        self.record.observation.as_ref().map(|compact| &*compact.signals)
    }
    /// Packages, by name.
    pub fn packages(&self) -> impl Iterator<Item = &'a PackageVersion> + use<'a> {
        let pools = self.pools;
        self.record.observation.iter().flat_map(move |compact| pools.packages(compact))
    }
    /// How many patches are on offer.
    pub fn available_len(&self) -> usize {
        self.record.observation.as_ref().map_or(0, |compact| compact.available.len())
    }
    /// Its orders, oldest first; of those that are over the newest only.
    pub fn orders(&self) -> &'a [OrderRecord] {
        &self.record.orders
    }
    /// Sequence of its newest order; 0 before the first.
    pub fn sequence(&self) -> u64 {
        self.record.sequence
    }
    /// What happened on it, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &'a HostEvent> + use<'a> {
        self.record.events.iter()
    }
}

impl Hosts {
    pub(crate) fn view<'a>(&'a self, tag: &AssetTag) -> Option<HostView<'a>> {
        let (tag, record) = self.records.get_key_value(tag)?;
        Some(HostView { tag, record, pools: &self.pools })
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = HostView<'_>> {
        self.records.iter().map(|(tag, record)| HostView { tag, record, pools: &self.pools })
    }
}
