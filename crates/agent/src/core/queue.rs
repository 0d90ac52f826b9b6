//! What is still to be delivered, bounded. When it is full, repeats go first, the oldest before the others and never the
//! newest; then the two oldest reports become one, which says what both said. What happened to orders is never dropped.

use std::collections::VecDeque;

use model::Time;
use model::host::{HostObservation, HostReport, PACKAGES_PER_HOST_MAX};
use serde::{Deserialize, Serialize};
use wire::limit::ITEMS_PER_CHECK_IN_MAX;
use wire::{Item, Numbered};

/// Most items that wait for delivery.
pub const QUEUE_ITEMS_MAX: usize = 512;
/// Most weight that waits for delivery; an item weighs one and what it lists.
pub const QUEUE_WEIGHT_MAX: usize = 80_000;
/// So many events of orders wait for delivery that no further order is taken in.
pub const QUEUE_EVENTS_MAX: usize = 256;
/// Most weight in one check-in, so that it stays well below its length limit.
const CHECK_IN_WEIGHT_MAX: usize = 40_000;

/// Items with rising numbers, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Number of the newest item there ever was.
    last: u64,
    items: VecDeque<Numbered>,
}

impl Queue {
    /// Number of the newest item there ever was.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Everything that waits, oldest first.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = &Numbered> {
        self.items.iter()
    }

    /// Does nothing wait?
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many items wait.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Does something wait that is more than *nothing changed*?
    pub fn is_urgent(&self) -> bool {
        self.items.iter().any(|numbered| !is_repeat(&numbered.item))
    }

    /// Does a full report wait?
    pub fn has_full(&self) -> bool {
        self.items.iter().any(|numbered| matches!(&numbered.item, Item::Report(HostReport::Full(_))))
    }

    /// Do so many events of orders wait that no further order is taken in?
    pub fn is_full_of_events(&self) -> bool {
        self.items.iter().filter(|numbered| matches!(&numbered.item, Item::Order(_))).count()
            >= QUEUE_EVENTS_MAX
    }

    /// The oldest items, as many as fit in one check-in.
    pub fn for_check_in(&self) -> Vec<Numbered> {
        let mut sum = 0;
        let fits = |numbered: &&Numbered| {
            let first = sum == 0;
            sum += weight(&numbered.item);
            first || sum <= CHECK_IN_WEIGHT_MAX
        };
        self.items.iter().take_while(fits).take(ITEMS_PER_CHECK_IN_MAX).cloned().collect()
    }

    /// Adds the newest item; `now_reported` is the host as of the newest report.
    pub(super) fn push(&mut self, at: Time, item: Item, now_reported: Option<&HostObservation>) {
        self.last += 1;
        self.items.push_back(Numbered { number: self.last, at, item });
        while self.is_too_full() && self.make_room(now_reported) {}
    }

    /// Forgets what is recorded.
    pub(super) fn acked(&mut self, number: u64) {
        self.items.retain(|numbered| numbered.number > number);
    }

    /// Gives numbers above `acked` to everything that waits.
    pub(super) fn renumber(&mut self, acked: u64) {
        self.last = acked;
        for numbered in &mut self.items {
            self.last += 1;
            numbered.number = self.last;
        }
    }

    fn is_too_full(&self) -> bool {
        self.items.len() > QUEUE_ITEMS_MAX
            || self.items.iter().map(|numbered| weight(&numbered.item)).sum::<usize>() > QUEUE_WEIGHT_MAX
    }

    /// Makes one item less; false when nothing can go.
    fn make_room(&mut self, now_reported: Option<&HostObservation>) -> bool {
        let mut reports =
            self.items.iter().enumerate().filter(|(_, numbered)| matches!(numbered.item, Item::Report(_)));
        let newest = reports.clone().next_back().map(|(at, _)| at);
        let repeat = reports.clone().find(|(at, numbered)| is_repeat(&numbered.item) && Some(*at) != newest);
        if let Some((at, _)) = repeat {
            self.items.remove(at);
            return true;
        }
        let (Some((older, _)), Some((newer, _))) = (reports.next(), reports.next()) else { return false };
        let Some(Numbered { item: Item::Report(first), .. }) = self.items.remove(older) else { return false };
        // The older one is gone, so the newer one moved one place to the front.
        let Some(Numbered { item: Item::Report(second), .. }) = self.items.get_mut(newer - 1) else {
            return false;
        };
        if let Some(merged) = merge(first, second) {
            *second = merged;
        } else if let Some(reported) = now_reported {
            // So much changed that everything is shorter: the newest report tells all, the others nothing.
            self.collapse(reported);
        }
        true
    }

    fn collapse(&mut self, reported: &HostObservation) {
        let newest = self.items.iter().rposition(|numbered| matches!(numbered.item, Item::Report(_)));
        let Some(newest) = newest.and_then(|at| self.items.get_mut(at)) else { return };
        newest.item = Item::Report(HostReport::Full(Box::new(reported.clone())));
        let number = newest.number;
        self.items.retain(|numbered| numbered.number == number || matches!(numbered.item, Item::Order(_)));
    }
}

fn is_repeat(item: &Item) -> bool {
    matches!(item, Item::Report(HostReport::Same { .. }))
}

/// One report that says what both say; `None` when it would be beyond the limits of a report.
fn merge(older: HostReport, newer: &HostReport) -> Option<HostReport> {
    Some(match (older, newer) {
        (_, HostReport::Full(full)) => HostReport::Full(full.clone()),
        (HostReport::Full(mut full), HostReport::Changes(changes)) => {
            full.apply((**changes).clone());
            HostReport::Full(full)
        }
        (HostReport::Full(mut full), HostReport::Same { observed_at }) => {
            full.observed_at = full.observed_at.max(*observed_at);
            HostReport::Full(full)
        }
        (HostReport::Changes(first), HostReport::Changes(second)) => {
            let both = first.then((**second).clone());
            if both.packages.len() > PACKAGES_PER_HOST_MAX {
                return None;
            }
            HostReport::Changes(Box::new(both))
        }
        (HostReport::Changes(mut changes), HostReport::Same { observed_at }) => {
            changes.observed_at = changes.observed_at.max(*observed_at);
            HostReport::Changes(changes)
        }
        (HostReport::Same { .. }, newer) => newer.clone(),
    })
}

fn weight(item: &Item) -> usize {
    1 + match item {
        Item::Order(_) | Item::Report(HostReport::Same { .. }) => 0,
        Item::Report(HostReport::Full(full)) => {
            full.packages.len() + full.available.len() + full.probes.len()
        }
        Item::Report(HostReport::Changes(changes)) => {
            changes.packages.len() + changes.available.as_ref().map_or(0, Vec::len) + changes.probes.len()
        }
    }
}
