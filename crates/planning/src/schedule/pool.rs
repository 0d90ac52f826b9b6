//! Schedules kept side by side, so that new ones can be made from two of them. How they are made is not known here.

use super::decode::{Cost, Decoder};
use super::layout::Job;

/// A schedule that is kept.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) cost: Cost,
    pub(super) order: Vec<Job>,
    pub(super) starts: Vec<u32>,
    pub(super) modes: Vec<u32>,
}

impl Member {
    /// Room for a schedule of `n` jobs, worse than any.
    pub(super) fn empty(n: usize) -> Member {
        let order = Vec::with_capacity(n);
        Member { cost: Cost::WORST, order, starts: vec![0; n], modes: vec![0; n] }
    }

    /// Keeps the workbench's present schedule; nothing is allocated.
    pub(super) fn keep(&mut self, decoder: &mut Decoder<'_>, cost: Cost) {
        self.cost = cost;
        self.starts.copy_from_slice(&decoder.starts);
        self.modes.copy_from_slice(&decoder.modes);
        decoder.order_into(&mut self.order);
    }
}
