//! What a look at a rollout needs to know that lies beyond it.

use model::{AssetTag, Time};

/// The world around a rollout, at the moment of a look.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Term of whoever drives; goes into every order.
    pub term: u64,
    /// Every host of the hospital.
    pub hosts: &'a dyn Hosts,
}

/// Hosts as others than this rollout know them.
pub trait Hosts {
    /// The number of the next order to this host, over all plans.
    fn next_sequence(&self, host: &AssetTag) -> u64;
    /// What is known of a host beyond this rollout, whether it is in its plan or not.
    fn beyond(&self, host: &AssetTag, now: Time) -> Beyond;
}

/// What is known of a host beyond one rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Heard lately, not worked on by another rollout, and nothing wrong with it that another rollout knows of.
    Well,
    /// Another rollout works on it.
    Dark,
    /// Not heard lately, or never.
    Silent,
    /// Heard, and broken or stalled in another rollout.
    Troubled,
}
